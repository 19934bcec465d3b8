/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generate.h: the model writes. What it thinks is parted from what it says, and it is stopped where
 * it repeats itself.
 *
 *     struct rag_writing writing = {.engine = …, .session = …, .options = &options};
 *     rag_generate(&writing, segments, n, cancellable, &error);
 *     char *text = rag_writing_text(&writing);
 *     rag_writing_clear(&writing);
 */
#pragma once

#include "rag/draft.h"
#include "rag/rag.h"
#include "rag/thinking.h"

struct rag_writing {
    struct engine *engine;                 /* (borrowed) */
    struct eng_session *session;           /* (borrowed) */
    const struct rag_ask_options *options; /* (borrowed) max_tokens filled in */

    RagThinking *thinking; /* (owned) NULL before rag_generate */
    RagDraft *draft;       /* (owned) likewise */
    GArray *tokens;        /* (owned) of int32_t, thinking included; likewise */
    int n_said;            /* tokens that were not thinking */
    bool looped;           /* stopped because it repeated itself; stats.stop is ENG_STOP_STRING */
    atomic_bool cancel;    /* set by the cancellable */
    struct eng_stats stats;
};

/* Also where it returns false (cancelled, engine's error), what was written until then is there. */
bool rag_generate(struct rag_writing *writing, const struct eng_segment *segments, size_t n,
                  GCancellable *cancellable, GError **error);
/* The answer as rag_draft_finish makes it. Caller frees. */
char *rag_writing_text(struct rag_writing *writing);
void rag_writing_clear(struct rag_writing *writing);
