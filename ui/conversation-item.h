/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversation-item.h: one conversation in a list. Properties: "id" (int64), "title" (string),
 * "changed-at" (int64, µs since 1970), all read-only; a list updates them in place.
 */
#pragma once

#include "rag/conversations.h"
#include <glib-object.h>

#define LEC_TYPE_CONVERSATION_ITEM (lec_conversation_item_get_type())
G_DECLARE_FINAL_TYPE(LecConversationItem, lec_conversation_item, LEC, CONVERSATION_ITEM, GObject)

LecConversationItem *lec_conversation_item_new(const struct rag_conversation *conversation);
gint64 lec_conversation_item_get_id(LecConversationItem *self);
const char *lec_conversation_item_get_title(LecConversationItem *self);
gint64 lec_conversation_item_get_changed_at(LecConversationItem *self);
/* Takes over what another one of the same id says. */
void lec_conversation_item_take(LecConversationItem *self, LecConversationItem *other);
