/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel-avx2.c: products with AVX2; 8 lanes, so a panel of 16 rows is done in two halves.
 *
 * A block is unpacked to bytes once and every column passes over it. The byte product of AVX2 (u8 ×
 * s8, two products added in 16 bits) saturates at 32767, so:
 *   - 4-, 5-, 6-bit u: |u q| sums of 16, 8, 4 products are at most 30480, 31496, 32004: that many
 *     are added in 16 bits, then widened;
 *   - 8-bit: |w| × (q with the sign of w), w = u - 128: two products are at most 32512.
 * Hence all dot products are exact. Functions named *_n are always inlined with constant arguments.
 */
#include "engine/cpu/panel.h"
#include "engine/cpu/unroll.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

/* Four vectors of 8 int32 as 32 int8, in order. */
INLINE __m256i narrow(const __m256i q[4])
{
    __m256i bytes =
        _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

INLINE __m128i fold(__m256i v)
{
    return _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
}

INLINE int32_t add_lanes(__m256i v)
{
    __m128i four = fold(v);
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1)));
}

INLINE int32_t max_lanes(__m256i v)
{
    __m128i four = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    four = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return _mm_cvtsi128_si32(_mm_max_epi32(four, _mm_shuffle_epi32(four, 0xb1)));
}

TARGET void cpu_quantize_avx2(const float *x, struct cpu_x_block *out, int64_t n_blocks)
{
    const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
    for (int64_t b = 0; b < n_blocks; b++, x += CPU_BLOCK_COLS, out++) {
        __m256i bits = _mm256_setzero_si256(), q[4];
        UNROLL
        for (int i = 0; i < 4; i++)
            bits = _mm256_max_epi32(
                bits, _mm256_and_si256(_mm256_castps_si256(_mm256_loadu_ps(x + 8 * i)), magnitude));
        int32_t max_bits = max_lanes(bits);
        float max = _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128(max_bits)));
        bool finite = max_bits < 0x7f800000, used = finite && max >= CPU_QUANT_TINY;
        __m256 inverse = _mm256_set1_ps(used ? 127.0f / max : 0);
        UNROLL
        for (int i = 0; i < 4; i++)
            q[i] = used ? _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8 * i), inverse))
                        : _mm256_setzero_si256();
        _mm256_storeu_si256((__m256i *)out->q, narrow(q));
        int32_t sum0 = add_lanes(_mm256_add_epi32(q[0], q[1]));
        int32_t sum1 = add_lanes(_mm256_add_epi32(q[2], q[3]));
        out->scale = !finite ? NAN : used ? max / 127.0f : 0;
        out->scale_sum = out->scale * (float)(sum0 + sum1);
        out->start = -128 * (sum0 + sum1);
        out->start_half[0] = -128 * sum0;
        out->start_half[1] = -128 * sum1;
    }
}

/* --- unpacking -------------------------------------------------------------------------------- */

struct unpacked {
    _Alignas(32) uint8_t u[CPU_BLOCK_VALUES];
    _Alignas(32) float scale[2][CPU_PANEL_ROWS], min[CPU_PANEL_ROWS];
};

INLINE __m256i load(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

INLINE void unpack_n(const int bits, const uint8_t *block, uint8_t *u)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    UNROLL
    for (int i = 0; i < 256; i += 32) {
        __m256i both = load(block + i), low = _mm256_and_si256(both, nibble);
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(both, 4), nibble);
        int g = i / 64;
        const uint8_t *plane = block + 256 + i % 64;
        if (bits == 5) {
            const __m256i bit4 = _mm256_set1_epi8(16);
            __m256i p = load(plane);
            low = _mm256_or_si256(low, _mm256_and_si256(_mm256_slli_epi16(p, 4 - g), bit4));
            high = _mm256_or_si256(high, _mm256_and_si256(_mm256_srli_epi16(p, g), bit4));
        } else if (bits == 6) {
            const __m256i bits01 = _mm256_set1_epi8(3);
            __m256i p0 = _mm256_and_si256(_mm256_srli_epi16(load(plane), 2 * g), bits01);
            __m256i p1 = _mm256_and_si256(_mm256_srli_epi16(load(plane + 64), 2 * g), bits01);
            low = _mm256_or_si256(low, _mm256_slli_epi16(p0, 4));
            high = _mm256_or_si256(high, _mm256_slli_epi16(p1, 4));
        }
        _mm256_store_si256((__m256i *)(u + i), low);
        _mm256_store_si256((__m256i *)(u + 256 + i), high);
    }
}

