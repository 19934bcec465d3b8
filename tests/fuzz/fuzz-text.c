/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Input: a byte that picks the kind of tokenizer and the flags, then a text. Checked besides
 * memory: without the special flag no control token comes out; where the vocabulary has all bytes
 * and nothing is composed, the tokens' bytes are the text; scan and heap are exercised by words of
 * any length.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/tokenizer/tokenizer.h"
#include "gguf-bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { N_KINDS = 5, QWEN2 = 2, BERT = 4 };

/* Kept for all inputs; reachable, so that the leak check stays on. */
static struct tokenizer *tokenizers[N_KINDS];
static struct gguf *ggufs[N_KINDS];
static struct gguf_bytes files[N_KINDS];

static void make_bpe(struct gguf_bytes *b, const char *rule)
{
    static const char *const merges[] = {"a b",           "ab ab",         "\u0120 a",
                                         "\u0120 \u0120", "\u010a \u010a", "\u00c3 \u00a9"};
    static const char *const more[] = {"ab",           "abab",         "\u0120a",
                                       "\u0120\u0120", "\u010a\u010a", "\u00c3\u00a9",
                                       "<|im_end|>",   "<|a|>",        "<tool>"};
    static char alphabet[256][4];
    const char *texts[256 + 9];
    int32_t kinds[256 + 9];
    gguf_bytes_alphabet(alphabet);
    for (int i = 0; i < 256 + 9; i++) {
        texts[i] = i < 256 ? alphabet[i] : more[i - 256];
        kinds[i] = i < 262 ? TOKEN_NORMAL : i < 264 ? TOKEN_CONTROL : TOKEN_USER;
    }
    gguf_bytes_string(b, "tokenizer.ggml.model", "gpt2", 4);
    gguf_bytes_string(b, "tokenizer.ggml.pre", rule, strlen(rule));
    gguf_bytes_strings(b, "tokenizer.ggml.tokens", texts, 265);
    gguf_bytes_kinds(b, "tokenizer.ggml.token_type", kinds, 265);
    gguf_bytes_strings(b, "tokenizer.ggml.merges", merges, 6);
}

static void make_bert(struct gguf_bytes *b)
{
    static const char *const texts[] = {
        "[UNK]",   "[CLS]",        "[SEP]",  "\u2581a",      "b",       "\u2581ab", "ing",
        "\u2581.", "\u2581\u4e2d", "\u2581", "\u2581\u2581", "\u2581e", "\u03c3"};
    gguf_bytes_string(b, "tokenizer.ggml.model", "bert", 4);
    gguf_bytes_strings(b, "tokenizer.ggml.tokens", texts, 13);
}

static void make_tokenizers(void)
{
    static const char *const rules[] = {"gpt-2", "smollm", "qwen2", "llama-bpe"};
    for (int i = 0; i < N_KINDS; i++) {
        gguf_bytes_begin(&files[i]);
        if (i == BERT) {
            make_bert(&files[i]);
        } else {
            make_bpe(&files[i], rules[i]);
        }
        gguf_bytes_end(&files[i]);
        if (gguf_open_memory(&ggufs[i], files[i].data, files[i].n, NULL) != ENG_OK ||
            tokenizer_new(&tokenizers[i], ggufs[i], NULL) != ENG_OK) {
            abort();
        }
    }
}

static void check(const struct tokenizer *t, const int32_t *ids, size_t n, bool special,
                  const char *text, size_t n_text)
{
    size_t at = 0, n_bytes;
    for (size_t i = 0; i < n; i++) {
        const char *bytes = tokenizer_bytes(t, ids[i], &n_bytes);
        if (!special && t != tokenizers[BERT] && tokenizer_kind(t, ids[i]) == TOKEN_CONTROL) {
            abort();
        }
        if (t == tokenizers[BERT] || t == tokenizers[QWEN2]) {
            continue;
        }
        if (n_bytes > n_text - at || memcmp(text + at, bytes, n_bytes) != 0) {
            abort();
        }
        at += n_bytes;
    }
    if (t != tokenizers[BERT] && t != tokenizers[QWEN2] && at != n_text) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (!tokenizers[0]) {
        make_tokenizers();
    }
    if (n == 0) {
        return 0;
    }
    const struct tokenizer *t = tokenizers[(data[0] & 0x7f) % N_KINDS];
    bool special = data[0] & 0x80;
    int32_t *ids;
    size_t n_ids;
    if (tokenizer_encode(t, (const char *)data + 1, n - 1, special ? ENG_TOKENIZE_SPECIAL : 0, &ids,
                         &n_ids, NULL) != ENG_OK) {
        abort();
    }
    check(t, ids, n_ids, special, (const char *)data + 1, n - 1);
    free(ids);
    return 0;
}
