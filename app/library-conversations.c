/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Queries about conversations, and documents to look at. What is hidden by a pending removal is
 * left out as in library-queries.c: a page of the list is cut after leaving out.
 */
#include "app/query.h"
#include "app/removals.h"

/* --- conversations ---------------------------------------------------------------------------- */

static bool is_hidden(const struct query *query, gint64 conversation)
{
    for (guint i = 0; query->hidden_ids && i < query->hidden_ids->len; i++)
        if (g_array_index(query->hidden_ids, gint64, i) == conversation)
            return true;
    return false;
}

static gpointer do_conversations(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                 GError **error)
{
    const struct query *query = data;
    gint64 n_hidden = query->hidden_ids ? query->hidden_ids->len : 0;
    gint64 limit = query->limit < 0 ? -1 : query->offset + query->limit + n_hidden;
    g_autoptr(GPtrArray) rows = NULL;
    gint64 n_shown = 0;
    GPtrArray *shown;

    if (n_hidden == 0)
        return rag_conversations(library, query->offset, query->limit, error);
    rows = rag_conversations(library, 0, limit, error);
    if (!rows)
        return NULL;
    shown = g_ptr_array_new_with_free_func((GDestroyNotify)rag_conversation_free);
    for (guint i = 0; i < rows->len; i++) {
        const struct rag_conversation *row = rows->pdata[i];
        if (!is_hidden(query, row->id) && n_shown++ >= query->offset &&
            (query->limit < 0 || (gint64)shown->len < query->limit))
            g_ptr_array_add(shown, g_steal_pointer(&rows->pdata[i]));
    }
    return shown;
}

void lec_library_conversations_async(LecLibrary *self, gint64 offset, gint64 limit, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    const struct query query = {.offset = offset,
                                .limit = limit,
                                .hidden_ids = removals_conversations(library_removals(self))};

    query_ask(self, do_conversations, &query, query_array_free, LIBRARY_READS, cancellable,
              callback, user_data);
}
QUERY_FINISH(conversations, GPtrArray *, lec_library_run_finish)

static gpointer do_conversations_search(RagLibrary *library, gpointer data,
                                        GCancellable *cancellable, GError **error)
{
    const struct query *query = data;
    GPtrArray *hits = rag_conversations_search(library, query->text, query->limit, error);

    for (guint i = hits ? hits->len : 0; i-- > 0;) {
        const struct rag_conversation_hit *hit = hits->pdata[i];
        if (is_hidden(query, hit->conversation))
            g_ptr_array_remove_index(hits, i);
    }
    return hits;
}

void lec_library_conversations_search_async(LecLibrary *self, const char *words, gint64 limit,
                                            LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && words);
    const struct query query = {.text = g_strdup(words),
                                .limit = limit,
                                .hidden_ids = removals_conversations(library_removals(self))};

    query_ask(self, do_conversations_search, &query, query_array_free, LIBRARY_READS, cancellable,
              callback, user_data);
}
QUERY_FINISH(conversations_search, GPtrArray *, lec_library_run_finish)

static gpointer do_conversation_rename(RagLibrary *library, gpointer data,
                                       GCancellable *cancellable, GError **error)
{
    const struct query *query = data;

    return GINT_TO_POINTER(rag_conversation_rename(library, query->id, query->text, error));
}

void lec_library_conversation_rename_async(LecLibrary *self, gint64 id, const char *title,
                                           LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && title);
    query_ask(self, do_conversation_rename, &(struct query){.id = id, .text = g_strdup(title)},
              NULL, LIBRARY_CONVERSATIONS, cancellable, callback, user_data);
}
QUERY_FINISH(conversation_rename, gboolean, query_finish_done)

static gpointer do_turns(RagLibrary *library, gpointer data, GCancellable *cancellable,
                         GError **error)
{
    return rag_turns(library, ((struct query *)data)->id, error);
}

void lec_library_turns_async(LecLibrary *self, gint64 conversation, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_turns, &(struct query){.id = conversation}, query_array_free, LIBRARY_READS,
              cancellable, callback, user_data);
}
QUERY_FINISH(turns, GPtrArray *, lec_library_run_finish)

static gpointer do_turn_switch(RagLibrary *library, gpointer data, GCancellable *cancellable,
                               GError **error)
{
    const struct query *query = data;

    return GINT_TO_POINTER(rag_turn_switch(library, query->id, query->n, error));
}

void lec_library_turn_switch_async(LecLibrary *self, gint64 turn, int step, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_turn_switch, &(struct query){.id = turn, .n = step}, NULL, LIBRARY_READS,
              cancellable, callback, user_data);
}
QUERY_FINISH(turn_switch, gboolean, query_finish_done)

static gpointer do_draft_set(RagLibrary *library, gpointer data, GCancellable *cancellable,
                             GError **error)
{
    const struct query *query = data;

    return GINT_TO_POINTER(rag_draft_set(library, query->id, query->text, error));
}

void lec_library_draft_set_async(LecLibrary *self, gint64 conversation, const char *text,
                                 LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && text);
    query_ask(self, do_draft_set, &(struct query){.id = conversation, .text = g_strdup(text)}, NULL,
              LIBRARY_READS, cancellable, callback, user_data);
}
QUERY_FINISH(draft_set, gboolean, query_finish_done)

static gpointer do_draft_get(RagLibrary *library, gpointer data, GCancellable *cancellable,
                             GError **error)
{
    return rag_draft_get(library, ((struct query *)data)->id, error);
}

void lec_library_draft_get_async(LecLibrary *self, gint64 conversation, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_draft_get, &(struct query){.id = conversation}, g_free, LIBRARY_READS,
              cancellable, callback, user_data);
}
QUERY_FINISH(draft_get, char *, lec_library_run_finish)
