/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-feed.h: a question on its way from the window to the chat's worker, and what comes back.
 * For chat.c and chat-worker.c only.
 *
 * Thread rule: what the question says never changes and may be read by both threads; the functions
 * that bring something belong to the worker. All of it reaches the LecAnswer in the main thread, in
 * its order, at most 60 times a second.
 */
#pragma once

#include "app/chat.h"

typedef struct answer_feed AnswerFeed;
/* Main thread. The question is copied. */
AnswerFeed *answer_feed_new(LecAnswer *answer, const struct lec_question *question, int max_tokens);
AnswerFeed *answer_feed_ref(AnswerFeed *feed);
void answer_feed_unref(AnswerFeed *feed);

const struct lec_question *answer_feed_question(const AnswerFeed *feed);
int answer_feed_max_tokens(const AnswerFeed *feed);
GCancellable *answer_feed_cancellable(const AnswerFeed *feed);

void answer_feed_begin(AnswerFeed *feed); /* the model has the question now */
void answer_feed_stored(AnswerFeed *feed, gint64 conversation, gint64 turn);
void answer_feed_text(AnswerFeed *feed, const char *text, size_t n);
/* Takes the result, which may be NULL; failure (may be NULL) is copied. Nothing may follow. */
void answer_feed_finish(AnswerFeed *feed, RagAnswer *result, const char *failure);
