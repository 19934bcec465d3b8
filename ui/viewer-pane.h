/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * viewer-pane.h: the document beside the answer: its page or text with the quoted passage marked,
 * the way through the other sources, why the passage was found, and what became of the file since.
 *
 *     lec_viewer_pane_show(pane, sources, 1);      a GListModel of LecSource, the second of them
 *
 * Properties: "library" (LecLibrary, construct or later), "folded" (boolean: it is a page of its
 * own, so its close button is a way back).
 * Signal "closed": the person closed it, or lec_viewer_pane_close() did; the document is let go.
 */
#pragma once

#include "app/library.h"
#include <gtk/gtk.h>

#define LEC_TYPE_VIEWER_PANE (lec_viewer_pane_get_type())
G_DECLARE_FINAL_TYPE(LecViewerPane, lec_viewer_pane, LEC, VIEWER_PANE, GtkWidget)

/* The list is kept and only read; a position beyond it shows its last. Takes the focus. */
void lec_viewer_pane_show(LecViewerPane *self, GListModel *sources, guint position);
void lec_viewer_pane_close(LecViewerPane *self);
