/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who owns what: `queue` and `closing` have locks of their own; `dir`, `on_report` and `owner`
 * never change; all the rest belongs to the thread. What the thread finds goes to the main context
 * as a struct library_report of its own; nothing else is shared.
 *
 * 1. Calls are run in the order in which they came, each only when the library was tried to be
 *    opened: a call before that waits, a call after a failure gets the sentence of the failure.
 * 2. Once a second, and after a call that failed, the library is looked at (rag/changes.h). Where
 * it does not stand any more it is opened again as far as it can be: for writing, else for reading,
 *    else not at all. A library that was once open is never made anew in an empty place.
 * 3. Reports that say "changed" are at least CHANGED_US apart.
 * 4. The embedder is only open while searches are made: IDLE_US later the library is opened without
 *    it, and its memory is free again.
 */
#include "app/library-worker.h"
#include "app/embedder.h"
#include "app/reader-command.h"
#include "rag/changes.h"
#include <glib/gi18n.h>

#define LOOK_US    G_USEC_PER_SEC
#define CHANGED_US (G_USEC_PER_SEC / 2)
#define IDLE_US    (180 * G_USEC_PER_SEC)
#define RETRY_US   (10 * G_USEC_PER_SEC)

enum order { RUN, REOPEN, REFRESH, WARM, QUIT };

struct item {
    enum order order;
    struct library_call call; /* RUN */
    GTask *task;              /* (owned) RUN */
    gboolean beside;          /* RUN: only waits here for the library to be opened */
};

struct library_worker {
    char *dir; /* (owned) */
    LibraryReportFunc on_report;
    GObject *owner;        /* (owned) let go of by library_worker_end */
    GThread *thread;       /* (owned) */
    GAsyncQueue *queue;    /* (owned) of struct item */
    GCancellable *closing; /* (owned) for calls that brought none */

    RagLibrary *library; /* (owned) NULL: it could not be opened */
    Embedder *embedder;  /* (owned) in the library */
    LecLibraryState state;
    char *error;                       /* (owned) why it is not READY */
    gboolean was_open;                 /* it was there: do not make another in its place */
    gboolean gone;                     /* it was there and is not: look whether it comes back */
    gboolean changed;                  /* to be told */
    gint64 version;                    /* rag_library_changes */
    gint64 n_conversations, n_answers; /* as last told */
    gint64 opened_at, looked_at, told_at, embedded_at; /* monotonic time */
};

/* --- telling ---------------------------------------------------------------------------------- */

struct message {
    LibraryReportFunc on_report;
    GObject *owner; /* (owned) */
    struct library_report report;
};

static gboolean deliver(gpointer data)
{
    struct message *message = data;

    message->on_report(&message->report, message->owner);
    return G_SOURCE_REMOVE;
}

static void message_free(gpointer data)
{
    struct message *message = data;

    g_free(message->report.error);
    g_free(message->report.trouble);
    g_object_unref(message->owner);
    g_free(message);
}

