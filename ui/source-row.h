/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source-row.h: one line of an answer's list of sources: its number, file, place, and whether the
 * file is still what was quoted.
 *
 * Construct property: "source" (LecSource). A button: "clicked".
 */
#pragma once

#include "app/library.h"
#include "app/source.h"
#include <gtk/gtk.h>

#define LEC_TYPE_SOURCE_ROW (lec_source_row_get_type())
G_DECLARE_FINAL_TYPE(LecSourceRow, lec_source_row, LEC, SOURCE_ROW, GtkButton)

LecSourceRow *lec_source_row_new(LecSource *source);
LecSource *lec_source_row_get_source(LecSourceRow *self); /* borrowed */
/* Another source at the same place: its number stands beside the first. */
void lec_source_row_add_number(LecSourceRow *self, guint number);
/* Looks at the file the next time that the row is seen, once. */
void lec_source_row_check(LecSourceRow *self, LecLibrary *library);
