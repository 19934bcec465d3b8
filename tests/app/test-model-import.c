/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tiny folder to GGUF, checked number by number; each wrong folder is refused with a sentence
 * that says what is wrong; the starter embedder, where its folder is here, gives the pinned bytes.
 */
#include "app/model-import.h"
#include "app/regular-file.h"
#include "app/safetensors.h"
#include "engine/quant.h"
#include "tests/app/hf-folder.h"
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

struct fixture {
    char *dir, *target;
};

static void setup(struct fixture *f, gconstpointer dtype)
{
    f->dir = hf_folder_new(dtype ? dtype : "F32");
    f->target = g_build_filename(f->dir, "out.gguf", NULL);
}

static void teardown(struct fixture *f, gconstpointer dtype)
{
    hf_folder_remove(f->dir);
    g_free(f->dir);
    g_free(f->target);
}

static struct gguf *import(struct fixture *f, enum gguf_type type)
{
    struct model_import_options options = {.name = "tiny", .type = type};
    struct gguf *gguf = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(model_import_folder(f->dir, f->target, &options, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(gguf_open(&gguf, f->target, NULL), ==, ENG_OK);
    return gguf;
}

static void assert_refused(struct fixture *f, const char *why)
{
    struct model_import_options options = {.type = GGUF_F32};
    g_autoptr(GError) error = NULL;

    g_assert_false(model_import_folder(f->dir, f->target, &options, NULL, &error));
    g_assert_nonnull(error);
    if (!strstr(error->message, why))
        g_error("\"%s\" is not in: %s", why, error->message);
    g_assert_nonnull(strstr(error->message, f->dir));
    g_assert_false(g_file_test(f->target, G_FILE_TEST_EXISTS));
}

static void assert_string(const struct gguf *gguf, const char *key, const char *expected)
{
    const struct gguf_value *value = gguf_find(gguf, key);

    g_assert_nonnull(value);
    g_assert_cmpint(value->type, ==, GGUF_STRING);
    g_assert_cmpmem(value->s.data, value->s.n, expected, strlen(expected));
}

static void assert_int(const struct gguf *gguf, const char *key, int64_t expected)
{
    int64_t value;

    g_assert_true(gguf_int(gguf, key, G_MININT32, G_MAXINT32, -1, &value));
    g_assert_cmpint(value, ==, expected);
}

static void test_keys(struct fixture *f, gconstpointer data)
{
    static const char *const tokens[HF_N_VOCAB] = {"[PAD]",     "[UNK]",      "[CLS]",   "[SEP]",
                                                   "[MASK]",    "\u2581the",  "ing",     "\u2581[",
                                                   "[unused0]", "\u2581café", "[PAD10]", "[PAD11]"};
    static const int32_t kinds[HF_N_VOCAB] = {3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 5, 5};
    struct gguf *gguf = import(f, GGUF_F32);
    const struct gguf_value *list;
    double eps = 0;

    assert_string(gguf, "general.architecture", "bert");
    assert_string(gguf, "general.name", "tiny");
    assert_string(gguf, "general.license", "apache-2.0");
    assert_string(gguf, "tokenizer.ggml.model", "bert");
    assert_int(gguf, "bert.context_length", HF_POSITIONS);
    assert_int(gguf, "bert.embedding_length", HF_EMBD);
    assert_int(gguf, "bert.block_count", HF_LAYERS);
    assert_int(gguf, "bert.attention.head_count", HF_HEADS);
    assert_int(gguf, "bert.feed_forward_length", HF_FF);
    assert_int(gguf, "bert.pooling_type", 2);
    assert_int(gguf, "tokenizer.ggml.padding_token_id", 0);
    assert_int(gguf, "tokenizer.ggml.unknown_token_id", 1);
    assert_int(gguf, "tokenizer.ggml.bos_token_id", 2);
    assert_int(gguf, "tokenizer.ggml.cls_token_id", 2);
    assert_int(gguf, "tokenizer.ggml.eos_token_id", 3);
    assert_int(gguf, "tokenizer.ggml.seperator_token_id", 3);
    assert_int(gguf, "tokenizer.ggml.mask_token_id", 4);
    g_assert_true(gguf_float(gguf, "bert.attention.layer_norm_epsilon", 0, &eps));
    g_assert_cmpfloat_with_epsilon(eps, 1e-12, 1e-18);
    g_assert_cmpuint(gguf_find(gguf, "bert.attention.causal")->u, ==, 0);
    g_assert_cmpuint(gguf_find(gguf, "tokenizer.lectern.lower_case")->u, ==, 0);

    list = gguf_find(gguf, "tokenizer.ggml.tokens");
    g_assert_cmpuint(list->n, ==, HF_N_VOCAB);
    for (int i = 0; i < HF_N_VOCAB; i++)
        g_assert_cmpmem(list->strings[i].data, list->strings[i].n, tokens[i], strlen(tokens[i]));
    list = gguf_find(gguf, "tokenizer.ggml.token_type");
    g_assert_cmpmem(list->data, list->n * 4, kinds, sizeof kinds);
    gguf_close(gguf);
}

/* F32, F16 and BF16 all hold the test's weights exactly, so all give the same F32 tensors. */
static void test_tensors(struct fixture *f, gconstpointer data)
{
    static const char *const names[] = {
        "token_embd.weight",           "position_embd.weight",
        "token_types.weight",          "token_embd_norm.weight",
        "token_embd_norm.bias",        "blk.0.attn_q.weight",
        "blk.0.attn_q.bias",           "blk.0.attn_k.weight",
        "blk.0.attn_k.bias",           "blk.0.attn_v.weight",
        "blk.0.attn_v.bias",           "blk.0.attn_output.weight",
        "blk.0.attn_output.bias",      "blk.0.attn_output_norm.weight",
        "blk.0.attn_output_norm.bias", "blk.0.ffn_up.weight",
        "blk.0.ffn_up.bias",           "blk.0.ffn_down.weight",
        "blk.0.ffn_down.bias",         "blk.0.layer_output_norm.weight",
        "blk.0.layer_output_norm.bias"};
    struct gguf *gguf = import(f, GGUF_F32);
    const struct gguf_tensor *down = gguf_tensor(gguf, "blk.0.ffn_down.weight");

    g_assert_cmpuint(gguf_n_tensors(gguf), ==, G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct gguf_tensor *t = gguf_tensor(gguf, names[i]);
        const float *values;

        g_assert_nonnull(t);
        g_assert_cmpint(t->type, ==, GGUF_F32);
        values = t->data;
        for (gsize j = 0; j < t->n_bytes / 4; j++)
            g_assert_cmpfloat(values[j], ==, hf_weight(j));
    }
    g_assert_cmpint(down->ne[0], ==, HF_FF);
    g_assert_cmpint(down->ne[1], ==, HF_EMBD);
    gguf_close(gguf);
}

static void test_q8_0(struct fixture *f, gconstpointer data)
{
    struct gguf *gguf = import(f, GGUF_Q8_0);
    const struct gguf_tensor *up = gguf_tensor(gguf, "blk.0.ffn_up.weight");
    float values[HF_FF * HF_EMBD];

    g_assert_cmpint(up->type, ==, GGUF_Q8_0);
    g_assert_cmpint(gguf_tensor(gguf, "token_embd.weight")->type, ==, GGUF_Q8_0);
    g_assert_cmpint(gguf_tensor(gguf, "position_embd.weight")->type, ==, GGUF_F32);
    g_assert_cmpint(gguf_tensor(gguf, "blk.0.ffn_up.bias")->type, ==, GGUF_F32);
    g_assert_true(eng_dequantize(GGUF_Q8_0, up->data, values, HF_FF * HF_EMBD));
    for (int i = 0; i < HF_FF * HF_EMBD; i++)
        g_assert_cmpfloat_with_epsilon(values[i], hf_weight((gsize)i), 0.5 / 127 + 1e-3);
    gguf_close(gguf);
}

static void test_same_bytes(struct fixture *f, gconstpointer data)
{
    g_autofree char *first = NULL, *second = NULL;

    gguf_close(import(f, GGUF_Q8_0));
    first = regular_file_sha256(f->target, NULL, NULL);
    gguf_close(import(f, GGUF_Q8_0));
    second = regular_file_sha256(f->target, NULL, NULL);
    g_assert_cmpstr(first, ==, second);
}

static void test_vocabulary_of_tokenizer_json(struct fixture *f, gconstpointer data)
{
    g_autofree char *lines = g_build_filename(f->dir, "vocab.txt", NULL);
    struct gguf *gguf;

    g_unlink(lines);
    hf_folder_put(
        f->dir, "tokenizer.json",
        "{\"normalizer\":{\"lowercase\":true},\"model\":{\"type\":\"WordPiece\",\"vocab\":"
        "{\"[UNK]\":1,\"[PAD]\":0,\"[CLS]\":2,\"[SEP]\":3,\"##s\":4}}}");
    hf_folder_put(f->dir, "tokenizer_config.json", "{}");
    gguf = import(f, GGUF_F32);
    g_assert_cmpuint(gguf_find(gguf, "tokenizer.lectern.lower_case")->u, ==, 1);
    g_assert_cmpmem(gguf_find(gguf, "tokenizer.ggml.tokens")->strings[4].data, 1, "s", 1);
    g_assert_null(gguf_find(gguf, "tokenizer.ggml.mask_token_id"));
    gguf_close(gguf);
}

static void test_wrong_folders(struct fixture *f, gconstpointer data)
{
    static const struct {
        const char *file, *text, *why;
    } cases[] = {
        {"config.json", "{\"model_type\":\"xlm-roberta\"}", "xlm-roberta"},
        {"config.json", "{\"model_type\":\"bert\",\"hidden_act\":\"silu\"}", "silu"},
        {"config.json", "{\"model_type\":\"bert\"}", "num_hidden_layers"},
        {"config.json", "no json", "config.json"},
        {"vocab.txt", "[PAD]\n[CLS]\n[SEP]\n", "[UNK]"},
        {"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", "vocabulary"},
        {"modules.json", "[{\"type\":\"a.Pooling\",\"path\":\"../x\"}]", "pooling"},
        {"1_Pooling/config.json", "{\"pooling_mode_max_tokens\":true}", "mean and cls"},
        {"tokenizer_config.json", "{\"do_lower_case\":true,\"strip_accents\":false}", "accents"},
        {"model.safetensors", "short", "too short"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_build_filename(f->dir, cases[i].file, NULL), *before = NULL;
        gsize n;

        g_assert_true(g_file_get_contents(path, &before, &n, NULL));
        hf_folder_put(f->dir, cases[i].file, cases[i].text);
        assert_refused(f, cases[i].why);
        g_assert_true(g_file_set_contents(path, before, (gssize)n, NULL));
    }
    gguf_close(import(f, GGUF_F32)); /* and with all put back it is taken */
}

static void test_lying_safetensors(struct fixture *f, gconstpointer data)
{
    static const char *const headers[] = {
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4000]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"t\":[]}",
        "[",
    };
    g_autofree char *path = g_build_filename(f->dir, "lie.safetensors", NULL);

    for (size_t i = 0; i <= G_N_ELEMENTS(headers); i++) {
        g_autoptr(GByteArray) file = g_byte_array_new();
        g_autoptr(GError) error = NULL;
        const char *header = i < G_N_ELEMENTS(headers) ? headers[i] : "{}";
        guint64 n = GUINT64_TO_LE(i < G_N_ELEMENTS(headers) ? strlen(header) : G_MAXUINT64 - 4);

        g_byte_array_append(file, (guint8 *)&n, 8);
        g_byte_array_append(file, (const guint8 *)header, (guint)strlen(header));
        g_byte_array_append(file, (const guint8 *)"\0\0\0", 4);
        g_assert_true(g_file_set_contents(path, (char *)file->data, file->len, NULL));
        g_assert_null(safetensors_open(path, &error));
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, path));
    }
}

