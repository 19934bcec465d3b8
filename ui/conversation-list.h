/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversation-list.h: the conversations of a library as a GListModel of LecConversationItem, last
 * changed first, which grows when more of it is asked for.
 *
 *     LecConversationList *list = lec_conversation_list_new(library);
 *     …scrolled near the end: lec_conversation_list_load_more(list);
 *
 * It follows the library's "conversations-changed" by itself. Properties: "loading" (boolean: the
 * first page is not there yet), "error" (string, a sentence, or NULL).
 */
#pragma once

#include "app/library.h"
#include "ui/conversation-item.h"

#define LEC_TYPE_CONVERSATION_LIST (lec_conversation_list_get_type())
G_DECLARE_FINAL_TYPE(LecConversationList, lec_conversation_list, LEC, CONVERSATION_LIST, GObject)

LecConversationList *lec_conversation_list_new(LecLibrary *library);
/* The next page, unless it is on its way or there is none. */
void lec_conversation_list_load_more(LecConversationList *self);
gboolean lec_conversation_list_is_loading(LecConversationList *self);
const char *lec_conversation_list_get_error(LecConversationList *self);
