/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte-level BPE. A word starts as one symbol per byte; the adjacent pair with the lowest rank in
 * the list of merges, the leftmost among equals, is joined until no pair is in the list.
 *
 * Two ways with the same result. Short words (nearly all): the ranks of neighbours are kept in the
 * symbols and the smallest is found by a scan. Long words (a megabyte of base64 is one word): a
 * heap of candidates (rank, position); a candidate whose symbols have changed meanwhile is
 * recognised by its merged token and dropped, so the whole costs n log n.
 *
 * The file spells bytes in GPT-2's alphabet: printable Latin-1 bytes as themselves, the other 68 as
 * U+0100 + their index among those. A byte that has no token (SmolLM lacks 21) is left out before
 * merging, as the reference does: such a text does not survive the round trip.
 */
#include "engine/tokenizer/bpe.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/error.h"
#include "engine/tokenizer/markers.h"
#include "engine/tokenizer/unicode.h"

enum {
    NO_RANK = INT32_MAX,
    SCAN_LIMIT = 48, /* symbols; beyond it the heap is faster */
};

struct merge {
    int32_t left, right; /* left -1: free slot */
    int32_t rank, merged;
};

struct bpe_symbol {
    int32_t id;             /* -1: joined into an earlier one (heap only) */
    int32_t rank, merged;   /* of the pair with the next symbol (scan only) */
    uint32_t before, after; /* neighbours (heap only) */
};

struct bpe_candidate {
    int32_t rank;
    uint32_t at;
    int32_t merged;
};

static bool is_printable_latin1(uint32_t byte)
{
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174);
}

int bpe_alphabet_byte(uint32_t code)
{
    if (code < 256) {
        return is_printable_latin1(code) ? (int)code : -1;
    }
    /* The others are, in order: 0…32, 127…160, 173. */
    uint32_t index = code - 256;
    return index < 33 ? (int)index : index < 67 ? (int)(index + 94) : index == 67 ? 173 : -1;
}

static uint32_t alphabet_code(unsigned byte)
{
    if (is_printable_latin1(byte)) {
        return byte;
    }
    return 256 + (byte < 33 ? byte : byte < 173 ? byte - 94 : 67);
}

static uint32_t find_slot(const struct bpe *bpe, int32_t left, int32_t right)
{
    uint64_t key = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
    uint32_t slot = (uint32_t)vocabulary_mix(bpe->vocabulary->seed, key) & bpe->mask;
    while (bpe->slots[slot].left >= 0 &&
           (bpe->slots[slot].left != left || bpe->slots[slot].right != right)) {
        slot = (slot + 1) & bpe->mask;
    }
    return slot;
}

static const struct merge *find_merge(const struct bpe *bpe, int32_t left, int32_t right)
{
    const struct merge *merge = &bpe->slots[find_slot(bpe, left, right)];
    return merge->left >= 0 ? merge : NULL;
}

/* "left right"; produced[] notes what merges make. */
static void add_merge(struct bpe *bpe, struct gguf_string text, int32_t rank, char *joined,
                      bool *produced)
{
    const struct vocabulary *v = bpe->vocabulary;
    const char *space = text.n > 1 ? memchr(text.data + 1, ' ', text.n - 1) : NULL;
    int32_t left = -1, right = -1, merged = -1;
    if (space) {
        size_t n = (size_t)(space - text.data);
        memcpy(joined, text.data, n);
        memcpy(joined + n, space + 1, text.n - n - 1);
        left = vocabulary_find(v, text.data, n);
        right = vocabulary_find(v, space + 1, text.n - n - 1);
        merged = vocabulary_find(v, joined, text.n - 1);
    }
    if (left < 0 || right < 0 || merged < 0 || v->kinds[merged] == TOKEN_CONTROL) {
        bpe->n_unknown_merges++;
        return;
    }
    struct merge *slot = &bpe->slots[find_slot(bpe, left, right)];
    if (slot->left < 0) {
        *slot = (struct merge){left, right, rank, merged};
    }
    produced[merged] = true;
}

