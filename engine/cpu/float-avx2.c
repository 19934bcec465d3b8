/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * float-avx2.c: products of float matrices (F32, F16, BF16) with AVX2: the scheme of
 * float-avx512.c with a panel as two vectors of 8 rows, 4 columns × 1 panel or 1 column × 4 panels.
 *
 * Functions named *_n are always inlined with constant arguments.
 */
#include "engine/cpu/panel.h"
#include "engine/cpu/unroll.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

enum { MAX_COLUMNS = 4, MAX_PANELS = 4 };

/* 8 rows, from row r on, of column k */
INLINE __m256 weights_n(const enum gguf_type type, const uint8_t *panel, int64_t k, int r)
{
    if (type == GGUF_F32)
        return _mm256_loadu_ps((const float *)(const void *)(panel + k * 64 + r * 4));
    __m128i half = _mm_loadu_si128((const __m128i *)(const void *)(panel + k * 32 + r * 2));
    if (type == GGUF_F16)
        return _mm256_cvtph_ps(half);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}

INLINE void columns_n(const enum gguf_type type, const int n_panels, const int n,
                      const struct cpu_tile *tile, int64_t p0, int c0)
{
    const int64_t n_cols = tile->w->n_cols;
    const size_t panel_bytes = cpu_panel_bytes(tile->format, n_cols);
    const uint8_t *panel = (const uint8_t *)tile->w->panels + (size_t)p0 * panel_bytes;
    const float *x = tile->input->x + c0 * n_cols;
    __m256 sum[MAX_PANELS][MAX_COLUMNS][2];
    UNROLL
    for (int p = 0; p < n_panels; p++)
        UNROLL
    for (int c = 0; c < n; c++)
        sum[p][c][0] = sum[p][c][1] = _mm256_setzero_ps();
    for (int64_t k = 0; k < n_cols; k++)
        UNROLL
    for (int p = 0; p < n_panels; p++) {
        const uint8_t *at = panel + (size_t)p * panel_bytes;
        __m256 low = weights_n(type, at, k, 0), high = weights_n(type, at, k, 8);
        UNROLL
        for (int c = 0; c < n; c++) {
            __m256 column = _mm256_set1_ps(x[c * n_cols + k]);
            sum[p][c][0] = _mm256_fmadd_ps(low, column, sum[p][c][0]);
            sum[p][c][1] = _mm256_fmadd_ps(high, column, sum[p][c][1]);
        }
    }
    UNROLL
    for (int p = 0; p < n_panels; p++) {
        int64_t r0 = (p0 + p) * CPU_PANEL_ROWS, left = tile->w->n_rows - r0;
        size_t n_rows = left < CPU_PANEL_ROWS ? (size_t)left : CPU_PANEL_ROWS;
        UNROLL
        for (int c = 0; c < n; c++) {
            float rows[CPU_PANEL_ROWS]; /* a copy: the sums themselves stay in registers */
            _mm256_storeu_ps(rows, sum[p][c][0]);
            _mm256_storeu_ps(rows + 8, sum[p][c][1]);
            memcpy(tile->y + (c0 + c) * tile->y_stride + r0, rows, n_rows * sizeof(float));
        }
    }
}

INLINE void tile_n(const enum gguf_type type, const struct cpu_tile *tile)
{
    int64_t p = tile->p0, end = tile->p0 + tile->n_panels;
    if (tile->n == 1)
        for (; end - p >= 4; p += 4)
            columns_n(type, 4, 1, tile, p, tile->c0);
    for (; p < end; p++) {
        int c = tile->c0, c_end = tile->c0 + tile->n;
        for (; c_end - c >= 4; c += 4)
            columns_n(type, 1, 4, tile, p, c);
        for (; c < c_end; c++)
            columns_n(type, 1, 1, tile, p, c);
    }
}

TARGET void cpu_tile_float_avx2(const struct cpu_tile *tile)
{
    if (tile->format->type == GGUF_F32)
        tile_n(GGUF_F32, tile);
    else if (tile->format->type == GGUF_F16)
        tile_n(GGUF_F16, tile);
    else
        tile_n(GGUF_BF16, tile);
}
#endif
