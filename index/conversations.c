/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversations.c: questions, answers, and all that is needed to make an answer again.
 *
 * An answer's passages are copies, as the model saw them: an old answer can be read and checked
 * when its document has changed or gone.
 */
#include "index/conversations.h"
#include "index/store.h"

#define TITLE_CHARACTERS 80

static bool conversation_of(IdxStore *store, const struct idx_answer *answer, int64_t now,
                            int64_t *id, GError **error)
{
    *id = answer->conversation;
    if (*id != 0) {
        if (!sql_run(store, "UPDATE conversations SET changed_at = ?2 WHERE id = ?1",
                     SQL(SQL_INT(*id), SQL_INT(now)), error))
            return false;
        if (sql_changes(store) == 1)
            return true;
        g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                    "Conversation %" G_GINT64_FORMAT " is not in the library.", *id);
        return false;
    }
    g_autofree char *question = g_utf8_make_valid(answer->question, -1);
    g_autofree char *title =
        g_utf8_substring(question, 0, MIN(g_utf8_strlen(question, -1), TITLE_CHARACTERS));
    if (!sql_run(store, "INSERT INTO conversations(title, made_at, changed_at) VALUES(?1, ?2, ?2)",
                 SQL(SQL_TEXT(title), SQL_INT(now)), error))
        return false;
    *id = sql_last_id(store);
    return true;
}

static bool add_message(IdxStore *store, int64_t conversation, const char *role, const char *text,
                        int64_t now, GError **error)
{
    return sql_run(
        store,
        "INSERT INTO messages(conversation, ord, role, text, made_at) VALUES(?1,"
        " (SELECT coalesce(max(ord) + 1, 0) FROM messages WHERE conversation = ?1),"
        " ?2, ?3, ?4)",
        SQL(SQL_INT(conversation), SQL_TEXT(role), SQL_TEXT(text ? text : ""), SQL_INT(now)),
        error);
}

static bool add_passage(IdxStore *store, int64_t answer, size_t ord,
                        const struct idx_answer_passage *passage, GError **error)
{
    return sql_run(store,
                   "INSERT INTO answer_passages(answer, ord, path, hash, text, pos_kind, pos_from,"
                   " pos_to, score) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   SQL(SQL_INT(answer), SQL_INT((int64_t)ord), SQL_BYTES(passage->path),
                       SQL_TEXT(passage->hash ? passage->hash : ""), SQL_TEXT(passage->text),
                       SQL_TEXT(documents_position_name(passage->pos_kind)),
                       SQL_INT(passage->pos_from), SQL_INT(passage->pos_to),
                       SQL_REAL(passage->score)),
                   error);
}

#define OR_EMPTY(text) SQL_TEXT((text) ? (text) : "")

static bool add_answer(IdxStore *store, const struct idx_answer *answer, int64_t *id,
                       GError **error)
{
    int64_t conversation, now = store_now(store);
    if (!conversation_of(store, answer, now, &conversation, error) ||
        !add_message(store, conversation, "user", answer->question, now, error) ||
        !add_message(store, conversation, "assistant", answer->answer, now, error))
        return false;
    int64_t message = sql_last_id(store);
    if (!sql_run(store,
                 "INSERT INTO answers(message, query, supported, model, model_hash, settings,"
                 " citations, seed, tokens) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                 SQL(SQL_INT(message), OR_EMPTY(answer->query), SQL_INT(answer->supported),
                     OR_EMPTY(answer->model), OR_EMPTY(answer->model_hash),
                     OR_EMPTY(answer->settings_json), OR_EMPTY(answer->citations_json),
                     SQL_INT((int64_t)answer->seed),
                     SQL_BLOB(answer->tokens ? (const void *)answer->tokens : "",
                              answer->n_tokens * sizeof *answer->tokens)),
                 error))
        return false;
    *id = sql_last_id(store);
    for (size_t i = 0; i < answer->n_passages; i++)
        if (!add_passage(store, *id, i, &answer->passages[i], error))
            return false;
    return true;
}

int64_t idx_answer_put(IdxStore *store, const struct idx_answer *answer, GError **error)
{
    int64_t id = -1;
    g_return_val_if_fail(answer->question != NULL, -1);
    if (!sql_begin(store, error))
        return -1;
    bool ok = add_answer(store, answer, &id, error);
    return sql_end(store, ok, error) ? id : -1;
}
