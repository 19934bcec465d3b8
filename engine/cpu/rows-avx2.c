/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows-avx2.c: the row operations with the 16 lanes of rows.h as two vectors of 8. The elements
 * after the last full 16 are copied into a buffer whose other lanes are zero. Bit for bit equal to
 * rows-scalar.c.
 */
#include "engine/cpu/rows.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

enum { LANES = 16 };

struct lanes {
    __m256 v[2];
};

INLINE struct lanes zero(void)
{
    return (struct lanes){{_mm256_setzero_ps(), _mm256_setzero_ps()}};
}

/* Elements [i, i + 16) of x[n]; those past n are `fill`. */
INLINE struct lanes load_filled(const float *x, int64_t i, int64_t n, float fill)
{
    if (n - i >= LANES)
        return (struct lanes){{_mm256_loadu_ps(x + i), _mm256_loadu_ps(x + i + 8)}};
    float part[LANES];
    for (int j = 0; j < LANES; j++)
        part[j] = i + j < n ? x[i + j] : fill;
    return (struct lanes){{_mm256_loadu_ps(part), _mm256_loadu_ps(part + 8)}};
}

INLINE struct lanes load(const float *x, int64_t i, int64_t n)
{
    return load_filled(x, i, n, 0);
}

INLINE struct lanes load_half(const uint16_t *x, int64_t i, int64_t n)
{
    uint16_t part[LANES] = {0};
    const uint16_t *from = x + i;
    if (n - i < LANES) {
        memcpy(part, x + i, (size_t)(n - i) * sizeof *part);
        from = part;
    }
    return (struct lanes){{_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from)),
                           _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + 8)))}};
}

INLINE void store(float *y, int64_t i, int64_t n, struct lanes value)
{
    if (n - i >= LANES) {
        _mm256_storeu_ps(y + i, value.v[0]);
        _mm256_storeu_ps(y + i + 8, value.v[1]);
    } else {
        memcpy(y + i, &value, (size_t)(n - i) * sizeof *y);
    }
}

INLINE float add_lanes(struct lanes lane)
{
    __m256 eight = _mm256_add_ps(lane.v[0], lane.v[1]);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

INLINE __m256 exp_f32(__m256 x)
{
    __m256 c = _mm256_min_ps(_mm256_set1_ps(CPU_EXP_MAX), x);
    c = _mm256_max_ps(_mm256_set1_ps(CPU_EXP_MIN), c);
    __m256 n = _mm256_round_ps(_mm256_mul_ps(c, _mm256_set1_ps(CPU_LOG2_E)),
                               _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_fmadd_ps(n, _mm256_set1_ps(-CPU_LN2_HI), c);
    r = _mm256_fmadd_ps(n, _mm256_set1_ps(-CPU_LN2_LO), r);
    __m256 p = _mm256_fmadd_ps(_mm256_set1_ps(CPU_EXP_P5), r, _mm256_set1_ps(CPU_EXP_P4));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CPU_EXP_P3));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CPU_EXP_P2));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CPU_EXP_P1));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(CPU_EXP_P0));
    p = _mm256_fmadd_ps(p, _mm256_mul_ps(r, r), _mm256_add_ps(r, _mm256_set1_ps(1)));
    __m256i power = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    p = _mm256_mul_ps(p, _mm256_castsi256_ps(_mm256_slli_epi32(power, 23)));
    /* below: 0; NaN: itself */
    p = _mm256_and_ps(p, _mm256_cmp_ps(x, _mm256_set1_ps(CPU_EXP_MIN), _CMP_NLT_UQ));
    return _mm256_blendv_ps(p, x, _mm256_cmp_ps(x, x, _CMP_UNORD_Q));
}

INLINE __m256 negate(__m256 x)
{
    return _mm256_xor_ps(x, _mm256_set1_ps(-0.0f));
}

TARGET static void rms_norm(float *y, const float *x, const float *weight, int64_t n, float eps)
{
    struct lanes lane = zero();
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n);
        for (int h = 0; h < 2; h++)
            lane.v[h] = _mm256_fmadd_ps(v.v[h], v.v[h], lane.v[h]);
    }
    __m256 scale = _mm256_set1_ps(1.0f / sqrtf(add_lanes(lane) / (float)n + eps));
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n), w = load(weight, i, n);
        for (int h = 0; h < 2; h++)
            v.v[h] = _mm256_mul_ps(_mm256_mul_ps(v.v[h], scale), w.v[h]);
        store(y, i, n, v);
    }
}

TARGET static void layer_norm(float *y, const float *x, const float *weight, const float *bias,
                              int64_t n, float eps)
{
    struct lanes lane = zero(), square = zero();
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n);
        for (int h = 0; h < 2; h++)
            lane.v[h] = _mm256_add_ps(lane.v[h], v.v[h]);
    }
    float mean = add_lanes(lane) / (float)n;
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load_filled(x, i, n, mean);
        for (int h = 0; h < 2; h++) {
            __m256 d = _mm256_sub_ps(v.v[h], _mm256_set1_ps(mean));
            square.v[h] = _mm256_fmadd_ps(d, d, square.v[h]);
        }
    }
    __m256 scale = _mm256_set1_ps(1.0f / sqrtf(add_lanes(square) / (float)n + eps));
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n), w = load(weight, i, n), b = load(bias, i, n);
        for (int h = 0; h < 2; h++) {
            __m256 d = _mm256_mul_ps(_mm256_sub_ps(v.v[h], _mm256_set1_ps(mean)), scale);
            v.v[h] = _mm256_fmadd_ps(d, w.v[h], b.v[h]);
        }
        store(y, i, n, v);
    }
}

