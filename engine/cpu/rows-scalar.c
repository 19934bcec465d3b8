/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows-scalar.c: the row operations in plain C, the reference for the vector versions. */
#include <math.h>

#include "engine/cpu/half.h"
#include "engine/cpu/rows.h"

enum { LANES = 16 };

static float add_lanes(float lane[LANES])
{
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++)
            lane[i] += lane[i + width];
    return lane[0];
}

static float exp_f32(float x)
{
    if (isnan(x))
        return x;
    if (x < CPU_EXP_MIN)
        return 0;
    x = x > CPU_EXP_MAX ? CPU_EXP_MAX : x;
    float n = rintf(x * CPU_LOG2_E);
    float r = fmaf(n, -CPU_LN2_LO, fmaf(n, -CPU_LN2_HI, x));
    float p = fmaf(CPU_EXP_P5, r, CPU_EXP_P4);
    p = fmaf(p, r, CPU_EXP_P3);
    p = fmaf(p, r, CPU_EXP_P2);
    p = fmaf(p, r, CPU_EXP_P1);
    p = fmaf(p, r, CPU_EXP_P0);
    p = fmaf(p, r * r, r + 1.0f);
    return p * cpu_bits_to_f32((uint32_t)((int32_t)n + 127) << 23);
}

static void rms_norm(float *y, const float *x, const float *weight, int64_t n, float eps)
{
    float lane[LANES] = {0};
    for (int64_t i = 0; i < n; i++)
        lane[i % LANES] = fmaf(x[i], x[i], lane[i % LANES]);
    float scale = 1.0f / sqrtf(add_lanes(lane) / (float)n + eps);
    for (int64_t i = 0; i < n; i++)
        y[i] = x[i] * scale * weight[i];
}

static void layer_norm(float *y, const float *x, const float *weight, const float *bias, int64_t n,
                       float eps)
{
    float lane[LANES] = {0}, square[LANES] = {0};
    for (int64_t i = 0; i < n; i++)
        lane[i % LANES] += x[i];
    float mean = add_lanes(lane) / (float)n;
    for (int64_t i = 0; i < n; i++)
        square[i % LANES] = fmaf(x[i] - mean, x[i] - mean, square[i % LANES]);
    float scale = 1.0f / sqrtf(add_lanes(square) / (float)n + eps);
    for (int64_t i = 0; i < n; i++)
        y[i] = fmaf((x[i] - mean) * scale, weight[i], bias[i]);
}

static void add(float *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += x[i];
}

static void silu_mul(float *y, const float *gate, const float *up, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = gate[i] / (1.0f + exp_f32(-gate[i])) * up[i];
}

static void gelu(float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float z = fabsf(x[i]) * CPU_SQRT1_2, t = 1.0f / fmaf(CPU_ERF_P, z, 1.0f);
        float p = fmaf(CPU_ERF_A5, t, CPU_ERF_A4);
        p = fmaf(p, t, CPU_ERF_A3);
        p = fmaf(p, t, CPU_ERF_A2);
        p = fmaf(p, t, CPU_ERF_A1);
        float erfc = p * t * exp_f32(-(z * z));
        x[i] = x[i] * 0.5f * (x[i] < 0 ? erfc : 2.0f - erfc);
    }
}

static void softmax(float *x, int64_t n)
{
    float max = -INFINITY, lane[LANES] = {0};
    for (int64_t i = 0; i < n; i++)
        max = x[i] > max ? x[i] : max;
    for (int64_t i = 0; i < n; i++) {
        x[i] = exp_f32(x[i] - max);
        lane[i % LANES] += x[i];
    }
    float scale = 1.0f / add_lanes(lane);
    for (int64_t i = 0; i < n; i++)
        x[i] *= scale;
}

static float dot_f32(const float *x, const float *y, int64_t n)
{
    float lane[LANES] = {0};
    for (int64_t i = 0; i < n; i++)
        lane[i % LANES] = fmaf(x[i], y[i], lane[i % LANES]);
    return add_lanes(lane);
}

static float dot_f32_f16(const float *x, const uint16_t *y, int64_t n)
{
    float lane[LANES] = {0};
    for (int64_t i = 0; i < n; i++)
        lane[i % LANES] = fmaf(x[i], cpu_half_to_f32(y[i]), lane[i % LANES]);
    return add_lanes(lane);
}

static void axpy_f32_f16(float *y, float a, const uint16_t *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = fmaf(a, cpu_half_to_f32(x[i]), y[i]);
}

static void f32_to_f16(uint16_t *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = cpu_f32_to_half(x[i]);
}

const struct cpu_rows cpu_rows_scalar = {
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
