/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening engines: what a good file says about itself, and one sentence for each kind of bad one;
 * the public calls for tokens, chat and embeddings.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/embed.h"
#include "engine/engine-private.h"
#include "tiny-model.h"

static struct engine *open_tiny(const struct tiny_model *kind, const struct eng_options *options,
                                enum eng_status *status, struct eng_err *err)
{
    g_autofree char *path = tiny_model_write(kind);
    struct engine *engine = NULL;
    *status = eng_open(&engine, path, options, err);
    if (*status != ENG_OK) {
        g_assert_null(engine);
        g_assert_cmpint(err->status, ==, *status);
        g_assert_nonnull(strstr(err->text, path));
    }
    g_unlink(path); /* nothing may be read from it later */
    return engine;
}

static struct engine *open_good(const struct tiny_model *kind, const struct eng_options *options)
{
    enum eng_status status;
    struct eng_err err = {0};
    struct engine *engine = open_tiny(kind, options, &status, &err);
    g_assert_cmpstr(err.text, ==, "");
    g_assert_nonnull(engine);
    return engine;
}

static void expect_refusal(const struct tiny_model *kind, enum eng_status want, const char *word)
{
    enum eng_status status;
    struct eng_err err = {0};
    g_assert_null(open_tiny(kind, NULL, &status, &err));
    g_test_message("%s", err.text);
    g_assert_cmpint(status, ==, want);
    g_assert_nonnull(strstr(err.text, word));
}

static void test_info(void)
{
    struct eng_options options = {.size = sizeof options, .n_threads = 2};
    struct engine *engine = open_good(&(struct tiny_model){.arch = "qwen2"}, &options);
    const struct eng_model_info *info = eng_model_info(engine);
    g_assert_cmpstr(info->name, ==, "Tiny");
    g_assert_cmpstr(info->architecture, ==, "qwen2");
    g_assert_cmpstr(info->weights, ==, "F32");
    g_assert_nonnull(strstr(info->device, "2 threads"));
    g_assert_cmpint(info->kind, ==, ENG_MODEL_DECODER);
    g_assert_cmpint(info->n_layers, ==, TINY_LAYERS);
    g_assert_cmpint(info->n_embd, ==, TINY_EMBD);
    g_assert_cmpint(info->n_vocab, ==, TINY_VOCAB);
    g_assert_cmpint(info->n_context_train, ==, 2048);
    g_assert_cmpuint(info->file_bytes, >, 4 * info->n_parameters);
    eng_close(engine);
}

static void test_vocab_only(void)
{
    struct eng_err err = {0};
    struct eng_session *session = NULL;
    struct eng_options options = {.size = sizeof options, .vocab_only = true};
    struct engine *engine =
        open_good(&(struct tiny_model){.arch = "gpt-x", .without = "output_norm.weight"}, &options);
    g_assert_cmpint(eng_session_new(&session, engine, NULL, &err), ==, ENG_ERR_ARGUMENT);
    int32_t *ids = NULL;
    size_t n = 0;
    g_assert_cmpint(eng_tokenize(engine, "hi<|im_end|>", 12, ENG_TOKENIZE_SPECIAL, &ids, &n, &err),
                    ==, ENG_OK);
    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpint(ids[2], ==, 257);
    g_assert_true(eng_token_is_eog(engine, 257));
    g_assert_true(eng_token_is_control(engine, 257));
    g_assert_false(eng_token_is_eog(engine, 'h'));
    g_assert_false(eng_token_is_eog(engine, -1));
    g_assert_false(eng_token_is_control(engine, TINY_VOCAB));
    g_assert_null(eng_token_bytes(engine, TINY_VOCAB, &n));
    g_assert_cmpmem(eng_token_bytes(engine, 'h', &n), n, "h", 1);
    free(ids);
    eng_close(engine);
}

static void test_refusals(void)
{
    expect_refusal(&(struct tiny_model){.arch = "mamba"}, ENG_ERR_UNSUPPORTED,
                   "llama, qwen2, bert");
    expect_refusal(&(struct tiny_model){.arch = "llama", .without = "blk.1.ffn_up.weight"},
                   ENG_ERR_FORMAT, "blk.1.ffn_up.weight");
    expect_refusal(&(struct tiny_model){.arch = "llama", .wrong_shape = "blk.2.attn_k.weight"},
                   ENG_ERR_FORMAT, "blk.2.attn_k.weight");
    expect_refusal(&(struct tiny_model){.arch = "llama", .wrong_shape = "token_embd.weight"},
                   ENG_ERR_FORMAT, "vocabulary");
    expect_refusal(&(struct tiny_model){.arch = "qwen2", .without = "blk.2.attn_v.bias"},
                   ENG_ERR_FORMAT, "blk.2.attn_v.bias");
    expect_refusal(&(struct tiny_model){.arch = "llama", .rope_scaling = "yarn", .rope_factor = 4},
                   ENG_ERR_UNSUPPORTED, "none, linear");
    expect_refusal(&(struct tiny_model){.arch = "bert", .pooling = 4}, ENG_ERR_UNSUPPORTED,
                   "pooling_type");
    expect_refusal(&(struct tiny_model){.arch = "bert", .without = "position_embd.weight"},
                   ENG_ERR_FORMAT, "position_embd.weight");
}

