/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question-entry.h: the field in which a question is written: it grows to six lines, Enter sends,
 * Shift+Enter breaks the line, and a text too long to be a question is refused in words.
 *
 * Properties: "text" (string), "placeholder" (string).
 * Signals: "send" (): Enter, with something to send; "cancel" (): Esc, gboolean: TRUE where it was
 * used; "refused" (char *sentence): a text was not taken; "typed" (): text has changed.
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_QUESTION_ENTRY (lec_question_entry_get_type())
G_DECLARE_FINAL_TYPE(LecQuestionEntry, lec_question_entry, LEC, QUESTION_ENTRY, GtkWidget)

#define LEC_QUESTION_MAX_CHARS 8000

/* Stripped; "" where there are no words (owned by the caller). */
char *lec_question_entry_dup_text(LecQuestionEntry *self);
void lec_question_entry_set_text(LecQuestionEntry *self, const char *text);
/* Borrowed: for a popover that follows the cursor, and for key controllers. */
GtkTextView *lec_question_entry_get_view(LecQuestionEntry *self);
