/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * indexer.h: LecIndexer reads documents into the library in the background, one request at a time.
 *
 *     LecIndexer *indexer = lec_indexer_new(library);
 *     lec_indexer_rescan(indexer);
 *     lec_indexer_add(indexer, (const char *const[]){"/home/ada/papers", NULL}, NULL);
 *     …
 *     lec_indexer_stop(indexer); g_object_unref(indexer);
 *
 * All that is not done yet is in the library: whatever ends a run, the next one goes on.
 * Properties, all but "paused" read-only, notified at most 10 times a second: "state" (int, enum
 * LecIndexerState), "path" (string: the file at work, to be shown; NULL: none), "n-done", "n-total"
 * (int64: files, or passages while EMBEDDING; n-total 0: not known yet), "fraction" (double, 0…1 of
 * this request), "seconds-left" (double, -1: not known), "error" (string, a sentence where FAILED),
 * "paused" (boolean; bound to the settings).
 * Signals: "finished" (uint n_ready, uint n_failed, uint n_skipped) after each request that came to
 * its end; "problem" (char *path, char *reason) for a path that was named and could not be added.
 * Thread rule: main thread. Nothing blocks but lec_indexer_stop.
 */
#pragma once

#include "app/library.h"

#define LEC_TYPE_INDEXER (lec_indexer_get_type())
G_DECLARE_FINAL_TYPE(LecIndexer, lec_indexer, LEC, INDEXER, GObject)

typedef enum {
    LEC_INDEXER_IDLE,
    LEC_INDEXER_SCANNING,
    LEC_INDEXER_READING,
    LEC_INDEXER_EMBEDDING,
    LEC_INDEXER_PAUSED, /* by the person; there is something to do or not */
    LEC_INDEXER_FAILED,
} LecIndexerState;

LecIndexer *lec_indexer_new(LecLibrary *library);
LecIndexerState lec_indexer_get_state(LecIndexer *self);
const char *lec_indexer_get_error(LecIndexer *self);
const char *lec_indexer_get_path(LecIndexer *self);
gint64 lec_indexer_get_n_done(LecIndexer *self);
gint64 lec_indexer_get_n_total(LecIndexer *self);
double lec_indexer_get_fraction(LecIndexer *self);
double lec_indexer_get_seconds_left(LecIndexer *self);
gboolean lec_indexer_get_paused(LecIndexer *self);

/* Queued. paths: NULL-terminated; collection: its name, NULL = "All". */
void lec_indexer_add(LecIndexer *self, const char *const *paths, const char *collection);
/* Looks again at everything that was added before, and goes on where a run was ended. */
void lec_indexer_rescan(LecIndexer *self);
/* Stops after the documents at work, and stays so over restarts until resumed. */
void lec_indexer_pause(LecIndexer *self);
void lec_indexer_resume(LecIndexer *self);
/* Ends all requests; what was never read leaves the library. */
void lec_indexer_cancel(LecIndexer *self);
/* At the end: stops the work and waits for the worker, at most five seconds. */
void lec_indexer_stop(LecIndexer *self);
