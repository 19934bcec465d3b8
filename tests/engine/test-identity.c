/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The identity rule: logits are equal to the bit however the tokens are cut into passes, for any
 * number of columns and threads. Multi-token decoding and prefix reuse rest on it.
 *
 * Run on tiny random models; with --starter on the small chat model, which is skipped (77) where it
 * is missing.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/decoder.h"
#include "load-model.h"
#include "tiny-model.h"

struct bench {
    struct loaded loaded;
    struct decoder *decoder;
    struct kv_cache cache;
};

static void bench_init(struct bench *b, const char *path, enum cpu_level level, int n_threads,
                       int n_context)
{
    load_model(&b->loaded, path, level, n_threads);
    const struct model_config *c = &b->loaded.model.config;
    b->decoder = decoder_new(&b->loaded.model, b->loaded.pool, level, n_context);
    g_assert_nonnull(b->decoder);
    g_assert_true(kv_cache_init(&b->cache, c->n_layers, c->n_head_kv, c->head_dim, n_context));
}

static void bench_clear(struct bench *b)
{
    kv_cache_clear(&b->cache);
    decoder_free(b->decoder);
    load_model_clear(&b->loaded);
}

/* Computes all n tokens in random pieces of 1 … 16 columns; logits for every token. */
static void run_in_pieces(struct bench *b, const int32_t *ids, int n, guint32 seed, float *logits)
{
    GRand *rand = g_rand_new_with_seed(seed);
    gsize width = (gsize)b->loaded.model.config.n_vocab;
    for (int at = 0; at < n;) {
        int piece = g_rand_int_range(rand, 1, 17);
        piece = MIN(piece, n - at);
        g_assert_true(decoder_run(b->decoder, &b->cache, at, ids + at, piece,
                                  logits + (gsize)at * width, piece, NULL));
        at += piece;
    }
    g_rand_free(rand);
}

/* n_last: of so many tokens at the end all logits are compared, for n = 1 … 16 columns. */
static void check(const char *path, enum cpu_level level, int n, int max_threads)
{
    struct bench b;
    bench_init(&b, path, level, 1, n);
    int n_vocab = b.loaded.model.config.n_vocab;
    gsize row = (gsize)n_vocab * sizeof(float);
    g_autofree int32_t *ids = g_new(int32_t, n);
    g_autofree float *whole = g_malloc((gsize)n * row), *pieces = g_malloc((gsize)n * row);
    GRand *rand = g_rand_new_with_seed(5);
    for (int i = 0; i < n; i++)
        ids[i] = g_rand_int_range(rand, 0, n_vocab);
    g_rand_free(rand);
    g_assert_true(decoder_run(b.decoder, &b.cache, 0, ids, n, whole, n, NULL));
    for (int columns = 1; columns <= 16; columns++) {
        g_assert_true(decoder_run(b.decoder, &b.cache, n - columns, ids + n - columns, columns,
                                  pieces, columns, NULL));
        g_assert_cmpmem(pieces, (gsize)columns * row, whole + (n - columns) * n_vocab,
                        (gsize)columns * row);
    }
    bench_clear(&b);
    for (int n_threads = 1; n_threads <= max_threads; n_threads++) {
        bench_init(&b, path, level, n_threads, n);
        run_in_pieces(&b, ids, n, (guint32)n_threads, pieces);
        g_assert_cmpmem(pieces, (gsize)n * row, whole, (gsize)n * row);
        bench_clear(&b);
    }
}

static void check_tiny(const struct tiny_model *kind)
{
    g_autofree char *path = tiny_model_write(kind);
    for (enum cpu_level level = CPU_SCALAR; level <= cpu_level_best(); level++)
        check(path, level, 140, 4);
    g_unlink(path);
}

static void test_tiny_f32(void)
{
    check_tiny(&(struct tiny_model){.arch = "qwen2"});
}

static void test_tiny_q8_0(void)
{
    check_tiny(&(struct tiny_model){.arch = "llama", .type = GGUF_Q8_0, .tied = true});
}

static void test_starter(gconstpointer path)
{
    check(path, cpu_level_best(), 100, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (argc > 1 && strcmp(argv[1], "--starter") == 0) {
        g_autofree char *path = load_model_path("smollm2-135m-instruct-q4_1.gguf");
        if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
            g_print("1..0 # SKIP no model file %s; scripts/fetch-models gets it\n", path);
            return 77;
        }
        g_test_add_data_func("/identity/starter", path, test_starter);
        return g_test_run();
    }
    g_test_add_func("/identity/tiny-f32", test_tiny_f32);
    g_test_add_func("/identity/tiny-q8-0", test_tiny_q8_0);
    return g_test_run();
}
