/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sidebar-collections.h: the collections with their counts, the whole library first; a new one is
 * made here, and what has a name is renamed and deleted.
 *
 * Property "library" (LecLibrary, writable, may be NULL). Signal "collection-selected" (gint64 id).
 */
#pragma once

#include "app/library.h"
#include <adwaita.h>

#define LEC_TYPE_SIDEBAR_COLLECTIONS (lec_sidebar_collections_get_type())
G_DECLARE_FINAL_TYPE(LecSidebarCollections, lec_sidebar_collections, LEC, SIDEBAR_COLLECTIONS,
                     AdwBin)

/* Marks its row, now or when it is loaded; -1: none. Emits nothing. */
void lec_sidebar_collections_select(LecSidebarCollections *self, gint64 collection);
