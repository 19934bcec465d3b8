/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A question's life (DESIGN §5): query → retrieve → compress → prompt → generate → cite.
 *
 * The model writes, the program answers for it. Three places can say "your documents do not seem to
 * say", and each only when it is so:
 *   1. nothing found bears on the question (before any token is generated);
 *   2. the model itself declines;
 *   3. no sentence of what it wrote has support in the passages it was shown.
 * What was streamed until then was a draft: the answer is what is returned.
 *
 * The budget: context ≥ rules + question + frames + passages + answer. Passages get what is left,
 * at most PASSAGE_TOKENS; a question that leaves less than MIN_PASSAGE_TOKENS is too long.
 */
#include "rag/cite.h"
#include "rag/compress.h"
#include "rag/draft.h"
#include "rag/library.h"
#include "rag/prompt.h"
#include "rag/record.h"
#include "rag/retrieve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REFUSAL "Your documents do not seem to say."

#define N_HITS             20 /* ranked and returned; the first MAX_PASSAGES may be shown */
#define MAX_PASSAGES       5
#define PASSAGE_TOKENS     600
#define MIN_PASSAGE_TOKENS 64
#define MARGIN_TOKENS      16 /* tokens that form where texts are joined */
#define DEFAULT_MAX_TOKENS 256

/* A passage bears on the question if either is reached (docs/RETRIEVAL.md). */
#define RELEVANT_COSINE 0.40
#define RELEVANT_WORDS  0.5

struct ask {
    RagLibrary *library;
    struct engine *engine;
    struct eng_session *session;
    struct rag_ask_options options; /* defaults filled in */
    GCancellable *cancellable;
    RagQuery *query;    /* (owned) */
    float *vector;      /* (owned) of the question; NULL without an embedder */
    GPtrArray *pieces;  /* (owned) shown to the model */
    GArray *tokens;     /* (owned) of int32_t, generated */
    RagDraft *draft;    /* (owned) */
    atomic_bool cancel; /* set by the cancellable */
    struct rag_answer *answer;
};

static void ask_clear(struct ask *ask)
{
    rag_query_free(ask->query);
    g_free(ask->vector);
    g_ptr_array_unref(ask->pieces);
    g_array_unref(ask->tokens);
    rag_draft_free(ask->draft);
}

void rag_answer_free(RagAnswer *answer)
{
    if (!answer)
        return;
    g_free(answer->question);
    g_free(answer->query);
    g_free(answer->text);
    g_free(answer->model);
    g_ptr_array_unref(answer->citations);
    g_array_unref(answer->sentences);
    g_clear_pointer(&answer->passages, g_ptr_array_unref);
    g_ptr_array_unref(answer->dropped);
    g_clear_pointer(&answer->unsupported_values, g_ptr_array_unref);
    g_free(answer);
}

static RagAnswer *answer_new(const struct ask *ask, const char *question)
{
    RagAnswer *answer = g_new0(RagAnswer, 1);
    answer->question = g_strdup(question);
    answer->query = g_strdup(ask->query->text);
    answer->model = g_strdup(eng_model_info(ask->engine)->name);
    answer->citations = g_ptr_array_new_with_free_func((GDestroyNotify)rag_citation_free);
    answer->sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    answer->dropped = g_ptr_array_new_with_free_func(g_free);
    return answer;
}

/* --- retrieval ---------------------------------------------------------------------------------
 */

/* Everything a hit says, its names included, taken apart. */
static RagTerms *terms_of(const struct rag_hit *hit)
{
    g_autofree char *name = g_filename_display_basename(hit->path);
    g_autofree char *text = g_strdup_printf("%s\n%s\n%s\n%s", name, hit->title ? hit->title : "",
                                            hit->heading ? hit->heading : "", hit->text);
    return rag_terms_new(text, -1);
}

/* The share of the question's stems that a passage holds. */
static double share_of_words(const RagQuery *query, const RagTerms *terms)
{
    guint n = g_hash_table_size(query->terms->stems), held = 0;
    GHashTableIter iter;
    gpointer stem;
    g_hash_table_iter_init(&iter, query->terms->stems);
    while (g_hash_table_iter_next(&iter, &stem, NULL))
        held += rag_terms_has(terms, stem);
    return n ? (double)held / n : 0;
}

/* A name or identifier of the question that no passage worth showing holds: the documents may be
   about something like it, but not about it. */
static bool unknown_name(const RagQuery *query, GPtrArray *all_terms)
{
    GArray *values = query->terms->values;
    for (guint i = 0; i < values->len; i++) {
        const struct rag_value *value = &g_array_index(values, struct rag_value, i);
        bool held = value->kind != RAG_VALUE_NAME && value->kind != RAG_VALUE_CODE;
        for (guint k = 0; k < all_terms->len && !held; k++)
            held = rag_terms_has_value(all_terms->pdata[k], value);
        if (!held)
            return true;
    }
    return false;
}

