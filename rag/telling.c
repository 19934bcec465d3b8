/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evidence stands on the screen before the model has read anything, with the telling sentence of
 * each passage lit up; so this has some milliseconds. All sentences are judged by their words. In
 * the first hits, where the words leave a doubt, the best few are judged by their meaning too.
 *
 * A line break ends a sentence (sentences.h), so a heading or a label ("Notice period:") is one,
 * and mostly the one that has the question's words. Then what follows it is told as well.
 */
#include "rag/telling.h"

#include "rag/proximity.h"
#include "rag/sentences.h"
#include "rag/worth.h"
#include <string.h>

#define N_BY_MEANING  3    /* hits whose sentences may be embedded */
#define N_RIVALS      3    /* sentences of each of them */
#define CLEAR_MARGIN  0.1  /* by so much more of the question's words: no doubt */
#define MIN_WORTH     0.15 /* less bears on nothing */
#define LABEL_WORDS   8    /* a longer line without a full stop is a sentence */
#define MAX_SENTENCES 400  /* of all hits together */

struct sentence {
    guint hit;
    size_t from, to; /* bytes of the hit's text */
    RagTerms *terms; /* (owned) */
    double worth;
};

static void sentence_clear(gpointer data)
{
    rag_terms_free(((struct sentence *)data)->terms);
}

static GArray *all_sentences(GPtrArray *hits)
{
    GArray *sentences = g_array_new(FALSE, TRUE, sizeof(struct sentence));
    g_array_set_clear_func(sentences, sentence_clear);
    for (guint h = 0; h < hits->len; h++) {
        const struct rag_hit *hit = hits->pdata[h];
        g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
        rag_sentences(hit->text, ranges);
        for (guint i = 0; i < ranges->len && sentences->len < MAX_SENTENCES; i++) {
            const struct rag_range *range = &g_array_index(ranges, struct rag_range, i);
            struct sentence sentence = {.hit = h, .from = range->from, .to = range->to};
            sentence.terms =
                rag_terms_new(hit->text + range->from, (gssize)(range->to - range->from));
            g_array_append_val(sentences, sentence);
        }
    }
    return sentences;
}

static void judge_by_words(GArray *sentences, const RagQuery *query)
{
    g_autoptr(GPtrArray) terms = g_ptr_array_new();
    for (guint i = 0; i < sentences->len; i++)
        g_ptr_array_add(terms, g_array_index(sentences, struct sentence, i).terms);
    g_autoptr(GHashTable) weights =
        rag_stem_weights(query->terms, (RagTerms *const *)terms->pdata, terms->len);
    for (guint i = 0; i < sentences->len; i++)
        g_array_index(sentences, struct sentence, i).worth =
            rag_worth_by_words(weights, terms->pdata[i]);
}

static int by_worth(gconstpointer a, gconstpointer b)
{
    const struct sentence *x = *(struct sentence *const *)a, *y = *(struct sentence *const *)b;
    if (x->worth != y->worth)
        return x->worth < y->worth ? 1 : -1;
    return x < y ? -1 : x > y; /* both point into one array: document order */
}

/* The sentences of one hit, the worthiest first. (owned) */
static GPtrArray *ranked(GArray *sentences, guint hit)
{
    GPtrArray *out = g_ptr_array_new();
    for (guint i = 0; i < sentences->len; i++)
        if (g_array_index(sentences, struct sentence, i).hit == hit)
            g_ptr_array_add(out, &g_array_index(sentences, struct sentence, i));
    g_ptr_array_sort(out, by_worth);
    return out;
}

/* How many of the ranked sentences meaning has to choose from: none where words are clear. */
static guint n_rivals(GPtrArray *best)
{
    guint n = 0;
    double most = best->len ? ((const struct sentence *)best->pdata[0])->worth : 0;
    while (n < MIN(best->len, N_RIVALS) &&
           ((const struct sentence *)best->pdata[n])->worth > most - CLEAR_MARGIN)
        n++;
    return n > 1 ? n : 0;
}

static bool judge_by_meaning(GArray *sentences, GPtrArray *hits, struct engine *embedder,
                             const float *question, GError **error)
{
    g_autoptr(GPtrArray) rivals = g_ptr_array_new();
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    double worths[N_BY_MEANING * N_RIVALS];
    for (guint h = 0; h < MIN(hits->len, N_BY_MEANING); h++) {
        const struct rag_hit *hit = hits->pdata[h];
        g_autoptr(GPtrArray) best = ranked(sentences, h);
        guint n = n_rivals(best);
        for (guint i = 0; n > 0 && i < best->len; i++) {
            struct sentence *s = best->pdata[i];
            if (i >= n) { /* no better than its words: it must not win by not being judged */
                s->worth /= 2;
                continue;
            }
            worths[rivals->len] = s->worth;
            g_ptr_array_add(rivals, s);
            g_ptr_array_add(texts, g_strndup(hit->text + s->from, s->to - s->from));
        }
    }
    if (!rag_worth_add_meaning(embedder, question, (const char *const *)texts->pdata, texts->len,
                               worths, error))
        return false;
    for (guint i = 0; i < rivals->len; i++)
        ((struct sentence *)rivals->pdata[i])->worth = worths[i];
    return true;
}

/* A heading, a label, a cell: few words, and it does not end as a sentence does. */
static bool is_label(const char *text, const struct sentence *s)
{
    return s->terms->words->len <= LABEL_WORDS && !strchr(".!?\"')", text[s->to - 1]);
}

static void mark(struct rag_hit *hit, GArray *sentences, guint h)
{
    g_autoptr(GPtrArray) best = ranked(sentences, h);
    const struct sentence *told = best->len ? best->pdata[0] : NULL;
    if (!told || told->worth < MIN_WORTH)
        return;
    const struct sentence *end = &g_array_index(sentences, struct sentence, sentences->len);
    hit->telling_from = told->from;
    hit->telling_to = told->to;
    for (const struct sentence *s = told; is_label(hit->text, s); s++) {
        if (s + 1 == end || s[1].hit != h)
            return;
        hit->telling_to = s[1].to;
        if (s > told) /* a label of a label is a list: not all of it */
            return;
    }
}

bool rag_tell(GPtrArray *hits, const RagQuery *query, struct engine *embedder,
              const float *question, GError **error)
{
    g_autoptr(GArray) sentences = all_sentences(hits);
    judge_by_words(sentences, query);
    if (embedder && question && !judge_by_meaning(sentences, hits, embedder, question, error))
        return false;
    for (guint h = 0; h < hits->len; h++)
        mark(hits->pdata[h], sentences, h);
    return true;
}
