/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths.h: where Lectern keeps things (XDG base directories). Strings are owned by the caller. */
#pragma once

#include <glib.h>

char *paths_library(void); /* the library used where --library is not given */
char *paths_models(void);  /* where imported models are written */
/* Folders in which models are looked for, first come first served, NULL-terminated:
   $LECTERN_MODELS (a list with ':'), paths_models(), the cache that ./run fetches into. */
GStrv paths_model_search(void);