INLINE __m256 halves(const uint8_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}

INLINE __m256 bytes_u(const uint8_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p)));
}

INLINE __m256 bytes_i(const uint8_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p)));
}

/* Scales and mins of a block (format.c: unpack_scales), rows r to r + 7. */
INLINE void scales_n(const enum cpu_scales kind, const uint8_t *scales, int64_t b, int r,
                     struct unpacked *out)
{
    int64_t super = b / CPU_SUPER_BLOCKS, sub = b % CPU_SUPER_BLOCKS * 32;
    if (kind == CPU_SCALES_PLAIN) {
        _mm256_store_ps(out->scale[0] + r, halves(scales + b * 32 + 2 * r));
    } else if (kind == CPU_SCALES_MIN) {
        _mm256_store_ps(out->scale[0] + r, halves(scales + b * 64 + 2 * r));
        _mm256_store_ps(out->min + r, halves(scales + b * 64 + 32 + 2 * r));
    } else if (kind == CPU_SCALES_K) {
        const uint8_t *head = scales + super * 320, *bytes = head + 64 + sub + r;
        __m256 dmin = _mm256_xor_ps(halves(head + 32 + 2 * r), _mm256_set1_ps(-0.0f));
        _mm256_store_ps(out->scale[0] + r, _mm256_mul_ps(halves(head + 2 * r), bytes_u(bytes)));
        _mm256_store_ps(out->min + r, _mm256_mul_ps(dmin, bytes_u(bytes + 16)));
    } else {
        const uint8_t *head = scales + super * 288, *bytes = head + 32 + sub + r;
        __m256 d = halves(head + 2 * r);
        _mm256_store_ps(out->scale[0] + r, _mm256_mul_ps(d, bytes_i(bytes)));
        _mm256_store_ps(out->scale[1] + r, _mm256_mul_ps(d, bytes_i(bytes + 16)));
    }
}

/* --- products --------------------------------------------------------------------------------- */

INLINE __m256i four_columns(const int8_t *q)
{
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm256_set1_epi32(four);
}

/* Σ u q (8 bits: Σ (u - 128) q) of 8 rows over 4 groups. */
INLINE __m256i dot4_n(const int bits, const uint8_t *u, const int8_t *q)
{
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i pairs[4];
    UNROLL
    for (int g = 0; g < 4; g++) {
        __m256i w = load(u + 64 * g), column = four_columns(q + 4 * g);
        if (bits == 8) {
            w = _mm256_xor_si256(w, _mm256_set1_epi8((char)0x80));
            column = _mm256_sign_epi8(column, w);
            w = _mm256_abs_epi8(w);
        }
        pairs[g] = _mm256_maddubs_epi16(w, column);
    }
    if (bits == 8) {
        UNROLL
        for (int g = 0; g < 4; g++)
            pairs[g] = _mm256_madd_epi16(pairs[g], ones);
        return _mm256_add_epi32(_mm256_add_epi32(pairs[0], pairs[1]),
                                _mm256_add_epi32(pairs[2], pairs[3]));
    }
    __m256i first = _mm256_add_epi16(pairs[0], pairs[1]);
    __m256i second = _mm256_add_epi16(pairs[2], pairs[3]);
    if (bits == 6)
        return _mm256_add_epi32(_mm256_madd_epi16(first, ones), _mm256_madd_epi16(second, ones));
    return _mm256_madd_epi16(_mm256_add_epi16(first, second), ones);
}

/* -offset Σ q, from the start that is kept for offset 128; 8 bits have none left. */
INLINE __m256i start_of(const int offset, int32_t start)
{
    __m256i all = _mm256_set1_epi32(start);
    return offset == 8    ? _mm256_srai_epi32(all, 4)
           : offset == 16 ? _mm256_srai_epi32(all, 3)
           : offset == 32 ? _mm256_srai_epi32(all, 2)
                          : _mm256_setzero_si256();
}

