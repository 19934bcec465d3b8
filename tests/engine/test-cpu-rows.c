/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Row operations of the CPU backend: every level against the scalar one, bit for bit, over random
 * lengths; and the scalar one against libm in double precision, with the errors that rows.h states.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/half.h"
#include "engine/cpu/rows.h"

enum { MAX_N = 300 };

struct rows_case {
    int64_t n;
    float a[MAX_N], b[MAX_N], c[MAX_N];
    uint16_t half[MAX_N];
};

static void fill(GRand *rand, struct rows_case *row, int round)
{
    row->n = round < 40 ? round + 1 : g_rand_int_range(rand, 1, MAX_N + 1);
    for (int i = 0; i < MAX_N; i++) {
        double size = exp(g_rand_double_range(rand, -4, 4));
        row->a[i] = (float)(g_rand_double_range(rand, -1, 1) * size);
        row->b[i] = (float)g_rand_double_range(rand, -1, 1);
        row->c[i] = (float)g_rand_double_range(rand, -1, 1);
        row->half[i] = cpu_f32_to_half((float)g_rand_double_range(rand, -2, 2));
    }
}

/* All results of a level for one case, one after another. */
static void run_all(enum cpu_level level, const struct rows_case *row, float *out, uint16_t *halves)
{
    int64_t n = row->n;
    cpu_rms_norm(level, out, row->a, row->b, n, 1e-5f);
    out += n;
    cpu_layer_norm(level, out, row->a, row->b, row->c, n, 1e-12f);
    out += n;
    memcpy(out, row->a, (gsize)n * sizeof *out);
    cpu_add(level, out, row->b, n);
    out += n;
    cpu_silu_mul(level, out, row->a, row->b, n);
    out += n;
    memcpy(out, row->a, (gsize)n * sizeof *out);
    cpu_gelu(level, out, n);
    out += n;
    memcpy(out, row->a, (gsize)n * sizeof *out);
    cpu_softmax(level, out, n);
    out += n;
    memcpy(out, row->a, (gsize)n * sizeof *out);
    cpu_axpy_f32_f16(level, out, 0.3f, row->half, n);
    out += n;
    out[0] = cpu_dot_f32(level, row->a, row->b, n);
    out[1] = cpu_dot_f32_f16(level, row->a, row->half, n);
    cpu_f32_to_f16(level, halves, row->a, n);
}

static void test_twins(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    struct rows_case row;
    if (cpu_level_best() == CPU_SCALAR) {
        g_test_skip("no vector level on this processor");
        return;
    }
    for (int round = 0; round < 200; round++) {
        static float expected[7 * MAX_N + 2], out[7 * MAX_N + 2];
        static uint16_t expected_half[MAX_N], half[MAX_N];
        fill(rand, &row, round);
        if (round % 10 == 9)
            row.a[g_rand_int_range(rand, 0, (gint32)row.n)] = round % 20 == 9 ? -INFINITY : 200.0f;
        run_all(CPU_SCALAR, &row, expected, expected_half);
        for (int level = CPU_AVX2; level <= (int)cpu_level_best(); level++) {
            run_all((enum cpu_level)level, &row, out, half);
            for (int64_t i = 0; i < 7 * row.n + 2; i++)
                if (!isnan(expected[i]) || !isnan(out[i]))
                    g_assert_cmphex(cpu_f32_bits(out[i]), ==, cpu_f32_bits(expected[i]));
            g_assert_cmpmem(half, (gsize)row.n * 2, expected_half, (gsize)row.n * 2);
        }
    }
}

