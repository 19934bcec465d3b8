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
 * 4. Where there is a core for each thread, the started threads keep to a core of their own, and
 *    one core, `spare`, is left to the caller, who may run anywhere. A thread that meets the caller
 *    on its core moves to the spare one and leaves its own as the spare. Systems that balance load
 *    slowly (small virtual machines) otherwise leave both on one core for seconds.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "engine/cpu/cores.h"
#include "engine/cpu/cpu.h"

/* Long enough to bridge the work between two runs of a forward pass (norms, sampling), short enough
   not to be seen in a process monitor. */
enum { SPIN_NS = 60000 };

typedef void (*task_fn)(void *data, int i);

struct worker {
    struct cpu_pool *pool; /* (borrowed) */
    pthread_t thread;
    int core; /* processor it is bound to, -1 for none; its own after the start */
};

struct cpu_pool {
    int n_threads;
    struct worker *workers; /* (owned) n_threads - 1 of them */
    int n_started;
    atomic_int caller_core, spare_core;
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

static void bind_to_core(int core)
{
    cpu_set_t set;
    if (core < 0)
        return;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    sched_setaffinity(0, sizeof set, &set); /* a wish: if it is refused, only slower */
}

static void *worker_main(void *arg)
{
    struct worker *self = arg;
    struct cpu_pool *pool = self->pool;
    bind_to_core(self->core);
    while (!atomic_load(&pool->quit)) {
        if (self->core >= 0 && atomic_load(&pool->caller_core) == self->core) {
            self->core = atomic_exchange(&pool->spare_core, self->core);
            bind_to_core(self->core);
        }
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
    atomic_store_explicit(&pool->caller_core, sched_getcpu(), memory_order_relaxed);
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

/* A core for each worker, one for the caller; none where there are too few. */
static void assign_cores(struct cpu_pool *pool)
{
    int cores[CPU_SETSIZE], n_cores = cpu_core_list(cores, CPU_SETSIZE);
    int here = sched_getcpu(), at = 0;
    bool enough = n_cores >= pool->n_threads;
    for (int i = 0; i < n_cores; i++)
        if (cores[i] == here) { /* left to the caller */
            cores[i] = cores[0];
            cores[0] = here;
        }
    atomic_store(&pool->spare_core, enough ? cores[at++] : -1);
    for (int i = 0; i < pool->n_threads - 1; i++)
        pool->workers[i].core = enough ? cores[at++] : -1;
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
    pool->workers = calloc((size_t)n_threads, sizeof *pool->workers);
    if (pool->workers == NULL) {
        cpu_pool_free(pool);
        return NULL;
    }
    atomic_store(&pool->caller_core, -1);
    assign_cores(pool);
    for (int i = 0; i < n_threads - 1; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0) {
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
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

int cpu_pool_threads(const struct cpu_pool *pool)
{
    return pool->n_threads;
}
