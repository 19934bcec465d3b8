/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page-canvas.h: the paper of a drawn page with a quote marked on it, for LecPageView to scroll.
 *
 * Signals: "width-wanted" (int: pixels of the screen in which the page is shown now, where it was
 * drawn in another number of them), "turn" (int: −1 or 1; Page Up or Down at the page's end).
 */
#pragma once

#include "rag/viewer.h"
#include <gtk/gtk.h>

#define LEC_TYPE_PAGE_CANVAS (lec_page_canvas_get_type())
G_DECLARE_FINAL_TYPE(LecPageCanvas, lec_page_canvas, LEC, PAGE_CANVAS, GtkWidget)

enum { LEC_PAGE_CANVAS_MARGIN = 12 }; /* logical pixels around the paper */

/* Takes over the page's pixels and marks; NULL: no page. */
void lec_page_canvas_set_page(LecPageCanvas *self, RagPage *page);
/* Logical pixels of the paper; 0: as wide as there is room. */
void lec_page_canvas_set_paper_width(LecPageCanvas *self, int width);
int lec_page_canvas_get_paper_width(LecPageCanvas *self); /* as it is shown */
/* Where the quote begins, in the widget's coordinates; FALSE: none is marked. */
gboolean lec_page_canvas_get_mark(LecPageCanvas *self, double *top, double *bottom);
