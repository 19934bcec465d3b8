/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main thread's half of indexing: what is to be done, and what is shown of it. All fields
 * belong to the main thread; the work is done in index-worker.c.
 *
 * 1. Requests wait here, not at the worker: it has one at a time. One is handed over when the
 *    worker is free, nobody has paused, and the library can be written.
 * 2. A run that is paused is cancelled and stands first in the queue again, also if it is resumed
 *    before it has ended. That loses nothing: what was read is in the library, the rest waits
 * there.
 * 3. Cancelling puts one job in place of all requests: to take out what was never read. It is done
 *    even while paused.
 */
#include "app/indexer.h"
#include "app/index-worker.h"
#include "app/settings.h"

#define STOP_US (5 * G_USEC_PER_SEC)

struct _LecIndexer {
    GObject parent_instance;
    LecLibrary *library; /* (owned) */
    GSettings *settings; /* (owned) NULL: none */
    IndexWorker *worker; /* (owned) NULL: stopped */
    GQueue waiting;      /* (owned) of struct index_job */
    GCancellable *job;   /* (owned) of the job at work; NULL: none */
    gboolean paused, at_rest;
    gboolean dropped; /* the job at work was cancelled for good, not for a pause */
    LecIndexerState state;
    char *name, *error; /* (owned) */
    gint64 n_done, n_total;
    double fraction, seconds_left;
};

G_DEFINE_FINAL_TYPE(LecIndexer, lec_indexer, G_TYPE_OBJECT)

enum {
    PROP_STATE = 1,
    PROP_PATH,
    PROP_N_DONE,
    PROP_N_TOTAL,
    PROP_FRACTION,
    PROP_SECONDS_LEFT,
    PROP_ERROR,
    PROP_PAUSED,
    N_PROPS
};
enum { FINISHED, PROBLEM, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void go_on(LecIndexer *self);

/* --- what is shown ---------------------------------------------------------------------------- */

static void notify(LecIndexer *self, guint prop)
{
    g_object_notify_by_pspec(G_OBJECT(self), props[prop]);
}

static void set_state(LecIndexer *self, LecIndexerState state)
{
    if (self->state == state)
        return;
    self->state = state;
    notify(self, PROP_STATE);
}

static void set_error(LecIndexer *self, const char *error)
{
    if (g_strcmp0(self->error, error) == 0)
        return;
    g_free(self->error);
    self->error = g_strdup(error);
    notify(self, PROP_ERROR);
}

static void set_progress(LecIndexer *self, const struct index_progress *progress)
{
    g_object_freeze_notify(G_OBJECT(self));
    if (g_strcmp0(self->name, progress->name) != 0) {
        g_free(self->name);
        self->name = g_strdup(progress->name);
        notify(self, PROP_PATH);
    }
    if (self->n_done != progress->n_done)
        notify(self, PROP_N_DONE);
    if (self->n_total != progress->n_total)
        notify(self, PROP_N_TOTAL);
    if (self->fraction != progress->fraction)
        notify(self, PROP_FRACTION);
    if (self->seconds_left != progress->seconds_left)
        notify(self, PROP_SECONDS_LEFT);
    self->n_done = progress->n_done;
    self->n_total = progress->n_total;
    self->fraction = progress->fraction;
    self->seconds_left = progress->seconds_left;
    g_object_thaw_notify(G_OBJECT(self));
}

static void clear_progress(LecIndexer *self)
{
    set_progress(self, &(struct index_progress){.seconds_left = -1});
}

/* --- what the worker tells -------------------------------------------------------------------- */

static void on_progress(const struct index_progress *progress, gpointer owner)
{
    static const LecIndexerState states[] = {
        [RAG_PHASE_SCAN] = LEC_INDEXER_SCANNING,
        [RAG_PHASE_READ] = LEC_INDEXER_READING,
        [RAG_PHASE_EMBED] = LEC_INDEXER_EMBEDDING,
    };
    LecIndexer *self = LEC_INDEXER(owner);

    if (!self->job || self->paused)
        return; /* its run is over, or is about to be */
    g_object_freeze_notify(G_OBJECT(self));
    set_progress(self, progress);
    set_state(self, states[progress->phase]);
    g_object_thaw_notify(G_OBJECT(self));
}

/* Tells which of the paths that were named did not become part of the library. */
static void tell_problems(LecIndexer *self, const struct index_job *job, GPtrArray *problems)
{
    for (guint i = 0; problems && i < problems->len; i++) {
        const struct rag_problem *problem = problems->pdata[i];
        if (g_strv_contains((const char *const *)job->paths, problem->path))
            g_signal_emit(self, signals[PROBLEM], 0, problem->path, problem->reason);
    }
}

static void on_end(struct index_job *job, const struct rag_index_result *result,
                   const GError *error, gpointer owner)
{
    LecIndexer *self = LEC_INDEXER(owner);
    gboolean cancelled = error && g_cancellable_is_cancelled(job->cancellable);
    gboolean again = cancelled && !self->dropped && self->worker;

    g_clear_object(&self->job);
    self->dropped = FALSE;
    lec_library_refresh(self->library);
    if (again) {
        g_object_unref(job->cancellable);
        job->cancellable = g_cancellable_new();
        g_queue_push_head(&self->waiting, g_steal_pointer(&job));
    } else if (error && !cancelled) {
        set_error(self, error->message);
        set_state(self, LEC_INDEXER_FAILED);
    } else if (result && !job->drop_waiting) {
        tell_problems(self, job, result->problems);
        g_signal_emit(self, signals[FINISHED], 0, (guint)result->n_ready, (guint)result->n_failed,
                      (guint)result->n_skipped);
        /* a request for named paths ends with them; what waited besides is not left to wait */
        if (*job->paths && result->n_waiting > 0 && self->worker &&
            g_queue_is_empty(&self->waiting))
            g_queue_push_tail(&self->waiting, index_job_new(NULL, NULL));
    }
    index_job_free(job);
    go_on(self);
}

/* --- what is to be done ----------------------------------------------------------------------- */

static struct index_job *next_job(LecIndexer *self)
{
    struct index_job *first = g_queue_peek_head(&self->waiting);

