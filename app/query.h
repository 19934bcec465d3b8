/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query.h: what the typed calls of library-queries.h share: a struct of copied arguments, and the
 * way to the worker and back. For library-queries.c, library-conversations.c and library-reading.c
 * only.
 */
#pragma once

#include "app/library-queries.h"
#include "app/library-worker.h"

/* The arguments of any query, as far as it has them. All but plain numbers are owned. */
struct query {
    char *text, *hash;
    GStrv paths;
    gint64 id, offset, limit;
    int n, width, line;
    struct rag_document_filter filter; /* its strings are the next two */
    char *below, *words;
    GStrv hidden;       /* paths; NULL: none */
    GArray *hidden_ids; /* of gint64, conversations; NULL: none */
};

/* Queues func with a copy of *query, whose parts it takes. */
void query_ask(LecLibrary *library, LecLibraryFunc func, const struct query *query,
               GDestroyNotify result_free, enum library_effect effect, LEC_QUERY_END);
void query_ask_embedder(LecLibrary *library, LecLibraryFunc func, const struct query *query,
                        GDestroyNotify result_free, LEC_QUERY_END);
/* func gets NULL for the library: it only opens documents. */
void query_ask_reader(LecLibrary *library, LecLibraryFunc func, const struct query *query,
                      GDestroyNotify result_free, LEC_QUERY_END);
void query_ask_beside(LecLibrary *library, LecLibraryFunc func, const struct query *query,
                      GDestroyNotify result_free, LEC_QUERY_END);

/* A number as a result: NULL where it is negative, which stands for an error. */
gpointer query_number(gint64 n);
gint64 query_finish_number(LecLibrary *library, GAsyncResult *result, GError **error);
gboolean query_finish_done(LecLibrary *library, GAsyncResult *result, GError **error);
void query_array_free(gpointer array); /* a GPtrArray */

/* Defines the second half of a query: `with` takes the result out of the task. */
#define QUERY_FINISH(name, type, with)                                                             \
    type lec_library_##name##_finish(LecLibrary *self, GAsyncResult *result, GError **error)       \
    {                                                                                              \
        return with(self, result, error);                                                          \
    }
