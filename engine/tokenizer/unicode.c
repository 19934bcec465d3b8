/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8, classes by binary search in range tables, and the canonical normal forms (Unicode standard
 * annex 15).
 *
 * NFC of a long text works region by region: a character that is "stable" (class 0, decomposes to
 * itself, never the second of a composition) can neither change nor join what precedes it, so a
 * region is a stable character and the unstable ones after it, and ordinary text is copied.
 * Reordering sorts words of class | position | code, which makes any sort stable and a megabyte of
 * combining marks cost n log n.
 */
#include "engine/tokenizer/unicode.h"

#include <stdlib.h>
#include <string.h>

#include "engine/tokenizer/unicode-tables.h"

size_t unicode_next(const char *text, size_t n_bytes, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        *code = s[0];
        return 1;
    }
    *code = UNICODE_RAW + s[0];
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n > n_bytes) {
        return 1;
    }
    uint32_t value = s[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 1;
        }
        value = value << 6 | (s[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[n] || (value >= 0xd800 && value < 0xe000) || value > 0x10ffff) {
        return 1;
    }
    *code = value;
    return n;
}

size_t unicode_put(uint32_t code, char out[4])
{
    if (code < 0x80 || code >= UNICODE_RAW) {
        out[0] = (char)(code < 0x80 ? code : code - UNICODE_RAW);
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)((0xf00u >> n & 0xf0) | code);
    return n;
}

/* The last entry of a range table whose code is not above; its value bits. */
static uint32_t find_range(const uint32_t *ranges, size_t n, unsigned shift, uint32_t code)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ranges[middle] >> shift <= code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? ranges[low - 1] & ((1u << shift) - 1) : 0;
}

unsigned unicode_classes(uint32_t code)
{
    return code >= UNICODE_RAW ? 0
                               : find_range(unicode_class_ranges, unicode_class_ranges_n, 11, code);
}

unsigned unicode_combining(uint32_t code)
{
    if (code < 0x300 || code >= UNICODE_RAW) {
        return 0;
    }
    return find_range(unicode_combining_ranges, unicode_combining_ranges_n, 8, code);
}

uint32_t unicode_lower(uint32_t code)
{
    size_t low = 0, high = unicode_lower_runs_n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct unicode_lower_run *run = &unicode_lower_runs[middle];
        if (code < run->first) {
            high = middle;
        } else if (code > run->last) {
            low = middle + 1;
        } else {
            bool inside = (code - run->first) % (uint32_t)run->step == 0;
            return inside ? (uint32_t)((int32_t)code + run->delta) : code;
        }
    }
    return code;
}

/* --- normal forms ------------------------------------------------------------------------------
 */

/* Hangul by arithmetic: syllable = ((lead * 21) + vowel) * 28 + tail. */
enum {
    HANGUL = 0xac00,
    HANGUL_N = 11172,
    LEAD = 0x1100,
    LEAD_N = 19,
    VOWEL = 0x1161,
    VOWEL_N = 21,
    TAIL = 0x11a7, /* one before the first: tail 0 means none */
    TAIL_N = 28,
};

enum { CODE_BITS = 21, POSITION_BITS = 35 };

void unicode_marks_free(struct unicode_marks *marks)
{
    free(marks->items);
    *marks = (struct unicode_marks){0};
}

uint32_t unicode_mark(const struct unicode_marks *marks, size_t i)
{
    return (uint32_t)(marks->items[i] & ((1u << CODE_BITS) - 1));
}

static unsigned mark_class(const struct unicode_marks *marks, size_t i)
{
    return (unsigned)(marks->items[i] >> (CODE_BITS + POSITION_BITS));
}

static bool push(struct unicode_marks *marks, uint32_t code)
{
    if (marks->n == marks->capacity) {
        size_t capacity = marks->capacity ? 2 * marks->capacity : 64;
        uint64_t *grown = realloc(marks->items, capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        marks->items = grown;
        marks->capacity = capacity;
    }
    uint64_t order = (uint64_t)unicode_combining(code) << POSITION_BITS | marks->n;
    marks->items[marks->n++] = order << CODE_BITS | code;
    return true;
}

bool unicode_decompose(struct unicode_marks *marks, uint32_t code)
{
    if (code < 0xc0 || code >= UNICODE_RAW) {
        return push(marks, code);
    }
    if (code >= HANGUL && code < HANGUL + HANGUL_N) {
        uint32_t index = code - HANGUL, tail = index % TAIL_N;
        return push(marks, LEAD + index / (VOWEL_N * TAIL_N)) &&
               push(marks, VOWEL + index / TAIL_N % VOWEL_N) &&
               (tail == 0 || push(marks, TAIL + tail));
    }
    size_t low = 0, high = unicode_decompositions_n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct unicode_decomposition *d = &unicode_decompositions[middle];
        if (d->code == code) {
            bool ok = true;
            for (unsigned i = 0; ok && i < d->n; i++) {
                ok = push(marks, unicode_decomposition_pool[d->at + i]);
            }
            return ok;
        }
        *(code < d->code ? &high : &low) = code < d->code ? middle : middle + 1;
    }
    return push(marks, code);
}

