/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decoders' forward pass against the double-precision reference, on tiny random models of each
 * kind and at each level of vector instructions. With float weights only the 16-bit cache and
 * float rounding may differ; with 8-bit weights activations are rounded to 8 bits too.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "engine/decoder.h"
#include "load-model.h"
#include "reference.h"
#include "tiny-model.h"

enum { N_TOKENS = 70 }; /* past one page of the cache */

static void random_ids(int32_t *ids, int n)
{
    GRand *rand = g_rand_new_with_seed(7);
    for (int i = 0; i < n; i++)
        ids[i] = g_rand_int_range(rand, 0, TINY_VOCAB);
    g_rand_free(rand);
}

/* Root mean square of the difference, relative to the reference's. */
static double distance(const float *got, const double *want, int n)
{
    double error = 0, size = 0;
    for (int i = 0; i < n; i++) {
        error += ((double)got[i] - want[i]) * ((double)got[i] - want[i]);
        size += want[i] * want[i];
    }
    return sqrt(error / size);
}

static void check(const struct tiny_model *kind, double tolerance)
{
    g_autofree char *path = tiny_model_write(kind);
    int32_t ids[N_TOKENS];
    g_autofree double *want = g_new(double, N_TOKENS *TINY_VOCAB);
    g_autofree float *got = g_new(float, N_TOKENS *TINY_VOCAB);
    random_ids(ids, N_TOKENS);
    struct reference *ref = reference_open(path);
    reference_logits(ref, ids, N_TOKENS, N_TOKENS, want);
    for (enum cpu_level level = CPU_SCALAR; level <= cpu_level_best(); level++) {
        struct loaded l;
        struct kv_cache cache;
        load_model(&l, path, level, 2);
        struct decoder *d = decoder_new(&l.model, l.pool, level, 128);
        g_assert_true(kv_cache_init(&cache, TINY_LAYERS, TINY_HEADS_KV, TINY_HEAD_DIM, 128));
        g_assert_true(decoder_run(d, &cache, 0, ids, N_TOKENS, got, N_TOKENS, NULL));
        double off = distance(got, want, N_TOKENS * TINY_VOCAB);
        g_test_message("%s %s: %.2e", kind->arch, cpu_level_name(level), off);
        g_assert_cmpfloat(off, <, tolerance);
        kv_cache_clear(&cache);
        decoder_free(d);
        load_model_clear(&l);
    }
    reference_free(ref);
    g_unlink(path);
}

static void test_llama(void)
{
    check(&(struct tiny_model){.arch = "llama"}, 1e-3);
}

static void test_llama_tied_linear(void)
{
    check(
        &(struct tiny_model){
            .arch = "llama", .tied = true, .rope_scaling = "linear", .rope_factor = 4},
        1e-3);
}

static void test_qwen2(void)
{
    check(&(struct tiny_model){.arch = "qwen2"}, 1e-3);
}

static void test_f16(void)
{
    check(&(struct tiny_model){.arch = "qwen2", .type = GGUF_F16, .tied = true}, 1e-3);
}

static void test_q8_0(void)
{
    check(&(struct tiny_model){.arch = "llama", .type = GGUF_Q8_0}, 0.03);
}

static void test_cancel(void)
{
    g_autofree char *path = tiny_model_write(&(struct tiny_model){.arch = "llama"});
    atomic_bool cancel = true;
    struct loaded l;
    struct kv_cache cache;
    load_model(&l, path, CPU_SCALAR, 1);
    struct decoder *d = decoder_new(&l.model, l.pool, CPU_SCALAR, 64);
    g_assert_true(kv_cache_init(&cache, TINY_LAYERS, TINY_HEADS_KV, TINY_HEAD_DIM, 64));
    g_assert_false(decoder_run(d, &cache, 0, (int32_t[]){1}, 1, NULL, 0, &cancel));
    kv_cache_clear(&cache);
    decoder_free(d);
    load_model_clear(&l);
    g_unlink(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decoder/llama", test_llama);
    g_test_add_func("/decoder/llama-tied-linear", test_llama_tied_linear);
    g_test_add_func("/decoder/qwen2", test_qwen2);
    g_test_add_func("/decoder/f16", test_f16);
    g_test_add_func("/decoder/q8-0", test_q8_0);
    g_test_add_func("/decoder/cancel", test_cancel);
    return g_test_run();
}
