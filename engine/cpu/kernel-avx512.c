/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel-avx512.c: products with AVX-512 VNNI; lanes are the 16 rows of a panel.
 *
 * With few columns (n <= DIRECT_COLUMNS) a product is bound by reading the weights: each block is
 * unpacked in registers and used for all columns at once. With more, CHUNK_BLOCKS blocks of a panel
 * are unpacked into a buffer that stays in the first-level cache, as bytes u with offset 128, and
 * every group of GROUP_COLUMNS columns passes over them; the float accumulators wait in memory
 * between chunks. Both ways do for each row and column exactly what panel.h prescribes.
 *
 * Functions named *_n are always inlined with constant arguments: one copy for each type and n.
 */
#include "engine/cpu/panel.h"
#include "engine/cpu/unroll.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

enum { DIRECT_COLUMNS = 4, GROUP_COLUMNS = 8, CHUNK_BLOCKS = 16, PREFETCH_BYTES = 6144 };

TARGET void cpu_quantize_avx512(const float *x, struct cpu_x_block *out, int64_t n_blocks)
{
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    for (int64_t b = 0; b < n_blocks; b++, x += CPU_BLOCK_COLS, out++) {
        __m512 x0 = _mm512_loadu_ps(x), x1 = _mm512_loadu_ps(x + 16);
        __m512i bits = _mm512_max_epi32(_mm512_and_si512(_mm512_castps_si512(x0), magnitude),
                                        _mm512_and_si512(_mm512_castps_si512(x1), magnitude));
        int32_t max_bits = _mm512_reduce_max_epi32(bits);
        float max = _mm512_cvtss_f32(_mm512_castsi512_ps(_mm512_set1_epi32(max_bits)));
        bool finite = max_bits < 0x7f800000, used = finite && max >= CPU_QUANT_TINY;
        __m512 inverse = _mm512_set1_ps(used ? 127.0f / max : 0);
        __mmask16 mask = used ? 0xffff : 0;
        __m512i q0 = _mm512_maskz_cvtps_epi32(mask, _mm512_mul_ps(x0, inverse));
        __m512i q1 = _mm512_maskz_cvtps_epi32(mask, _mm512_mul_ps(x1, inverse));
        _mm_store_si128((__m128i *)out->q, _mm512_cvtepi32_epi8(q0));
        _mm_store_si128((__m128i *)(out->q + 16), _mm512_cvtepi32_epi8(q1));
        int32_t sum0 = _mm512_reduce_add_epi32(q0), sum1 = _mm512_reduce_add_epi32(q1);
        out->scale = !finite ? NAN : used ? max / 127.0f : 0;
        out->scale_sum = out->scale * (float)(sum0 + sum1);
        out->start = -128 * (sum0 + sum1);
        out->start_half[0] = -128 * sum0;
        out->start_half[1] = -128 * sum1;
    }
}

/* --- unpacking a block of 16 rows × 32 columns ------------------------------------------------ */

INLINE __m512i load(const uint8_t *p)
{
    return _mm512_loadu_si512(p);
}

/* The processor's own prefetchers stop at the end of a page and run too short a way ahead of a loop
   that also computes. Beyond the last panel a prefetch does nothing. */
INLINE void prefetch_n(const int bits, const uint8_t *block)
{
    UNROLL
    for (int i = 0; i < bits; i++)
        _mm_prefetch((const char *)(block + PREFETCH_BYTES + 64 * i), _MM_HINT_T0);
}

