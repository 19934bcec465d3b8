/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stocked-library.h: libraries to show: the samples, really read; or a long list of documents that
 * are only entries.
 *
 *     g_autofree char *dir = stocked_library_new();
 *     stocked_library_add_entries(dir, 50000);
 *     LecLibrary *library = stocked_library_open(dir);
 */
#pragma once

#include "app/library.h"

/* A scratch folder with a library in it: data/samples copied to Flat/ beside it and read, one PDF
   of them damaged; a conversation for each of questions (NULL-terminated, may be NULL). */
char *stocked_library_new(const char *const *questions);
/* The folder of its documents (owned by the caller). */
char *stocked_library_documents(const char *dir);
/* Entries /papers/N/Document N.pdf, one in fifty failed; to be called before it is opened. */
void stocked_library_add_entries(const char *dir, int n);
/* Any SQL on its database, while it is open too. */
void stocked_library_sql(const char *dir, const char *sql);
/* Opened, when it is ready. */
LecLibrary *stocked_library_open(const char *dir);
void stocked_library_remove(char *dir);

/* Runs the main loop until condition(data) holds; FALSE after some seconds. */
gboolean wait_until(gboolean (*condition)(gpointer data), gpointer data);
/* Runs the main loop for so long, and returns the most CPU time that one iteration took in this
   thread, in ms. */
double run_for(int ms);
