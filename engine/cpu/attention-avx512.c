/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attention-avx512.c: the attention kernel with 16 lanes.
 *
 * Both products are sums of outer products, so that no lane is ever added to another one: scores
 * have positions in lanes (keys are stored transposed), outputs have dimensions in lanes. With 6
 * queries × 64 positions there are 24 accumulators; a vector of keys or values is widened to 32
 * bits once for all queries. Per query the order is fixed: dimensions ascending for a score,
 * positions ascending for an output, always by fused multiply-add. attention-avx2.c follows it to
 * the bit.
 */
#include "engine/cpu/attention.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

INLINE __m512 load_half(const uint16_t *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)p));
}

/*
 * exp(x) for x <= 0: 2^n * e^r with n = round(x / ln 2), |r| <= ln 2 / 2, e^r by its Taylor series
 * to r^7 (relative error below 1e-8). ln 2 is taken in two parts so that r is exact to the last
 * bits. Below -87 the result is 0.
 */
INLINE __m512 exp_negative(__m512 x)
{
    const __m512 magic = _mm512_set1_ps(12582912.0f); /* 1.5 * 2^23: rounds to a whole number */
    __mmask16 live = _mm512_cmp_ps_mask(x, _mm512_set1_ps(-87.0f), _CMP_NLT_UQ);
    __m512 t = _mm512_fmadd_ps(x, _mm512_set1_ps(1.44269504088896341f), magic);
    __m512 n = _mm512_sub_ps(t, magic);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440054690583e-4f), r);
    __m512 p = _mm512_set1_ps(1.0f / 5040);
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 720));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 120));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 24));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f / 6));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.5f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
    p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.0f));
    __m512i exponent = _mm512_slli_epi32(_mm512_castps_si512(t), 23);
    p = _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), exponent));
    return _mm512_maskz_mov_ps(live, p);
}

/* Lane i + lane i + 8, then + 4, + 2, + 1. */
INLINE float sum_lanes(__m512 v)
{
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    b = _mm_add_ss(b, _mm_movehdup_ps(b));
    return _mm_cvtss_f32(b);
}

/* s[r][p] = scale * Σ_d q[r][d] k[d][p] */
INLINE void scores(const struct attention_rows *rows, const uint16_t *k,
                   float (*s)[ATTENTION_CHUNK], const int n)
{
    __m512 acc[ATTENTION_ROWS][4];
    for (int r = 0; r < n; r++)
        for (int i = 0; i < 4; i++)
            acc[r][i] = _mm512_setzero_ps();
    for (int d = 0; d < rows->head_dim; d++, k += ATTENTION_CHUNK) {
        __m512 k0 = load_half(k), k1 = load_half(k + 16);
        __m512 k2 = load_half(k + 32), k3 = load_half(k + 48);
#pragma GCC unroll 6
        for (int r = 0; r < n; r++) {
            __m512 q = _mm512_set1_ps(rows->q[r][d]);
            acc[r][0] = _mm512_fmadd_ps(q, k0, acc[r][0]);
            acc[r][1] = _mm512_fmadd_ps(q, k1, acc[r][1]);
            acc[r][2] = _mm512_fmadd_ps(q, k2, acc[r][2]);
            acc[r][3] = _mm512_fmadd_ps(q, k3, acc[r][3]);
        }
    }
    for (int r = 0; r < n; r++)
        for (int i = 0; i < 4; i++)
            _mm512_storeu_ps(&s[r][16 * i], _mm512_mul_ps(acc[r][i], _mm512_set1_ps(rows->scale)));
}