/* u of the 8 groups, each [16 rows][4 columns]. */
INLINE void unpack_n(const int bits, const uint8_t *block, __m512i u[8])
{
    const __m512i nibble = _mm512_set1_epi8(15);
    if (bits == 8) {
        UNROLL
        for (int g = 0; g < 8; g++)
            u[g] = load(block + 64 * g);
        return;
    }
    UNROLL
    for (int g = 0; g < 4; g++) {
        __m512i both = load(block + 64 * g);
        u[g] = _mm512_and_si512(both, nibble);
        u[g + 4] = _mm512_and_si512(_mm512_srli_epi16(both, 4), nibble);
    }
    if (bits == 5) { /* bit g of a byte becomes bit 4 of group g's */
        const __m512i bit4 = _mm512_set1_epi8(16);
        __m512i plane = load(block + 256);
        UNROLL
        for (int g = 0; g < 8; g++) {
            __m512i moved = g < 4 ? _mm512_slli_epi16(plane, 4 - (g < 4 ? g : 4))
                                  : _mm512_srli_epi16(plane, (g < 4 ? 4 : g) - 4);
            /* u | (moved & bit4) */
            u[g] = _mm512_ternarylogic_epi32(u[g], moved, bit4, 0xf8);
        }
    }
    if (bits == 6) {
        const __m512i bits45 = _mm512_set1_epi8(48);
        UNROLL
        for (int g = 0; g < 8; g++) {
            __m512i plane = load(block + 256 + g / 4 * 64);
            int shift = g % 4 * 2;
            __m512i moved = shift < 4 ? _mm512_slli_epi16(plane, shift < 4 ? 4 - shift : 0)
                                      : _mm512_srli_epi16(plane, shift < 4 ? 0 : shift - 4);
            u[g] = _mm512_ternarylogic_epi32(u[g], moved, bits45, 0xf8);
        }
    }
}

INLINE __m512 halves(const uint8_t *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}

INLINE __m512 bytes_u(const uint8_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p)));
}

INLINE __m512 bytes_i(const uint8_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)));
}

/* Scales and min of a block (format.c: unpack_scales). */
INLINE void scales_n(const enum cpu_scales kind, const uint8_t *scales, int64_t b, __m512 s[2],
                     __m512 *min)
{
    int64_t super = b / CPU_SUPER_BLOCKS, sub = b % CPU_SUPER_BLOCKS * 32;
    if (kind == CPU_SCALES_PLAIN) {
        s[0] = halves(scales + b * 32);
    } else if (kind == CPU_SCALES_MIN) {
        s[0] = halves(scales + b * 64);
        *min = halves(scales + b * 64 + 32);
    } else if (kind == CPU_SCALES_K) {
        const uint8_t *head = scales + super * 320;
        s[0] = _mm512_mul_ps(halves(head), bytes_u(head + 64 + sub));
        /* the sign of dmin is flipped: w = d * scale * u - dmin * min */
        __m512 dmin = _mm512_xor_ps(halves(head + 32), _mm512_set1_ps(-0.0f));
        *min = _mm512_mul_ps(dmin, bytes_u(head + 64 + sub + 16));
    } else {
        const uint8_t *head = scales + super * 288;
        s[0] = _mm512_mul_ps(halves(head), bytes_i(head + 32 + sub));
        s[1] = _mm512_mul_ps(halves(head), bytes_i(head + 32 + sub + 16));
    }
}

/* --- a block times a column ------------------------------------------------------------------- */

/* start + Σ u q over 4 groups */
INLINE __m512i dot4(__m512i start, const __m512i *u, const int8_t *q)
{
    UNROLL
    for (int g = 0; g < 4; g++) {
        int32_t four;
        __builtin_memcpy(&four, q + 4 * g, sizeof four);
        start = _mm512_dpbusd_epi32(start, u[g], _mm512_set1_epi32(four));
    }
    return start;
}

/* -offset Σ q, from the start that is kept for offset 128 */
INLINE __m512i start_of(const int offset, int32_t start)
{
    __m512i all = _mm512_set1_epi32(start);
    return offset == 0    ? _mm512_setzero_si512()
           : offset == 8  ? _mm512_srai_epi32(all, 4)
           : offset == 16 ? _mm512_srai_epi32(all, 3)
           : offset == 32 ? _mm512_srai_epi32(all, 2)
                          : all;
}

