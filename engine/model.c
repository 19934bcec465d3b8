/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.c: a GGUF file's tensors to struct model.
 *
 * Every tensor is asked for by name with the shape that the config demands; what is missing or of
 * another shape is named in the error. Matrices are packed for the machine, tables that are read
 * row by row are copied as they are, vectors become floats. Nothing points into the file
 * afterwards, so a file that is replaced or cut while the program runs does no harm.
 */
#include "engine/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/error.h"
#include "engine/quant.h"

struct loader {
    const struct gguf *gguf;
    const char *path; /* (borrowed) */
    enum cpu_level level;
    struct cpu_pool *pool;
    struct eng_err *err;
    enum eng_status status; /* of the first failure; later loads do nothing */
};

static void out_of_memory(struct loader *l)
{
    l->status = eng_fail(l->err, ENG_ERR_MEMORY,
                         "There is not enough memory for the weights of '%s'; close other programs "
                         "or choose a smaller model.",
                         l->path);
}

/* The tensor with exactly this shape, or NULL and a status. */
static const struct gguf_tensor *find(struct loader *l, const char *name, int64_t rows,
                                      int64_t cols)
{
    if (l->status != ENG_OK)
        return NULL;
    const struct gguf_tensor *t = gguf_tensor(l->gguf, name);
    if (!t) {
        l->status = eng_fail(l->err, ENG_ERR_FORMAT,
                             "'%s' lacks the tensor '%s', without which it cannot be run; get "
                             "another file of this model.",
                             l->path, name);
        return NULL;
    }
    if (t->ne[0] != cols || t->ne[1] != rows || t->ne[2] != 1 || t->ne[3] != 1) {
        l->status = eng_fail(l->err, ENG_ERR_FORMAT,
                             "'%s' has a tensor '%s' of the shape %lld × %lld, where its own "
                             "figures ask for %lld × %lld; the file is damaged, get it again.",
                             l->path, name, (long long)t->ne[0], (long long)t->ne[1],
                             (long long)cols, (long long)rows);
        return NULL;
    }
    return t;
}

static void unsupported_type(struct loader *l, const struct gguf_tensor *t)
{
    struct gguf_type_info info;
    const char *type = gguf_type_info(t->type, &info) ? info.name : "an unknown type";
    l->status = eng_fail(l->err, ENG_ERR_UNSUPPORTED,
                         "'%s' stores the tensor '%.*s' as %s, which is not supported here "
                         "(supported: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, "
                         "Q6_K); choose another file of this model.",
                         l->path, (int)t->name.n, t->name.data, type);
}

static void load_matrix(struct loader *l, struct cpu_matrix *out, const char *name, int64_t rows,
                        int64_t cols)
{
    const struct gguf_tensor *t = find(l, name, rows, cols);
    if (!t)
        return;
    switch (cpu_matrix_pack(out, t->type, t->data, rows, cols, l->level, l->pool)) {
    case ENG_OK:
        break;
    case ENG_ERR_MEMORY:
        out_of_memory(l);
        break;
    default:
        unsupported_type(l, t);
    }
}

static void load_floats(struct loader *l, float **out, const char *name, int64_t n)
{
    const struct gguf_tensor *t = find(l, name, 1, n);
    if (!t)
        return;
    *out = malloc((size_t)n * sizeof **out);
    if (!*out)
        out_of_memory(l);
    else if (!eng_dequantize(t->type, t->data, *out, n))
        unsupported_type(l, t);
}

static void load_table(struct loader *l, struct model_table *out, const char *name, int64_t rows,
                       int64_t cols)
{
    float probe[MODEL_MAX_HEAD_DIM];
    struct gguf_type_info info;
    const struct gguf_tensor *t = find(l, name, rows, cols);
    if (!t)
        return;
    if (!gguf_type_info(t->type, &info) || info.block_elements > MODEL_MAX_HEAD_DIM ||
        !eng_dequantize(t->type, t->data, probe, info.block_elements)) {
        unsupported_type(l, t);
        return;
    }
    *out =
        (struct model_table){.type = t->type,
                             .n_rows = rows,
                             .n_cols = cols,
                             .row_bytes = (size_t)(cols / info.block_elements * info.block_bytes),
                             .data = malloc(t->n_bytes)};
    if (out->data)
        memcpy(out->data, t->data, t->n_bytes);
    else
        out_of_memory(l);
}

