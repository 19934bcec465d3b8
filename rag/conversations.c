/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From records to answers: the way back of record.c. A record may be of an older version of the
 * library, whose answers have no sentences: then there is a list of sources, but no chips.
 */
#include "rag/conversations.h"

#include "index/conversations.h"
#include "rag/library.h"
#include "rag/record.h"
#include <math.h>

/* --- conversations -----------------------------------------------------------------------------
 */

void rag_conversation_free(struct rag_conversation *conversation)
{
    if (!conversation)
        return;
    g_free(conversation->title);
    g_free(conversation->draft);
    g_free(conversation);
}

void rag_conversation_hit_free(struct rag_conversation_hit *hit)
{
    if (!hit)
        return;
    g_free(hit->title);
    g_free(hit->snippet);
    g_free(hit);
}

GPtrArray *rag_conversations(RagLibrary *library, int64_t offset, int64_t limit, GError **error)
{
    g_autoptr(GPtrArray) rows = idx_conversations(library->store, offset, limit, error);
    if (!rows)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)rag_conversation_free);
    for (guint i = 0; i < rows->len; i++) {
        struct idx_conversation *row = rows->pdata[i];
        struct rag_conversation *conversation = g_new0(struct rag_conversation, 1);
        *conversation = (struct rag_conversation){.id = row->id,
                                                  .title = g_steal_pointer(&row->title),
                                                  .draft = g_steal_pointer(&row->draft),
                                                  .made_at = row->made_at,
                                                  .changed_at = row->changed_at,
                                                  .n_turns = row->n_turns};
        g_ptr_array_add(out, conversation);
    }
    return out;
}

GPtrArray *rag_conversations_search(RagLibrary *library, const char *words, int64_t limit,
                                    GError **error)
{
    g_autoptr(GPtrArray) rows = idx_conversations_search(library->store, words, limit, error);
    if (!rows)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)rag_conversation_hit_free);
    for (guint i = 0; i < rows->len; i++) {
        struct idx_conversation_hit *row = rows->pdata[i];
        struct rag_conversation_hit *hit = g_new0(struct rag_conversation_hit, 1);
        *hit = (struct rag_conversation_hit){.conversation = row->conversation,
                                             .turn = row->turn,
                                             .title = g_steal_pointer(&row->title),
                                             .snippet = g_steal_pointer(&row->snippet)};
        g_ptr_array_add(out, hit);
    }
    return out;
}

bool rag_conversation_rename(RagLibrary *library, int64_t id, const char *title, GError **error)
{
    return idx_conversation_rename(library->store, id, title, error);
}

bool rag_conversation_delete(RagLibrary *library, int64_t id, GError **error)
{
    return idx_conversation_delete(library->store, id, error);
}

bool rag_draft_set(RagLibrary *library, int64_t conversation, const char *text, GError **error)
{
    return idx_draft_set(library->store, conversation, text, error);
}

char *rag_draft_get(RagLibrary *library, int64_t conversation, GError **error)
{
    return idx_draft_get(library->store, conversation, error);
}

/* --- turns -------------------------------------------------------------------------------------
 */

void rag_turn_free(struct rag_turn *turn)
{
    if (!turn)
        return;
    g_free(turn->question);
    g_free(turn->failure);
    rag_answer_free(turn->answer);
    g_free(turn);
}

static enum eng_stop stop_of(const char *name)
{
    for (enum eng_stop stop = ENG_STOP_EOG; stop <= ENG_STOP_ERROR; stop++)
        if (g_str_equal(name, eng_stop_name(stop)))
            return stop;
    return ENG_STOP_NONE; /* nothing was generated, or nobody noted why it ended */
}

static struct rag_hit *hit_of(struct idx_answer_passage *row)
{
    struct rag_hit *hit = g_new0(struct rag_hit, 1);
    size_t length = strlen(row->text);
    *hit = (struct rag_hit){
        .passage = row->passage,
        .path = g_steal_pointer(&row->path),
        .title = g_steal_pointer(&row->title),
        .heading = g_steal_pointer(&row->heading),
        .text = g_steal_pointer(&row->text),
        .hash = g_steal_pointer(&row->hash),
        .pos_kind = (enum rag_position)row->pos_kind,
        .pos_from = row->pos_from,
        .pos_to = row->pos_to,
        .char_from = row->char_from,
        .char_to = row->char_to,
        .score = row->score,
        .text_score = row->text_score,
        .vector_score = row->vector_score,
        .text_rank = row->text_rank,
        .vector_rank = row->vector_rank,
        .in_prompt = row->shown_ord > 0,
    };
    if (row->telling_from >= 0 && row->telling_from < row->telling_to &&
        (size_t)row->telling_to <= length) {
        hit->telling_from = (size_t)row->telling_from;
        hit->telling_to = (size_t)row->telling_to;
    }
    return hit;
}

