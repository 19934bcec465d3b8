/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-thread.h: a thread that can be waited for, but not longer than one is willing to. It is
 * for workers that may be in the middle of something that cannot be cancelled, when the window
 * closes.
 *
 * Thread rule: both functions belong to the thread that started it.
 */
#pragma once

#include <glib.h>

typedef struct worker_thread WorkerThread;
WorkerThread *worker_thread_new(const char *name, GThreadFunc func, gpointer data);
/* TRUE: the thread has ended. FALSE: it is still at work after that time and is left to itself;
   what it uses must not be freed. Frees the WorkerThread. */
gboolean worker_thread_end(WorkerThread *thread, gint64 timeout_us);
