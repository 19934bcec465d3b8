/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query.h: what a question asks the index for.
 *
 *     g_autoptr(RagQuery) query = rag_query_new("What does --depth do in \"git clone\"?");
 *     query->words: "depth", "git", "clone", "--depth"; exact: "--depth"; quoted: "git clone"
 */
#pragma once

#include "rag/words.h"

struct rag_query {
    char *text;        /* (owned) the question, without white space around it */
    GPtrArray *words;  /* (owned) folded, NULL-terminated: for full text, any of them */
    GPtrArray *exact;  /* (owned) folded strings that are worth more where they stand literally */
    GPtrArray *quoted; /* (owned) NULL-terminated: must occur, if any passage has them */
    RagTerms *terms;   /* (owned) */
};
typedef struct rag_query RagQuery;

/* question: UTF-8. */
RagQuery *rag_query_new(const char *question);
void rag_query_free(RagQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagQuery, rag_query_free)
