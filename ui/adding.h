/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * adding.h: from what a person gave (dropped, chosen, pasted, opened) to the indexer.
 *
 *     lec_adding_start(GTK_WINDOW(window), library, indexer, files, NULL);
 *
 * Returns at once. What is little is read at once; before much is read, a sheet shows it; what
 * cannot be added is told in one sentence, in a toast or in the sheet.
 */
#pragma once

#include "app/indexer.h"
#include "app/library.h"
#include <gtk/gtk.h>

/* More than this is shown before it is read. */
#define LEC_ADDING_LARGE_FILES 200
#define LEC_ADDING_LARGE_BYTES (50 << 20)

/* from: any widget below the window's toasts. files: GPtrArray of GFile, kept; collection: its
   name, NULL: none, or the one that the sheet is told. */
void lec_adding_start(GtkWidget *from, LecLibrary *library, LecIndexer *indexer, GPtrArray *files,
                      const char *collection);
