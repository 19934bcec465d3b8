/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h: the error domain of app/. A message is one whole sentence, ready to be shown. */
#pragma once

#include <glib.h>

#define APP_ERROR app_error_quark()
GQuark app_error_quark(void);

enum app_error {
    APP_ERROR_FAILED,
    APP_ERROR_USAGE,   /* asked for something that cannot be: exit code 2 */
    APP_ERROR_NOTHING, /* no library yet, nothing found: exit code 3 */
};
