/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A folder as transformers and sentence-transformers write it: config.json (shape), vocab.txt or
 * tokenizer.json, modules.json → 1_Pooling/config.json (how one vector is made of many), and
 * model.safetensors (weights). Names and keys on the other side are those of llama.cpp, so that its
 * tools read our files and we read theirs; its convert_hf_to_gguf.py is the reference.
 *
 * Types: the matrices inside the layers and the token table take the type that was asked for, where
 * a row is a whole number of its blocks. Positions, token types, norms and biases stay F32: they
 * are 1 % of the bytes. Q8_0 against F32: cosine of the vectors ≥ 0.995, checked by a test. The
 * pooler (a dense layer after [CLS]) is left out: sentence encoders do not use it.
 *
 * Everything that the folder says is checked before it sizes anything.
 */
#include "app/model-import.h"
#include "app/bert-vocabulary.h"
#include "app/error.h"
#include "app/json-read.h"
#include "app/regular-file.h"
#include "app/safetensors.h"
#include "engine/quant.h"
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define MAX_CONFIG_FILE (4 << 20)

struct shape {
    int64_t n_layers, n_embd, n_head, n_ff, n_vocab, n_positions, n_types;
    double norm_eps;
    int pooling; /* 1 mean, 2 cls */
};

struct import {
    const char *dir; /* (borrowed) */
    const struct model_import_options *options;
    struct shape shape;
    struct safetensors *file;   /* (owned) */
    const char *prefix;         /* "" or "bert.": some checkpoints nest the encoder */
    struct gguf_writer *writer; /* (owned) */
    GPtrArray *data;            /* (owned) tensor contents, alive until gguf_write */
};

static bool fail(GError **error, const char *path, const char *what)
{
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("%s cannot be imported: %s."), path, what);
    return false;
}

/* --- what the folder says ------------------------------------------------------------------- */

static bool check_architecture(const char *dir, JsonObject *config, GError **error)
{
    const char *type = json_read_string(config, "model_type");
    const char *positions = json_read_string(config, "position_embedding_type");
    const char *activation = json_read_string(config, "hidden_act");
    g_autofree char *what = NULL;

    if (g_strcmp0(type, "bert") != 0)
        what = g_strdup_printf(_("it is a model of the kind “%s”, and only encoders of the kind "
                                 "“bert” can be converted; other models come as GGUF files"),
                               type ? type : _("unknown"));
    else if (positions && !g_str_equal(positions, "absolute"))
        what =
            g_strdup_printf(_("its positions are “%s”, only “absolute” is supported"), positions);
    else if (activation && !g_str_equal(activation, "gelu"))
        what = g_strdup_printf(_("its activation is “%s”, only “gelu” is supported"), activation);
    return !what || fail(error, dir, what);
}

static bool read_shape(const char *dir, struct shape *shape, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "config.json", NULL);
    g_autoptr(JsonObject) config = json_read_file(path, MAX_CONFIG_FILE, error);
    const struct {
        const char *key;
        int64_t max;
        int64_t *out;
    } numbers[] = {
        {"num_hidden_layers", 256, &shape->n_layers},
        {"hidden_size", 16384, &shape->n_embd},
        {"num_attention_heads", 512, &shape->n_head},
        {"intermediate_size", 131072, &shape->n_ff},
        {"vocab_size", 2000000, &shape->n_vocab},
        {"max_position_embeddings", 1 << 20, &shape->n_positions},
        {"type_vocab_size", 1024, &shape->n_types},
    };

    if (!config || !check_architecture(dir, config, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!json_read_int(config, numbers[i].key, 1, numbers[i].max, numbers[i].out)) {
            g_autofree char *what = g_strdup_printf(
                _("“%s” is missing or not between 1 and %" PRId64), numbers[i].key, numbers[i].max);
            return fail(error, path, what);
        }
    if (shape->n_embd % shape->n_head != 0)
        return fail(error, path, _("the number of heads does not divide the width"));
    if (!json_read_double(config, "layer_norm_eps", &shape->norm_eps) ||
        !(shape->norm_eps > 0 && shape->norm_eps < 1))
        return fail(error, path, _("“layer_norm_eps” is missing or not between 0 and 1"));
    return true;
}

/* The folder of the pooling module, by modules.json; NULL without error: it names none. */
static char *pooling_folder(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "modules.json", NULL);
    g_autoptr(JsonArray) modules = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    modules = json_read_array_file(path, MAX_CONFIG_FILE, error);
    for (guint i = 0; modules && i < json_array_get_length(modules); i++) {
        JsonNode *node = json_array_get_element(modules, i);
        JsonObject *module = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
        const char *type = json_read_string(module, "type");
        const char *folder = json_read_string(module, "path");

        if (!type || !g_str_has_suffix(type, ".Pooling"))
            continue;
        if (!folder || !*folder || strchr(folder, '/') || g_str_equal(folder, "..")) {
            fail(error, path, _("the folder of the pooling module is missing or odd"));
            return NULL;
        }
        return g_strdup(folder);
    }
    return NULL;
}

