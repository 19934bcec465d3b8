/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft.h: from what a model writes to what a person reads.
 *
 *     g_autoptr(RagDraft) draft = rag_draft_new();
 *     for each piece of text: rag_draft_add(draft, text, n, &clean, &n_clean) …
 *     char *answer = rag_draft_finish(draft, stopped_at_the_limit);
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct rag_draft RagDraft;
RagDraft *rag_draft_new(void);
void rag_draft_free(RagDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagDraft, rag_draft_free)

/* Takes more text; *clean (borrowed until the next call) is what became certain of the answer.
   False: the model repeats itself, stop. */
bool rag_draft_add(RagDraft *draft, const char *text, size_t n, const char **clean,
                   size_t *n_clean);
/* The answer: trimmed; sentences said before and, if `cut`, an unfinished last one are left out.
   Caller frees. */
char *rag_draft_finish(RagDraft *draft, bool cut);

/* Does this sentence say that the passages do not tell? */
bool rag_declines(const char *sentence);
