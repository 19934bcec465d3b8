/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attention.h: softmax(q kᵀ / √d) v over paged 16-bit keys and values.
 *
 * Source of the online softmax: Milakov & Gimelshein 2018; Dao et al. 2022 (FlashAttention).
 *
 * Identity rule: a query's result depends on its own keys only, never on what is computed beside it
 * or by how many threads. Keys are taken in chunks of 64 absolute positions, ascending, into a
 * running (max, sum, out); every ATTENTION_SPAN chunks that state is closed and merged, ascending,
 * into the total. Spans are what threads may share out where there are few queries. All heads of a
 * group read their keys and values together, ATTENTION_ROWS queries at a time.
 */
#pragma once

#include "engine/cpu/cpu.h"

#define ATTENTION_CHUNK   64 /* positions; a page of kv-cache.h */
#define ATTENTION_SPAN    8  /* chunks */
#define ATTENTION_ROWS    6  /* queries that a kernel holds in registers at once */
#define ATTENTION_MAX_DIM 256

/* Consecutive columns of one text. */
struct attention_sequence {
    int column, n;    /* columns [column, column + n) of q and out */
    int64_t position; /* of the first column within its text */
    int64_t page;     /* where the text's position 0 lies in each head's run of pages */
};

struct attention_job {
    const float *q; /* [columns][n_head][head_dim] */
    float *out;     /* the same shape */
    int n_head, n_head_kv, head_dim;
    float scale;           /* 1 / √head_dim */
    const uint16_t *k, *v; /* pages of head 0; head h starts at h * head_size */
    size_t head_size;
    bool causal; /* a column sees positions up to its own; otherwise all columns of its sequence */
    const struct attention_sequence *sequences;
    int n_sequences;
};

/* Memory for sharing out spans. */
struct attention_scratch;
struct attention_scratch *attention_scratch_new(int n_head, int head_dim, int64_t n_positions);
void attention_scratch_free(struct attention_scratch *scratch);

void attention_run(struct cpu_pool *pool, enum cpu_level level, const struct attention_job *job,
                   struct attention_scratch *scratch);

/* --- kernels (for attention.c and its test) -------------------------------------------------- */

/* Up to ATTENTION_ROWS queries of one group and their running state over one span. */
struct attention_rows {
    int n, head_dim;
    float scale;
    const float *q[ATTENTION_ROWS];
    int64_t limit[ATTENTION_ROWS]; /* keys of this span that the query sees; may be <= 0 */
    float max[ATTENTION_ROWS], sum[ATTENTION_ROWS];
    _Alignas(64) float out[ATTENTION_ROWS][ATTENTION_MAX_DIM];
};

/* Adds n_chunks pages to the state. */
typedef void (*attention_kernel)(struct attention_rows *rows, const uint16_t *k, const uint16_t *v,
                                 int n_chunks);
attention_kernel attention_kernel_for(enum cpu_level level);
void attention_chunks_scalar(struct attention_rows *rows, const uint16_t *k, const uint16_t *v,
                             int n_chunks);
#if defined(__x86_64__)
void attention_chunks_avx2(struct attention_rows *rows, const uint16_t *k, const uint16_t *v,
                           int n_chunks);
void attention_chunks_avx512(struct attention_rows *rows, const uint16_t *k, const uint16_t *v,
                             int n_chunks);
#endif
