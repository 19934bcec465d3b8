/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document-list.h: the documents of a library as a GListModel of LecDocumentItem, of any length in
 * constant memory.
 *
 *     LecDocumentList *list = lec_document_list_new(library);
 *     lec_document_list_set_filter(list, &filter);
 *
 * An item that was not asked for before comes empty and is filled soon after ("changed" of the
 * item). The list follows the library's "changed" by itself, and tells the fewest changes.
 * Properties: "loading" (boolean: the first answer for this filter is not there yet), "error"
 * (string, a sentence, or NULL). Main thread; every query is asked of the library's worker.
 */
#pragma once

#include "app/library.h"
#include "ui/document-item.h"

#define LEC_TYPE_DOCUMENT_LIST (lec_document_list_get_type())
G_DECLARE_FINAL_TYPE(LecDocumentList, lec_document_list, LEC, DOCUMENT_LIST, GObject)

/* Empty until it has a filter. */
LecDocumentList *lec_document_list_new(LecLibrary *library);
/* Copied. What is shown stays until the first rows of the new list are there; then places keep
   their items, which become other documents: let go of a selection before. */
void lec_document_list_set_filter(LecDocumentList *self, const struct rag_document_filter *filter);
/* Asleep it follows no change: nobody looks. It is awake at first, and catches up when it wakes. */
void lec_document_list_set_awake(LecDocumentList *self, gboolean awake);
/* How many there are; the list has them all some frames after its filter was set. */
guint lec_document_list_get_n_documents(LecDocumentList *self);
gboolean lec_document_list_is_loading(LecDocumentList *self);
const char *lec_document_list_get_error(LecDocumentList *self);
/* How many items are kept (for tests: at most some thousands). */
guint lec_document_list_get_n_kept(LecDocumentList *self);
