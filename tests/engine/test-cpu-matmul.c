/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matrix products of the CPU backend.
 *  - error: the packed product of every level against eng_dequantize and double sums over the same
 *    quantised columns, within float rounding;
 *  - twins: every level against the scalar level, bit for bit, over awkward shapes;
 *  - identity: a column's result is the same for any number of columns and of threads.
 */
#include <float.h>
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/half.h"
#include "engine/cpu/panel.h"
#include "engine/quant.h"

static const enum gguf_type types[] = {
    GGUF_F32,  GGUF_F16,  GGUF_BF16, GGUF_Q8_0, GGUF_Q4_0, GGUF_Q4_1,
    GGUF_Q5_0, GGUF_Q5_1, GGUF_Q4_K, GGUF_Q5_K, GGUF_Q6_K,
};

/* A matrix in the file's layout: random bits, with scales of a sane size. */
static guint8 *random_matrix(GRand *rand, const struct cpu_format *format, gint64 n_rows,
                             gint64 n_cols)
{
    gsize n_blocks = (gsize)(n_rows * n_cols / format->file_elements);
    guint8 *data = g_malloc(n_blocks * (gsize)format->file_bytes);
    for (gsize b = 0; b < n_blocks; b++) {
        guint8 *block = data + b * (gsize)format->file_bytes;
        for (int i = 0; i < format->file_bytes; i++)
            block[i] = (guint8)g_rand_int(rand);
        float value = (float)g_rand_double_range(rand, -1, 1);
        guint16 half[2] = {cpu_f32_to_half(value),
                           cpu_f32_to_half((float)g_rand_double_range(rand, -1, 1))};
        if (format->type == GGUF_F32) {
            memcpy(block, &value, 4);
        } else if (format->type == GGUF_BF16) {
            half[0] = (guint16)(cpu_f32_bits(value) >> 16);
            memcpy(block, half, 2);
        } else if (format->type == GGUF_Q6_K) {
            memcpy(block + 208, half, 2);
        } else {
            gboolean two = format->scales == CPU_SCALES_MIN || format->scales == CPU_SCALES_K;
            memcpy(block, half, two ? 4 : 2);
        }
    }
    return data;
}

static float *random_columns(GRand *rand, int n, gint64 n_cols)
{
    float *x = g_new(float, n *n_cols);
    for (gint64 i = 0; i < n * n_cols; i++)
        x[i] = (float)(g_rand_double_range(rand, -1, 1) * exp(g_rand_double_range(rand, -6, 3)));
    return x;
}

static float *product(const struct cpu_format *format, const guint8 *w, gint64 n_rows,
                      gint64 n_cols, const float *x, int n, enum cpu_level level, int n_threads)
{
    struct cpu_pool *pool = cpu_pool_new(n_threads);
    struct cpu_input *input = cpu_input_new(n, n_cols);
    struct cpu_matrix matrix;
    float *y = g_new(float, n *n_rows);
    g_assert_cmpint(cpu_matrix_pack(&matrix, format->type, w, n_rows, n_cols, level, pool), ==,
                    ENG_OK);
    cpu_input_set(input, x, n, n_cols, level, pool);
    cpu_matmul(pool, &matrix, input, y, n_rows);
    cpu_matrix_clear(&matrix);
    cpu_input_free(input);
    cpu_pool_free(pool);
    return y;
}

static gint64 random_cols(GRand *rand, const struct cpu_format *format)
{
    int unit = format->file_elements > 1 ? format->file_elements : 1;
    return unit * (gint64)g_rand_int_range(rand, 1, unit == 1 ? 300 : unit == 32 ? 40 : 7);
}

/* |y - exact| against Σ |terms|: each of the few float operations of a block rounds by 2^-24. */
static void test_error(gconstpointer data)
{
    const struct cpu_format *format = cpu_format_of(*(const enum gguf_type *)data);
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 6; round++) {
        gint64 n_rows = g_rand_int_range(rand, 1, 70), n_cols = random_cols(rand, format);
        int n = g_rand_int_range(rand, 1, 12);
        g_autofree guint8 *w = random_matrix(rand, format, n_rows, n_cols);
        g_autofree float *x = random_columns(rand, n, n_cols);
        g_autofree float *dense = g_new(float, n_rows *n_cols);
        g_assert_true(eng_dequantize(format->type, w, dense, n_rows * n_cols));
        struct cpu_pool *pool = cpu_pool_new(1);
        struct cpu_input *input = cpu_input_new(n, n_cols);
        cpu_input_set(input, x, n, n_cols, CPU_SCALAR, pool);
        for (int level = CPU_SCALAR; level <= (int)cpu_level_best(); level++) {
            g_autofree float *y =
                product(format, w, n_rows, n_cols, x, n, (enum cpu_level)level, 2);
            for (int c = 0; c < n; c++)
                for (gint64 r = 0; r < n_rows; r++) {
                    double sum = 0, size = 0;
                    for (gint64 k = 0; k < n_cols; k++) {
                        double value = x[c * n_cols + k];
                        if (format->scales != CPU_SCALES_NONE) {
                            const struct cpu_x_block *block =
                                &input->blocks[c * input->n_blocks + k / 32];
                            value = (double)block->scale * block->q[k % 32];
                        }
                        sum += value * dense[r * n_cols + k];
                        size += fabs(value * dense[r * n_cols + k]);
                    }
                    double error = fabs(sum - y[c * n_rows + r]);
                    g_assert_cmpfloat(error, <=, size * 4e-6 + 1e-30);
                }
        }
        cpu_input_free(input);
        cpu_pool_free(pool);
    }
}

