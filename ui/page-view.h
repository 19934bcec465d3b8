/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page-view.h: one page of a document, to be scrolled and made larger.
 *
 * Signals: "width-wanted" (int) and "turn" (int) as LecPageCanvas has them, the first once the size
 * has come to rest.
 */
#pragma once

#include "rag/viewer.h"
#include <gtk/gtk.h>

#define LEC_TYPE_PAGE_VIEW (lec_page_view_get_type())
G_DECLARE_FINAL_TYPE(LecPageView, lec_page_view, LEC, PAGE_VIEW, GtkWidget)

/* Takes over the page's pixels and marks. fresh: another page than before, which begins at its mark
   or its top; else the same one, sharper. NULL: none. */
void lec_page_view_set_page(LecPageView *self, RagPage *page, gboolean fresh);
/* One step larger (1), smaller (−1), or as wide as there is room (0). */
void lec_page_view_zoom(LecPageView *self, int step);
/* Pixels of the screen to draw a page in. */
int lec_page_view_get_pixel_width(LecPageView *self);
