/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-matmul: speed of the matrix product for each weight type and level of vector instructions.
 *
 *     bench-matmul [THREADS [ROWS COLUMNS]]
 *
 * n = 1 (decoding): packed bytes read per second, over several matrices of together 64 MB so that
 * small caches do not help, beside the plain reading speed of this machine. n = 8 and n = 512
 * (prefill): multiplications per second. Median of 5 rounds; rounds of all levels are interleaved.
 * The hash of all results must be the same for every level and number of threads.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/half.h"
#include "engine/cpu/panel.h"

enum {
    ROUNDS = 5,
    N_LEVELS = CPU_AVX512_VNNI + 1,
    SMALL_N = 8,
    LARGE_N = 512,
    WORK_BYTES = 64 << 20
};

static const enum gguf_type types[] = {
    GGUF_F32,  GGUF_F16,  GGUF_BF16, GGUF_Q8_0, GGUF_Q4_0, GGUF_Q4_1,
    GGUF_Q5_0, GGUF_Q5_1, GGUF_Q4_K, GGUF_Q5_K, GGUF_Q6_K,
};

static guint8 *random_rows(const struct cpu_format *format, gint64 n_rows, gint64 n_cols)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    gsize n_blocks = (gsize)(n_rows * n_cols / format->file_elements);
    gsize bytes = (gsize)format->file_bytes;
    guint8 *data = g_malloc(n_blocks * bytes);
    guint16 small = cpu_f32_to_half(0.01f);
    for (gsize b = 0; b < n_blocks; b++) {
        guint8 *block = data + b * bytes;
        float value = (float)g_rand_double_range(rand, -1, 1);
        for (gsize i = 0; i < bytes; i += 4) {
            guint32 word = g_rand_int(rand);
            memcpy(block + i, &word, MIN(4, bytes - i));
        }
        guint16 half[2] = {small, small};
        if (format->type == GGUF_F32)
            memcpy(block, &value, 4);
        else if (format->scales == CPU_SCALES_NONE)
            memcpy(block, &half[0], 2);
        else if (format->type == GGUF_Q6_K)
            memcpy(block + 208, half, 2);
        else
            memcpy(block, half, format->scales == CPU_SCALES_PLAIN ? 2 : 4);
    }
    return data;
}

static guint64 hash(guint64 h, const float *y, gsize n)
{
    for (gsize i = 0; i < n; i++)
        h = (h ^ cpu_f32_bits(y[i])) * 0x100000001b3;
    return h;
}

