/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Token texts, kinds, and two ways from text to id:
 *  - a hash table over all texts (open addressing, at most half full, keyed with random bytes);
 *  - the special tokens sorted by text: matching narrows a range of the sorted list character by
 *    character, and the last complete text passed is the longest match. The cost is the match's
 *    length times log n, whatever the texts are.
 * Texts are those of the file and are not copied: the gguf outlives the tokenizer.
 */
#include "engine/tokenizer/vocabulary.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "engine/error.h"

enum {
    MAX_TOKENS = 1 << 24,
    MAX_SPECIAL_BYTES = 512, /* a longer one is not looked for in text */
};

uint64_t vocabulary_mix(uint64_t seed, uint64_t value)
{
    __uint128_t product = (__uint128_t)(seed ^ value) * 0x9e3779b97f4a7c15u;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash(uint64_t seed, const char *text, size_t n)
{
    uint64_t h = vocabulary_mix(seed, n + 1), word;
    for (; n >= sizeof word; n -= sizeof word, text += sizeof word) {
        memcpy(&word, text, sizeof word);
        h = vocabulary_mix(h + seed, word);
    }
    word = 0;
    memcpy(&word, text, n);
    return vocabulary_mix(h + seed, word);
}

/* The slot of this text, or the free one where it belongs. */
static uint32_t find_slot(const struct vocabulary *v, const char *text, size_t n)
{
    uint32_t slot = (uint32_t)hash(v->seed, text, n) & v->mask;
    while (v->slots[slot] >= 0) {
        const struct gguf_string *other = &v->texts[v->slots[slot]];
        if (other->n == n && memcmp(other->data, text, n) == 0) {
            break;
        }
        slot = (slot + 1) & v->mask;
    }
    return slot;
}

int32_t vocabulary_find(const struct vocabulary *v, const char *text, size_t n)
{
    return v->slots[find_slot(v, text, n)];
}

static enum eng_status index_texts(struct vocabulary *v, struct eng_err *err)
{
    uint32_t size = 16;
    while (size < 2 * (uint32_t)v->n) {
        size *= 2;
    }
    v->mask = size - 1;
    v->slots = malloc(size * sizeof *v->slots);
    if (!v->slots) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory for the model's vocabulary.");
    }
    memset(v->slots, 0xff, size * sizeof *v->slots);
    /* Where no random bytes are to be had, the time must do: only speed depends on it. */
    if (getrandom(&v->seed, sizeof v->seed, GRND_NONBLOCK) != sizeof v->seed) {
        v->seed = (uint64_t)time(NULL);
    }
    for (int32_t id = 0; id < v->n; id++) {
        uint32_t slot = find_slot(v, v->texts[id].data, v->texts[id].n);
        if (v->slots[slot] >= 0) {
            return eng_fail(err, ENG_ERR_FORMAT,
                            "The model's vocabulary has the same text for tokens %d and %d; the "
                            "file is damaged or was converted wrongly.",
                            (int)v->slots[slot], (int)id);
        }
        v->slots[slot] = id;
    }
    return ENG_OK;
}

static enum eng_status load_kinds(struct vocabulary *v, const struct gguf *gguf,
                                  struct eng_err *err)
{
    const struct gguf_value *kinds = gguf_find(gguf, "tokenizer.ggml.token_type");
    memset(v->kinds, TOKEN_NORMAL, (size_t)v->n);
    if (!kinds) {
        return ENG_OK;
    }
    if (kinds->type != GGUF_ARRAY ||
        (kinds->element_type != GGUF_INT32 && kinds->element_type != GGUF_U32) ||
        kinds->n != (uint64_t)v->n) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "The model's tokenizer.ggml.token_type does not go with its vocabulary.");
    }
    for (int32_t id = 0; id < v->n; id++) {
        int32_t kind;
        memcpy(&kind, (const char *)kinds->data + 4 * (size_t)id, sizeof kind);
        if (kind >= TOKEN_NORMAL && kind <= TOKEN_BYTE) {
            v->kinds[id] = (unsigned char)kind;
        }
    }
    return ENG_OK;
}

enum eng_status vocabulary_load(struct vocabulary *v, const struct gguf *gguf, struct eng_err *err)
{
    const struct gguf_value *tokens = gguf_find(gguf, "tokenizer.ggml.tokens");
    if (!tokens || tokens->type != GGUF_ARRAY || tokens->element_type != GGUF_STRING ||
        tokens->n == 0 || tokens->n > MAX_TOKENS) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "The model file has no vocabulary (tokenizer.ggml.tokens).");
    }
    v->texts = tokens->strings;
    v->n = (int32_t)tokens->n;
    v->kinds = malloc((size_t)v->n);
    if (!v->kinds) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory for the model's vocabulary.");
    }
    enum eng_status status = load_kinds(v, gguf, err);
    return status == ENG_OK ? index_texts(v, err) : status;
}

void vocabulary_unload(struct vocabulary *v)
{
    free(v->kinds);
    free(v->slots);
    free(v->specials);
    *v = (struct vocabulary){0};
}

static int compare_texts(const void *a, const void *b, void *data)
{
    const struct vocabulary *v = data;
    const struct gguf_string *x = &v->texts[*(const int32_t *)a];
    const struct gguf_string *y = &v->texts[*(const int32_t *)b];
    int order = memcmp(x->data, y->data, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

static bool is_special(const struct vocabulary *v, int32_t id)
{
    unsigned char kind = v->kinds[id];
    return (kind == TOKEN_CONTROL || kind == TOKEN_USER || kind == TOKEN_UNKNOWN) &&
           v->texts[id].n > 0 && v->texts[id].n <= MAX_SPECIAL_BYTES;
}

enum eng_status vocabulary_index_specials(struct vocabulary *v, struct eng_err *err)
{
    for (int32_t id = 0; id < v->n; id++) {
        v->n_specials += is_special(v, id);
    }
    v->specials = malloc(((size_t)v->n_specials + 1) * sizeof *v->specials);
    if (!v->specials) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory for the model's vocabulary.");
    }
    int32_t n = 0;
    for (int32_t id = 0; id < v->n; id++) {
        if (is_special(v, id)) {
            v->specials[n++] = id;
        }
    }
    qsort_r(v->specials, (size_t)n, sizeof *v->specials, compare_texts, v);
    return ENG_OK;
}

/* Byte `at` of a special's text, -1 past its end, so that shorter texts sort first. */
static int byte_at(const struct vocabulary *v, int32_t index, size_t at)
{
    const struct gguf_string *text = &v->texts[v->specials[index]];
    return at < text->n ? (unsigned char)text->data[at] : -1;
}

/* The first of specials[low…high) whose byte `at` is not below `byte`. */
static int32_t lower_bound(const struct vocabulary *v, int32_t low, int32_t high, size_t at,
                           int byte)
{
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (byte_at(v, middle, at) < byte) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int32_t vocabulary_match_special(const struct vocabulary *v, const char *text, size_t n,
                                 bool control)
{
    int32_t low = 0, high = v->n_specials, best = -1;
    for (size_t at = 0; at < n && low < high; at++) {
        int byte = (unsigned char)text[at];
        low = lower_bound(v, low, high, at, byte);
        high = lower_bound(v, low, high, at, byte + 1);
        /* Texts are unique, so at most the first of the range ends here. */
        if (low < high && v->texts[v->specials[low]].n == at + 1 &&
            (control || v->kinds[v->specials[low]] == TOKEN_USER)) {
            best = v->specials[low];
        }
    }
    return best;
}