/* 1 mean, 2 cls, 0 with an error. */
static int read_pooling(const char *dir, const char *wanted, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *folder = pooling_folder(dir, &cause), *path = NULL;
    g_autoptr(JsonObject) config = NULL;
    bool mean = false, cls = false;

    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return 0;
    }
    if (folder) {
        path = g_build_filename(dir, folder, "config.json", NULL);
        config = json_read_file(path, MAX_CONFIG_FILE, error);
        if (!config)
            return 0;
        json_read_bool(config, "pooling_mode_mean_tokens", &mean);
        json_read_bool(config, "pooling_mode_cls_token", &cls);
        if (mean == cls) {
            fail(error, path, _("of the ways to pool only mean and cls are supported"));
            return 0;
        }
        return mean ? 1 : 2;
    }
    if (!wanted) {
        fail(error, dir,
             _("it does not say how token vectors are pooled (modules.json is missing): add "
               "--pooling mean or --pooling cls, as its description says"));
        return 0;
    }
    return g_str_equal(wanted, "mean") ? 1 : 2;
}

/* The licence in the front matter of the model's README, as its publisher wrote it; or NULL. */
static char *read_license(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "README.md", NULL), *text = NULL;
    g_auto(GStrv) lines = NULL;
    gsize n;

    if (!regular_file_read(path, MAX_CONFIG_FILE, &text, &n, NULL) ||
        !g_str_has_prefix(text, "---\n") || !g_utf8_validate_len(text, n, NULL))
        return NULL;
    lines = g_strsplit(text + 4, "\n", 200);
    for (char **line = lines; *line && !g_str_equal(*line, "---"); line++)
        if (g_str_has_prefix(*line, "license:"))
            return g_strstrip(g_strdup(*line + strlen("license:")));
    return NULL;
}

/* --- tensors ---------------------------------------------------------------------------------- */

/* What one tensor becomes. %d in the names is the layer. Rows and columns are members of shape; 0
   columns: a vector. */
struct mapping {
    const char *from, *to;
    int64_t n_rows, n_cols;
    bool convert; /* takes the type asked for */
};

static enum gguf_type target_type(const struct import *import, const struct mapping *m)
{
    struct gguf_type_info info;

    if (!m->convert || !gguf_type_info(import->options->type, &info) ||
        m->n_cols % info.block_elements != 0)
        return GGUF_F32;
    return import->options->type;
}

static bool convert_tensor(struct import *import, const struct mapping *m, const char *from,
                           const char *to, GError **error)
{
    g_autofree char *name = g_strconcat(import->prefix, from, NULL);
    const struct safetensors_tensor *t = safetensors_find(import->file, name);
    bool is_matrix = m->n_cols > 0;
    int64_t ne[2] = {is_matrix ? m->n_cols : m->n_rows, m->n_rows};
    int64_t n = is_matrix ? m->n_rows * m->n_cols : m->n_rows;
    enum gguf_type type = target_type(import, m);
    struct gguf_type_info info;
    g_autofree float *values = NULL;
    g_autofree void *packed = NULL;

    if (!t || t->n_dims != 1 + is_matrix || t->shape[0] != m->n_rows ||
        (is_matrix && t->shape[1] != m->n_cols)) {
        g_autofree char *what =
            g_strdup_printf(t ? _("the tensor %s has another shape than config.json says")
                              : _("the tensor %s is missing"),
                            name);
        return fail(error, import->dir, what);
    }
    values = g_try_new(float, (gsize)n);
    if (!gguf_type_info(type, &info) || !values ||
        !(packed = g_try_malloc((gsize)(n / info.block_elements * info.block_bytes))))
        return fail(error, import->dir, _("there is not enough memory"));
    if (!safetensors_read_f32(import->file, t, values, error))
        return false;
    if (!eng_quantize(type, values, packed, n))
        return fail(error, import->dir, _("its weights cannot be written in this type"));
    gguf_put_tensor(import->writer, to, type, 1 + is_matrix, ne, packed);
    g_ptr_array_add(import->data, g_steal_pointer(&packed));
    return true;
}