TARGET static void add(float *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n), w = load(y, i, n);
        for (int h = 0; h < 2; h++)
            w.v[h] = _mm256_add_ps(w.v[h], v.v[h]);
        store(y, i, n, w);
    }
}

TARGET static void silu_mul(float *y, const float *gate, const float *up, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes g = load(gate, i, n), u = load(up, i, n);
        for (int h = 0; h < 2; h++) {
            __m256 e = exp_f32(negate(g.v[h]));
            __m256 v = _mm256_div_ps(g.v[h], _mm256_add_ps(_mm256_set1_ps(1), e));
            g.v[h] = _mm256_mul_ps(v, u.v[h]);
        }
        store(y, i, n, g);
    }
}

INLINE __m256 gelu8(__m256 v)
{
    __m256 z = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), v);
    z = _mm256_mul_ps(z, _mm256_set1_ps(CPU_SQRT1_2));
    __m256 t = _mm256_fmadd_ps(_mm256_set1_ps(CPU_ERF_P), z, _mm256_set1_ps(1));
    t = _mm256_div_ps(_mm256_set1_ps(1), t);
    __m256 p = _mm256_fmadd_ps(_mm256_set1_ps(CPU_ERF_A5), t, _mm256_set1_ps(CPU_ERF_A4));
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(CPU_ERF_A3));
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(CPU_ERF_A2));
    p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(CPU_ERF_A1));
    __m256 erfc = _mm256_mul_ps(_mm256_mul_ps(p, t), exp_f32(negate(_mm256_mul_ps(z, z))));
    __m256 negative = _mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_LT_OQ);
    __m256 factor = _mm256_blendv_ps(_mm256_sub_ps(_mm256_set1_ps(2), erfc), erfc, negative);
    return _mm256_mul_ps(_mm256_mul_ps(v, _mm256_set1_ps(0.5f)), factor);
}

TARGET static void gelu(float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n);
        for (int h = 0; h < 2; h++)
            v.v[h] = gelu8(v.v[h]);
        store(x, i, n, v);
    }
}

TARGET static void softmax(float *x, int64_t n)
{
    __m256 max8 = _mm256_set1_ps(-INFINITY);
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load_filled(x, i, n, -INFINITY);
        max8 = _mm256_max_ps(v.v[0], max8);
        max8 = _mm256_max_ps(v.v[1], max8);
    }
    float part[8], max = -INFINITY;
    _mm256_storeu_ps(part, max8);
    for (int i = 0; i < 8; i++)
        max = part[i] > max ? part[i] : max;
    struct lanes lane = zero();
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load_filled(x, i, n, -INFINITY); /* whose exponential is 0 */
        for (int h = 0; h < 2; h++) {
            v.v[h] = exp_f32(_mm256_sub_ps(v.v[h], _mm256_set1_ps(max)));
            lane.v[h] = _mm256_add_ps(lane.v[h], v.v[h]);
        }
        store(x, i, n, v);
    }
    __m256 scale = _mm256_set1_ps(1.0f / add_lanes(lane));
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n);
        for (int h = 0; h < 2; h++)
            v.v[h] = _mm256_mul_ps(v.v[h], scale);
        store(x, i, n, v);
    }
}

TARGET static float dot_f32(const float *x, const float *y, int64_t n)
{
    struct lanes lane = zero();
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n), w = load(y, i, n);
        for (int h = 0; h < 2; h++)
            lane.v[h] = _mm256_fmadd_ps(v.v[h], w.v[h], lane.v[h]);
    }
    return add_lanes(lane);
}

TARGET static float dot_f32_f16(const float *x, const uint16_t *y, int64_t n)
{
    struct lanes lane = zero();
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n), w = load_half(y, i, n);
        for (int h = 0; h < 2; h++)
            lane.v[h] = _mm256_fmadd_ps(v.v[h], w.v[h], lane.v[h]);
    }
    return add_lanes(lane);
}

TARGET static void axpy_f32_f16(float *y, float a, const uint16_t *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load_half(x, i, n), w = load(y, i, n);
        for (int h = 0; h < 2; h++)
            w.v[h] = _mm256_fmadd_ps(_mm256_set1_ps(a), v.v[h], w.v[h]);
        store(y, i, n, w);
    }
}

TARGET static void f32_to_f16(uint16_t *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += LANES) {
        struct lanes v = load(x, i, n);
        uint16_t part[LANES];
        for (int h = 0; h < 2; h++)
            _mm_storeu_si128(
                (__m128i *)(part + 8 * h),
                _mm256_cvtps_ph(v.v[h], _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
        memcpy(y + i, part, (size_t)(n - i >= LANES ? LANES : n - i) * sizeof *y);
    }
}

const struct cpu_rows cpu_rows_avx2 = {
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
