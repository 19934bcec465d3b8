/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worth.h: how much a sentence bears on a question:  ½ words + ½ cosine.  What the model is shown
 * (compress.c) and what a person is shown first (telling.c) are chosen by it.
 *
 *     double worth = rag_worth_by_words(weights, terms);
 *     rag_worth_add_meaning(embedder, question, texts, n, worths, &error);
 */
#pragma once

#include "engine/engine.h"
#include "rag/words.h"

/* The share of the question's stems that it holds, weighted by how rare they are
   (rag_stem_weights), 0…1. */
double rag_worth_by_words(GHashTable *weights, const RagTerms *sentence);
/* worths [n]: from the worth by words to the mean of it and the cosine with the question's vector
   (of this embedder). */
bool rag_worth_add_meaning(struct engine *embedder, const float *question,
                           const char *const *sentences, size_t n, double *worths, GError **error);
