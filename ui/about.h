/* SPDX-License-Identifier: GPL-3.0-or-later */
/* about.h: what the program is, which version, and whose libraries it stands on. */
#pragma once

#include <gtk/gtk.h>

/* parent may be NULL. */
void lec_about_show(GtkWindow *parent);
