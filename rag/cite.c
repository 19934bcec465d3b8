/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Citations as a search problem: for each sentence of the answer, the stretch of one to three
 * sentences of the passages shown to the model that supports it best. Support is
 *
 *     (½ overlap + ½ cosine) × 0.3^numbers × 0.6^(code, names) × 0.8 if only one of them negates
 *
 * overlap = share of the sentence's stems that the stretch has; the powers count values of the
 * sentence that it lacks. Likeness alone finds what is on the subject; values are where an invented
 * answer differs from the text, so each missing one outweighs many shared words.
 *
 * Cost: all stretches are scored by overlap with the cosine unknown; only the best few are
 * embedded.
 *
 * A sentence without support is tried as two halves ("A is x, and B is y"), each with its own.
 *
 * A sentence of fewer than MIN_WORDS content words ("Bordeaux.") means little without its question;
 * then the question's words are looked for too, at half weight.
 */
#include "rag/cite.h"

#include "rag/library.h"
#include "rag/sentences.h"
#include <math.h>
#include <string.h>

#define MIN_WORDS     4
#define MAX_SENTENCES 3 /* of a stretch */
#define N_EMBEDDED    6 /* stretches a sentence */

#define GIVEN_WEIGHT   0.5
#define MISSING_NUMBER 0.3
#define MISSING_VALUE  0.6
#define MISSING_GIVEN  0.9 /* a value that was in the question is no invention */
#define OTHER_POLARITY 0.8
/* A sentence more in the quote must earn its place. */
#define LONGER_STRETCH 0.97

static bool negates(const RagTerms *terms)
{
    static const char *const words[] = {"not",     "no",   "never",  "cannot",  "nor",
                                        "neither", "none", "nobody", "nothing", "without"};
    for (guint i = 0; i < terms->words->len; i++) {
        const char *fold = g_array_index(terms->words, struct rag_word, i).fold;
        for (gsize k = 0; k < G_N_ELEMENTS(words); k++) {
            if (strcmp(fold, words[k]) == 0)
                return true;
        }
        /* "isn't" is the two words "isn", "t" */
        if (strcmp(fold, "t") == 0 && i > 0) {
            const char *before = g_array_index(terms->words, struct rag_word, i - 1).fold;
            if (*before && before[strlen(before) - 1] == 'n')
                return true;
        }
    }
    return false;
}

static guint content_words(const RagTerms *terms)
{
    return g_hash_table_size(terms->stems);
}

/* Share of the sentence's stems found in the text, by weight. */
static double overlap(const RagTerms *sentence, const RagTerms *text, const RagTerms *given)
{
    double sum = 0, found = 0;
    GHashTableIter iter;
    gpointer stem;
    g_hash_table_iter_init(&iter, sentence->stems);
    while (g_hash_table_iter_next(&iter, &stem, NULL)) {
        double weight = given && rag_terms_has(given, stem) ? GIVEN_WEIGHT : 1;
        sum += weight;
        found += rag_terms_has(text, stem) ? weight : 0;
    }
    if (given && content_words(sentence) < MIN_WORDS) {
        g_hash_table_iter_init(&iter, given->stems);
        while (g_hash_table_iter_next(&iter, &stem, NULL)) {
            if (rag_terms_has(sentence, stem))
                continue;
            sum += GIVEN_WEIGHT;
            found += rag_terms_has(text, stem) ? GIVEN_WEIGHT : 0;
        }
    }
    return sum > 0 ? found / sum : 0;
}

double rag_support_score(const RagTerms *sentence, const RagTerms *text, const RagTerms *given,
                         double cosine)
{
    double shared = overlap(sentence, text, given);
    double score = isnan(cosine) ? shared : (shared + MAX(cosine, 0)) / 2;
    GHashTableIter iter;
    gpointer number;
    g_hash_table_iter_init(&iter, sentence->numbers);
    while (g_hash_table_iter_next(&iter, &number, NULL)) {
        if (!g_hash_table_contains(text->numbers, number))
            score *= given && g_hash_table_contains(given->numbers, number) ? MISSING_GIVEN
                                                                            : MISSING_NUMBER;
    }
    for (guint i = 0; i < sentence->values->len; i++) {
        const struct rag_value *value = &g_array_index(sentence->values, struct rag_value, i);
        bool exact = value->kind == RAG_VALUE_CODE || value->kind == RAG_VALUE_NAME;
        if (exact && !rag_terms_has_value(text, value))
            score *= given && rag_terms_has_value(given, value) ? MISSING_GIVEN : MISSING_VALUE;
    }
    if (negates(sentence) != negates(text))
        score *= OTHER_POLARITY;
    return score;
}

