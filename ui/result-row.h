/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * result-row.h: one thing that a search found: what it is, where in it, and the words around the
 * match, at most two lines of them.
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_RESULT_ROW (lec_result_row_get_type())
G_DECLARE_FINAL_TYPE(LecResultRow, lec_result_row, LEC, RESULT_ROW, GtkListBoxRow)

/* place: "page 17", or ""; markup: Pango's, or "". */
LecResultRow *lec_result_row_new(const char *title, const char *place, const char *markup);

/* Pango markup of a text whose matches stand between \x02 and \x03: they become bold (owned by the
   caller). Line breaks become spaces; a mark without its other half is left out. */
char *lec_result_markup(const char *marked);
