/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that a main loop does, it does between two polls; so poll is where the clock is read. */
#include "loop-watch.h"

#include <glib.h>
#include <time.h>

static struct {
    GPollFunc poll; /* the one before */
    double cpu, wall, worst_cpu, worst_wall;
    unsigned n;
} watch;

static double read_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void begin(void)
{
    watch.cpu = read_ms(CLOCK_THREAD_CPUTIME_ID);
    watch.wall = read_ms(CLOCK_MONOTONIC);
}

static int watched_poll(GPollFD *fds, guint n, int timeout)
{
    int result;

    watch.worst_cpu = MAX(watch.worst_cpu, read_ms(CLOCK_THREAD_CPUTIME_ID) - watch.cpu);
    watch.worst_wall = MAX(watch.worst_wall, read_ms(CLOCK_MONOTONIC) - watch.wall);
    watch.n++;
    result = watch.poll(fds, n, timeout);
    begin();
    return result;
}

void loop_watch_start(void)
{
    g_assert(!watch.poll);
    watch.poll = g_main_context_get_poll_func(NULL);
    loop_watch_forget();
    g_main_context_set_poll_func(NULL, watched_poll);
}

double loop_watch_worst_ms(void)
{
    return watch.worst_cpu;
}

double loop_watch_worst_wall_ms(void)
{
    return watch.worst_wall;
}

unsigned loop_watch_n_iterations(void)
{
    return watch.n;
}

void loop_watch_forget(void)
{
    watch.worst_cpu = watch.worst_wall = 0;
    watch.n = 0;
    begin();
}

void loop_watch_stop(void)
{
    g_main_context_set_poll_func(NULL, watch.poll);
    watch.poll = NULL;
}

void loop_watch_leave_out(double ms)
{
    watch.cpu += ms;
}
