/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a query's arguments to the worker; see query.h. */
#include "app/query.h"

static void query_free(gpointer data)
{
    struct query *query = data;

    g_free(query->text);
    g_free(query->hash);
    g_strfreev(query->paths);
    g_free(query->below);
    g_free(query->words);
    g_strfreev(query->hidden);
    g_clear_pointer(&query->hidden_ids, g_array_unref);
    g_free(query);
}

void query_ask(LecLibrary *library, LecLibraryFunc func, const struct query *query,
               GDestroyNotify result_free, enum library_effect effect, LEC_QUERY_END)
{
    const struct library_call call = {
        .func = func,
        .data = g_memdup2(query, sizeof *query),
        .data_free = query_free,
        .result_free = result_free,
        .effect = effect,
    };

    library_run(library, &call, cancellable, callback, user_data);
}

void query_ask_embedder(LecLibrary *library, LecLibraryFunc func, const struct query *query,
                        GDestroyNotify result_free, LEC_QUERY_END)
{
    lec_library_run_with_embedder_async(library, func, g_memdup2(query, sizeof *query), query_free,
                                        result_free, cancellable, callback, user_data);
}

void query_ask_beside(LecLibrary *library, LecLibraryFunc func, const struct query *query,
                      GDestroyNotify result_free, LEC_QUERY_END)
{
    lec_library_run_beside_async(library, func, g_memdup2(query, sizeof *query), query_free,
                                 result_free, cancellable, callback, user_data);
}

void query_ask_reader(LecLibrary *library, LecLibraryFunc func, const struct query *query,
                      GDestroyNotify result_free, LEC_QUERY_END)
{
    const struct library_call call = {
        .func = func,
        .data = g_memdup2(query, sizeof *query),
        .data_free = query_free,
        .result_free = result_free,
        .without_library = TRUE,
    };

    library_run_beside(library, &call, cancellable, callback, user_data);
}

gpointer query_number(gint64 n)
{
    return n < 0 ? NULL : g_memdup2(&n, sizeof n);
}

gint64 query_finish_number(LecLibrary *library, GAsyncResult *result, GError **error)
{
    g_autofree gint64 *n = lec_library_run_finish(library, result, error);

    return n ? *n : -1;
}

gboolean query_finish_done(LecLibrary *library, GAsyncResult *result, GError **error)
{
    return lec_library_run_finish(library, result, error) != NULL;
}

void query_array_free(gpointer array)
{
    g_ptr_array_unref(array);
}
