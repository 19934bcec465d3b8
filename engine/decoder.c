/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decoder.c: the forward pass of llama and qwen2.
 *
 * Sources: Touvron et al. 2023 (LLaMA), Qwen team 2024 (Qwen2), Su et al. 2021 (RoPE), Shazeer 2020
 * (SwiGLU), Ainslie et al. 2023 (grouped-query attention). docs/MODEL.md has the formulas.
 *
 * A pass takes n columns (tokens). Each step is a matrix product shared out by rows, or a small
 * job per column; steps in which each column is its own (norm, bias, rotation, cache, residual,
 * SwiGLU) are shared out by columns (columns.h).
 *
 * Invariants
 * 1. A column's numbers come from its own column and the cache only, in an order that n and the
 *    number of threads do not change (cpu.h and attention.h keep the same rule).
 * 2. Nothing is allocated here.
 */
#include "engine/decoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/columns.h"
#include "engine/cpu/attention.h"

struct decoder {
    const struct model *model; /* (borrowed) */
    struct cpu_pool *pool;     /* (borrowed) */
    enum cpu_level level;
    float *rope_cos, *rope_sin; /* (owned) [n_context][n_rot / 2] */
    /* Columns in flight, row-major, DECODER_COLUMNS rows each. */
    float *x;                          /* (owned) [n_embd] residual stream */
    float *h;                          /* (owned) [n_embd] normed input, then a block's output */
    float *q;                          /* (owned) [n_head * head_dim] */
    float *k, *v;                      /* (owned) [n_head_kv * head_dim] */
    float *attended;                   /* (owned) [n_head * head_dim] */
    float *gate;                       /* (owned) [n_ff], becomes silu(gate) * up */
    float *up;                         /* (owned) [n_ff] */
    struct cpu_input *input;           /* (owned) a product's columns in 8 bits */
    struct attention_scratch *scratch; /* (owned) */
    /* of the pass that runs */
    struct kv_cache *cache; /* (borrowed) */
    const struct model_layer *layer;
    int layer_index, position;
    const int32_t *ids;
};

static int64_t q_width(const struct model_config *c)
{
    return (int64_t)c->n_head * c->head_dim;
}

static int64_t kv_width(const struct model_config *c)
{
    return (int64_t)c->n_head_kv * c->head_dim;
}

static int64_t widest(const struct model_config *c)
{
    int64_t n = c->n_embd > c->n_ff ? c->n_embd : c->n_ff;
    return q_width(c) > n ? q_width(c) : n;
}

static uint64_t column_floats(const struct model_config *c)
{
    return (uint64_t)(2 * (int64_t)c->n_embd + 2 * q_width(c) + 2 * kv_width(c) +
                      2 * (int64_t)c->n_ff);
}

uint64_t decoder_bytes(const struct model_config *config, int n_context)
{
    uint64_t columns =
        DECODER_COLUMNS * (column_floats(config) * sizeof(float) + 2 * (uint64_t)widest(config));
    return columns + (uint64_t)n_context * (uint64_t)config->n_rot * sizeof(float);
}

/* Angles in double precision: at position 30,000 a float would be off by 0.002. */
static void fill_rope(struct decoder *d, int n_context)
{
    const struct model_config *c = &d->model->config;
    int half = c->n_rot / 2;
    for (int i = 0; i < half; i++) {
        double frequency = pow(c->rope_base, -2.0 * i / c->n_rot) * c->rope_scale;
        for (int p = 0; p < n_context; p++) {
            d->rope_cos[(size_t)p * (size_t)half + (size_t)i] = (float)cos(p * frequency);
            d->rope_sin[(size_t)p * (size_t)half + (size_t)i] = (float)sin(p * frequency);
        }
    }
}

static float *columns(int64_t width)
{
    return malloc(DECODER_COLUMNS * (size_t)width * sizeof(float));
}

