/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * made-answer.h: answers made by hand, to show widgets each state that an answer can be in.
 *
 *     LecAnswer *answer = lec_answer_new("How long?", 0, 0);
 *     g_autoptr(GPtrArray) hits = made_hits(5);
 *     lec_answer_set_passages(answer, hits); lec_answer_begin(answer);
 *     lec_answer_add_text(answer, "Three months. ");
 *     lec_answer_finish(answer, made_result("How long?", "Three months.", TRUE), NULL);
 */
#pragma once

#include "app/answer-live.h"

/* Of struct rag_hit: different files, the telling sentence in the middle of the text. */
GPtrArray *made_hits(guint n);
/* Each sentence of text has a citation of its own; with supported FALSE it has none. */
RagAnswer *made_result(const char *question, const char *text, gboolean supported);
/* A kept turn, one of three versions. text NULL: never finished. */
LecAnswer *made_turn(gint64 id, gint64 parent, const char *question, const char *text);
