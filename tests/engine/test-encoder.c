/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The encoder's forward pass against the double-precision reference, and the rule that a text's
 * vector is the same, to the bit, whatever shares its batch.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>

#include "engine/encoder.h"
#include "load-model.h"
#include "reference.h"
#include "tiny-model.h"

static const int lengths[] = {1, 2, 63, 64, 65, 90, 7, 33};
enum { N_TEXTS = G_N_ELEMENTS(lengths), LONGEST = 96 };

static void random_texts(int32_t (*ids)[LONGEST], struct encoder_text *texts)
{
    GRand *rand = g_rand_new_with_seed(11);
    for (int t = 0; t < N_TEXTS; t++) {
        for (int i = 0; i < lengths[t]; i++)
            ids[t][i] = g_rand_int_range(rand, 0, TINY_BERT_VOCAB);
        texts[t] = (struct encoder_text){ids[t], lengths[t]};
    }
    g_rand_free(rand);
}

static void check(const struct tiny_model *kind, double cosine)
{
    g_autofree char *path = tiny_model_write(kind);
    int32_t ids[N_TEXTS][LONGEST];
    struct encoder_text texts[N_TEXTS];
    static float together[N_TEXTS][TINY_EMBD], alone[TINY_EMBD];
    float *out[N_TEXTS];
    random_texts(ids, texts);
    struct reference *ref = reference_open(path);
    for (enum cpu_level level = CPU_SCALAR; level <= cpu_level_best(); level++) {
        struct loaded l;
        load_model(&l, path, level, 2);
        struct encoder *e = encoder_new(&l.model, l.pool, level);
        for (int t = 0; t < N_TEXTS; t++)
            out[t] = together[t];
        encoder_run(e, texts, N_TEXTS, out);
        for (int t = 0; t < N_TEXTS; t++) {
            double want[TINY_EMBD], dot = 0;
            reference_embed(ref, texts[t].ids, texts[t].n, want);
            for (int i = 0; i < TINY_EMBD; i++)
                dot += want[i] * (double)together[t][i];
            g_assert_cmpfloat(dot, >, cosine);
            encoder_run(e, &texts[t], 1, (float *[]){alone});
            g_assert_cmpmem(alone, sizeof alone, together[t], sizeof together[t]);
        }
        encoder_free(e);
        load_model_clear(&l);
    }
    reference_free(ref);
    g_unlink(path);
}

static void test_f32(void)
{
    check(&(struct tiny_model){.arch = "bert"}, 0.999999);
}

static void test_q8_0(void)
{
    check(&(struct tiny_model){.arch = "bert", .type = GGUF_Q8_0}, 0.999);
}

static void test_cls(void)
{
    check(&(struct tiny_model){.arch = "bert", .pooling = MODEL_POOL_CLS}, 0.999999);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encoder/f32", test_f32);
    g_test_add_func("/encoder/q8-0", test_q8_0);
    g_test_add_func("/encoder/cls", test_cls);
    return g_test_run();
}
