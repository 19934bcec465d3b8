/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * index-worker.h: the thread that indexes: one job at a time, with a RagLibrary and an embedder of
 * its own, which are there only while it has work. For indexer.c only.
 *
 * Thread rule: all functions belong to the main thread; what they call back comes there too.
 */
#pragma once

#include "app/estimate.h"
#include <gio/gio.h>

struct index_job {
    GStrv paths;               /* (owned) empty: all that was added before */
    char *collection;          /* (owned) NULL: "All" */
    gboolean drop_waiting;     /* instead: take out what was never read */
    GCancellable *cancellable; /* (owned) */
};
struct index_job *index_job_new(const char *const *paths, const char *collection);
void index_job_free(struct index_job *job);

struct index_progress {
    enum rag_index_phase phase;
    char *name; /* (owned) the file at work, to be shown; NULL: none */
    gint64 n_done, n_total;
    double fraction, seconds_left; /* -1: not known */
};

struct index_events {
    /* At most ten times a second. */
    void (*on_progress)(const struct index_progress *progress, gpointer owner);
    /* The job's end; the job is given back. result NULL: error says why. */
    void (*on_end)(struct index_job *job, const struct rag_index_result *result,
                   const GError *error, gpointer owner);
};

typedef struct index_worker IndexWorker;
/* owner is kept alive until index_worker_end, and longer while events are on their way. */
IndexWorker *index_worker_new(const char *dir, const struct index_events *events, GObject *owner);
void index_worker_run(IndexWorker *worker, struct index_job *job); /* takes it */
/* There is nothing to do for now: gives the memory back. */
void index_worker_rest(IndexWorker *worker);
/* Ends the thread; the job at work must have been cancelled. Waits so long at most. */
void index_worker_end(IndexWorker *worker, gint64 timeout_us);
