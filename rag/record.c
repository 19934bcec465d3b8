/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From an answer to its record: all that shows it again as it was (sentences, citations, the
 * passages they come from), and all that makes it again (query, passages as shown with the hashes
 * of their files, model and its hash, settings, seed, token ids).
 *
 * Of the ranked passages those are kept that the model was shown, and the first few, which stand in
 * the window as the nearest where the answer is a refusal.
 */
#include "rag/record.h"

#include "index/conversations.h"
#include "rag/cite.h"
#include "rag/compress.h"
#include "rag/library.h"

#define N_NEAREST 5

/* --- an answer's life --------------------------------------------------------------------------
 */

RagAnswer *rag_answer_new(const char *question)
{
    RagAnswer *answer = g_new0(RagAnswer, 1);
    answer->question = g_strdup(question);
    answer->citations = g_ptr_array_new_with_free_func((GDestroyNotify)rag_citation_free);
    answer->sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    answer->passages = g_ptr_array_new_with_free_func((GDestroyNotify)rag_hit_free);
    answer->dropped = g_ptr_array_new_with_free_func(g_free);
    answer->unsupported_values = g_ptr_array_new_with_free_func(g_free);
    return answer;
}

void rag_answer_free(RagAnswer *answer)
{
    if (!answer)
        return;
    g_free(answer->question);
    g_free(answer->query);
    g_free(answer->text);
    g_free(answer->model);
    g_free(answer->model_hash);
    g_free(answer->thinking);
    g_ptr_array_unref(answer->citations);
    g_array_unref(answer->sentences);
    g_ptr_array_unref(answer->passages);
    g_ptr_array_unref(answer->dropped);
    g_ptr_array_unref(answer->unsupported_values);
    g_free(answer);
}

/* --- recording ---------------------------------------------------------------------------------
 */

static char *settings_json(const struct rag_ask_options *options)
{
    char temperature[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(temperature, sizeof temperature, "%.6g", (double)options->temperature);
    return g_strdup_printf("{\"max_tokens\":%d,\"temperature\":%s,\"compress\":%s}",
                           options->max_tokens, temperature,
                           options->no_compress ? "false" : "true");
}

/* Its place among the pieces, from 0; -1 if it was not shown. */
static int piece_of(GPtrArray *pieces, const struct rag_hit *hit)
{
    for (guint i = 0; i < pieces->len; i++) {
        const struct rag_piece *piece = pieces->pdata[i];
        if (piece->hit == hit)
            return (int)i;
    }
    return -1;
}

static struct idx_answer_passage passage_of(const struct rag_hit *hit, GPtrArray *pieces)
{
    int shown = piece_of(pieces, hit);
    const struct rag_piece *piece = shown < 0 ? NULL : pieces->pdata[shown];
    return (struct idx_answer_passage){
        .passage = hit->passage,
        .path = hit->path,
        .hash = hit->hash,
        .title = hit->title,
        .heading = hit->heading,
        .text = hit->text,
        .shown = piece ? piece->text : NULL,
        .shown_ord = shown + 1,
        .pos_kind = (enum idx_position)hit->pos_kind, /* the same order in both */
        .pos_from = hit->pos_from,
        .pos_to = hit->pos_to,
        .char_from = hit->char_from,
        .char_to = hit->char_to,
        .telling_from = (int64_t)hit->telling_from,
        .telling_to = (int64_t)hit->telling_to,
        .score = hit->score,
        .text_score = hit->text_score,
        .vector_score = hit->vector_score,
        .text_rank = hit->text_rank,
        .vector_rank = hit->vector_rank,
    };
}
G_STATIC_ASSERT((int)RAG_POS_CHAPTER == (int)IDX_POS_CHAPTER);

/* kept [passages]: the place of each among those that are kept, or -1. */
static GArray *passages_of(const struct rag_record *record, int *kept)
{
    GPtrArray *hits = record->answer->passages;
    GArray *out = g_array_new(FALSE, FALSE, sizeof(struct idx_answer_passage));
    for (guint i = 0; i < hits->len; i++) {
        struct idx_answer_passage passage = passage_of(hits->pdata[i], record->pieces);
        kept[i] = passage.shown_ord > 0 || i < N_NEAREST ? (int)out->len : -1;
        if (kept[i] >= 0)
            g_array_append_val(out, passage);
    }
    return out;
}

static GArray *citations_of(const RagAnswer *answer, const int *kept)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(struct idx_answer_citation));
    for (guint i = 0; i < answer->citations->len; i++) {
        const struct rag_citation *citation = answer->citations->pdata[i];
        struct idx_answer_citation row = {
            .n = citation->n,
            .passage = citation->passage < 0 ? -1 : kept[citation->passage],
            .path = citation->path,
            .hash = citation->hash,
            .quote = citation->quote,
            .pos_kind = (enum idx_position)citation->pos_kind,
            .pos_from = citation->pos_from,
            .pos_to = citation->pos_to,
            .score = citation->score,
        };
        g_array_append_val(out, row);
    }
    return out;
}

static GArray *sentences_of(const RagAnswer *answer)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(struct idx_answer_sentence));
    for (guint i = 0; i < answer->sentences->len; i++) {
        const struct rag_sentence *s = &g_array_index(answer->sentences, struct rag_sentence, i);
        struct idx_answer_sentence row = {(int64_t)s->from, (int64_t)s->to, s->citation};
        g_array_append_val(out, row);
    }
    return out;
}

int64_t rag_record_begin(RagLibrary *library, const char *question,
                         const struct rag_ask_options *options, int64_t *conversation,
                         GError **error)
{
    const struct idx_question row = {
        .conversation = options->conversation, .parent = options->parent, .text = question};
    return idx_turn_begin(library->store, &row, conversation, error);
}

bool rag_record_end(RagLibrary *library, int64_t turn, const struct rag_record *record,
                    GError **error)
{
    const RagAnswer *answer = record->answer;
    if (!answer)
        return idx_turn_end(library->store, turn, NULL, record->failure, error);
    g_autofree char *settings = settings_json(record->options);
    g_autofree int *kept = g_new(int, answer->passages->len + 1);
    g_autoptr(GArray) passages = passages_of(record, kept);
    g_autoptr(GArray) citations = citations_of(answer, kept);
    g_autoptr(GArray) sentences = sentences_of(answer);
    const struct idx_answer row = {
        .text = answer->text,
        .thinking = answer->thinking,
        .query = answer->query,
        .stop = (char *)eng_stop_name(answer->stats.stop),
        .model = answer->model,
        .model_hash = answer->model_hash,
        .settings_json = settings,
        .supported = answer->supported,
        .from_documents = answer->from_documents,
        .seed = record->options->seed,
        .tokens = (int32_t *)record->tokens,
        .n_tokens = record->n_tokens,
        .prompt_tokens = answer->stats.prompt_tokens,
        .seconds = answer->seconds,
        .search_seconds = answer->search_seconds,
        .passages = passages,
        .citations = citations,
        .sentences = sentences,
        .dropped = answer->dropped,
        .values = answer->unsupported_values,
    };
    return idx_turn_end(library->store, turn, &row, record->failure, error);
}