void model_table_row(const struct model_table *table, int64_t r, float *out)
{
    const char *row = (const char *)table->data + (size_t)r * table->row_bytes;
    eng_dequantize(table->type, row, out, table->n_cols);
}

/* "blk.<layer>.<part>", in a buffer that lives as long as the caller's. */
struct tensor_name {
    char text[96];
};
static const char *in_layer(struct tensor_name *name, int layer, const char *part)
{
    snprintf(name->text, sizeof name->text, "blk.%d.%s", layer, part);
    return name->text;
}

static void load_decoder_layer(struct loader *l, const struct model_config *c,
                               struct model_layer *layer, int i)
{
    struct tensor_name name;
    int64_t n_q = (int64_t)c->n_head * c->head_dim, n_kv = (int64_t)c->n_head_kv * c->head_dim;
    load_floats(l, &layer->attn_norm, in_layer(&name, i, "attn_norm.weight"), c->n_embd);
    load_matrix(l, &layer->wq, in_layer(&name, i, "attn_q.weight"), n_q, c->n_embd);
    load_matrix(l, &layer->wk, in_layer(&name, i, "attn_k.weight"), n_kv, c->n_embd);
    load_matrix(l, &layer->wv, in_layer(&name, i, "attn_v.weight"), n_kv, c->n_embd);
    if (c->qkv_bias) {
        load_floats(l, &layer->bq, in_layer(&name, i, "attn_q.bias"), n_q);
        load_floats(l, &layer->bk, in_layer(&name, i, "attn_k.bias"), n_kv);
        load_floats(l, &layer->bv, in_layer(&name, i, "attn_v.bias"), n_kv);
    }
    load_matrix(l, &layer->wo, in_layer(&name, i, "attn_output.weight"), c->n_embd, n_q);
    load_floats(l, &layer->ffn_norm, in_layer(&name, i, "ffn_norm.weight"), c->n_embd);
    load_matrix(l, &layer->gate, in_layer(&name, i, "ffn_gate.weight"), c->n_ff, c->n_embd);
    load_matrix(l, &layer->up, in_layer(&name, i, "ffn_up.weight"), c->n_ff, c->n_embd);
    load_matrix(l, &layer->down, in_layer(&name, i, "ffn_down.weight"), c->n_embd, c->n_ff);
}

static void load_decoder(struct loader *l, struct model *model)
{
    const struct model_config *c = &model->config;
    load_table(l, &model->token_embd, "token_embd.weight", c->n_vocab, c->n_embd);
    for (int i = 0; i < c->n_layers && l->status == ENG_OK; i++)
        load_decoder_layer(l, c, &model->layers[i], i);
    load_floats(l, &model->output_norm, "output_norm.weight", c->n_embd);
    load_matrix(l, &model->output, c->tied_embeddings ? "token_embd.weight" : "output.weight",
                c->n_vocab, c->n_embd);
}

static void load_encoder_layer(struct loader *l, const struct model_config *c,
                               struct model_layer *layer, int i)
{
    struct tensor_name name;
    int64_t n = c->n_embd, n_q = (int64_t)c->n_head * c->head_dim;
    load_matrix(l, &layer->wq, in_layer(&name, i, "attn_q.weight"), n_q, n);
    load_floats(l, &layer->bq, in_layer(&name, i, "attn_q.bias"), n_q);
    load_matrix(l, &layer->wk, in_layer(&name, i, "attn_k.weight"), n_q, n);
    load_floats(l, &layer->bk, in_layer(&name, i, "attn_k.bias"), n_q);
    load_matrix(l, &layer->wv, in_layer(&name, i, "attn_v.weight"), n_q, n);
    load_floats(l, &layer->bv, in_layer(&name, i, "attn_v.bias"), n_q);
    load_matrix(l, &layer->wo, in_layer(&name, i, "attn_output.weight"), n, n_q);
    load_floats(l, &layer->bo, in_layer(&name, i, "attn_output.bias"), n);
    load_floats(l, &layer->attn_norm, in_layer(&name, i, "attn_output_norm.weight"), n);
    load_floats(l, &layer->attn_norm_bias, in_layer(&name, i, "attn_output_norm.bias"), n);
    load_matrix(l, &layer->up, in_layer(&name, i, "ffn_up.weight"), c->n_ff, n);
    load_floats(l, &layer->b_up, in_layer(&name, i, "ffn_up.bias"), c->n_ff);
    load_matrix(l, &layer->down, in_layer(&name, i, "ffn_down.weight"), n, c->n_ff);
    load_floats(l, &layer->b_down, in_layer(&name, i, "ffn_down.bias"), n);
    load_floats(l, &layer->ffn_norm, in_layer(&name, i, "layer_output_norm.weight"), n);
    load_floats(l, &layer->ffn_norm_bias, in_layer(&name, i, "layer_output_norm.bias"), n);
}

