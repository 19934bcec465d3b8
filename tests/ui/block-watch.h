/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block-watch.h: does the window's thread make a call that may wait for a disk, a database or a
 * process? It stands before libc's and SQLite's own functions in the test program, and counts what
 * the thread that started it calls.
 *
 *     block_watch_start("/home/ada/papers", "/home/ada/library", NULL);   … iterate …
 *     g_assert_cmpstr(block_watch_first(), ==, NULL);
 *
 * Counted: opening or reading the metadata of files at or below the named folders (what toolkits
 * read for themselves, icons and fonts, lies elsewhere), any step of an SQLite statement, fsync,
 * waitpid, joining a thread.
 */
#pragma once

#include <stdbool.h>

void block_watch_start(const char *folder, ...) __attribute__((sentinel));
void block_watch_pause(bool pause); /* for what a test does itself */
void block_watch_stop(void);
const char *block_watch_first(void); /* the first such call, in words; NULL: none */
unsigned block_watch_count(void);
