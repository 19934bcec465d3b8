/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking a text apart for comparison, in two layers over the same bytes.
 *
 * Words are runs of letters and digits, folded (NFKD without marks, case-folded) and stemmed. They
 * say what a text is about.
 *
 * Values are stretches between white space, freed of the punctuation around them, that must agree
 * to the letter: numbers, code (options, paths, identifiers, versions), names. Their kind follows
 * from their shape alone; there is no dictionary:
 *   quoted   stands between quotation marks
 *   number   digits first, with separators, perhaps a unit or "st" behind
 *   code     digits among letters; "_", "=", "@", "::" or an inner "."; begins as an option or path
 *   name     capitals beyond the first letter, or a capital where no sentence begins
 *
 * A number is compared by value ("1,000" and "thousand" are "1000"), anything else as a run of
 * words, so that "RAID-6" meets "RAID 6" and "`--depth`" meets "--depth".
 */
#include "rag/words.h"

#include "rag/stem.h"
#include <string.h>

/* Sorted; English. "doesn" and "t" are what is left of "doesn't". */
static const char *const stop_words[] = {
    "a",       "about",  "above",   "after",      "again",     "all",        "also",    "am",
    "an",      "and",    "any",     "are",        "aren",      "as",         "at",      "be",
    "because", "been",   "before",  "being",      "below",     "between",    "both",    "but",
    "by",      "can",    "cannot",  "could",      "couldn",    "did",        "didn",    "do",
    "does",    "doesn",  "doing",   "don",        "done",      "down",       "during",  "each",
    "either",  "few",    "for",     "from",       "further",   "get",        "gets",    "got",
    "had",     "hadn",   "has",     "hasn",       "have",      "haven",      "having",  "he",
    "her",     "here",   "hers",    "herself",    "him",       "himself",    "his",     "how",
    "i",       "if",     "in",      "into",       "is",        "isn",        "it",      "its",
    "itself",  "just",   "let",     "ll",         "me",        "might",      "mine",    "more",
    "most",    "much",   "must",    "my",         "myself",    "no",         "nor",     "not",
    "now",     "of",     "off",     "on",         "once",      "only",       "onto",    "or",
    "other",   "others", "our",     "ours",       "ourselves", "out",        "over",    "own",
    "please",  "re",     "s",       "same",       "shall",     "she",        "should",  "shouldn",
    "so",      "some",   "such",    "t",          "tell",      "than",       "that",    "the",
    "their",   "theirs", "them",    "themselves", "then",      "there",      "these",   "they",
    "this",    "those",  "through", "to",         "too",       "under",      "until",   "up",
    "upon",    "us",     "ve",      "very",       "was",       "wasn",       "we",      "were",
    "weren",   "what",   "when",    "where",      "whether",   "which",      "while",   "who",
    "whom",    "whose",  "why",     "will",       "with",      "within",     "without", "would",
    "wouldn",  "you",    "your",    "yours",      "yourself",  "yourselves",
};

static const struct {
    const char *word, *digits;
} number_words[] = {
    {"zero", "0"},    {"one", "1"},       {"two", "2"},         {"three", "3"},    {"four", "4"},
    {"five", "5"},    {"six", "6"},       {"seven", "7"},       {"eight", "8"},    {"nine", "9"},
    {"ten", "10"},    {"eleven", "11"},   {"twelve", "12"},     {"twenty", "20"},  {"thirty", "30"},
    {"forty", "40"},  {"fifty", "50"},    {"sixty", "60"},      {"seventy", "70"}, {"eighty", "80"},
    {"ninety", "90"}, {"hundred", "100"}, {"thousand", "1000"},
};

