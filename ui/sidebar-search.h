/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sidebar-search.h: what a search finds, in two groups: conversations, and passages of documents.
 *
 * Property "library" (LecLibrary, writable, may be NULL). Signals: "conversation-selected" (gint64
 * id), "hits-activated" (GListModel of LecSource, guint position).
 */
#pragma once

#include "app/library.h"
#include <adwaita.h>

#define LEC_TYPE_SIDEBAR_SEARCH (lec_sidebar_search_get_type())
G_DECLARE_FINAL_TYPE(LecSidebarSearch, lec_sidebar_search, LEC, SIDEBAR_SEARCH, AdwBin)

/* Looks for the words, and lets go of what was looked for before. "" clears. */
void lec_sidebar_search_look_for(LecSidebarSearch *self, const char *words);
/* To the first result; FALSE where there is none. */
gboolean lec_sidebar_search_focus_first(LecSidebarSearch *self);
