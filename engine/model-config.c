/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model-config.c: a GGUF file's metadata to struct model_config.
 *
 * Everything that later code relies on is checked here once: counts are within MODEL_MAX_*, heads
 * divide evenly, a feature that we do not compute (scaled rotation, experts, sliding windows) is
 * refused by name rather than ignored, since ignoring it gives fluent nonsense.
 * Key names: ggml's docs/gguf.md.
 */
#include "engine/error.h"
#include "engine/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct reader {
    const struct gguf *gguf;
    const char *path; /* (borrowed) */
    char arch[32];
    struct eng_err *err;
    enum eng_status status; /* of the first failure; later reads do nothing */
};

static const char *key_name(const struct reader *r, const char *suffix, char *out, size_t n)
{
    snprintf(out, n, "%s.%s", r->arch, suffix);
    return out;
}

/* The integer <arch>.<suffix> in [min, max]; `fallback` < 0 = the key must be there. */
static int read_int(struct reader *r, const char *suffix, int min, int max, int fallback)
{
    char key[96];
    int64_t value = fallback;
    if (r->status != ENG_OK)
        return min;
    key_name(r, suffix, key, sizeof key);
    if (!gguf_int(r->gguf, key, min, max, fallback, &value)) {
        r->status =
            eng_fail(r->err, ENG_ERR_FORMAT,
                     "'%s' says something impossible for '%s' (a whole number from %d to %d "
                     "is expected); the file is damaged, get it again.",
                     r->path, key, min, max);
        return min;
    }
    if (value < 0) {
        r->status = eng_fail(r->err, ENG_ERR_FORMAT,
                             "'%s' lacks '%s', without which a %s model cannot be run; get another "
                             "file of this model.",
                             r->path, key, r->arch);
        return min;
    }
    return (int)value;
}

/* The number <arch>.<suffix>, finite and > 0; fallback NAN = the key must be there. */
static double read_positive(struct reader *r, const char *suffix, double fallback)
{
    char key[96];
    double value = fallback;
    if (r->status != ENG_OK)
        return 1;
    key_name(r, suffix, key, sizeof key);
    if (!gguf_float(r->gguf, key, fallback, &value) || !isfinite(value) || value <= 0) {
        r->status = eng_fail(r->err, ENG_ERR_FORMAT,
                             "'%s' lacks a sensible value of '%s' (a positive number is expected); "
                             "get another file of this model.",
                             r->path, key);
        return 1;
    }
    return value;
}

static bool string_is(const struct gguf_value *value, const char *text)
{
    return value && value->type == GGUF_STRING && value->s.n == strlen(text) &&
           memcmp(value->s.data, text, value->s.n) == 0;
}

/* RoPE scaling: none and linear are computed, everything else is refused. */
static void read_rope_scaling(struct reader *r, struct model_config *c)
{
    char key[96];
    c->rope_scale = 1;
    if (r->status != ENG_OK)
        return;
    const struct gguf_value *kind =
        gguf_find(r->gguf, key_name(r, "rope.scaling.type", key, sizeof key));
    const char *old_key = "rope.scale_linear"; /* of files written before scaling had a type */
    char old[96];
    if (!kind && gguf_find(r->gguf, key_name(r, old_key, old, sizeof old))) {
        c->rope_scale = 1 / read_positive(r, old_key, NAN);
    } else if (string_is(kind, "linear")) {
        c->rope_scale = 1 / read_positive(r, "rope.scaling.factor", NAN);
    } else if (kind && !string_is(kind, "none")) {
        r->status = eng_fail(r->err, ENG_ERR_UNSUPPORTED,
                             "'%s' stretches its context in a way that is not supported here "
                             "('%s'; supported: none, linear); choose another model.",
                             r->path, key);
    }
    if (r->status == ENG_OK && gguf_tensor(r->gguf, "rope_freqs.weight"))
        r->status = eng_fail(r->err, ENG_ERR_UNSUPPORTED,
                             "'%s' has a table of rotation factors (rope_freqs.weight), which is "
                             "not supported here; choose another model.",
                             r->path);
}

