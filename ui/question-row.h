/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question-row.h: a question as it was asked, with a way to ask it otherwise.
 *
 * Signals: "ask" (char *text): it was edited and sent; "switch" (int step): another version of it,
 * -1 or 1; "refused" (char *sentence).
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_QUESTION_ROW (lec_question_row_get_type())
G_DECLARE_FINAL_TYPE(LecQuestionRow, lec_question_row, LEC, QUESTION_ROW, GtkBox)

void lec_question_row_set_text(LecQuestionRow *self, const char *text);
/* "2 of 3": sibling from 0. Nothing is shown where there is one. */
void lec_question_row_set_siblings(LecQuestionRow *self, int sibling, int n_siblings);
/* While its answer is written, a question is not edited, and no other version shown. */
void lec_question_row_set_editable(LecQuestionRow *self, gboolean editable);