static enum eng_status load_merges(struct bpe *bpe, const struct gguf_value *merges, bool *produced,
                                   struct eng_err *err)
{
    uint64_t size = 16, longest = 1;
    while (size < 2 * merges->n) {
        size *= 2;
    }
    for (uint64_t i = 0; i < merges->n; i++) {
        longest = merges->strings[i].n > longest ? merges->strings[i].n : longest;
    }
    char *joined = malloc(longest);
    bpe->mask = (uint32_t)(size - 1);
    bpe->slots = malloc(size * sizeof *bpe->slots);
    if (!joined || !bpe->slots) {
        free(joined);
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory for the model's vocabulary.");
    }
    memset(bpe->slots, 0xff, size * sizeof *bpe->slots);
    for (uint64_t i = 0; i < merges->n; i++) {
        add_merge(bpe, merges->strings[i], (int32_t)i, joined, produced);
    }
    free(joined);
    return ENG_OK;
}

/* Some files type "<|im_end|>" and its like as text. What no merge produces cannot come from text,
   so it is a marker, and documents must not be able to write it. */
static void retype_markers(struct vocabulary *v, const bool *produced)
{
    for (int32_t id = 0; id < v->n; id++) {
        if ((v->kinds[id] == TOKEN_NORMAL || v->kinds[id] == TOKEN_USER) && !produced[id] &&
            marker_find(v->texts[id].data, v->texts[id].n)) {
            v->kinds[id] = TOKEN_CONTROL;
        }
    }
}

enum eng_status bpe_load(struct bpe *bpe, struct vocabulary *v, const struct gguf *gguf,
                         struct eng_err *err)
{
    const struct gguf_value *merges = gguf_find(gguf, "tokenizer.ggml.merges");
    if (!merges || merges->type != GGUF_ARRAY || merges->element_type != GGUF_STRING ||
        merges->n > INT32_MAX / 4) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "The model file has no list of merges (tokenizer.ggml.merges), which its "
                        "kind of tokenizer needs.");
    }
    bpe->vocabulary = v;
    for (unsigned byte = 0; byte < 256; byte++) {
        char text[4];
        bpe->byte_ids[byte] = vocabulary_find(v, text, unicode_put(alphabet_code(byte), text));
    }
    bool *produced = calloc((size_t)v->n, sizeof *produced);
    if (!produced) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory for the model's vocabulary.");
    }
    enum eng_status status = load_merges(bpe, merges, produced, err);
    if (status == ENG_OK) {
        retype_markers(v, produced);
    }
    free(produced);
    return status;
}

void bpe_unload(struct bpe *bpe)
{
    free(bpe->slots);
    bpe->slots = NULL;
}

void bpe_scratch_free(struct bpe_scratch *scratch)
{
    free(scratch->symbols);
    free(scratch->heap);
    *scratch = (struct bpe_scratch){0};
}

/* --- short words -------------------------------------------------------------------------------
 */

static void rank_pair(const struct bpe *bpe, struct bpe_symbol *symbols, size_t at, size_t n)
{
    const struct merge *merge =
        at + 1 < n ? find_merge(bpe, symbols[at].id, symbols[at + 1].id) : NULL;
    symbols[at].rank = merge ? merge->rank : NO_RANK;
    symbols[at].merged = merge ? merge->merged : -1;
}

static size_t merge_by_scan(const struct bpe *bpe, struct bpe_symbol *symbols, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rank_pair(bpe, symbols, i, n);
    }
    for (;;) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++) {
            best = symbols[i].rank < symbols[best].rank ? i : best;
        }
        if (n == 0 || symbols[best].rank == NO_RANK) {
            return n;
        }
        symbols[best].id = symbols[best].merged;
        memmove(&symbols[best + 1], &symbols[best + 2], (n - best - 2) * sizeof *symbols);
        n--;
        rank_pair(bpe, symbols, best, n);
        if (best > 0) {
            rank_pair(bpe, symbols, best - 1, n);
        }
    }
}

/* --- long words --------------------------------------------------------------------------------
 */

static bool goes_before(struct bpe_candidate a, struct bpe_candidate b)
{
    return a.rank < b.rank || (a.rank == b.rank && a.at < b.at);
}