static bool bears_on(const RagQuery *query, GPtrArray *hits)
{
    g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func((GDestroyNotify)rag_terms_free);
    bool near = false;
    for (guint i = 0; i < hits->len && i < MAX_PASSAGES; i++) {
        const struct rag_hit *hit = hits->pdata[i];
        g_ptr_array_add(terms, terms_of(hit));
        near = near || (!isnan(hit->vector_score) && hit->vector_score >= RELEVANT_COSINE) ||
               share_of_words(query, terms->pdata[i]) >= RELEVANT_WORDS;
    }
    return near && !unknown_name(query, terms);
}

static bool retrieve(struct ask *ask, GError **error)
{
    gint64 start = g_get_monotonic_time();
    ask->answer->passages = rag_retrieve(ask->library, ask->query, N_HITS, ask->options.scope,
                                         &ask->vector, ask->cancellable, error);
    if (!ask->answer->passages)
        return false;
    ask->answer->search_seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    if (ask->answer->passages->len > 0)
        return true;
    struct idx_status status;
    if (!idx_status(ask->library->store, ask->library->embedder_id, &status, error))
        return false;
    if (status.n_passages > 0)
        return true;
    g_set_error_literal(error, RAG_ERROR, RAG_ERROR_EMPTY_LIBRARY,
                        "No document can be searched yet: add files or folders first.");
    return false;
}

/* --- the prompt --------------------------------------------------------------------------------
 */

static int count_tokens(void *data, const char *text)
{
    return rag_prompt_count(data, text);
}

/* Tokens that are left for passages, frames and all; -1 with an error where there is no room. */
static int room(struct ask *ask, GError **error)
{
    int context = eng_session_context(ask->session);
    struct eng_segment *segments = NULL;
    size_t n = 0;
    int used = context;
    /* a token is rarely longer than 16 bytes: what is hopeless is not even tokenized */
    if (strlen(ask->query->text) / 16 < (size_t)context) {
        if (!rag_prompt(ask->engine, ask->query->text, NULL, &segments, &n, error))
            return -1;
        used = rag_prompt_length(ask->engine, segments, n);
        free(segments);
    }
    int left = context - used - ask->options.max_tokens - MARGIN_TOKENS;
    if (used >= 0 && left >= MIN_PASSAGE_TOKENS)
        return left;
    g_set_error(error, RAG_ERROR, RAG_ERROR_LONG_QUESTION,
                "The question is too long: with the answer and some passages it does not fit into "
                "the %d tokens that the model can read at once. Shorten it.",
                context);
    return -1;
}

static bool compress(struct ask *ask, int left, GError **error)
{
    GPtrArray *hits = ask->answer->passages;
    for (guint i = 0; i < hits->len && i < MAX_PASSAGES; i++) {
        g_autofree char *frame = rag_prompt_frame(hits->pdata[i], (int)i + 1);
        left -= rag_prompt_count(ask->engine, frame) + 4; /* the quotation marks */
    }
    const struct rag_compress_options options = {
        .max_passages = MAX_PASSAGES,
        .budget = ask->options.no_compress ? left : MIN(left, PASSAGE_TOKENS),
        .whole = ask->options.no_compress,
        .embedder = ask->library->embedder,
        .question_vector = ask->vector,
        .count_tokens = count_tokens,
        .data = ask->engine,
    };
    g_ptr_array_unref(ask->pieces);
    ask->pieces = rag_compress(hits, ask->query, &options, ask->answer->dropped, error);
    if (!ask->pieces) {
        ask->pieces = g_ptr_array_new();
        return false;
    }
    if (ask->pieces->len > 0)
        return true;
    g_set_error_literal(error, RAG_ERROR, RAG_ERROR_LONG_QUESTION,
                        "The question leaves no room for a passage: shorten it.");
    return false;
}

/* --- generation --------------------------------------------------------------------------------
 */

static bool on_tokens(void *data, const int32_t *ids, int n_tokens, const char *text,
                      size_t n_bytes)
{
    struct ask *ask = data;
    const char *clean;
    size_t n_clean;
    g_array_append_vals(ask->tokens, ids, (guint)n_tokens);
    bool go_on = rag_draft_add(ask->draft, text, n_bytes, &clean, &n_clean);
    if (n_clean > 0 && ask->options.on_text)
        ask->options.on_text(ask->options.data, clean, n_clean);
    return go_on;
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    atomic_store((atomic_bool *)data, true);
}

