/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversation-row.h: a conversation in the sidebar, with a menu to rename or delete it.
 *
 * Signal "delete": its deletion was asked for; the list does it.
 */
#pragma once

#include "app/library.h"
#include "ui/conversation-item.h"
#include <gtk/gtk.h>

#define LEC_TYPE_CONVERSATION_ROW (lec_conversation_row_get_type())
G_DECLARE_FINAL_TYPE(LecConversationRow, lec_conversation_row, LEC, CONVERSATION_ROW, GtkListBoxRow)

LecConversationRow *lec_conversation_row_new(LecConversationItem *item, LecLibrary *library);
LecConversationItem *lec_conversation_row_get_item(LecConversationRow *self);
