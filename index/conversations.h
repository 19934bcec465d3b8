/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversations.h: what was asked and answered. A conversation is a tree of turns; the path from a
 * first turn to its `head` is current. An answer keeps copies of the passages, so that it can still
 * be read when their document has changed or gone.
 *
 *     idx_turn_begin(store, &(struct idx_question){.text = "How long …?"}, &conversation, &error);
 *     idx_turn_end(store, turn, &(struct idx_answer){.text = …}, NULL, &error);
 *     g_autoptr(GPtrArray) turns = idx_turns(store, conversation, &error);
 *
 * Thread rule and errors: as in index.h.
 */
#pragma once

#include "index/index.h"

/* --- conversations ---------------------------------------------------------------------------- */

struct idx_conversation {
    int64_t id, made_at, changed_at, n_turns;
    char *title, *draft; /* (owned) draft "" if none */
};
void idx_conversation_free(struct idx_conversation *conversation);
/* Last changed first. limit < 0: all. */
GPtrArray *idx_conversations(IdxStore *store, int64_t offset, int64_t limit, GError **error);

struct idx_conversation_hit {
    int64_t conversation, turn; /* turn 0: found by its title alone */
    char *title, *snippet;      /* (owned) matches in the snippet stand between \x02 and \x03 */
};
void idx_conversation_hit_free(struct idx_conversation_hit *hit);
/* All words (beginnings of words; nothing in them is syntax) in one title or one turn; best first,
   each conversation once. No words, none found: empty. */
GPtrArray *idx_conversations_search(IdxStore *store, const char *words, int64_t limit,
                                    GError **error);
bool idx_conversation_rename(IdxStore *store, int64_t id, const char *title, GError **error);
/* With its words in the files of the library. IDX_ERROR_BUSY: it is gone, but another process was
   in the way of erasing, which the next opening finishes. */
bool idx_conversation_delete(IdxStore *store, int64_t id, GError **error);
/* Conversation 0: the one that does not exist yet. */
bool idx_draft_set(IdxStore *store, int64_t conversation, const char *text, GError **error);
char *idx_draft_get(IdxStore *store, int64_t conversation, GError **error); /* "" if none */

/* --- turns ------------------------------------------------------------------------------------ */

/* Text fields of the structs below are owned by whoever made the struct; NULL is stored as "". */

/* A passage as it was found. */
struct idx_answer_passage {
    int64_t passage; /* its id when it was found; 0 not known */
    char *path, *hash, *title, *heading, *text;
    char *shown;   /* as the model saw it; "" if it did not */
    int shown_ord; /* its number in the prompt, from 1; 0: not shown */
    enum idx_position pos_kind;
    int pos_from, pos_to;
    int64_t char_from, char_to, telling_from, telling_to;
    double score, text_score, vector_score; /* the last two NAN where not known */
    int text_rank, vector_rank;
};
struct idx_answer_citation {
    int n;       /* from 1 */
    int passage; /* index into the answer's passages; -1: not kept */
    char *path, *hash, *quote;
    enum idx_position pos_kind;
    int pos_from, pos_to;
    double score;
};
struct idx_answer_sentence {
    int64_t from, to; /* bytes of the text */
    int citation;     /* n; 0: unsupported */
};
struct idx_answer {
    char *text, *thinking, *query, *stop, *model, *model_hash, *settings_json;
    bool supported, from_documents;
    uint64_t seed;
    int32_t *tokens; /* generated ids */
    size_t n_tokens;
    int prompt_tokens;
    double seconds, search_seconds;
    GArray *passages;  /* of struct idx_answer_passage; the arrays may be NULL when storing */
    GArray *citations; /* of struct idx_answer_citation */
    GArray *sentences; /* of struct idx_answer_sentence */
    GPtrArray *dropped, *values; /* of strings */
};
void idx_answer_free(struct idx_answer *answer); /* one that was read from the store */

struct idx_question {
    int64_t conversation; /* 0 = make a new one, titled by the question */
    int64_t parent;       /* the turn that it follows, in the same conversation; 0 = none */
    const char *text;
};
/* Stores the question and makes it the end of the current path: the turn's id, -1 on error
   (IDX_ERROR_NOT_FOUND: conversation or parent is gone). */
int64_t idx_turn_begin(IdxStore *store, const struct idx_question *question, int64_t *conversation,
                       GError **error);
/* What became of it, once: an answer, or NULL; failure: NULL, or why it ended early. A turn that
   was deleted meanwhile is no error. */
bool idx_turn_end(IdxStore *store, int64_t turn, const struct idx_answer *answer,
                  const char *failure, GError **error);

struct idx_turn {
    int64_t id, parent, made_at;
    char *question, *failure;  /* (owned) failure "" if none */
    struct idx_answer *answer; /* (owned) NULL: none yet, or never */
    int sibling, n_siblings;   /* which of those with the same parent, from 0 */
};
void idx_turn_free(struct idx_turn *turn);
/* The current path, first turn first. IDX_ERROR_NOT_FOUND if there is no such conversation. */
GPtrArray *idx_turns(IdxStore *store, int64_t conversation, GError **error);
/* Makes the path through the sibling `step` places away and its newest descendants current; without
   such a sibling nothing changes. */
bool idx_turn_switch(IdxStore *store, int64_t turn, int step, GError **error);
