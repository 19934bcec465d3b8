/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session-private.h: what a session holds, for session.c and generate.c.
 *
 * Invariants
 * 1. Keys and values of tokens[0 … n) are in the cache.
 * 2. has_logits: `logits` are those for the token after tokens[n - 1].
 * 3. Memory is taken in eng_session_new; generating takes none.
 */
#pragma once

#include "engine/engine-private.h"

struct eng_session {
    struct engine *engine;   /* (borrowed) */
    struct decoder *decoder; /* (owned) */
    struct kv_cache cache;   /* (owned) */
    int n_context;
    int32_t *tokens; /* (owned) [n_context] */
    int n;
    float *logits; /* (owned) [n_vocab of the embedding table] */
    bool has_logits;
    /* for generating, all (owned) [n_vocab] */
    bool *allowed;
    struct sampler *sampler;
    /* of the last eng_session_set */
    int prompt_tokens, reused_tokens;
    double prefill_seconds;
};

/* Appends ids[0 … n), n <= DECODER_COLUMNS and within the context, and computes them; with
   `logits` also those for the next token, which are checked for NaN. After an error or a
   cancellation the timeline is as before. */
enum eng_status session_append(struct eng_session *session, const int32_t *ids, int n, bool logits,
                               const atomic_bool *cancel, struct eng_err *err);
/* Takes the timeline back to its first n tokens. */
void session_truncate(struct eng_session *session, int n);
double session_clock(void); /* monotonic, seconds */
