/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sidebar.h: the left pane: what was asked, what it was asked about, and what is being read now.
 *
 *     <object class="LecSidebar" id="sidebar">
 *       <signal name="conversation-selected" handler="…"/>
 *     </object>
 *
 * Properties: "library" (LecLibrary), "indexer" (LecIndexer), both writable, may be NULL.
 * Signals: "conversation-selected" (gint64 id), "collection-selected" (gint64 id; 0 = All),
 * "hits-activated" (GListModel of LecSource, guint position): a document's passage was chosen among
 * what a search found; "failed-selected": the documents that could not be read are to be shown.
 * It calls upon the actions win.new-conversation, win.add-folder, win.add-files, win.preferences,
 * win.show-shortcuts and app.about.
 */
#pragma once

#include "app/indexer.h"
#include "app/library.h"
#include <adwaita.h>

#define LEC_TYPE_SIDEBAR (lec_sidebar_get_type())
G_DECLARE_FINAL_TYPE(LecSidebar, lec_sidebar, LEC, SIDEBAR, AdwBin)

/* Puts the cursor into the search. */
void lec_sidebar_focus_search(LecSidebar *self);
/* Marks what the middle shows, and emits nothing: a conversation (0 = a new one: none is marked),
   or a collection (0 = All). */
void lec_sidebar_select_conversation(LecSidebar *self, gint64 conversation);
void lec_sidebar_select_collection(LecSidebar *self, gint64 collection);
