/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tokenizer: special tokens are cut out of the text first (leftmost, longest), what lies
 * between is normalised, cut into words and encoded by the model's own kind (bpe.c, wordpiece.c).
 *
 * Invariants:
 *  1. without ENG_TOKENIZE_SPECIAL no control token comes out of any text but the one that
 *     ENG_TOKENIZE_BOS puts in front (and WordPiece's last);
 *  2. all bytes are legal; with a byte-level vocabulary that has all 256 bytes, and no normal form
 *     in the way (qwen2 composes to NFC), the tokens' bytes are the text.
 */
#include "engine/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "engine/error.h"
#include "engine/tokenizer/bpe.h"
#include "engine/tokenizer/pretokenize.h"
#include "engine/tokenizer/unicode.h"
#include "engine/tokenizer/wordpiece.h"

enum kind { KIND_BPE, KIND_WORDPIECE };

struct span {
    uint32_t at, n;
};

struct tokenizer {
    struct vocabulary vocabulary;
    enum kind kind;
    struct bpe bpe;
    struct wordpiece wordpiece;
    enum pretokenize_rule rule;
    bool compose; /* NFC before cutting into words */
    int32_t bos, eos, separator;
    bool add_bos;
    char *bytes;            /* (owned) what all tokens stand for, one after the other */
    struct span *spans;     /* (owned) [n] of it */
    struct eng_err warning; /* text empty: none */
};

static bool equals(struct gguf_string a, const char *b)
{
    return a.n == strlen(b) && memcmp(a.data, b, a.n) == 0;
}

/* NULL where the key is missing or no string. */
static const struct gguf_string *find_string(const struct gguf *gguf, const char *key)
{
    const struct gguf_value *value = gguf_find(gguf, key);
    return value && value->type == GGUF_STRING ? &value->s : NULL;
}

/* An id that a key names; else that of the token with this text (may be NULL); else -1. */
static int32_t find_id(const struct tokenizer *t, const struct gguf *gguf, const char *key,
                       const char *text)
{
    int64_t id;
    if (!gguf_int(gguf, key, 0, t->vocabulary.n - 1, -1, &id)) {
        id = -1;
    }
    if (id < 0 && text) {
        id = vocabulary_find(&t->vocabulary, text, strlen(text));
    }
    return (int32_t)id;
}

static void choose_rule(struct tokenizer *t, const struct gguf *gguf)
{
    const struct gguf_string *pre = find_string(gguf, "tokenizer.ggml.pre");
    t->rule = PRETOKENIZE_GPT2;
    if (!pre || !pretokenize_find_rule(pre->data, pre->n, &t->rule)) {
        /* A qwen name is nearly always this family's; gpt-2 is where all others come from. */
        bool qwen = pre && memmem(pre->data, pre->n, "qwen", 4);
        t->rule = qwen ? PRETOKENIZE_QWEN2 : PRETOKENIZE_GPT2;
        eng_fail(&t->warning, ENG_OK,
                 "The model cuts text into words by a rule that is not known here (\"%.*s\"); "
                 "%s is used instead, and answers may be worse.",
                 pre && pre->n < 40 ? (int)pre->n : 0, pre ? pre->data : "",
                 qwen ? "qwen2's" : "gpt-2's");
    }
    t->compose = t->rule == PRETOKENIZE_QWEN2;
    t->bpe.whole_words = t->rule == PRETOKENIZE_LLAMA3;
    t->add_bos = t->rule == PRETOKENIZE_LLAMA3;
}

static enum eng_status load_bpe(struct tokenizer *t, const struct gguf *gguf, struct eng_err *err)
{
    t->kind = KIND_BPE;
    enum eng_status status = bpe_load(&t->bpe, &t->vocabulary, gguf, err);
    if (status != ENG_OK) {
        return status;
    }
    choose_rule(t, gguf);
    t->bos = find_id(t, gguf, "tokenizer.ggml.bos_token_id", NULL);
    t->eos = find_id(t, gguf, "tokenizer.ggml.eos_token_id", NULL);
    const struct gguf_value *add = gguf_find(gguf, "tokenizer.ggml.add_bos_token");
    if (add && add->type == GGUF_BOOL) {
        t->add_bos = add->u;
    }
    if (t->bpe.n_unknown_merges > 0 && !t->warning.text[0]) {
        eng_fail(&t->warning, ENG_OK,
                 "The model file lists %d merges that do not go with its vocabulary; they are left "
                 "out, and answers may be worse.",
                 (int)t->bpe.n_unknown_merges);
    }
    return ENG_OK;
}

/* The optional keys are those of llama.cpp's converter, or of our own importer; without one, text
   is folded, as llama.cpp does. */
static bool find_bool(const struct gguf *gguf, const char *key, bool fallback)
{
    const struct gguf_value *value = gguf_find(gguf, key);
    return value && value->type == GGUF_BOOL ? value->u : fallback;
}

static enum eng_status load_wordpiece(struct tokenizer *t, const struct gguf *gguf,
                                      struct eng_err *err)
{
    t->kind = KIND_WORDPIECE;
    t->bos = find_id(t, gguf, "tokenizer.ggml.cls_token_id", NULL);
    if (t->bos < 0) {
        t->bos = find_id(t, gguf, "tokenizer.ggml.bos_token_id", "[CLS]");
    }
    /* The format spells the key with an e. */
    t->separator = find_id(t, gguf, "tokenizer.ggml.seperator_token_id", "[SEP]");
    t->eos = t->separator;
    int32_t unknown = find_id(t, gguf, "tokenizer.ggml.unknown_token_id", "[UNK]");
    if (t->bos < 0 || t->separator < 0 || unknown < 0) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "The model's vocabulary lacks [CLS], [SEP] or [UNK], which its kind of "
                        "tokenizer needs.");
    }
    t->vocabulary.kinds[t->bos] = TOKEN_CONTROL;
    t->vocabulary.kinds[t->separator] = TOKEN_CONTROL;
    t->vocabulary.kinds[unknown] = TOKEN_CONTROL;
    t->add_bos = true;
    wordpiece_init(&t->wordpiece, &t->vocabulary, unknown);
    t->wordpiece.lower_case = find_bool(gguf, "tokenizer.ggml.normalizer.lowercase",
                                        find_bool(gguf, "tokenizer.lectern.lower_case", true));
    t->wordpiece.strip_accents =
        find_bool(gguf, "tokenizer.ggml.normalizer.strip_accents", t->wordpiece.lower_case);
    return ENG_OK;
}

