/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A question's life: stored → query → retrieve → compress → prompt → generate → cite → recorded.
 *
 * The model writes, the program answers for it. Three places can say "your documents do not seem to
 * say", and each only when it is so:
 *   1. nothing found bears on the question (before any token is generated);
 *   2. the model itself declines;
 *   3. no sentence of what it wrote has support in the passages it was shown.
 * What was streamed until then was a draft: the answer is what is returned. None of the three
 * speaks about an answer that was cut short: it says what it says.
 *
 * Nothing is lost: the question is in the library before the work begins, and however that ends,
 * what was written and why it ended is stored with it.
 *
 * The budget: context ≥ rules + question + frames + passages + answer. Passages get what is left,
 * at most PASSAGE_TOKENS; a question that leaves less than MIN_PASSAGE_TOKENS is too long.
 */
#include "rag/cite.h"
#include "rag/compress.h"
#include "rag/generate.h"
#include "rag/library.h"
#include "rag/prompt.h"
#include "rag/record.h"
#include "rag/retrieve.h"
#include "rag/sentences.h"

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
#define RELEVANT_WORDS 0.5 /* or RAG_RELEVANT_COSINE */

struct ask {
    RagLibrary *library;
    struct engine *engine;
    struct eng_session *session;
    struct rag_ask_options options; /* defaults filled in */
    GCancellable *cancellable;
    RagQuery *query;            /* (owned) */
    float *vector;              /* (owned) of the question; NULL without an embedder */
    GPtrArray *pieces;          /* (owned) shown to the model */
    struct rag_writing writing; /* (owned) what the model wrote */
    struct rag_answer *answer;
    gint64 start; /* µs, monotonic */
};

static void ask_clear(struct ask *ask)
{
    rag_query_free(ask->query);
    g_free(ask->vector);
    g_ptr_array_unref(ask->pieces);
    rag_writing_clear(&ask->writing);
}

static RagAnswer *answer_new(const struct ask *ask, const char *question)
{
    RagAnswer *answer = rag_answer_new(question);
    answer->query = g_strdup(ask->query->text);
    answer->text = g_strdup("");
    answer->model = g_strdup(eng_model_info(ask->engine)->name);
    answer->model_hash = g_strdup(ask->options.model_hash ? ask->options.model_hash : "");
    answer->from_documents = !ask->options.no_documents;
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
        near = near || (!isnan(hit->vector_score) && hit->vector_score >= RAG_RELEVANT_COSINE) ||
               share_of_words(query, terms->pdata[i]) >= RELEVANT_WORDS;
    }
    return near && !unknown_name(query, terms);
}

static bool retrieve(struct ask *ask, GError **error)
{
    gint64 start = g_get_monotonic_time();
    GPtrArray *hits = rag_retrieve(ask->library, ask->query, N_HITS, ask->options.scope,
                                   &ask->vector, ask->cancellable, error);
    if (!hits)
        return false;
    g_ptr_array_unref(ask->answer->passages);
    ask->answer->passages = hits;
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

static bool lay_out(struct ask *ask, GPtrArray *pieces, struct eng_segment **out, size_t *n,
                    GError **error)
{
    if (ask->options.no_documents)
        return rag_prompt_alone(ask->engine, ask->query->text, out, n, error);
    return rag_prompt(ask->engine, ask->query->text, pieces, out, n, error);
}

/* Tokens that are left for passages, frames and all; -1 with an error where there is no room. */
static int room(struct ask *ask, GError **error)
{
    int context = eng_session_context(ask->session);
    struct eng_segment *segments = NULL;
    size_t n = 0;
    int used = context, least = ask->options.no_documents ? 0 : MIN_PASSAGE_TOKENS;
    /* a token is rarely longer than 16 bytes: what is hopeless is not even tokenized */
    if (strlen(ask->query->text) / 16 < (size_t)context) {
        if (!lay_out(ask, NULL, &segments, &n, error))
            return -1;
        used = rag_prompt_length(ask->engine, segments, n);
        free(segments);
    }
    int left = context - used - ask->options.max_tokens - MARGIN_TOKENS;
    if (used >= 0 && left >= least)
        return left;
    g_set_error(
        error, RAG_ERROR, RAG_ERROR_LONG_QUESTION,
        "The question is too long: with the answer%s it does not fit into the %d tokens that "
        "the model can read at once. Shorten it.",
        ask->options.no_documents ? "" : " and some passages", context);
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

/* No passage was shown: the text stands for itself. */
static void take_as_it_is(struct rag_answer *answer)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    rag_sentences(answer->text, ranges);
    for (guint i = 0; i < ranges->len; i++) {
        const struct rag_range *range = &g_array_index(ranges, struct rag_range, i);
        struct rag_sentence sentence = {.from = range->from, .to = range->to};
        g_array_append_val(answer->sentences, sentence);
    }
}

/* whole: the model came to an end by itself, or to its limit. */
static bool judge(struct ask *ask, bool whole, GError **error)
{
    struct rag_answer *answer = ask->answer;
    if (ask->options.no_documents) {
        take_as_it_is(answer);
        return true;
    }
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
    if (!answer->supported && whole)
        refuse(ask);
    g_ptr_array_unref(answer->unsupported_values);
    answer->unsupported_values = rag_unsupported_values(answer->text, answer->passages);
    return true;
}

/* --- writing -----------------------------------------------------------------------------------
 */

/* Thought or not, the model must have come to an answer. */
static bool has_answered(const struct ask *ask, GError **error)
{
    if (ask->answer->thinking && !*ask->answer->text)
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_MODEL,
                            "The model has thought without coming to an answer. Ask for less at "
                            "once, or choose another model.");
    else if (ask->options.no_documents && !*ask->answer->text)
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_MODEL,
                            "The model has written nothing. Ask in other words, or choose another "
                            "model.");
    else
        return true;
    return false;
}

