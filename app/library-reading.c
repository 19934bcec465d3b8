/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents to look at: each call runs in a thread of the pool and starts a reader child, so that a
 * page that takes seconds to draw keeps no search waiting. Only the state of a source needs the
 * library; a page can be looked at even if that is gone.
 */
#include "app/query.h"
#include "app/reader-command.h"

static gpointer do_page(RagLibrary *library, gpointer data, GCancellable *cancellable,
                        GError **error)
{
    const struct query *query = data;
    const struct rag_page_request request = {.size = sizeof request,
                                             .reader_argv = reader_command(),
                                             .path = query->paths[0],
                                             .page = query->n,
                                             .width = query->width,
                                             .quote = query->text};

    return rag_draw_page(&request, cancellable, error);
}

static GStrv one_path(const char *path)
{
    return g_strdupv((char *[]){(char *)path, NULL});
}

void lec_library_page_async(LecLibrary *self, const struct rag_page_request *request, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && request && request->path);
    const struct query query = {.paths = one_path(request->path),
                                .n = request->page,
                                .width = request->width,
                                .text = g_strdup(request->quote)};

    query_ask_reader(self, do_page, &query, (GDestroyNotify)rag_page_free, cancellable, callback,
                     user_data);
}
QUERY_FINISH(page, RagPage *, lec_library_run_finish)

static gpointer do_text(RagLibrary *library, gpointer data, GCancellable *cancellable,
                        GError **error)
{
    const struct query *query = data;
    const struct rag_text_request request = {.size = sizeof request,
                                             .reader_argv = reader_command(),
                                             .path = query->paths[0],
                                             .quote = query->text,
                                             .line = query->line};

    return rag_read_text(&request, cancellable, error);
}

void lec_library_text_async(LecLibrary *self, const struct rag_text_request *request, LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && request && request->path);
    const struct query query = {
        .paths = one_path(request->path), .text = g_strdup(request->quote), .line = request->line};

    query_ask_reader(self, do_text, &query, (GDestroyNotify)rag_document_text_free, cancellable,
                     callback, user_data);
}
QUERY_FINISH(text, RagDocumentText *, lec_library_run_finish)

static gpointer do_source_state(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                GError **error)
{
    const struct query *query = data;

    return query_number((gint64)rag_source_state(library, query->paths[0], query->hash));
}

void lec_library_source_state_async(LecLibrary *self, const char *path, const char *hash,
                                    LEC_QUERY_END)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && path);
    const struct query query = {.paths = one_path(path), .hash = g_strdup(hash ? hash : "")};

    query_ask_beside(self, do_source_state, &query, g_free, cancellable, callback, user_data);
}

enum rag_source_state lec_library_source_state_finish(LecLibrary *self, GAsyncResult *result,
                                                      GError **error)
{
    gint64 state = query_finish_number(self, result, error);

    return state < 0 ? RAG_SOURCE_UNKNOWN : (enum rag_source_state)state;
}
