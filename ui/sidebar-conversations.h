/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sidebar-conversations.h: the conversations by day, growing while one scrolls.
 *
 * Property "library" (LecLibrary, writable, may be NULL). Signal "conversation-selected" (gint64
 * id; 0: the one that was open is being deleted, show a new one).
 */
#pragma once

#include "app/library.h"
#include <adwaita.h>

#define LEC_TYPE_SIDEBAR_CONVERSATIONS (lec_sidebar_conversations_get_type())
G_DECLARE_FINAL_TYPE(LecSidebarConversations, lec_sidebar_conversations, LEC, SIDEBAR_CONVERSATIONS,
                     AdwBin)

/* Marks its row, now or when it is loaded; 0: none. Emits nothing. */
void lec_sidebar_conversations_select(LecSidebarConversations *self, gint64 conversation);
