/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ann.h: nearest neighbours by inner product; the only module that knows FAISS. Internal to index/.
 *
 * An index belongs to one thread at a time. All work is done in the calling thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct ann;
/* The kind of index that suits n vectors: flat (exact), or above that size one that is trained. */
const char *ann_kind_for(int64_t n);
/* How many vectors its training wants; 0 for flat. */
int64_t ann_training_size(const char *kind);

struct ann *ann_new(const char *kind, int dim, GError **error);
struct ann *ann_read(FILE *file, int dim, GError **error);
void ann_free(struct ann *ann); /* NULL is legal */

bool ann_train(struct ann *ann, const float *vectors, int64_t n, GError **error);
/* Ids must be new: FAISS keeps both of two equal ones. */
bool ann_add(struct ann *ann, const float *vectors, const int64_t *ids, int64_t n, GError **error);
bool ann_remove(struct ann *ann, const int64_t *ids, int64_t n, GError **error);
bool ann_write(struct ann *ann, FILE *file, GError **error);

bool ann_is_flat(const struct ann *ann);
int64_t ann_count(const struct ann *ann);
/* Up to n, best first; returns how many, -1 on error. */
int64_t ann_search(struct ann *ann, const float *query, int64_t n, float *scores, int64_t *ids,
                   GError **error);
/* GArray of int64_t, in the order of storing. */
GArray *ann_ids(struct ann *ann);
/* The stored vector at a place of ann_ids; flat only. */
bool ann_vector(struct ann *ann, int64_t at, float *out, GError **error);
