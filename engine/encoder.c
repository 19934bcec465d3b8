/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * encoder.c: the forward pass of bert.
 *
 * Sources: Devlin et al. 2019 (BERT), Reimers & Gurevych 2019 (pooling). docs/MODEL.md has the
 * formulas. Unlike a decoder, norms follow the residual sums, every product has a bias, every token
 * sees its whole text, and positions are learned vectors.
 *
 * The texts of a pass are concatenated; attention runs over one block for each text, whose keys
 * begin at a page of their own, so that chunks lie the same way whatever the neighbours are.
 */
#include "engine/encoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/columns.h"
#include "engine/cpu/attention.h"
#include "engine/kv-cache.h"

enum { MIN_COLUMNS = 512 };

struct encoder {
    const struct model *model; /* (borrowed) */
    struct cpu_pool *pool;     /* (borrowed) */
    enum cpu_level level;
    /* Columns in flight, row-major. */
    float *x;         /* (owned) [n_embd] */
    float *h;         /* (owned) [n_embd] a block's output */
    float *q, *k, *v; /* (owned) [n_embd] */
    float *attended;  /* (owned) [n_embd] */
    float *up;        /* (owned) [n_ff] */
    int32_t *id, *position,
        *slot;               /* (owned) of each column: token, place in its text, in the cache */
    struct cpu_input *input; /* (owned) */
    struct kv_cache cache;   /* (owned) one layer's keys and values */
    struct attention_sequence sequences[ENCODER_TEXTS];
    /* of the pass that runs */
    const struct model_layer *layer;
    float *const *out;
};

int encoder_columns(const struct model_config *config)
{
    return config->n_context > MIN_COLUMNS ? config->n_context : MIN_COLUMNS;
}

/* Each text's keys begin on a page, so up to a page is lost for each. */
static int64_t cache_positions(const struct model_config *c)
{
    return (int64_t)encoder_columns(c) + (int64_t)ENCODER_TEXTS * KV_PAGE;
}

uint64_t encoder_bytes(const struct model_config *config)
{
    uint64_t floats = 6 * (uint64_t)config->n_embd + (uint64_t)config->n_ff + 3;
    return (uint64_t)encoder_columns(config) * floats * sizeof(float) +
           kv_cache_bytes(1, config->n_head, config->head_dim, cache_positions(config));
}

struct encoder *encoder_new(const struct model *model, struct cpu_pool *pool, enum cpu_level level)
{
    const struct model_config *c = &model->config;
    size_t n = (size_t)encoder_columns(c), row = n * (size_t)c->n_embd * sizeof(float);
    struct encoder *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->model = model;
    e->pool = pool;
    e->level = level;
    e->x = malloc(row);
    e->h = malloc(row);
    e->q = malloc(row);
    e->k = malloc(row);
    e->v = malloc(row);
    e->attended = malloc(row);
    e->up = malloc(n * (size_t)c->n_ff * sizeof(float));
    e->id = malloc(n * sizeof *e->id);
    e->position = malloc(n * sizeof *e->position);
    e->slot = malloc(n * sizeof *e->slot);
    e->input = cpu_input_new((int)n, c->n_embd > c->n_ff ? c->n_embd : c->n_ff);
    if (!e->x || !e->h || !e->q || !e->k || !e->v || !e->attended || !e->up || !e->id ||
        !e->position || !e->slot || !e->input ||
        !kv_cache_init(&e->cache, 1, c->n_head, c->head_dim, cache_positions(c))) {
        encoder_free(e);
        return NULL;
    }
    return e;
}

void encoder_free(struct encoder *encoder)
{
    if (!encoder)
        return;
    void *const buffers[] = {encoder->x,        encoder->h,        encoder->q,  encoder->k,
                             encoder->v,        encoder->attended, encoder->up, encoder->id,
                             encoder->position, encoder->slot};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        free(buffers[i]);
    cpu_input_free(encoder->input);
    kv_cache_clear(&encoder->cache);
    free(encoder);
}

/* Lays the texts out as columns; returns how many there are. */
static int lay_out(struct encoder *e, const struct encoder_text *texts, int n_texts)
{
    int column = 0, page = 0;
    for (int t = 0; t < n_texts; t++) {
        e->sequences[t] =
            (struct attention_sequence){.column = column, .n = texts[t].n, .page = page};
        for (int i = 0; i < texts[t].n; i++, column++) {
            e->id[column] = texts[t].ids[i];
            e->position[column] = i;
            e->slot[column] = page * KV_PAGE + i;
        }
        page += (texts[t].n + KV_PAGE - 1) / KV_PAGE;
    }
    return column;
}

/* x = LayerNorm(token + position + type 0) */
static void embed_column(void *data, int i)
{
    struct encoder *e = data;
    const struct model *m = e->model;
    int64_t n = m->config.n_embd;
    float *x = e->x + i * n, *h = e->h + i * n;
    model_table_row(&m->token_embd, e->id[i], x);
    model_table_row(&m->position_embd, e->position[i], h);
    cpu_add(e->level, x, h, n);
    model_table_row(&m->type_embd, 0, h);
    cpu_add(e->level, x, h, n);
    cpu_layer_norm(e->level, x, x, m->embd_norm, m->embd_norm_bias, n, m->config.norm_eps);
}

