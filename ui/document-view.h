/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document-view.h: a document that has no pages (plain text, Markdown, HTML) as text, with the
 * quoted passage marked.
 *
 * Signal "filled": the text is there and stands at the passage.
 */
#pragma once

#include "rag/viewer.h"
#include <gtk/gtk.h>

#define LEC_TYPE_DOCUMENT_VIEW (lec_document_view_get_type())
G_DECLARE_FINAL_TYPE(LecDocumentView, lec_document_view, LEC, DOCUMENT_VIEW, GtkWidget)

/* Takes the text over; NULL: none. */
void lec_document_view_set_text(LecDocumentView *self, RagDocumentText *text);
/* One step larger (1), smaller (−1), or as the desktop has it (0). */
void lec_document_view_zoom(LecDocumentView *self, int step);
