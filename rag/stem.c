/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Suffix stripping after Porter 1980 ("An algorithm for suffix stripping"): five steps of rules
 * "suffix → replacement, if what remains is long enough". Length is Porter's measure m, the number
 * of vowel–consonant sequences. FTS5's porter tokenizer follows the same paper, so what scores
 * as equal here is also found as equal there.
 *
 * The tables give, for each step, suffixes in the order in which they are tried (the longer one of
 * two that end alike first); the first that fits ends the step, whether or not its condition holds.
 */
#include "rag/stem.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

struct rule {
    const char *suffix, *replacement;
};

static const struct rule step_2[] = {
    {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
    {"abli", "able"},   {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
    {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
    {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
    {NULL, NULL},
};
static const struct rule step_3[] = {
    {"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"},
    {"ical", "ic"},  {"ful", ""},   {"ness", ""},    {NULL, NULL},
};
static const struct rule step_4[] = {
    {"al", ""},  {"ance", ""},  {"ence", ""}, {"er", ""},  {"ic", ""},  {"able", ""}, {"ible", ""},
    {"ant", ""}, {"ement", ""}, {"ment", ""}, {"ent", ""}, {"ion", ""}, {"ou", ""},   {"ism", ""},
    {"ate", ""}, {"iti", ""},   {"ous", ""},  {"ive", ""}, {"ize", ""}, {NULL, NULL},
};

static bool consonant(const char *word, size_t i)
{
    if (strchr("aeiou", word[i]))
        return false;
    return word[i] != 'y' || i == 0 || !consonant(word, i - 1);
}

/* Porter's m of the first n letters. */
static int measure(const char *word, size_t n)
{
    int m = 0;
    bool vowel = false;
    for (size_t i = 0; i < n; i++) {
        if (!consonant(word, i)) {
            vowel = true;
        } else if (vowel) {
            m++;
            vowel = false;
        }
    }
    return m;
}

static bool has_vowel(const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!consonant(word, i))
            return true;
    }
    return false;
}

/* Consonant, vowel, consonant other than w, x, y: such a stem wants its "e" back ("hoping"). */
static bool short_end(const char *word, size_t n)
{
    return n >= 3 && consonant(word, n - 1) && !consonant(word, n - 2) && consonant(word, n - 3) &&
           !strchr("wxy", word[n - 1]);
}

static bool ends(const GString *word, const char *suffix)
{
    return g_str_has_suffix(word->str, suffix);
}

static void apply(GString *word, const struct rule *rules, int more_than)
{
    for (const struct rule *rule = rules; rule->suffix; rule++) {
        if (!ends(word, rule->suffix))
            continue;
        size_t rest = word->len - strlen(rule->suffix);
        bool fits = measure(word->str, rest) > more_than;
        if (strcmp(rule->suffix, "ion") == 0) /* only after s or t */
            fits = fits && rest > 0 && strchr("st", word->str[rest - 1]);
        if (fits) {
            g_string_truncate(word, rest);
            g_string_append(word, rule->replacement);
        }
        return;
    }
}

/* Plurals, -ed and -ing. */
static void step_1(GString *word)
{
    if (ends(word, "sses") || ends(word, "ies"))
        g_string_truncate(word, word->len - 2);
    else if (ends(word, "s") && !ends(word, "ss"))
        g_string_truncate(word, word->len - 1);

    if (ends(word, "eed")) {
        if (measure(word->str, word->len - 3) > 0)
            g_string_truncate(word, word->len - 1);
        return;
    }
    size_t cut = ends(word, "ed") ? 2 : ends(word, "ing") ? 3 : 0;
    if (!cut || !has_vowel(word->str, word->len - cut))
        return;
    g_string_truncate(word, word->len - cut);
    size_t n = word->len;
    if (ends(word, "at") || ends(word, "bl") || ends(word, "iz"))
        g_string_append_c(word, 'e');
    else if (n >= 2 && word->str[n - 1] == word->str[n - 2] && consonant(word->str, n - 1) &&
             !strchr("lsz", word->str[n - 1]))
        g_string_truncate(word, n - 1);
    else if (measure(word->str, n) == 1 && short_end(word->str, n))
        g_string_append_c(word, 'e');
}

/* A last "e" and a double "l". */
static void step_5(GString *word)
{
    size_t n = word->len - 1;
    if (ends(word, "e")) {
        int m = measure(word->str, n);
        if (m > 1 || (m == 1 && !short_end(word->str, n)))
            g_string_truncate(word, n);
    }
    if (ends(word, "ll") && measure(word->str, word->len - 1) > 1)
        g_string_truncate(word, word->len - 1);
}

char *rag_stem(const char *fold)
{
    if (strlen(fold) < 3 || fold[strspn(fold, "abcdefghijklmnopqrstuvwxyz")])
        return g_strdup(fold);
    GString *word = g_string_new(fold);
    step_1(word);
    if (ends(word, "y") && has_vowel(word->str, word->len - 1))
        word->str[word->len - 1] = 'i';
    apply(word, step_2, 0);
    apply(word, step_3, 0);
    apply(word, step_4, 1);
    step_5(word);
    return g_string_free(word, FALSE);
}
