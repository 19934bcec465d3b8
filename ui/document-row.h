/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document-row.h: a document in the library's list. It is recycled: lec_document_row_set_item.
 *
 * Actions, for its menu and keys: document.open, .show-in-folder, .retry, .remove, .forget. Signal
 * "act" (const char *action: "open", "retry", …): what was asked for; the page does it.
 */
#pragma once

#include "ui/document-item.h"
#include "ui/row-pace.h"
#include <gtk/gtk.h>

#define LEC_TYPE_DOCUMENT_ROW (lec_document_row_get_type())
G_DECLARE_FINAL_TYPE(LecDocumentRow, lec_document_row, LEC, DOCUMENT_ROW, GtkWidget)

GtkWidget *lec_document_row_new(LecRowPace *pace);
/* For the pace: shows the item as it is now. */
void lec_document_row_show_item(GtkWidget *row);
void lec_document_row_set_item(LecDocumentRow *self, LecDocumentItem *item); /* NULL: none */
LecDocumentItem *lec_document_row_get_item(LecDocumentRow *self);
