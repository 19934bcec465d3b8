/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h: what a GGUF file says about a network (config) and its numbers in memory (weights).
 *
 *     struct model model = {0};
 *     model_config_read(&model.config, gguf, path, &err);
 *     model_weights_load(&model, gguf, path, level, pool, &err);
 *     model_clear(&model);
 *
 * The tensors that each architecture has, and what is computed with them, are in docs/MODEL.md.
 * Immutable after loading: any thread may read.
 */
#pragma once

#include "engine/cpu/cpu.h"
#include "engine/gguf.h"

enum model_arch { MODEL_LLAMA, MODEL_QWEN2, MODEL_BERT };
#define MODEL_SUPPORTED "llama, qwen2, bert"

/* How an encoder makes one vector of its token vectors; numbers as in the key "pooling_type". */
enum model_pooling { MODEL_POOL_MEAN = 1, MODEL_POOL_CLS = 2 };

/* Limits that hold for every model that passes model_config_read: products of two of these fit
   into 64 bits with room to spare, buffers on the stack can be sized by them. */
#define MODEL_MAX_LAYERS   512
#define MODEL_MAX_WIDTH    (1 << 20) /* n_embd, n_ff */
#define MODEL_MAX_VOCAB    (1 << 24)
#define MODEL_MAX_CONTEXT  (1 << 24)
#define MODEL_MAX_HEAD_DIM 256

struct model_config {
    enum model_arch arch;
    int n_layers;
    int n_embd;    /* width of the residual stream */
    int n_head;    /* query heads */
    int n_head_kv; /* key and value heads; divides n_head */
    int head_dim;  /* a multiple of 16 */
    int n_ff;      /* width inside the feed-forward block */
    int n_vocab;
    int n_context; /* positions that the model was trained for */
    float norm_eps;
    /* decoders */
    int n_rot;            /* first dimensions of a head that are rotated; even */
    double rope_base;     /* angle of pair i at position p: p * rope_scale * base^(-2i/n_rot) */
    double rope_scale;    /* 1 / factor of linear scaling */
    bool rope_halves;     /* pairs are (i, i + n_rot/2); otherwise (2i, 2i + 1) */
    bool qkv_bias;        /* q, k and v have a bias */
    bool tied_embeddings; /* the LM head is the token embedding */
    /* encoders */
    int n_token_types;
    enum model_pooling pooling;
};

/* A table of which single rows are read: kept in the file's layout. */
struct model_table {
    enum gguf_type type;
    int64_t n_rows, n_cols;
    size_t row_bytes;
    void *data; /* (owned) */
};

/* One transformer layer. Matrices are [outputs][inputs]. What an architecture lacks is NULL or
   empty. */
struct model_layer {
    float *attn_norm,
        *attn_norm_bias;          /* (owned) [n_embd]; before attention (decoder), after (bert) */
    struct cpu_matrix wq, wk, wv; /* [heads * head_dim][n_embd] */
    float *bq, *bk, *bv;          /* (owned) */
    struct cpu_matrix wo;         /* [n_embd][n_head * head_dim] */
    float *bo;                    /* (owned) bert */
    float *ffn_norm, *ffn_norm_bias;  /* (owned) [n_embd] */
    struct cpu_matrix gate, up, down; /* [n_ff][n_embd] twice, [n_embd][n_ff]; bert has no gate */
    float *b_up, *b_down;             /* (owned) bert */
};

struct model {
    struct model_config config;
    struct model_table token_embd;     /* [n_vocab][n_embd] */
    struct model_table position_embd;  /* bert: [n_context][n_embd] */
    struct model_table type_embd;      /* bert: [n_token_types][n_embd] */
    float *embd_norm, *embd_norm_bias; /* (owned) bert */
    struct model_layer *layers;        /* (owned) [n_layers] */
    float *output_norm;                /* (owned) decoders */
    struct cpu_matrix output;          /* decoders: LM head [n_vocab][n_embd] */
};

/* Reads and checks everything but tensors' contents. `path` is for error sentences. */
enum eng_status model_config_read(struct model_config *out, const struct gguf *gguf,
                                  const char *path, struct eng_err *err);

/* Bytes of memory that the weights take once loaded, from the tensor list; an upper bound. */
uint64_t model_weight_bytes(const struct model_config *config, const struct gguf *gguf);

/* Loads the tensors that model->config asks for, each checked for type and shape; `level` is
   the layout they are packed for. On an error the model is left clear of weights. */
enum eng_status model_weights_load(struct model *model, const struct gguf *gguf, const char *path,
                                   enum cpu_level level, struct cpu_pool *pool,
                                   struct eng_err *err);
void model_clear(struct model *model); /* all zeros is legal */

/* Row r of a table as floats [n_cols]. r must be in range. */
void model_table_row(const struct model_table *table, int64_t r, float *out);
