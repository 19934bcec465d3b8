/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.c: the row operations of cpu.h: picks the level's table. */
#include "engine/cpu/rows.h"

static const struct cpu_rows *rows_of(enum cpu_level level)
{
#if defined(__x86_64__)
    if (level >= CPU_AVX512_VNNI)
        return &cpu_rows_avx512;
    if (level == CPU_AVX2)
        return &cpu_rows_avx2;
#endif
    return &cpu_rows_scalar;
}

void cpu_rms_norm(enum cpu_level level, float *y, const float *x, const float *weight, int64_t n,
                  float eps)
{
    rows_of(level)->rms_norm(y, x, weight, n, eps);
}

void cpu_layer_norm(enum cpu_level level, float *y, const float *x, const float *weight,
                    const float *bias, int64_t n, float eps)
{
    rows_of(level)->layer_norm(y, x, weight, bias, n, eps);
}

void cpu_add(enum cpu_level level, float *y, const float *x, int64_t n)
{
    rows_of(level)->add(y, x, n);
}

void cpu_silu_mul(enum cpu_level level, float *y, const float *gate, const float *up, int64_t n)
{
    rows_of(level)->silu_mul(y, gate, up, n);
}

void cpu_gelu(enum cpu_level level, float *x, int64_t n)
{
    rows_of(level)->gelu(x, n);
}

void cpu_softmax(enum cpu_level level, float *x, int64_t n)
{
    rows_of(level)->softmax(x, n);
}

float cpu_dot_f32(enum cpu_level level, const float *x, const float *y, int64_t n)
{
    return rows_of(level)->dot_f32(x, y, n);
}

float cpu_dot_f32_f16(enum cpu_level level, const float *x, const uint16_t *y, int64_t n)
{
    return rows_of(level)->dot_f32_f16(x, y, n);
}

void cpu_axpy_f32_f16(enum cpu_level level, float *y, float a, const uint16_t *x, int64_t n)
{
    rows_of(level)->axpy_f32_f16(y, a, x, n);
}

void cpu_f32_to_f16(enum cpu_level level, uint16_t *y, const float *x, int64_t n)
{
    rows_of(level)->f32_to_f16(y, x, n);
}
