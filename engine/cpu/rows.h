/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows.h: inside the CPU backend: the row operations of cpu.h as a table for each level.
 *
 * All levels give the same bits. Element i of a sum goes to lane i % 16 by fused multiply-add; the
 * lanes are then added in pairs (i, i + 8), (i, i + 4), (i, i + 2), (0, 1).
 */
#pragma once

#include "engine/cpu/cpu.h"

struct cpu_rows {
    void (*rms_norm)(float *y, const float *x, const float *weight, int64_t n, float eps);
    void (*layer_norm)(float *y, const float *x, const float *weight, const float *bias, int64_t n,
                       float eps);
    void (*add)(float *y, const float *x, int64_t n);
    void (*silu_mul)(float *y, const float *gate, const float *up, int64_t n);
    void (*gelu)(float *x, int64_t n);
    void (*softmax)(float *x, int64_t n);
    float (*dot_f32)(const float *x, const float *y, int64_t n);
    float (*dot_f32_f16)(const float *x, const uint16_t *y, int64_t n);
    void (*axpy_f32_f16)(float *y, float a, const uint16_t *x, int64_t n);
    void (*f32_to_f16)(uint16_t *y, const float *x, int64_t n);
};

extern const struct cpu_rows cpu_rows_scalar;
#if defined(__x86_64__)
extern const struct cpu_rows cpu_rows_avx2, cpu_rows_avx512;
#endif

/*
 * exp(x), relative error below 2e-7 for x in [CPU_EXP_MIN, CPU_EXP_MAX]; 0 below, exp(CPU_EXP_MAX)
 * above, NaN for NaN.  x = n ln 2 + r, |r| <= ln 2 / 2;  e^r = 1 + r + r² P(r), P as in Cephes'
 * expf (Moshier); ln 2 is split so that n * CPU_LN2_HI is exact.
 */
#define CPU_EXP_MIN -87.3365f
#define CPU_EXP_MAX 88.37626f
#define CPU_LOG2_E  1.44269504f
#define CPU_LN2_HI  0.693359375f
#define CPU_LN2_LO  -2.12194440e-4f
#define CPU_EXP_P5  1.9875691500e-4f
#define CPU_EXP_P4  1.3981999507e-3f
#define CPU_EXP_P3  8.3334519073e-3f
#define CPU_EXP_P2  4.1665795894e-2f
#define CPU_EXP_P1  1.6666665459e-1f
#define CPU_EXP_P0  5.0000001201e-1f

/* erfc(z) = t (A1 + t (A2 + …)) exp(-z²), t = 1 / (1 + P z), z >= 0; error below 2e-7 (Abramowitz &
   Stegun 7.1.26). */
#define CPU_ERF_P   0.3275911f
#define CPU_ERF_A1  0.254829592f
#define CPU_ERF_A2  -0.284496736f
#define CPU_ERF_A3  1.421413741f
#define CPU_ERF_A4  -1.453152027f
#define CPU_ERF_A5  1.061405429f
#define CPU_SQRT1_2 0.70710678f
