/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * find.h: vectors in, passages out: what a library is searched by, and what a search gives.
 *
 *     idx_vectors_put(store, embedder, ids, vectors, n, &job, &error);
 *     GArray *by_words = idx_search_text(store, words, NULL, 50, NULL, &error);
 *     GArray *by_sense = idx_search_vectors(store, embedder, query, 50, NULL, &error);
 *     struct idx_found *best = idx_passage_get(store, id, &error);      → text, document, page
 *
 * Vectors are kept in SQLite, keyed by passage and embedder; an approximate index over them is a
 * cache. Thread rule and errors: as in index.h.
 */
#pragma once

#include "index/index.h"

/* --- vectors --------------------------------------------------------------------------------- */

/* The row of an embedder (made if new): `hash` = SHA-256 of its file. -1 on error;
   IDX_ERROR_READ_ONLY if it would have to be made and cannot. */
int64_t idx_embedder(IdxStore *store, const char *name, const char *hash, int dim, GError **error);
/* Passages of a content (job of kind EMBED) that have no vector of this embedder yet, by ord. */
GPtrArray *idx_passages_unembedded(IdxStore *store, int64_t embedder, int64_t content, int limit,
                                   GError **error);
/* How many such passages the contents of these EMBED jobs have (of int64_t; NULL: the whole
   library). -1 on error. */
int64_t idx_passages_missing(IdxStore *store, int64_t embedder, GArray *jobs, GError **error);
/* Enqueues EMBED jobs for all contents that lack vectors of this embedder. */
bool idx_embed_enqueue(IdxStore *store, int64_t embedder, GError **error);
/* vectors [n][dim], one transaction; a passage that has gone meanwhile, or has a vector already, is
   left out silently. n may be 0. If job is not NULL and no passage of its content is left without a
   vector, the job is done. */
bool idx_vectors_put(IdxStore *store, int64_t embedder, const int64_t *passages,
                     const float *vectors, size_t n, const struct idx_job *job, GError **error);
/* Vectors of these passages into out [n][dim]; has[i] false where there is none. */
bool idx_vectors_get(IdxStore *store, int64_t embedder, const int64_t *passages, size_t n,
                     float *out, bool *has, GError **error);

/* --- search ----------------------------------------------------------------------------------- */

struct idx_hit {
    int64_t passage;
    double score; /* higher is better: −bm25, or cosine */
};

/* words: plain words (no FTS syntax), ORed, BM25; a token is quoted, so nothing in it is syntax.
   `phrases`: NULL-terminated, may be NULL: exact strings that must occur (ids, option names).
   Returns GArray of struct idx_hit, best first, ties by lowest id. Only passages whose content has
   a location are found. scope: NULL, or NULL-terminated paths: the file must be at or below one. */
GArray *idx_search_text(IdxStore *store, const char *const *words, const char *const *phrases,
                        int k, const char *const *scope, GError **error);
/* query [dim]. Uses the FAISS cache (loaded or rebuilt if its generation is old) and scans rows
   that are newer than the cache exactly; equals an exact search for flat indexes. */
GArray *idx_search_vectors(IdxStore *store, int64_t embedder, const float *query, int k,
                           const char *const *scope, GError **error);
/* Builds and saves the cache now if it is out of date (after indexing). */
bool idx_vectors_refresh(IdxStore *store, int64_t embedder, GError **error);

/* A found passage with the document it stands in. */
struct idx_found {
    struct idx_passage passage;
    char *path, *title, *format; /* (owned) path: one location of the content (lowest id) */
    char *hash;
};
void idx_found_free(struct idx_found *found);
struct idx_found *idx_passage_get(IdxStore *store, int64_t passage, GError **error);
/* The passage `step` places further in the same document; NULL without error at the ends. */
struct idx_found *idx_passage_neighbour(IdxStore *store, int64_t content, int ord, GError **error);