/* The file whose SHA-256 data/models.json pins. */
static void test_starter_embedder(void)
{
    g_autofree char *dir =
        g_build_filename(g_get_user_cache_dir(), "lectern", "models", "all-MiniLM-L6-v2-hf", NULL);
    g_autofree char *tmp = NULL, *target = NULL, *sum = NULL;
    struct model_import_options options = {
        .name = "all-MiniLM-L6-v2", .license = "apache-2.0", .type = GGUF_Q8_0};
    g_autoptr(GError) error = NULL;

    if (!g_file_test(dir, G_FILE_TEST_IS_DIR)) {
        g_test_skip("the starter embedder's folder is not here");
        return;
    }
    tmp = g_dir_make_tmp("lectern-import-XXXXXX", NULL);
    target = g_build_filename(tmp, "out.gguf", NULL);
    model_import_folder(dir, target, &options, NULL, &error);
    g_assert_no_error(error);
    sum = regular_file_sha256(target, NULL, NULL);
    g_unlink(target);
    g_rmdir(tmp);
    g_assert_cmpstr(sum, ==, "813a1b66e32262274578169b1a61562f6d38c9fc6d02f8054d1dfa72750a573c");
}

#define ADD(path, dtype, test) g_test_add(path, struct fixture, dtype, setup, test, teardown)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/model-import/keys", NULL, test_keys);
    ADD("/model-import/tensors-f32", "F32", test_tensors);
    ADD("/model-import/tensors-f16", "F16", test_tensors);
    ADD("/model-import/tensors-bf16", "BF16", test_tensors);
    ADD("/model-import/q8_0", NULL, test_q8_0);
    ADD("/model-import/same-bytes", NULL, test_same_bytes);
    ADD("/model-import/tokenizer-json", NULL, test_vocabulary_of_tokenizer_json);
    ADD("/model-import/wrong-folders", NULL, test_wrong_folders);
    ADD("/model-import/lying-safetensors", NULL, test_lying_safetensors);
    g_test_add_func("/model-import/starter-embedder", test_starter_embedder);
    return g_test_run();
}
