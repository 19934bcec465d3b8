/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop-watch.h: how much of its own CPU time the main thread uses in one iteration of its loop:
 * from the return of poll to the next call of it. The machine's load does not count, so a limit on
 * it (8 ms in the window) can be a test.
 *
 *     loop_watch_start();
 *     … the main loop runs …
 *     g_assert_cmpfloat(loop_watch_worst_ms(), <=, 8);
 *     loop_watch_stop();
 *
 * One watch at a time, on the default main context, in the thread that iterates it. A nested loop
 * counts as iterations of its own.
 */
#pragma once

void loop_watch_start(void);
/* Since the start, or since it was last asked to forget. */
double loop_watch_worst_ms(void);
/* The longest time by the clock, for a report only: it counts what others do, and blocking calls.
 */
double loop_watch_worst_wall_ms(void);
unsigned loop_watch_n_iterations(void);
void loop_watch_forget(void);
/* So much of this iteration's processor time is somebody else's: the painting that a graphics card
   does elsewhere. */
void loop_watch_leave_out(double ms);
void loop_watch_stop(void);
