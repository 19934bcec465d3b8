/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-live.h: how a LecAnswer that is on its way comes about; for chat.c only. The state goes
 * SEARCHING → LOADING → READING → WRITING → DONE, and from any of them to STOPPED or FAILED.
 * Thread rule: main thread.
 */
#pragma once

#include "app/answer.h"

LecAnswer *lec_answer_new(const char *question, gint64 conversation, gint64 parent);
/* Cancelled by lec_answer_stop; borrowed, to be looked at from any thread. */
GCancellable *lec_answer_get_cancellable(LecAnswer *self);

/* The evidence (takes a reference); the first call counts. */
void lec_answer_set_passages(LecAnswer *self, GPtrArray *hits);
/* Instead: there is no evidence, for the search failed. The answer ends with this sentence. */
void lec_answer_fail_search(LecAnswer *self, const char *failure);
void lec_answer_set_stored(LecAnswer *self, gint64 conversation, gint64 turn);
/* The model has it now. */
void lec_answer_begin(LecAnswer *self);
void lec_answer_add_text(LecAnswer *self, const char *text);
/* The end, once the evidence is there: result (taken, may be NULL) or else why not. The second call
   and those after a stop change nothing. */
void lec_answer_finish(LecAnswer *self, RagAnswer *result, const char *failure);