static void load_encoder(struct loader *l, struct model *model)
{
    const struct model_config *c = &model->config;
    load_table(l, &model->token_embd, "token_embd.weight", c->n_vocab, c->n_embd);
    load_table(l, &model->position_embd, "position_embd.weight", c->n_context, c->n_embd);
    load_table(l, &model->type_embd, "token_types.weight", c->n_token_types, c->n_embd);
    load_floats(l, &model->embd_norm, "token_embd_norm.weight", c->n_embd);
    load_floats(l, &model->embd_norm_bias, "token_embd_norm.bias", c->n_embd);
    for (int i = 0; i < c->n_layers && l->status == ENG_OK; i++)
        load_encoder_layer(l, c, &model->layers[i], i);
}

uint64_t model_weight_bytes(const struct model_config *config, const struct gguf *gguf)
{
    uint64_t total = 0;
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(gguf, i);
        /* panels have 16 rows: at most 15 rows of padding; scales are padded to 64 bytes */
        uint64_t row = t->ne[1] > 0 ? t->n_bytes / (uint64_t)t->ne[1] : 0;
        total += t->n_bytes + 15 * row + (uint64_t)(t->ne[1] / 16 + 1) * 64;
        bool is_table = t->name.n == 17 && memcmp(t->name.data, "token_embd.weight", 17) == 0;
        if (is_table && config->tied_embeddings)
            total += t->n_bytes; /* once as a table, once packed as the LM head */
    }
    return total;
}

enum eng_status model_weights_load(struct model *model, const struct gguf *gguf, const char *path,
                                   enum cpu_level level, struct cpu_pool *pool, struct eng_err *err)
{
    struct loader l = {.gguf = gguf, .path = path, .level = level, .pool = pool, .err = err};
    model->layers = calloc((size_t)model->config.n_layers, sizeof *model->layers);
    if (!model->layers)
        out_of_memory(&l);
    else if (model->config.arch == MODEL_BERT)
        load_encoder(&l, model);
    else
        load_decoder(&l, model);
    if (l.status != ENG_OK)
        model_clear(model);
    return l.status;
}

static void clear_layer(struct model_layer *layer)
{
    struct cpu_matrix *matrices[] = {&layer->wq,   &layer->wk, &layer->wv,  &layer->wo,
                                     &layer->gate, &layer->up, &layer->down};
    float *vectors[] = {
        layer->attn_norm, layer->attn_norm_bias, layer->bq,   layer->bk,    layer->bv, layer->bo,
        layer->ffn_norm,  layer->ffn_norm_bias,  layer->b_up, layer->b_down};
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++)
        cpu_matrix_clear(matrices[i]);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        free(vectors[i]);
}

void model_clear(struct model *model)
{
    for (int i = 0; model->layers && i < model->config.n_layers; i++)
        clear_layer(&model->layers[i]);
    free(model->layers);
    cpu_matrix_clear(&model->output);
    free(model->output_norm);
    free(model->embd_norm);
    free(model->embd_norm_bias);
    free(model->token_embd.data);
    free(model->position_embd.data);
    free(model->type_embd.data);
    *model = (struct model){.config = model->config};
}