bool rag_word_is_stop(const char *fold)
{
    size_t low = 0, high = G_N_ELEMENTS(stop_words);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(fold, stop_words[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static const char *number_of_word(const char *fold)
{
    for (size_t i = 0; i < G_N_ELEMENTS(number_words); i++) {
        if (strcmp(fold, number_words[i].word) == 0)
            return number_words[i].digits;
    }
    return NULL;
}

char *rag_fold(const char *text, gssize n_bytes)
{
    g_autofree char *apart = g_utf8_normalize(text, n_bytes, G_NORMALIZE_ALL);
    if (!apart)
        return g_strdup("");
    g_autofree char *small = g_utf8_casefold(apart, -1);
    GString *out = g_string_sized_new(strlen(small));
    for (const char *p = small; *p; p = g_utf8_next_char(p)) {
        if (!g_unichar_ismark(g_utf8_get_char(p)))
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
    }
    return g_string_free(out, FALSE);
}

/* White space to single spaces: what is looked for as a string does not care for line breaks. */
static char *single_spaces(const char *text)
{
    GString *out = g_string_sized_new(strlen(text));
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        if (!g_unichar_isspace(g_utf8_get_char(p)))
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
        else if (out->len && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    return g_string_free(out, FALSE);
}

/* --- words ------------------------------------------------------------------------------------ */

/* Scripts written without spaces: each character is a word. */
static bool stands_alone(gunichar c)
{
    switch (g_unichar_get_script(c)) {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_THAI:
        return true;
    default:
        return false;
    }
}

static bool in_word(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

static void add_word(RagTerms *terms, const char *text, size_t from, size_t to)
{
    g_autofree char *fold = rag_fold(text + from, (gssize)(to - from));
    g_autofree char *stem = rag_stem(fold);
    struct rag_word word = {
        .from = from,
        .to = to,
        .fold = g_string_chunk_insert_const(terms->chunk, fold),
        .stem = g_string_chunk_insert_const(terms->chunk, stem),
        .stop = rag_word_is_stop(fold),
    };
    g_array_append_val(terms->words, word);
    if (!word.stop)
        g_hash_table_add(terms->stems, (gpointer)word.stem);
    const char *digits = number_of_word(fold);
    if (digits)
        g_hash_table_add(terms->numbers, g_string_chunk_insert_const(terms->chunk, digits));
}

static void find_words(RagTerms *terms, const char *text)
{
    const char *p = text;
    while (*p) {
        if (!in_word(g_utf8_get_char(p))) {
            p = g_utf8_next_char(p);
            continue;
        }
        const char *start = p;
        bool alone = stands_alone(g_utf8_get_char(p));
        do {
            p = g_utf8_next_char(p);
        } while (!alone && *p && in_word(g_utf8_get_char(p)) && !stands_alone(g_utf8_get_char(p)));
        add_word(terms, text, (size_t)(start - text), (size_t)(p - text));
    }
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* The number at p, without separators of thousands; *end behind it. "1,000" → "1000", "3.10" as it
   is, "1,5" as it is: which of the two separators is the decimal one is not known. */
static char *read_number(const char *p, const char **end)
{
    GString *digits = g_string_new(NULL);
    while (g_ascii_isdigit(*p)) {
        size_t run = strspn(p, "0123456789");
        g_string_append_len(digits, p, (gssize)run);
        p += run;
        size_t next = strspn(p + (*p == ',' || *p == '.'), "0123456789");
        if (*p == ',' && run <= 3 && next == 3) {
            p++;
        } else if ((*p == '.' || *p == ',') && next > 0) {
            g_string_append_c(digits, *p);
            p++;
        } else if (g_str_has_prefix(p, "\302\240") && strspn(p + 2, "0123456789") == 3) {
            p += 2; /* no-break space */
        } else {
            break;
        }
    }
    *end = p;
    return g_string_free(digits, FALSE);
}

static void find_numbers(RagTerms *terms, const char *text)
{
    for (const char *p = text; *p;) {
        if (!g_ascii_isdigit(*p)) {
            p++;
            continue;
        }
        g_autofree char *digits = read_number(p, &p);
        g_hash_table_add(terms->numbers, g_string_chunk_insert_const(terms->chunk, digits));
    }
}

/* --- values ----------------------------------------------------------------------------------- */

/* Letters after digits that leave a number a number: units, "st", "th", "s" of "1990s", "%". */
static bool is_number(const char *chunk)
{
    const char *p = chunk + strspn(chunk, "+-~$<>=");
    for (const char *sign = "€£§"; *sign; sign = g_utf8_next_char(sign)) {
        size_t n = (size_t)(g_utf8_next_char(sign) - sign);
        if (strncmp(p, sign, n) == 0)
            p += n;
    }
    if (!g_ascii_isdigit(*p))
        return false;
    g_free(read_number(p, &p)); /* only where it ends matters */
    if (*p == '-')
        p++;
    size_t letters = 0;
    while (g_ascii_isalpha(p[letters]))
        letters++;
    return (p[letters] == 0 && letters <= 12) || strcmp(p, "%") == 0;
}

static bool is_code(const char *chunk)
{
    bool digit = false, letter = false, inner = false, short_parts = true;
    size_t part = 0;
    for (const char *p = chunk; *p; p++) {
        bool alnum = g_ascii_isalnum(*p) || (*p & 0x80);
        digit = digit || g_ascii_isdigit(*p);
        letter = letter || (alnum && !g_ascii_isdigit(*p));
        part = alnum ? part + 1 : 0;
        short_parts = short_parts && part < 3;
        if (*p == '_' || *p == '=' || *p == '@' || *p == '\\' || *p == '{' || *p == '^' ||
            *p == '$')
            return letter || digit || p[1];
        if ((*p == '.' || *p == ':') && p > chunk && p[1] && p[1] != '/' &&
            (g_ascii_isalnum(p[1]) || p[1] == ':'))
            inner = true;
    }
    if (digit)
        return true; /* letters and digits, or several numbers: a version, a date, an address */
    if (inner && !short_parts) /* not "e.g" nor "U.S" */
        return true;
    if (chunk[0] == '-' || chunk[0] == '.' || chunk[0] == '~')
        return letter && chunk[1] != ' ';
    return chunk[0] == '/' && letter;
}

static bool is_name(const char *chunk, bool sentence_start)
{
    gunichar first = g_utf8_get_char(chunk);
    int capitals = 0, letters = 0;
    for (const char *p = chunk; *p; p = g_utf8_next_char(p)) {
        letters += g_unichar_isalpha(g_utf8_get_char(p));
        capitals += g_unichar_isupper(g_utf8_get_char(p));
    }
    if (letters < 2)
        return false;
    return capitals > 1 || (!sentence_start && g_unichar_isupper(first));
}

static void add_value(RagTerms *terms, const char *text, size_t from, size_t to,
                      enum rag_value_kind kind)
{
    g_autofree char *fold = NULL;
    if (kind == RAG_VALUE_NUMBER) {
        const char *p = text + from;
        while (!g_ascii_isdigit(*p))
            p++;
        fold = read_number(p, &p);
    } else {
        g_autofree char *folded = rag_fold(text + from, (gssize)(to - from));
        fold = single_spaces(folded);
    }
    struct rag_value value = {from, to, g_string_chunk_insert_const(terms->chunk, fold), kind};
    g_array_append_val(terms->values, value);
}

static bool opens(gunichar c)
{
    return c < 128 ? c && strchr("(\"'[{<`*,;:|", (int)c)
                   : c == 0x201c || c == 0x2018 || c == 0x201e || c == 0xab;
}

static bool closes(gunichar c)
{
    return c < 128 ? c && strchr(".,;:!?)\"']}>`*|", (int)c)
                   : c == 0x201d || c == 0x2019 || c == 0xbb || c == 0x2026 || c == 0x3002;
}

/* [*from, *to) without the punctuation around it. "$Config{x}" keeps its bracket. */
static void trim(const char *text, size_t *from, size_t *to)
{
    while (*from < *to && opens(g_utf8_get_char(text + *from)))
        *from = (size_t)(g_utf8_next_char(text + *from) - text);
    while (*from < *to) {
        const char *last = g_utf8_prev_char(text + *to);
        gunichar c = g_utf8_get_char(last);
        if (!closes(c) || (c == '}' && memchr(text + *from, '{', *to - *from)))
            break;
        *to = (size_t)(last - text);
    }
    static const char *const possessives[] = {"'s", "\342\200\231s"};
    for (size_t i = 0; i < G_N_ELEMENTS(possessives); i++) {
        size_t n = strlen(possessives[i]);
        if (*to - *from > n && memcmp(text + *to - n, possessives[i], n) == 0)
            *to -= n;
    }
}

static void classify(RagTerms *terms, const char *text, size_t from, size_t to, bool sentence_start)
{
    g_autofree char *chunk = g_strndup(text + from, to - from);
    if (is_number(chunk))
        add_value(terms, text, from, to, RAG_VALUE_NUMBER);
    else if (is_code(chunk))
        add_value(terms, text, from, to, RAG_VALUE_CODE);
    else if (is_name(chunk, sentence_start))
        add_value(terms, text, from, to, RAG_VALUE_NAME);
}

static void find_values(RagTerms *terms, const char *text)
{
    bool sentence_start = true;
    for (const char *p = text; *p;) {
        if (g_unichar_isspace(g_utf8_get_char(p))) {
            sentence_start = sentence_start || *p == '\n';
            p = g_utf8_next_char(p);
            continue;
        }
        size_t from = (size_t)(p - text);
        while (*p && !g_unichar_isspace(g_utf8_get_char(p)))
            p = g_utf8_next_char(p);
        size_t to = (size_t)(p - text), end = to;
        trim(text, &from, &to);
        if (to > from)
            classify(terms, text, from, to, sentence_start);
        sentence_start = end > 0 && strchr(".!?:", text[end - 1]);
    }
}

/* What stands between quotation marks, if it is short enough to be meant to the letter. */
static void find_quoted(RagTerms *terms, const char *text)
{
    static const struct {
        const char *open, *close;
    } marks[] = {{"\"", "\""}, {"\342\200\234", "\342\200\235"}, {"`", "`"}};
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        const char *p = text;
        while ((p = strstr(p, marks[i].open))) {
            const char *start = p + strlen(marks[i].open), *end = strstr(start, marks[i].close);
            if (!end)
                break;
            if (end > start && end - start <= 100)
                add_value(terms, text, (size_t)(start - text), (size_t)(end - text),
                          RAG_VALUE_QUOTED);
            p = end + strlen(marks[i].close);
        }
    }
}

/* --- a text ------------------------------------------------------------------------------------
 */

RagTerms *rag_terms_new(const char *text, gssize n_bytes)
{
    RagTerms *terms = g_new0(RagTerms, 1);
    terms->words = g_array_new(FALSE, FALSE, sizeof(struct rag_word));
    terms->values = g_array_new(FALSE, FALSE, sizeof(struct rag_value));
    terms->stems = g_hash_table_new(g_str_hash, g_str_equal);
    terms->numbers = g_hash_table_new(g_str_hash, g_str_equal);
    terms->chunk = g_string_chunk_new(512);
    g_autofree char *valid = n_bytes < 0 ? g_strdup(text) : g_strndup(text, (size_t)n_bytes);
    for (const char *bad = valid; !g_utf8_validate(bad, -1, &bad);)
        *(char *)bad = ' '; /* one byte for one: offsets stay */
    g_autofree char *fold = rag_fold(valid, -1);
    terms->fold = single_spaces(fold);
    find_words(terms, valid);
    find_numbers(terms, valid);
    find_values(terms, valid);
    find_quoted(terms, valid);
    return terms;
}

void rag_terms_free(RagTerms *terms)
{
    if (!terms)
        return;
    g_array_unref(terms->words);
    g_array_unref(terms->values);
    g_hash_table_unref(terms->stems);
    g_hash_table_unref(terms->numbers);
    g_string_chunk_free(terms->chunk);
    g_free(terms->fold);
    g_free(terms);
}

bool rag_terms_has(const RagTerms *terms, const char *stem)
{
    return g_hash_table_contains(terms->stems, stem);
}

bool rag_terms_has_value(const RagTerms *terms, const struct rag_value *value)
{
    if (value->kind == RAG_VALUE_NUMBER)
        return g_hash_table_contains(terms->numbers, value->fold);
    g_autoptr(RagTerms) wanted = rag_terms_new(value->fold, -1);
    guint n = wanted->words->len;
    for (guint i = 0; n > 0 && i + n <= terms->words->len; i++) {
        guint same = 0;
        while (same < n && strcmp(g_array_index(terms->words, struct rag_word, i + same).stem,
                                  g_array_index(wanted->words, struct rag_word, same).stem) == 0)
            same++;
        if (same == n)
            return true;
    }
    return n == 0;
}
