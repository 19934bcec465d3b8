/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread pool: every task exactly once, many short runs, sleeping threads, nested results. */
#include <glib.h>
#include <stdatomic.h>

#include "engine/cpu/cores.h"
#include "engine/cpu/cpu.h"

struct counts {
    atomic_int n[1000];
    int run;
};

static void count(void *data, int i)
{
    struct counts *counts = data;
    atomic_fetch_add(&counts->n[i], counts->run);
}

static void test_each_once(void)
{
    static struct counts counts;
    for (int threads = 1; threads <= 5; threads++) {
        struct cpu_pool *pool = cpu_pool_new(threads);
        g_assert_cmpint(cpu_pool_threads(pool), ==, threads);
        for (int run = 0; run < 3000; run++) {
            int n = run % 7 == 0 ? 1000 : run % 9; /* 0 and 1 among them */
            counts.run = run + 1;                  /* a task that ran for an older run would show */
            for (int i = 0; i < n; i++)
                atomic_store(&counts.n[i], 0);
            cpu_pool_run(pool, count, &counts, n);
            for (int i = 0; i < n; i++)
                g_assert_cmpint(atomic_load(&counts.n[i]), ==, run + 1);
            if (run % 500 == 0)
                g_usleep(2000); /* the threads fall asleep */
        }
        cpu_pool_free(pool);
    }
}

static void sleep_long(void *data, int i)
{
    if (i == 0)
        g_usleep(20000);
    atomic_fetch_add((atomic_int *)data, 1);
}

/* One slow task: the others are done meanwhile, and the caller waits asleep. */
static void test_slow_task(void)
{
    struct cpu_pool *pool = cpu_pool_new(3);
    for (int run = 0; run < 5; run++) {
        atomic_int n = 0;
        cpu_pool_run(pool, sleep_long, &n, 50);
        g_assert_cmpint(atomic_load(&n), ==, 50);
    }
    cpu_pool_free(pool);
}

static void test_cores(void)
{
    int n = cpu_cores();
    g_assert_cmpint(n, >=, 1);
    g_assert_cmpint(n, <=, (int)g_get_num_processors());
    struct cpu_pool *pool = cpu_pool_new(0);
    g_assert_cmpint(cpu_pool_threads(pool), ==, n);
    cpu_pool_free(pool);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cpu/pool/each-once", test_each_once);
    g_test_add_func("/cpu/pool/slow-task", test_slow_task);
    g_test_add_func("/cpu/pool/cores", test_cores);
    return g_test_run();
}
