/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answers.c: an answer as rows: text, passages, citations, ranges of sentences, notes. What is
 * stored is what was shown, so that it can be shown again when its documents are gone. The one
 * thing that changes it later is forgetting a document (answers_forget): quotes go, the place that
 * was cited stays.
 */
#include "index/answers.h"
#include "index/store.h"
#include <math.h>

#define OR_EMPTY(text) SQL_TEXT((text) ? (text) : "")
/* NULL in the database */
#define REAL_OR_NULL(x) (isnan(x) ? SQL_TEXT(NULL) : SQL_REAL(x))

/* --- storing
 * --------------------------------------------------------------------------------------- */

static bool add_passage(IdxStore *store, int64_t turn, guint ord,
                        const struct idx_answer_passage *p, GError **error)
{
    return sql_run(
        store,
        "INSERT INTO answer_passages(answer, ord, passage, path, hash, title, heading, text, shown,"
        " shown_ord, pos_kind, pos_from, pos_to, char_from, char_to, telling_from, telling_to,"
        " score, text_score, vector_score, text_rank, vector_rank) VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
        " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
        SQL(SQL_INT(turn), SQL_INT(ord), SQL_INT(p->passage), SQL_BYTES(p->path ? p->path : ""),
            OR_EMPTY(p->hash), OR_EMPTY(p->title), OR_EMPTY(p->heading), OR_EMPTY(p->text),
            OR_EMPTY(p->shown), SQL_INT(p->shown_ord),
            SQL_TEXT(documents_position_name(p->pos_kind)), SQL_INT(p->pos_from),
            SQL_INT(p->pos_to), SQL_INT(p->char_from), SQL_INT(p->char_to),
            SQL_INT(p->telling_from), SQL_INT(p->telling_to), SQL_REAL(p->score),
            REAL_OR_NULL(p->text_score), REAL_OR_NULL(p->vector_score), SQL_INT(p->text_rank),
            SQL_INT(p->vector_rank)),
        error);
}

static bool add_citation(IdxStore *store, int64_t turn, const struct idx_answer_citation *c,
                         GError **error)
{
    return sql_run(
        store,
        "INSERT INTO answer_citations(answer, n, passage, path, hash, quote, pos_kind, pos_from,"
        " pos_to, score) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        SQL(SQL_INT(turn), SQL_INT(c->n), SQL_INT(c->passage), SQL_BYTES(c->path ? c->path : ""),
            OR_EMPTY(c->hash), OR_EMPTY(c->quote), SQL_TEXT(documents_position_name(c->pos_kind)),
            SQL_INT(c->pos_from), SQL_INT(c->pos_to), SQL_REAL(c->score)),
        error);
}

static bool add_sentence(IdxStore *store, int64_t turn, guint ord,
                         const struct idx_answer_sentence *s, GError **error)
{
    return sql_run(
        store,
        "INSERT INTO answer_sentences(answer, ord, byte_from, byte_to, citation)"
        " VALUES(?1, ?2, ?3, ?4, ?5)",
        SQL(SQL_INT(turn), SQL_INT(ord), SQL_INT(s->from), SQL_INT(s->to), SQL_INT(s->citation)),
        error);
}

static bool add_notes(IdxStore *store, int64_t turn, const char *kind, GPtrArray *texts,
                      GError **error)
{
    for (guint i = 0; texts && i < texts->len; i++) {
        if (!sql_run(store,
                     "INSERT INTO answer_notes(answer, kind, ord, text)"
                     " VALUES(?1, ?2, ?3, ?4)",
                     SQL(SQL_INT(turn), SQL_TEXT(kind), SQL_INT(i), SQL_TEXT(texts->pdata[i])),
                     error))
            return false;
    }
    return true;
}

static bool add_parts(IdxStore *store, int64_t turn, const struct idx_answer *answer,
                      GError **error)
{
    for (guint i = 0; answer->passages && i < answer->passages->len; i++)
        if (!add_passage(store, turn, i,
                         &g_array_index(answer->passages, struct idx_answer_passage, i), error))
            return false;
    for (guint i = 0; answer->citations && i < answer->citations->len; i++)
        if (!add_citation(store, turn,
                          &g_array_index(answer->citations, struct idx_answer_citation, i), error))
            return false;
    for (guint i = 0; answer->sentences && i < answer->sentences->len; i++)
        if (!add_sentence(store, turn, i,
                          &g_array_index(answer->sentences, struct idx_answer_sentence, i), error))
            return false;
    return add_notes(store, turn, "dropped", answer->dropped, error) &&
           add_notes(store, turn, "value", answer->values, error);
}