static void test_arguments(void)
{
    struct eng_err err = {0};
    struct engine *engine = NULL;
    g_assert_cmpint(eng_open(&engine, "/nonexistent/model.gguf", NULL, &err), ==, ENG_ERR_IO);
    g_assert_nonnull(strstr(err.text, "/nonexistent/model.gguf"));
    struct eng_options options = {.size = sizeof options, .device = "vulkan:1"};
    g_assert_cmpint(eng_open(&engine, "x.gguf", &options, &err), ==, ENG_ERR_DEVICE);
    g_assert_nonnull(strstr(err.text, "auto, cpu"));
    options = (struct eng_options){.device = "cpu"};
    g_assert_cmpint(eng_open(&engine, "x.gguf", &options, &err), ==, ENG_ERR_ARGUMENT);
    g_assert_cmpint(eng_open(&engine, "/nonexistent/model.gguf", NULL, NULL), ==, ENG_ERR_IO);
    eng_close(NULL);
}

static void test_memory(void)
{
    struct eng_err err = {0};
    g_assert_cmpint(engine_check_memory(1, "A byte", &err), ==, ENG_OK);
    g_assert_cmpint(engine_check_memory(1ull << 60, "The model 'x'", &err), ==, ENG_ERR_MEMORY);
    g_assert_nonnull(strstr(err.text, "1152921504.6 GB"));
}

static void test_wrong_kind(void)
{
    struct eng_err err = {0};
    struct eng_session *session = NULL;
    float v[TINY_EMBD];
    struct engine *bert = open_good(&(struct tiny_model){.arch = "bert"}, NULL);
    struct engine *llama = open_good(&(struct tiny_model){.arch = "llama"}, NULL);
    g_assert_cmpint(eng_session_new(&session, bert, NULL, &err), ==, ENG_ERR_UNSUPPORTED);
    g_assert_nonnull(strstr(err.text, "embedding model"));
    g_assert_cmpint(eng_embed(llama, (const char *[]){"a"}, 1, v, NULL, &err), ==,
                    ENG_ERR_UNSUPPORTED);
    g_assert_nonnull(strstr(err.text, "chat model"));
    g_assert_cmpint(eng_embed_dim(llama), ==, 0);
    g_assert_cmpint(eng_embed_max_tokens(llama), ==, 0);
    eng_close(bert);
    eng_close(llama);
}

/* Batches of any make-up, texts beyond the context and empty ones. */
static void test_embed(void)
{
    enum { N = 300 };
    struct eng_err err = {0};
    const char *texts[N];
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autofree float *all = g_new(float, N *TINY_EMBD);
    float one[TINY_EMBD];
    struct engine *engine = open_good(&(struct tiny_model){.arch = "bert"}, NULL);
    g_assert_cmpint(eng_embed_dim(engine), ==, TINY_EMBD);
    g_assert_cmpint(eng_embed_max_tokens(engine), ==, 96);
    for (int i = 0; i < N; i++) {
        GString *text = g_string_new(NULL);
        for (int j = 0; j < i * 7 % 130; j++)
            g_string_append(text, j % 3 ? "the river " : "tree of land ");
        texts[i] = text->str;
        g_ptr_array_add(owned, g_string_free(text, FALSE));
    }
    g_assert_cmpint(eng_embed(engine, texts, N, all, NULL, &err), ==, ENG_OK);
    for (int i = 0; i < N; i += 11) {
        double square = 0;
        g_assert_cmpint(eng_embed(engine, &texts[i], 1, one, NULL, &err), ==, ENG_OK);
        g_assert_cmpmem(one, sizeof one, all + i * TINY_EMBD, sizeof one);
        for (int d = 0; d < TINY_EMBD; d++)
            square += (double)one[d] * (double)one[d];
        g_assert_cmpfloat_with_epsilon(square, 1, 1e-5);
    }
    atomic_bool cancel = true;
    g_assert_cmpint(eng_embed(engine, texts, N, all, &cancel, &err), ==, ENG_CANCELLED);
    g_assert_cmpint(eng_embed(engine, NULL, 0, NULL, NULL, &err), ==, ENG_OK);
    eng_close(engine);
}

static void test_embed_nan(void)
{
    struct eng_err err = {0};
    float v[TINY_EMBD];
    struct engine *engine = open_good(
        &(struct tiny_model){.arch = "bert", .poisoned = "blk.1.layer_output_norm.weight"}, NULL);
    g_assert_cmpint(eng_embed(engine, (const char *[]){"a"}, 1, v, NULL, &err), ==,
                    ENG_ERR_NUMERIC);
    eng_close(engine);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/info", test_info);
    g_test_add_func("/engine/vocab-only", test_vocab_only);
    g_test_add_func("/engine/refusals", test_refusals);
    g_test_add_func("/engine/arguments", test_arguments);
    g_test_add_func("/engine/memory", test_memory);
    g_test_add_func("/engine/wrong-kind", test_wrong_kind);
    g_test_add_func("/engine/embed", test_embed);
    g_test_add_func("/engine/embed-nan", test_embed_nan);
    return g_test_run();
}