struct decoder *decoder_new(const struct model *model, struct cpu_pool *pool, enum cpu_level level,
                            int n_context)
{
    const struct model_config *c = &model->config;
    size_t rope = (size_t)n_context * (size_t)(c->n_rot / 2) * sizeof(float);
    struct decoder *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    d->model = model;
    d->pool = pool;
    d->level = level;
    d->rope_cos = malloc(rope);
    d->rope_sin = malloc(rope);
    d->x = columns(c->n_embd);
    d->h = columns(c->n_embd);
    d->q = columns(q_width(c));
    d->k = columns(kv_width(c));
    d->v = columns(kv_width(c));
    d->attended = columns(q_width(c));
    d->gate = columns(c->n_ff);
    d->up = columns(c->n_ff);
    d->input = cpu_input_new(DECODER_COLUMNS, widest(c));
    d->scratch = attention_scratch_new(c->n_head, c->head_dim, n_context);
    if (!d->rope_cos || !d->rope_sin || !d->x || !d->h || !d->q || !d->k || !d->v || !d->attended ||
        !d->gate || !d->up || !d->input || !d->scratch) {
        decoder_free(d);
        return NULL;
    }
    fill_rope(d, n_context);
    return d;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    float *const buffers[] = {decoder->rope_cos, decoder->rope_sin, decoder->x, decoder->h,
                              decoder->q,        decoder->k,        decoder->v, decoder->attended,
                              decoder->gate,     decoder->up};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        free(buffers[i]);
    cpu_input_free(decoder->input);
    attention_scratch_free(decoder->scratch);
    free(decoder);
}

static void each_column(struct decoder *d, void (*step)(void *decoder, int column), int n)
{
    columns_run(d->pool, step, d, n);
}

static void embed_column(void *data, int i)
{
    struct decoder *d = data;
    int64_t n = d->model->config.n_embd;
    model_table_row(&d->model->token_embd, d->ids[i], d->x + i * n);
}

static void norm_column(void *data, int i, const float *weight)
{
    struct decoder *d = data;
    int64_t n = d->model->config.n_embd;
    cpu_rms_norm(d->level, d->h + i * n, d->x + i * n, weight, n, d->model->config.norm_eps);
}

static void attn_norm_column(void *data, int i)
{
    norm_column(data, i, ((struct decoder *)data)->layer->attn_norm);
}

static void ffn_norm_column(void *data, int i)
{
    norm_column(data, i, ((struct decoder *)data)->layer->ffn_norm);
}

/* Rotates pairs of one head by their position's angles. The two layouts of pairs: qwen2 files have
   (i, i + n_rot/2), as in the model's own code; llama files have their rows reordered by the
   converter so that a pair is (2i, 2i + 1). */
static void rotate(const struct decoder *d, float *head, int position)
{
    int half = d->model->config.n_rot / 2;
    const float *c = d->rope_cos + (size_t)position * (size_t)half;
    const float *s = d->rope_sin + (size_t)position * (size_t)half;
    int step = d->model->config.rope_halves ? 1 : 2;
    int partner = d->model->config.rope_halves ? half : 1;
    for (int i = 0; i < half; i++) {
        float a = head[i * step], b = head[i * step + partner];
        head[i * step] = a * c[i] - b * s[i];
        head[i * step + partner] = a * s[i] + b * c[i];
    }
}

/* Bias, rotation of q and k, and k and v into the cache. */
static void rope_store_column(void *data, int i)
{
    struct decoder *d = data;
    const struct model_config *c = &d->model->config;
    float *q = d->q + i * q_width(c), *k = d->k + i * kv_width(c), *v = d->v + i * kv_width(c);
    if (c->qkv_bias) {
        cpu_add(d->level, q, d->layer->bq, q_width(c));
        cpu_add(d->level, k, d->layer->bk, kv_width(c));
        cpu_add(d->level, v, d->layer->bv, kv_width(c));
    }
    for (int h = 0; h < c->n_head; h++)
        rotate(d, q + h * c->head_dim, d->position + i);
    for (int h = 0; h < c->n_head_kv; h++)
        rotate(d, k + h * c->head_dim, d->position + i);
    kv_cache_store(d->cache, d->layer_index, d->position + i, d->level, k, v);
}

