/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kv-cache.h: keys and values of past tokens, 16-bit floats.
 *
 * Laid out for the attention kernels (cpu/attention.h): for each layer and key head a run of pages
 * of 64 positions; a page of keys is transposed, [head_dim][64], a page of values is
 * [64][head_dim]. Rolling back is setting the length: what lies behind is overwritten later and is
 * never read (a page is read only up to the last visible position).
 *
 *     struct kv_cache cache;
 *     kv_cache_init(&cache, n_layers, n_head_kv, head_dim, n_positions);
 *     kv_cache_store(&cache, layer, position, level, k, v);
 *     kv_cache_clear(&cache);
 *
 * Belongs to one session. Distinct positions may be stored by several threads at once.
 */
#pragma once

#include "engine/cpu/cpu.h"

#define KV_PAGE 64

struct kv_cache {
    int n_layers, n_head_kv, head_dim;
    int64_t n_pages;  /* of a layer and head */
    size_t page_size; /* in numbers: 64 * head_dim */
    size_t head_size; /* in numbers: n_pages * page_size */
    uint16_t *k, *v;  /* (owned) [n_layers][n_head_kv][n_pages] pages */
};

/* Bytes that kv_cache_init takes. */
uint64_t kv_cache_bytes(int n_layers, int n_head_kv, int head_dim, int64_t n_positions);
/* false: out of memory. */
bool kv_cache_init(struct kv_cache *cache, int n_layers, int n_head_kv, int head_dim,
                   int64_t n_positions);
void kv_cache_clear(struct kv_cache *cache); /* all zeros is legal */

/* k, v: [n_head_kv][head_dim], the token at `position`. */
void kv_cache_store(struct kv_cache *cache, int layer, int64_t position, enum cpu_level level,
                    const float *k, const float *v);