    if (self->paused && first && !first->drop_waiting)
        return NULL;
    return g_queue_pop_head(&self->waiting);
}

static void start(LecIndexer *self, struct index_job *job)
{
    self->job = g_object_ref(job->cancellable);
    self->at_rest = FALSE;
    set_error(self, NULL);
    clear_progress(self);
    if (!self->paused)
        set_state(self, LEC_INDEXER_SCANNING);
    index_worker_run(self->worker, job);
}

static void rest(LecIndexer *self)
{
    clear_progress(self);
    if (self->paused)
        set_state(self, LEC_INDEXER_PAUSED);
    else if (!self->error)
        set_state(self, LEC_INDEXER_IDLE);
    if (!self->at_rest)
        index_worker_rest(self->worker);
    self->at_rest = TRUE;
}

/* Hands the next job over if it can be, else says why not. */
static void go_on(LecIndexer *self)
{
    LecLibraryState library = lec_library_get_state(self->library);
    struct index_job *job;

    if (!self->worker || self->job || library == LEC_LIBRARY_OPENING)
        return;
    if (!g_queue_is_empty(&self->waiting) && library != LEC_LIBRARY_READY) {
        set_error(self, lec_library_get_error(self->library));
        set_state(self, LEC_INDEXER_FAILED);
        return;
    }
    job = next_job(self);
    if (job)
        start(self, job);
    else
        rest(self);
}

static void add(LecIndexer *self, struct index_job *job)
{
    g_queue_push_tail(&self->waiting, job);
    set_error(self, NULL);
    go_on(self);
}

void lec_indexer_add(LecIndexer *self, const char *const *paths, const char *collection)
{
    g_return_if_fail(LEC_IS_INDEXER(self) && paths);
    if (*paths)
        add(self, index_job_new(paths, collection));
}

void lec_indexer_rescan(LecIndexer *self)
{
    g_return_if_fail(LEC_IS_INDEXER(self));
    struct index_job *last = g_queue_peek_tail(&self->waiting);

    if (last && !*last->paths && !last->drop_waiting)
        go_on(self); /* one is to be done anyway */
    else
        add(self, index_job_new(NULL, NULL));
}

static void set_paused(LecIndexer *self, gboolean paused)
{
    if (self->paused == paused)
        return;
    self->paused = paused;
    notify(self, PROP_PAUSED);
    if (paused && self->job)
        g_cancellable_cancel(self->job);
    if (paused)
        set_state(self, LEC_INDEXER_PAUSED);
    else
        set_state(self, self->error ? LEC_INDEXER_FAILED : LEC_INDEXER_IDLE);
    go_on(self);
}

void lec_indexer_pause(LecIndexer *self)
{
    g_return_if_fail(LEC_IS_INDEXER(self));
    set_paused(self, TRUE);
}

void lec_indexer_resume(LecIndexer *self)
{
    g_return_if_fail(LEC_IS_INDEXER(self));
    set_paused(self, FALSE);
}

void lec_indexer_cancel(LecIndexer *self)
{
    g_return_if_fail(LEC_IS_INDEXER(self));
    struct index_job *drop = index_job_new(NULL, NULL);

    drop->drop_waiting = TRUE;
    g_queue_clear_full(&self->waiting, (GDestroyNotify)index_job_free);
    self->dropped = self->job != NULL;
    if (self->job)
        g_cancellable_cancel(self->job);
    add(self, drop);
}

void lec_indexer_stop(LecIndexer *self)
{
    g_return_if_fail(LEC_IS_INDEXER(self));
    IndexWorker *worker = g_steal_pointer(&self->worker);

    if (!worker)
        return;
    g_signal_handlers_disconnect_by_data(self->library, self);
    g_queue_clear_full(&self->waiting, (GDestroyNotify)index_job_free);
    if (self->job)
        g_cancellable_cancel(self->job);
    index_worker_end(worker, STOP_US);
}

/* --- life ------------------------------------------------------------------------------------- */

LecIndexer *lec_indexer_new(LecLibrary *library)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(library), NULL);
    static const struct index_events events = {on_progress, on_end};
    LecIndexer *self = g_object_new(LEC_TYPE_INDEXER, NULL);

    self->library = g_object_ref(library);
    self->worker = index_worker_new(lec_library_get_dir(library), &events, G_OBJECT(self));
    g_signal_connect_object(library, "notify::state", G_CALLBACK(go_on), self, G_CONNECT_SWAPPED);
    self->settings = lec_settings_new();
    if (self->settings)
        g_settings_bind(self->settings, LEC_SETTINGS_INDEXING_PAUSED, self, "paused",
                        G_SETTINGS_BIND_DEFAULT);
    return self;
}

