/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document-item.h: one place in a list of documents, which may not be loaded yet.
 *
 * "changed" is emitted when it is loaded, or says something else. Strings are "" while it is not
 * loaded, else those that are shown; path has the bytes that the file system has.
 */
#pragma once

#include "rag/documents.h"
#include <glib-object.h>

#define LEC_TYPE_DOCUMENT_ITEM (lec_document_item_get_type())
G_DECLARE_FINAL_TYPE(LecDocumentItem, lec_document_item, LEC, DOCUMENT_ITEM, GObject)

LecDocumentItem *lec_document_item_new(void);
/* What the library says of it. The document is only read. */
void lec_document_item_fill(LecDocumentItem *self, const struct rag_document *document);

/* As it was before it was loaded. */
void lec_document_item_empty(LecDocumentItem *self);

/* 0: not loaded */
gint64 lec_document_item_get_id(LecDocumentItem *self);
const char *lec_document_item_get_path(LecDocumentItem *self);
const char *lec_document_item_get_name(LecDocumentItem *self);
const char *lec_document_item_get_folder(LecDocumentItem *self); /* a home folder is "~" */
/* "Ready, 42 pages", "Could not be read. The PDF is damaged." */
const char *lec_document_item_get_words(LecDocumentItem *self);
const char *lec_document_item_get_icon_name(LecDocumentItem *self);
enum rag_document_state lec_document_item_get_state(LecDocumentItem *self);
