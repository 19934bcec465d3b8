/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source-why.h: why a passage was found, in a person's words. Main thread. */
#pragma once

#include "app/source.h"

/* Sentences, one a line (owned by the caller). */
char *source_why(LecSource *source);
