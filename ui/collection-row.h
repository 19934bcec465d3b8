/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * collection-row.h: a collection in the sidebar: its name, how many documents, and a menu to rename
 * or delete it (not the whole library).
 *
 * Signals: "rename" (const char *name), "delete": asked for by the person; the list does it.
 */
#pragma once

#include "ui/collection-item.h"
#include <gtk/gtk.h>

#define LEC_TYPE_COLLECTION_ROW (lec_collection_row_get_type())
G_DECLARE_FINAL_TYPE(LecCollectionRow, lec_collection_row, LEC, COLLECTION_ROW, GtkListBoxRow)

LecCollectionRow *lec_collection_row_new(LecCollectionItem *item);
LecCollectionItem *lec_collection_row_get_item(LecCollectionRow *self);
