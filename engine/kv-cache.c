/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kv-cache.c: see kv-cache.h. A page is as long as the chunk in which attention is summed, so that
 * pages could be shared or moved whole without touching the order of any sum.
 */
#include "engine/kv-cache.h"

#include <stdlib.h>
#include <string.h>

static int64_t page_count(int64_t n_positions)
{
    return (n_positions + KV_PAGE - 1) / KV_PAGE;
}

uint64_t kv_cache_bytes(int n_layers, int n_head_kv, int head_dim, int64_t n_positions)
{
    return 2 * sizeof(uint16_t) * (uint64_t)n_layers * (uint64_t)n_head_kv * (uint64_t)head_dim *
           (uint64_t)page_count(n_positions) * KV_PAGE;
}

static uint16_t *alloc_half(uint64_t bytes)
{
    void *memory = NULL;
    if (bytes > SIZE_MAX || posix_memalign(&memory, 64, (size_t)bytes) != 0)
        return NULL;
    return memory;
}

bool kv_cache_init(struct kv_cache *cache, int n_layers, int n_head_kv, int head_dim,
                   int64_t n_positions)
{
    uint64_t half = kv_cache_bytes(n_layers, n_head_kv, head_dim, n_positions) / 2;
    *cache = (struct kv_cache){.n_layers = n_layers,
                               .n_head_kv = n_head_kv,
                               .head_dim = head_dim,
                               .n_pages = page_count(n_positions),
                               .page_size = (size_t)KV_PAGE * (size_t)head_dim};
    cache->head_size = (size_t)cache->n_pages * cache->page_size;
    cache->k = alloc_half(half);
    cache->v = alloc_half(half);
    if (!cache->k || !cache->v) {
        kv_cache_clear(cache);
        return false;
    }
    return true;
}

void kv_cache_clear(struct kv_cache *cache)
{
    free(cache->k);
    free(cache->v);
    memset(cache, 0, sizeof *cache);
}

void kv_cache_store(struct kv_cache *cache, int layer, int64_t position, enum cpu_level level,
                    const float *k, const float *v)
{
    uint16_t half[512];
    int head_dim = cache->head_dim;
    size_t page = (size_t)(position / KV_PAGE) * cache->page_size;
    size_t slot = (size_t)(position % KV_PAGE);
    for (int h = 0; h < cache->n_head_kv; h++) {
        size_t at =
            ((size_t)layer * (size_t)cache->n_head_kv + (size_t)h) * cache->head_size + page;
        cpu_f32_to_f16(level, half, k + (int64_t)h * head_dim, head_dim);
        for (int d = 0; d < head_dim; d++)
            cache->k[at + (size_t)d * KV_PAGE + slot] = half[d];
        cpu_f32_to_f16(level, cache->v + at + slot * (size_t)head_dim, v + (int64_t)h * head_dim,
                       head_dim);
    }
}
