/* SPDX-License-Identifier: GPL-3.0-or-later */
/* application.h: the running program: one instance, its services and its window. */
#pragma once

#include <adwaita.h>

#define LEC_TYPE_APPLICATION (lec_application_get_type())
G_DECLARE_FINAL_TYPE(LecApplication, lec_application, LEC, APPLICATION, AdwApplication)

LecApplication *lec_application_new(void);