INLINE void column_n(const int bits, const int offset, const enum cpu_scales kind,
                     const struct unpacked *w, const struct cpu_x_block *x, float *acc)
{
    for (int r = 0; r < CPU_PANEL_ROWS; r += 8) {
        const uint8_t *u = w->u + 4 * r;
        __m256i dot0 = dot4_n(bits, u, x->q), dot1 = dot4_n(bits, u + 256, x->q + 16);
        __m256 t, sum = _mm256_loadu_ps(acc + r);
        if (kind == CPU_SCALES_K6) {
            dot0 = _mm256_add_epi32(dot0, start_of(offset, x->start_half[0]));
            dot1 = _mm256_add_epi32(dot1, start_of(offset, x->start_half[1]));
            t = _mm256_mul_ps(_mm256_cvtepi32_ps(dot0), _mm256_load_ps(w->scale[0] + r));
            t = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot1), _mm256_load_ps(w->scale[1] + r), t);
        } else {
            __m256i dot =
                _mm256_add_epi32(_mm256_add_epi32(dot0, dot1), start_of(offset, x->start));
            t = _mm256_mul_ps(_mm256_cvtepi32_ps(dot), _mm256_load_ps(w->scale[0] + r));
        }
        sum = _mm256_fmadd_ps(t, _mm256_set1_ps(x->scale), sum);
        if (kind == CPU_SCALES_MIN || kind == CPU_SCALES_K)
            sum = _mm256_fmadd_ps(_mm256_load_ps(w->min + r), _mm256_set1_ps(x->scale_sum), sum);
        _mm256_storeu_ps(acc + r, sum);
    }
}

INLINE void panel_n(const int bits, const int offset, const enum cpu_scales kind,
                    const uint8_t *panel, const uint8_t *scales, int64_t n_blocks, int n,
                    const struct cpu_x_block *x, float acc[][CPU_PANEL_ROWS])
{
    struct unpacked w;
    for (int64_t b = 0; b < n_blocks; b++) {
        const uint8_t *block = panel + b * (64 * bits);
        if (bits == 8)
            memcpy(w.u, block, sizeof w.u);
        else
            unpack_n(bits, block, w.u);
        scales_n(kind, scales, b, 0, &w);
        scales_n(kind, scales, b, 8, &w);
        for (int c = 0; c < n; c++)
            column_n(bits, offset, kind, &w, x + c * n_blocks + b, acc[c]);
    }
}

TARGET void cpu_tile_avx2(const struct cpu_tile *tile)
{
    if (tile->format->scales == CPU_SCALES_NONE) {
        cpu_tile_float_avx2(tile);
        return;
    }
    size_t panel_bytes = cpu_panel_bytes(tile->format, tile->w->n_cols);
    size_t scales_offset = cpu_panel_scales_offset(tile->format, tile->w->n_cols);
    int64_t blocks = tile->input->n_blocks;
    const struct cpu_x_block *x = tile->input->blocks + tile->c0 * blocks;
    for (int64_t p = tile->p0; p < tile->p0 + tile->n_panels; p++) {
        const uint8_t *panel = (const uint8_t *)tile->w->panels + (size_t)p * panel_bytes;
        const uint8_t *scales = panel + scales_offset;
        int64_t r0 = p * CPU_PANEL_ROWS, left = tile->w->n_rows - r0;
        size_t n_rows = left < CPU_PANEL_ROWS ? (size_t)left : CPU_PANEL_ROWS;
        float acc[CPU_TILE_COLUMNS][CPU_PANEL_ROWS];
        memset(acc, 0, sizeof acc[0] * (size_t)tile->n);
        switch (tile->format->type) {
        case GGUF_Q8_0:
            panel_n(8, 128, CPU_SCALES_PLAIN, panel, scales, blocks, tile->n, x, acc);
            break;
        case GGUF_Q4_0:
            panel_n(4, 8, CPU_SCALES_PLAIN, panel, scales, blocks, tile->n, x, acc);
            break;
        case GGUF_Q4_1:
            panel_n(4, 0, CPU_SCALES_MIN, panel, scales, blocks, tile->n, x, acc);
            break;
        case GGUF_Q5_0:
            panel_n(5, 16, CPU_SCALES_PLAIN, panel, scales, blocks, tile->n, x, acc);
            break;
        case GGUF_Q5_1:
            panel_n(5, 0, CPU_SCALES_MIN, panel, scales, blocks, tile->n, x, acc);
            break;
        case GGUF_Q4_K:
            panel_n(4, 0, CPU_SCALES_K, panel, scales, blocks, tile->n, x, acc);
            break;
        case GGUF_Q5_K:
            panel_n(5, 0, CPU_SCALES_K, panel, scales, blocks, tile->n, x, acc);
            break;
        default:
            panel_n(6, 32, CPU_SCALES_K6, panel, scales, blocks, tile->n, x, acc);
            break;
        }
        for (int c = 0; c < tile->n; c++)
            memcpy(tile->y + (tile->c0 + c) * tile->y_stride + r0, acc[c], n_rows * sizeof(float));
    }
}
#endif