/* Writes what a token stands for; returns the number of bytes, at most that of its text. */
static size_t spell(const struct tokenizer *t, int32_t id, char *out)
{
    struct gguf_string text = t->vocabulary.texts[id];
    unsigned char kind = t->vocabulary.kinds[id];
    if (t->kind == KIND_WORDPIECE && text.n > 3 && memcmp(text.data, "\xe2\x96\x81", 3) == 0) {
        out[0] = ' ';
        memcpy(out + 1, text.data + 3, text.n - 3);
        return text.n - 2;
    }
    if (t->kind == KIND_WORDPIECE || kind != TOKEN_NORMAL) {
        memcpy(out, text.data, text.n);
        return text.n;
    }
    size_t n_out = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t code;
        size_t n = unicode_next(text.data + at, text.n - at, &code);
        int byte = bpe_alphabet_byte(code);
        if (byte >= 0) {
            out[n_out++] = (char)byte;
        } else {
            memcpy(out + n_out, text.data + at, n);
            n_out += n;
        }
        at += n;
    }
    return n_out;
}

static enum eng_status spell_all(struct tokenizer *t, struct eng_err *err)
{
    size_t total = 0, at = 0;
    for (int32_t id = 0; id < t->vocabulary.n; id++) {
        total += t->vocabulary.texts[id].n;
    }
    t->spans = malloc((size_t)t->vocabulary.n * sizeof *t->spans);
    t->bytes = total < UINT32_MAX ? malloc(total + 1) : NULL;
    if (!t->spans || !t->bytes) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory for the model's vocabulary.");
    }
    for (int32_t id = 0; id < t->vocabulary.n; id++) {
        size_t n = spell(t, id, t->bytes + at);
        t->spans[id] = (struct span){(uint32_t)at, (uint32_t)n};
        at += n;
    }
    return ENG_OK;
}

