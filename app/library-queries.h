/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library-queries.h: what the window asks of a library, typed. Each X_async has its X_finish, to be
 * called from the callback; results are owned by the caller. Arguments are copied.
 *
 *     static void on_documents(GObject *library, GAsyncResult *result, gpointer self)
 *     {
 *         g_autoptr(GError) error = NULL;
 *         g_autoptr(GPtrArray) rows =
 *             lec_library_documents_finish(LEC_LIBRARY(library), result, &error);
 *
 * What is hidden by a pending removal is left out of documents, conversations and hits.
 * Thread rule and the rest as in library.h; errors as in rag.h, and G_IO_ERROR_CANCELLED.
 */
#pragma once

#include "app/library.h"

/* The arguments that every call begins and ends with. */
#define LEC_QUERY_END GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data

/* --- passages --------------------------------------------------------------------------------- */

/* GPtrArray of struct rag_hit. scope: NULL, or NULL-terminated paths; k: 0 = 10. */
void lec_library_search_async(LecLibrary *self, const char *query, const char *const *scope, int k,
                              LEC_QUERY_END);
GPtrArray *lec_library_search_finish(LecLibrary *self, GAsyncResult *result, GError **error);

/* --- documents -------------------------------------------------------------------------------- */

/* GPtrArray of struct rag_document. */
void lec_library_documents_async(LecLibrary *self, const struct rag_document_filter *filter,
                                 gint64 offset, gint64 limit, LEC_QUERY_END);
GPtrArray *lec_library_documents_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* -1 on error. */
void lec_library_documents_count_async(LecLibrary *self, const struct rag_document_filter *filter,
                                       LEC_QUERY_END);
gint64 lec_library_documents_count_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* Failed ones at or below path (NULL: all) are read again by the next lec_indexer_rescan; how many,
   -1 on error. */
void lec_library_retry_async(LecLibrary *self, const char *path, LEC_QUERY_END);
gint64 lec_library_retry_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* What adding the paths would bring; free with lec_preview_free. Runs beside the worker. */
void lec_library_preview_async(LecLibrary *self, const char *const *paths, LEC_QUERY_END);
struct rag_preview *lec_library_preview_finish(LecLibrary *self, GAsyncResult *result,
                                               GError **error);
void lec_preview_free(struct rag_preview *preview);

/* --- collections ------------------------------------------------------------------------------ */

/* GPtrArray of struct rag_collection, by name. */
void lec_library_collections_async(LecLibrary *self, LEC_QUERY_END);
GPtrArray *lec_library_collections_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* The id, old or new; -1 on error. */
void lec_library_collection_make_async(LecLibrary *self, const char *name, LEC_QUERY_END);
gint64 lec_library_collection_make_finish(LecLibrary *self, GAsyncResult *result, GError **error);
void lec_library_collection_rename_async(LecLibrary *self, gint64 id, const char *name,
                                         LEC_QUERY_END);
gboolean lec_library_collection_rename_finish(LecLibrary *self, GAsyncResult *result,
                                              GError **error);
void lec_library_collection_delete_async(LecLibrary *self, gint64 id, LEC_QUERY_END);
gboolean lec_library_collection_delete_finish(LecLibrary *self, GAsyncResult *result,
                                              GError **error);
void lec_library_root_move_async(LecLibrary *self, gint64 root, gint64 collection, LEC_QUERY_END);
gboolean lec_library_root_move_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* Paths of its roots, NULL-terminated: the scope of a question. */
void lec_library_collection_scope_async(LecLibrary *self, gint64 id, LEC_QUERY_END);
GStrv lec_library_collection_scope_finish(LecLibrary *self, GAsyncResult *result, GError **error);

/* --- conversations ---------------------------------------------------------------------------- */

/* GPtrArray of struct rag_conversation, last changed first; limit < 0: all. */
void lec_library_conversations_async(LecLibrary *self, gint64 offset, gint64 limit, LEC_QUERY_END);
GPtrArray *lec_library_conversations_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* GPtrArray of struct rag_conversation_hit. */
void lec_library_conversations_search_async(LecLibrary *self, const char *words, gint64 limit,
                                            LEC_QUERY_END);
GPtrArray *lec_library_conversations_search_finish(LecLibrary *self, GAsyncResult *result,
                                                   GError **error);
void lec_library_conversation_rename_async(LecLibrary *self, gint64 id, const char *title,
                                           LEC_QUERY_END);
gboolean lec_library_conversation_rename_finish(LecLibrary *self, GAsyncResult *result,
                                                GError **error);
/* GPtrArray of struct rag_turn, the current path. Steal one for lec_answer_from_turn:
   g_ptr_array_steal_index. */
void lec_library_turns_async(LecLibrary *self, gint64 conversation, LEC_QUERY_END);
GPtrArray *lec_library_turns_finish(LecLibrary *self, GAsyncResult *result, GError **error);
void lec_library_turn_switch_async(LecLibrary *self, gint64 turn, int step, LEC_QUERY_END);
gboolean lec_library_turn_switch_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* Of the composer; conversation 0: of the one that does not exist yet. */
void lec_library_draft_set_async(LecLibrary *self, gint64 conversation, const char *text,
                                 LEC_QUERY_END);
gboolean lec_library_draft_set_finish(LecLibrary *self, GAsyncResult *result, GError **error);
void lec_library_draft_get_async(LecLibrary *self, gint64 conversation, LEC_QUERY_END);
char *lec_library_draft_get_finish(LecLibrary *self, GAsyncResult *result, GError **error);

/* --- documents to look at: each beside the worker, in a reader child -------------------------- */

/* The request's reader_argv and size are filled in here. */
void lec_library_page_async(LecLibrary *self, const struct rag_page_request *request,
                            LEC_QUERY_END);
RagPage *lec_library_page_finish(LecLibrary *self, GAsyncResult *result, GError **error);
void lec_library_text_async(LecLibrary *self, const struct rag_text_request *request,
                            LEC_QUERY_END);
RagDocumentText *lec_library_text_finish(LecLibrary *self, GAsyncResult *result, GError **error);
/* RAG_SOURCE_UNKNOWN on error. */
void lec_library_source_state_async(LecLibrary *self, const char *path, const char *hash,
                                    LEC_QUERY_END);
enum rag_source_state lec_library_source_state_finish(LecLibrary *self, GAsyncResult *result,
                                                      GError **error);
