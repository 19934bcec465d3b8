/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Term proximity (Tao and Zhai 2007, "An exploration of proximity measures in information
 * retrieval"): an answer mostly says the question's words in one breath, while a long passage on
 * the subject has them strewn about. We measure the best window instead of pairwise distances: it
 * needs no choice of pairs and is 1 for a perfect match.
 *
 * Only occurrences of the question's stems are looked at, each as the start of a window: O(m · w)
 * for m occurrences and a window of w words.
 */
#include "rag/proximity.h"

#include <math.h>

GHashTable *rag_stem_weights(const RagTerms *query, RagTerms *const *texts, guint n)
{
    GHashTable *weights = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    GHashTableIter iter;
    gpointer stem;
    g_hash_table_iter_init(&iter, query->stems);
    while (g_hash_table_iter_next(&iter, &stem, NULL)) {
        guint holders = 0;
        for (guint i = 0; i < n; i++)
            holders += rag_terms_has(texts[i], stem);
        double weight = log(1 + (double)n / (1 + holders));
        g_hash_table_insert(weights, stem, g_memdup2(&weight, sizeof weight));
    }
    return weights;
}

/* Weight of the different stems in words [from, from + RAG_PROXIMITY_WORDS). */
static double window(GHashTable *weights, GArray *words, guint from, GHashTable *seen)
{
    double held = 0;
    g_hash_table_remove_all(seen);
    for (guint i = from; i < words->len && i < from + RAG_PROXIMITY_WORDS; i++) {
        const char *stem = g_array_index(words, struct rag_word, i).stem;
        const double *weight = g_hash_table_lookup(weights, stem);
        if (weight && g_hash_table_add(seen, (gpointer)stem))
            held += *weight;
    }
    return held;
}

double rag_proximity(GHashTable *weights, const RagTerms *text)
{
    double sum = 0, best = 0;
    GHashTableIter iter;
    gpointer weight;
    g_hash_table_iter_init(&iter, weights);
    while (g_hash_table_iter_next(&iter, NULL, &weight))
        sum += *(double *)weight;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < text->words->len; i++) {
        const struct rag_word *word = &g_array_index(text->words, struct rag_word, i);
        if (g_hash_table_contains(weights, word->stem))
            best = MAX(best, window(weights, text->words, i, seen));
    }
    return sum > 0 ? best / sum : 0;
}
