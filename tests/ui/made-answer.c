/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See made-answer.h. */
#include "made-answer.h"

#include <string.h>

#define TELLING "Either side may end the lease with three months’ notice to the end of a month."
#define BEFORE                                                                                     \
    "The lease begins on the first of March and runs until it is ended. In its first year the "    \
    "tenant cannot end it, unless the landlord agrees to somebody else moving in. "
#define AFTER                                                                                      \
    " The notice is given in writing and reaches the other side by the third working day of the "  \
    "first month. What is left behind in the flat is kept for four weeks, and the tenant pays "    \
    "for that. The deposit is paid back with interest when the flat has been handed over."

static struct rag_hit *made_hit(guint i)
{
    struct rag_hit *hit = g_new0(struct rag_hit, 1);

    hit->path = g_strdup_printf("/home/ada/papers/contract-%u.pdf", i + 1);
    hit->title = g_strdup("");
    hit->heading = g_strdup("§ 4 Ending the lease");
    hit->text = g_strdup(BEFORE TELLING AFTER);
    hit->hash = g_strdup("");
    hit->pos_kind = RAG_POS_PAGE;
    hit->pos_from = hit->pos_to = 17 + (int)i;
    hit->telling_from = strlen(BEFORE);
    hit->telling_to = strlen(BEFORE TELLING);
    hit->in_prompt = i < 5;
    return hit;
}

GPtrArray *made_hits(guint n)
{
    GPtrArray *hits = g_ptr_array_new_with_free_func((GDestroyNotify)rag_hit_free);

    for (guint i = 0; i < n; i++)
        g_ptr_array_add(hits, made_hit(i));
    return hits;
}

static void citation_free(gpointer data)
{
    struct rag_citation *citation = data;

    g_free(citation->path);
    g_free(citation->quote);
    g_free(citation->hash);
    g_free(citation);
}

static void cite(RagAnswer *answer, size_t from, size_t to)
{
    struct rag_citation *citation = g_new0(struct rag_citation, 1);
    struct rag_sentence sentence = {from, to, (int)answer->citations->len + 1};

    citation->n = sentence.citation;
    citation->path = g_strdup_printf("/home/ada/papers/contract-%d.pdf", citation->n);
    citation->pos_kind = RAG_POS_PAGE;
    citation->pos_from = citation->pos_to = 16 + citation->n;
    citation->quote = g_strdup(TELLING);
    citation->hash = g_strdup("");
    citation->passage = citation->n - 1;
    g_ptr_array_add(answer->citations, citation);
    g_array_append_val(answer->sentences, sentence);
}

RagAnswer *made_result(const char *question, const char *text, gboolean supported)
{
    RagAnswer *answer = g_new0(RagAnswer, 1);
    const char *from = text;

    answer->question = g_strdup(question);
    answer->query = g_strdup(question);
    answer->text = g_strdup(text);
    answer->supported = supported;
    answer->from_documents = true;
    answer->citations = g_ptr_array_new_with_free_func(citation_free);
    answer->sentences = g_array_new(FALSE, TRUE, sizeof(struct rag_sentence));
    answer->passages = made_hits(10);
    answer->dropped = g_ptr_array_new_with_free_func(g_free);
    answer->unsupported_values = g_ptr_array_new_with_free_func(g_free);
    answer->model = g_strdup("made");
    answer->model_hash = g_strdup("");
    answer->stats.stop = ENG_STOP_EOG;
    for (const char *p = text; supported && *p; p++) {
        if (*p != '.' || (p[1] && p[1] != ' '))
            continue;
        cite(answer, from - text, p + 1 - text);
        from = p[1] ? p + 2 : p + 1;
    }
    return answer;
}

LecAnswer *made_turn(gint64 id, gint64 parent, const char *question, const char *text)
{
    struct rag_turn *turn = g_new0(struct rag_turn, 1);

    turn->id = id;
    turn->conversation = 1;
    turn->parent = parent;
    turn->question = g_strdup(question);
    turn->answer = text ? made_result(question, text, TRUE) : NULL;
    turn->sibling = 1;
    turn->n_siblings = 3;
    return lec_answer_from_turn(turn);
}