static void residual_column(void *data, int i)
{
    struct decoder *d = data;
    int64_t n = d->model->config.n_embd;
    cpu_add(d->level, d->x + i * n, d->h + i * n, n);
}

static void swiglu_column(void *data, int i)
{
    struct decoder *d = data;
    int64_t n = d->model->config.n_ff;
    cpu_silu_mul(d->level, d->gate + i * n, d->gate + i * n, d->up + i * n, n);
}

static void set_input(struct decoder *d, const float *x, int n, int64_t width)
{
    cpu_input_set(d->input, x, n, width, d->level, d->pool);
}

static void product(struct decoder *d, const struct cpu_matrix *w, float *y)
{
    cpu_matmul(d->pool, w, d->input, y, w->n_rows);
}

static void attend(struct decoder *d, int n)
{
    const struct model_config *c = &d->model->config;
    size_t layer = (size_t)d->layer_index * (size_t)c->n_head_kv * d->cache->head_size;
    struct attention_sequence text = {.n = n, .position = d->position};
    struct attention_job job = {.q = d->q,
                                .out = d->attended,
                                .n_head = c->n_head,
                                .n_head_kv = c->n_head_kv,
                                .head_dim = c->head_dim,
                                .scale = 1 / sqrtf((float)c->head_dim),
                                .k = d->cache->k + layer,
                                .v = d->cache->v + layer,
                                .head_size = d->cache->head_size,
                                .causal = true,
                                .sequences = &text,
                                .n_sequences = 1};
    attention_run(d->pool, d->level, &job, d->scratch);
}

static void run_layer(struct decoder *d, int n)
{
    const struct model_config *c = &d->model->config;
    const struct model_layer *layer = d->layer;
    /* h = RMSNorm(x) */
    each_column(d, attn_norm_column, n);
    /* q, k, v = Wq h, Wk h, Wv h */
    set_input(d, d->h, n, c->n_embd);
    product(d, &layer->wq, d->q);
    product(d, &layer->wk, d->k);
    product(d, &layer->wv, d->v);
    /* q, k rotated; k, v into the cache */
    each_column(d, rope_store_column, n);
    /* attended = softmax(q kᵀ / √head_dim) v over all positions up to the column's own */
    attend(d, n);
    /* x = x + Wo attended */
    set_input(d, d->attended, n, q_width(c));
    product(d, &layer->wo, d->h);
    each_column(d, residual_column, n);
    /* h = RMSNorm(x) */
    each_column(d, ffn_norm_column, n);
    /* gate = silu(Wgate h) * (Wup h) */
    set_input(d, d->h, n, c->n_embd);
    product(d, &layer->gate, d->gate);
    product(d, &layer->up, d->up);
    each_column(d, swiglu_column, n);
    /* x = x + Wdown gate */
    set_input(d, d->gate, n, c->n_ff);
    product(d, &layer->down, d->h);
    each_column(d, residual_column, n);
}

bool decoder_run(struct decoder *decoder, struct kv_cache *cache, int position, const int32_t *ids,
                 int n, float *logits, int n_logits, const atomic_bool *cancel)
{
    struct decoder *d = decoder;
    const struct model *model = d->model;
    int64_t n_embd = model->config.n_embd;
    d->cache = cache;
    d->position = position;
    d->ids = ids;
    /* x = token embeddings */
    each_column(d, embed_column, n);
    for (int i = 0; i < model->config.n_layers; i++) {
        if (cancel && atomic_load(cancel))
            return false;
        d->layer = &model->layers[i];
        d->layer_index = i;
        run_layer(d, n);
    }
    if (!logits || n_logits <= 0)
        return true;
    /* logits = Wout RMSNorm(x), for the columns asked for */
    for (int i = n - n_logits; i < n; i++)
        norm_column(d, i, model->output_norm);
    set_input(d, d->h + (n - n_logits) * n_embd, n_logits, n_embd);
    product(d, &model->output, logits);
    return true;
}