/* Features of the same architecture name that would change the forward pass. */
static void refuse_variants(struct reader *r)
{
    static const char *const suffixes[] = {"expert_count", "attention.sliding_window"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && r->status == ENG_OK; i++) {
        char key[96];
        int64_t value = 0;
        key_name(r, suffixes[i], key, sizeof key);
        if (!gguf_int(r->gguf, key, 0, INT32_MAX, 0, &value) || value != 0)
            r->status = eng_fail(r->err, ENG_ERR_UNSUPPORTED,
                                 "'%s' is a kind of %s model that is not supported here ('%s' is "
                                 "set); choose another model.",
                                 r->path, r->arch, key);
    }
}

static void read_heads(struct reader *r, struct model_config *c)
{
    c->n_head = read_int(r, "attention.head_count", 1, 4096, -1);
    c->n_head_kv = read_int(r, "attention.head_count_kv", 1, 4096, c->n_head);
    int whole = c->n_embd % c->n_head == 0 ? c->n_embd / c->n_head : -1;
    c->head_dim = read_int(r, "attention.key_length", 1, 1 << 16, whole);
    int value_dim = read_int(r, "attention.value_length", 1, 1 << 16, whole);
    if (r->status != ENG_OK)
        return;
    if (c->n_head % c->n_head_kv != 0)
        r->status = eng_fail(r->err, ENG_ERR_FORMAT,
                             "'%s' has %d attention heads but %d key heads, which does not divide; "
                             "the file is damaged, get it again.",
                             r->path, c->n_head, c->n_head_kv);
    else if (c->head_dim != value_dim || c->head_dim % 16 != 0 || c->head_dim > MODEL_MAX_HEAD_DIM)
        r->status = eng_fail(r->err, ENG_ERR_UNSUPPORTED,
                             "'%s' has attention heads of %d and %d numbers; multiples of 16 up to "
                             "%d, the same for keys and values, are supported; choose another "
                             "model.",
                             r->path, c->head_dim, value_dim, MODEL_MAX_HEAD_DIM);
}

static void read_decoder(struct reader *r, struct model_config *c)
{
    refuse_variants(r);
    c->norm_eps = (float)read_positive(r, "attention.layer_norm_rms_epsilon", NAN);
    c->n_rot = read_int(r, "rope.dimension_count", 2, c->head_dim, c->head_dim);
    c->rope_base = read_positive(r, "rope.freq_base", 10000);
    read_rope_scaling(r, c);
    c->rope_halves = c->arch == MODEL_QWEN2;
    c->qkv_bias = gguf_tensor(r->gguf, "blk.0.attn_q.bias") != NULL;
    c->tied_embeddings = gguf_tensor(r->gguf, "output.weight") == NULL;
    if (r->status == ENG_OK && c->n_rot % 2 != 0)
        r->status = eng_fail(r->err, ENG_ERR_FORMAT,
                             "'%s' rotates an odd number of dimensions (%d); the file is damaged, "
                             "get it again.",
                             r->path, c->n_rot);
}

static void read_encoder(struct reader *r, struct model_config *c)
{
    c->norm_eps = (float)read_positive(r, "attention.layer_norm_epsilon", NAN);
    int pooling = read_int(r, "pooling_type", 0, 100, -1);
    if (r->status == ENG_OK && pooling != MODEL_POOL_MEAN && pooling != MODEL_POOL_CLS)
        r->status = eng_fail(r->err, ENG_ERR_UNSUPPORTED,
                             "'%s' pools its vectors in a way that is not supported here "
                             "('%s.pooling_type' is %d; supported: 1 mean, 2 cls); choose another "
                             "embedding model.",
                             r->path, r->arch, pooling);
    if (r->status == ENG_OK && (c->n_head_kv != c->n_head || c->n_head * c->head_dim != c->n_embd))
        r->status = eng_fail(r->err, ENG_ERR_UNSUPPORTED,
                             "'%s' has attention heads that do not make up its width, which is not "
                             "supported here for a bert model; choose another embedding model.",
                             r->path);
    c->pooling = (enum model_pooling)pooling;
}

