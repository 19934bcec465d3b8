/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Extractive compression. Reading the prompt is most of an answer's time, and a small model is
 * misled by what is beside the point; so of each passage only the sentences that bear on the
 * question are shown.
 *
 * A sentence is worth  (½ words + ½ cosine) × the passage's standing  (worth.h; how rare a word is
 * among the passages at hand). Each chosen sentence brings its neighbours, for "it" and "this"
 * point backwards and an explanation follows. Greedy by worth until the budget is full.
 *
 * Invariants: the sum of n_tokens ≤ budget; sentences stay in their order; a sentence is shown
 * whole or not at all.
 */
#include "rag/compress.h"

#include "rag/library.h"
#include "rag/proximity.h"
#include "rag/sentences.h"
#include "rag/worth.h"

#define GAP           " … "
#define GAP_TOKENS    2
#define MIN_STANDING  0.5 /* of the last passage, against 1 of the first */
#define NEIGHBOUR     0.5 /* a neighbour's worth, as a share of the sentence it stands by */
#define MAX_SENTENCES 400 /* scored of all passages together */

struct sentence {
    guint hit;
    size_t from, to; /* bytes of the hit's text */
    double worth;
    int n_tokens;
    bool kept;
};

void rag_piece_free(struct rag_piece *piece)
{
    if (!piece)
        return;
    g_free(piece->text);
    g_free(piece);
}

/* --- worth ------------------------------------------------------------------------------------
 */

/* A neighbour is worth at least a share of what stands beside it in the same passage. */
static void lift_neighbours(GArray *sentences)
{
    struct sentence *s = (struct sentence *)sentences->data;
    g_autofree double *own = g_new(double, sentences->len + 1);
    for (guint i = 0; i < sentences->len; i++)
        own[i] = s[i].worth;
    for (guint i = 0; i < sentences->len; i++) {
        if (i > 0 && s[i - 1].hit == s[i].hit)
            s[i].worth = MAX(s[i].worth, NEIGHBOUR * own[i - 1]);
        if (i + 1 < sentences->len && s[i + 1].hit == s[i].hit)
            s[i].worth = MAX(s[i].worth, NEIGHBOUR * own[i + 1]);
    }
}

static GArray *find_sentences(GPtrArray *hits, guint n_hits)
{
    GArray *sentences = g_array_new(FALSE, TRUE, sizeof(struct sentence));
    for (guint h = 0; h < n_hits; h++) {
        const struct rag_hit *hit = hits->pdata[h];
        g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
        rag_sentences(hit->text, ranges);
        for (guint i = 0; i < ranges->len && sentences->len < MAX_SENTENCES; i++) {
            const struct rag_range *range = &g_array_index(ranges, struct rag_range, i);
            struct sentence sentence = {.hit = h, .from = range->from, .to = range->to};
            g_array_append_val(sentences, sentence);
        }
    }
    return sentences;
}

static bool score_sentences(GArray *sentences, GPtrArray *hits, const RagQuery *query,
                            const struct rag_compress_options *options, GError **error)
{
    struct sentence *s = (struct sentence *)sentences->data;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func((GDestroyNotify)rag_terms_free);
    for (guint i = 0; i < sentences->len; i++) {
        const struct rag_hit *hit = hits->pdata[s[i].hit];
        g_ptr_array_add(texts, g_strndup(hit->text + s[i].from, s[i].to - s[i].from));
        g_ptr_array_add(terms, rag_terms_new(texts->pdata[i], -1));
        s[i].n_tokens = options->count_tokens(options->data, texts->pdata[i]) + GAP_TOKENS;
        if (s[i].n_tokens < GAP_TOKENS) {
            g_set_error(error, RAG_ERROR, RAG_ERROR_MODEL,
                        "A passage of %s cannot be read by the "
                        "model.",
                        hit->path);
            return false;
        }
    }
    g_autoptr(GHashTable) weights =
        rag_stem_weights(query->terms, (RagTerms *const *)terms->pdata, terms->len);
    g_autofree double *worths = g_new(double, sentences->len + 1);
    for (guint i = 0; i < sentences->len; i++)
        worths[i] = rag_worth_by_words(weights, terms->pdata[i]);
    if (options->embedder && options->question_vector &&
        !rag_worth_add_meaning(options->embedder, options->question_vector,
                               (const char *const *)texts->pdata, sentences->len, worths, error))
        return false;
    for (guint i = 0; i < sentences->len; i++)
        s[i].worth = worths[i];
    lift_neighbours(sentences);
    double best = hits->len ? ((const struct rag_hit *)hits->pdata[0])->score : 0;
    for (guint i = 0; i < sentences->len; i++) {
        double score = ((const struct rag_hit *)hits->pdata[s[i].hit])->score;
        s[i].worth *= best > 0 ? MAX(score / best, MIN_STANDING) : 1;
    }
    return true;
}