static int compare_marks(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

void unicode_reorder(struct unicode_marks *marks)
{
    for (size_t i = 0; i < marks->n; i++) {
        size_t end = i;
        while (end < marks->n && mark_class(marks, end) != 0) {
            end++;
        }
        if (end - i > 1) {
            qsort(marks->items + i, end - i, sizeof *marks->items, compare_marks);
        }
        i = end;
    }
}

/* The composition of two code points, 0 if there is none. */
static uint32_t compose_pair(uint32_t first, uint32_t second)
{
    if (first >= LEAD && first < LEAD + LEAD_N && second >= VOWEL && second < VOWEL + VOWEL_N) {
        return HANGUL + ((first - LEAD) * VOWEL_N + (second - VOWEL)) * TAIL_N;
    }
    if (first >= HANGUL && first < HANGUL + HANGUL_N && (first - HANGUL) % TAIL_N == 0 &&
        second > TAIL && second < TAIL + TAIL_N) {
        return first + (second - TAIL);
    }
    size_t low = 0, high = unicode_compositions_n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct unicode_composition *c = &unicode_compositions[middle];
        if (c->first == first && c->second == second) {
            return c->composed;
        }
        bool before = first < c->first || (first == c->first && second < c->second);
        *(before ? &high : &low) = before ? middle : middle + 1;
    }
    return 0;
}

/* Joins each starter with the marks after it that are not blocked (annex 15, D115–D117). */
static void compose(struct unicode_marks *marks)
{
    size_t n = 0, starter = SIZE_MAX;
    for (size_t i = 0; i < marks->n; i++) {
        unsigned class = mark_class(marks, i);
        uint32_t code = unicode_mark(marks, i), joined = 0;
        /* What was kept since the starter blocks equal and lower classes; kept marks are sorted. */
        bool blocked =
            starter == SIZE_MAX || (n > starter + 1 && (mark_class(marks, n - 1) >= class));
        if (!blocked) {
            joined = compose_pair(unicode_mark(marks, starter), code);
        }
        if (joined) {
            marks->items[starter] = joined; /* class 0 */
            continue;
        }
        if (class == 0) {
            starter = n;
        }
        marks->items[n++] = marks->items[i];
    }
    marks->n = n;
}

struct text {
    char *data; /* (owned) */
    size_t n, capacity;
};

static bool put(struct text *text, const char *data, size_t n)
{
    if (n > text->capacity - text->n) {
        size_t capacity = text->n + n + text->capacity / 2;
        char *grown = realloc(text->data, capacity);
        if (!grown) {
            return false;
        }
        text->data = grown;
        text->capacity = capacity;
    }
    memcpy(text->data + text->n, data, n);
    text->n += n;
    return true;
}

static bool put_region(struct text *text, struct unicode_marks *marks)
{
    unicode_reorder(marks);
    compose(marks);
    for (size_t i = 0; i < marks->n; i++) {
        char bytes[4];
        if (!put(text, bytes, unicode_put(unicode_mark(marks, i), bytes))) {
            return false;
        }
    }
    marks->n = 0;
    return true;
}

bool unicode_is_nfc(const char *text, size_t n_bytes)
{
    for (size_t at = 0; at < n_bytes;) {
        uint32_t code;
        at += unicode_next(text + at, n_bytes - at, &code);
        if (code >= 0x300 && (unicode_classes(code) & UNICODE_UNSTABLE)) {
            return false;
        }
    }
    return true;
}

char *unicode_nfc(const char *text, size_t n_bytes, size_t *n_out)
{
    struct text out = {.data = malloc(n_bytes + 1), .capacity = n_bytes + 1};
    struct unicode_marks marks = {0};
    bool ok = out.data != NULL;
    size_t stable = 0; /* where the last stable character began; it is not yet written */
    for (size_t at = 0; ok && at < n_bytes;) {
        uint32_t code;
        size_t n = unicode_next(text + at, n_bytes - at, &code);
        if (!(unicode_classes(code) & UNICODE_UNSTABLE)) {
            ok = put(&out, text + stable, at - stable);
            stable = at;
            at += n;
            continue;
        }
        for (size_t from = stable; ok && from < at;) {
            from += unicode_next(text + from, at - from, &code);
            ok = unicode_decompose(&marks, code);
        }
        while (ok && at < n_bytes) {
            n = unicode_next(text + at, n_bytes - at, &code);
            if (!(unicode_classes(code) & UNICODE_UNSTABLE)) {
                break;
            }
            ok = unicode_decompose(&marks, code);
            at += n;
        }
        ok = ok && put_region(&out, &marks);
        stable = at;
    }
    ok = ok && put(&out, text + stable, n_bytes - stable);
    unicode_marks_free(&marks);
    if (!ok) {
        free(out.data);
        return NULL;
    }
    *n_out = out.n;
    return out.data;
}
