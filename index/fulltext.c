/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fulltext.c: search by words (FTS5, BM25).
 *
 * Each word and phrase becomes a quoted FTS5 string, in which nothing is syntax; what the tokenizer
 * finds in it must stand side by side. Words are ORed. A phrase must occur: FTS5 finds it by tokens
 * ("NX-4711" is nx 4711), then the text itself is compared, case and white space folded, so that
 * "--dry-run" is not found in "a dry run".
 *
 * FTS5 scores every passage that matches any word. Rows are taken as they come and the best k kept
 * here: that makes ties come out by id, and asks scope and phrase only of rows that would get in.
 */
#include "index/search.h"

/* A question of 200 kB has no more to say than its first words. */
#define MAX_TERMS      64
#define MAX_TERM_BYTES 200

/* Weights of text, heading, title. */
#define RANK "bm25(fulltext, 1.0, 1.0, 1.0)"

/* --- the query
 * --------------------------------------------------------------------------------------- */

/* The tokenizer skips what is neither letter nor digit; a term of nothing else would match nothing,
   and with AND nothing at all. */
static bool has_token(const char *term)
{
    for (; *term; term = g_utf8_next_char(term))
        if (g_unichar_isalnum(g_utf8_get_char(term)))
            return true;
    return false;
}

static void append_quoted(GString *out, const char *term)
{
    g_string_append_c(out, '"');
    for (; *term; term++) {
        if (*term == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *term);
    }
    g_string_append_c(out, '"');
}

/* Valid, distinct terms that the tokenizer can do something with, at most MAX_TERMS. (owned) */
static GPtrArray *clean_terms(const char *const *terms)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (; terms && *terms && out->len < MAX_TERMS; terms++) {
        if (strlen(*terms) > MAX_TERM_BYTES)
            continue;
        char *term = g_utf8_make_valid(*terms, -1);
        if (!has_token(term) || !g_hash_table_add(known, term)) {
            g_free(term);
            continue;
        }
        g_ptr_array_add(out, term);
    }
    return out;
}

static void append_joined(GString *out, GPtrArray *terms, const char *between)
{
    for (guint i = 0; i < terms->len; i++) {
        if (i > 0)
            g_string_append(out, between);
        append_quoted(out, terms->pdata[i]);
    }
}

/* "p1" AND "p2" AND ("p1" OR "w1" OR "w2"): words raise the score of what holds the phrases. */
static char *match_expression(GPtrArray *words, GPtrArray *phrases)
{
    GString *out = g_string_new(NULL);
    append_joined(out, phrases, " AND ");
    if (phrases->len > 0 && words->len > 0) {
        g_string_append(out, " AND (");
        append_quoted(out, phrases->pdata[0]);
        g_string_append(out, " OR ");
        append_joined(out, words, " OR ");
        g_string_append_c(out, ')');
    } else {
        append_joined(out, words, " OR ");
    }
    return g_string_free(out, false);
}

/* --- exact strings
 * ------------------------------------------------------------------------------------ */

/* Case folded, runs of white space as one space. */
static char *folded(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    char *out = g_utf8_casefold(valid, -1), *to = out;
    for (const char *from = out; *from;) {
        if (g_unichar_isspace(g_utf8_get_char(from))) {
            if (to > out && to[-1] != ' ')
                *to++ = ' ';
            from = g_utf8_next_char(from);
            continue;
        }
        size_t n = (size_t)(g_utf8_next_char(from) - from);
        memmove(to, from, n);
        to += n;
        from += n;
    }
    *to = '\0';
    return out;
}

static bool holds_exactly(IdxStore *store, int64_t passage, GPtrArray *exact, bool *holds,
                          GError **error)
{
    *holds = true;
    if (exact->len == 0)
        return true;
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT text || ' ' || heading || ' ' || title FROM passage_text"
                  " WHERE id = ?1",
                  SQL(SQL_INT(passage)), error);
    if (!rows || !sql_next(store, rows, holds, error))
        return false;
    if (!*holds)
        return true;
    g_autofree char *raw = sql_column_text(rows, 0), *text = folded(raw);
    for (guint i = 0; *holds && i < exact->len; i++)
        *holds = strstr(text, exact->pdata[i]) != NULL;
    return true;
}

/* --- the search
 * ----------------------------------------------------------------------------------------- */

struct text_search {
    IdxStore *store;
    GPtrArray *exact; /* (owned) folded phrases */
    struct scope scope;
    struct top top;
};

static bool take_rows(struct text_search *search, SqlRows *rows, GError **error)
{
    bool there, has;
    while (rows && sql_next(search->store, rows, &there, error)) {
        if (!there)
            return true;
        int64_t passage = sqlite3_column_int64(rows, 0);
        double score = -sqlite3_column_double(rows, 1);
        if (!top_wants(&search->top, passage, score))
            continue;
        if (!scope_has(search->store, &search->scope, passage, &has, error) ||
            (has && !holds_exactly(search->store, passage, search->exact, &has, error)))
            return false;
        if (has)
            top_add(&search->top, passage, score);
    }
    return false;
}

static bool search_text(struct text_search *search, const char *const *words,
                        const char *const *phrases, GError **error)
{
    g_autoptr(GPtrArray) word_terms = clean_terms(words);
    g_autoptr(GPtrArray) phrase_terms = clean_terms(phrases);
    for (; phrases && *phrases; phrases++)
        g_ptr_array_add(search->exact, folded(*phrases));
    g_autoptr(SqlRows) rows = NULL;
    if (word_terms->len == 0 && phrase_terms->len == 0) {
        if (search->exact->len == 0)
            return true;
        /* "->" or "§" alone: no index knows it, but it must be found. */
        rows = sql_query(search->store, "SELECT id, 0.0 FROM passages", NULL, error);
        return take_rows(search, rows, error);
    }
    g_autofree char *expression = match_expression(word_terms, phrase_terms);
    rows = sql_query(search->store, "SELECT rowid, " RANK " FROM fulltext WHERE fulltext MATCH ?1",
                     SQL(SQL_TEXT(expression)), error);
    return take_rows(search, rows, error);
}

GArray *idx_search_text(IdxStore *store, const char *const *words, const char *const *phrases,
                        int k, const char *const *scope, GError **error)
{
    struct text_search search = {.store = store};
    if (!sql_begin_read(store, error))
        return NULL;
    search.exact = g_ptr_array_new_with_free_func(g_free);
    scope_init(&search.scope, scope);
    top_init(&search.top, k);
    bool ok = k <= 0 || search_text(&search, words, phrases, error);
    ok = sql_end(store, ok, error);
    GArray *hits = ok ? top_steal(&search.top) : NULL;
    top_clear(&search.top);
    scope_clear(&search.scope);
    g_ptr_array_unref(search.exact);
    return hits;
}