/* Scores of one query to weights; takes max and sum on, returns what older sums are scaled by. */
INLINE float softmax_step(struct attention_rows *rows, int r, float *s, int64_t seen)
{
    __m512 v[4], largest = _mm512_set1_ps(rows->max[r]);
    __mmask16 mask[4];
    for (int i = 0; i < 4; i++) {
        int64_t here = seen - 16 * i;
        mask[i] = here >= 16 ? 0xFFFF : here > 0 ? (__mmask16)((1u << here) - 1) : 0;
        v[i] = _mm512_loadu_ps(s + 16 * i);
        largest = _mm512_mask_max_ps(largest, mask[i], largest, v[i]);
    }
    float max = _mm512_reduce_max_ps(largest);
    for (int i = 0; i < 4; i++) {
        v[i] = exp_negative(_mm512_sub_ps(v[i], _mm512_set1_ps(max)));
        v[i] = _mm512_maskz_mov_ps(mask[i], v[i]);
        _mm512_storeu_ps(s + 16 * i, v[i]);
    }
    float sum = sum_lanes(_mm512_add_ps(_mm512_add_ps(v[0], v[1]), _mm512_add_ps(v[2], v[3])));
    float keep = _mm512_cvtss_f32(exp_negative(_mm512_set1_ps(rows->max[r] - max)));
    rows->max[r] = max;
    rows->sum[r] =
        _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(rows->sum[r]), _mm_set_ss(keep), _mm_set_ss(sum)));
    return keep;
}

/* out[r][d..] = out * keep + Σ_p w[r][p] v[p][d..] for 16 * width dimensions */
INLINE void outputs(struct attention_rows *rows, const uint16_t *v, int d,
                    float (*w)[ATTENTION_CHUNK], const float *keep, int n_positions, const int n,
                    const int width)
{
    __m512 acc[ATTENTION_ROWS][4];
    for (int r = 0; r < n; r++)
        for (int i = 0; i < width; i++)
            acc[r][i] =
                _mm512_mul_ps(_mm512_loadu_ps(&rows->out[r][d + 16 * i]), _mm512_set1_ps(keep[r]));
    v += d;
    for (int p = 0; p < n_positions; p++, v += rows->head_dim) {
        __m512 x[4];
        for (int i = 0; i < width; i++)
            x[i] = load_half(v + 16 * i);
#pragma GCC unroll 6
        for (int r = 0; r < n; r++) {
            __m512 weight = _mm512_set1_ps(w[r][p]);
            for (int i = 0; i < width; i++)
                acc[r][i] = _mm512_fmadd_ps(weight, x[i], acc[r][i]);
        }
    }
    for (int r = 0; r < n; r++)
        for (int i = 0; i < width; i++)
            _mm512_storeu_ps(&rows->out[r][d + 16 * i], acc[r][i]);
}

INLINE void chunk(struct attention_rows *rows, const uint16_t *k, const uint16_t *v, int64_t first,
                  const int n)
{
    _Alignas(64) float s[ATTENTION_ROWS][ATTENTION_CHUNK];
    float keep[ATTENTION_ROWS];
    int64_t most = 0;
    scores(rows, k, s, n);
    for (int r = 0; r < n; r++) {
        int64_t seen = rows->limit[r] - first;
        most = seen > most ? seen : most;
        keep[r] = softmax_step(rows, r, s[r], seen);
    }
    int n_positions = most > ATTENTION_CHUNK ? ATTENTION_CHUNK : (int)most;
    int d = 0;
    for (; d + 64 <= rows->head_dim; d += 64)
        outputs(rows, v, d, s, keep, n_positions, n, 4);
    for (; d + 32 <= rows->head_dim; d += 32)
        outputs(rows, v, d, s, keep, n_positions, n, 2);
    for (; d < rows->head_dim; d += 16)
        outputs(rows, v, d, s, keep, n_positions, n, 1);
}

TARGET void attention_chunks_avx512(struct attention_rows *rows, const uint16_t *k,
                                    const uint16_t *v, int n_chunks)
{
    size_t page = (size_t)ATTENTION_CHUNK * (size_t)rows->head_dim;
    for (int c = 0; c < n_chunks; c++, k += page, v += page) {
        int64_t first = (int64_t)c * ATTENTION_CHUNK;
        switch (rows->n) { /* constants, so that accumulators stay in registers */
        case 1:
            chunk(rows, k, v, first, 1);
            break;
        case 2:
            chunk(rows, k, v, first, 2);
            break;
        case 3:
            chunk(rows, k, v, first, 3);
            break;
        case 4:
            chunk(rows, k, v, first, 4);
            break;
        case 5:
            chunk(rows, k, v, first, 5);
            break;
        case 6:
            chunk(rows, k, v, first, 6);
            break;
        }
    }
}
#endif
