/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversation-page.h: one conversation: its questions and answers, and the composer below.
 *
 *     <object class="LecConversationPage" id="conversation"/>
 *     lec_conversation_page_open(page, 17);
 *
 * Properties: "library" (LecLibrary), "chat" (LecChat), "indexer" (LecIndexer), "settings"
 * (GSettings, may be NULL), set once each; "title" (string, read-only: of the conversation, never
 * NULL), "conversation" (int64, read-only, 0: new).
 * Signals: "open-sources" (GListModel of LecSource, guint position): a chip, a card or a source was
 * activated; "conversation-opened" (gint64 id, char *title): another one is shown, a new one got
 * its id, or its title changed. id 0: a new one.
 * Its header bar uses the actions win.toggle-sidebar and win.find of the window around it.
 */
#pragma once

#include <adwaita.h>

#define LEC_TYPE_CONVERSATION_PAGE (lec_conversation_page_get_type())
G_DECLARE_FINAL_TYPE(LecConversationPage, lec_conversation_page, LEC, CONVERSATION_PAGE, AdwBin)

/* Shows a conversation, 0 = a new one, at its end; answers that are being written go on. */
void lec_conversation_page_open(LecConversationPage *self, gint64 conversation);
void lec_conversation_page_focus_composer(LecConversationPage *self);
/* Stops the answer that is being written; FALSE: there is none. */
gboolean lec_conversation_page_stop(LecConversationPage *self);
/* Opens source n (from 1) of the last answer, where there is one. */
void lec_conversation_page_activate_source(LecConversationPage *self, guint n);
/* Borrowed: for the window's own buttons, and for whether it shows the window controls. */
AdwHeaderBar *lec_conversation_page_get_header(LecConversationPage *self);