/* q, k, v += bias; k and v into the cache */
static void store_column(void *data, int i)
{
    struct encoder *e = data;
    int64_t n = e->model->config.n_embd;
    cpu_add(e->level, e->q + i * n, e->layer->bq, n);
    cpu_add(e->level, e->k + i * n, e->layer->bk, n);
    cpu_add(e->level, e->v + i * n, e->layer->bv, n);
    kv_cache_store(&e->cache, 0, e->slot[i], e->level, e->k + i * n, e->v + i * n);
}

/* x = LayerNorm(x + h + bias) */
static void add_norm_column(struct encoder *e, int i, const float *bias, const float *weight,
                            const float *norm_bias)
{
    int64_t n = e->model->config.n_embd;
    float *x = e->x + i * n, *h = e->h + i * n;
    cpu_add(e->level, h, bias, n);
    cpu_add(e->level, x, h, n);
    cpu_layer_norm(e->level, x, x, weight, norm_bias, n, e->model->config.norm_eps);
}

static void attn_norm_column(void *data, int i)
{
    struct encoder *e = data;
    add_norm_column(e, i, e->layer->bo, e->layer->attn_norm, e->layer->attn_norm_bias);
}

static void ffn_norm_column(void *data, int i)
{
    struct encoder *e = data;
    add_norm_column(e, i, e->layer->b_down, e->layer->ffn_norm, e->layer->ffn_norm_bias);
}

static void gelu_column(void *data, int i)
{
    struct encoder *e = data;
    int64_t n = e->model->config.n_ff;
    cpu_add(e->level, e->up + i * n, e->layer->b_up, n);
    cpu_gelu(e->level, e->up + i * n, n);
}

static void product(struct encoder *e, const struct cpu_matrix *w, float *y)
{
    cpu_matmul(e->pool, w, e->input, y, w->n_rows);
}

static void attend(struct encoder *e, int n_texts)
{
    const struct model_config *c = &e->model->config;
    struct attention_job job = {.q = e->q,
                                .out = e->attended,
                                .n_head = c->n_head,
                                .n_head_kv = c->n_head,
                                .head_dim = c->head_dim,
                                .scale = 1 / sqrtf((float)c->head_dim),
                                .k = e->cache.k,
                                .v = e->cache.v,
                                .head_size = e->cache.head_size,
                                .causal = false,
                                .sequences = e->sequences,
                                .n_sequences = n_texts};
    attention_run(e->pool, e->level, &job, NULL);
}

static void run_layer(struct encoder *e, int n, int n_texts)
{
    int64_t n_embd = e->model->config.n_embd, n_ff = e->model->config.n_ff;
    const struct model_layer *layer = e->layer;
    /* q, k, v = W x + b */
    cpu_input_set(e->input, e->x, n, n_embd, e->level, e->pool);
    product(e, &layer->wq, e->q);
    product(e, &layer->wk, e->k);
    product(e, &layer->wv, e->v);
    columns_run(e->pool, store_column, e, n);
    /* attended = softmax(q kᵀ / √head_dim) v within each text */
    attend(e, n_texts);
    /* x = LayerNorm(x + Wo attended + b) */
    cpu_input_set(e->input, e->attended, n, n_embd, e->level, e->pool);
    product(e, &layer->wo, e->h);
    columns_run(e->pool, attn_norm_column, e, n);
    /* x = LayerNorm(x + Wdown gelu(Wup x + b) + b) */
    cpu_input_set(e->input, e->x, n, n_embd, e->level, e->pool);
    product(e, &layer->up, e->up);
    columns_run(e->pool, gelu_column, e, n);
    cpu_input_set(e->input, e->up, n, n_ff, e->level, e->pool);
    product(e, &layer->down, e->h);
    columns_run(e->pool, ffn_norm_column, e, n);
}

/* One vector of a text's token vectors, scaled to length 1. Sums in double: order of tokens. */
static void pool_text(void *data, int t)
{
    struct encoder *e = data;
    int64_t n = e->model->config.n_embd;
    const float *x = e->x + e->sequences[t].column * n;
    int n_tokens = e->model->config.pooling == MODEL_POOL_CLS ? 1 : e->sequences[t].n;
    double square = 0;
    for (int64_t d = 0; d < n; d++) {
        double sum = 0;
        for (int i = 0; i < n_tokens; i++)
            sum += (double)x[i * n + d];
        e->out[t][d] = (float)(sum / n_tokens);
        square += (double)e->out[t][d] * (double)e->out[t][d];
    }
    double length = sqrt(square);
    for (int64_t d = 0; d < n && length > 0; d++)
        e->out[t][d] = (float)((double)e->out[t][d] / length);
}

void encoder_run(struct encoder *encoder, const struct encoder_text *texts, int n_texts,
                 float *const *out)
{
    struct encoder *e = encoder;
    int n = lay_out(e, texts, n_texts);
    e->out = out;
    columns_run(e->pool, embed_column, e, n);
    for (int i = 0; i < e->model->config.n_layers; i++) {
        e->layer = &e->model->layers[i];
        run_layer(e, n, n_texts);
    }
    cpu_pool_run(e->pool, pool_text, e, n_texts);
}
