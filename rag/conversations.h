/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversations.h: what was asked and answered, kept as it was.
 *
 * A conversation is a tree of turns, each a question and what became of it. One path through the
 * tree is current. Editing a question or having it answered anew makes a sibling (the same parent):
 * what was written before stays beside it. rag_ask (rag.h) stores turns; here they are read.
 *
 *     g_autoptr(GPtrArray) list = rag_conversations(library, 0, 50, &error);
 *     const struct rag_conversation *newest = list->pdata[0];
 *     g_autoptr(GPtrArray) turns = rag_turns(library, newest->id, &error);
 *
 * Thread rule and errors as in rag.h; IDX_ERROR_NOT_FOUND for an id that is gone.
 */
#pragma once

#include "rag/rag.h"

struct rag_conversation {
    int64_t id;
    char *title, *draft;         /* (owned) draft: "" if none */
    int64_t made_at, changed_at; /* µs since 1970; changed: by a question or its answer */
    int64_t n_turns;
};
void rag_conversation_free(struct rag_conversation *conversation);
/* GPtrArray of struct rag_conversation, last changed first. limit < 0: all. */
GPtrArray *rag_conversations(RagLibrary *library, int64_t offset, int64_t limit, GError **error);

struct rag_conversation_hit {
    int64_t conversation, turn; /* turn 0: found by its title alone */
    char *title;                /* (owned) */
    char *snippet;              /* (owned) from the turn; matches stand between \x02 and \x03 */
};
void rag_conversation_hit_free(struct rag_conversation_hit *hit);
/* GPtrArray of struct rag_conversation_hit, best first, each conversation once. Each word is the
   beginning of one in a title, question or answer; case and diacritics do not count. No words:
   nothing. */
GPtrArray *rag_conversations_search(RagLibrary *library, const char *words, int64_t limit,
                                    GError **error);
bool rag_conversation_rename(RagLibrary *library, int64_t id, const char *title, GError **error);
/* For good, its words in the library's files too. What is not there is no error. */
bool rag_conversation_delete(RagLibrary *library, int64_t id, GError **error);

/* What stands in the composer, not yet asked. Conversation 0: of the one that does not exist yet.
 */
bool rag_draft_set(RagLibrary *library, int64_t conversation, const char *text, GError **error);
char *rag_draft_get(RagLibrary *library, int64_t conversation, GError **error); /* "" if none */

struct rag_turn {
    int64_t id, conversation, parent; /* parent 0: a first turn */
    char *question;                   /* (owned) */
    RagAnswer *answer; /* (owned) NULL: not finished (the program ended), or failed before a word */
    char *failure;     /* (owned) NULL, or the sentence that says why it ended early */
    int sibling, n_siblings; /* which of those with the same parent, from 0, oldest first */
    int64_t made_at;         /* µs since 1970 */
};
void rag_turn_free(struct rag_turn *turn);
/* GPtrArray of struct rag_turn: the current path, first turn first. */
GPtrArray *rag_turns(RagLibrary *library, int64_t conversation, GError **error);
/* Makes the path through the sibling `step` places away, and on to its newest end, current. No such
   sibling: the path stays as it is. */
bool rag_turn_switch(RagLibrary *library, int64_t turn, int step, GError **error);
