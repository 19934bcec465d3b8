/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * float-avx512.c: products of float matrices (F32, F16, BF16) with AVX-512; lanes are the 16 rows
 * of a panel. A sum is one chain of fused multiply-adds, so several panels and columns are in
 * flight at once to hide its latency: 8 columns × 2 panels, or 1 column × 4 panels.
 *
 * Functions named *_n are always inlined with constant arguments.
 */
#include "engine/cpu/panel.h"
#include "engine/cpu/unroll.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

enum { MAX_COLUMNS = 8, MAX_PANELS = 4, PREFETCH_BYTES = 4096 };

INLINE __m512 weights_n(const enum gguf_type type, const uint8_t *panel, int64_t k)
{
    if (type == GGUF_F32)
        return _mm512_loadu_ps(panel + k * 64);
    __m256i half = _mm256_loadu_si256((const __m256i *)(panel + k * 32));
    if (type == GGUF_F16)
        return _mm512_cvtph_ps(half);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

INLINE void columns_n(const enum gguf_type type, const int n_panels, const int n,
                      const struct cpu_tile *tile, int64_t p0, int c0)
{
    const int64_t n_cols = tile->w->n_cols;
    const size_t panel_bytes = cpu_panel_bytes(tile->format, n_cols);
    const uint8_t *panel = (const uint8_t *)tile->w->panels + (size_t)p0 * panel_bytes;
    const float *x = tile->input->x + c0 * n_cols;
    __m512 sum[MAX_PANELS][MAX_COLUMNS];
    UNROLL
    for (int p = 0; p < n_panels; p++)
        UNROLL
    for (int c = 0; c < n; c++)
        sum[p][c] = _mm512_setzero_ps();
    for (int64_t k = 0; k < n_cols; k++) {
        __m512 w[MAX_PANELS];
        UNROLL
        for (int p = 0; p < n_panels; p++)
            w[p] = weights_n(type, panel + (size_t)p * panel_bytes, k);
        if (n == 1) /* bound by reading: see kernel-avx512.c */
            UNROLL
        for (int p = 0; p < n_panels; p++)
            _mm_prefetch((const char *)(panel + (size_t)p * panel_bytes + PREFETCH_BYTES +
                                        k * (type == GGUF_F32 ? 64 : 32)),
                         _MM_HINT_T0);
        UNROLL
        for (int c = 0; c < n; c++) {
            __m512 column = _mm512_set1_ps(x[c * n_cols + k]);
            UNROLL
            for (int p = 0; p < n_panels; p++)
                sum[p][c] = _mm512_fmadd_ps(w[p], column, sum[p][c]);
        }
    }
    UNROLL
    for (int p = 0; p < n_panels; p++) {
        int64_t r0 = (p0 + p) * CPU_PANEL_ROWS, left = tile->w->n_rows - r0;
        __mmask16 rows = left < CPU_PANEL_ROWS ? (__mmask16)((1u << left) - 1) : 0xffff;
        UNROLL
        for (int c = 0; c < n; c++)
            _mm512_mask_storeu_ps(tile->y + (c0 + c) * tile->y_stride + r0, rows, sum[p][c]);
    }
}

/* All columns of the tile for n_panels panels. */
INLINE void panels_n(const enum gguf_type type, const int n_panels, const struct cpu_tile *tile,
                     int64_t p0)
{
    int c = tile->c0, end = tile->c0 + tile->n;
    for (; end - c >= 8; c += 8)
        columns_n(type, n_panels, 8, tile, p0, c);
    for (; end - c >= 4; c += 4)
        columns_n(type, n_panels, 4, tile, p0, c);
    if (end - c == 3)
        columns_n(type, n_panels, 3, tile, p0, c);
    else if (end - c == 2)
        columns_n(type, n_panels, 2, tile, p0, c);
    else if (end - c == 1)
        columns_n(type, n_panels, 1, tile, p0, c);
}

INLINE void tile_n(const enum gguf_type type, const struct cpu_tile *tile)
{
    int64_t p = tile->p0, end = tile->p0 + tile->n_panels;
    if (tile->n == 1)
        for (; end - p >= 4; p += 4)
            columns_n(type, 4, 1, tile, p, tile->c0);
    for (; end - p >= 2; p += 2)
        panels_n(type, 2, tile, p);
    if (end - p == 1)
        panels_n(type, 1, tile, p);
}

TARGET void cpu_tile_float_avx512(const struct cpu_tile *tile)
{
    if (tile->format->type == GGUF_F32)
        tile_n(GGUF_F32, tile);
    else if (tile->format->type == GGUF_F16)
        tile_n(GGUF_F16, tile);
    else
        tile_n(GGUF_BF16, tile);
}
#endif
