/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.c: one timeline of tokens. The caller says what the timeline should be; the session keeps
 * the longest prefix that is in its cache and computes the rest in batches.
 *
 * By the identity rule (decoder.h) a reused prefix gives the same logits, to the bit, as computing
 * everything anew. Where the whole new timeline is a prefix of the old one its last token is
 * computed again, because only its keys and values were kept, not its logits.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/error.h"
#include "engine/sampler.h"
#include "engine/session-private.h"

enum { DEFAULT_CONTEXT = 4096 };

double session_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- life --------------------------------------------------------------------------------------
 */

static enum eng_status check_context(const struct engine *engine, int *n_context,
                                     struct eng_err *err)
{
    char what[64];
    const struct model_config *c = &engine->model.config;
    if (*n_context == 0)
        *n_context = c->n_context < DEFAULT_CONTEXT ? c->n_context : DEFAULT_CONTEXT;
    if (*n_context < 1 || *n_context > c->n_context)
        return eng_fail(err, ENG_ERR_ARGUMENT,
                        "A context of %d tokens is not possible with '%s'; it takes 1 to %d.",
                        *n_context, engine->info.path, c->n_context);
    uint64_t bytes = kv_cache_bytes(c->n_layers, c->n_head_kv, c->head_dim, *n_context) +
                     decoder_bytes(c, *n_context);
    snprintf(what, sizeof what, "A context of %d tokens", *n_context);
    return engine_check_memory(bytes, what, err);
}

enum eng_status eng_session_new(struct eng_session **out, struct engine *engine,
                                const struct eng_session_options *options, struct eng_err *err)
{
    struct eng_session_options taken = {.size = sizeof taken};
    *out = NULL;
    if (!engine_options_copy(&taken, sizeof taken, options))
        return eng_fail(err, ENG_ERR_ARGUMENT, "The session options' size is not set.");
    enum eng_status status = engine_require(engine, ENG_MODEL_DECODER, err);
    if (status == ENG_OK)
        status = check_context(engine, &taken.n_context, err);
    if (status != ENG_OK)
        return status;
    const struct model_config *c = &engine->model.config;
    struct eng_session *s = calloc(1, sizeof *s);
    if (!s)
        goto fail;
    s->engine = engine;
    s->n_context = taken.n_context;
    s->tokens = malloc((size_t)s->n_context * sizeof *s->tokens);
    s->logits = malloc((size_t)c->n_vocab * sizeof *s->logits);
    s->allowed = malloc((size_t)c->n_vocab * sizeof *s->allowed);
    s->sampler = sampler_new(engine->info.n_vocab);
    s->decoder = decoder_new(&engine->model, engine->pool, engine->level, s->n_context);
    if (!s->tokens || !s->logits || !s->allowed || !s->sampler || !s->decoder ||
        !kv_cache_init(&s->cache, c->n_layers, c->n_head_kv, c->head_dim, s->n_context))
        goto fail;
    *out = s;
    return ENG_OK;
fail:
    eng_session_free(s);
    return eng_fail(err, ENG_ERR_MEMORY,
                    "There is not enough memory for a context of %d tokens; close other programs "
                    "or ask for a smaller context.",
                    taken.n_context);
}

void eng_session_free(struct eng_session *session)
{
    if (!session)
        return;
    kv_cache_clear(&session->cache);
    decoder_free(session->decoder);
    sampler_free(session->sampler);
    free(session->allowed);
    free(session->logits);
    free(session->tokens);
    free(session);
}

int eng_session_context(const struct eng_session *session)
{
    return session->n_context;
}

int eng_session_length(const struct eng_session *session)
{
    return session->n;
}

const float *eng_session_logits(const struct eng_session *session)
{
    return session->has_logits ? session->logits : NULL;
}

/* --- the timeline ------------------------------------------------------------------------------
 */

void session_truncate(struct eng_session *session, int n)
{
    if (n < session->n) {
        session->n = n;
        session->has_logits = false;
    }
}

static enum eng_status check_logits(const struct eng_session *s, struct eng_err *err)
{
    bool bad = false; /* an exponent of all ones is a NaN or an infinity */
    for (int i = 0; i < s->engine->info.n_vocab; i++) {
        uint32_t bits;
        memcpy(&bits, &s->logits[i], sizeof bits);
        bad |= (bits & 0x7f800000) == 0x7f800000;
    }
    if (!bad)
        return ENG_OK;
    return eng_fail(err, ENG_ERR_NUMERIC,
                    "'%s' computed numbers that are not finite after %d tokens; its file may be "
                    "damaged, get it again.",
                    s->engine->info.path, s->n);
}