INLINE __m512 add_block_n(const int offset, const enum cpu_scales kind, const bool two_chains,
                          __m512 acc, const __m512i u[8], const __m512 s[2], __m512 min,
                          const struct cpu_x_block *x)
{
    __m512 t;
    if (kind == CPU_SCALES_K6) {
        __m512i dot0 = dot4(start_of(offset, x->start_half[0]), u, x->q);
        __m512i dot1 = dot4(start_of(offset, x->start_half[1]), u + 4, x->q + 16);
        t = _mm512_mul_ps(_mm512_cvtepi32_ps(dot0), s[0]);
        t = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot1), s[1], t);
    } else {
        __m512i dot = dot4(start_of(offset, x->start), u, x->q);
        if (two_chains) /* shorter latency where only one column keeps the processor busy */
            dot = _mm512_add_epi32(dot, dot4(_mm512_setzero_si512(), u + 4, x->q + 16));
        else
            dot = dot4(dot, u + 4, x->q + 16);
        t = _mm512_mul_ps(_mm512_cvtepi32_ps(dot), s[0]);
    }
    acc = _mm512_fmadd_ps(t, _mm512_set1_ps(x->scale), acc);
    if (kind == CPU_SCALES_MIN || kind == CPU_SCALES_K)
        acc = _mm512_fmadd_ps(min, _mm512_set1_ps(x->scale_sum), acc);
    return acc;
}

/* --- few columns ------------------------------------------------------------------------------ */

INLINE void direct_n(const int bits, const int offset, const enum cpu_scales kind, const int n,
                     const uint8_t *panel, const uint8_t *scales, int64_t n_blocks,
                     const struct cpu_x_block *x, float acc[][CPU_PANEL_ROWS])
{
    __m512 sum[DIRECT_COLUMNS];
    UNROLL
    for (int c = 0; c < n; c++)
        sum[c] = _mm512_setzero_ps();
    for (int64_t b = 0; b < n_blocks; b++) {
        __m512i u[8];
        __m512 s[2], min = _mm512_setzero_ps();
        prefetch_n(bits, panel + b * (64 * bits));
        unpack_n(bits, panel + b * (64 * bits), u);
        scales_n(kind, scales, b, s, &min);
        UNROLL
        for (int c = 0; c < n; c++)
            sum[c] = add_block_n(offset, kind, n == 1, sum[c], u, s, min, x + c * n_blocks + b);
    }
    UNROLL
    for (int c = 0; c < n; c++)
        _mm512_storeu_ps(acc[c], sum[c]);
}

#define DIRECT(name, bits, offset, kind)                                                           \
    TARGET static void name(int n, const uint8_t *panel, const uint8_t *scales, int64_t n_blocks,  \
                            const struct cpu_x_block *x, float acc[][CPU_PANEL_ROWS])              \
    {                                                                                              \
        if (n == 1)                                                                                \
            direct_n(bits, offset, kind, 1, panel, scales, n_blocks, x, acc);                      \
        else if (n == 2)                                                                           \
            direct_n(bits, offset, kind, 2, panel, scales, n_blocks, x, acc);                      \
        else if (n == 3)                                                                           \
            direct_n(bits, offset, kind, 3, panel, scales, n_blocks, x, acc);                      \
        else                                                                                       \
            direct_n(bits, offset, kind, 4, panel, scales, n_blocks, x, acc);                      \
    }
DIRECT(direct_q8_0, 8, 128, CPU_SCALES_PLAIN)
DIRECT(direct_q4_0, 4, 8, CPU_SCALES_PLAIN)
DIRECT(direct_q5_0, 5, 16, CPU_SCALES_PLAIN)
DIRECT(direct_q4_1, 4, 0, CPU_SCALES_MIN)
DIRECT(direct_q5_1, 5, 0, CPU_SCALES_MIN)
DIRECT(direct_q4_k, 4, 0, CPU_SCALES_K)
DIRECT(direct_q5_k, 5, 0, CPU_SCALES_K)
DIRECT(direct_q6_k, 6, 32, CPU_SCALES_K6)

typedef void (*direct_fn)(int n, const uint8_t *panel, const uint8_t *scales, int64_t n_blocks,
                          const struct cpu_x_block *x, float acc[][CPU_PANEL_ROWS]);

static direct_fn direct_of(enum gguf_type type)
{
    switch (type) {
    case GGUF_Q8_0:
        return direct_q8_0;
    case GGUF_Q4_0:
        return direct_q4_0;
    case GGUF_Q4_1:
        return direct_q4_1;
    case GGUF_Q5_0:
        return direct_q5_0;
    case GGUF_Q5_1:
        return direct_q5_1;
    case GGUF_Q4_K:
        return direct_q4_k;
    case GGUF_Q5_K:
        return direct_q5_k;
    default:
        return direct_q6_k;
    }
}

/* --- many columns ----------------------------------------------------------------------------- */