static struct rag_citation *citation_of(struct idx_answer_citation *row, GPtrArray *passages)
{
    struct rag_citation *citation = g_new0(struct rag_citation, 1);
    bool kept = row->passage >= 0 && (guint)row->passage < passages->len;
    const struct rag_hit *hit = kept ? passages->pdata[row->passage] : NULL;
    *citation = (struct rag_citation){
        .n = row->n,
        .path = g_steal_pointer(&row->path),
        .pos_kind = (enum rag_position)row->pos_kind,
        .pos_from = row->pos_from,
        .pos_to = row->pos_to,
        .quote = g_steal_pointer(&row->quote),
        .score = row->score,
        .hash = g_steal_pointer(&row->hash),
        .passage = kept ? row->passage : -1,
        .text_score = hit ? hit->text_score : NAN,
        .vector_score = hit ? hit->vector_score : NAN,
    };
    return citation;
}

/* The window cuts the text at these places: what does not fit it is left out. */
static void add_sentences(RagAnswer *answer, GArray *rows)
{
    size_t length = strlen(answer->text), last = 0;
    for (guint i = 0; i < rows->len; i++) {
        const struct idx_answer_sentence *row = &g_array_index(rows, struct idx_answer_sentence, i);
        struct rag_sentence sentence = {(size_t)row->from, (size_t)row->to, row->citation};
        if (row->from < 0 || sentence.from < last || sentence.to < sentence.from ||
            sentence.to > length)
            continue;
        if (sentence.citation < 0 || (guint)sentence.citation > answer->citations->len)
            sentence.citation = 0;
        g_array_append_val(answer->sentences, sentence);
        last = sentence.to;
    }
}

static RagAnswer *answer_of(struct idx_answer *row, const char *question)
{
    RagAnswer *answer = rag_answer_new(question);
    answer->query = g_steal_pointer(&row->query);
    answer->text = g_steal_pointer(&row->text);
    answer->model = g_steal_pointer(&row->model);
    answer->model_hash = g_steal_pointer(&row->model_hash);
    answer->thinking = *row->thinking ? g_steal_pointer(&row->thinking) : NULL;
    answer->supported = row->supported;
    answer->from_documents = row->from_documents;
    answer->stats.stop = stop_of(row->stop);
    answer->stats.prompt_tokens = row->prompt_tokens;
    answer->stats.generated_tokens = (int)row->n_tokens;
    answer->seconds = row->seconds;
    answer->search_seconds = row->search_seconds;
    for (guint i = 0; i < row->passages->len; i++)
        g_ptr_array_add(answer->passages,
                        hit_of(&g_array_index(row->passages, struct idx_answer_passage, i)));
    for (guint i = 0; i < row->citations->len; i++)
        g_ptr_array_add(answer->citations,
                        citation_of(&g_array_index(row->citations, struct idx_answer_citation, i),
                                    answer->passages));
    add_sentences(answer, row->sentences);
    g_ptr_array_extend_and_steal(answer->dropped, g_steal_pointer(&row->dropped));
    g_ptr_array_extend_and_steal(answer->unsupported_values, g_steal_pointer(&row->values));
    row->dropped = g_ptr_array_new();
    row->values = g_ptr_array_new();
    return answer;
}

static struct rag_turn *turn_of(struct idx_turn *row, int64_t conversation)
{
    struct rag_turn *turn = g_new0(struct rag_turn, 1);
    *turn = (struct rag_turn){.id = row->id,
                              .conversation = conversation,
                              .parent = row->parent,
                              .question = g_steal_pointer(&row->question),
                              .failure = *row->failure ? g_steal_pointer(&row->failure) : NULL,
                              .sibling = row->sibling,
                              .n_siblings = row->n_siblings,
                              .made_at = row->made_at};
    if (row->answer) {
        turn->answer = answer_of(row->answer, turn->question);
        turn->answer->conversation = conversation;
        turn->answer->id = turn->id;
    }
    return turn;
}

GPtrArray *rag_turns(RagLibrary *library, int64_t conversation, GError **error)
{
    g_autoptr(GPtrArray) rows = idx_turns(library->store, conversation, error);
    if (!rows)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)rag_turn_free);
    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(out, turn_of(rows->pdata[i], conversation));
    return out;
}

bool rag_turn_switch(RagLibrary *library, int64_t turn, int step, GError **error)
{
    return idx_turn_switch(library->store, turn, step, error);
}
