/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * collection-item.h: a collection as it is shown: the whole library (id 0), or a named group of its
 * folders. "changed" is emitted when a list has brought it up to date.
 *
 *     g_autoptr(GPtrArray) items = lec_collection_items(rows);   // rows of lec_library_collections
 *     LecCollectionItem *whole = items->pdata[0];
 */
#pragma once

#include "rag/documents.h"
#include <glib-object.h>

#define LEC_TYPE_COLLECTION_ITEM (lec_collection_item_get_type())
G_DECLARE_FINAL_TYPE(LecCollectionItem, lec_collection_item, LEC, COLLECTION_ITEM, GObject)

/* Array of LecCollectionItem: first the whole library, then each collection that a person named.
   rows (of struct rag_collection) is only read. */
GPtrArray *lec_collection_items(GPtrArray *rows);

gint64 lec_collection_item_get_id(LecCollectionItem *self);
/* To be shown; of the whole library "All Documents". */
const char *lec_collection_item_get_name(LecCollectionItem *self);
gint64 lec_collection_item_get_n_documents(LecCollectionItem *self);
gint64 lec_collection_item_get_n_in_state(LecCollectionItem *self, enum rag_document_state state);
/* µs since 1970 when all its folders were last looked at, 0: never. */
gint64 lec_collection_item_get_checked_at(LecCollectionItem *self);

/* Its folders, and files that were added alone. */
guint lec_collection_item_get_n_roots(LecCollectionItem *self);
const struct rag_root *lec_collection_item_get_root(LecCollectionItem *self, guint index);

/* Takes over what another one of the same id says. */
void lec_collection_item_take(LecCollectionItem *self, LecCollectionItem *other);
