/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passages, documents, collections. Each query is a struct of copied arguments (query.h) and a
 * function that runs in the worker.
 *
 * What a pending removal hides is left out in the worker, where the rows are: the pages of a list
 * are cut after leaving out, so that a list of hidden and shown rows has neither holes nor doubles.
 * That reads the list from its beginning, for as long as a toast offers Undo.
 */
#include "app/query.h"
#include "app/removals.h"

/* --- passages --------------------------------------------------------------------------------- */

static gpointer do_search(RagLibrary *library, gpointer data, GCancellable *cancellable,
                          GError **error)
{
    const struct query *query = data;
    const struct rag_search_options options = {
        .size = sizeof options, .k = query->n, .scope = (const char *const *)query->paths};
    GPtrArray *hits = rag_search(library, query->text, &options, cancellable, error);

    for (guint i = hits ? hits->len : 0; i-- > 0;) {
        const struct rag_hit *hit = hits->pdata[i];
        if (removals_covers((const char *const *)query->hidden, hit->path))
            g_ptr_array_remove_index(hits, i);
    }
    return hits;
}

void lec_library_search_async(LecLibrary *self, const char *query, const char *const *scope, int k,
                              LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && query);
    const struct query copied = {.text = g_strdup(query),
                                 .paths = g_strdupv((char **)scope),
                                 .n = k,
                                 .hidden = removals_paths(library_removals(self))};

    query_ask_embedder(self, do_search, &copied, query_array_free, cancellable, callback,
                       user_data);
}
QUERY_FINISH(search, GPtrArray *, lec_library_run_finish)

/* --- documents -------------------------------------------------------------------------------- */

static bool covers(const char *above, const char *path)
{
    return removals_covers((const char *const[]){above, NULL}, path);
}

/* Is the hidden path below another one, or a second time the same? */
static bool counted_elsewhere(GStrv hidden, guint i)
{
    for (guint k = 0; hidden[k]; k++)
        if (k != i && covers(hidden[k], hidden[i]) && (k < i || !covers(hidden[i], hidden[k])))
            return true;
    return false;
}

static bool all_hidden(const struct query *query)
{
    return query->filter.below &&
           removals_covers((const char *const *)query->hidden, query->filter.below);
}

/* Rows of the list that are hidden; -1 on error. */
static gint64 count_hidden(RagLibrary *library, const struct query *query, GError **error)
{
    struct rag_document_filter filter = query->filter;
    gint64 n = 0;

    for (guint i = 0; query->hidden && query->hidden[i]; i++) {
        gint64 here;
        if (counted_elsewhere(query->hidden, i) ||
            (query->filter.below && !covers(query->filter.below, query->hidden[i])))
            continue;
        filter.below = query->hidden[i];
        here = rag_documents_count(library, &filter, error);
        if (here < 0)
            return -1;
        n += here;
    }
    return n;
}

static gpointer do_documents(RagLibrary *library, gpointer data, GCancellable *cancellable,
                             GError **error)
{
    const struct query *query = data;
    gint64 n_hidden, n_shown = 0;
    GPtrArray *shown;
    g_autoptr(GPtrArray) rows = NULL;

    if (!query->hidden)
        return rag_documents(library, &query->filter, query->offset, query->limit, error);
    n_hidden = count_hidden(library, query, error);
    if (n_hidden < 0)
        return NULL;
    if (all_hidden(query))
        return g_ptr_array_new_with_free_func((GDestroyNotify)rag_document_free);
    rows =
        rag_documents(library, &query->filter, 0, query->offset + query->limit + n_hidden, error);
    if (!rows)
        return NULL;
    shown = g_ptr_array_new_with_free_func((GDestroyNotify)rag_document_free);
    for (guint i = 0; i < rows->len && (gint64)shown->len < query->limit; i++) {
        const struct rag_document *row = rows->pdata[i];
        if (!removals_covers((const char *const *)query->hidden, row->path) &&
            n_shown++ >= query->offset)
            g_ptr_array_add(shown, g_steal_pointer(&rows->pdata[i]));
    }
    return shown;
}

static gpointer do_documents_count(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                   GError **error)
{
    const struct query *query = data;
    gint64 n = rag_documents_count(library, &query->filter, error), n_hidden;

    if (n < 0)
        return NULL;
    if (all_hidden(query))
        return query_number(0);
    n_hidden = count_hidden(library, query, error);
    return n_hidden < 0 ? NULL : query_number(MAX(n - n_hidden, 0));
}

static void set_filter(struct query *query, LecLibrary *self,
                       const struct rag_document_filter *filter)
{
    query->filter = *filter;
    query->filter.below = query->below = g_strdup(filter->below);
    query->filter.words = query->words = g_strdup(filter->words);
    query->hidden = removals_paths(library_removals(self));
}

