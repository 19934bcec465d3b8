/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GGUF's block formats, one scalar function each: the reference that every kernel is compared with.
 *
 * A row is cut into blocks of 32 or 256 weights. A block holds small integers q and the numbers
 * that turn them back into weights: w = d * (q - offset) for the "_0" types and Q6_K,
 * w = d * q + m for the "_1" types, and w = (d * sc) * q - (dmin * mn) for Q4_K and Q5_K, whose
 * 8 sub-blocks of 32 have 6-bit scales sc and minima mn of their own.
 *
 * Exactness: all products but Q6_K's last fit into a float's 24 bits, and then at most one rounding
 * follows, so the result is the same with and without fused multiply-add.
 *
 * Common to all drawings: byte offsets on the left, f16 = IEEE binary16, all little-endian; L and H
 * are the low and the high 4 bits of a byte. Numbers in the boxes are positions of weights in the
 * block. Source: ggml's block formats; the golden vectors of tests/golden/quant.txt come from the
 * Python package gguf.
 */
#include "engine/quant.h"

#include <math.h>

#include "engine/cpu/half.h"

enum { QK = 32, QK_K = 256 };

static uint16_t u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static float f16(const uint8_t *p)
{
    return cpu_half_to_f32(u16(p));
}

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void f32_block(const uint8_t *p, float *w)
{
    *w = cpu_bits_to_f32(u32(p));
}

static void f16_block(const uint8_t *p, float *w)
{
    *w = f16(p);
}

static void bf16_block(const uint8_t *p, float *w)
{
    *w = cpu_bf16_to_f32(u16(p));
}

/*  0 | d f16 |
 *  2 | 0 int8 | 1 | … | 31 |                                       34 bytes, 8.5 bit a weight */
static void q8_0_block(const uint8_t *p, float *w)
{
    float d = f16(p);
    for (int i = 0; i < QK; i++) {
        w[i] = d * (int8_t)p[2 + i];
    }
}

/*  0 | d f16 |
 *  2 | L 0  H 16 | L 1  H 17 | … | L 15  H 31 |      q - 8          18 bytes, 4.5 bit a weight */
static void q4_0_block(const uint8_t *p, float *w)
{
    float d = f16(p);
    for (int i = 0; i < QK / 2; i++) {
        w[i] = d * ((p[2 + i] & 15) - 8);
        w[i + 16] = d * ((p[2 + i] >> 4) - 8);
    }
}

/*  0 | d f16 | m f16 |
 *  4 | L 0  H 16 | L 1  H 17 | … | L 15  H 31 |                    20 bytes, 5 bit a weight */
static void q4_1_block(const uint8_t *p, float *w)
{
    float d = f16(p), m = f16(p + 2);
    for (int i = 0; i < QK / 2; i++) {
        w[i] = d * (p[4 + i] & 15) + m;
        w[i + 16] = d * (p[4 + i] >> 4) + m;
    }
}

/*  0 | d f16 |
 *  2 | fifth bits u32: bit i belongs to weight i |   q - 16
 *  6 | L 0  H 16 | L 1  H 17 | … | L 15  H 31 |                    22 bytes, 5.5 bit a weight */
static void q5_0_block(const uint8_t *p, float *w)
{
    float d = f16(p);
    uint32_t high = u32(p + 2);
    for (int i = 0; i < QK / 2; i++) {
        w[i] = d * ((int)((p[6 + i] & 15) | (high >> i & 1) << 4) - 16);
        w[i + 16] = d * ((int)(p[6 + i] >> 4 | (high >> (i + 16) & 1) << 4) - 16);
    }
}

/*  0 | d f16 | m f16 |
 *  4 | fifth bits u32: bit i belongs to weight i |
 *  8 | L 0  H 16 | L 1  H 17 | … | L 15  H 31 |                    24 bytes, 6 bit a weight */
static void q5_1_block(const uint8_t *p, float *w)
{
    float d = f16(p), m = f16(p + 2);
    uint32_t high = u32(p + 4);
    for (int i = 0; i < QK / 2; i++) {
        w[i] = d * (float)((p[8 + i] & 15) | (high >> i & 1) << 4) + m;
        w[i + 16] = d * (float)(p[8 + i] >> 4 | (high >> (i + 16) & 1) << 4) + m;
    }
}

/*
 * The 12 bytes of 6-bit scales and minima of Q4_K and Q5_K, for sub-blocks j = 0…7:
 *
 *       bits   7 6 | 5 4 3 2 1 0                7 6 5 4 | 3 2 1 0
 *     0…3  sc j+4 5,4 | sc j         8…11   mn j+4 3…0 | sc j+4 3…0
 *     4…7  mn j+4 5,4 | mn j                  (j = 0…3 in each row of bytes)
 */
static void k_scales(const uint8_t *p, int j, int *scale, int *minimum)
{
    if (j < 4) {
        *scale = p[j] & 63;
        *minimum = p[j + 4] & 63;
    } else {
        *scale = (p[j + 4] & 15) | (p[j - 4] >> 6) << 4;
        *minimum = p[j + 4] >> 4 | (p[j] >> 6) << 4;
    }
}

/*   0 | d f16 | dmin f16 |
 *   4 | scales and minima, 12 bytes |
 *  16 | L 0   H 32  | L 1   H 33  | … | L 31  H 63  |
 *  48 | L 64  H 96  | …                              three more runs of 32 bytes
 *                                                                   144 bytes, 4.5 bit a weight */
