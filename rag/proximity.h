/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proximity.h: do the question's words stand together in a passage, or scattered over it?
 *
 *     g_autoptr(GHashTable) weights = rag_stem_weights(query->terms, all_terms, n);
 *     double share = rag_proximity(weights, terms);      → 1: all within one short stretch
 */
#pragma once

#include "rag/words.h"

/* Weight (double, owned by the table) of each stem of `query` by how rare it is among these texts:
   ln(1 + n / (1 + holders)). Keys are borrowed from `query`. */
GHashTable *rag_stem_weights(const RagTerms *query, RagTerms *const *texts, guint n);
/* The largest share of the weight that one stretch of RAG_PROXIMITY_WORDS words holds, 0…1. */
double rag_proximity(GHashTable *weights, const RagTerms *text);

#define RAG_PROXIMITY_WORDS 30 /* a long sentence, or two short ones */
