/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * half.h: 16-bit floats, one at a time (IEEE binary16 and bfloat16). The vector kernels use the
 * processor's own conversions, which give the same bits.
 */
#pragma once

#include <stdint.h>
#include <string.h>

static inline float cpu_bits_to_f32(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static inline uint32_t cpu_f32_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static inline float cpu_half_to_f32(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = (half >> 10) & 31, mantissa = half & 1023;
    if (exponent == 31) /* infinity, or NaN (made quiet, as the processors do) */
        return cpu_bits_to_f32(sign | 0x7f800000 | (mantissa ? 0x400000 | mantissa << 13 : 0));
    if (exponent == 0) { /* zero and subnormals: mantissa * 2^-24, exact */
        float value = (float)mantissa * 0x1p-24f;
        return sign ? -value : value;
    }
    return cpu_bits_to_f32(sign | (exponent + 112) << 23 | mantissa << 13);
}

/* Rounds to nearest, ties to even. */
static inline uint16_t cpu_f32_to_half(float f)
{
    uint32_t bits = cpu_f32_bits(f), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
    if (rest > 0x7f800000)
        return (uint16_t)(sign | 0x7e00 | (rest >> 13 & 0x3ff));
    if (rest >= 0x47800000) /* 65536 and more, and infinity */
        return (uint16_t)(sign | 0x7c00);
    if (rest < 0x38800000) { /* below 2^-14: adding 0.5 lets the float unit round the mantissa */
        uint32_t rounded = cpu_f32_bits(cpu_bits_to_f32(rest) + 0.5f) - 0x3f000000;
        return (uint16_t)(sign | rounded);
    }
    uint32_t odd = rest >> 13 & 1; /* a carry out of 65519.9… gives infinity, as it must */
    return (uint16_t)(sign | ((rest - 0x38000000 + 0xfff + odd) >> 13));
}

static inline float cpu_bf16_to_f32(uint16_t half)
{
    return cpu_bits_to_f32((uint32_t)half << 16);
}
