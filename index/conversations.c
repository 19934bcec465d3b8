/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversations.c: the list of conversations: search, names, drafts, deletion.
 *
 * Searching takes two looks: the matches of both full-text tables with their scores, of which the
 * best per conversation stays (a turn before a title, as it says more), then a snippet for each
 * of the few that are returned.
 */
#include "index/conversations.h"
#include "index/store.h"

#define MAX_WORDS      16
#define MAX_WORD_BYTES 200

void idx_conversation_free(struct idx_conversation *conversation)
{
    if (!conversation)
        return;
    g_free(conversation->title);
    g_free(conversation->draft);
    g_free(conversation);
}

void idx_conversation_hit_free(struct idx_conversation_hit *hit)
{
    if (!hit)
        return;
    g_free(hit->title);
    g_free(hit->snippet);
    g_free(hit);
}

static bool not_found(int64_t conversation, GError **error)
{
    g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                "Conversation %" G_GINT64_FORMAT " is no longer in the library.", conversation);
    return false;
}

GPtrArray *idx_conversations(IdxStore *store, int64_t offset, int64_t limit, GError **error)
{
    g_autoptr(GPtrArray) out =
        g_ptr_array_new_with_free_func((GDestroyNotify)idx_conversation_free);
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT id, title, draft, made_at, changed_at,"
                  " (SELECT count(*) FROM turns t WHERE t.conversation = conversations.id)"
                  " FROM conversations ORDER BY changed_at DESC, id DESC LIMIT ?1 OFFSET ?2",
                  SQL(SQL_INT(limit), SQL_INT(offset)), error);
    bool there = true, ok = rows != NULL;
    while (ok && (ok = sql_next(store, rows, &there, error)) && there) {
        struct idx_conversation *conversation = g_new0(struct idx_conversation, 1);
        conversation->id = sqlite3_column_int64(rows, 0);
        conversation->title = sql_column_text(rows, 1);
        conversation->draft = sql_column_text(rows, 2);
        conversation->made_at = sqlite3_column_int64(rows, 3);
        conversation->changed_at = sqlite3_column_int64(rows, 4);
        conversation->n_turns = sqlite3_column_int64(rows, 5);
        g_ptr_array_add(out, conversation);
    }
    return ok ? g_steal_pointer(&out) : NULL;
}

/* --- search
 * ----------------------------------------------------------------------------------------- */

/* Each word as a quoted string, in which nothing is syntax, and the beginning of a word; what has
   neither letter nor digit is left out. NULL: no words. */
static char *match_expression(const char *words)
{
    g_autofree char *valid = g_utf8_make_valid(words, -1);
    g_auto(GStrv) parts = g_strsplit_set(valid, " \t\r\n\v\f\"", -1);
    GString *out = g_string_new(NULL);
    int n = 0;
    for (char **part = parts; *part && n < MAX_WORDS; part++) {
        bool has_token = false;
        for (const char *c = *part; *c && !has_token; c = g_utf8_next_char(c))
            has_token = g_unichar_isalnum(g_utf8_get_char(c));
        if (!has_token || strlen(*part) > MAX_WORD_BYTES)
            continue;
        g_string_append_printf(out, "%s\"%s\"*", n++ ? " " : "", *part);
    }
    return g_string_free(out, n == 0);
}

static bool add_snippet(IdxStore *store, const char *match, struct idx_conversation_hit *hit,
                        GError **error)
{
    g_autoptr(SqlRows) rows =
        hit->turn ? sql_query(store,
                              "SELECT snippet(turn_words, -1, char(2), char(3), '…', 16)"
                              " FROM turn_words WHERE turn_words MATCH ?1 AND rowid = ?2",
                              SQL(SQL_TEXT(match), SQL_INT(hit->turn)), error)
                  : sql_query(store,
                              "SELECT highlight(title_words, 0, char(2), char(3))"
                              " FROM title_words WHERE title_words MATCH ?1 AND rowid = ?2",
                              SQL(SQL_TEXT(match), SQL_INT(hit->conversation)), error);
    bool there;
    if (!rows || !sql_next(store, rows, &there, error))
        return false;
    hit->snippet = there ? sql_column_text(rows, 0) : g_strdup("");
    return true;
}

