/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library-page.h: a collection opened: its folders, and its documents as a list.
 *
 *     lec_library_page_show(page, 0);         the whole library
 *     lec_library_page_show_failed(page, 0);  … those of it that could not be read
 *
 * Properties: "library" (LecLibrary), "indexer" (LecIndexer), both writable, may be NULL; "title"
 * (string, read-only: the collection's name, for a header bar).
 * It has its own header bar, and calls upon win.toggle-sidebar and win.add-folder (which adds to
 * lec_library_page_get_collection_name while this page is shown).
 */
#pragma once

#include "app/indexer.h"
#include "app/library.h"
#include <adwaita.h>

#define LEC_TYPE_LIBRARY_PAGE (lec_library_page_get_type())
G_DECLARE_FINAL_TYPE(LecLibraryPage, lec_library_page, LEC, LIBRARY_PAGE, AdwBin)

/* collection: its id; 0 = All */
void lec_library_page_show(LecLibraryPage *self, gint64 collection);
void lec_library_page_show_failed(LecLibraryPage *self, gint64 collection);
gint64 lec_library_page_get_collection(LecLibraryPage *self);
/* Its name; NULL = All. */
const char *lec_library_page_get_collection_name(LecLibraryPage *self);
