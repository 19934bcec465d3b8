/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows-avx512.c: the row operations with 16 lanes; the last, partial vector is masked, with zeros
 * in its other lanes. Bit for bit equal to rows-scalar.c (rows.h has the order of sums).
 */
#include "engine/cpu/rows.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

enum { LANES = 16 };

/* Lanes of the vector that starts at element i. */
INLINE __mmask16 lanes_at(int64_t i, int64_t n)
{
    return n - i >= LANES ? 0xffff : (__mmask16)((1u << (n - i)) - 1);
}

INLINE float add_lanes(__m512 lane)
{
    __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lane), _mm512_extractf32x8_ps(lane, 1));
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

INLINE __m512 exp_f32(__m512 x)
{
    __m512 c = _mm512_min_ps(_mm512_set1_ps(CPU_EXP_MAX), x);
    c = _mm512_max_ps(_mm512_set1_ps(CPU_EXP_MIN), c);
    __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(c, _mm512_set1_ps(CPU_LOG2_E)),
                                    _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_fmadd_ps(n, _mm512_set1_ps(-CPU_LN2_HI), c);
    r = _mm512_fmadd_ps(n, _mm512_set1_ps(-CPU_LN2_LO), r);
    __m512 p = _mm512_fmadd_ps(_mm512_set1_ps(CPU_EXP_P5), r, _mm512_set1_ps(CPU_EXP_P4));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CPU_EXP_P3));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CPU_EXP_P2));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CPU_EXP_P1));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(CPU_EXP_P0));
    p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1)));
    __m512i power = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    p = _mm512_mul_ps(p, _mm512_castsi512_ps(_mm512_slli_epi32(power, 23)));
    /* below: 0; NaN: itself */
    p = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, _mm512_set1_ps(CPU_EXP_MIN), _CMP_NLT_UQ), p);
    return _mm512_mask_mov_ps(p, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), x);
}

TARGET static void rms_norm(float *y, const float *x, const float *weight, int64_t n, float eps)
{
    __m512 lane = _mm512_setzero_ps();
    for (int64_t i = 0; i < n; i += LANES) {
        __m512 v = _mm512_maskz_loadu_ps(lanes_at(i, n), x + i);
        lane = _mm512_fmadd_ps(v, v, lane);
    }
    __m512 scale = _mm512_set1_ps(1.0f / sqrtf(add_lanes(lane) / (float)n + eps));
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        __m512 v = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + i), scale);
        v = _mm512_mul_ps(v, _mm512_maskz_loadu_ps(mask, weight + i));
        _mm512_mask_storeu_ps(y + i, mask, v);
    }
}

TARGET static void layer_norm(float *y, const float *x, const float *weight, const float *bias,
                              int64_t n, float eps)
{
    __m512 lane = _mm512_setzero_ps(), square = lane;
    for (int64_t i = 0; i < n; i += LANES)
        lane = _mm512_add_ps(lane, _mm512_maskz_loadu_ps(lanes_at(i, n), x + i));
    __m512 mean = _mm512_set1_ps(add_lanes(lane) / (float)n);
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        __m512 v = _mm512_maskz_sub_ps(mask, _mm512_maskz_loadu_ps(mask, x + i), mean);
        square = _mm512_fmadd_ps(v, v, square);
    }
    __m512 scale = _mm512_set1_ps(1.0f / sqrtf(add_lanes(square) / (float)n + eps));
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        __m512 v = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), mean);
        v = _mm512_fmadd_ps(_mm512_mul_ps(v, scale), _mm512_maskz_loadu_ps(mask, weight + i),
                            _mm512_maskz_loadu_ps(mask, bias + i));
        _mm512_mask_storeu_ps(y + i, mask, v);
    }
}

TARGET static void add(float *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        _mm512_mask_storeu_ps(
            y + i, mask,
            _mm512_add_ps(_mm512_maskz_loadu_ps(mask, y + i), _mm512_maskz_loadu_ps(mask, x + i)));
    }
}

TARGET static void silu_mul(float *y, const float *gate, const float *up, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        __m512 g = _mm512_maskz_loadu_ps(mask, gate + i);
        __m512 e = exp_f32(_mm512_xor_ps(g, _mm512_set1_ps(-0.0f)));
        __m512 v = _mm512_div_ps(g, _mm512_add_ps(_mm512_set1_ps(1), e));
        v = _mm512_mul_ps(v, _mm512_maskz_loadu_ps(mask, up + i));
        _mm512_mask_storeu_ps(y + i, mask, v);
    }
}

