/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer.h: LecAnswer, a question and what becomes of it: on its way, or as it was kept.
 *
 *     g_autoptr(LecAnswer) answer = lec_chat_ask(chat, &question);
 *     g_signal_connect(answer, "passages", …); g_signal_connect(answer, "text", …);
 *     g_signal_connect(answer, "finished", …);
 *
 * Properties: "state" (int, enum LecAnswerState), "failure" (string: a sentence, NULL if none).
 * Signals, none from inside the call that made the answer:
 *   "passages" (GPtrArray of struct rag_hit)  the evidence, once, also where it is empty; always
 *                                             before "text" and "finished"
 *   "text" (char *added)                      drafted text, at most 60 times a second
 *   "stored" (gint64 conversation, gint64 turn)
 *   "finished" ()                             once; state is DONE, STOPPED or FAILED
 * An answer made of a turn is finished from the start and emits nothing.
 * Thread rule: main thread.
 */
#pragma once

#include "rag/conversations.h"
#include "rag/rag.h"
#include <gio/gio.h>

#define LEC_TYPE_ANSWER (lec_answer_get_type())
G_DECLARE_FINAL_TYPE(LecAnswer, lec_answer, LEC, ANSWER, GObject)

typedef enum {
    LEC_ANSWER_SEARCHING,
    LEC_ANSWER_LOADING, /* evidence is there; the model is loaded, or writes another answer first */
    LEC_ANSWER_READING, /* the model reads the question and the passages */
    LEC_ANSWER_WRITING,
    LEC_ANSWER_DONE,
    LEC_ANSWER_STOPPED, /* by the person; what was written so far is the result */
    LEC_ANSWER_FAILED,  /* "failure" says why and what to do */
} LecAnswerState;

/* A turn as it was kept (takes it). One that was never finished is FAILED with a sentence. */
LecAnswer *lec_answer_from_turn(struct rag_turn *turn);

/* Ends it at any moment; "finished" follows, soon. Nothing happens where it is finished. */
void lec_answer_stop(LecAnswer *self);

LecAnswerState lec_answer_get_state(LecAnswer *self);
gboolean lec_answer_is_finished(LecAnswer *self);
const char *lec_answer_get_failure(LecAnswer *self);
const char *lec_answer_get_question(LecAnswer *self);
/* Drafted so far, "" before the first word; a finished one: the text of the result. */
const char *lec_answer_get_text(LecAnswer *self);
/* Borrowed; NULL until "finished", and where nothing was written (no model, FAILED, stopped early).
 */
const RagAnswer *lec_answer_get_result(LecAnswer *self);
/* Of struct rag_hit, borrowed; NULL until "passages". */
GPtrArray *lec_answer_get_passages(LecAnswer *self);
/* 0 until "stored". */
gint64 lec_answer_get_conversation(LecAnswer *self);
gint64 lec_answer_get_turn(LecAnswer *self);
gint64 lec_answer_get_parent(LecAnswer *self); /* the turn before, 0: none */
/* Its place among the turns after the same parent, from 0, and how many there are: of a turn that
   was kept; 0 of 1 for one on its way. */
int lec_answer_get_sibling(LecAnswer *self);
int lec_answer_get_n_siblings(LecAnswer *self);
gint64 lec_answer_get_made_at(LecAnswer *self); /* µs since 1970 */
