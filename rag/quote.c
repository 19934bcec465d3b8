/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding a quote in a text that may be set otherwise: lines broken elsewhere, words hyphenated,
 * ligatures, a table's bars, a running header in between.
 *
 * Both are folded to what carries meaning: letters and digits, decomposed (NFKD), without marks, in
 * small letters; each byte of the folded text remembers the byte of the text it came from. Then
 *  1. the whole quote is looked for (memmem, linear);
 *  2. if it is not there, its longest part: every window of WINDOW bytes of the quote goes into a
 *     table; where a window of the text is among them, the match is stretched both ways, and the
 *     search goes on behind it. Linear but for repetitive quotes, whose chains are cut off.
 * A part counts as sure from SURE_BYTES on, and from a quarter of the quote (200 bytes are enough
 * of any quote): chance does not make so many letters equal.
 */
#include "rag/quote.h"

#include "rag/viewer.h"
#include <string.h>

enum {
    WINDOW = 16,
    SURE_BYTES = 24,
    SURE_ENOUGH = 200,
    TABLE_BITS = 12,
    MAX_CHAIN = 32,
    MAX_DECOMPOSED = 18, /* g_unichar_fully_decompose: longest result */
};

struct folded {
    GString *letters; /* (owned) */
    GArray *origins;  /* (owned) of guint32: for each byte of letters, the byte of the text */
};

static void folded_clear(struct folded *folded)
{
    g_string_free(folded->letters, TRUE);
    g_array_unref(folded->origins);
}

static void put_letter(struct folded *folded, gunichar c, guint32 origin)
{
    char bytes[6];
    int n = g_unichar_to_utf8(c, bytes);
    g_string_append_len(folded->letters, bytes, n);
    for (int i = 0; i < n; i++)
        g_array_append_val(folded->origins, origin);
}

static void put_char(struct folded *folded, gunichar c, guint32 origin)
{
    gunichar parts[MAX_DECOMPOSED];
    gsize n = g_unichar_fully_decompose(c, TRUE, parts, MAX_DECOMPOSED);
    for (gsize i = 0; i < MIN(n, (gsize)MAX_DECOMPOSED); i++) {
        if (g_unichar_isalnum(parts[i]))
            put_letter(folded, g_unichar_tolower(parts[i]), origin);
    }
}

static struct folded fold(const char *text)
{
    size_t n = strlen(text);
    struct folded folded = {g_string_sized_new(n),
                            g_array_sized_new(FALSE, FALSE, sizeof(guint32), (guint)n)};
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        guchar byte = (guchar)*p;
        if (byte >= 0x80)
            put_char(&folded, g_utf8_get_char(p), (guint32)(p - text));
        else if (g_ascii_isalnum(byte))
            put_letter(&folded, (gunichar)g_ascii_tolower(byte), (guint32)(p - text));
    }
    return folded;
}

/* The bytes of the text that made [at, at + n) of the letters. */
static void to_text(const struct folded *folded, const char *text, size_t at, size_t n,
                    size_t *from, size_t *to)
{
    size_t last = g_array_index(folded->origins, guint32, at + n - 1);
    *from = g_array_index(folded->origins, guint32, at);
    *to = (size_t)(g_utf8_next_char(text + last) - text);
}

/* --- the whole quote ------------------------------------------------------------------------- */

static bool find_whole(const struct folded *text, const struct folded *quote, size_t hint,
                       size_t *at)
{
    const char *start = text->letters->str, *end = start + text->letters->len;
    size_t best = SIZE_MAX;
    for (const char *p = start;
         (p = memmem(p, (size_t)(end - p), quote->letters->str, quote->letters->len)); p++) {
        size_t origin = g_array_index(text->origins, guint32, p - start);
        size_t distance = origin > hint ? origin - hint : hint - origin;
        if (distance >= best)
            break; /* places come in order: they only get farther */
        best = distance;
        *at = (size_t)(p - start);
    }
    return best != SIZE_MAX;
}

/* --- its longest part ------------------------------------------------------------------------ */

struct windows {
    const char *letters;            /* (borrowed) the quote's */
    size_t n;                       /* bytes of them */
    guint32 heads[1 << TABLE_BITS]; /* position + 1 of the last window with this hash; 0: none */
    guint32 *next;                  /* (owned) the one before it with the same */
};

static guint hash_window(const char *letters)
{
    guint64 a, b;
    memcpy(&a, letters, 8);
    memcpy(&b, letters + 8, 8);
    return (guint)(((a * 0x9e3779b97f4a7c15u) ^ (b * 0xc2b2ae3d27d4eb4fu)) >> (64 - TABLE_BITS));
}

static struct windows *windows_new(const struct folded *quote)
{
    struct windows *windows = g_new0(struct windows, 1);
    windows->letters = quote->letters->str;
    windows->n = quote->letters->len;
    windows->next = g_new0(guint32, windows->n);
    for (size_t i = 0; i + WINDOW <= windows->n; i++) {
        guint hash = hash_window(windows->letters + i);
        windows->next[i] = windows->heads[hash];
        windows->heads[hash] = (guint32)i + 1;
    }
    return windows;
}

static void windows_free(struct windows *windows)
{
    g_free(windows->next);
    g_free(windows);
}

/* The longest match of the quote over the text's window at `at`; its start goes to *start. */
static size_t stretch(const struct windows *windows, const char *text, size_t n, size_t at,
                      size_t *start)
{
    size_t best = 0;
    int n_tried = 0;
    for (guint32 i = windows->heads[hash_window(text + at)]; i && n_tried < MAX_CHAIN;
         i = windows->next[i - 1], n_tried++) {
        size_t q = i - 1, back = 0, length = WINDOW;
        if (memcmp(windows->letters + q, text + at, WINDOW) != 0)
            continue;
        while (back < q && back < at && windows->letters[q - back - 1] == text[at - back - 1])
            back++;
        while (q + length < windows->n && at + length < n &&
               windows->letters[q + length] == text[at + length])
            length++;
        if (back + length > best) {
            best = back + length;
            *start = at - back;
        }
    }
    return best;
}

static size_t find_part(const struct folded *text, const struct folded *quote, size_t *at)
{
    struct windows *windows = windows_new(quote);
    size_t best = 0, n = text->letters->len;
    for (size_t i = 0; i + WINDOW <= n;) {
        size_t start = i, length = stretch(windows, text->letters->str, n, i, &start);
        if (length > best) {
            best = length;
            *at = start;
        }
        i = length ? start + length : i + 1;
    }
    windows_free(windows);
    return best;
}

static bool is_sure(size_t n, size_t n_quote)
{
    return n >= SURE_BYTES && (n >= n_quote / 4 || n >= SURE_ENOUGH);
}

bool rag_find_quote_near(const char *text, const char *quote, size_t hint, size_t *from, size_t *to)
{
    struct folded in = fold(text), what = fold(quote);
    size_t at = 0, n = what.letters->len;
    bool found = n > 0 && find_whole(&in, &what, hint, &at);
    if (!found && n >= SURE_BYTES) {
        n = find_part(&in, &what, &at);
        found = is_sure(n, what.letters->len);
    }
    if (found)
        to_text(&in, text, at, n, from, to);
    folded_clear(&in);
    folded_clear(&what);
    return found;
}

bool rag_find_quote(const char *text, const char *quote, size_t *from, size_t *to)
{
    return rag_find_quote_near(text, quote, 0, from, to);
}
