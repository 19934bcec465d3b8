/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-row.h: what became of a question: first the evidence, then the text, then its sources.
 *
 *     lec_answer_row_set_services(row, library, chat);
 *     lec_answer_row_set_answer(row, answer);      on its way, or as it was kept
 *
 * Signals: "open-sources" (GListModel of LecSource, guint position); "again" (gboolean
 * no_documents): the same question, anew; "choose-model": another model is wanted.
 * Actions of its menu: answer.copy-markdown, answer.without-documents.
 */
#pragma once

#include "app/chat.h"
#include <gtk/gtk.h>

#define LEC_TYPE_ANSWER_ROW (lec_answer_row_get_type())
G_DECLARE_FINAL_TYPE(LecAnswerRow, lec_answer_row, LEC, ANSWER_ROW, GtkBox)

/* Both may be NULL: then no file is looked at, and no model named. Before the answer. */
void lec_answer_row_set_services(LecAnswerRow *self, LecLibrary *library, LecChat *chat);
/* Once. */
void lec_answer_row_set_answer(LecAnswerRow *self, LecAnswer *answer);
LecAnswer *lec_answer_row_get_answer(LecAnswerRow *self); /* borrowed */
/* Whether a text is shown, drafted or finished. */
gboolean lec_answer_row_has_text(LecAnswerRow *self);
/* While one is written in this conversation, no other can be asked for. */
void lec_answer_row_set_busy(LecAnswerRow *self, gboolean busy);
/* "214 of 302 documents are ready"; NULL: nothing to say. */
void lec_answer_row_set_note(LecAnswerRow *self, const char *note);
/* Opens source n, from 1: of the text, else of the evidence. FALSE: there is none. */
gboolean lec_answer_row_activate_source(LecAnswerRow *self, guint n);
