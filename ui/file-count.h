/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file-count.h: LecFileCount, how many folders and files a drag brings, counted while it hovers.
 *
 *     LecFileCount *count = lec_file_count_new(files);    // GPtrArray of GFile
 *     g_signal_connect_swapped(count, "notify::sentence", …);
 *     …
 *     lec_file_count_cancel(count); g_object_unref(count);
 *
 * Property, read-only: "sentence" (string): "Add 3 folders, 1,204 files", as far as is counted.
 */
#pragma once

#include <gio/gio.h>

#define LEC_TYPE_FILE_COUNT (lec_file_count_get_type())
G_DECLARE_FINAL_TYPE(LecFileCount, lec_file_count, LEC, FILE_COUNT, GObject)

LecFileCount *lec_file_count_new(GPtrArray *files);
char *lec_file_count_sentence(LecFileCount *self); /* owned by the caller */
void lec_file_count_cancel(LecFileCount *self);
