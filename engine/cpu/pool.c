/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.c: threads that share out the tasks of one run at a time.
 *
 * A forward pass is a few hundred short runs, so a run must cost little, and a thread that the
 * system has taken off its core must not hold up the others. Hence tasks are claimed one by one
 * from a single 64-bit word, and nobody waits for a thread that claimed nothing:
 *
 *     state = run number << 32 | tasks not yet claimed
 *
 * Invariants
 * 1. task, data and n_tasks are written only while the state has 0 unclaimed tasks and n_done shows
 *    that all are done. So whoever takes one off the state (compare and swap against a state read
 *    *before* those fields) has fields that belong to that run; if the run ended in between, the
 *    swap fails.
 * 2. A run is over when n_done == n_tasks. Late threads find nothing to claim and touch nothing.
 * 3. A sleeper counts itself in n_sleeping before it looks at the state for the last time; the
 *    caller publishes the state before it looks at n_sleeping (both sequentially consistent). So
 *    no wake-up is lost. The same holds for the caller waiting for n_done.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "engine/cpu/cores.h"
#include "engine/cpu/cpu.h"

/* Long enough to bridge the work between two runs of a forward pass (norms, sampling), short enough
   not to be seen in a process monitor. */
enum { SPIN_NS = 60000 };

typedef void (*task_fn)(void *data, int i);

struct cpu_pool {
    int n_threads;
    pthread_t *threads; /* (owned) n_threads - 1 of them */
    int n_started;
    _Atomic task_fn task;
    _Atomic(void *) data;
    atomic_int n_tasks;
    _Alignas(64) _Atomic uint64_t state;
    _Alignas(64) atomic_int n_done;
    _Alignas(64) atomic_int n_sleeping;
    atomic_bool caller_sleeps, quit;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
};

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Claims and does tasks until none is left. */
static void drain(struct cpu_pool *pool)
{
    uint64_t state = atomic_load(&pool->state);
    for (;;) {
        uint32_t left = (uint32_t)state;
        if (left == 0)
            return;
        task_fn task = atomic_load_explicit(&pool->task, memory_order_relaxed);
        void *data = atomic_load_explicit(&pool->data, memory_order_relaxed);
        int n_tasks = atomic_load_explicit(&pool->n_tasks, memory_order_relaxed);
        if (!atomic_compare_exchange_weak(&pool->state, &state, state - 1))
            continue;
        task(data, n_tasks - (int)left);
        if (atomic_fetch_add(&pool->n_done, 1) + 1 == n_tasks &&
            atomic_load(&pool->caller_sleeps)) {
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->done);
            pthread_mutex_unlock(&pool->lock);
        }
        state = atomic_load(&pool->state);
    }
}

/* Spins for a while. true: there is something to do (or to end for). */
static bool spin_for_work(struct cpu_pool *pool)
{
    int64_t end = 0;
    for (unsigned i = 1;; i++) {
        if ((uint32_t)atomic_load_explicit(&pool->state, memory_order_relaxed) != 0 ||
            atomic_load_explicit(&pool->quit, memory_order_relaxed))
            return true;
        relax();
        if (i % 64 == 0) { /* the clock is read seldom */
            int64_t now = now_ns();
            if (end == 0)
                end = now + SPIN_NS;
            else if (now > end)
                return false;
        }
    }
}

static void *worker(void *arg)
{
    struct cpu_pool *pool = arg;
    while (!atomic_load(&pool->quit)) {
        drain(pool);
        if (spin_for_work(pool))
            continue;
        pthread_mutex_lock(&pool->lock);
        atomic_fetch_add(&pool->n_sleeping, 1);
        while ((uint32_t)atomic_load(&pool->state) == 0 && !atomic_load(&pool->quit))
            pthread_cond_wait(&pool->work, &pool->lock);
        atomic_fetch_sub(&pool->n_sleeping, 1);
        pthread_mutex_unlock(&pool->lock);
    }
    return NULL;
}

static void wait_until_done(struct cpu_pool *pool, int n_tasks)
{
    int64_t end = 0;
    for (unsigned i = 1; atomic_load_explicit(&pool->n_done, memory_order_acquire) != n_tasks;
         i++) {
        relax();
        if (i % 64 != 0)
            continue;
        int64_t now = now_ns();
        if (end == 0)
            end = now + SPIN_NS;
        if (now <= end)
            continue;
        pthread_mutex_lock(&pool->lock);
        atomic_store(&pool->caller_sleeps, true);
        while (atomic_load(&pool->n_done) != n_tasks)
            pthread_cond_wait(&pool->done, &pool->lock);
        atomic_store(&pool->caller_sleeps, false);
        pthread_mutex_unlock(&pool->lock);
    }
}

void cpu_pool_run(struct cpu_pool *pool, void (*task)(void *data, int i), void *data, int n_tasks)
{
    if (n_tasks <= 0)
        return;
    if (n_tasks == 1 || pool->n_threads == 1) {
        for (int i = 0; i < n_tasks; i++)
            task(data, i);
        return;
    }
    atomic_store_explicit(&pool->task, task, memory_order_relaxed);
    atomic_store_explicit(&pool->data, data, memory_order_relaxed);
    atomic_store_explicit(&pool->n_tasks, n_tasks, memory_order_relaxed);
    atomic_store_explicit(&pool->n_done, 0, memory_order_relaxed);
    uint64_t run = (atomic_load(&pool->state) >> 32) + 1;
    atomic_store(&pool->state, run << 32 | (uint32_t)n_tasks);
    if (atomic_load(&pool->n_sleeping) > 0) {
        pthread_mutex_lock(&pool->lock);
        pthread_cond_broadcast(&pool->work);
        pthread_mutex_unlock(&pool->lock);
    }
    drain(pool);
    wait_until_done(pool, n_tasks);
}

struct cpu_pool *cpu_pool_new(int n_threads)
{
    if (n_threads <= 0)
        n_threads = cpu_cores();
    struct cpu_pool *pool = aligned_alloc(64, (sizeof *pool + 63) / 64 * 64);
    if (pool == NULL)
        return NULL;
    *pool = (struct cpu_pool){.n_threads = n_threads};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->threads = calloc((size_t)n_threads, sizeof *pool->threads);
    if (pool->threads == NULL) {
        cpu_pool_free(pool);
        return NULL;
    }
    for (int i = 0; i < n_threads - 1; i++) {
        if (pthread_create(&pool->threads[i], NULL, worker, pool) != 0) {
            cpu_pool_free(pool);
            return NULL;
        }
        pool->n_started++;
    }
    return pool;
}

void cpu_pool_free(struct cpu_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->quit, true);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->n_started; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool);
}

int cpu_pool_threads(const struct cpu_pool *pool)
{
    return pool->n_threads;
}