bool answer_store(IdxStore *store, int64_t turn, int64_t now, const struct idx_answer *answer,
                  GError **error)
{
    return sql_run(
               store,
               "INSERT INTO answers(turn, text, thinking, query, supported, from_documents, stop,"
               " model, model_hash, settings, seed, tokens, prompt_tokens, seconds, search_seconds,"
               " made_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
               " ?16)",
               SQL(SQL_INT(turn), OR_EMPTY(answer->text), OR_EMPTY(answer->thinking),
                   OR_EMPTY(answer->query), SQL_INT(answer->supported),
                   SQL_INT(answer->from_documents), OR_EMPTY(answer->stop), OR_EMPTY(answer->model),
                   OR_EMPTY(answer->model_hash), OR_EMPTY(answer->settings_json),
                   SQL_INT((int64_t)answer->seed),
                   SQL_BLOB(answer->tokens ? (const void *)answer->tokens : "",
                            answer->n_tokens * sizeof *answer->tokens),
                   SQL_INT(answer->prompt_tokens), SQL_REAL(answer->seconds),
                   SQL_REAL(answer->search_seconds), SQL_INT(now)),
               error) &&
           add_parts(store, turn, answer, error);
}

/* --- reading
 * --------------------------------------------------------------------------------------- */

static void passage_clear(gpointer data)
{
    struct idx_answer_passage *p = data;
    g_free(p->path);
    g_free(p->hash);
    g_free(p->title);
    g_free(p->heading);
    g_free(p->text);
    g_free(p->shown);
}

static void citation_clear(gpointer data)
{
    struct idx_answer_citation *c = data;
    g_free(c->path);
    g_free(c->hash);
    g_free(c->quote);
}

void idx_answer_free(struct idx_answer *answer)
{
    if (!answer)
        return;
    g_free(answer->text);
    g_free(answer->thinking);
    g_free(answer->query);
    g_free(answer->stop);
    g_free(answer->model);
    g_free(answer->model_hash);
    g_free(answer->settings_json);
    g_free(answer->tokens);
    g_array_unref(answer->passages);
    g_array_unref(answer->citations);
    g_array_unref(answer->sentences);
    g_ptr_array_unref(answer->dropped);
    g_ptr_array_unref(answer->values);
    g_free(answer);
}

static double real_or_nan(SqlRows *rows, int column)
{
    bool null = sqlite3_column_type(rows, column) == SQLITE_NULL;
    return null ? (double)NAN : sqlite3_column_double(rows, column);
}

static void add_passage_row(struct idx_answer *answer, SqlRows *rows)
{
    g_autofree char *kind = sql_column_text(rows, 7);
    struct idx_answer_passage p = {
        .passage = sqlite3_column_int64(rows, 0),
        .path = sql_column_path(rows, 1),
        .hash = sql_column_text(rows, 2),
        .title = sql_column_text(rows, 3),
        .heading = sql_column_text(rows, 4),
        .text = sql_column_text(rows, 5),
        .shown = sql_column_text(rows, 6),
        .pos_kind = documents_position_of(kind),
        .pos_from = sqlite3_column_int(rows, 8),
        .pos_to = sqlite3_column_int(rows, 9),
        .char_from = sqlite3_column_int64(rows, 10),
        .char_to = sqlite3_column_int64(rows, 11),
        .telling_from = sqlite3_column_int64(rows, 12),
        .telling_to = sqlite3_column_int64(rows, 13),
        .score = sqlite3_column_double(rows, 14),
        .text_score = real_or_nan(rows, 15),
        .vector_score = real_or_nan(rows, 16),
        .text_rank = sqlite3_column_int(rows, 17),
        .vector_rank = sqlite3_column_int(rows, 18),
        .shown_ord = sqlite3_column_int(rows, 19),
    };
    g_array_append_val(answer->passages, p);
}

static void add_citation_row(struct idx_answer *answer, SqlRows *rows)
{
    g_autofree char *kind = sql_column_text(rows, 5);
    struct idx_answer_citation c = {
        .n = sqlite3_column_int(rows, 0),
        .passage = sqlite3_column_int(rows, 1),
        .path = sql_column_path(rows, 2),
        .hash = sql_column_text(rows, 3),
        .quote = sql_column_text(rows, 4),
        .pos_kind = documents_position_of(kind),
        .pos_from = sqlite3_column_int(rows, 6),
        .pos_to = sqlite3_column_int(rows, 7),
        .score = sqlite3_column_double(rows, 8),
    };
    g_array_append_val(answer->citations, c);
}

static void add_sentence_row(struct idx_answer *answer, SqlRows *rows)
{
    struct idx_answer_sentence s = {
        .from = sqlite3_column_int64(rows, 0),
        .to = sqlite3_column_int64(rows, 1),
        .citation = sqlite3_column_int(rows, 2),
    };
    g_array_append_val(answer->sentences, s);
}

static void add_note_row(struct idx_answer *answer, SqlRows *rows)
{
    g_autofree char *kind = sql_column_text(rows, 0);
    g_ptr_array_add(strcmp(kind, "value") == 0 ? answer->values : answer->dropped,
                    sql_column_text(rows, 1));
}

