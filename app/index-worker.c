/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who owns what: `dir`, `events` and `owner` never change; `queue` has a lock of its own; the
 * board, on which progress is written, has its own too; the rest belongs to the thread. A job
 * belongs to who has it: it goes to the thread and comes back with its end; its cancellable may be
 * used from both sides.
 *
 * The thread is nice(10), and with it what it starts (the engine's threads, reader children): a
 * question that is asked meanwhile comes first.
 */
#include "app/index-worker.h"
#include "app/embedder.h"
#include "app/reader-command.h"
#include "app/worker-thread.h"
#include "rag/documents.h"
#include <sys/resource.h>

#define PROGRESS_US (G_USEC_PER_SEC / 10)
#define NICE        10

enum order { RUN, REST, QUIT };
struct item {
    enum order order;
    struct index_job *job; /* (owned) RUN */
};

/* Progress on its way to the main thread; lives as long as one of the two has it. */
struct board {
    GMutex lock; /* of all that follows */
    struct index_progress latest;
    gboolean scheduled; /* a source of the main context will take it */
    gint64 told_at;
};

struct index_worker {
    char *dir; /* (owned) */
    struct index_events events;
    GObject *owner;       /* (owned) */
    WorkerThread *thread; /* (owned) main thread */
    GAsyncQueue *queue;   /* (owned) of struct item */
    struct board *board;  /* (owned) */

    RagLibrary *library; /* (owned) NULL: at rest */
    Embedder *embedder;  /* (owned) */
    struct estimate estimate;
};

/* --- jobs ------------------------------------------------------------------------------------- */

struct index_job *index_job_new(const char *const *paths, const char *collection)
{
    g_autoptr(GStrvBuilder) full = g_strv_builder_new();
    struct index_job *job = g_new0(struct index_job, 1);

    for (guint i = 0; paths && paths[i]; i++) {
        g_autofree char *path = g_canonicalize_filename(paths[i], NULL);
        g_strv_builder_add(full, path);
    }
    job->paths = g_strv_builder_end(full);
    job->collection = g_strdup(collection);
    job->cancellable = g_cancellable_new();
    return job;
}

void index_job_free(struct index_job *job)
{
    if (!job)
        return;
    g_strfreev(job->paths);
    g_free(job->collection);
    g_object_unref(job->cancellable);
    g_free(job);
}

/* --- progress --------------------------------------------------------------------------------- */

static void board_clear(gpointer data)
{
    struct board *board = data;

    g_free(board->latest.name);
    g_mutex_clear(&board->lock);
}

struct look {
    struct board *board; /* (owned) a reference */
    struct index_events events;
    GObject *owner; /* (owned) */
};

static void look_free(gpointer data)
{
    struct look *look = data;

    g_atomic_rc_box_release_full(look->board, board_clear);
    g_object_unref(look->owner);
    g_free(look);
}

static gboolean look_at_board(gpointer data)
{
    struct look *look = data;
    struct board *board = look->board;
    struct index_progress progress;

    g_mutex_lock(&board->lock);
    progress = board->latest;
    board->latest.name = NULL;
    board->scheduled = FALSE;
    board->told_at = g_get_monotonic_time();
    g_mutex_unlock(&board->lock);
    look->events.on_progress(&progress, look->owner);
    g_free(progress.name);
    return G_SOURCE_REMOVE;
}

/* The board's lock is held. */
static void schedule_look(IndexWorker *worker)
{
    gint64 wait = worker->board->told_at + PROGRESS_US - g_get_monotonic_time();
    GSource *source = g_timeout_source_new((guint)(CLAMP(wait, 0, PROGRESS_US) / 1000));
    struct look *look = g_new0(struct look, 1);

    *look = (struct look){g_atomic_rc_box_acquire(worker->board), worker->events,
                          g_object_ref(worker->owner)};
    g_source_set_callback(source, look_at_board, look, look_free);
    g_source_attach(source, NULL);
    g_source_unref(source);
    worker->board->scheduled = TRUE;
}

static void on_progress(const struct rag_progress *progress, void *data)
{
    IndexWorker *worker = data;
    struct board *board = worker->board;

    estimate_update(&worker->estimate, progress, g_get_monotonic_time());
    g_mutex_lock(&board->lock);
    g_free(board->latest.name);
    board->latest = (struct index_progress){
        .phase = progress->phase,
        .name = progress->path ? g_filename_display_basename(progress->path) : NULL,
        .n_done = progress->n_done,
        .n_total = progress->n_total,
        .fraction = worker->estimate.fraction,
        .seconds_left = worker->estimate.seconds_left,
    };
    if (!board->scheduled)
        schedule_look(worker);
    g_mutex_unlock(&board->lock);
}

/* --- the end of a job ------------------------------------------------------------------------- */

struct end {
    struct index_events events;
    GObject *owner;        /* (owned) */
    struct index_job *job; /* (owned) given away when told */
    gboolean ok;
    struct rag_index_result result; /* (owned) if ok */
    GError *error;                  /* (owned) if not */
};

static void end_free(gpointer data)
{
    struct end *end = data;

    g_object_unref(end->owner);
    index_job_free(end->job);
    rag_index_result_clear(&end->result);
    g_clear_error(&end->error);
    g_free(end);
}

static gboolean tell_end(gpointer data)
{
    struct end *end = data;

    end->events.on_end(g_steal_pointer(&end->job), end->ok ? &end->result : NULL, end->error,
                       end->owner);
    return G_SOURCE_REMOVE;
}

/* --- work ------------------------------------------------------------------------------------- */

static void close_library(IndexWorker *worker)
{
    g_clear_pointer(&worker->library, rag_library_close);
    g_clear_pointer(&worker->embedder, embedder_unref);
}

static bool open_library(IndexWorker *worker, GError **error)
{
    g_autoptr(GError) problem = NULL;
    struct rag_library_options options = {
        .size = sizeof options, .dir = worker->dir, .reader_argv = reader_command()};

    if (worker->library)
        return true;
    worker->embedder = embedder_open(&problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    options.embedder = embedder_engine(worker->embedder);
    options.embedder_hash = embedder_hash(worker->embedder);
    worker->library = rag_library_open(&options, error);
    if (!worker->library)
        close_library(worker);
    return worker->library != NULL;
}

static bool do_job(IndexWorker *worker, struct index_job *job, struct rag_index_result *result,
                   GError **error)
{
    const struct rag_index_options options = {
        .size = sizeof options,
        .on_progress = on_progress,
        .data = worker,
        .collection = job->collection,
    };

    if (g_cancellable_set_error_if_cancelled(job->cancellable, error) ||
        !open_library(worker, error))
        return false;
    if (job->drop_waiting)
        return rag_drop_waiting(worker->library, error) >= 0;
    estimate_start(&worker->estimate, worker->embedder != NULL, g_get_monotonic_time());
    return rag_index(worker->library, (const char *const *)job->paths, g_strv_length(job->paths),
                     &options, result, job->cancellable, error);
}

static void run(IndexWorker *worker, struct index_job *job)
{
    GSource *source = g_idle_source_new();
    struct end *end = g_new0(struct end, 1);

    *end = (struct end){worker->events, g_object_ref(worker->owner), job};
    end->ok = do_job(worker, job, &end->result, &end->error);
    if (!end->ok && !g_error_matches(end->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        close_library(worker); /* the next job opens what is there then */
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, tell_end, end, end_free);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

static gpointer work(gpointer data)
{
    IndexWorker *worker = data;
    gboolean go_on = TRUE;

    setpriority(PRIO_PROCESS, 0, NICE); /* of this thread; where it may not, it does without */
    while (go_on) {
        struct item *item = g_async_queue_pop(worker->queue);

        if (item->order == RUN)
            run(worker, g_steal_pointer(&item->job));
        else
            close_library(worker);
        go_on = item->order != QUIT;
        g_free(item);
    }
    return NULL;
}

/* --- the main thread's side ------------------------------------------------------------------- */

IndexWorker *index_worker_new(const char *dir, const struct index_events *events, GObject *owner)
{
    IndexWorker *worker = g_new0(IndexWorker, 1);

    worker->dir = g_strdup(dir);
    worker->events = *events;
    worker->owner = g_object_ref(owner);
    worker->queue = g_async_queue_new();
    worker->board = g_atomic_rc_box_new0(struct board);
    g_mutex_init(&worker->board->lock);
    worker->thread = worker_thread_new("indexer", work, worker);
    return worker;
}

static void push(IndexWorker *worker, enum order order, struct index_job *job)
{
    struct item *item = g_new0(struct item, 1);

    *item = (struct item){order, job};
    g_async_queue_push(worker->queue, item);
}

void index_worker_run(IndexWorker *worker, struct index_job *job)
{
    push(worker, RUN, job);
}

void index_worker_rest(IndexWorker *worker)
{
    push(worker, REST, NULL);
}

void index_worker_end(IndexWorker *worker, gint64 timeout_us)
{
    push(worker, QUIT, NULL);
    if (!worker_thread_end(worker->thread, timeout_us))
        return; /* it still uses all of this, and the program is about to end */
    g_async_queue_unref(worker->queue);
    g_atomic_rc_box_release_full(worker->board, board_clear);
    g_object_unref(worker->owner);
    g_free(worker->dir);
    g_free(worker);
}
