/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GThread has no join with a time limit: the thread says by itself that it has ended. `lock` guards
   `ended`; the struct lives as long as one of the two threads has it. */
#include "app/worker-thread.h"

struct worker_thread {
    GThreadFunc func;
    gpointer data;
    GThread *thread;
    GMutex lock;
    GCond cond;
    gboolean ended;
};

static void clear(gpointer data)
{
    WorkerThread *thread = data;

    g_mutex_clear(&thread->lock);
    g_cond_clear(&thread->cond);
}

static gpointer run(gpointer data)
{
    WorkerThread *thread = data;

    thread->func(thread->data);
    g_mutex_lock(&thread->lock);
    thread->ended = TRUE;
    g_cond_signal(&thread->cond);
    g_mutex_unlock(&thread->lock);
    g_atomic_rc_box_release_full(thread, clear);
    return NULL;
}

WorkerThread *worker_thread_new(const char *name, GThreadFunc func, gpointer data)
{
    WorkerThread *thread = g_atomic_rc_box_new0(WorkerThread);

    thread->func = func;
    thread->data = data;
    g_mutex_init(&thread->lock);
    g_cond_init(&thread->cond);
    thread->thread = g_thread_new(name, run, g_atomic_rc_box_acquire(thread));
    return thread;
}

gboolean worker_thread_end(WorkerThread *thread, gint64 timeout_us)
{
    gint64 until = g_get_monotonic_time() + timeout_us;
    gboolean ended, in_time = TRUE;

    g_mutex_lock(&thread->lock);
    while (!thread->ended && in_time)
        in_time = g_cond_wait_until(&thread->cond, &thread->lock, until);
    ended = thread->ended;
    g_mutex_unlock(&thread->lock);
    if (ended)
        g_thread_join(thread->thread);
    else
        g_thread_unref(thread->thread);
    g_atomic_rc_box_release_full(thread, clear);
    return ended;
}