/* The rows of one table that belong to the answer. */
static bool load_rows(IdxStore *store, int64_t turn, struct idx_answer *answer, const char *sql,
                      void (*add)(struct idx_answer *answer, SqlRows *rows), GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(store, sql, SQL(SQL_INT(turn)), error);
    bool there = true, ok = rows != NULL;
    while (ok && (ok = sql_next(store, rows, &there, error)) && there)
        add(answer, rows);
    return ok;
}

static bool load_parts(IdxStore *store, int64_t turn, struct idx_answer *answer, GError **error)
{
    return load_rows(store, turn, answer,
                     "SELECT passage, path, hash, title, heading, text, shown, pos_kind, pos_from,"
                     " pos_to, char_from, char_to, telling_from, telling_to, score, text_score,"
                     " vector_score, text_rank, vector_rank, shown_ord FROM answer_passages"
                     " WHERE answer = ?1 ORDER BY ord",
                     add_passage_row, error) &&
           load_rows(store, turn, answer,
                     "SELECT n, passage, path, hash, quote, pos_kind, pos_from, pos_to, score"
                     " FROM answer_citations WHERE answer = ?1 ORDER BY n",
                     add_citation_row, error) &&
           load_rows(store, turn, answer,
                     "SELECT byte_from, byte_to, citation FROM answer_sentences"
                     " WHERE answer = ?1 ORDER BY ord",
                     add_sentence_row, error) &&
           load_rows(store, turn, answer,
                     "SELECT kind, text FROM answer_notes WHERE answer = ?1 ORDER BY kind, ord",
                     add_note_row, error);
}

static struct idx_answer *answer_of_row(SqlRows *rows)
{
    struct idx_answer *answer = g_new0(struct idx_answer, 1);
    answer->text = sql_column_text(rows, 0);
    answer->thinking = sql_column_text(rows, 1);
    answer->query = sql_column_text(rows, 2);
    answer->supported = sqlite3_column_int(rows, 3);
    answer->from_documents = sqlite3_column_int(rows, 4);
    answer->stop = sql_column_text(rows, 5);
    answer->model = sql_column_text(rows, 6);
    answer->model_hash = sql_column_text(rows, 7);
    answer->settings_json = sql_column_text(rows, 8);
    answer->seed = (uint64_t)sqlite3_column_int64(rows, 9);
    answer->n_tokens = (size_t)sqlite3_column_bytes(rows, 10) / sizeof *answer->tokens;
    answer->tokens =
        g_memdup2(sqlite3_column_blob(rows, 10), answer->n_tokens * sizeof *answer->tokens);
    answer->prompt_tokens = sqlite3_column_int(rows, 11);
    answer->seconds = sqlite3_column_double(rows, 12);
    answer->search_seconds = sqlite3_column_double(rows, 13);
    answer->passages = g_array_new(false, false, sizeof(struct idx_answer_passage));
    g_array_set_clear_func(answer->passages, passage_clear);
    answer->citations = g_array_new(false, false, sizeof(struct idx_answer_citation));
    g_array_set_clear_func(answer->citations, citation_clear);
    answer->sentences = g_array_new(false, false, sizeof(struct idx_answer_sentence));
    answer->dropped = g_ptr_array_new_with_free_func(g_free);
    answer->values = g_ptr_array_new_with_free_func(g_free);
    return answer;
}

bool answer_load(IdxStore *store, int64_t turn, struct idx_answer **answer, GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(
        store,
        "SELECT text, thinking, query, supported, from_documents, stop, model, model_hash,"
        " settings, seed, tokens, prompt_tokens, seconds, search_seconds FROM answers"
        " WHERE turn = ?1",
        SQL(SQL_INT(turn)), error);
    bool there;
    *answer = NULL;
    if (!rows || !sql_next(store, rows, &there, error))
        return false;
    if (!there)
        return true;
    *answer = answer_of_row(rows);
    if (load_parts(store, turn, *answer, error))
        return true;
    idx_answer_free(g_steal_pointer(answer));
    return false;
}

/* --- forgetting
 * ------------------------------------------------------------------------------------ */

bool answers_forget(IdxStore *store, const char *path, const char *from, const char *to, bool *any,
                    GError **error)
{
    const struct sql_value *place = SQL(SQL_BYTES(path), SQL_BYTES(from), SQL_BYTES(to));
    if (!sql_run(store,
                 "UPDATE answer_passages SET text = '', shown = '', title = '', heading = '',"
                 " telling_from = 0, telling_to = 0"
                 " WHERE path = ?1 OR (path >= ?2 AND path < ?3)",
                 place, error))
        return false;
    *any = sql_changes(store) > 0;
    if (!sql_run(store,
                 "UPDATE answer_citations SET quote = ''"
                 " WHERE path = ?1 OR (path >= ?2 AND path < ?3)",
                 place, error))
        return false;
    *any = *any || sql_changes(store) > 0;
    return true;
}