/* --- stretches of the passages ------------------------------------------------------------------
 */

struct stretch {
    const struct rag_hit *hit; /* (borrowed) */
    int passage;               /* its index */
    size_t from, to;           /* bytes of its text */
    int n_sentences;
    RagTerms *terms; /* (owned) heading and title included */
    float *vector;   /* (owned) NULL: not embedded yet */
};

static void stretch_clear(gpointer data)
{
    struct stretch *stretch = data;
    rag_terms_free(stretch->terms);
    g_free(stretch->vector);
}

static char *stretch_text(const struct stretch *stretch)
{
    return g_strndup(stretch->hit->text + stretch->from, stretch->to - stretch->from);
}

/* The heading of what comes next: a few words alone between empty lines, without an end. It is no
   part of what stands before it. */
static bool is_next_heading(const char *text, const struct rag_range *range)
{
    enum { MAX_BYTES = 80 };
    return range->to - range->from <= MAX_BYTES && range->from >= 2 &&
           strncmp(text + range->from - 2, "\n\n", 2) == 0 &&
           strncmp(text + range->to, "\n\n", 2) == 0 && !strchr(".!?:;", text[range->to - 1]);
}

static void add_stretches(GArray *out, const struct rag_hit *hit, int passage)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    size_t n = rag_sentences(hit->text, ranges);
    const struct rag_range *range = (const struct rag_range *)ranges->data;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < MAX_SENTENCES && i + k < n; k++) {
            if (k > 0 && is_next_heading(hit->text, &range[i + k]))
                break;
            struct stretch stretch = {.hit = hit,
                                      .passage = passage,
                                      .from = range[i].from,
                                      .to = range[i + k].to,
                                      .n_sentences = (int)k + 1};
            g_autofree char *quote = stretch_text(&stretch);
            g_autofree char *with_heading =
                g_strdup_printf("%s\n%s\n%s", quote, hit->heading ? hit->heading : "",
                                hit->title ? hit->title : "");
            stretch.terms = rag_terms_new(with_heading, -1);
            g_array_append_val(out, stretch);
        }
    }
}

/* --- one sentence -------------------------------------------------------------------------------
 */

struct candidate {
    guint stretch;
    double score;
};

static int by_score(gconstpointer a, gconstpointer b)
{
    const struct candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->stretch < y->stretch ? -1 : x->stretch > y->stretch;
}

static double cosine_of(const float *a, const float *b, int dim)
{
    double dot = 0;
    for (int i = 0; i < dim; i++)
        dot += (double)a[i] * b[i];
    return dot;
}

/* Embeds the claim into `claim_vector` and those of the candidates that have no vector yet. */
static bool embed(struct engine *embedder, const char *claim, float *claim_vector,
                  GArray *stretches, const struct candidate *candidates, guint n, GError **error)
{
    int dim = eng_embed_dim(embedder);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) owners = g_ptr_array_new();
    g_ptr_array_add(texts, g_strdup(claim));
    for (guint i = 0; i < n; i++) {
        struct stretch *stretch = &g_array_index(stretches, struct stretch, candidates[i].stretch);
        if (stretch->vector)
            continue;
        g_ptr_array_add(texts, stretch_text(stretch));
        g_ptr_array_add(owners, stretch);
    }
    g_autofree float *vectors = g_new(float, (gsize)dim * texts->len);
    struct eng_err err = {0};
    enum eng_status status =
        eng_embed(embedder, (const char *const *)texts->pdata, texts->len, vectors, NULL, &err);
    if (status != ENG_OK)
        return rag_engine_error(error, status, &err);
    memcpy(claim_vector, vectors, sizeof(float) * (size_t)dim);
    for (guint i = 0; i < owners->len; i++) {
        struct stretch *stretch = owners->pdata[i];
        stretch->vector = g_memdup2(vectors + (gsize)dim * (i + 1), sizeof(float) * (size_t)dim);
    }
    return true;
}

/* "Does it …?", "Is …?": then words of the question alone are an answer. */
static bool yes_or_no(const RagTerms *question)
{
    static const char *const first_words[] = {
        "is",  "are", "was",   "were", "do",    "does",   "did",  "has", "have",
        "had", "can", "could", "will", "would", "should", "must", "may", "might",
    };
    if (question->words->len == 0)
        return false;
    const char *first = g_array_index(question->words, struct rag_word, 0).fold;
    for (gsize i = 0; i < G_N_ELEMENTS(first_words); i++) {
        if (strcmp(first, first_words[i]) == 0)
            return true;
    }
    return false;
}

