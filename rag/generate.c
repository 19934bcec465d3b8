/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * max_tokens is the length of an answer, and thinking is none of it: a model that has thought is
 * let go on until it has said that much, within THINKING_TOKENS more and the context. The engine
 * counts tokens of any kind, so it is simply called again, which continues the timeline.
 */
#include "rag/generate.h"

#include "rag/library.h"
#include <string.h>

#define THINKING_TOKENS 2048

static bool on_tokens(void *data, const int32_t *ids, int n_tokens, const char *text,
                      size_t n_bytes)
{
    struct rag_writing *writing = data;
    const struct rag_ask_options *options = writing->options;
    size_t n_said, n_clean;
    const char *clean, *said = rag_thinking_add(writing->thinking, text, n_bytes, &n_said);
    g_array_append_vals(writing->tokens, ids, (guint)n_tokens);
    if (!rag_thinking_is_open(writing->thinking))
        writing->n_said += n_tokens;
    writing->looped = !rag_draft_add(writing->draft, said, n_said, &clean, &n_clean);
    if (n_clean > 0 && options->on_text)
        options->on_text(options->data, clean, n_clean);
    return !writing->looped;
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    atomic_store((atomic_bool *)data, true);
}

static void add_stats(struct eng_stats *sum, const struct eng_stats *more)
{
    if (sum->n_steps == 0 && sum->generated_tokens == 0) {
        *sum = *more;
        return;
    }
    sum->generated_tokens += more->generated_tokens;
    sum->drafted_tokens += more->drafted_tokens;
    sum->accepted_drafts += more->accepted_drafts;
    sum->n_steps += more->n_steps;
    sum->decode_seconds += more->decode_seconds;
    sum->stop = more->stop;
}

/* One call of the engine, for at most n_tokens. */
static enum eng_status write_on(struct rag_writing *writing, int n_tokens, struct eng_err *err)
{
    /* the model goes on with the conversation by itself: not part of the answer */
    static const char *const stops[] = {"\nQuestion:", "\nPassages:", "\n[1]", "\"\"\""};
    struct eng_stats stats = {0};
    bool alone = writing->options->no_documents; /* then these are text like any other */
    enum eng_status status = eng_generate(writing->session,
                                          &(struct eng_generate_options){
                                              .size = sizeof(struct eng_generate_options),
                                              .max_tokens = n_tokens,
                                              .temperature = writing->options->temperature,
                                              .seed = writing->options->seed,
                                              .stop_strings = stops,
                                              .n_stop_strings = alone ? 0 : G_N_ELEMENTS(stops),
                                              .on_tokens = on_tokens,
                                              .data = writing,
                                              .cancel = &writing->cancel,
                                          },
                                          &stats, err);
    add_stats(&writing->stats, &stats);
    return status;
}

static enum eng_status write_all(struct rag_writing *writing, const struct eng_segment *segments,
                                 size_t n, struct eng_err *err)
{
    int max = writing->options->max_tokens, n_thought = 0;
    enum eng_status status =
        eng_session_set(writing->session, segments, n,
                        &(struct eng_set_options){.size = sizeof(struct eng_set_options),
                                                  .cancel = &writing->cancel},
                        err);
    if (status == ENG_OK)
        status = write_on(writing, max, err);
    while (status == ENG_OK && writing->stats.stop == ENG_STOP_LENGTH && writing->n_said < max &&
           n_thought < THINKING_TOKENS) {
        status = write_on(writing, max - writing->n_said, err);
        n_thought = (int)writing->tokens->len - writing->n_said;
    }
    return status;
}

/* Has the chat format opened the tag itself? */
static bool opens_thinking(const struct eng_segment *segments, size_t n)
{
    if (n == 0 || !segments[n - 1].text)
        return false;
    g_autofree char *last = g_strndup(segments[n - 1].text, segments[n - 1].n_bytes);
    return g_str_has_suffix(g_strchomp(last), "<think>");
}

bool rag_generate(struct rag_writing *writing, const struct eng_segment *segments, size_t n,
                  GCancellable *cancellable, GError **error)
{
    struct eng_err err = {0};
    writing->thinking = rag_thinking_new(opens_thinking(segments, n));
    writing->draft = rag_draft_new();
    writing->tokens = g_array_new(FALSE, FALSE, sizeof(int32_t));
    gulong handler = cancellable ? g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled),
                                                         &writing->cancel, NULL)
                                 : 0;
    enum eng_status status = write_all(writing, segments, n, &err);
    if (handler)
        g_cancellable_disconnect(cancellable, handler);
    if (writing->looped)
        writing->stats.stop = ENG_STOP_STRING;
    if (g_cancellable_set_error_if_cancelled(cancellable, error)) {
        writing->stats.stop = ENG_STOP_CANCELLED;
        return false;
    }
    if (status == ENG_OK)
        return true;
    writing->stats.stop = ENG_STOP_ERROR;
    return rag_engine_error(error, status, &err);
}

char *rag_writing_text(struct rag_writing *writing)
{
    const char *clean;
    size_t n_said, n_clean;
    const char *said = rag_thinking_end(writing->thinking, &n_said);
    rag_draft_add(writing->draft, said, n_said, &clean, &n_clean);
    /* stopped by the person, it stays as it stood on the screen */
    bool cut = writing->looped || writing->stats.stop == ENG_STOP_LENGTH ||
               writing->stats.stop == ENG_STOP_CONTEXT;
    return rag_draft_finish(writing->draft, cut);
}

void rag_writing_clear(struct rag_writing *writing)
{
    g_clear_pointer(&writing->thinking, rag_thinking_free);
    g_clear_pointer(&writing->draft, rag_draft_free);
    g_clear_pointer(&writing->tokens, g_array_unref);
}
