/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generate.c: continues a session's timeline token by token.
 *
 * One step: choose a token from the logits → stop rule → text that became certain to the caller →
 * compute the token, which gives the next logits. The caller hears of a token before it is computed
 * so that the first words come one pass earlier. Whatever ends generation but a
 * cancelled pass, each accepted token is in the timeline when eng_generate returns, so that a next
 * turn finds its whole prefix in the cache.
 *
 * The step is written for k accepted tokens at a time (accept() takes one after the other): with
 * multi-token decoding `choose` will bring several, verified in one pass.
 */
#include <string.h>

#include "engine/error.h"
#include "engine/sampler.h"
#include "engine/session-private.h"
#include "engine/stop.h"

struct generation {
    struct eng_session *session;
    struct eng_generate_options options;
    struct stop_text *text; /* (owned) */
    struct eng_stats stats;
    int first; /* length of the timeline at the start */
    double start;
    bool deaf; /* the caller does not want to hear more */
};

const char *eng_stop_name(enum eng_stop stop)
{
    switch (stop) {
    case ENG_STOP_NONE:
        return "none";
    case ENG_STOP_EOG:
        return "eog";
    case ENG_STOP_STRING:
        return "stop";
    case ENG_STOP_LENGTH:
        return "length";
    case ENG_STOP_CONTEXT:
        return "context";
    case ENG_STOP_CANCELLED:
        return "cancelled";
    case ENG_STOP_ERROR:
        return "error";
    }
    return "unknown";
}

static bool is_cancelled(const struct generation *g)
{
    return g->options.cancel && atomic_load(g->options.cancel);
}

/* Reasons that hold before a token is chosen. */
static enum eng_stop stop_before(const struct generation *g)
{
    if (is_cancelled(g))
        return ENG_STOP_CANCELLED;
    if (g->options.max_tokens > 0 && g->stats.generated_tokens >= g->options.max_tokens)
        return ENG_STOP_LENGTH;
    if (g->session->n >= g->session->n_context)
        return ENG_STOP_CONTEXT;
    return ENG_STOP_NONE;
}

/* The mask of this step, NULL where every token is allowed. */
static const bool *allowed_tokens(struct generation *g)
{
    struct eng_session *s = g->session;
    int n_vocab = s->engine->info.n_vocab;
    if (!g->options.ignore_eog && !g->options.mask)
        return NULL;
    for (int i = 0; i < n_vocab; i++)
        s->allowed[i] = !(g->options.ignore_eog && s->engine->eog[i]);
    if (g->options.mask)
        g->options.mask(g->options.data, s->tokens + g->first, s->n - g->first, s->allowed,
                        n_vocab);
    return s->allowed;
}

/* Tells the caller of tokens and of the text that is certain; notes when it wants no more. */
static void tell(struct generation *g, const int32_t *ids, int n, bool end)
{
    size_t n_bytes = 0;
    const char *text = stop_text_take(g->text, end, &n_bytes);
    if (!g->options.on_tokens || g->deaf || (n == 0 && n_bytes == 0))
        return;
    g->deaf = !g->options.on_tokens(g->options.data, ids, n, text, n_bytes);
}

/* Takes a token that is no end of generation: its text, the caller, the cache. */
static enum eng_status accept(struct generation *g, int32_t id, struct eng_err *err)
{
    struct eng_session *s = g->session;
    size_t n_bytes = 0;
    const char *bytes = eng_token_bytes(s->engine, id, &n_bytes);
    if (bytes && !eng_token_is_control(s->engine, id) && stop_text_push(g->text, bytes, n_bytes))
        g->stats.stop = ENG_STOP_STRING;
    if (g->stats.generated_tokens++ == 0)
        g->stats.first_token_seconds += session_clock() - g->start;
    tell(g, &id, 1, g->stats.stop != ENG_STOP_NONE);
    if (g->deaf && g->stats.stop == ENG_STOP_NONE)
        g->stats.stop = ENG_STOP_CANCELLED;
    enum eng_status status = session_append(s, &id, 1, true, g->options.cancel, err);
    if (status == ENG_CANCELLED) {
        g->stats.stop = ENG_STOP_CANCELLED;
        return ENG_OK;
    }
    g->stats.n_steps++;
    return status;
}

static enum eng_status step(struct generation *g, struct eng_err *err)
{
    int32_t id = 0;
    g->stats.stop = stop_before(g);
    if (g->stats.stop != ENG_STOP_NONE)
        return ENG_OK;
    enum eng_status status =
        sampler_choose(g->session->sampler, g->session->logits, allowed_tokens(g), &id, err);
    if (status != ENG_OK)
        return status;
    if (g->session->engine->eog[id] && !g->options.ignore_eog) {
        g->stats.stop = ENG_STOP_EOG;
        return ENG_OK;
    }
    return accept(g, id, err);
}

static enum eng_status check(const struct eng_session *session,
                             const struct eng_generate_options *options, struct eng_err *err)
{
    if (!session->has_logits)
        return eng_fail(err, ENG_ERR_ARGUMENT, "There is no prompt to continue; set one first.");
    if (options->max_tokens < 0 || options->n_stop_strings < 0)
        return eng_fail(err, ENG_ERR_ARGUMENT, "The number of tokens to write is negative.");
    return ENG_OK;
}

enum eng_status eng_generate(struct eng_session *session,
                             const struct eng_generate_options *options, struct eng_stats *stats,
                             struct eng_err *err)
{
    struct generation g = {.session = session,
                           .options = {.size = sizeof g.options},
                           .first = session->n,
                           .start = session_clock()};
    if (!engine_options_copy(&g.options, sizeof g.options, options))
        return eng_fail(err, ENG_ERR_ARGUMENT, "The options' size is not set.");
    enum eng_status status = check(session, &g.options, err);
    if (status != ENG_OK)
        return status;
    g.text = stop_text_new(g.options.stop_strings, g.options.n_stop_strings,
                           session->engine->longest_token);
    if (!g.text)
        return eng_fail(err, ENG_ERR_MEMORY, "There is not enough memory to write an answer.");
    g.stats = (struct eng_stats){.prompt_tokens = session->prompt_tokens,
                                 .reused_tokens = session->reused_tokens,
                                 .prefill_seconds = session->prefill_seconds,
                                 .first_token_seconds = session->prefill_seconds};
    sampler_start(session->sampler, &(struct sampler_options){.temperature = g.options.temperature,
                                                              .top_k = g.options.top_k,
                                                              .top_p = g.options.top_p,
                                                              .min_p = g.options.min_p,
                                                              .seed = g.options.seed});
    while (status == ENG_OK && g.stats.stop == ENG_STOP_NONE)
        status = step(&g, err);
    if (status != ENG_OK)
        g.stats.stop = ENG_STOP_ERROR;
    tell(&g, NULL, 0, true);
    g.stats.decode_seconds = session_clock() - g.start;
    stop_text_free(g.text);
    if (stats)
        *stats = g.stats;
    return status;
}
