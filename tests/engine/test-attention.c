/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Attention: each kernel against a plain double-precision formula and the vector kernels against
 * each other to the bit; and the identity rule: a query's result does not depend on how many
 * columns, sequences or threads are computed beside it.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/cpu/attention.h"
#include "engine/cpu/half.h"
#include "engine/kv-cache.h"

#define TOLERANCE 2e-5

static float noise(GRand *rand)
{
    return (float)(g_rand_double(rand) * 4 - 2);
}

struct fixture {
    int n_head, n_head_kv, head_dim;
    int n_positions; /* of the text */
    int64_t page;    /* where it begins in the cache */
    struct kv_cache cache;
    float *q, *k, *v;
};

/* The cache holds the text's keys and values at its pages, and NaN everywhere else. */
static void fixture_init(struct fixture *f, int n_head, int n_head_kv, int head_dim,
                         int n_positions, int64_t page)
{
    GRand *rand = g_rand_new_with_seed((guint32)(n_head * 1000 + n_positions));
    *f = (struct fixture){.n_head = n_head,
                          .n_head_kv = n_head_kv,
                          .head_dim = head_dim,
                          .n_positions = n_positions,
                          .page = page};
    g_assert_true(kv_cache_init(&f->cache, 1, n_head_kv, head_dim, page * KV_PAGE + n_positions));
    size_t n = f->cache.head_size * (size_t)n_head_kv;
    for (size_t i = 0; i < n; i++)
        f->cache.k[i] = f->cache.v[i] = 0x7e00;
    f->q = g_new(float, (gsize)n_positions *(gsize)(n_head * head_dim));
    f->k = g_new(float, (gsize)n_positions *(gsize)(n_head_kv * head_dim));
    f->v = g_new(float, (gsize)n_positions *(gsize)(n_head_kv * head_dim));
    for (int i = 0; i < n_positions * n_head * head_dim; i++)
        f->q[i] = noise(rand);
    for (int i = 0; i < n_positions * n_head_kv * head_dim; i++) {
        f->k[i] = cpu_half_to_f32(cpu_f32_to_half(noise(rand))); /* so that storing loses nothing */
        f->v[i] = cpu_half_to_f32(cpu_f32_to_half(noise(rand)));
    }
    for (int p = 0; p < n_positions; p++)
        kv_cache_store(&f->cache, 0, page * KV_PAGE + p, CPU_SCALAR,
                       f->k + p * n_head_kv * head_dim, f->v + p * n_head_kv * head_dim);
    g_rand_free(rand);
}

static void fixture_clear(struct fixture *f)
{
    kv_cache_clear(&f->cache);
    g_free(f->q);
    g_free(f->k);
    g_free(f->v);
}

/* Columns [first, first + n) of the text into out + first's place. */
static void run(const struct fixture *f, enum cpu_level level, int n_threads, bool causal,
                int first, int n, float *out)
{
    struct cpu_pool *pool = cpu_pool_new(n_threads);
    struct attention_scratch *scratch =
        attention_scratch_new(f->n_head, f->head_dim, f->n_positions);
    int width = f->n_head * f->head_dim;
    struct attention_sequence text = {.n = n, .position = first, .page = f->page};
    struct attention_job job = {.q = f->q + first * width,
                                .out = out + first * width,
                                .n_head = f->n_head,
                                .n_head_kv = f->n_head_kv,
                                .head_dim = f->head_dim,
                                .scale = 1 / sqrtf((float)f->head_dim),
                                .k = f->cache.k,
                                .v = f->cache.v,
                                .head_size = f->cache.head_size,
                                .causal = causal,
                                .sequences = &text,
                                .n_sequences = 1};
    attention_run(pool, level, &job, scratch);
    attention_scratch_free(scratch);
    cpu_pool_free(pool);
}

static double plain(const struct fixture *f, bool causal, int column, int head, int d)
{
    int width_kv = f->n_head_kv * f->head_dim;
    int at = head / (f->n_head / f->n_head_kv) * f->head_dim;
    const float *q = f->q + (column * f->n_head + head) * f->head_dim;
    double top = 0, bottom = 0;
    for (int p = 0; p < (causal ? column + 1 : f->n_positions); p++) {
        double s = 0;
        for (int i = 0; i < f->head_dim; i++)
            s += (double)q[i] * (double)f->k[p * width_kv + at + i];
        double w = exp(s / sqrt(f->head_dim));
        top += w * (double)f->v[p * width_kv + at + d];
        bottom += w;
    }
    return top / bottom;
}

static const struct {
    int n_head, n_head_kv, head_dim, n_positions, page;
} shapes[] = {{1, 1, 16, 1, 0},   {3, 1, 32, 63, 1},  {9, 3, 64, 65, 0},  {14, 2, 64, 130, 2},
              {4, 4, 80, 513, 0}, {8, 2, 128, 70, 0}, {7, 1, 256, 64, 3}, {12, 12, 32, 200, 1}};

static void test_twins(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(shapes); s++) {
        for (int causal = 0; causal < 2; causal++) {
            struct fixture f;
            fixture_init(&f, shapes[s].n_head, shapes[s].n_head_kv, shapes[s].head_dim,
                         shapes[s].n_positions, shapes[s].page);
            int width = f.n_head * f.head_dim, n = f.n_positions;
            g_autofree float *scalar = g_new0(float, (gsize)(n * width));
            g_autofree float *last = NULL;
            run(&f, CPU_SCALAR, 1, causal, 0, n, scalar);
            for (int c = 0; c < n; c += 1 + n / 7)
                for (int i = 0; i < width; i += 5)
                    g_assert_cmpfloat_with_epsilon(
                        (double)scalar[c * width + i],
                        plain(&f, causal, c, i / f.head_dim, i % f.head_dim), TOLERANCE);
            for (enum cpu_level level = CPU_AVX2; level <= cpu_level_best(); level++) {
                float *out = g_new0(float, (gsize)(n * width));
                run(&f, level, 2, causal, 0, n, out);
                for (int i = 0; i < n * width; i++)
                    g_assert_cmpfloat_with_epsilon((double)out[i], (double)scalar[i], TOLERANCE);
                if (last)
                    g_assert_cmpmem(out, sizeof *out * (gsize)(n * width), last,
                                    sizeof *last * (gsize)(n * width));
                g_free(last);
                last = out;
            }
            fixture_clear(&f);
        }
    }
}

/* 1300 positions: three spans, the last one cut short. */
static void test_identity(void)
{
    struct fixture f;
    fixture_init(&f, 6, 2, 32, 1300, 1);
    gsize bytes = sizeof(float) * 1300 * 6 * 32;
    for (enum cpu_level level = CPU_SCALAR; level <= cpu_level_best(); level++) {
        g_autofree float *whole = g_malloc0(bytes);
        run(&f, level, 1, true, 0, 1300, whole);
        for (int n = 1; n <= 16; n += level == CPU_SCALAR ? 5 : 1) {
            int first = 1300 - n;
            for (int n_threads = 1; n_threads <= 4; n_threads += 3) {
                g_autofree float *part = g_malloc0(bytes);
                run(&f, level, n_threads, true, first, n, part);
                g_assert_cmpmem(part + first * 192, (gsize)(n * 192) * sizeof *part,
                                whole + first * 192, (gsize)(n * 192) * sizeof *whole);
            }
        }
    }
    fixture_clear(&f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/attention/twins", test_twins);
    g_test_add_func("/attention/identity", test_identity);
    return g_test_run();
}