static int compare(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double median(double *seconds)
{
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    return seconds[ROUNDS / 2];
}

struct sum_job {
    const guint64 *data;
    gsize n_per_task;
    guint64 sums[64];
};

static void sum_task(void *data, int i)
{
    struct sum_job *job = data;
    const guint64 *p = job->data + (gsize)i * job->n_per_task;
    guint64 sum[8] = {0};
    for (gsize k = 0; k < job->n_per_task; k += 8)
        for (int j = 0; j < 8; j++)
            sum[j] += p[k + (gsize)j];
    job->sums[i] = sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
}

/* GB/s of adding up 256 MB. */
static double read_speed(struct cpu_pool *pool)
{
    gsize n = 256 << 20;
    guint64 *memory = g_malloc(n);
    double seconds[ROUNDS];
    memset(memory, 1, n);
    for (int round = 0; round < ROUNDS; round++) {
        struct sum_job job = {.data = memory, .n_per_task = n / 8 / 64};
        gint64 start = g_get_monotonic_time();
        cpu_pool_run(pool, sum_task, &job, 64);
        seconds[round] = (double)(g_get_monotonic_time() - start) / 1e6;
        if (job.sums[0] == 1)
            g_print("?"); /* the sums are used */
    }
    g_free(memory);
    return (double)n / median(seconds) / 1e9;
}

struct bench {
    struct cpu_pool *pool;
    struct cpu_input *input;
    struct cpu_matrix *matrices;
    int n_matrices;
    float *x, *y;
};

static double seconds_of(struct bench *bench, int n, int repeats, enum cpu_level level)
{
    gint64 n_cols = bench->matrices[0].n_cols, n_rows = bench->matrices[0].n_rows;
    gint64 start = g_get_monotonic_time();
    for (int i = 0; i < repeats; i++) {
        cpu_input_set(bench->input, bench->x, n, n_cols, level, bench->pool);
        cpu_matmul(bench->pool, &bench->matrices[i % bench->n_matrices], bench->input, bench->y,
                   n_rows);
    }
    return (double)(g_get_monotonic_time() - start) / 1e6 / repeats;
}

static void bench_type(struct bench *bench, enum gguf_type type, gint64 n_rows, gint64 n_cols)
{
    const struct cpu_format *format = cpu_format_of(type);
    struct gguf_type_info info;
    gguf_type_info(type, &info);
    g_autofree guint8 *rows = random_rows(format, n_rows, n_cols);
    struct cpu_matrix first;
    gint64 start = g_get_monotonic_time();
    cpu_matrix_pack(&first, type, rows, n_rows, n_cols, CPU_SCALAR, bench->pool);
    double pack_seconds = (double)(g_get_monotonic_time() - start) / 1e6;
    bench->n_matrices = (int)(WORK_BYTES / first.n_bytes) + 1;
    bench->matrices = g_new(struct cpu_matrix, bench->n_matrices);
    bench->matrices[0] = first;
    for (int i = 1; i < bench->n_matrices; i++)
        cpu_matrix_pack(&bench->matrices[i], type, rows, n_rows, n_cols, CPU_SCALAR, bench->pool);
    double seconds[N_LEVELS][3][ROUNDS];
    guint64 hashes[N_LEVELS] = {0};
    for (int round = 0; round < ROUNDS; round++)
        for (int level = CPU_AVX2; level <= (int)cpu_level_best(); level++) {
            for (int i = 0; i < bench->n_matrices; i++)
                bench->matrices[i].level = (enum cpu_level)level;
            enum cpu_level l = (enum cpu_level)level;
            seconds[level][0][round] = seconds_of(bench, 1, bench->n_matrices, l);
            hashes[level] = hash(hashes[level], bench->y, (gsize)n_rows);
            seconds[level][1][round] = seconds_of(bench, SMALL_N, bench->n_matrices, l);
            seconds[level][2][round] = seconds_of(bench, LARGE_N, 1, l);
            hashes[level] = hash(hashes[level], bench->y, (gsize)(n_rows * LARGE_N));
        }
    for (int level = CPU_AVX2; level <= (int)cpu_level_best(); level++) {
        double macs = (double)n_rows * (double)n_cols / 1e9;
        g_print("%-5s %-13s %7.1f %9.1f %9.1f   %016" G_GINT64_MODIFIER "x  pack %.2f GB/s\n",
                info.name, cpu_level_name((enum cpu_level)level),
                (double)first.n_bytes / median(seconds[level][0]) / 1e9,
                macs * SMALL_N / median(seconds[level][1]),
                macs * LARGE_N / median(seconds[level][2]), hashes[level],
                (double)first.n_bytes / pack_seconds / 1e9);
    }
    for (int i = 0; i < bench->n_matrices; i++)
        cpu_matrix_clear(&bench->matrices[i]);
    g_free(bench->matrices);
}

int main(int argc, char **argv)
{
    int n_threads = argc > 1 ? atoi(argv[1]) : 0;
    gint64 n_rows = argc > 3 ? atoi(argv[2]) : 4864, n_cols = argc > 3 ? atoi(argv[3]) : 1024;
    struct bench bench = {.pool = cpu_pool_new(n_threads)};
    bench.input = cpu_input_new(LARGE_N, n_cols);
    bench.x = g_new(float, LARGE_N *n_cols);
    bench.y = g_new(float, LARGE_N *n_rows);
    for (gint64 i = 0; i < LARGE_N * n_cols; i++)
        bench.x[i] = sinf((float)i);
    g_print("%d threads, %d x %d; reading %.1f GB/s\n", cpu_pool_threads(bench.pool), (int)n_rows,
            (int)n_cols, read_speed(bench.pool));
    g_print("type  level        n=1 GB/s n=8 GMAC/s n=512 GMAC/s  hash\n");
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (n_cols % cpu_format_of(types[i])->file_elements == 0)
            bench_type(&bench, types[i], n_rows, n_cols);
    g_free(bench.x);
    g_free(bench.y);
    cpu_input_free(bench.input);
    cpu_pool_free(bench.pool);
    return 0;
}
