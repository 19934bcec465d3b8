/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attention-avx2.c: the attention kernel with 8 lanes; idea and order of sums are those of
 * attention-avx512.c, to the bit. 16 registers hold 2 queries × 32 positions (or dimensions), so
 * queries go two by two.
 */
#include "engine/cpu/attention.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma,f16c")))
#define INLINE TARGET static inline __attribute__((always_inline))

INLINE __m256 load_half(const uint16_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)p));
}

/* As in attention-avx512.c. */
INLINE __m256 exp_negative(__m256 x)
{
    const __m256 magic = _mm256_set1_ps(12582912.0f);
    __m256 live = _mm256_cmp_ps(x, _mm256_set1_ps(-87.0f), _CMP_NLT_UQ);
    __m256 t = _mm256_fmadd_ps(x, _mm256_set1_ps(1.44269504088896341f), magic);
    __m256 n = _mm256_sub_ps(t, magic);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440054690583e-4f), r);
    __m256 p = _mm256_set1_ps(1.0f / 5040);
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 720));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 120));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 24));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 6));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(0.5f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f));
    __m256i exponent = _mm256_slli_epi32(_mm256_castps_si256(t), 23);
    p = _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent));
    return _mm256_and_ps(p, live);
}

/* low: lanes 0–7 of the 16 that the wider kernel has, high: 8–15 */
INLINE float sum_lanes(__m256 low, __m256 high)
{
    __m256 a = _mm256_add_ps(low, high);
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    b = _mm_add_ss(b, _mm_movehdup_ps(b));
    return _mm_cvtss_f32(b);
}

/* s[r][p] for queries first, first + 1 (n of them) and 32 positions from p on */
INLINE void scores(const struct attention_rows *rows, int first, const uint16_t *k, int p,
                   float (*s)[ATTENTION_CHUNK], const int n)
{
    __m256 acc[2][4];
    for (int r = 0; r < n; r++)
        for (int i = 0; i < 4; i++)
            acc[r][i] = _mm256_setzero_ps();
    k += p;
    for (int d = 0; d < rows->head_dim; d++, k += ATTENTION_CHUNK) {
        for (int i = 0; i < 4; i++) {
            __m256 x = load_half(k + 8 * i);
            for (int r = 0; r < n; r++)
                acc[r][i] = _mm256_fmadd_ps(_mm256_set1_ps(rows->q[first + r][d]), x, acc[r][i]);
        }
    }
    for (int r = 0; r < n; r++)
        for (int i = 0; i < 4; i++)
            _mm256_storeu_ps(&s[first + r][p + 8 * i],
                             _mm256_mul_ps(acc[r][i], _mm256_set1_ps(rows->scale)));
}

INLINE float softmax_step(struct attention_rows *rows, int r, float *s, int64_t seen)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256 v[8], mask[8];
    int shown = seen > ATTENTION_CHUNK ? ATTENTION_CHUNK : seen < 0 ? 0 : (int)seen;
    float max = rows->max[r];
    for (int i = 0; i < shown; i++)
        max = s[i] > max ? s[i] : max;
    for (int i = 0; i < 8; i++) {
        mask[i] = _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(shown - 8 * i), lanes));
        v[i] = exp_negative(_mm256_sub_ps(_mm256_loadu_ps(s + 8 * i), _mm256_set1_ps(max)));
        v[i] = _mm256_and_ps(v[i], mask[i]);
        _mm256_storeu_ps(s + 8 * i, v[i]);
    }
    float sum = sum_lanes(_mm256_add_ps(_mm256_add_ps(v[0], v[2]), _mm256_add_ps(v[4], v[6])),
                          _mm256_add_ps(_mm256_add_ps(v[1], v[3]), _mm256_add_ps(v[5], v[7])));
    float keep = _mm256_cvtss_f32(exp_negative(_mm256_set1_ps(rows->max[r] - max)));
    rows->max[r] = max;
    rows->sum[r] =
        _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(rows->sum[r]), _mm_set_ss(keep), _mm_set_ss(sum)));
    return keep;
}

/* out[r][d..] = out * keep + Σ_p w[r][p] v[p][d..] for 8 * width dimensions */
INLINE void outputs(struct attention_rows *rows, int first, const uint16_t *v, int d,
                    float (*w)[ATTENTION_CHUNK], const float *keep, int n_positions, const int n,
                    const int width)
{
    __m256 acc[2][4];
    for (int r = 0; r < n; r++)
        for (int i = 0; i < width; i++)
            acc[r][i] = _mm256_mul_ps(_mm256_loadu_ps(&rows->out[first + r][d + 8 * i]),
                                      _mm256_set1_ps(keep[first + r]));
    v += d;
    for (int p = 0; p < n_positions; p++, v += rows->head_dim) {
        for (int i = 0; i < width; i++) {
            __m256 x = load_half(v + 8 * i);
            for (int r = 0; r < n; r++)
                acc[r][i] = _mm256_fmadd_ps(_mm256_set1_ps(w[first + r][p]), x, acc[r][i]);
        }
    }
    for (int r = 0; r < n; r++)
        for (int i = 0; i < width; i++)
            _mm256_storeu_ps(&rows->out[first + r][d + 8 * i], acc[r][i]);
}

INLINE void all_outputs(struct attention_rows *rows, int first, const uint16_t *v,
                        float (*w)[ATTENTION_CHUNK], const float *keep, int n_positions,
                        const int n)
{
    int d = 0;
    for (; d + 32 <= rows->head_dim; d += 32)
        outputs(rows, first, v, d, w, keep, n_positions, n, 4);
    for (; d < rows->head_dim; d += 16)
        outputs(rows, first, v, d, w, keep, n_positions, n, 2);
}

TARGET void attention_chunks_avx2(struct attention_rows *rows, const uint16_t *k, const uint16_t *v,
                                  int n_chunks)
{
    _Alignas(64) float s[ATTENTION_ROWS][ATTENTION_CHUNK];
    float keep[ATTENTION_ROWS];
    size_t page = (size_t)ATTENTION_CHUNK * (size_t)rows->head_dim;
    for (int c = 0; c < n_chunks; c++, k += page, v += page) {
        int64_t most = 0;
        for (int r = 0; r < rows->n; r += 2) {
            for (int p = 0; p < ATTENTION_CHUNK; p += 32) {
                if (r + 1 < rows->n)
                    scores(rows, r, k, p, s, 2);
                else
                    scores(rows, r, k, p, s, 1);
            }
        }
        for (int r = 0; r < rows->n; r++) {
            int64_t seen = rows->limit[r] - (int64_t)c * ATTENTION_CHUNK;
            most = seen > most ? seen : most;
            keep[r] = softmax_step(rows, r, s[r], seen);
        }
        int n_positions = most > ATTENTION_CHUNK ? ATTENTION_CHUNK : (int)most;
        for (int r = 0; r < rows->n; r += 2) {
            if (r + 1 < rows->n)
                all_outputs(rows, r, v, s, keep, n_positions, 2);
            else
                all_outputs(rows, r, v, s, keep, n_positions, 1);
        }
    }
}
#endif
