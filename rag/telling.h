/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telling.h: the sentence of each hit that a person should read first.
 */
#pragma once

#include "rag/query.h"
#include "rag/rag.h"

/* Fills in telling_from and telling_to. embedder and question (its vector) may be NULL: by words
   alone. */
bool rag_tell(GPtrArray *hits, const RagQuery *query, struct engine *embedder,
              const float *question, GError **error);