/* Rows of the embedding table; the vocabulary of the tokenizer may be shorter (padding rows). */
static int64_t table_rows(const struct gguf *gguf, const char *name)
{
    const struct gguf_tensor *t = gguf_tensor(gguf, name);
    return t ? t->ne[1] : 0;
}

static void read_vocabulary(struct reader *r, struct model_config *c)
{
    if (r->status != ENG_OK)
        return;
    int64_t rows = table_rows(r->gguf, "token_embd.weight");
    const struct gguf_value *tokens = gguf_find(r->gguf, "tokenizer.ggml.tokens");
    if (rows < 1 || rows > MODEL_MAX_VOCAB)
        r->status = eng_fail(r->err, ENG_ERR_FORMAT,
                             "'%s' has no usable tensor 'token_embd.weight'; it holds no weights "
                             "or is damaged, get another file of this model.",
                             r->path);
    else if (!tokens || tokens->type != GGUF_ARRAY || tokens->n > (uint64_t)rows)
        r->status = eng_fail(r->err, ENG_ERR_FORMAT,
                             "'%s' has %lld token embeddings, which does not fit its vocabulary; "
                             "the file is damaged, get it again.",
                             r->path, (long long)rows);
    c->n_vocab = (int)rows;
    if (c->arch == MODEL_BERT) {
        rows = table_rows(r->gguf, "token_types.weight");
        c->n_token_types = rows > 0 && rows <= 1024 ? (int)rows : 0;
    }
}

static enum eng_status read_arch(struct reader *r, struct model_config *c)
{
    static const char *const names[] = {"llama", "qwen2", "bert"};
    const struct gguf_value *arch = gguf_find(r->gguf, "general.architecture");
    for (int i = 0; i < 3; i++) {
        if (string_is(arch, names[i])) {
            c->arch = (enum model_arch)i;
            snprintf(r->arch, sizeof r->arch, "%s", names[i]);
            return ENG_OK;
        }
    }
    if (!arch || arch->type != GGUF_STRING)
        return eng_fail(r->err, ENG_ERR_FORMAT,
                        "'%s' does not say what kind of model it is (general.architecture is "
                        "missing); get another file of this model.",
                        r->path);
    return eng_fail(r->err, ENG_ERR_UNSUPPORTED,
                    "'%s' is a model of the architecture '%.*s', which is not supported here "
                    "(supported: " MODEL_SUPPORTED "); choose another model.",
                    r->path, arch->s.n > 60 ? 60 : (int)arch->s.n, arch->s.data);
}

enum eng_status model_config_read(struct model_config *out, const struct gguf *gguf,
                                  const char *path, struct eng_err *err)
{
    struct reader r = {.gguf = gguf, .path = path, .err = err};
    struct model_config c = {0};
    r.status = read_arch(&r, &c);
    c.n_layers = read_int(&r, "block_count", 1, MODEL_MAX_LAYERS, -1);
    c.n_embd = read_int(&r, "embedding_length", 16, MODEL_MAX_WIDTH, -1);
    c.n_ff = read_int(&r, "feed_forward_length", 1, MODEL_MAX_WIDTH, -1);
    c.n_context = read_int(&r, "context_length", 1, MODEL_MAX_CONTEXT, -1);
    read_heads(&r, &c);
    if (c.arch == MODEL_BERT)
        read_encoder(&r, &c);
    else
        read_decoder(&r, &c);
    read_vocabulary(&r, &c);
    if (r.status == ENG_OK)
        *out = c;
    return r.status;
}
