/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * turn-row.h: a question and its answer.
 *
 * Signals: "ask" (char *text, gboolean no_documents): to be asked in place of this turn; "switch"
 * (int step): another version of it; "open-sources" (GListModel of LecSource, guint position);
 * "choose-model"; "refused" (char *sentence).
 */
#pragma once

#include "ui/answer-row.h"
#include "ui/question-row.h"

#define LEC_TYPE_TURN_ROW (lec_turn_row_get_type())
G_DECLARE_FINAL_TYPE(LecTurnRow, lec_turn_row, LEC, TURN_ROW, GtkBox)

LecTurnRow *lec_turn_row_new(LecAnswer *answer, LecLibrary *library, LecChat *chat);
LecAnswer *lec_turn_row_get_answer(LecTurnRow *self);
/* Borrowed, of the template. */
LecAnswerRow *lec_turn_row_get_answer_row(LecTurnRow *self);
LecQuestionRow *lec_turn_row_get_question_row(LecTurnRow *self);
void lec_turn_row_set_busy(LecTurnRow *self, gboolean busy);
/* Its place among the versions of its question, where it is newer than the answer knows. */
void lec_turn_row_set_siblings(LecTurnRow *self, int sibling, int n_siblings);
int lec_turn_row_get_n_siblings(LecTurnRow *self);
