/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vector-cache.h: the vectors of one embedder in FAISS, in memory and as a file. Internal to
 * index/.
 *
 * The only module that knows FAISS. Ids are those of table vectors.
 */
#pragma once

#include "index/store.h"

#define VECTOR_CACHE_FILES "vectors-*.faiss"

struct vector_cache;
void vector_cache_free(struct vector_cache *cache); /* NULL is legal */

/* The store's cache of this embedder, holding at least all vectors of now (loaded from its file,
   brought up to date, or built). Inside a read transaction. (borrowed) NULL on error. */
struct vector_cache *vector_cache_current(IdxStore *store, const struct vectors_embedder *embedder,
                                          GError **error);
/* Writes the file if it is not of the present generation. */
bool vector_cache_refresh(IdxStore *store, const struct vectors_embedder *embedder, GError **error);

int64_t vector_cache_count(const struct vector_cache *cache); /* gone ids included */
/* Up to n ids, best first (by approximate score if the index is not flat); returns how many, -1 on
   error. ids of vectors deleted since can be among them. */
int64_t vector_cache_search(struct vector_cache *cache, const float *query, int64_t n,
                            float *scores, int64_t *ids, GError **error);

/* Generation of the file, -1 if there is none or it cannot be used; bytes 0 then. */
int64_t vector_cache_file_generation(IdxStore *store, const struct vectors_embedder *embedder,
                                     int64_t *bytes);

/* How the file differs from SQLite: for the consistency check. Inside a read transaction. */
struct vector_cache_faults {
    bool present, unusable;           /* unusable: damaged, of another embedder or length */
    int64_t missing, unknown, differ; /* ids; missing and unknown only if of this generation */
};
bool vector_cache_compare(IdxStore *store, const struct vectors_embedder *embedder,
                          struct vector_cache_faults *out, GError **error);
/* Removes the file and what is in memory. */
void vector_cache_drop(IdxStore *store, int64_t embedder);