static void q4_k_block(const uint8_t *p, float *w)
{
    float d = f16(p), dmin = f16(p + 2);
    for (int j = 0; j < 8; j++) {
        const uint8_t *q = p + 16 + 32 * (j / 2);
        int scale, minimum, shift = j % 2 * 4;
        k_scales(p + 4, j, &scale, &minimum);
        float ds = d * scale, dm = dmin * minimum;
        for (int i = 0; i < 32; i++) {
            w[32 * j + i] = ds * (q[i] >> shift & 15) - dm;
        }
    }
}

/*   0 | d f16 | dmin f16 |
 *   4 | scales and minima, 12 bytes |
 *  16 | fifth bits, 32 bytes: bit j of byte i belongs to weight 32 j + i |
 *  48 | L 0   H 32  | L 1   H 33  | … as Q4_K        176 bytes, 5.5 bit a weight */
static void q5_k_block(const uint8_t *p, float *w)
{
    float d = f16(p), dmin = f16(p + 2);
    for (int j = 0; j < 8; j++) {
        const uint8_t *q = p + 48 + 32 * (j / 2), *high = p + 16;
        int scale, minimum, shift = j % 2 * 4;
        k_scales(p + 4, j, &scale, &minimum);
        float ds = d * scale, dm = dmin * minimum;
        for (int i = 0; i < 32; i++) {
            w[32 * j + i] = ds * ((q[i] >> shift & 15) | (high[i] >> j & 1) << 4) - dm;
        }
    }
}

/*   0 | L 0   H 64  | L 1   H 65  | … | L 63  H 127 |  low 4 bits, 64 bytes for weights 0…127
 *  64 |                                               64 bytes for weights 128…255
 * 128 | bits 1,0 → 0   3,2 → 32   5,4 → 64   7,6 → 96 | … byte i: + i |   high 2 bits, 32 bytes
 * 160 |                                               32 bytes for weights 128…255
 * 192 | scales int8 × 16, one for 16 weights |
 * 208 | d f16 |                              q - 32    210 bytes, 6.5625 bit a weight */
static void q6_k_block(const uint8_t *p, float *w)
{
    float d = f16(p + 208);
    for (int i = 0; i < QK_K; i++) {
        int half = i / 128, at = i % 128;
        int low = p[64 * half + at % 64] >> at / 64 * 4 & 15;
        int high = p[128 + 32 * half + at % 32] >> at / 32 * 2 & 3;
        w[i] = d * (int8_t)p[192 + i / 16] * ((low | high << 4) - 32);
    }
}

typedef void (*block_function)(const uint8_t *block, float *weights);

static block_function find_function(enum gguf_type type)
{
    switch (type) {
    case GGUF_F32:
        return f32_block;
    case GGUF_F16:
        return f16_block;
    case GGUF_BF16:
        return bf16_block;
    case GGUF_Q8_0:
        return q8_0_block;
    case GGUF_Q4_0:
        return q4_0_block;
    case GGUF_Q4_1:
        return q4_1_block;
    case GGUF_Q5_0:
        return q5_0_block;
    case GGUF_Q5_1:
        return q5_1_block;
    case GGUF_Q4_K:
        return q4_k_block;
    case GGUF_Q5_K:
        return q5_k_block;
    case GGUF_Q6_K:
        return q6_k_block;
    default:
        return NULL;
    }
}

bool eng_dequantize(enum gguf_type type, const void *src, float *dst, int64_t n)
{
    struct gguf_type_info info;
    block_function block = find_function(type);
    if (!block || !gguf_type_info(type, &info) || n % info.block_elements != 0) {
        return false;
    }
    const uint8_t *p = src;
    for (int64_t i = 0; i < n; i += info.block_elements, p += info.block_bytes) {
        block(p, dst + i);
    }
    return true;
}

static void put_u16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

/* false: the scale of the block is no finite half float (weights beyond 127 * 65504, NaN). */
static bool quantize_q8_0(const float *w, uint8_t *p)
{
    float largest = 0;
    for (int i = 0; i < QK; i++) {
        if (!isfinite(w[i])) {
            return false;
        }
        largest = fmaxf(largest, fabsf(w[i]));
    }
    float d = largest / 127, inverse = d > 0 ? 1 / d : 0;
    uint16_t half = cpu_f32_to_half(d);
    put_u16(p, half);
    if ((half & 0x7c00) == 0x7c00) {
        return false;
    }
    for (int i = 0; i < QK; i++) {
        /* 1 / d may overflow for subnormal d; the clamp keeps the conversion defined. */
        float q = fminf(fmaxf(roundf(w[i] * inverse), -127), 127);
        p[2 + i] = (uint8_t)(int8_t)q;
    }
    return true;
}

bool eng_quantize(enum gguf_type type, const float *src, void *dst, int64_t n)
{
    uint8_t *p = dst;
    switch (type) {
    case GGUF_F32:
        memcpy(p, src, (size_t)n * sizeof *src);
        return true;
    case GGUF_F16:
        for (int64_t i = 0; i < n; i++) {
            put_u16(p + 2 * i, cpu_f32_to_half(src[i]));
        }
        return true;
    case GGUF_Q8_0:
        for (int64_t i = 0; i < n; i += QK, p += 34) {
            if (n - i < QK || !quantize_q8_0(src + i, p)) {
                return false;
            }
        }
        return true;
    default:
        return false;
    }
}