static void sift_up(struct bpe_candidate *heap, size_t at)
{
    struct bpe_candidate moved = heap[at];
    while (at > 0 && goes_before(moved, heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = moved;
}

/* Takes the first candidate out of a heap of n. */
static struct bpe_candidate pop(struct bpe_candidate *heap, size_t n)
{
    struct bpe_candidate first = heap[0], moved = heap[n - 1];
    size_t at = 0, child;
    n--;
    while ((child = 2 * at + 1) < n) {
        child += child + 1 < n && goes_before(heap[child + 1], heap[child]);
        if (!goes_before(heap[child], moved)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
    return first;
}

/* Each merge makes at most two candidates and there are fewer than n merges: 3 n entries do. */
static size_t push_pair(const struct bpe *bpe, struct bpe_scratch *s, size_t n_heap, uint32_t at,
                        size_t n)
{
    uint32_t after = s->symbols[at].after;
    const struct merge *merge =
        after < n ? find_merge(bpe, s->symbols[at].id, s->symbols[after].id) : NULL;
    if (merge) {
        s->heap[n_heap] = (struct bpe_candidate){merge->rank, at, merge->merged};
        sift_up(s->heap, n_heap);
        n_heap++;
    }
    return n_heap;
}

static size_t merge_by_heap(const struct bpe *bpe, struct bpe_scratch *s, size_t n)
{
    struct bpe_symbol *symbols = s->symbols;
    size_t n_heap = 0;
    for (size_t i = 0; i < n; i++) {
        symbols[i].before = (uint32_t)(i - 1);
        symbols[i].after = (uint32_t)(i + 1);
    }
    for (size_t i = 0; i < n; i++) {
        n_heap = push_pair(bpe, s, n_heap, (uint32_t)i, n);
    }
    while (n_heap > 0) {
        struct bpe_candidate c = pop(s->heap, n_heap--);
        struct bpe_symbol *left = &symbols[c.at];
        if (left->id < 0 || left->after >= n) {
            continue;
        }
        struct bpe_symbol *right = &symbols[left->after];
        const struct merge *merge = find_merge(bpe, left->id, right->id);
        if (!merge || merge->merged != c.merged) {
            continue;
        }
        left->id = c.merged;
        right->id = -1;
        left->after = right->after;
        if (left->after < n) {
            symbols[left->after].before = c.at;
        }
        n_heap = push_pair(bpe, s, n_heap, c.at, n);
        if (c.at > 0) {
            n_heap = push_pair(bpe, s, n_heap, left->before, n);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (symbols[i].id >= 0) {
            symbols[kept++].id = symbols[i].id;
        }
    }
    return kept;
}

/* --- both --------------------------------------------------------------------------------------
 */

static bool reserve(struct bpe_scratch *s, size_t n)
{
    if (n > s->capacity) {
        struct bpe_symbol *grown = realloc(s->symbols, n * sizeof *grown);
        if (!grown) {
            return false;
        }
        s->symbols = grown;
        s->capacity = n;
    }
    if (n > SCAN_LIMIT && 3 * n > s->heap_capacity) {
        struct bpe_candidate *grown = realloc(s->heap, 3 * n * sizeof *grown);
        if (!grown) {
            return false;
        }
        s->heap = grown;
        s->heap_capacity = 3 * n;
    }
    return true;
}

/* The token whose bytes are the word, if it is one of the text tokens. */
static int32_t whole_word(const struct bpe *bpe, const char *word, size_t n)
{
    char spelled[256];
    size_t at = 0;
    for (size_t i = 0; i < n && at + 4 <= sizeof spelled; i++) {
        at += unicode_put(alphabet_code((unsigned char)word[i]), spelled + at);
    }
    if (at + 4 > sizeof spelled) {
        return -1;
    }
    int32_t id = vocabulary_find(bpe->vocabulary, spelled, at);
    return id >= 0 && bpe->vocabulary->kinds[id] == TOKEN_NORMAL ? id : -1;
}

bool bpe_encode(const struct bpe *bpe, struct bpe_scratch *s, const char *word, size_t n_bytes,
                struct token_ids *ids)
{
    int32_t whole = bpe->whole_words ? whole_word(bpe, word, n_bytes) : -1;
    if (whole >= 0) {
        return token_ids_push(ids, whole);
    }
    if (n_bytes >= UINT32_MAX || !reserve(s, n_bytes)) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < n_bytes; i++) {
        int32_t id = bpe->byte_ids[(unsigned char)word[i]];
        if (id >= 0) {
            s->symbols[n++].id = id;
        }
    }
    n = n <= SCAN_LIMIT ? merge_by_scan(bpe, s->symbols, n) : merge_by_heap(bpe, s, n);
    for (size_t i = 0; i < n; i++) {
        if (!token_ids_push(ids, s->symbols[i].id)) {
            return false;
        }
    }
    return true;
}
