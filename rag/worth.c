/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sentence selection of RECOMP's extractive compressor (Xu et al. 2023) with an embedder that
 * was not trained for it; so the words of the question count as much as its meaning.
 */
#include "rag/worth.h"

#include "engine/embed.h"
#include "rag/library.h"

double rag_worth_by_words(GHashTable *weights, const RagTerms *sentence)
{
    double sum = 0, held = 0;
    GHashTableIter iter;
    gpointer stem, weight;
    g_hash_table_iter_init(&iter, weights);
    while (g_hash_table_iter_next(&iter, &stem, &weight)) {
        sum += *(double *)weight;
        held += rag_terms_has(sentence, stem) ? *(double *)weight : 0;
    }
    return sum > 0 ? held / sum : 0;
}

bool rag_worth_add_meaning(struct engine *embedder, const float *question,
                           const char *const *sentences, size_t n, double *worths, GError **error)
{
    size_t dim = (size_t)eng_embed_dim(embedder);
    g_autofree float *vectors = g_new(float, dim *n + 1);
    struct eng_err err = {0};
    enum eng_status status = n ? eng_embed(embedder, sentences, n, vectors, NULL, &err) : ENG_OK;
    if (status != ENG_OK)
        return rag_engine_error(error, status, &err);
    for (size_t i = 0; i < n; i++) {
        double cosine = 0;
        for (size_t d = 0; d < dim; d++)
            cosine += (double)question[d] * vectors[i * dim + d];
        worths[i] = (worths[i] + MAX(cosine, 0)) / 2;
    }
    return true;
}
