/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference.c: see reference.h. Shapes: a matrix is [outputs][inputs], texts are [tokens][width].
 */
#include "reference.h"

#include <glib.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "engine/quant.h"

struct reference {
    struct gguf *gguf; /* (owned) */
    struct model_config config;
    GHashTable *tensors; /* (owned) name → double array */
};

/* A tensor's numbers, dequantized at first use. */
static const double *numbers(const struct reference *r, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
static const double *numbers(const struct reference *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *name = g_strdup_vprintf(format, args);
    va_end(args);
    double *out = g_hash_table_lookup(r->tensors, name);
    if (out)
        return out;
    const struct gguf_tensor *t = gguf_tensor(r->gguf, name);
    if (!t)
        return NULL;
    int64_t n = t->ne[0] * t->ne[1];
    g_autofree float *floats = g_new(float, (gsize)n);
    g_assert_true(eng_dequantize(t->type, t->data, floats, n));
    out = g_new(double, (gsize)n);
    for (int64_t i = 0; i < n; i++)
        out[i] = (double)floats[i];
    g_hash_table_insert(r->tensors, g_steal_pointer(&name), out);
    return out;
}

struct reference *reference_open(const char *path)
{
    struct eng_err err;
    struct reference *r = g_new0(struct reference, 1);
    if (gguf_open(&r->gguf, path, &err) != ENG_OK ||
        model_config_read(&r->config, r->gguf, path, &err) != ENG_OK)
        g_error("%s", err.text);
    r->tensors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return r;
}

void reference_free(struct reference *reference)
{
    g_hash_table_unref(reference->tensors);
    gguf_close(reference->gguf);
    g_free(reference);
}

const struct model_config *reference_config(const struct reference *reference)
{
    return &reference->config;
}

/* y = W x + b for each token; b may be NULL. */
static void linear(double *y, const double *w, const double *b, const double *x, int n_tokens,
                   int n_in, int n_out)
{
    for (int t = 0; t < n_tokens; t++)
        for (int o = 0; o < n_out; o++) {
            double sum = b ? b[o] : 0;
            for (int i = 0; i < n_in; i++)
                sum += w[(gsize)o * (gsize)n_in + (gsize)i] * x[t * n_in + i];
            y[t * n_out + o] = sum;
        }
}

static void rms_norm(double *y, const double *x, const double *weight, int n, double eps)
{
    double square = 0;
    for (int i = 0; i < n; i++)
        square += x[i] * x[i];
    for (int i = 0; i < n; i++)
        y[i] = x[i] / sqrt(square / n + eps) * weight[i];
}

static void layer_norm(double *x, const double *weight, const double *bias, int n, double eps)
{
    double mean = 0, variance = 0;
    for (int i = 0; i < n; i++)
        mean += x[i] / n;
    for (int i = 0; i < n; i++)
        variance += (x[i] - mean) * (x[i] - mean) / n;
    for (int i = 0; i < n; i++)
        x[i] = (x[i] - mean) / sqrt(variance + eps) * weight[i] + bias[i];
}

/* Rotates each pair of a head by position * scale * base^(-2i / n_rot). */
static void rope(const struct model_config *c, double *head, int position)
{
    for (int i = 0; i < c->n_rot / 2; i++) {
        double angle = position * c->rope_scale / pow(c->rope_base, 2.0 * i / c->n_rot);
        int first = c->rope_halves ? i : 2 * i;
        int second = c->rope_halves ? i + c->n_rot / 2 : 2 * i + 1;
        double a = head[first], b = head[second];
        head[first] = a * cos(angle) - b * sin(angle);
        head[second] = a * sin(angle) + b * cos(angle);
    }
}

static void attention(const struct model_config *c, double *out, const double *q, const double *k,
                      const double *v, int n, bool causal)
{
    int dim = c->head_dim, wq = c->n_head * dim, wkv = c->n_head_kv * dim;
    g_autofree double *score = g_new(double, (gsize)n);
    for (int t = 0; t < n; t++)
        for (int h = 0; h < c->n_head; h++) {
            int shared = h / (c->n_head / c->n_head_kv) * dim, seen = causal ? t + 1 : n;
            double max = -INFINITY, sum = 0;
            for (int p = 0; p < seen; p++) {
                score[p] = 0;
                for (int d = 0; d < dim; d++)
                    score[p] += q[t * wq + h * dim + d] * k[p * wkv + shared + d] / sqrt(dim);
                max = fmax(max, score[p]);
            }
            for (int p = 0; p < seen; p++)
                sum += score[p] = exp(score[p] - max);
            for (int d = 0; d < dim; d++) {
                double value = 0;
                for (int p = 0; p < seen; p++)
                    value += score[p] / sum * v[p * wkv + shared + d];
                out[t * wq + h * dim + d] = value;
            }
        }
}

/* What a layer works in. */
struct scratch {
    double *h, *q, *k, *v, *a, *gate, *up; /* (owned) [tokens][…] */
};

static struct scratch scratch_new(const struct model_config *c, int n)
{
    gsize wq = (gsize)(n * c->n_head * c->head_dim), wkv = (gsize)(n * c->n_head_kv * c->head_dim);
    return (struct scratch){.h = g_new(double, (gsize)(n * c->n_embd)),
                            .q = g_new(double, wq),
                            .k = g_new(double, wkv),
                            .v = g_new(double, wkv),
                            .a = g_new(double, wq),
                            .gate = g_new(double, (gsize)(n * c->n_ff)),
                            .up = g_new(double, (gsize)(n * c->n_ff))};
}

static void scratch_clear(struct scratch *s)
{
    double *const all[] = {s->h, s->q, s->k, s->v, s->a, s->gate, s->up};
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

static void qkv(const struct reference *r, struct scratch *s, const double *x, int n, int l)
{
    const struct model_config *c = &r->config;
    int wq = c->n_head * c->head_dim, wkv = c->n_head_kv * c->head_dim;
    linear(s->q, numbers(r, "blk.%d.attn_q.weight", l), numbers(r, "blk.%d.attn_q.bias", l), x, n,
           c->n_embd, wq);
    linear(s->k, numbers(r, "blk.%d.attn_k.weight", l), numbers(r, "blk.%d.attn_k.bias", l), x, n,
           c->n_embd, wkv);
    linear(s->v, numbers(r, "blk.%d.attn_v.weight", l), numbers(r, "blk.%d.attn_v.bias", l), x, n,
           c->n_embd, wkv);
}

static void decoder_layer(const struct reference *r, struct scratch *s, double *x, int n, int l)
{
    const struct model_config *c = &r->config;
    double eps = (double)c->norm_eps;
    int wq = c->n_head * c->head_dim;
    for (int t = 0; t < n; t++)
        rms_norm(s->h + t * c->n_embd, x + t * c->n_embd, numbers(r, "blk.%d.attn_norm.weight", l),
                 c->n_embd, eps);
    qkv(r, s, s->h, n, l);
    for (int t = 0; t < n; t++) {
        for (int h = 0; h < c->n_head; h++)
            rope(c, s->q + (t * c->n_head + h) * c->head_dim, t);
        for (int h = 0; h < c->n_head_kv; h++)
            rope(c, s->k + (t * c->n_head_kv + h) * c->head_dim, t);
    }
    attention(c, s->a, s->q, s->k, s->v, n, true);
    linear(s->h, numbers(r, "blk.%d.attn_output.weight", l), NULL, s->a, n, wq, c->n_embd);
    for (int i = 0; i < n * c->n_embd; i++)
        x[i] += s->h[i];
    for (int t = 0; t < n; t++)
        rms_norm(s->h + t * c->n_embd, x + t * c->n_embd, numbers(r, "blk.%d.ffn_norm.weight", l),
                 c->n_embd, eps);
    linear(s->gate, numbers(r, "blk.%d.ffn_gate.weight", l), NULL, s->h, n, c->n_embd, c->n_ff);
    linear(s->up, numbers(r, "blk.%d.ffn_up.weight", l), NULL, s->h, n, c->n_embd, c->n_ff);
    for (int i = 0; i < n * c->n_ff; i++)
        s->gate[i] = s->gate[i] / (1 + exp(-s->gate[i])) * s->up[i];
    linear(s->h, numbers(r, "blk.%d.ffn_down.weight", l), NULL, s->gate, n, c->n_ff, c->n_embd);
    for (int i = 0; i < n * c->n_embd; i++)
        x[i] += s->h[i];
}

void reference_logits(const struct reference *reference, const int32_t *ids, int n, int n_logits,
                      double *logits)
{
    const struct reference *r = reference;
    const struct model_config *c = &r->config;
    const double *head = numbers(r, "output.weight"), *embd = numbers(r, "token_embd.weight");
    g_autofree double *x = g_new(double, (gsize)(n * c->n_embd));
    struct scratch s = scratch_new(c, n);
    for (int t = 0; t < n; t++)
        memcpy(x + t * c->n_embd, embd + (gsize)ids[t] * (gsize)c->n_embd,
               (gsize)c->n_embd * sizeof *x);
    for (int l = 0; l < c->n_layers; l++)
        decoder_layer(r, &s, x, n, l);
    for (int t = n - n_logits; t < n; t++)
        rms_norm(s.h + t * c->n_embd, x + t * c->n_embd, numbers(r, "output_norm.weight"),
                 c->n_embd, (double)c->norm_eps);
    linear(logits, head ? head : embd, NULL, s.h + (n - n_logits) * c->n_embd, n_logits, c->n_embd,
           c->n_vocab);
    scratch_clear(&s);
}

static void encoder_layer(const struct reference *r, struct scratch *s, double *x, int n, int l)
{
    const struct model_config *c = &r->config;
    double eps = (double)c->norm_eps;
    qkv(r, s, x, n, l);
    attention(c, s->a, s->q, s->k, s->v, n, false);
    linear(s->h, numbers(r, "blk.%d.attn_output.weight", l),
           numbers(r, "blk.%d.attn_output.bias", l), s->a, n, c->n_embd, c->n_embd);
    for (int t = 0; t < n; t++) {
        double *row = x + t * c->n_embd;
        for (int i = 0; i < c->n_embd; i++)
            row[i] += s->h[t * c->n_embd + i];
        layer_norm(row, numbers(r, "blk.%d.attn_output_norm.weight", l),
                   numbers(r, "blk.%d.attn_output_norm.bias", l), c->n_embd, eps);
    }
    linear(s->up, numbers(r, "blk.%d.ffn_up.weight", l), numbers(r, "blk.%d.ffn_up.bias", l), x, n,
           c->n_embd, c->n_ff);
    for (int i = 0; i < n * c->n_ff; i++)
        s->up[i] = s->up[i] / 2 * (1 + erf(s->up[i] / sqrt(2)));
    linear(s->h, numbers(r, "blk.%d.ffn_down.weight", l), numbers(r, "blk.%d.ffn_down.bias", l),
           s->up, n, c->n_ff, c->n_embd);
    for (int t = 0; t < n; t++) {
        double *row = x + t * c->n_embd;
        for (int i = 0; i < c->n_embd; i++)
            row[i] += s->h[t * c->n_embd + i];
        layer_norm(row, numbers(r, "blk.%d.layer_output_norm.weight", l),
                   numbers(r, "blk.%d.layer_output_norm.bias", l), c->n_embd, eps);
    }
}

void reference_embed(const struct reference *reference, const int32_t *ids, int n, double *out)
{
    const struct reference *r = reference;
    const struct model_config *c = &r->config;
    g_autofree double *x = g_new(double, (gsize)(n * c->n_embd));
    struct scratch s = scratch_new(c, n);
    for (int t = 0; t < n; t++) {
        for (int i = 0; i < c->n_embd; i++)
            x[t * c->n_embd + i] = numbers(r, "token_embd.weight")[ids[t] * c->n_embd + i] +
                                   numbers(r, "position_embd.weight")[t * c->n_embd + i] +
                                   numbers(r, "token_types.weight")[i];
        layer_norm(x + t * c->n_embd, numbers(r, "token_embd_norm.weight"),
                   numbers(r, "token_embd_norm.bias"), c->n_embd, (double)c->norm_eps);
    }
    for (int l = 0; l < c->n_layers; l++)
        encoder_layer(r, &s, x, n, l);
    double length = 0;
    for (int i = 0; i < c->n_embd; i++) {
        int n_pooled = c->pooling == MODEL_POOL_CLS ? 1 : n;
        out[i] = 0;
        for (int t = 0; t < n_pooled; t++)
            out[i] += x[t * c->n_embd + i] / n_pooled;
        length += out[i] * out[i];
    }
    for (int i = 0; i < c->n_embd; i++)
        out[i] /= sqrt(length);
    scratch_clear(&s);
}