static void test_twins(gconstpointer data)
{
    static const int columns[] = {1, 2, 3, 5, 8, 9, 15, 16, 17, 24, 33, 70};
    const struct cpu_format *format = cpu_format_of(*(const enum gguf_type *)data);
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    if (cpu_level_best() == CPU_SCALAR) {
        g_test_skip("no vector level on this processor");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        int n = columns[i];
        gint64 n_rows = i == 0 ? 1 : g_rand_int_range(rand, 1, 100);
        gint64 n_cols = i < 2 ? format->file_elements : random_cols(rand, format);
        g_autofree guint8 *w = random_matrix(rand, format, n_rows, n_cols);
        g_autofree float *x = random_columns(rand, n, n_cols);
        g_autofree float *expected = product(format, w, n_rows, n_cols, x, n, CPU_SCALAR, 1);
        for (int level = CPU_AVX2; level <= (int)cpu_level_best(); level++) {
            g_autofree float *y =
                product(format, w, n_rows, n_cols, x, n, (enum cpu_level)level, 2);
            for (gint64 j = 0; j < n * n_rows; j++)
                g_assert_cmphex(cpu_f32_bits(y[j]), ==, cpu_f32_bits(expected[j]));
        }
    }
}

static void test_identity(gconstpointer data)
{
    const struct cpu_format *format = cpu_format_of(*(const enum gguf_type *)data);
    g_autoptr(GRand) rand = g_rand_new_with_seed(13);
    enum { N = 66 };
    gint64 n_rows = 37, n_cols = format->file_elements > 32 ? 512 : 96;
    g_autofree guint8 *w = random_matrix(rand, format, n_rows, n_cols);
    g_autofree float *x = random_columns(rand, N, n_cols);
    for (int level = CPU_SCALAR; level <= (int)cpu_level_best(); level++) {
        g_autofree float *all = product(format, w, n_rows, n_cols, x, N, (enum cpu_level)level, 1);
        for (int n = 1; n <= 33; n++) {
            int c0 = n % 3, threads = 1 + n % 4;
            g_autofree float *some = product(format, w, n_rows, n_cols, x + c0 * n_cols, n,
                                             (enum cpu_level)level, threads);
            g_assert_cmpmem(some, (gsize)(n * n_rows) * 4, all + c0 * n_rows,
                            (gsize)(n * n_rows) * 4);
        }
    }
}

/* NaN and infinity must reach the result; columns of zeros and of tiny numbers give zeros. */
static void test_odd_inputs(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(17);
    const struct cpu_format *format = cpu_format_of(GGUF_Q8_0);
    enum { COLS = 128, ROWS = 20, N = 5 };
    g_autofree guint8 *w = random_matrix(rand, format, ROWS, COLS);
    g_autofree float *x = random_columns(rand, N, COLS);
    x[0 * COLS + 77] = NAN;
    x[1 * COLS + 3] = -INFINITY;
    memset(x + 2 * COLS, 0, COLS * sizeof *x);
    for (int k = 0; k < COLS; k++) {
        x[3 * COLS + k] = 1e-36f;
        x[4 * COLS + k] = FLT_MAX * (k % 2 ? 1.0f : -1.0f);
    }
    for (int level = CPU_SCALAR; level <= (int)cpu_level_best(); level++) {
        g_autofree float *y = product(format, w, ROWS, COLS, x, N, (enum cpu_level)level, 1);
        for (int r = 0; r < ROWS; r++) {
            g_assert_true(isnan(y[r]) && isnan(y[ROWS + r]));
            g_assert_cmpfloat(y[2 * ROWS + r], ==, 0);
            g_assert_cmpfloat(y[3 * ROWS + r], ==, 0);
            g_assert_false(isnan(y[4 * ROWS + r]));
        }
    }
}

static void test_refusals(void)
{
    struct cpu_pool *pool = cpu_pool_new(1);
    struct cpu_matrix matrix;
    guint8 data[1024] = {0};
    g_assert_cmpint(cpu_matrix_pack(&matrix, GGUF_Q2_K, data, 1, 256, CPU_SCALAR, pool), ==,
                    ENG_ERR_UNSUPPORTED);
    g_assert_cmpint(cpu_matrix_pack(&matrix, GGUF_Q4_K, data, 1, 128, CPU_SCALAR, pool), ==,
                    ENG_ERR_ARGUMENT);
    g_assert_cmpint(cpu_matrix_pack(&matrix, GGUF_Q4_0, data, 0, 32, CPU_SCALAR, pool), ==,
                    ENG_ERR_ARGUMENT);
    g_assert_null(matrix.panels);
    cpu_matrix_clear(&matrix);
    cpu_input_free(NULL);
    cpu_pool_free(NULL);
    cpu_pool_free(pool);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        struct gguf_type_info info;
        g_assert_true(gguf_type_info(types[i], &info));
        g_autofree char *error = g_strdup_printf("/cpu/matmul/error/%s", info.name);
        g_autofree char *twins = g_strdup_printf("/cpu/matmul/twins/%s", info.name);
        g_autofree char *identity = g_strdup_printf("/cpu/matmul/identity/%s", info.name);
        g_test_add_data_func(error, &types[i], test_error);
        g_test_add_data_func(twins, &types[i], test_twins);
        g_test_add_data_func(identity, &types[i], test_identity);
    }
    g_test_add_func("/cpu/matmul/odd-inputs", test_odd_inputs);
    g_test_add_func("/cpu/matmul/refusals", test_refusals);
    return g_test_run();
}