/* --- choice -----------------------------------------------------------------------------------
 */

static int by_worth(gconstpointer a, gconstpointer b)
{
    const struct sentence *x = *(struct sentence *const *)a, *y = *(struct sentence *const *)b;
    if (x->worth != y->worth)
        return x->worth < y->worth ? 1 : -1;
    return x < y ? -1 : x > y; /* both point into one array: document order */
}

/* Keeps sentences, the worthiest first, as long as they fit. */
static void choose(GArray *sentences, int budget)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    for (guint i = 0; i < sentences->len; i++)
        g_ptr_array_add(order, &g_array_index(sentences, struct sentence, i));
    g_ptr_array_sort(order, by_worth);
    for (guint i = 0; i < order->len; i++) {
        struct sentence *sentence = order->pdata[i];
        if (sentence->n_tokens <= budget) {
            sentence->kept = true;
            budget -= sentence->n_tokens;
        }
    }
}

/* All of a passage or nothing, in order of rank. */
static void choose_whole(GArray *sentences, guint n_hits, int budget)
{
    struct sentence *s = (struct sentence *)sentences->data;
    for (guint h = 0; h < n_hits; h++) {
        int n_tokens = 0;
        for (guint i = 0; i < sentences->len; i++)
            n_tokens += s[i].hit == h ? s[i].n_tokens : 0;
        if (n_tokens > budget)
            continue;
        budget -= n_tokens;
        for (guint i = 0; i < sentences->len; i++)
            s[i].kept = s[i].kept || s[i].hit == h;
    }
}

/* The kept sentences of one hit, or NULL if there are none. White space between two that stand
   side by side stays as it is: lines of a list or of code remain lines. */
static struct rag_piece *piece_of(struct rag_hit *hit, guint h, GArray *sentences, guint *n_left)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int n_tokens = 0;
    size_t last = 0;
    bool gap = false;
    *n_left = 0;
    for (guint i = 0; i < sentences->len; i++) {
        const struct sentence *s = &g_array_index(sentences, struct sentence, i);
        if (s->hit != h)
            continue;
        if (!s->kept) {
            *n_left += 1;
            gap = true;
            continue;
        }
        if (gap)
            g_string_append(text, text->len ? GAP : "… ");
        else if (text->len)
            g_string_append_len(text, hit->text + last, (gssize)(s->from - last));
        g_string_append_len(text, hit->text + s->from, (gssize)(s->to - s->from));
        n_tokens += s->n_tokens;
        last = s->to;
        gap = false;
    }
    if (n_tokens == 0)
        return NULL;
    hit->in_prompt = true;
    struct rag_piece *piece = g_new0(struct rag_piece, 1);
    *piece = (struct rag_piece){.hit = hit,
                                .text = g_string_free(g_steal_pointer(&text), FALSE),
                                .n_tokens = n_tokens,
                                .whole = *n_left == 0};
    return piece;
}

/* One sentence about what is missing, for the person. */
static void report(GPtrArray *dropped, const struct rag_hit *hit, bool shown, guint n_left)
{
    g_autofree char *name = g_filename_display_basename(hit->path);
    if (!shown)
        g_ptr_array_add(dropped, g_strdup_printf("A passage of %s did not fit.", name));
    else if (n_left)
        g_ptr_array_add(dropped, g_strdup_printf("%u sentence%s of a passage of %s %s left out.",
                                                 n_left, n_left == 1 ? "" : "s", name,
                                                 n_left == 1 ? "was" : "were"));
}

GPtrArray *rag_compress(GPtrArray *hits, const RagQuery *query,
                        const struct rag_compress_options *options, GPtrArray *dropped,
                        GError **error)
{
    guint n_hits = MIN(hits->len, (guint)MAX(options->max_passages, 0));
    g_autoptr(GArray) sentences = find_sentences(hits, n_hits);
    if (!score_sentences(sentences, hits, query, options, error))
        return NULL;
    if (options->whole)
        choose_whole(sentences, n_hits, options->budget);
    else
        choose(sentences, options->budget);
    GPtrArray *pieces = g_ptr_array_new_with_free_func((GDestroyNotify)rag_piece_free);
    for (guint h = 0; h < n_hits; h++) {
        guint n_left;
        struct rag_piece *piece = piece_of(hits->pdata[h], h, sentences, &n_left);
        report(dropped, hits->pdata[h], piece != NULL, n_left);
        if (piece)
            g_ptr_array_add(pieces, piece);
    }
    return pieces;
}