TARGET static void gelu(float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        __m512 v = _mm512_maskz_loadu_ps(mask, x + i);
        __m512 z = _mm512_mul_ps(_mm512_abs_ps(v), _mm512_set1_ps(CPU_SQRT1_2));
        __m512 t = _mm512_fmadd_ps(_mm512_set1_ps(CPU_ERF_P), z, _mm512_set1_ps(1));
        t = _mm512_div_ps(_mm512_set1_ps(1), t);
        __m512 p = _mm512_fmadd_ps(_mm512_set1_ps(CPU_ERF_A5), t, _mm512_set1_ps(CPU_ERF_A4));
        p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(CPU_ERF_A3));
        p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(CPU_ERF_A2));
        p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(CPU_ERF_A1));
        __m512 e = exp_f32(_mm512_xor_ps(_mm512_mul_ps(z, z), _mm512_set1_ps(-0.0f)));
        __m512 erfc = _mm512_mul_ps(_mm512_mul_ps(p, t), e);
        __mmask16 negative = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_LT_OQ);
        __m512 factor = _mm512_mask_mov_ps(_mm512_sub_ps(_mm512_set1_ps(2), erfc), negative, erfc);
        v = _mm512_mul_ps(_mm512_mul_ps(v, _mm512_set1_ps(0.5f)), factor);
        _mm512_mask_storeu_ps(x + i, mask, v);
    }
}

TARGET static void softmax(float *x, int64_t n)
{
    const __m512 lowest = _mm512_set1_ps(-INFINITY);
    __m512 max = lowest, lane = _mm512_setzero_ps();
    for (int64_t i = 0; i < n; i += LANES)
        max = _mm512_max_ps(_mm512_mask_loadu_ps(lowest, lanes_at(i, n), x + i), max);
    max = _mm512_set1_ps(_mm512_reduce_max_ps(max));
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        __m512 v = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), max);
        v = _mm512_maskz_mov_ps(mask, exp_f32(v));
        lane = _mm512_add_ps(lane, v);
        _mm512_mask_storeu_ps(x + i, mask, v);
    }
    __m512 scale = _mm512_set1_ps(1.0f / add_lanes(lane));
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        _mm512_mask_storeu_ps(x + i, mask,
                              _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + i), scale));
    }
}

TARGET static float dot_f32(const float *x, const float *y, int64_t n)
{
    __m512 lane = _mm512_setzero_ps();
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        lane = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, x + i),
                               _mm512_maskz_loadu_ps(mask, y + i), lane);
    }
    return add_lanes(lane);
}

INLINE __m512 halves_at(const uint16_t *p, __mmask16 mask)
{
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, p));
}

TARGET static float dot_f32_f16(const float *x, const uint16_t *y, int64_t n)
{
    __m512 lane = _mm512_setzero_ps();
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        lane = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, x + i), halves_at(y + i, mask), lane);
    }
    return add_lanes(lane);
}

TARGET static void axpy_f32_f16(float *y, float a, const uint16_t *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        _mm512_mask_storeu_ps(y + i, mask,
                              _mm512_fmadd_ps(_mm512_set1_ps(a), halves_at(x + i, mask),
                                              _mm512_maskz_loadu_ps(mask, y + i)));
    }
}

TARGET static void f32_to_f16(uint16_t *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        __mmask16 mask = lanes_at(i, n);
        _mm256_mask_storeu_epi16(y + i, mask,
                                 _mm512_cvtps_ph(_mm512_maskz_loadu_ps(mask, x + i),
                                                 _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    }
}

const struct cpu_rows cpu_rows_avx512 = {
    .rms_norm = rms_norm,
    .layer_norm = layer_norm,
    .add = add,
    .silu_mul = silu_mul,
    .gelu = gelu,
    .softmax = softmax,
    .dot_f32 = dot_f32,
    .dot_f32_f16 = dot_f32_f16,
    .axpy_f32_f16 = axpy_f32_f16,
    .f32_to_f16 = f32_to_f16,
};
#endif
