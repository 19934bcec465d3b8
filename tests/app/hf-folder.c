/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A folder as transformers writes it, small enough to be checked number by number. Half and
 * bfloat16 weights are written with values that both can hold exactly.
 */
#include "tests/app/hf-folder.h"
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

const char *const hf_pieces[HF_N_PIECES] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]",     "[MASK]",
                                            "the",   "##ing", "[",     "[unused0]", "café"};

float hf_weight(gsize i)
{
    return (float)((int)(i * 7 % 31) - 15) / 16.0f; /* 5 bits: exact in F16 and BF16 */
}

/* Of a float that a half holds exactly and as a normal number, or zero. */
static guint16 half_of(guint32 bits)
{
    guint32 sign = bits >> 16 & 0x8000, exponent = bits >> 23 & 0xff, fraction = bits >> 13 & 0x3ff;
    return (guint16)(exponent ? sign | (exponent - 127 + 15) << 10 | fraction : sign);
}

static void append_weights(GByteArray *data, const char *dtype, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        float value = hf_weight(i);
        guint32 bits;
        guint16 half;

        memcpy(&bits, &value, 4);
        if (g_str_equal(dtype, "F32")) {
            g_byte_array_append(data, (guint8 *)&bits, 4);
        } else if (g_str_equal(dtype, "BF16")) {
            guint16 upper = (guint16)(bits >> 16);
            g_byte_array_append(data, (guint8 *)&upper, 2);
        } else {
            half = half_of(bits);
            g_byte_array_append(data, (guint8 *)&half, 2);
        }
    }
}

struct builder {
    GString *header;
    GByteArray *data;
    const char *dtype;
};

static void add(struct builder *b, const char *name, gsize rows, gsize cols)
{
    guint from = b->data->len;

    append_weights(b->data, b->dtype, rows * MAX(cols, 1));
    g_string_append_printf(b->header, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":[%zu",
                           b->header->len > 1 ? "," : "", name, b->dtype, rows);
    if (cols)
        g_string_append_printf(b->header, ",%zu", cols);
    g_string_append_printf(b->header, "],\"data_offsets\":[%u,%u]}", from, b->data->len);
}

static void add_linear(struct builder *b, const char *name, gsize rows, gsize cols)
{
    g_autofree char *weight = g_strconcat(name, ".weight", NULL);
    g_autofree char *bias = g_strconcat(name, ".bias", NULL);

    add(b, weight, rows, cols);
    add(b, bias, rows, 0);
}

static void write_safetensors(const char *dir, const char *dtype)
{
    struct builder b = {g_string_new("{"), g_byte_array_new(), dtype};
    g_autofree char *path = g_build_filename(dir, "model.safetensors", NULL);
    g_autoptr(GByteArray) file = g_byte_array_new();
    guint64 n;

    add(&b, "embeddings.word_embeddings.weight", HF_N_VOCAB, HF_EMBD);
    add(&b, "embeddings.position_embeddings.weight", HF_POSITIONS, HF_EMBD);
    add(&b, "embeddings.token_type_embeddings.weight", HF_TYPES, HF_EMBD);
    add_linear(&b, "embeddings.LayerNorm", HF_EMBD, 0);
    add_linear(&b, "encoder.layer.0.attention.self.query", HF_EMBD, HF_EMBD);
    add_linear(&b, "encoder.layer.0.attention.self.key", HF_EMBD, HF_EMBD);
    add_linear(&b, "encoder.layer.0.attention.self.value", HF_EMBD, HF_EMBD);
    add_linear(&b, "encoder.layer.0.attention.output.dense", HF_EMBD, HF_EMBD);
    add_linear(&b, "encoder.layer.0.attention.output.LayerNorm", HF_EMBD, 0);
    add_linear(&b, "encoder.layer.0.intermediate.dense", HF_FF, HF_EMBD);
    add_linear(&b, "encoder.layer.0.output.dense", HF_EMBD, HF_FF);
    add_linear(&b, "encoder.layer.0.output.LayerNorm", HF_EMBD, 0);
    g_string_append_c(b.header, '}');

    n = GUINT64_TO_LE((guint64)b.header->len);
    g_byte_array_append(file, (guint8 *)&n, 8);
    g_byte_array_append(file, (guint8 *)b.header->str, (guint)b.header->len);
    g_byte_array_append(file, b.data->data, b.data->len);
    g_assert_true(g_file_set_contents(path, (char *)file->data, file->len, NULL));
    g_string_free(b.header, TRUE);
    g_byte_array_unref(b.data);
}

void hf_folder_put(const char *dir, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(dir, file, NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

char *hf_folder_new(const char *dtype)
{
    char *dir = g_dir_make_tmp("lectern-hf-XXXXXX", NULL);
    g_autoptr(GString) vocabulary = g_string_new(NULL);

    g_assert_nonnull(dir);
    for (int i = 0; i < HF_N_PIECES; i++)
        g_string_append_printf(vocabulary, "%s\n", hf_pieces[i]);
    hf_folder_put(dir, "vocab.txt", vocabulary->str);
    hf_folder_put(dir, "config.json",
                  "{\"model_type\":\"bert\",\"hidden_act\":\"gelu\",\"hidden_size\":32,"
                  "\"intermediate_size\":64,\"num_hidden_layers\":1,\"num_attention_heads\":2,"
                  "\"max_position_embeddings\":16,\"type_vocab_size\":2,\"vocab_size\":12,"
                  "\"layer_norm_eps\":1e-12,\"position_embedding_type\":\"absolute\"}");
    hf_folder_put(dir, "tokenizer_config.json",
                  "{\"do_lower_case\":false,\"cls_token\":{\"content\":\"[CLS]\"}}");
    hf_folder_put(dir, "modules.json",
                  "[{\"idx\":0,\"path\":\"\",\"type\":\"sentence_transformers.models.Transformer\"}"
                  ",{\"idx\":1,\"path\":\"1_Pooling\","
                  "\"type\":\"sentence_transformers.models.Pooling\"}]");
    hf_folder_put(dir, "1_Pooling/config.json",
                  "{\"pooling_mode_cls_token\":true,\"pooling_mode_mean_tokens\":false}");
    hf_folder_put(dir, "README.md", "---\nlanguage: en\nlicense: apache-2.0\n---\n# Tiny\n");
    write_safetensors(dir, dtype);
    return dir;
}

void hf_folder_remove(const char *dir)
{
    g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            hf_folder_remove(path);
        else
            g_unlink(path);
    }
    g_rmdir(dir);
}
