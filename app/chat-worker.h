/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat-worker.h: the thread that has the chat model, a session and a RagLibrary of its own, and
 * answers one question after the other. For chat.c only.
 *
 * Thread rule: all functions belong to the main thread; on_state is called there.
 */
#pragma once

#include "app/answer-feed.h"

/* error: a sentence where state is FAILED, else NULL. */
typedef void (*ChatStateFunc)(LecChatState state, const char *error, gpointer owner);

typedef struct chat_worker ChatWorker;
/* owner is kept alive until chat_worker_end, and longer while states are on their way. */
ChatWorker *chat_worker_new(const char *dir, ChatStateFunc on_state, GObject *owner);
/* The model of the questions that follow; NULL: none. A loaded one is let go of. */
void chat_worker_choose(ChatWorker *worker, LecModel *model);
void chat_worker_load(ChatWorker *worker);
void chat_worker_unload(ChatWorker *worker);
void chat_worker_ask(ChatWorker *worker, AnswerFeed *feed); /* takes a reference */
/* Ends the thread; its questions must have been stopped. Waits so long at most. */
void chat_worker_end(ChatWorker *worker, gint64 timeout_us);