/* Also where it fails, the answer holds what was written. */
static bool write_answer(struct ask *ask, GError **error)
{
    struct rag_answer *answer = ask->answer;
    struct eng_segment *segments = NULL;
    g_autoptr(GError) early = NULL;
    size_t n = 0;
    if (!lay_out(ask, ask->pieces, &segments, &n, error))
        return false;
    ask->writing.engine = ask->engine;
    ask->writing.session = ask->session;
    ask->writing.options = &ask->options;
    bool whole = rag_generate(&ask->writing, segments, n, ask->cancellable, &early);
    free(segments);
    answer->stats = ask->writing.stats;
    g_free(answer->text);
    answer->text = rag_writing_text(&ask->writing);
    answer->thinking = rag_thinking_text(ask->writing.thinking);
    if (whole && !has_answered(ask, &early))
        whole = false;
    if (!judge(ask, whole, error))
        return false;
    if (!whole)
        g_propagate_error(error, g_steal_pointer(&early));
    return whole;
}

static bool answer_question(struct ask *ask, GError **error)
{
    struct rag_answer *answer = ask->answer;
    int left = room(ask, error);
    if (left < 0)
        return false;
    if (ask->options.no_documents)
        return write_answer(ask, error);
    if (!retrieve(ask, error))
        return false;
    bool relevant = bears_on(ask->query, answer->passages);
    if (relevant && !compress(ask, left, error))
        return false;
    if (ask->options.on_passages)
        ask->options.on_passages(ask->options.data, answer->passages);
    if (relevant)
        return write_answer(ask, error);
    refuse(ask);
    return true;
}

/* --- nothing lost ------------------------------------------------------------------------------
 */

static bool begin(struct ask *ask, GError **error)
{
    struct rag_answer *answer = ask->answer;
    if (ask->options.no_record || ask->library->read_only)
        return true;
    answer->id = rag_record_begin(ask->library, answer->question, &ask->options,
                                  &answer->conversation, error);
    if (answer->id > 0 && ask->options.on_turn)
        ask->options.on_turn(ask->options.data, answer->conversation, answer->id);
    return answer->id > 0;
}

/* failure: NULL, or why it ended early; keep: with what was written until then. */
static bool end(struct ask *ask, const char *failure, bool keep, GError **error)
{
    struct rag_answer *answer = ask->answer;
    GArray *tokens = ask->writing.tokens;
    answer->seconds = (double)(g_get_monotonic_time() - ask->start) / G_USEC_PER_SEC;
    if (answer->id == 0)
        return true;
    const struct rag_record record = {
        .answer = keep ? answer : NULL,
        .failure = failure,
        .pieces = ask->pieces,
        .options = &ask->options,
        .tokens = tokens ? (const int32_t *)tokens->data : NULL,
        .n_tokens = tokens ? tokens->len : 0,
    };
    return rag_record_end(ask->library, answer->id, &record, error);
}

static bool run(struct ask *ask, GError **error)
{
    g_autoptr(GError) early = NULL;
    if (!begin(ask, error))
        return false;
    if (answer_question(ask, &early))
        return end(ask, NULL, true, error);
    struct rag_answer *answer = ask->answer;
    bool cancelled = g_error_matches(early, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    if (cancelled && ask->options.keep_partial) {
        answer->stats.stop = ENG_STOP_CANCELLED;
        return end(ask, NULL, true, error);
    }
    /* what went wrong first is what counts */
    end(ask, early->message, !cancelled && (*answer->text || answer->thinking), NULL);
    g_propagate_error(error, g_steal_pointer(&early));
    return false;
}

RagAnswer *rag_ask(RagLibrary *library, struct engine *engine, struct eng_session *session,
                   const char *question, const struct rag_ask_options *options,
                   GCancellable *cancellable, GError **error)
{
    struct ask ask = {.library = library,
                      .engine = engine,
                      .session = session,
                      .cancellable = cancellable,
                      .pieces = g_ptr_array_new(),
                      .query = rag_query_new(question),
                      .start = g_get_monotonic_time()};
    if (options)
        ask.options = *options;
    if (ask.options.max_tokens <= 0)
        ask.options.max_tokens = DEFAULT_MAX_TOKENS;
    g_autoptr(RagAnswer) answer = ask.answer = answer_new(&ask, question);
    bool ok = *ask.query->text != 0;
    if (!ok)
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_EMPTY_QUESTION,
                            "The question is empty: write one.");
    ok = ok && run(&ask, error);
    ask_clear(&ask);
    return ok ? g_steal_pointer(&answer) : NULL;
}
