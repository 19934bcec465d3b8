/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turns.c: a conversation as a tree of turns.
 *
 * Invariants
 * 1. A question is in the library before anything is done about it: killed while the answer is
 *    written, the turn stays, without an answer.
 * 2. A parent is older than its children (its id is smaller), so the tree has no circles, and the
 *    newest descendant of a turn has the largest id on the way down by newest children.
 * 3. A conversation's head names one of its turns, or is 0. The current path is the head and its
 *    ancestors.
 * 4. Questions and answers are never changed (triggers refuse): an edit is a sibling.
 */
#include "index/answers.h"
#include "index/store.h"

#define TITLE_CHARACTERS 80

/* --- begin and end
 * --------------------------------------------------------------------------------- */

static bool make_conversation(IdxStore *store, const char *question, int64_t now, int64_t *id,
                              GError **error)
{
    g_autofree char *start =
        g_utf8_substring(question, 0, MIN(g_utf8_strlen(question, -1), TITLE_CHARACTERS));
    for (char *c = start; *c; c++)
        if (g_ascii_isspace(*c))
            *c = ' '; /* a title is one line */
    if (!sql_run(store, "INSERT INTO conversations(title, made_at, changed_at) VALUES(?1, ?2, ?2)",
                 SQL(SQL_TEXT(g_strstrip(start)), SQL_INT(now)), error))
        return false;
    *id = sql_last_id(store);
    return true;
}

/* Both must be there, and the one in the other. */
static bool check_place(IdxStore *store, const struct idx_question *question, GError **error)
{
    bool found;
    int64_t one;
    if (!sql_int(store, &one, &found,
                 "SELECT 1 FROM conversations WHERE id = ?1 AND (?2 = 0 OR EXISTS("
                 " SELECT 1 FROM turns WHERE id = ?2 AND conversation = ?1))",
                 SQL(SQL_INT(question->conversation), SQL_INT(question->parent)), error))
        return false;
    if (!found)
        g_set_error_literal(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                            "The conversation that the question belongs to is no longer in the "
                            "library: ask it in a new one.");
    return found;
}

static bool begin(IdxStore *store, const struct idx_question *question, int64_t *conversation,
                  int64_t *turn, GError **error)
{
    int64_t now = store_now(store);
    g_autofree char *text = g_utf8_make_valid(question->text, -1);
    *conversation = question->conversation;
    if (*conversation == 0 && question->parent == 0) {
        if (!make_conversation(store, text, now, conversation, error))
            return false;
    } else if (!check_place(store, question, error)) {
        return false;
    }
    if (!sql_run(
            store,
            "INSERT INTO turns(conversation, parent, question, made_at)"
            " VALUES(?1, nullif(?2, 0), ?3, ?4)",
            SQL(SQL_INT(*conversation), SQL_INT(question->parent), SQL_TEXT(text), SQL_INT(now)),
            error))
        return false;
    *turn = sql_last_id(store);
    return sql_run(store, "UPDATE conversations SET head = ?2, changed_at = ?3 WHERE id = ?1",
                   SQL(SQL_INT(*conversation), SQL_INT(*turn), SQL_INT(now)), error);
}

int64_t idx_turn_begin(IdxStore *store, const struct idx_question *question, int64_t *conversation,
                       GError **error)
{
    int64_t turn = -1;
    g_return_val_if_fail(question->text != NULL, -1);
    if (!sql_begin(store, error))
        return -1;
    bool ok = begin(store, question, conversation, &turn, error);
    return sql_end(store, ok, error) ? turn : -1;
}

static bool end(IdxStore *store, int64_t turn, const struct idx_answer *answer, const char *failure,
                GError **error)
{
    bool found;
    int64_t conversation = 0, now = store_now(store);
    if (!sql_int(store, &conversation, &found, "SELECT conversation FROM turns WHERE id = ?1",
                 SQL(SQL_INT(turn)), error))
        return false;
    if (!found)
        return true;
    return (!answer || answer_store(store, turn, now, answer, error)) &&
           sql_run(store, "UPDATE turns SET failure = ?2 WHERE id = ?1",
                   SQL(SQL_INT(turn), SQL_TEXT(failure ? failure : "")), error) &&
           sql_run(store, "UPDATE conversations SET changed_at = ?2 WHERE id = ?1",
                   SQL(SQL_INT(conversation), SQL_INT(now)), error);
}

bool idx_turn_end(IdxStore *store, int64_t turn, const struct idx_answer *answer,
                  const char *failure, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    return sql_end(store, end(store, turn, answer, failure, error), error);
}

/* --- the current path
 * ------------------------------------------------------------------------------ */

