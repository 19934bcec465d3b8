/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retrieve.h: the passages that bear on a question, best first. rag_search() is a thin cover of it.
 */
#pragma once

#include "rag/query.h"
#include "rag/rag.h"

/*
 * At most k hits (GPtrArray of struct rag_hit), their telling sentences marked. query_vector: NULL,
 * or receives the vector of the question (length eng_embed_dim(), caller frees; NULL without an
 * embedder).
 */
GPtrArray *rag_retrieve(RagLibrary *library, const RagQuery *query, int k, const char *const *scope,
                        float **query_vector, GCancellable *cancellable, GError **error);

/* Below this cosine a passage without any word of the question has nothing to do with it
   (docs/RETRIEVAL.md). */
#define RAG_RELEVANT_COSINE 0.40

/* One candidate of the two searches, for fusion. */
struct rag_candidate {
    int64_t passage;
    double text_score, vector_score; /* NAN: not known */
    int text_rank, vector_rank;      /* from 1; 0: not found that way */
    double exact;                    /* share of the question's exact strings it holds, 0…1 */
    double together;                 /* do the question's words stand together in it, 0…1 */
    double score;                    /* out */
};
/* Fills in the scores and sorts by them, best first, ties by lowest passage. */
void rag_fuse(struct rag_candidate *candidates, size_t n);
