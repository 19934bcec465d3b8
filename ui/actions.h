/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions.h: what the window can be told to do, by menu, key or another widget ("win.…"). */
#pragma once

#include "ui/window.h"

/* Once an application; keys that a text field needs for itself are the window's own. */
void lec_actions_set_accelerators(GtkApplication *application);
/* Once a window. */
void lec_actions_install(LecWindow *window);
