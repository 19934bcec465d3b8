/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window.h: the one window: sidebar, middle, viewer. */
#pragma once

#include "ui/application.h"

#define LEC_TYPE_WINDOW (lec_window_get_type())
G_DECLARE_FINAL_TYPE(LecWindow, lec_window, LEC, WINDOW, AdwApplicationWindow)

LecWindow *lec_window_new(LecApplication *application);