static bool convert_layer(struct import *import, int layer, GError **error)
{
    const int64_t d = import->shape.n_embd, ff = import->shape.n_ff;
    const struct mapping linear[] = {
        {"attention.self.query", "attn_q", d, d, true},
        {"attention.self.key", "attn_k", d, d, true},
        {"attention.self.value", "attn_v", d, d, true},
        {"attention.output.dense", "attn_output", d, d, true},
        {"attention.output.LayerNorm", "attn_output_norm", d, 0, false},
        {"intermediate.dense", "ffn_up", ff, d, true},
        {"output.dense", "ffn_down", d, ff, true},
        {"output.LayerNorm", "layer_output_norm", d, 0, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(linear); i++) {
        const struct mapping *m = &linear[i];
        const struct mapping bias = {.n_rows = m->n_rows};
        g_autofree char *from = g_strdup_printf("encoder.layer.%d.%s.weight", layer, m->from);
        g_autofree char *to = g_strdup_printf("blk.%d.%s.weight", layer, m->to);
        g_autofree char *from_bias = g_strdup_printf("encoder.layer.%d.%s.bias", layer, m->from);
        g_autofree char *to_bias = g_strdup_printf("blk.%d.%s.bias", layer, m->to);

        if (!convert_tensor(import, m, from, to, error) ||
            !convert_tensor(import, &bias, from_bias, to_bias, error))
            return false;
    }
    return true;
}

static bool convert_tensors(struct import *import, GCancellable *cancellable, GError **error)
{
    const struct shape *s = &import->shape;
    const struct mapping tables[] = {
        {"embeddings.word_embeddings.weight", "token_embd.weight", s->n_vocab, s->n_embd, true},
        {"embeddings.position_embeddings.weight", "position_embd.weight", s->n_positions, s->n_embd,
         false},
        {"embeddings.token_type_embeddings.weight", "token_types.weight", s->n_types, s->n_embd,
         false},
        {"embeddings.LayerNorm.weight", "token_embd_norm.weight", s->n_embd, 0, false},
        {"embeddings.LayerNorm.bias", "token_embd_norm.bias", s->n_embd, 0, false},
    };

    import->prefix =
        safetensors_find(import->file, "bert.embeddings.word_embeddings.weight") ? "bert." : "";
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (!convert_tensor(import, &tables[i], tables[i].from, tables[i].to, error))
            return false;
    for (int layer = 0; layer < s->n_layers; layer++)
        if (g_cancellable_set_error_if_cancelled(cancellable, error) ||
            !convert_layer(import, layer, error))
            return false;
    return true;
}

/* --- the file --------------------------------------------------------------------------------- */

static void put_keys(struct import *import)
{
    struct gguf_writer *w = import->writer;
    const struct shape *s = &import->shape;
    g_autofree char *license = import->options->license
                                   ? g_utf8_make_valid(import->options->license, -1)
                                   : read_license(import->dir);
    g_autofree char *folder = g_path_get_basename(import->dir);
    g_autofree char *name = g_utf8_make_valid(import->options->name ?: folder, -1);

    gguf_put_string(w, "general.architecture", "bert");
    gguf_put_string(w, "general.name", name);
    if (license)
        gguf_put_string(w, "general.license", license);
    gguf_put_u32(w, "bert.context_length", (uint32_t)s->n_positions);
    gguf_put_u32(w, "bert.embedding_length", (uint32_t)s->n_embd);
    gguf_put_u32(w, "bert.block_count", (uint32_t)s->n_layers);
    gguf_put_u32(w, "bert.attention.head_count", (uint32_t)s->n_head);
    gguf_put_u32(w, "bert.feed_forward_length", (uint32_t)s->n_ff);
    gguf_put_f32(w, "bert.attention.layer_norm_epsilon", (float)s->norm_eps);
    gguf_put_bool(w, "bert.attention.causal", false);
    gguf_put_u32(w, "bert.pooling_type", (uint32_t)s->pooling);
    gguf_put_u32(w, "tokenizer.ggml.token_type_count", (uint32_t)s->n_types);
}

bool model_import_folder(const char *dir, const char *target,
                         const struct model_import_options *options, GCancellable *cancellable,
                         GError **error)
{
    g_autofree char *weights = g_build_filename(dir, "model.safetensors", NULL);
    struct import import = {.dir = dir, .options = options};
    struct bert_vocabulary *vocabulary = NULL;
    struct eng_err err;
    bool ok = false;

    import.writer = gguf_writer_new();
    import.data = g_ptr_array_new_with_free_func(g_free);
    if (!import.writer) {
        fail(error, dir, _("there is not enough memory"));
        goto out;
    }
    if (!read_shape(dir, &import.shape, error) ||
        !(import.shape.pooling = read_pooling(dir, options->pooling, error)) ||
        !(vocabulary = bert_vocabulary_read(dir, import.shape.n_vocab, error)) ||
        !(import.file = safetensors_open(weights, error)))
        goto out;
    put_keys(&import);
    bert_vocabulary_put(vocabulary, import.writer);
    if (!convert_tensors(&import, cancellable, error))
        goto out;
    ok = gguf_write(import.writer, target, &err) == ENG_OK;
    if (!ok)
        g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, err.text);
out:
    safetensors_close(import.file);
    bert_vocabulary_free(vocabulary);
    gguf_writer_free(import.writer);
    g_ptr_array_unref(import.data);
    return ok;
}