/* Unpacked blocks of one panel. Types without a min have u with offset 128, the others with 0. */
struct chunk {
    _Alignas(64) uint8_t u[CHUNK_BLOCKS][CPU_BLOCK_VALUES];
    _Alignas(64) float scale[CHUNK_BLOCKS][2][CPU_PANEL_ROWS], min[CHUNK_BLOCKS][CPU_PANEL_ROWS];
};

INLINE void unpack_chunk_n(const int bits, const int offset, const enum cpu_scales kind,
                           const uint8_t *panel, const uint8_t *scales, int64_t b0, int n,
                           struct chunk *out)
{
    const __m512i shift = _mm512_set1_epi8((char)(offset == 0 ? 0 : 128 - offset));
    for (int i = 0; i < n; i++) {
        __m512i u[8];
        __m512 s[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()}, min = _mm512_setzero_ps();
        prefetch_n(bits, panel + (b0 + i) * (64 * bits));
        unpack_n(bits, panel + (b0 + i) * (64 * bits), u);
        scales_n(kind, scales, b0 + i, s, &min);
        UNROLL
        for (int g = 0; g < 8; g++)
            _mm512_store_si512(out->u[i] + 64 * g, _mm512_add_epi8(u[g], shift));
        _mm512_store_ps(out->scale[i][0], s[0]);
        if (kind == CPU_SCALES_K6)
            _mm512_store_ps(out->scale[i][1], s[1]);
        if (kind == CPU_SCALES_MIN || kind == CPU_SCALES_K)
            _mm512_store_ps(out->min[i], min);
    }
}

TARGET static void unpack_chunk(enum gguf_type type, const uint8_t *panel, const uint8_t *scales,
                                int64_t b0, int n, struct chunk *out)
{
    switch (type) {
    case GGUF_Q8_0:
        unpack_chunk_n(8, 128, CPU_SCALES_PLAIN, panel, scales, b0, n, out);
        break;
    case GGUF_Q4_0:
        unpack_chunk_n(4, 8, CPU_SCALES_PLAIN, panel, scales, b0, n, out);
        break;
    case GGUF_Q4_1:
        unpack_chunk_n(4, 0, CPU_SCALES_MIN, panel, scales, b0, n, out);
        break;
    case GGUF_Q5_0:
        unpack_chunk_n(5, 16, CPU_SCALES_PLAIN, panel, scales, b0, n, out);
        break;
    case GGUF_Q5_1:
        unpack_chunk_n(5, 0, CPU_SCALES_MIN, panel, scales, b0, n, out);
        break;
    case GGUF_Q4_K:
        unpack_chunk_n(4, 0, CPU_SCALES_K, panel, scales, b0, n, out);
        break;
    case GGUF_Q5_K:
        unpack_chunk_n(5, 0, CPU_SCALES_K, panel, scales, b0, n, out);
        break;
    default:
        unpack_chunk_n(6, 32, CPU_SCALES_K6, panel, scales, b0, n, out);
        break;
    }
}

/* acc[c] += chunk times column c, for n columns. x: the chunk's first block of the first column. */
INLINE void chunk_n(const enum cpu_scales kind, const int n, const struct chunk *chunk,
                    int n_blocks, const struct cpu_x_block *x, int64_t stride,
                    float acc[][CPU_PANEL_ROWS])
{
    const int offset = kind == CPU_SCALES_MIN ? 0 : 128;
    __m512 sum[GROUP_COLUMNS];
    UNROLL
    for (int c = 0; c < n; c++)
        sum[c] = _mm512_loadu_ps(acc[c]);
    for (int b = 0; b < n_blocks; b++) {
        __m512i u[8];
        __m512 s[2], min = _mm512_setzero_ps();
        UNROLL
        for (int g = 0; g < 8; g++)
            u[g] = _mm512_load_si512(chunk->u[b] + 64 * g);
        s[0] = _mm512_load_ps(chunk->scale[b][0]);
        s[1] = _mm512_load_ps(chunk->scale[b][1]);
        if (kind == CPU_SCALES_MIN)
            min = _mm512_load_ps(chunk->min[b]);
        UNROLL
        for (int c = 0; c < n; c++)
            sum[c] = add_block_n(offset, kind, false, sum[c], u, s, min, x + c * stride + b);
    }
    UNROLL
    for (int c = 0; c < n; c++)
        _mm512_storeu_ps(acc[c], sum[c]);
}

