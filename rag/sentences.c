/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sentence borders by rule. A full stop ends a sentence unless it belongs to a number ("3.5" has no
 * space after it), an abbreviation, an initial or a list number; closing quotes and brackets stay
 * with the sentence they end; what follows must look like a beginning (not a small letter).
 *
 * The rules err towards too long: two sentences taken for one cost a little precision in a
 * citation, half a sentence taken for a whole one shows nonsense. Mikheev 2002 ("Periods,
 * Capitalized Words, etc.") shows that a short list of abbreviations and the shape of the next word
 * decide nearly all cases; we leave out the statistics over the document.
 */
#include "rag/sentences.h"

#include <stdbool.h>
#include <string.h>

/* Never the end of a sentence, whatever follows. Compared without case. */
static const char *const titles[] = {
    "mr",     "mrs", "ms",   "dr",   "prof", "st",   "rev",  "gen",  "col",  "capt", "lt",  "sen",
    "rep",    "gov", "hon",  "sgt",  "vs",   "cf",   "eg",   "ie",   "e.g",  "i.e",  "viz", "fig",
    "figs",   "eq",  "eqs",  "sec",  "sect", "ch",   "chap", "vol",  "vols", "pp",   "ed",  "eds",
    "approx", "ca",  "resp", "incl", "al",   "dept", "univ", "bzw",  "z.b",  "d.h",  "nr",  "abs",
    "vgl",    "ggf", "u.a",  "o.ä",  "bspw", "evtl", "mme",  "mlle", "sr",   "sra",
};

/* Often inside a sentence, but they end one where a capital follows. */
static const char *const enders[] = {
    "etc", "inc", "ltd", "co",  "corp", "jr",   "bros", "a.m", "p.m", "usw", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep",  "sept", "oct",  "nov", "dec", "no",  "min", "max", "art",
};

/* Words that a sentence likes to begin with: they end "the U.S." and "Plan B". */
static const char *const starters[] = {
    "The",     "A",  "An",   "In",   "It",  "He",  "She", "They", "We",    "You",   "This",
    "That",    "If", "When", "But",  "And", "For", "On",  "At",   "These", "Those", "There",
    "However", "As", "To",   "Then", "Der", "Die", "Das", "Es",   "Le",    "La",    "Il",
};

static bool listed(const char *const *list, size_t n, const char *word, size_t n_bytes, bool fold)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(list[i]) == n_bytes && (fold ? g_ascii_strncasecmp(list[i], word, n_bytes)
                                                : strncmp(list[i], word, n_bytes)) == 0)
            return true;
    }
    return false;
}

static bool is_closing(gunichar c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == '}' || c == 0x201d /* ” */ ||
           c == 0x2019 /* ’ */ || c == 0xbb /* » */ || c == 0x300d /* 」 */ || c == 0x300f /* 』 */;
}

static bool is_wide_stop(gunichar c) /* ends a sentence without a space: 。！？｡ */
{
    return c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff61;
}

static bool is_space(gunichar c)
{
    return c == '\t' || c == '\r' || c == 0xa0 || g_unichar_isspace(c);
}

/* The word that ends just before `stop`, back to white space or an opening bracket or quote. */
static const char *word_before(const char *begin, const char *stop)
{
    const char *p = stop;
    while (p > begin) {
        const char *q = g_utf8_prev_char(p);
        gunichar c = g_utf8_get_char(q);
        if (is_space(c) || c == '(' || c == '[' || c == '"' || c == 0x201c || c == '\'')
            break;
        p = q;
    }
    return p;
}

static bool is_starter(const char *next)
{
    size_t n = 0;
    while (g_ascii_isalpha(next[n]))
        n++;
    return listed(starters, G_N_ELEMENTS(starters), next, n, false);
}

static bool all_digits(const char *from, const char *to)
{
    for (const char *p = from; p < to; p++) {
        if (!g_ascii_isdigit(*p))
            return false;
    }
    return from < to;
}

/* Does the full stop at `stop` belong to its word rather than end the sentence that began at
   `begin`? `next` is the first character after the white space. */
static bool stop_is_part_of_word(const char *begin, const char *stop, const char *next)
{
    const char *word = word_before(begin, stop);
    size_t n = (size_t)(stop - word);
    if (n == 0)
        return false;
    if (word == begin && all_digits(word, stop)) /* "2. Then …": the number of a list item */
        return true;
    if (listed(titles, G_N_ELEMENTS(titles), word, n, true))
        return true;
    if (listed(enders, G_N_ELEMENTS(enders), word, n, true)) {
        bool number = n == 2 && g_ascii_strncasecmp(word, "no", 2) == 0;
        return number ? g_ascii_isdigit(*next) : !g_unichar_isupper(g_utf8_get_char(next));
    }
    gunichar last = g_utf8_get_char(g_utf8_prev_char(stop));
    bool single = g_utf8_prev_char(stop) == word || g_utf8_prev_char(stop)[-1] == '.';
    if (single && g_unichar_isupper(last)) /* an initial, or "U.S." */
        return !is_starter(next);
    return false;
}

static bool may_begin(gunichar c)
{
    bool inner = c == ',' || c == ';' || c == ':' || c == ')' || c == ']' || c == '}';
    return !inner && !g_unichar_islower(c);
}

static void push(GArray *out, const char *text, const char *from, const char *to)
{
    while (to > from && is_space(g_utf8_get_char(g_utf8_prev_char(to))))
        to = g_utf8_prev_char(to);
    struct rag_range range = {(size_t)(from - text), (size_t)(to - text)};
    if (to > from)
        g_array_append_val(out, range);
}

static const char *skip_space(const char *p)
{
    while (*p && is_space(g_utf8_get_char(p)))
        p = g_utf8_next_char(p);
    return p;
}

/* p stands on a terminator; returns where the sentence that began at `begin` ends, NULL if here it
   does not. */
static const char *sentence_end(const char *begin, const char *p)
{
    gunichar c = g_utf8_get_char(p);
    if (c != '.' && c != '!' && c != '?' && c != 0x2026 && !is_wide_stop(c))
        return NULL;
    const char *end = g_utf8_next_char(p);
    while (*end == '.' || *end == '!' || *end == '?')
        end++;
    bool single_stop = c == '.' && end == p + 1;
    while (*end && is_closing(g_utf8_get_char(end)))
        end = g_utf8_next_char(end);
    if (is_wide_stop(c) || !*end)
        return end;
    if (!is_space(g_utf8_get_char(end)))
        return NULL;
    const char *next = skip_space(end);
    if (!*next || memchr(end, '\n', (size_t)(next - end)))
        return end;
    if (!may_begin(g_utf8_get_char(next)))
        return NULL;
    return single_stop && stop_is_part_of_word(begin, p, next) ? NULL : end;
}

size_t rag_sentences(const char *text, GArray *out_ranges)
{
    guint before = out_ranges->len;
    const char *begin = skip_space(text);
    for (const char *p = begin; *p;) {
        const char *end = *p == '\n' ? p : sentence_end(begin, p);
        if (!end) {
            p = g_utf8_next_char(p);
            continue;
        }
        push(out_ranges, text, begin, end);
        begin = p = skip_space(end);
    }
    push(out_ranges, text, begin, begin + strlen(begin));
    return out_ranges->len - before;
}
