/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library-worker.h: the thread that owns a window's RagLibrary: opens it, works calls off in their
 * order, sees what changed, and tells the main thread. For library.c only.
 *
 * Thread rule: all functions belong to the main thread; what they hand over is run in the worker.
 */
#pragma once

#include "app/library.h"

/* What the worker found, told in the main context. */
struct library_report {
    LecLibraryState state;
    char *error;      /* (owned) a sentence, or NULL */
    char *trouble;    /* (owned) NULL, or a sentence about something that nobody waits for */
    gboolean changed; /* counts are new, documents may be */
    gboolean conversations_changed;
    gint64 n_documents, n_ready, n_failed, n_waiting, n_conversations;
};
typedef void (*LibraryReportFunc)(const struct library_report *report, gpointer owner);

typedef struct library_worker LibraryWorker;
/* Starts the thread, which opens the library. owner is kept alive until library_worker_end. */
LibraryWorker *library_worker_new(const char *dir, LibraryReportFunc on_report, GObject *owner);
/* Queues the call; its result is the task's. data_free and result_free may be NULL. */
enum library_effect { LIBRARY_READS, LIBRARY_DOCUMENTS, LIBRARY_CONVERSATIONS };
struct library_call {
    LecLibraryFunc func;
    gpointer data;
    GDestroyNotify data_free, result_free;
    gboolean with_embedder;
    gboolean without_library; /* run beside: func gets NULL, and works where it cannot be opened */
    enum library_effect effect; /* what it changes: told when it is done */
};
void library_worker_run(LibraryWorker *worker, const struct library_call *call, GTask *task);
/* The same in a thread of the pool, with a RagLibrary of its own. Its task should be cancelled by
   library_worker_closing where it has no other cancellable. */
void library_worker_run_beside(LibraryWorker *worker, const struct library_call *call, GTask *task);
void library_worker_reopen(LibraryWorker *worker);
void library_worker_refresh(LibraryWorker *worker);
void library_worker_warm(LibraryWorker *worker);
GCancellable *library_worker_closing(LibraryWorker *worker); /* borrowed */
/* Cancels what can be, works off the rest, ends the thread and waits for it. */
void library_worker_end(LibraryWorker *worker);

/* --- of library.c, for its neighbours in app/ --- */

void library_run(LecLibrary *library, const struct library_call *call, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data);
void library_run_beside(LecLibrary *library, const struct library_call *call,
                        GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
/* Somebody of this program has asked or answered. */
void library_tell_conversations(LecLibrary *library);