/* Does the sentence say anything? "Yes." by itself does not, nor do the question's own words. */
static bool claims(const RagTerms *sentence, const RagTerms *given)
{
    GHashTableIter iter;
    gpointer key;
    if (content_words(sentence) > 0 && (yes_or_no(given) || negates(sentence) != negates(given)))
        return true;
    g_hash_table_iter_init(&iter, sentence->stems);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        if (!rag_terms_has(given, key))
            return true;
    }
    g_hash_table_iter_init(&iter, sentence->numbers);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        if (!g_hash_table_contains(given->numbers, key))
            return true;
    }
    return false;
}

/* What all sentences of an answer are compared with. All borrowed. */
struct evidence {
    const char *question;
    const RagTerms *given; /* the question's */
    GArray *stretches;
    struct engine *embedder;
};

/* Best stretch for a sentence, or NULL below the threshold; *score is its support. */
static bool best_stretch(const struct evidence *evidence, const char *sentence,
                         const struct stretch **best, double *score, GError **error)
{
    GArray *stretches = evidence->stretches;
    struct engine *embedder = evidence->embedder;
    *best = NULL;
    *score = 0;
    g_autoptr(RagTerms) terms = rag_terms_new(sentence, -1);
    if (!claims(terms, evidence->given))
        return true;
    g_autoptr(GArray) ranked = g_array_new(FALSE, FALSE, sizeof(struct candidate));
    for (guint i = 0; i < stretches->len; i++) {
        const struct stretch *stretch = &g_array_index(stretches, struct stretch, i);
        struct candidate candidate = {
            i, rag_support_score(terms, stretch->terms, evidence->given, NAN)};
        candidate.score *= pow(LONGER_STRETCH, stretch->n_sentences - 1);
        if (candidate.score > 0)
            g_array_append_val(ranked, candidate);
    }
    g_array_sort(ranked, by_score);
    g_array_set_size(ranked, MIN(ranked->len, N_EMBEDDED));
    struct candidate *candidates = (struct candidate *)ranked->data;
    int dim = embedder ? eng_embed_dim(embedder) : 0;
    g_autofree float *claim_vector = g_new0(float, (gsize)dim + 1);
    if (embedder && ranked->len) {
        g_autofree char *joined = content_words(terms) < MIN_WORDS
                                      ? g_strdup_printf("%s %s", evidence->question, sentence)
                                      : g_strdup(sentence);
        if (!embed(embedder, joined, claim_vector, stretches, candidates, ranked->len, error))
            return false;
    }
    for (guint i = 0; i < ranked->len; i++) {
        const struct stretch *stretch =
            &g_array_index(stretches, struct stretch, candidates[i].stretch);
        double cosine = embedder ? cosine_of(claim_vector, stretch->vector, dim) : NAN;
        double support = rag_support_score(terms, stretch->terms, evidence->given, cosine);
        if (support >= RAG_SUPPORT_MIN &&
            support * pow(LONGER_STRETCH, stretch->n_sentences - 1) > *score) {
            *score = support * pow(LONGER_STRETCH, stretch->n_sentences - 1);
            *best = stretch;
        }
    }
    return true;
}

/* --- the answer --------------------------------------------------------------------------------
 */

void rag_citation_free(struct rag_citation *citation)
{
    if (!citation)
        return;
    g_free(citation->path);
    g_free(citation->quote);
    g_free(citation->hash);
    g_free(citation);
}

/* The number of the citation of this stretch; the same quote keeps its number. */
static int cite(GPtrArray *citations, const struct stretch *stretch, double score)
{
    g_autofree char *quote = stretch_text(stretch);
    for (guint i = 0; i < citations->len; i++) {
        const struct rag_citation *old = citations->pdata[i];
        if (strcmp(old->path, stretch->hit->path) == 0 && strcmp(old->quote, quote) == 0)
            return old->n;
    }
    struct rag_citation *citation = g_new0(struct rag_citation, 1);
    *citation = (struct rag_citation){
        .n = (int)citations->len + 1,
        .path = g_strdup(stretch->hit->path),
        .pos_kind = stretch->hit->pos_kind,
        .pos_from = rag_hit_position(stretch->hit, stretch->from),
        .pos_to = rag_hit_position(stretch->hit, stretch->to - 1),
        .quote = g_steal_pointer(&quote),
        .score = CLAMP(score, 0, 1),
        .hash = g_strdup(stretch->hit->hash ? stretch->hit->hash : ""),
        .passage = stretch->passage,
        .text_score = stretch->hit->text_score,
        .vector_score = stretch->hit->vector_score,
    };
    g_ptr_array_add(citations, citation);
    return citation->n;
}