LecIndexerState lec_indexer_get_state(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), LEC_INDEXER_FAILED);
    return self->state;
}

const char *lec_indexer_get_error(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), NULL);
    return self->error;
}

const char *lec_indexer_get_path(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), NULL);
    return self->name;
}

gint64 lec_indexer_get_n_done(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), 0);
    return self->n_done;
}

gint64 lec_indexer_get_n_total(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), 0);
    return self->n_total;
}

double lec_indexer_get_fraction(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), 0);
    return self->fraction;
}

double lec_indexer_get_seconds_left(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), -1);
    return self->seconds_left;
}

gboolean lec_indexer_get_paused(LecIndexer *self)
{
    g_return_val_if_fail(LEC_IS_INDEXER(self), FALSE);
    return self->paused;
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    set_paused(LEC_INDEXER(object), g_value_get_boolean(value)); /* the only one */
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecIndexer *self = LEC_INDEXER(object);

    switch (id) {
    case PROP_STATE:
        g_value_set_int(value, (int)self->state);
        break;
    case PROP_PATH:
        g_value_set_string(value, self->name);
        break;
    case PROP_N_DONE:
        g_value_set_int64(value, self->n_done);
        break;
    case PROP_N_TOTAL:
        g_value_set_int64(value, self->n_total);
        break;
    case PROP_FRACTION:
        g_value_set_double(value, self->fraction);
        break;
    case PROP_SECONDS_LEFT:
        g_value_set_double(value, self->seconds_left);
        break;
    case PROP_ERROR:
        g_value_set_string(value, self->error);
        break;
    case PROP_PAUSED:
        g_value_set_boolean(value, self->paused);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void finalize(GObject *object)
{
    LecIndexer *self = LEC_INDEXER(object);

    g_queue_clear_full(&self->waiting, (GDestroyNotify)index_job_free);
    g_clear_object(&self->job);
    g_clear_object(&self->settings);
    g_clear_object(&self->library);
    g_free(self->name);
    g_free(self->error);
    G_OBJECT_CLASS(lec_indexer_parent_class)->finalize(object);
}

static void lec_indexer_class_init(LecIndexerClass *class)
{
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
    const GType type = G_TYPE_FROM_CLASS(class);
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->set_property = set_property;
    object_class->get_property = get_property;
    object_class->finalize = finalize;
    props[PROP_STATE] =
        g_param_spec_int("state", NULL, NULL, 0, LEC_INDEXER_FAILED, LEC_INDEXER_IDLE, flags);
    props[PROP_PATH] = g_param_spec_string("path", NULL, NULL, NULL, flags);
    props[PROP_N_DONE] = g_param_spec_int64("n-done", NULL, NULL, 0, G_MAXINT64, 0, flags);
    props[PROP_N_TOTAL] = g_param_spec_int64("n-total", NULL, NULL, 0, G_MAXINT64, 0, flags);
    props[PROP_FRACTION] = g_param_spec_double("fraction", NULL, NULL, 0, 1, 0, flags);
    props[PROP_SECONDS_LEFT] =
        g_param_spec_double("seconds-left", NULL, NULL, -1, G_MAXDOUBLE, -1, flags);
    props[PROP_ERROR] = g_param_spec_string("error", NULL, NULL, NULL, flags);
    props[PROP_PAUSED] =
        g_param_spec_boolean("paused", NULL, NULL, FALSE, flags | G_PARAM_WRITABLE);
    g_object_class_install_properties(object_class, N_PROPS, props);
    signals[FINISHED] = g_signal_new("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
    signals[PROBLEM] = g_signal_new("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void lec_indexer_init(LecIndexer *self)
{
    g_queue_init(&self->waiting);
    self->seconds_left = -1;
    self->at_rest = TRUE;
}
