/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library.h: LecLibrary, the library as the window sees it: asked without waiting.
 *
 *     LecLibrary *library = lec_library_new(dir);
 *     lec_library_documents_async(library, &filter, 0, 100, NULL, on_documents, self);
 *     …
 *     lec_library_close(library); g_object_unref(library);
 *
 * One worker thread owns a RagLibrary; calls are queued to it and answered in the main context
 * (GTask). The embedder is opened there for the first search, and closed when it was not needed for
 * some minutes. library-queries.h has the typed calls.
 *
 * Properties, read-only: "state" (int, enum LecLibraryState), "error" (string: a sentence where
 * FAILED or READ_ONLY, else NULL), "n-documents", "n-ready", "n-failed", "n-waiting",
 * "n-conversations" (int64).
 * Signals: "changed" (documents, collections or counts changed, by this process or another; at most
 * twice a second), "conversations-changed", "trouble" (char *sentence: something that nobody waits
 * for, such as a removal, could not be done).
 * Thread rule: main thread. Nothing blocks but lec_library_close.
 */
#pragma once

#include "rag/conversations.h"
#include "rag/documents.h"
#include "rag/rag.h"
#include "rag/viewer.h"
#include <gio/gio.h>

#define LEC_TYPE_LIBRARY (lec_library_get_type())
G_DECLARE_FINAL_TYPE(LecLibrary, lec_library, LEC, LIBRARY, GObject)

typedef enum {
    LEC_LIBRARY_OPENING,
    LEC_LIBRARY_READY,
    LEC_LIBRARY_READ_ONLY, /* it can be searched and read; nothing can be added or kept */
    LEC_LIBRARY_FAILED,    /* calls fail with the sentence of "error"; lec_library_reopen */
} LecLibraryState;

/* Opens at once, in the worker; made if it is not there. */
LecLibrary *lec_library_new(const char *dir);
const char *lec_library_get_dir(LecLibrary *self);
LecLibraryState lec_library_get_state(LecLibrary *self);
const char *lec_library_get_error(LecLibrary *self);
gint64 lec_library_get_n_documents(LecLibrary *self);
gint64 lec_library_get_n_ready(LecLibrary *self);
gint64 lec_library_get_n_failed(LecLibrary *self);
gint64 lec_library_get_n_waiting(LecLibrary *self); /* those being read included */
gint64 lec_library_get_n_conversations(LecLibrary *self);
/* Tries again after FAILED or READ_ONLY. */
void lec_library_reopen(LecLibrary *self);
/* Counts anew, and emits "changed". */
void lec_library_refresh(LecLibrary *self);
/* Opens the embedder, if it is not open: a search is likely soon. */
void lec_library_warm(LecLibrary *self);
/* Does what is queued (searches are cancelled) and what removals wait for their undo; then ends. */
void lec_library_close(LecLibrary *self);

/*
 * The one primitive: func runs on the worker and its result is handed to callback in the main
 * context. Where func returns NULL and sets no error, NULL is the result. data is freed in the main
 * thread or the worker; a result that nobody takes is freed with result_free (may be NULL).
 */
typedef gpointer (*LecLibraryFunc)(RagLibrary *library, gpointer data, GCancellable *cancellable,
                                   GError **error);
void lec_library_run_async(LecLibrary *self, LecLibraryFunc func, gpointer data,
                           GDestroyNotify data_free, GDestroyNotify result_free,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
/* The same, with the embedder in the RagLibrary (for rag_search). */
void lec_library_run_with_embedder_async(LecLibrary *self, LecLibraryFunc func, gpointer data,
                                         GDestroyNotify data_free, GDestroyNotify result_free,
                                         GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data);
/* The same, in a thread of its own and beside the worker, for what may take seconds; the RagLibrary
   is one of its own. */
void lec_library_run_beside_async(LecLibrary *self, LecLibraryFunc func, gpointer data,
                                  GDestroyNotify data_free, GDestroyNotify result_free,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gpointer lec_library_run_finish(LecLibrary *self, GAsyncResult *result, GError **error);

/* --- removal with undo ------------------------------------------------------------------------ */

/*
 * What is being removed is hidden at once ("changed" or "conversations-changed" is emitted, lists
 * and searches leave it out); it is done when committed or when the library is closed.
 */
typedef enum { LEC_REMOVE, LEC_FORGET, LEC_DELETE_CONVERSATION } LecRemoval;
/* A token, never 0. path: of LEC_REMOVE and LEC_FORGET; conversation: of the third. */
guint lec_library_removal_begin(LecLibrary *self, LecRemoval kind, const char *path,
                                gint64 conversation);
/* Nothing happens where the token is no longer pending. */
void lec_library_removal_undo(LecLibrary *self, guint token);
void lec_library_removal_commit(LecLibrary *self, guint token);
gboolean lec_library_is_hidden(LecLibrary *self, const char *path); /* at or below a pending one */
gboolean lec_library_is_conversation_hidden(LecLibrary *self, gint64 conversation);
