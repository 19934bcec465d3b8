/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tiny-model.c: see tiny-model.h. Weights are uniform with a variance that keeps activations near
 * one, so that every step of the forward pass matters for the logits.
 */
#include "tiny-model.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine/quant.h"

struct builder {
    const struct tiny_model *model;
    struct gguf_writer *writer; /* (owned) */
    GRand *rand;                /* (owned) */
    GPtrArray *data;            /* (owned) lives until the file is written */
};

static void put_tensor(struct builder *b, const char *name, enum gguf_type type, int64_t cols,
                       int64_t rows, float centre, float spread)
{
    const struct tiny_model *m = b->model;
    if (m->without && strcmp(m->without, name) == 0)
        return;
    if (m->wrong_shape && strcmp(m->wrong_shape, name) == 0)
        rows--;
    struct gguf_type_info info;
    g_assert_true(gguf_type_info(type, &info));
    gsize n = (gsize)(cols * rows);
    g_autofree float *values = g_new(float, n);
    for (gsize i = 0; i < n; i++)
        values[i] = centre + spread * (float)(g_rand_double(b->rand) * 2 - 1);
    void *packed = g_malloc(n / (gsize)info.block_elements * (gsize)info.block_bytes);
    g_ptr_array_add(b->data, packed);
    g_assert_true(eng_quantize(type, values, packed, (int64_t)n));
    if (m->poisoned && strcmp(m->poisoned, name) == 0)
        memset(packed, 0xff, 4);
    gguf_put_tensor(b->writer, name, type, rows == 1 ? 1 : 2, (int64_t[]){cols, rows}, packed);
}

static void put_matrix(struct builder *b, const char *name, int64_t cols, int64_t rows)
{
    put_tensor(b, name, b->model->type, cols, rows, 0, 1.7f / sqrtf((float)cols));
}

static void put_vector(struct builder *b, const char *name, int64_t n, float centre)
{
    put_tensor(b, name, GGUF_F32, n, 1, centre, 0.3f);
}

static void put_key(struct builder *b, const char *suffix, guint32 value)
{
    g_autofree char *key = g_strdup_printf("%s.%s", b->model->arch, suffix);
    gguf_put_u32(b->writer, key, value);
}

static void put_float_key(struct builder *b, const char *suffix, float value)
{
    g_autofree char *key = g_strdup_printf("%s.%s", b->model->arch, suffix);
    gguf_put_f32(b->writer, key, value);
}