/* Takes the strings. Not g_main_context_invoke: that may call at once, in this thread. */
static void tell(LibraryWorker *worker, const struct library_report *report)
{
    GSource *source = g_idle_source_new();
    struct message *message = g_new0(struct message, 1);

    *message = (struct message){worker->on_report, g_object_ref(worker->owner), *report};
    g_source_set_priority(source, G_PRIORITY_DEFAULT); /* in one order with the results of calls */
    g_source_set_callback(source, deliver, message, message_free);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

static void tell_state(LibraryWorker *worker)
{
    tell(worker,
         &(struct library_report){.state = worker->state, .error = g_strdup(worker->error)});
}

static void tell_trouble(LibraryWorker *worker, const char *sentence)
{
    tell(worker, &(struct library_report){.state = worker->state,
                                          .error = g_strdup(worker->error),
                                          .trouble = g_strdup(sentence)});
}

static void tell_changed(LibraryWorker *worker)
{
    struct rag_counts counts;

    worker->changed = FALSE;
    worker->told_at = g_get_monotonic_time();
    if (!worker->library || !rag_library_counts(worker->library, &counts, NULL))
        return; /* what is wrong with it, the next look will find */
    tell(worker, &(struct library_report){
                     .state = worker->state,
                     .error = g_strdup(worker->error),
                     .changed = TRUE,
                     .conversations_changed = worker->n_conversations != counts.conversations ||
                                              worker->n_answers != counts.answers,
                     .n_documents = counts.documents,
                     .n_ready = counts.ready,
                     .n_failed = counts.failed,
                     .n_waiting = counts.waiting,
                     .n_conversations = counts.conversations,
                 });
    worker->n_conversations = counts.conversations;
    worker->n_answers = counts.answers;
}

/* --- opening ---------------------------------------------------------------------------------- */

static RagLibrary *open_library(const char *dir, Embedder *embedder, gboolean create,
                                gboolean read_only, GError **error)
{
    struct rag_library_options options = {
        .size = sizeof options,
        .dir = dir,
        .create = create,
        .embedder = embedder_engine(embedder),
        .embedder_hash = embedder_hash(embedder),
        .reader_argv = reader_command(),
        .read_only = read_only,
    };

    return rag_library_open(&options, error);
}

static void close_library(LibraryWorker *worker)
{
    g_clear_pointer(&worker->library, rag_library_close);
    g_clear_pointer(&worker->embedder, embedder_unref);
}

static void set_state(LibraryWorker *worker, LecLibraryState state, const char *error)
{
    gboolean same = worker->state == state && g_strcmp0(worker->error, error) == 0;

    worker->state = state;
    if (same)
        return;
    g_free(worker->error);
    worker->error = g_strdup(error);
    tell_state(worker);
}

/* As it can be: for writing, else for reading. Takes the embedder, which may be NULL. */
static void open_as_can_be(LibraryWorker *worker, Embedder *embedder)
{
    g_autoptr(GError) error = NULL;

    close_library(worker);
    worker->embedder = embedder;
    worker->opened_at = g_get_monotonic_time();
    worker->library = open_library(worker->dir, embedder, !worker->was_open, FALSE, &error);
    if (worker->library) {
        set_state(worker, LEC_LIBRARY_READY, NULL);
    } else {
        worker->library = open_library(worker->dir, embedder, FALSE, TRUE, NULL);
        set_state(worker, worker->library ? LEC_LIBRARY_READ_ONLY : LEC_LIBRARY_FAILED,
                  error->message);
    }
    worker->gone = !worker->library && worker->was_open;
    worker->was_open = worker->was_open || worker->library;
    worker->changed = TRUE;
    if (!worker->library)
        close_library(worker);
    else if (!rag_library_changes(worker->library, &worker->version, NULL))
        worker->version = -1; /* it has gone this very moment: the next look says so */
}

static void open_first(LibraryWorker *worker)
{
    open_as_can_be(worker, NULL);
    tell_changed(worker);
}

static void need_embedder(LibraryWorker *worker)
{
    g_autoptr(GError) error = NULL;
    Embedder *embedder;

    worker->embedded_at = g_get_monotonic_time();
    if (worker->embedder || !worker->library)
        return;
    embedder = embedder_share(&error);
    if (error)
        tell_trouble(worker, error->message);
    if (!embedder)
        return;
    open_as_can_be(worker, embedder);
    if (!worker->library)
        open_as_can_be(worker, NULL); /* with its words alone, if that was the trouble */
}

/* --- looking ---------------------------------------------------------------------------------- */

static void look(LibraryWorker *worker)
{
    gint64 version, now = g_get_monotonic_time();
    gboolean stands = worker->library && rag_library_changes(worker->library, &version, NULL);
    gboolean idle = worker->embedder && now - worker->embedded_at > IDLE_US;
    /* one that is read-only for a reason that stays is not opened anew every second */
    gboolean soon = worker->state == LEC_LIBRARY_READ_ONLY && now - worker->opened_at < RETRY_US;

    worker->looked_at = now;
    if (worker->library ? (!stands && !soon) || idle : worker->gone) {
        open_as_can_be(worker, NULL);
    } else if (stands && version != worker->version) {
        worker->version = version;
        worker->changed = TRUE;
    }
}

/* --- calls ------------------------------------------------------------------------------------ */

static void item_free(struct item *item)
{
    g_clear_object(&item->task);
    g_free(item);
}

static void call_free(gpointer data)
{
    struct library_call *call = data;

    if (call->data_free)
        call->data_free(call->data);
    g_free(call);
}

static void return_result(GTask *task, const struct library_call *call, gpointer result,
                          GError *error)
{
    if (error)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(task, result, call->result_free);
}

static void run(LibraryWorker *worker, struct item *item)
{
    const struct library_call *call = &item->call;
    GCancellable *cancellable = g_task_get_cancellable(item->task);
    GError *error = NULL;
    gpointer result;

    if (g_task_return_error_if_cancelled(item->task))
        return;
    if (call->with_embedder)
        need_embedder(worker);
    if (!worker->library) {
        g_task_return_new_error(item->task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", worker->error);
        return;
    }
    result = call->func(worker->library, call->data, cancellable ? cancellable : worker->closing,
                        &error);
    if (error && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        look(worker);
    worker->changed = worker->changed || call->effect == LIBRARY_DOCUMENTS;
    if (call->effect == LIBRARY_CONVERSATIONS)
        tell(worker, &(struct library_report){.state = worker->state,
                                              .error = g_strdup(worker->error),
                                              .conversations_changed = TRUE});
    return_result(item->task, call, result, error);
}

static void beside(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const struct library_call *call = data;
    const char *dir = lec_library_get_dir(source);
    GError *error = NULL;
    gpointer result = NULL;
    g_autoptr(RagLibrary) library = NULL;

    if (g_task_return_error_if_cancelled(task))
        return;
    if (!call->without_library)
        library = open_library(dir, NULL, FALSE, TRUE, &error);
    if (!error)
        result = call->func(library, call->data, cancellable, &error);
    return_result(task, call, result, error);
}

static gboolean do_item(LibraryWorker *worker, struct item *item)
{
    switch (item->order) {
    case RUN:
        if (item->beside)
            g_task_run_in_thread(item->task, beside);
        else
            run(worker, item);
        break;
    case REOPEN:
        open_as_can_be(worker, NULL);
        break;
    case REFRESH:
        worker->changed = TRUE;
        break;
    case WARM:
        need_embedder(worker);
        break;
    case QUIT:
        return FALSE;
    }
    return TRUE;
}

/* Microseconds until there is something to do without being asked. */
static guint64 rest(const LibraryWorker *worker)
{
    gint64 next = worker->looked_at + LOOK_US;

    if (worker->changed)
        next = MIN(next, worker->told_at + CHANGED_US);
    return (guint64)MAX(next - g_get_monotonic_time(), 0);
}

static gpointer work(gpointer data)
{
    LibraryWorker *worker = data;
    gboolean go_on = TRUE;

    open_first(worker);
    while (go_on) {
        struct item *item = g_async_queue_timeout_pop(worker->queue, rest(worker));

        if (item) {
            go_on = do_item(worker, item);
            item_free(item);
        }
        if (go_on && g_get_monotonic_time() >= worker->looked_at + LOOK_US)
            look(worker);
        if (go_on && worker->changed && g_get_monotonic_time() >= worker->told_at + CHANGED_US)
            tell_changed(worker);
    }
    close_library(worker);
    return NULL;
}

/* --- the main thread's side ------------------------------------------------------------------- */

LibraryWorker *library_worker_new(const char *dir, LibraryReportFunc on_report, GObject *owner)
{
    LibraryWorker *worker = g_new0(LibraryWorker, 1);

    worker->dir = g_strdup(dir);
    worker->on_report = on_report;
    worker->owner = g_object_ref(owner);
    worker->queue = g_async_queue_new();
    worker->closing = g_cancellable_new();
    worker->state = LEC_LIBRARY_OPENING;
    worker->thread = g_thread_new("library", work, worker);
    return worker;
}

static void push(LibraryWorker *worker, const struct item *item)
{
    g_async_queue_push(worker->queue, g_memdup2(item, sizeof *item));
}

void library_worker_run(LibraryWorker *worker, const struct library_call *call, GTask *task)
{
    struct library_call *kept = g_memdup2(call, sizeof *call);

    g_task_set_task_data(task, kept, call_free);
    push(worker, &(struct item){.order = RUN, .call = *call, .task = g_object_ref(task)});
}

void library_worker_run_beside(LibraryWorker *worker, const struct library_call *call, GTask *task)
{
    struct library_call *kept = g_memdup2(call, sizeof *call);

    g_task_set_task_data(task, kept, call_free);
    if (lec_library_get_state(LEC_LIBRARY(worker->owner)) != LEC_LIBRARY_OPENING)
        g_task_run_in_thread(task, beside);
    else
        push(worker, &(struct item){.order = RUN, .task = g_object_ref(task), .beside = TRUE});
}

void library_worker_reopen(LibraryWorker *worker)
{
    push(worker, &(struct item){.order = REOPEN});
}

void library_worker_refresh(LibraryWorker *worker)
{
    push(worker, &(struct item){.order = REFRESH});
}

void library_worker_warm(LibraryWorker *worker)
{
    push(worker, &(struct item){.order = WARM});
}

void library_worker_end(LibraryWorker *worker)
{
    push(worker, &(struct item){.order = QUIT});
    g_cancellable_cancel(worker->closing);
    g_thread_join(worker->thread);
    g_async_queue_unref(worker->queue);
    g_object_unref(worker->closing);
    g_object_unref(worker->owner);
    g_free(worker->dir);
    g_free(worker->error);
    g_free(worker);
}

GCancellable *library_worker_closing(LibraryWorker *worker)
{
    return worker->closing;
}
