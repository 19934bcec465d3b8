/* SPDX-License-Identifier: GPL-3.0-or-later */
/* small-library.h: a library with given passages, in a temporary folder, for tests. */
#pragma once

#include "rag/library.h"

/* passages: NULL-terminated; each becomes a document of its own, /docs/0.txt, /docs/1.txt … with
   the title "Title N". embedder may be NULL. */
RagLibrary *small_library(const char *const *passages, struct engine *embedder);
void small_library_free(RagLibrary *library); /* removes the folder */