enum eng_status session_append(struct eng_session *session, const int32_t *ids, int n, bool logits,
                               const atomic_bool *cancel, struct eng_err *err)
{
    struct eng_session *s = session;
    s->has_logits = false;
    pthread_mutex_lock(&s->engine->lock);
    bool done = decoder_run(s->decoder, &s->cache, s->n, ids, n, logits ? s->logits : NULL,
                            logits ? 1 : 0, cancel);
    pthread_mutex_unlock(&s->engine->lock);
    if (!done)
        return eng_fail(err, ENG_CANCELLED, "Reading was cancelled.");
    if (logits) {
        enum eng_status status = check_logits(s, err);
        if (status != ENG_OK)
            return status;
    }
    memmove(s->tokens + s->n, ids, (size_t)n * sizeof *ids);
    s->n += n;
    s->has_logits = logits;
    return ENG_OK;
}

static enum eng_status check_ids(const struct engine *engine, const int32_t *ids, size_t n,
                                 struct eng_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] < 0 || ids[i] >= engine->info.n_vocab)
            return eng_fail(err, ENG_ERR_ARGUMENT,
                            "%d is no token of '%s', whose tokens are 0 to %d.", (int)ids[i],
                            engine->info.path, engine->info.n_vocab - 1);
    return ENG_OK;
}

static enum eng_status check_length(const struct eng_session *s, size_t n, struct eng_err *err)
{
    if (n == 0)
        return eng_fail(err, ENG_ERR_ARGUMENT,
                        "There is nothing to read: the prompt has no tokens; write something.");
    if (n > (size_t)s->n_context)
        return eng_fail(err, ENG_ERR_CONTEXT,
                        "The prompt has %zu tokens, but the context takes %d; shorten it or ask "
                        "for a larger context.",
                        n, s->n_context);
    return ENG_OK;
}

/* Tokens at the front that need no computing for the timeline to become `ids`. */
static int reusable(const struct eng_session *s, const int32_t *ids, int n)
{
    int same = 0;
    while (same < n && same < s->n && ids[same] == s->tokens[same])
        same++;
    bool logits_kept = same == n && s->n == n && s->has_logits;
    return same == n && !logits_kept ? n - 1 : same;
}

static enum eng_status read_ids(struct eng_session *s, const int32_t *ids, int n,
                                const struct eng_set_options *options, struct eng_err *err)
{
    if (options->on_progress)
        options->on_progress(options->data, s->n, n);
    while (s->n < n) {
        int batch = n - s->n < DECODER_COLUMNS ? n - s->n : DECODER_COLUMNS;
        enum eng_status status =
            session_append(s, ids + s->n, batch, s->n + batch == n, options->cancel, err);
        if (status != ENG_OK)
            return status;
        if (options->on_progress)
            options->on_progress(options->data, s->n, n);
    }
    return ENG_OK;
}

enum eng_status eng_session_set(struct eng_session *session, const struct eng_segment *segments,
                                size_t n_segments, const struct eng_set_options *options,
                                struct eng_err *err)
{
    struct eng_set_options taken = {.size = sizeof taken};
    struct engine *engine = session->engine;
    int32_t *ids = NULL;
    size_t n = 0;
    double start = session_clock();
    if (!engine_options_copy(&taken, sizeof taken, options))
        return eng_fail(err, ENG_ERR_ARGUMENT, "The options' size is not set.");
    enum eng_status status =
        tokenizer_encode_segments(engine->tokenizer, segments, n_segments, &ids, &n, err);
    if (status != ENG_OK)
        return status;
    status = check_ids(engine, ids, n, err);
    if (status == ENG_OK)
        status = check_length(session, n, err);
    if (status == ENG_OK) {
        session->prompt_tokens = (int)n;
        session->reused_tokens = reusable(session, ids, (int)n);
        session_truncate(session, session->reused_tokens);
        status = read_ids(session, ids, (int)n, &taken, err);
        session->prefill_seconds = session_clock() - start;
    }
    free(ids);
    return status;
}