void idx_turn_free(struct idx_turn *turn)
{
    if (!turn)
        return;
    g_free(turn->question);
    g_free(turn->failure);
    idx_answer_free(turn->answer);
    g_free(turn);
}

static bool read_path(IdxStore *store, int64_t conversation, GPtrArray *out, GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(
        store,
        "WITH RECURSIVE path(id, parent) AS ("
        " SELECT t.id, t.parent FROM turns t JOIN conversations c ON c.head = t.id"
        "  WHERE c.id = ?1 AND t.conversation = ?1"
        " UNION ALL SELECT t.id, t.parent FROM path JOIN turns t ON t.id = path.parent)"
        "SELECT t.id, coalesce(t.parent, 0), t.made_at, t.question, t.failure,"
        " (SELECT count(*) FROM turns s WHERE s.conversation = ?1 AND s.parent IS t.parent"
        "  AND s.id < t.id),"
        " (SELECT count(*) FROM turns s WHERE s.conversation = ?1 AND s.parent IS t.parent)"
        " FROM path JOIN turns t ON t.id = path.id ORDER BY t.id",
        SQL(SQL_INT(conversation)), error);
    bool there = true, ok = rows != NULL;
    while (ok && (ok = sql_next(store, rows, &there, error)) && there) {
        struct idx_turn *turn = g_new0(struct idx_turn, 1);
        turn->id = sqlite3_column_int64(rows, 0);
        turn->parent = sqlite3_column_int64(rows, 1);
        turn->made_at = sqlite3_column_int64(rows, 2);
        turn->question = sql_column_text(rows, 3);
        turn->failure = sql_column_text(rows, 4);
        turn->sibling = sqlite3_column_int(rows, 5);
        turn->n_siblings = sqlite3_column_int(rows, 6);
        g_ptr_array_add(out, turn);
    }
    return ok;
}

static bool read_turns(IdxStore *store, int64_t conversation, GPtrArray *out, GError **error)
{
    bool found;
    int64_t one;
    if (!sql_int(store, &one, &found, "SELECT 1 FROM conversations WHERE id = ?1",
                 SQL(SQL_INT(conversation)), error))
        return false;
    if (!found) {
        g_set_error_literal(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                            "The conversation is no longer in the library.");
        return false;
    }
    if (!read_path(store, conversation, out, error))
        return false;
    for (guint i = 0; i < out->len; i++) {
        struct idx_turn *turn = out->pdata[i];
        if (!answer_load(store, turn->id, &turn->answer, error))
            return false;
    }
    return true;
}

GPtrArray *idx_turns(IdxStore *store, int64_t conversation, GError **error)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)idx_turn_free);
    if (!sql_begin_read(store, error))
        return NULL;
    bool ok = read_turns(store, conversation, out, error);
    return sql_end(store, ok, error) ? g_steal_pointer(&out) : NULL;
}

/* The new head: down from the sibling by newest children. *found: there is such a sibling. */
static bool find_head(IdxStore *store, int64_t turn, int step, int64_t *head, bool *found,
                      GError **error)
{
    int64_t place = 0;
    *found = false;
    if (!sql_int(store, &place, NULL,
                 "SELECT count(*) FROM turns s JOIN turns t"
                 " ON s.conversation = t.conversation AND s.parent IS t.parent AND s.id < t.id"
                 " WHERE t.id = ?1",
                 SQL(SQL_INT(turn)), error))
        return false;
    if (place + step < 0)
        return true;
    return sql_int(store, head, found,
                   "WITH RECURSIVE way(id) AS ("
                   " SELECT * FROM (SELECT s.id FROM turns s JOIN turns t"
                   "  ON s.conversation = t.conversation AND s.parent IS t.parent"
                   "  WHERE t.id = ?1 ORDER BY s.id LIMIT 1 OFFSET ?2)"
                   " UNION ALL SELECT (SELECT max(id) FROM turns WHERE parent = way.id) FROM way"
                   "  WHERE way.id IS NOT NULL)"
                   "SELECT max(id) FROM way HAVING count(*) > 0",
                   SQL(SQL_INT(turn), SQL_INT(place + step)), error);
}

bool idx_turn_switch(IdxStore *store, int64_t turn, int step, GError **error)
{
    int64_t head = 0;
    bool found;
    if (!sql_begin(store, error))
        return false;
    bool ok = find_head(store, turn, step, &head, &found, error);
    if (ok && found)
        ok = sql_run(store,
                     "UPDATE conversations SET head = ?2"
                     " WHERE id = (SELECT conversation FROM turns WHERE id = ?1)",
                     SQL(SQL_INT(turn), SQL_INT(head)), error);
    return sql_end(store, ok, error);
}
