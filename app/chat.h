/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat.h: LecChat asks questions. One worker thread has a RagLibrary of its own, the chat model and
 * a session; the evidence comes from LecLibrary's worker meanwhile, so that it need not wait for a
 * model that is being loaded.
 *
 *     LecChat *chat = lec_chat_new(library);
 *     lec_chat_refresh_models(chat);
 *     g_autoptr(LecAnswer) answer = lec_chat_ask(chat, &(struct lec_question){.text = "How
 * long?"}); … lec_chat_stop(chat); g_object_unref(chat);
 *
 * Properties, all but "model" read-only: "state" (int, enum LecChatState), "error" (string: a
 * sentence where FAILED, else NULL), "model" (LecModel, the chosen one, NULL: none), "models"
 * (GListModel of LecModel: the chat models on this machine), "busy" (boolean: an answer is not
 * finished).
 * Thread rule: main thread; notifies and signals come there. Nothing blocks but lec_chat_stop.
 */
#pragma once

#include "app/answer.h"
#include "app/library.h"
#include "app/model-item.h"

#define LEC_TYPE_CHAT (lec_chat_get_type())
G_DECLARE_FINAL_TYPE(LecChat, lec_chat, LEC, CHAT, GObject)

typedef enum {
    LEC_CHAT_NO_MODEL, /* none chosen, because none is there */
    LEC_CHAT_UNLOADED,
    LEC_CHAT_LOADING,
    LEC_CHAT_READY,
    LEC_CHAT_FAILED, /* the chosen one could not be loaded: "error" */
} LecChatState;

/* Looks for models at once (lec_chat_refresh_models), and chooses the one of the settings, else the
   catalogue's. */
LecChat *lec_chat_new(LecLibrary *library);
LecChatState lec_chat_get_state(LecChat *self);
const char *lec_chat_get_error(LecChat *self);
gboolean lec_chat_get_busy(LecChat *self);
GListModel *lec_chat_get_models(LecChat *self); /* borrowed */
LecModel *lec_chat_get_model(LecChat *self);    /* borrowed, NULL: none */

/* Chosen by the person: remembered in the settings, loaded when next needed. */
void lec_chat_set_model(LecChat *self, LecModel *model);
/* Looks at the folders again, in a thread. "models" changes in place. */
void lec_chat_refresh_models(LecChat *self);
/* A question is being typed: load now what it will need. */
void lec_chat_warm(LecChat *self);
/* Gives the model's memory back, after the answer at work. */
void lec_chat_unload(LecChat *self);

struct lec_question {
    const char *text;
    const char *const *scope; /* NULL, or NULL-terminated paths: only files at or below one */
    gint64 conversation;      /* 0 = a new one */
    gint64 parent;            /* the turn that this one stands after; 0: none */
    gboolean no_documents;    /* answer from the model alone: "passages" is empty */
};
/* Owned by the caller. Questions queue. Without a model: "passages", then "finished", state DONE
   and no result. The question is only read. */
LecAnswer *lec_chat_ask(LecChat *self, const struct lec_question *question);

/* At the end: stops all answers and waits for the worker, at most two seconds. */
void lec_chat_stop(LecChat *self);