/* The printable stand-ins that byte-level BPE writes bytes with (GPT-2's bytes_to_unicode). */
static char *byte_text(int byte)
{
    gunichar c = (gunichar)byte;
    if (!((byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174)) {
        c = 256;
        for (int b = 0; b < byte; b++)
            if (!((b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174))
                c++;
    }
    char text[8] = {0};
    g_unichar_to_utf8(c, text);
    return g_strdup(text);
}

static void put_words(struct builder *b, const char *key, const char *const *words, gsize n)
{
    g_autofree struct gguf_string *strings = g_new(struct gguf_string, n);
    for (gsize i = 0; i < n; i++)
        strings[i] = (struct gguf_string){words[i], strlen(words[i])};
    gguf_put_strings(b->writer, key, strings, n);
}

static void put_byte_vocabulary(struct builder *b)
{
    const char *words[TINY_VOCAB];
    gint32 types[TINY_VOCAB];
    for (int i = 0; i < 256; i++) {
        words[i] = byte_text(i);
        g_ptr_array_add(b->data, (gpointer)words[i]);
        types[i] = 1;
    }
    const char *const special[] = {"<|im_start|>", "<|im_end|>", "<|endoftext|>"};
    for (int i = 0; i < 3; i++) {
        words[256 + i] = special[i];
        types[256 + i] = 3;
    }
    gguf_put_string(b->writer, "tokenizer.ggml.model", "gpt2");
    gguf_put_string(b->writer, "tokenizer.ggml.pre", "qwen2");
    put_words(b, "tokenizer.ggml.tokens", words, TINY_VOCAB);
    put_words(b, "tokenizer.ggml.merges", NULL, 0);
    gguf_put_array(b->writer, "tokenizer.ggml.token_type", GGUF_INT32, types, TINY_VOCAB);
    gguf_put_u32(b->writer, "tokenizer.ggml.eos_token_id", 257);
    gguf_put_bool(b->writer, "tokenizer.ggml.add_bos_token", false);
    gguf_put_string(b->writer, "tokenizer.chat_template",
                    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
                    "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}");
}

static void put_word_vocabulary(struct builder *b)
{
    static const char *const words[TINY_BERT_VOCAB] = {
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁a", "▁b",   "▁c",  "▁d",    "▁e",
        "▁f",    "▁g",    "▁h",    "▁i",    "▁j",     "▁k", "▁l",   "▁m",  "▁n",    "▁o",
        "▁p",    "▁q",    "▁r",    "▁s",    "▁t",     "▁u", "▁v",   "▁w",  "▁x",    "▁y",
        "▁z",    "▁the",  "▁of",   "▁tree", "▁river", "s",  "▁sea", "ing", "▁land", "▁."};
    gint32 types[TINY_BERT_VOCAB];
    for (int i = 0; i < TINY_BERT_VOCAB; i++)
        types[i] = i < 5 ? 3 : 1;
    gguf_put_string(b->writer, "tokenizer.ggml.model", "bert");
    put_words(b, "tokenizer.ggml.tokens", words, TINY_BERT_VOCAB);
    gguf_put_array(b->writer, "tokenizer.ggml.token_type", GGUF_INT32, types, TINY_BERT_VOCAB);
    gguf_put_u32(b->writer, "tokenizer.ggml.unknown_token_id", 1);
    gguf_put_u32(b->writer, "tokenizer.ggml.cls_token_id", 2);
    gguf_put_u32(b->writer, "tokenizer.ggml.bos_token_id", 2);
    gguf_put_u32(b->writer, "tokenizer.ggml.seperator_token_id", 3); /* the format's spelling */
    gguf_put_u32(b->writer, "tokenizer.ggml.padding_token_id", 0);
    gguf_put_u32(b->writer, "tokenizer.ggml.mask_token_id", 4);
}

static void put_part(struct builder *b, int layer, const char *part, int64_t cols, int64_t rows)
{
    g_autofree char *weight = g_strdup_printf("blk.%d.%s.weight", layer, part);
    put_matrix(b, weight, cols, rows);
}

static void put_part_vector(struct builder *b, int layer, const char *part, int64_t n, float centre)
{
    g_autofree char *name = g_strdup_printf("blk.%d.%s", layer, part);
    put_vector(b, name, n, centre);
}

static void put_decoder(struct builder *b)
{
    const struct tiny_model *m = b->model;
    int64_t n_q = TINY_HEADS * TINY_HEAD_DIM, n_kv = TINY_HEADS_KV * TINY_HEAD_DIM;
    put_key(b, "attention.head_count_kv", TINY_HEADS_KV);
    put_float_key(b, "attention.layer_norm_rms_epsilon", 1e-5f);
    put_float_key(b, "rope.freq_base", 10000);
    if (m->rope_scaling) {
        g_autofree char *key = g_strdup_printf("%s.rope.scaling.type", m->arch);
        gguf_put_string(b->writer, key, m->rope_scaling);
        put_float_key(b, "rope.scaling.factor", m->rope_factor);
    }
    put_tensor(b, "token_embd.weight", m->type, TINY_EMBD, TINY_VOCAB, 0, 1);
    for (int i = 0; i < TINY_LAYERS; i++) {
        put_part_vector(b, i, "attn_norm.weight", TINY_EMBD, 1);
        put_part(b, i, "attn_q", TINY_EMBD, n_q);
        put_part(b, i, "attn_k", TINY_EMBD, n_kv);
        put_part(b, i, "attn_v", TINY_EMBD, n_kv);
        if (strcmp(m->arch, "qwen2") == 0) {
            put_part_vector(b, i, "attn_q.bias", n_q, 0);
            put_part_vector(b, i, "attn_k.bias", n_kv, 0.5f);
            put_part_vector(b, i, "attn_v.bias", n_kv, 0);
        }
        put_part(b, i, "attn_output", n_q, TINY_EMBD);
        put_part_vector(b, i, "ffn_norm.weight", TINY_EMBD, 1);
        put_part(b, i, "ffn_gate", TINY_EMBD, TINY_FF);
        put_part(b, i, "ffn_up", TINY_EMBD, TINY_FF);
        put_part(b, i, "ffn_down", TINY_FF, TINY_EMBD);
    }
    put_vector(b, "output_norm.weight", TINY_EMBD, 1);
    if (!m->tied)
        put_tensor(b, "output.weight", m->type, TINY_EMBD, TINY_VOCAB, 0, 0.4f);
    put_byte_vocabulary(b);
}

static void put_encoder(struct builder *b, int n_context)
{
    put_float_key(b, "attention.layer_norm_epsilon", 1e-12f);
    put_key(b, "pooling_type", b->model->pooling ? (guint32)b->model->pooling : 1);
    put_tensor(b, "token_embd.weight", b->model->type, TINY_EMBD, TINY_BERT_VOCAB, 0, 1);
    put_tensor(b, "position_embd.weight", GGUF_F32, TINY_EMBD, n_context, 0, 0.5f);
    put_tensor(b, "token_types.weight", GGUF_F32, TINY_EMBD, 2, 0, 0.5f);
    put_vector(b, "token_embd_norm.weight", TINY_EMBD, 1);
    put_vector(b, "token_embd_norm.bias", TINY_EMBD, 0);
    for (int i = 0; i < TINY_LAYERS; i++) {
        static const char *const square[] = {"attn_q", "attn_k", "attn_v", "attn_output"};
        for (int j = 0; j < 4; j++) {
            g_autofree char *bias = g_strdup_printf("%s.bias", square[j]);
            put_part(b, i, square[j], TINY_EMBD, TINY_EMBD);
            put_part_vector(b, i, bias, TINY_EMBD, 0);
        }
        put_part_vector(b, i, "attn_output_norm.weight", TINY_EMBD, 1);
        put_part_vector(b, i, "attn_output_norm.bias", TINY_EMBD, 0);
        put_part(b, i, "ffn_up", TINY_EMBD, TINY_FF);
        put_part_vector(b, i, "ffn_up.bias", TINY_FF, 0);
        put_part(b, i, "ffn_down", TINY_FF, TINY_EMBD);
        put_part_vector(b, i, "ffn_down.bias", TINY_EMBD, 0);
        put_part_vector(b, i, "layer_output_norm.weight", TINY_EMBD, 1);
        put_part_vector(b, i, "layer_output_norm.bias", TINY_EMBD, 0);
    }
    put_word_vocabulary(b);
}

char *tiny_model_write(const struct tiny_model *model)
{
    bool bert = strcmp(model->arch, "bert") == 0;
    int n_context = model->n_context ? model->n_context : bert ? 96 : 2048;
    struct eng_err err = {0};
    char *path = NULL;
    int fd = g_file_open_tmp("tiny-XXXXXX.gguf", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    close(fd);
    struct builder b = {.model = model,
                        .writer = gguf_writer_new(),
                        .rand = g_rand_new_with_seed(model->seed + 1),
                        .data = g_ptr_array_new_with_free_func(g_free)};
    gguf_put_string(b.writer, "general.architecture", model->arch);
    gguf_put_string(b.writer, "general.name", "Tiny");
    put_key(&b, "block_count", TINY_LAYERS);
    put_key(&b, "context_length", (guint32)n_context);
    put_key(&b, "embedding_length", TINY_EMBD);
    put_key(&b, "feed_forward_length", TINY_FF);
    put_key(&b, "attention.head_count", TINY_HEADS);
    if (bert)
        put_encoder(&b, n_context);
    else
        put_decoder(&b);
    if (gguf_write(b.writer, path, &err) != ENG_OK)
        g_error("%s", err.text);
    gguf_writer_free(b.writer);
    g_rand_free(b.rand);
    g_ptr_array_unref(b.data);
    return path;
}