/* Cites one stretch of the answer, if it is supported; 0: it is not, -1: error. */
static int cite_range(const struct evidence *evidence, const char *answer, struct rag_range range,
                      GPtrArray *citations, GError **error)
{
    g_autofree char *text = g_strndup(answer + range.from, range.to - range.from);
    const struct stretch *best;
    double score;
    if (!best_stretch(evidence, text, &best, &score, error))
        return -1;
    return best ? cite(citations, best, score) : 0;
}

static void add_sentence(GArray *sentences, struct rag_range range, int citation)
{
    struct rag_sentence sentence = {range.from, range.to, citation};
    g_array_append_val(sentences, sentence);
}

/* "A is x, and B is y" may come from two places. Cuts the sentence in two where both halves have
   support of their own and enters them: 1 done, 0 there is no such place, -1 error. */
static int cite_halves(const struct evidence *evidence, const char *answer, struct rag_range range,
                       GArray *sentences, GPtrArray *citations, GError **error)
{
    static const char *const joints[] = {", and ", "; ", ", while ", ", but ", " and "};
    for (gsize i = 0; i < G_N_ELEMENTS(joints); i++) {
        const char *joint =
            g_strstr_len(answer + range.from, (gssize)(range.to - range.from), joints[i]);
        if (!joint)
            continue;
        size_t cut = (size_t)(joint - answer);
        struct rag_range first = {range.from, cut}, second = {cut + strlen(joints[i]), range.to};
        guint n_before = citations->len;
        int one = cite_range(evidence, answer, first, citations, error);
        int two = one > 0 ? cite_range(evidence, answer, second, citations, error) : one;
        if (one < 0 || two < 0)
            return -1;
        if (one > 0 && two > 0) {
            first.to = second.from; /* every byte stays in one range */
            add_sentence(sentences, first, one);
            add_sentence(sentences, second, two);
            return 1;
        }
        g_ptr_array_set_size(citations, (gint)n_before);
    }
    return 0;
}

bool rag_cite(const char *answer, const char *question, GPtrArray *hits, struct engine *embedder,
              GArray *sentences, GPtrArray *citations, GError **error)
{
    g_autoptr(GArray) stretches = g_array_new(FALSE, FALSE, sizeof(struct stretch));
    g_array_set_clear_func(stretches, stretch_clear);
    for (guint i = 0; i < hits->len; i++) {
        const struct rag_hit *hit = hits->pdata[i];
        if (hit->in_prompt)
            add_stretches(stretches, hit, (int)i);
    }
    g_autoptr(RagTerms) given = rag_terms_new(question, -1);
    const struct evidence evidence = {question, given, stretches, embedder};
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    rag_sentences(answer, ranges);
    for (guint i = 0; i < ranges->len; i++) {
        struct rag_range range = g_array_index(ranges, struct rag_range, i);
        int citation = cite_range(&evidence, answer, range, citations, error);
        int halves =
            citation ? 0 : cite_halves(&evidence, answer, range, sentences, citations, error);
        if (citation < 0 || halves < 0)
            return false;
        if (!halves)
            add_sentence(sentences, range, citation);
    }
    return true;
}

GPtrArray *rag_unsupported_values(const char *answer, GPtrArray *hits)
{
    GPtrArray *missing = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) shown = g_ptr_array_new_with_free_func((GDestroyNotify)rag_terms_free);
    for (guint i = 0; i < hits->len; i++) {
        const struct rag_hit *hit = hits->pdata[i];
        if (hit->in_prompt)
            g_ptr_array_add(shown, rag_terms_new(hit->text, -1));
    }
    g_autoptr(RagTerms) terms = rag_terms_new(answer, -1);
    for (guint i = 0; i < terms->values->len; i++) {
        const struct rag_value *value = &g_array_index(terms->values, struct rag_value, i);
        bool held = value->kind != RAG_VALUE_NUMBER && value->kind != RAG_VALUE_CODE;
        for (guint k = 0; k < shown->len && !held; k++)
            held = rag_terms_has_value(shown->pdata[k], value);
        if (held)
            continue;
        char *text = g_strndup(answer + value->from, value->to - value->from);
        if (g_ptr_array_find_with_equal_func(missing, text, g_str_equal, NULL))
            g_free(text);
        else
            g_ptr_array_add(missing, text);
    }
    return missing;
}