static bool add_hits(IdxStore *store, const char *match, int64_t limit, GPtrArray *out,
                     GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(
        store,
        "WITH found(conversation, turn, score) AS MATERIALIZED ("
        " SELECT t.conversation, t.id, bm25(turn_words)"
        "  FROM turn_words JOIN turns t ON t.id = turn_words.rowid WHERE turn_words MATCH ?1"
        " UNION ALL"
        " SELECT rowid, 0, bm25(title_words) FROM title_words WHERE title_words MATCH ?1),"
        "ranked AS ("
        " SELECT conversation, turn, min(score) OVER one AS best,"
        "  row_number() OVER (one ORDER BY turn = 0, score, turn DESC) AS place FROM found"
        " WINDOW one AS (PARTITION BY conversation))"
        "SELECT r.conversation, r.turn, c.title"
        " FROM ranked r JOIN conversations c ON c.id = r.conversation WHERE r.place = 1"
        " ORDER BY r.best, c.changed_at DESC LIMIT ?2",
        SQL(SQL_TEXT(match), SQL_INT(limit)), error);
    bool there = true, ok = rows != NULL;
    while (ok && (ok = sql_next(store, rows, &there, error)) && there) {
        struct idx_conversation_hit *hit = g_new0(struct idx_conversation_hit, 1);
        hit->conversation = sqlite3_column_int64(rows, 0);
        hit->turn = sqlite3_column_int64(rows, 1);
        hit->title = sql_column_text(rows, 2);
        g_ptr_array_add(out, hit);
    }
    return ok;
}

GPtrArray *idx_conversations_search(IdxStore *store, const char *words, int64_t limit,
                                    GError **error)
{
    g_autoptr(GPtrArray) out =
        g_ptr_array_new_with_free_func((GDestroyNotify)idx_conversation_hit_free);
    g_autofree char *match = match_expression(words);
    if (!match)
        return g_steal_pointer(&out);
    if (!sql_begin_read(store, error))
        return NULL;
    bool ok = add_hits(store, match, limit, out, error);
    for (guint i = 0; ok && i < out->len; i++)
        ok = add_snippet(store, match, out->pdata[i], error);
    return sql_end(store, ok, error) ? g_steal_pointer(&out) : NULL;
}

/* --- names, drafts, deletion
 * ------------------------------------------------------------------------ */

bool idx_conversation_rename(IdxStore *store, int64_t id, const char *title, GError **error)
{
    g_autofree char *valid = g_utf8_make_valid(title, -1);
    return sql_run(store, "UPDATE conversations SET title = ?2 WHERE id = ?1",
                   SQL(SQL_INT(id), SQL_TEXT(valid)), error) &&
           (sql_changes(store) == 1 || not_found(id, error));
}

bool idx_draft_set(IdxStore *store, int64_t conversation, const char *text, GError **error)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    if (conversation == 0)
        return sql_run(store, "UPDATE library SET draft = ?1", SQL(SQL_TEXT(valid)), error);
    return sql_run(store, "UPDATE conversations SET draft = ?2 WHERE id = ?1",
                   SQL(SQL_INT(conversation), SQL_TEXT(valid)), error) &&
           (sql_changes(store) == 1 || not_found(conversation, error));
}

char *idx_draft_get(IdxStore *store, int64_t conversation, GError **error)
{
    g_autoptr(SqlRows) rows =
        conversation == 0 ? sql_query(store, "SELECT draft FROM library", NULL, error)
                          : sql_query(store, "SELECT draft FROM conversations WHERE id = ?1",
                                      SQL(SQL_INT(conversation)), error);
    bool there;
    if (!rows || !sql_next(store, rows, &there, error))
        return NULL;
    if (there)
        return sql_column_text(rows, 0);
    not_found(conversation, error);
    return NULL;
}

bool idx_conversation_delete(IdxStore *store, int64_t id, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    bool ok = sql_run(store, "DELETE FROM conversations WHERE id = ?1", SQL(SQL_INT(id)), error);
    bool there = ok && sql_changes(store) > 0;
    ok = ok && (!there || erase_mark(store, ERASE_TALK, error));
    return sql_end(store, ok, error) && (!there || erase_now(store, ERASE_TALK, error));
}