static enum eng_status load(struct tokenizer *t, const struct gguf *gguf, struct eng_err *err)
{
    t->bos = t->eos = t->separator = -1;
    const struct gguf_string *model = find_string(gguf, "tokenizer.ggml.model");
    if (!model) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "The model file names no tokenizer (tokenizer.ggml.model); choose a file "
                        "with a vocabulary.");
    }
    bool bpe = equals(*model, "gpt2"), wordpiece = equals(*model, "bert");
    if (!bpe && !wordpiece) {
        return eng_fail(err, ENG_ERR_UNSUPPORTED,
                        "The model's tokenizer is of the kind \"%.*s\", which is not supported.",
                        model->n < 40 ? (int)model->n : 40, model->data);
    }
    enum eng_status status = vocabulary_load(&t->vocabulary, gguf, err);
    if (status == ENG_OK) {
        status = bpe ? load_bpe(t, gguf, err) : load_wordpiece(t, gguf, err);
    }
    if (status == ENG_OK) {
        status = vocabulary_index_specials(&t->vocabulary, err);
    }
    return status == ENG_OK ? spell_all(t, err) : status;
}

enum eng_status tokenizer_new(struct tokenizer **out, const struct gguf *gguf, struct eng_err *err)
{
    *out = NULL;
    struct tokenizer *t = calloc(1, sizeof *t);
    if (!t) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory for the model's vocabulary.");
    }
    enum eng_status status = load(t, gguf, err);
    if (status != ENG_OK) {
        tokenizer_free(t);
        return status;
    }
    *out = t;
    return ENG_OK;
}

void tokenizer_free(struct tokenizer *t)
{
    if (!t) {
        return;
    }
    bpe_unload(&t->bpe);
    vocabulary_unload(&t->vocabulary);
    free(t->bytes);
    free(t->spans);
    free(t);
}

/* --- encoding ----------------------------------------------------------------------------------
 */

static bool encode_words(const struct tokenizer *t, const char *text, size_t n,
                         struct bpe_scratch *scratch, struct token_ids *ids)
{
    struct pretokenizer words = {.rule = t->rule, .text = text, .n_bytes = n};
    const char *word;
    size_t n_word;
    while ((n_word = pretokenize_next(&words, &word)) > 0) {
        if (!bpe_encode(&t->bpe, scratch, word, n_word, ids)) {
            return false;
        }
    }
    return true;
}

/* Text without special tokens in it. */
static bool encode_text(const struct tokenizer *t, const char *text, size_t n,
                        struct bpe_scratch *scratch, struct token_ids *ids)
{
    if (t->kind == KIND_WORDPIECE) {
        return wordpiece_encode(&t->wordpiece, text, n, ids);
    }
    if (!t->compose || unicode_is_nfc(text, n)) {
        return encode_words(t, text, n, scratch, ids);
    }
    size_t n_composed = 0;
    char *composed = unicode_nfc(text, n, &n_composed);
    bool ok = composed && encode_words(t, composed, n_composed, scratch, ids);
    free(composed);
    return ok;
}

static bool add_bos(const struct tokenizer *t, struct token_ids *ids)
{
    return !t->add_bos || t->bos < 0 || token_ids_push(ids, t->bos);
}

/* What is being encoded: text since the last special token waits, because more may join it. */
struct encoding {
    const struct tokenizer *tokenizer;
    struct bpe_scratch scratch;
    struct token_ids ids;
    char *waiting; /* (owned) */
    size_t n_waiting, capacity;
    size_t n_bytes; /* of all text, for the error sentence */
};

static bool flush(struct encoding *e)
{
    size_t n = e->n_waiting;
    e->n_waiting = 0;
    return encode_text(e->tokenizer, e->waiting, n, &e->scratch, &e->ids);
}

static bool wait_for_more(struct encoding *e, const char *text, size_t n)
{
    if (n > e->capacity - e->n_waiting) {
        size_t capacity = e->n_waiting + n + e->capacity / 2;
        char *grown = realloc(e->waiting, capacity);
        if (!grown) {
            return false;
        }
        e->waiting = grown;
        e->capacity = capacity;
    }
    memcpy(e->waiting + e->n_waiting, text, n);
    e->n_waiting += n;
    return true;
}

/* A stretch of text; the last part of it waits. */
static bool add_text(struct encoding *e, const char *text, size_t n, bool special)
{
    const struct vocabulary *v = &e->tokenizer->vocabulary;
    size_t from = 0, at = 0;
    e->n_bytes += n;
    while (at < n) {
        int32_t id = vocabulary_match_special(v, text + at, n - at, special);
        if (id < 0) {
            at++;
            continue;
        }
        if (!wait_for_more(e, text + from, at - from) || !flush(e) ||
            !token_ids_push(&e->ids, id)) {
            return false;
        }
        at += v->texts[id].n;
        from = at;
    }
    return wait_for_more(e, text + from, n - from);
}

