/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * End of generation.
 *
 * Tokens: GGUF files name one or a few ending tokens and often the wrong one (a base model's
 * "<|endoftext|>" where the chat ends with "<|im_end|>"). So the set is the union of the ids that
 * keys name, the chat format's turn end, and the control tokens whose text is a known end
 * (tokenizer/markers.c). A token of ordinary text is never in it by its text, nor "<|end|>" where
 * it only closes a channel (harmony's "<|return|>" with "<|call|>", or "<|calls|>" with
 * "<|flush|>", end a turn there), nor "</s>" where "<turn|>" is the turn's end.
 *
 * Text: bytes are held back while they may be the beginning of a stop string or of a character.
 *   held  | certain, whole characters | incomplete character | beginning of a stop string |
 * Invariant: no stop string ends inside `held`; what was taken never becomes part of one, because
 * the earliest position from which the rest is a beginning of some stop string is held.
 */
#include "engine/stop.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/tokenizer/markers.h"
#include "engine/tokenizer/unicode.h"

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

static void add_keys(bool *eog, const struct gguf *gguf, int32_t n)
{
    static const char *const keys[] = {
        "tokenizer.ggml.eos_token_id",     "tokenizer.ggml.eot_token_id",
        "tokenizer.ggml.eom_token_id",     "tokenizer.ggml.fim_pad_token_id",
        "tokenizer.ggml.fim_rep_token_id", "tokenizer.ggml.fim_sep_token_id",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        int64_t id;
        if (gguf_int(gguf, keys[i], 0, n - 1, -1, &id) && id >= 0) {
            eog[id] = true;
        }
    }
}

static void remove_text(bool *eog, const struct tokenizer *tokenizer, const char *text)
{
    int32_t id = tokenizer_special(tokenizer, text);
    if (id >= 0) {
        eog[id] = false;
    }
}

static bool has(const struct tokenizer *tokenizer, const char *text)
{
    return tokenizer_special(tokenizer, text) >= 0;
}

bool *stop_find_eog(const struct gguf *gguf, const struct tokenizer *tokenizer,
                    const struct chat_format *format)
{
    int32_t n = tokenizer_size(tokenizer);
    bool *eog = calloc((size_t)n, sizeof *eog);
    if (!eog) {
        return NULL;
    }
    for (int32_t id = 0; id < n; id++) {
        if (tokenizer_kind(tokenizer, id) == TOKEN_CONTROL) {
            size_t n_bytes;
            const char *text = tokenizer_bytes(tokenizer, id, &n_bytes);
            const struct marker *marker = marker_find(text, n_bytes);
            eog[id] = marker && marker->ends_generation;
        }
    }
    if ((has(tokenizer, "<|return|>") && has(tokenizer, "<|call|>")) ||
        (has(tokenizer, "<|calls|>") && has(tokenizer, "<|flush|>"))) {
        remove_text(eog, tokenizer, "<|end|>");
    }
    if (has(tokenizer, "<turn|>")) {
        remove_text(eog, tokenizer, "</s>");
    }
    add_keys(eog, gguf, n);
    int32_t end = format ? tokenizer_special(tokenizer, chat_format_end(format)) : -1;
    if (end >= 0) {
        eog[end] = true;
    }
    return eog;
}

/* --- stop strings ------------------------------------------------------------------------------
 */

struct stop_text {
    const char *const *strings; /* (borrowed) */
    int n_strings;
    bool found;
    char *held; /* (owned) pushed and not yet taken */
    size_t n_held, capacity;
    char *out; /* (owned) what stop_text_take last gave: three bytes for each held one at most */
};

struct stop_text *stop_text_new(const char *const *strings, int n, size_t max_bytes)
{
    struct stop_text *s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    size_t longest = 0;
    for (int i = 0; i < n; i++) {
        size_t length = strlen(strings[i]);
        longest = length > longest ? length : longest;
    }
    s->strings = strings;
    s->n_strings = n;
    s->capacity = longest + 4 + max_bytes;
    s->held = malloc(s->capacity);
    s->out = malloc(3 * s->capacity);
    if (!s->held || !s->out) {
        stop_text_free(s);
        return NULL;
    }
    return s;
}

void stop_text_free(struct stop_text *s)
{
    if (s) {
        free(s->held);
        free(s->out);
        free(s);
    }
}

bool stop_text_push(struct stop_text *s, const char *bytes, size_t n_bytes)
{
    if (s->found) {
        return true;
    }
    assert(n_bytes <= s->capacity - s->n_held);
    if (n_bytes > 0) {
        memcpy(s->held + s->n_held, bytes, n_bytes);
    }
    /* By end, then by length: the same as if the bytes had come one at a time. */
    for (size_t end = s->n_held + 1; end <= s->n_held + n_bytes; end++) {
        size_t longest = 0;
        for (int i = 0; i < s->n_strings; i++) {
            size_t n = strlen(s->strings[i]);
            if (n > longest && n <= end && memcmp(s->held + end - n, s->strings[i], n) == 0) {
                longest = n;
            }
        }
        if (longest > 0) {
            s->n_held = end - longest;
            s->found = true;
            return true;
        }
    }
    s->n_held += n_bytes;
    return false;
}

/* Where the earliest beginning of a stop string that reaches the end starts, n_held if none. */
static size_t certain_bytes(const struct stop_text *s)
{
    for (size_t at = 0; at < s->n_held; at++) {
        for (int i = 0; i < s->n_strings; i++) {
            size_t n = strlen(s->strings[i]), rest = s->n_held - at;
            if (rest < n && memcmp(s->held + at, s->strings[i], rest) == 0) {
                return at;
            }
        }
    }
    return s->n_held;
}

/* Whether these n bytes may become one character with more to come. */
static bool is_incomplete(const char *text, size_t n)
{
    unsigned char lead = (unsigned char)text[0];
    size_t needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || n >= needed) {
        return false;
    }
    for (size_t i = 1; i < n; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80) {
            return false;
        }
    }
    return true;
}

const char *stop_text_take(struct stop_text *s, bool end, size_t *n_bytes)
{
    bool all = end || s->found;
    size_t certain = all ? s->n_held : certain_bytes(s), at = 0, n_out = 0;
    while (at < certain && (all || !is_incomplete(s->held + at, certain - at))) {
        uint32_t code;
        size_t n = unicode_next(s->held + at, certain - at, &code);
        bool raw = code >= UNICODE_RAW;
        memcpy(s->out + n_out, raw ? REPLACEMENT : s->held + at, raw ? 3 : n);
        n_out += raw ? 3 : n;
        at += n;
    }
    s->n_held -= at;
    memmove(s->held, s->held + at, s->n_held);
    *n_bytes = n_out;
    return s->out;
}