static bool run_model(struct ask *ask, const struct eng_segment *segments, size_t n, GError **error)
{
    /* the model goes on with the conversation by itself: not part of the answer */
    static const char *const stops[] = {"\nQuestion:", "\nPassages:", "\n[1]", "\"\"\""};
    struct eng_err err = {0};
    enum eng_status status = eng_session_set(
        ask->session, segments, n,
        &(struct eng_set_options){.size = sizeof(struct eng_set_options), .cancel = &ask->cancel},
        &err);
    if (status == ENG_OK) {
        status = eng_generate(ask->session,
                              &(struct eng_generate_options){
                                  .size = sizeof(struct eng_generate_options),
                                  .max_tokens = ask->options.max_tokens,
                                  .temperature = ask->options.temperature,
                                  .seed = ask->options.seed,
                                  .stop_strings = stops,
                                  .n_stop_strings = G_N_ELEMENTS(stops),
                                  .on_tokens = on_tokens,
                                  .data = ask,
                                  .cancel = &ask->cancel,
                              },
                              &ask->answer->stats, &err);
    }
    if (g_cancellable_set_error_if_cancelled(ask->cancellable, error))
        return false;
    return status == ENG_OK ? true : rag_engine_error(error, status, &err);
}

static bool generate(struct ask *ask, GError **error)
{
    struct eng_segment *segments = NULL;
    size_t n = 0;
    if (!rag_prompt(ask->engine, ask->query->text, ask->pieces, &segments, &n, error))
        return false;
    gulong handler =
        ask->cancellable
            ? g_cancellable_connect(ask->cancellable, G_CALLBACK(on_cancelled), &ask->cancel, NULL)
            : 0;
    bool ok = run_model(ask, segments, n, error);
    if (handler)
        g_cancellable_disconnect(ask->cancellable, handler);
    free(segments);
    return ok;
}

/* --- the verdict -------------------------------------------------------------------------------
 */

static bool any_cited(GArray *sentences)
{
    for (guint i = 0; i < sentences->len; i++) {
        if (g_array_index(sentences, struct rag_sentence, i).citation)
            return true;
    }
    return false;
}

static void refuse(struct ask *ask)
{
    struct rag_answer *answer = ask->answer;
    struct rag_sentence sentence = {.from = 0, .to = strlen(REFUSAL)};
    g_free(answer->text);
    answer->text = g_strdup(REFUSAL);
    answer->supported = false;
    g_ptr_array_set_size(answer->citations, 0);
    g_array_set_size(answer->sentences, 0);
    g_array_append_val(answer->sentences, sentence);
}

static bool judge(struct ask *ask, GError **error)
{
    struct rag_answer *answer = ask->answer;
    /* ENG_STOP_CANCELLED: by ourselves, because the model went round in circles */
    bool cut = answer->stats.stop != ENG_STOP_EOG && answer->stats.stop != ENG_STOP_STRING;
    answer->text = rag_draft_finish(ask->draft, cut);
    if (!rag_cite(answer->text, ask->query->text, answer->passages, ask->library->embedder,
                  answer->sentences, answer->citations, error))
        return false;
    answer->supported = any_cited(answer->sentences);
    if (answer->sentences->len > 0) {
        const struct rag_sentence *first =
            &g_array_index(answer->sentences, struct rag_sentence, 0);
        g_autofree char *sentence = g_strndup(answer->text + first->from, first->to - first->from);
        answer->supported = answer->supported && !rag_declines(sentence);
    }
    if (!answer->supported)
        refuse(ask);
    answer->unsupported_values = rag_unsupported_values(answer->text, answer->passages);
    return true;
}

static bool answer_question(struct ask *ask, GError **error)
{
    struct rag_answer *answer = ask->answer;
    int left = room(ask, error);
    if (left < 0 || !retrieve(ask, error))
        return false;
    bool relevant = bears_on(ask->query, answer->passages);
    if (relevant && !compress(ask, left, error))
        return false;
    if (ask->options.on_passages)
        ask->options.on_passages(ask->options.data, answer->passages);
    if (!relevant) {
        answer->unsupported_values = g_ptr_array_new();
        refuse(ask);
    } else if (!generate(ask, error) || !judge(ask, error)) {
        return false;
    }
    return ask->options.no_record ||
           rag_record(ask->library, answer, ask->pieces, &ask->options,
                      (const int32_t *)ask->tokens->data, ask->tokens->len, error);
}

RagAnswer *rag_ask(RagLibrary *library, struct engine *engine, struct eng_session *session,
                   const char *question, const struct rag_ask_options *options,
                   GCancellable *cancellable, GError **error)
{
    gint64 start = g_get_monotonic_time();
    struct ask ask = {.library = library,
                      .engine = engine,
                      .session = session,
                      .cancellable = cancellable,
                      .pieces = g_ptr_array_new(),
                      .tokens = g_array_new(FALSE, FALSE, sizeof(int32_t)),
                      .draft = rag_draft_new(),
                      .query = rag_query_new(question)};
    if (options)
        ask.options = *options;
    if (ask.options.max_tokens <= 0)
        ask.options.max_tokens = DEFAULT_MAX_TOKENS;
    g_autoptr(RagAnswer) answer = ask.answer = answer_new(&ask, question);
    bool ok = *ask.query->text != 0;
    if (!ok)
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_EMPTY_QUESTION,
                            "The question is empty: write one.");
    ok = ok && answer_question(&ask, error);
    ask_clear(&ask);
    answer->seconds = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    return ok ? g_steal_pointer(&answer) : NULL;
}