#define CHUNK(name, kind)                                                                          \
    TARGET static void name(int n, const struct chunk *chunk, int n_blocks,                        \
                            const struct cpu_x_block *x, int64_t stride,                           \
                            float acc[][CPU_PANEL_ROWS])                                           \
    {                                                                                              \
        for (; n >= 8; n -= 8, x += 8 * stride, acc += 8)                                          \
            chunk_n(kind, 8, chunk, n_blocks, x, stride, acc);                                     \
        if (n >= 4) {                                                                              \
            chunk_n(kind, 4, chunk, n_blocks, x, stride, acc);                                     \
            n -= 4, x += 4 * stride, acc += 4;                                                     \
        }                                                                                          \
        if (n == 3)                                                                                \
            chunk_n(kind, 3, chunk, n_blocks, x, stride, acc);                                     \
        else if (n == 2)                                                                           \
            chunk_n(kind, 2, chunk, n_blocks, x, stride, acc);                                     \
        else if (n == 1)                                                                           \
            chunk_n(kind, 1, chunk, n_blocks, x, stride, acc);                                     \
    }
CHUNK(chunk_plain, CPU_SCALES_PLAIN)
CHUNK(chunk_min, CPU_SCALES_MIN)
CHUNK(chunk_k6, CPU_SCALES_K6)

TARGET static void panel_chunks(const struct cpu_tile *tile, const uint8_t *panel,
                                const uint8_t *scales, const struct cpu_x_block *x, int n,
                                float acc[][CPU_PANEL_ROWS])
{
    int64_t n_blocks = tile->input->n_blocks;
    enum cpu_scales kind = tile->format->scales;
    for (int c = 0; c < n; c++)
        _mm512_storeu_ps(acc[c], _mm512_setzero_ps());
    for (int64_t b = 0; b < n_blocks; b += CHUNK_BLOCKS) {
        struct chunk chunk;
        int count = n_blocks - b < CHUNK_BLOCKS ? (int)(n_blocks - b) : CHUNK_BLOCKS;
        unpack_chunk(tile->format->type, panel, scales, b, count, &chunk);
        if (kind == CPU_SCALES_PLAIN)
            chunk_plain(n, &chunk, count, x + b, n_blocks, acc);
        else if (kind == CPU_SCALES_K6)
            chunk_k6(n, &chunk, count, x + b, n_blocks, acc);
        else
            chunk_min(n, &chunk, count, x + b, n_blocks, acc);
    }
}

TARGET void cpu_tile_avx512(const struct cpu_tile *tile)
{
    if (tile->format->scales == CPU_SCALES_NONE) {
        cpu_tile_float_avx512(tile);
        return;
    }
    size_t panel_bytes = cpu_panel_bytes(tile->format, tile->w->n_cols);
    size_t scales_offset = cpu_panel_scales_offset(tile->format, tile->w->n_cols);
    direct_fn direct = direct_of(tile->format->type);
    int64_t n_blocks = tile->input->n_blocks;
    const struct cpu_x_block *x = tile->input->blocks + tile->c0 * n_blocks;
    for (int64_t p = tile->p0; p < tile->p0 + tile->n_panels; p++) {
        const uint8_t *panel = (const uint8_t *)tile->w->panels + (size_t)p * panel_bytes;
        int64_t r0 = p * CPU_PANEL_ROWS, left = tile->w->n_rows - r0;
        __mmask16 rows = left < CPU_PANEL_ROWS ? (__mmask16)((1u << left) - 1) : 0xffff;
        float acc[CPU_TILE_COLUMNS][CPU_PANEL_ROWS];
        if (tile->n <= DIRECT_COLUMNS)
            direct(tile->n, panel, panel + scales_offset, n_blocks, x, acc);
        else
            panel_chunks(tile, panel, panel + scales_offset, x, tile->n, acc);
        for (int c = 0; c < tile->n; c++)
            _mm512_mask_storeu_ps(tile->y + (tile->c0 + c) * tile->y_stride + r0, rows,
                                  _mm512_loadu_ps(acc[c]));
    }
}
#endif
