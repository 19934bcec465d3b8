/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tokenizer-cases.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/tokenizer/unicode.h"

GPtrArray *tokenizer_cases_read(const char *file)
{
    GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "golden", file, NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (**line) {
            JsonNode *node = json_from_string(*line, NULL);
            g_assert_nonnull(node);
            g_ptr_array_add(records, node);
        }
    }
    return records;
}

static GByteArray *from_hex(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    for (; hex[0] && hex[1]; hex += 2) {
        guint8 byte = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

static char *join(const int32_t *ids, size_t n)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(text, "%d ", (int)ids[i]);
    }
    return g_string_free(text, FALSE);
}

void tokenizer_case_check(const struct tokenizer *tokenizer, JsonObject *record)
{
    const char *hex = json_object_get_string_member(record, "hex");
    g_autoptr(GByteArray) text = from_hex(hex);
    JsonArray *array = json_object_get_array_member(record, "ids");
    size_t n_expected = json_array_get_length(array), n = 0;
    g_autofree int32_t *expected = g_new(int32_t, n_expected);
    for (guint i = 0; i < n_expected; i++) {
        expected[i] = (int32_t)json_array_get_int_element(array, i);
    }
    int32_t *ids;
    g_assert_cmpint(tokenizer_encode(tokenizer, (const char *)text->data, text->len,
                                     ENG_TOKENIZE_SPECIAL, &ids, &n, NULL),
                    ==, ENG_OK);
    if (n != n_expected || (n > 0 && memcmp(ids, expected, n * sizeof *ids) != 0)) {
        g_autofree char *got = join(ids, n), *wanted = join(expected, n_expected);
        g_error("text %s\n  gave  %s\n  wants %s", hex, got, wanted);
    }
    free(ids);
}

char **small_byte_tokens(const char *const *more)
{
    GPtrArray *tokens = g_ptr_array_new();
    for (unsigned byte = 0, other = 256; byte < 256; byte++) {
        bool plain = (byte > 32 && byte < 127) || (byte > 160 && byte != 173);
        char text[5] = {0};
        unicode_put(plain ? byte : other++, text);
        g_ptr_array_add(tokens, g_strdup(text));
    }
    for (; *more; more++) {
        g_ptr_array_add(tokens, g_strdup(*more));
    }
    g_ptr_array_add(tokens, NULL);
    return (char **)g_ptr_array_free(tokens, FALSE);
}

static void put_vocabulary(struct gguf_writer *w, const struct small_vocabulary *v)
{
    guint n = g_strv_length(v->tokens), n_merges = v->merges ? g_strv_length(v->merges) : 0;
    g_autofree struct gguf_string *strings = g_new(struct gguf_string, MAX(n, n_merges) + 1);
    for (guint i = 0; i < n; i++) {
        strings[i] = (struct gguf_string){v->tokens[i], strlen(v->tokens[i])};
    }
    gguf_put_string(w, "tokenizer.ggml.model", v->model);
    gguf_put_strings(w, "tokenizer.ggml.tokens", strings, n);
    if (v->pre) {
        gguf_put_string(w, "tokenizer.ggml.pre", v->pre);
    }
    if (v->types) {
        gguf_put_array(w, "tokenizer.ggml.token_type", GGUF_INT32, v->types, n);
    }
    for (guint i = 0; i < n_merges; i++) {
        strings[i] = (struct gguf_string){v->merges[i], strlen(v->merges[i])};
    }
    if (v->merges) {
        gguf_put_strings(w, "tokenizer.ggml.merges", strings, n_merges);
    }
    if (v->chat_template) {
        gguf_put_string(w, "tokenizer.chat_template", v->chat_template);
    }
    if (v->add_bos) {
        gguf_put_bool(w, "tokenizer.ggml.add_bos_token", true);
    }
    if (v->bos >= 0) {
        gguf_put_u32(w, "tokenizer.ggml.bos_token_id", (uint32_t)v->bos);
    }
    if (v->eos >= 0) {
        gguf_put_u32(w, "tokenizer.ggml.eos_token_id", (uint32_t)v->eos);
    }
}

void small_tokenizer_open(struct small_tokenizer *out, const struct small_vocabulary *vocabulary)
{
    g_autofree char *folder = g_dir_make_tmp("tokenizer-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "v.gguf", NULL);
    struct gguf_writer *w = gguf_writer_new();
    *out = (struct small_tokenizer){0};
    put_vocabulary(w, vocabulary);
    g_assert_cmpint(gguf_write(w, path, NULL), ==, ENG_OK);
    gguf_writer_free(w);
    g_assert_cmpint(gguf_open(&out->gguf, path, NULL), ==, ENG_OK);
    g_unlink(path);
    g_rmdir(folder);
    tokenizer_new(&out->tokenizer, out->gguf, &out->err);
}

void small_tokenizer_close(struct small_tokenizer *small)
{
    tokenizer_free(small->tokenizer);
    gguf_close(small->gguf);
}