static bool add_segment(struct encoding *e, const struct eng_segment *segment)
{
    bool ok = true;
    if (segment->flags & ENG_SEGMENT_BOS) {
        ok = flush(e) && add_bos(e->tokenizer, &e->ids);
    }
    if (!segment->tokens) {
        bool special = segment->flags & ENG_SEGMENT_SPECIAL;
        return ok &&
               (segment->n_bytes == 0 || add_text(e, segment->text, segment->n_bytes, special));
    }
    ok = ok && flush(e);
    for (size_t i = 0; ok && i < segment->n_tokens; i++) {
        ok = token_ids_push(&e->ids, segment->tokens[i]);
    }
    return ok;
}

/* Frees the working memory and hands the ids out. */
static enum eng_status finish(struct encoding *e, bool ok, int32_t **ids, size_t *n,
                              struct eng_err *err)
{
    free(e->waiting);
    bpe_scratch_free(&e->scratch);
    *ids = ok ? e->ids.data : NULL;
    *n = ok ? e->ids.n : 0;
    if (ok) {
        return ENG_OK;
    }
    free(e->ids.data);
    return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory to tokenize a text of %zu bytes.",
                    e->n_bytes);
}

enum eng_status tokenizer_encode_segments(const struct tokenizer *t,
                                          const struct eng_segment *segments, size_t n_segments,
                                          int32_t **ids, size_t *n, struct eng_err *err)
{
    struct encoding e = {.tokenizer = t, .waiting = malloc(64), .capacity = 64};
    bool ok = e.waiting && token_ids_reserve(&e.ids, 64);
    for (size_t i = 0; ok && i < n_segments; i++) {
        ok = add_segment(&e, &segments[i]);
    }
    ok = ok && flush(&e);
    return finish(&e, ok, ids, n, err);
}

enum eng_status tokenizer_encode(const struct tokenizer *t, const char *text, size_t n_bytes,
                                 unsigned flags, int32_t **ids, size_t *n, struct eng_err *err)
{
    struct encoding e = {.tokenizer = t, .waiting = malloc(64), .capacity = 64};
    bool ok = e.waiting && token_ids_reserve(&e.ids, 64);
    if (flags & ENG_TOKENIZE_BOS) {
        ok = ok && add_bos(t, &e.ids);
    }
    ok = ok && (n_bytes == 0 || add_text(&e, text, n_bytes, flags & ENG_TOKENIZE_SPECIAL)) &&
         flush(&e);
    if (ok && (flags & ENG_TOKENIZE_BOS) && t->kind == KIND_WORDPIECE) {
        ok = token_ids_push(&e.ids, t->separator);
    }
    return finish(&e, ok, ids, n, err);
}

/* --- questions ---------------------------------------------------------------------------------
 */

const char *tokenizer_bytes(const struct tokenizer *t, int32_t id, size_t *n_bytes)
{
    if (id < 0 || id >= t->vocabulary.n) {
        *n_bytes = 0;
        return NULL;
    }
    *n_bytes = t->spans[id].n;
    return t->bytes + t->spans[id].at;
}

enum tokenizer_token_kind tokenizer_kind(const struct tokenizer *t, int32_t id)
{
    return id < 0 || id >= t->vocabulary.n ? TOKEN_UNUSED
                                           : (enum tokenizer_token_kind)t->vocabulary.kinds[id];
}

int32_t tokenizer_size(const struct tokenizer *t)
{
    return t->vocabulary.n;
}

int32_t tokenizer_bos(const struct tokenizer *t)
{
    return t->bos;
}

int32_t tokenizer_eos(const struct tokenizer *t)
{
    return t->eos;
}

int32_t tokenizer_special(const struct tokenizer *t, const char *text)
{
    size_t n = strlen(text);
    int32_t id = vocabulary_find(&t->vocabulary, text, n);
    bool special = id >= 0 && (t->vocabulary.kinds[id] == TOKEN_CONTROL ||
                               t->vocabulary.kinds[id] == TOKEN_USER ||
                               t->vocabulary.kinds[id] == TOKEN_UNKNOWN);
    return special ? id : -1;
}

const char *tokenizer_warning(const struct tokenizer *t)
{
    return t->warning.text[0] ? t->warning.text : NULL;
}
