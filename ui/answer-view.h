/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-view.h: the text of one answer, set like a page.
 *
 *     lec_answer_view_append(view, "Either side may end ");      as it is written
 *     lec_answer_view_append(view, "the lease with three …");
 *     lec_answer_view_finish(view, answer);                      what counts, with its sources
 *
 * The text is Markdown; while it grows only what changes is set anew, at most once a frame. A
 * finished answer has a numbered button after each sentence that a source supports, and a dotted
 * underline below those that none does. Copying brings the sources along.
 *
 * Signal "citation-activated" (guint n): the button of source n was pressed.
 * Its natural width is a comfortable line; put it into an AdwClamp to have no longer ones.
 */
#pragma once

#include "rag/rag.h"
#include <gtk/gtk.h>

#define LEC_TYPE_ANSWER_VIEW (lec_answer_view_get_type())
G_DECLARE_FINAL_TYPE(LecAnswerView, lec_answer_view, LEC, ANSWER_VIEW, GtkWidget)

LecAnswerView *lec_answer_view_new(void);
/* More of the draft. After finish() it begins a new one. */
void lec_answer_view_append(LecAnswerView *self, const char *text);
/* The answer as it counts, which may differ from the draft; it is only read. */
void lec_answer_view_finish(LecAnswerView *self, const RagAnswer *answer);
void lec_answer_view_clear(LecAnswerView *self);
/* The whole answer as plain text, its sources in parentheses (owned by the caller). */
char *lec_answer_view_copy_text(LecAnswerView *self);