static void test_error(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    struct rows_case row;
    for (int round = 0; round < 200; round++) {
        float y[MAX_N];
        fill(rand, &row, round);
        int64_t n = row.n;
        double square = 0, sum = 0, variance = 0, total = 0, dot = 0, size = 0, max = -INFINITY;
        for (int64_t i = 0; i < n; i++) {
            square += (double)row.a[i] * row.a[i];
            sum += row.a[i];
            max = row.a[i] > max ? row.a[i] : max;
            dot += (double)row.a[i] * row.b[i];
            size += fabs((double)row.a[i] * row.b[i]);
        }
        for (int64_t i = 0; i < n; i++) {
            variance += pow(row.a[i] - sum / (double)n, 2);
            total += exp(row.a[i] - max);
        }
        cpu_rms_norm(CPU_SCALAR, y, row.a, row.b, n, 1e-5f);
        for (int64_t i = 0; i < n; i++) {
            double exact = row.a[i] / sqrt(square / (double)n + (double)1e-5f) * row.b[i];
            g_assert_cmpfloat(fabs(y[i] - exact), <=, 1e-6 * fabs(exact) + 1e-9);
        }
        cpu_layer_norm(CPU_SCALAR, y, row.a, row.b, row.c, n, 1e-3f);
        for (int64_t i = 0; i < n; i++) {
            double exact = (row.a[i] - sum / (double)n) /
                               sqrt(variance / (double)n + (double)1e-3f) * row.b[i] +
                           row.c[i];
            g_assert_cmpfloat(fabs(y[i] - exact), <=, 2e-5);
        }
        cpu_silu_mul(CPU_SCALAR, y, row.a, row.b, n);
        for (int64_t i = 0; i < n; i++) {
            double exact = row.a[i] / (1 + exp(-(double)row.a[i])) * row.b[i];
            g_assert_cmpfloat(fabs(y[i] - exact), <=, 6e-7 * fabs(exact) + 1e-30);
        }
        memcpy(y, row.a, sizeof y);
        cpu_gelu(CPU_SCALAR, y, n);
        for (int64_t i = 0; i < n; i++) {
            double exact = row.a[i] / 2.0 * erfc(-(double)row.a[i] / sqrt(2.0));
            g_assert_cmpfloat(fabs(y[i] - exact), <=, 3e-7 * (1 + fabs((double)row.a[i])));
        }
        memcpy(y, row.a, sizeof y);
        cpu_softmax(CPU_SCALAR, y, n);
        for (int64_t i = 0; i < n; i++) {
            double exact = exp(row.a[i] - max) / total;
            g_assert_cmpfloat(fabs(y[i] - exact), <=, 6e-6 * exact + 1e-38);
        }
        g_assert_cmpfloat(fabs(cpu_dot_f32(CPU_SCALAR, row.a, row.b, n) - dot), <=,
                          2e-6 * size + 1e-30);
    }
}

/* exp by way of a softmax over {x, 0}, x <= 0: y[0] / y[1]; rounding of the sum cancels. */
static void test_exp(void)
{
    for (double x = -87; x <= 0; x += 0.0137) {
        float y[2] = {(float)x, 0};
        double exact = exp((double)y[0]);
        cpu_softmax(CPU_SCALAR, y, 2);
        g_assert_cmpfloat(fabs(y[0] / y[1] - exact), <=, 4e-7 * exact + 2e-38);
    }
    float y[3] = {-INFINITY, -100, 0};
    cpu_softmax(CPU_SCALAR, y, 3);
    g_assert_cmpfloat(y[0], ==, 0);
    g_assert_cmpfloat(y[1], ==, 0);
    g_assert_cmpfloat(y[2], ==, 1);
}

/* Every 16-bit float survives the way to 32 bits and back; rounding is to nearest, ties to even. */
static void test_half(void)
{
    static const struct {
        float value;
        uint16_t half;
    } golden[] = {
        {1, 0x3c00},
        {-2, 0xc000},
        {65504, 0x7bff},
        {65519.996f, 0x7bff},
        {65520, 0x7c00},
        {INFINITY, 0x7c00},
        {0x1p-24f, 0x0001},
        {0x1p-25f, 0x0000},
        {0x1.8p-25f, 0x0001},
        {0x1p-14f, 0x0400},
        {1.00048828f, 0x3c00},
        {1.00146484f, 0x3c02},
        {0x1.ffcp-15f, 0x0400},
        {-0.0f, 0x8000},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(golden); i++)
        g_assert_cmphex(cpu_f32_to_half(golden[i].value), ==, golden[i].half);
    for (guint32 bits = 0; bits < 0x10000; bits++) {
        uint16_t back, half = (uint16_t)bits;
        float value = cpu_half_to_f32(half);
        for (int level = CPU_SCALAR; level <= (int)cpu_level_best(); level++) {
            cpu_f32_to_f16((enum cpu_level)level, &back, &value, 1);
            if (isnan(value))
                g_assert_cmphex(back & 0x7e00, ==, 0x7e00);
            else
                g_assert_cmphex(back, ==, half);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cpu/rows/twins", test_twins);
    g_test_add_func("/cpu/rows/error", test_error);
    g_test_add_func("/cpu/rows/exp", test_exp);
    g_test_add_func("/cpu/rows/half", test_half);
    return g_test_run();
}
