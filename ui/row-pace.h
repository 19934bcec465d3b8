/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row-pace.h: rows of a long list are filled some at a time, those that are seen first.
 *
 *     LecRowPace *pace = lec_row_pace_new(show_row);
 *     …a row has another item: lec_row_pace_ask(pace, row);      shown now, or within some frames
 *     …a row goes: lec_row_pace_forget(pace, row);
 *
 * Main thread. Counted references: each row keeps one.
 */
#pragma once

#include <gtk/gtk.h>

typedef struct lec_row_pace LecRowPace;
/* show: lays out what the row has to show. */
LecRowPace *lec_row_pace_new(void (*show)(GtkWidget *row));
LecRowPace *lec_row_pace_ref(LecRowPace *pace);
void lec_row_pace_unref(LecRowPace *pace);

/* Has it shown; FALSE: later. */
gboolean lec_row_pace_ask(LecRowPace *pace, GtkWidget *row);
void lec_row_pace_forget(LecRowPace *pace, GtkWidget *row);