void lec_library_documents_async(LecLibrary *self, const struct rag_document_filter *filter,
                                 gint64 offset, gint64 limit, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && filter && limit >= 0);
    struct query query = {.offset = offset, .limit = limit};

    set_filter(&query, self, filter);
    query_ask(self, do_documents, &query, query_array_free, LIBRARY_READS, cancellable, callback,
              user_data);
}
QUERY_FINISH(documents, GPtrArray *, lec_library_run_finish)

void lec_library_documents_count_async(LecLibrary *self, const struct rag_document_filter *filter,
                                       LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && filter);
    struct query query = {0};

    set_filter(&query, self, filter);
    query_ask(self, do_documents_count, &query, g_free, LIBRARY_READS, cancellable, callback,
              user_data);
}
QUERY_FINISH(documents_count, gint64, query_finish_number)

static gpointer do_retry(RagLibrary *library, gpointer data, GCancellable *cancellable,
                         GError **error)
{
    return query_number(rag_retry(library, ((struct query *)data)->text, error));
}

void lec_library_retry_async(LecLibrary *self, const char *path, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_retry, &(struct query){.text = g_strdup(path)}, g_free, LIBRARY_DOCUMENTS,
              cancellable, callback, user_data);
}
QUERY_FINISH(retry, gint64, query_finish_number)

void lec_preview_free(struct rag_preview *preview)
{
    if (preview)
        rag_preview_clear(preview);
    g_free(preview);
}

static gpointer do_preview(RagLibrary *library, gpointer data, GCancellable *cancellable,
                           GError **error)
{
    const struct query *query = data;
    g_autofree struct rag_preview *preview = g_new0(struct rag_preview, 1);

    if (!rag_preview(library, (const char *const *)query->paths, g_strv_length(query->paths),
                     preview, cancellable, error))
        return NULL;
    return g_steal_pointer(&preview);
}

void lec_library_preview_async(LecLibrary *self, const char *const *paths, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && paths);
    query_ask_beside(self, do_preview, &(struct query){.paths = g_strdupv((char **)paths)},
                     (GDestroyNotify)lec_preview_free, cancellable, callback, user_data);
}
QUERY_FINISH(preview, struct rag_preview *, lec_library_run_finish)

/* --- collections ------------------------------------------------------------------------------ */

static gpointer do_collections(RagLibrary *library, gpointer data, GCancellable *cancellable,
                               GError **error)
{
    return rag_collections(library, error);
}

void lec_library_collections_async(LecLibrary *self, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_collections, &(struct query){0}, query_array_free, LIBRARY_READS,
              cancellable, callback, user_data);
}
QUERY_FINISH(collections, GPtrArray *, lec_library_run_finish)

static gpointer do_collection_make(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                   GError **error)
{
    return query_number(rag_collection_make(library, ((struct query *)data)->text, error));
}

void lec_library_collection_make_async(LecLibrary *self, const char *name, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && name);
    query_ask(self, do_collection_make, &(struct query){.text = g_strdup(name)}, g_free,
              LIBRARY_DOCUMENTS, cancellable, callback, user_data);
}
QUERY_FINISH(collection_make, gint64, query_finish_number)

static gpointer do_collection_rename(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                     GError **error)
{
    const struct query *query = data;

    return GINT_TO_POINTER(rag_collection_rename(library, query->id, query->text, error));
}

void lec_library_collection_rename_async(LecLibrary *self, gint64 id, const char *name,
                                         LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && name);
    query_ask(self, do_collection_rename, &(struct query){.id = id, .text = g_strdup(name)}, NULL,
              LIBRARY_DOCUMENTS, cancellable, callback, user_data);
}
QUERY_FINISH(collection_rename, gboolean, query_finish_done)

static gpointer do_collection_delete(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                     GError **error)
{
    return GINT_TO_POINTER(rag_collection_delete(library, ((struct query *)data)->id, error));
}

void lec_library_collection_delete_async(LecLibrary *self, gint64 id, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_collection_delete, &(struct query){.id = id}, NULL, LIBRARY_DOCUMENTS,
              cancellable, callback, user_data);
}
QUERY_FINISH(collection_delete, gboolean, query_finish_done)

static gpointer do_root_move(RagLibrary *library, gpointer data, GCancellable *cancellable,
                             GError **error)
{
    const struct query *query = data;

    return GINT_TO_POINTER(rag_root_move(library, query->id, query->offset, error));
}

void lec_library_root_move_async(LecLibrary *self, gint64 root, gint64 collection, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_root_move, &(struct query){.id = root, .offset = collection}, NULL,
              LIBRARY_DOCUMENTS, cancellable, callback, user_data);
}
QUERY_FINISH(root_move, gboolean, query_finish_done)

static gpointer do_collection_scope(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                    GError **error)
{
    return rag_collection_scope(library, ((struct query *)data)->id, error);
}

void lec_library_collection_scope_async(LecLibrary *self, gint64 id, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    query_ask(self, do_collection_scope, &(struct query){.id = id}, (GDestroyNotify)g_strfreev,
              LIBRARY_READS, cancellable, callback, user_data);
}
QUERY_FINISH(collection_scope, GStrv, lec_library_run_finish)
