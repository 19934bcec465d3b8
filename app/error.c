/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One error domain for the folder, as in index/ and rag/. */
#include "app/error.h"

G_DEFINE_QUARK(app - error - quark, app_error)
