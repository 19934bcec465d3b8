/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hybrid retrieval: 50 candidates by words (BM25), 50 by meaning (cosine), fused.
 *
 * Reciprocal rank fusion (Cormack et al. 2009) needs no tuning but throws the scores away: where
 * the words of question and passage differ, the one good dense hit counts as much as fifty mediocre
 * matches of words. A weighted sum of normalised scores keeps such hits (Bruch et al. 2023, "An
 * Analysis of Fusion Functions for Hybrid Retrieval") but leans on the scale of the scores. We take
 * the mean of both. So that the sum compares like with like, the cosine of each candidate that only
 * full text found is looked up too. docs/RETRIEVAL.md has the comparison.
 *
 * While vectors are not all there, the best candidates of full text that lack one are embedded on
 * the spot and stored, so a library answers by meaning from its first minute.
 *
 * To that come two bonuses that neither search knows of: the question's words stand together in the
 * passage (proximity.h), and it holds an exact string of the question.
 *
 * Exact strings are searched for by themselves as well, so that a passage that
 * holds one is a candidate whatever its other words are, and are worth a bonus.
 */
#include "rag/retrieve.h"

#include "index/find.h"
#include "rag/embed-text.h"
#include "rag/library.h"
#include "rag/proximity.h"
#include "rag/telling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_CANDIDATES  50
#define DEFAULT_K     10
#define N_EXACT       10 /* candidates for each exact string */
#define MAX_EXACT     8  /* exact strings that get a search of their own */
#define EMBED_AT_ONCE 32 /* some seconds on a slow machine, looked at for cancellation … */
#define EMBED_BATCH   8  /* … this often */

#define RRF_K          20.0 /* the paper's 60 is for lists of a thousand; ours are fifty long */
#define VECTOR_WEIGHT  0.6
#define RANK_SHARE     0.5
#define EXACT_BONUS    0.1
#define TOGETHER_BONUS 0.3

/* Two passages with this share of stems in common are one to a reader (a copied licence text). */
#define DUPLICATE_SHARE 0.95

/* --- fusion -----------------------------------------------------------------------------------
 */

static int by_score(const void *a, const void *b)
{
    const struct rag_candidate *x = a, *y = b;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return x->passage < y->passage ? -1 : x->passage > y->passage;
}

static double by_rank(int rank)
{
    return rank > 0 ? (RRF_K + 1) / (RRF_K + rank) : 0;
}

void rag_fuse(struct rag_candidate *candidates, size_t n)
{
    double best_text = 0, best_cosine = 0, least_cosine = 1;
    bool vectors = false;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(candidates[i].text_score))
            best_text = MAX(best_text, candidates[i].text_score);
        if (!isnan(candidates[i].vector_score)) {
            best_cosine = MAX(best_cosine, candidates[i].vector_score);
            least_cosine = MIN(least_cosine, candidates[i].vector_score);
            vectors = true;
        }
    }
    double vector_weight = vectors ? VECTOR_WEIGHT : 0;
    for (size_t i = 0; i < n; i++) {
        struct rag_candidate *c = &candidates[i];
        double text = isnan(c->text_score) || best_text <= 0 ? 0 : c->text_score / best_text;
        /* without a vector as yet: as likely as the least likely candidate */
        double cosine = isnan(c->vector_score) ? least_cosine : c->vector_score;
        double meaning = vectors && best_cosine > 0 ? MAX(cosine, 0) / best_cosine : 0;
        double by_scores = (1 - vector_weight) * text + vector_weight * meaning;
        double by_ranks =
            (1 - vector_weight) * by_rank(c->text_rank) + vector_weight * by_rank(c->vector_rank);
        c->score = (1 - RANK_SHARE) * by_scores + RANK_SHARE * by_ranks + EXACT_BONUS * c->exact +
                   TOGETHER_BONUS * c->together;
    }
    if (n > 1)
        qsort(candidates, n, sizeof *candidates, by_score);
}

/* --- candidates ---------------------------------------------------------------------------------
 */

/* The entry of this passage, made if it is new. */
static struct rag_candidate *candidate_of(GArray *candidates, int64_t passage)
{
    for (guint i = 0; i < candidates->len; i++) {
        struct rag_candidate *c = &g_array_index(candidates, struct rag_candidate, i);
        if (c->passage == passage)
            return c;
    }
    struct rag_candidate fresh = {
        .passage = passage, .text_score = (double)NAN, .vector_score = (double)NAN};
    g_array_append_val(candidates, fresh);
    return &g_array_index(candidates, struct rag_candidate, candidates->len - 1);
}

static bool find_by_text(RagLibrary *library, const RagQuery *query, const char *const *scope,
                         GArray *candidates, bool *must_quote, GError **error)
{
    const char *const *words = (const char *const *)query->words->pdata;
    const char *const *quoted = (const char *const *)query->quoted->pdata;
    g_autoptr(GArray) hits = NULL;
    *must_quote = quoted[0] != NULL;
    if (*must_quote) {
        hits = idx_search_text(library->store, words, quoted, N_CANDIDATES, scope, error);
        if (!hits)
            return false;
        if (hits->len == 0) { /* nowhere: the marks were not meant so, or it is misremembered */
            *must_quote = false;
            g_clear_pointer(&hits, g_array_unref);
        }
    }
    if (!hits)
        hits = idx_search_text(library->store, words, NULL, N_CANDIDATES, scope, error);
    if (!hits)
        return false;
    for (guint i = 0; i < hits->len; i++) {
        const struct idx_hit *hit = &g_array_index(hits, struct idx_hit, i);
        struct rag_candidate *c = candidate_of(candidates, hit->passage);
        c->text_score = hit->score;
        c->text_rank = (int)i + 1;
    }
    for (guint i = 0; i < query->exact->len && i < MAX_EXACT && !*must_quote; i++) {
        const char *const exact[] = {query->exact->pdata[i], NULL};
        g_autoptr(GArray) found =
            idx_search_text(library->store, words, exact, N_EXACT, scope, error);
        if (!found)
            return false;
        for (guint k = 0; k < found->len; k++) {
            const struct idx_hit *hit = &g_array_index(found, struct idx_hit, k);
            candidate_of(candidates, hit->passage)->text_score = hit->score;
        }
    }
    return true;
}

static float *embed_question(RagLibrary *library, const char *question, GError **error)
{
    struct eng_err err = {0};
    float *vector = g_new(float, (gsize)library->dim);
    enum eng_status status = eng_embed(library->embedder, &question, 1, vector, NULL, &err);
    if (status == ENG_OK)
        return vector;
    g_free(vector);
    rag_engine_error(error, status, &err);
    return NULL;
}

/* Embeds these passages and stores their vectors; one that has gone meanwhile is left out. */
static bool embed_passages(RagLibrary *library, const int64_t *ids, gsize n, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autofree int64_t *there = g_new(int64_t, n + 1);
    for (gsize i = 0; i < n; i++) {
        struct idx_found *found = idx_passage_get(library->store, ids[i], NULL);
        if (!found)
            continue;
        there[texts->len] = ids[i];
        g_ptr_array_add(texts,
                        rag_embed_text(found->title, found->passage.heading, found->passage.text));
        idx_found_free(found);
    }
    struct eng_err err = {0};
    g_autofree float *vectors = g_new(float, (n + 1) * (gsize)library->dim);
    enum eng_status status = eng_embed(library->embedder, (const char *const *)texts->pdata,
                                       texts->len, vectors, NULL, &err);
    if (status != ENG_OK)
        return rag_engine_error(error, status, &err);
    return idx_vectors_put(library->store, library->embedder_id, there, vectors, texts->len, NULL,
                           error);
}

/* Vectors for the best candidates of full text that have none yet. */
static bool embed_missing(RagLibrary *library, GArray *candidates, GCancellable *cancellable,
                          GError **error)
{
    gsize n = candidates->len, n_missing = 0;
    g_autofree int64_t *ids = g_new(int64_t, n + 1);
    g_autofree bool *has = g_new0(bool, n + 1);
    g_autofree float *vectors = g_new(float, (n + 1) * (gsize)library->dim);
    for (gsize i = 0; i < n; i++)
        ids[i] = g_array_index(candidates, struct rag_candidate, i).passage;
    if (!idx_vectors_get(library->store, library->embedder_id, ids, n, vectors, has, error))
        return false;
    for (gsize i = 0; i < n && n_missing < EMBED_AT_ONCE; i++) {
        if (!has[i])
            ids[n_missing++] = ids[i]; /* n_missing ≤ i: nothing unread is overwritten */
    }
    for (gsize i = 0; i < n_missing; i += EMBED_BATCH) {
        if (g_cancellable_set_error_if_cancelled(cancellable, error) ||
            !embed_passages(library, ids + i, MIN(n_missing - i, EMBED_BATCH), error))
            return false;
    }
    return true;
}

static bool find_by_vector(RagLibrary *library, const float *question, const char *const *scope,
                           GArray *candidates, GCancellable *cancellable, GError **error)
{
    if (!library->read_only && !embed_missing(library, candidates, cancellable, error))
        return false;
    g_autoptr(GArray) hits = idx_search_vectors(library->store, library->embedder_id, question,
                                                N_CANDIDATES, scope, error);
    if (!hits)
        return false;
    for (guint i = 0; i < hits->len; i++) {
        const struct idx_hit *hit = &g_array_index(hits, struct idx_hit, i);
        struct rag_candidate *c = candidate_of(candidates, hit->passage);
        c->vector_score = hit->score;
        c->vector_rank = (int)i + 1;
    }
    int dim = library->dim;
    gsize n = candidates->len;
    g_autofree int64_t *ids = g_new(int64_t, n + 1);
    g_autofree bool *has = g_new0(bool, n + 1);
    g_autofree float *vectors = g_new(float, (n + 1) * (gsize)dim);
    for (gsize i = 0; i < n; i++)
        ids[i] = g_array_index(candidates, struct rag_candidate, i).passage;
    if (!idx_vectors_get(library->store, library->embedder_id, ids, n, vectors, has, error))
        return false;
    for (gsize i = 0; i < n; i++) {
        struct rag_candidate *c = &g_array_index(candidates, struct rag_candidate, i);
        if (!has[i] || !isnan(c->vector_score))
            continue;
        double dot = 0;
        for (int d = 0; d < dim; d++)
            dot += (double)question[d] * vectors[i * (gsize)dim + (gsize)d];
        c->vector_score = dot;
    }
    return true;
}

/* --- hits ---------------------------------------------------------------------------------------
 */

void rag_hit_free(struct rag_hit *hit)
{
    if (!hit)
        return;
    g_free(hit->path);
    g_free(hit->title);
    g_free(hit->heading);
    g_free(hit->text);
    g_free(hit->hash);
    g_free(hit->breaks);
    g_free(hit);
}

int rag_hit_position(const struct rag_hit *hit, size_t byte)
{
    int position = hit->pos_from;
    long at = g_utf8_strlen(hit->text, (gssize)MIN(byte, strlen(hit->text)));
    for (const char *p = hit->breaks; p && *p;) {
        char *end;
        long from = strtol(p, &end, 10);
        if (end == p || *end != ':' || from > at)
            break;
        position = (int)strtol(end + 1, &end, 10);
        p = *end == ' ' ? end + 1 : end;
    }
    return position;
}

static enum rag_position position_of(enum idx_position kind)
{
    switch (kind) {
    case IDX_POS_PAGE:
        return RAG_POS_PAGE;
    case IDX_POS_LINE:
        return RAG_POS_LINE;
    case IDX_POS_SLIDE:
        return RAG_POS_SLIDE;
    case IDX_POS_SHEET:
        return RAG_POS_SHEET;
    case IDX_POS_CHAPTER:
        return RAG_POS_CHAPTER;
    case IDX_POS_NONE:
        break;
    }
    return RAG_POS_NONE;
}

/* Takes the strings out of `found`, which is freed. */
static struct rag_hit *hit_new(struct idx_found *found)
{
    struct rag_hit *hit = g_new0(struct rag_hit, 1);
    *hit = (struct rag_hit){
        .passage = found->passage.id,
        .path = g_steal_pointer(&found->path),
        .title = g_steal_pointer(&found->title),
        .heading = g_steal_pointer(&found->passage.heading),
        .text = g_steal_pointer(&found->passage.text),
        .hash = g_steal_pointer(&found->hash),
        .pos_kind = position_of(found->passage.pos_kind),
        .pos_from = found->passage.pos_from,
        .pos_to = found->passage.pos_to,
        .breaks = g_steal_pointer(&found->passage.breaks),
        .char_from = found->passage.char_from,
        .char_to = found->passage.char_to,
    };
    idx_found_free(found);
    return hit;
}

/* Share of the strings that stand in the text as they were written. */
static double share_held(GPtrArray *strings, const char *fold)
{
    guint n = 0, held = 0;
    for (guint i = 0; i < strings->len && strings->pdata[i]; i++, n++)
        held += strstr(fold, strings->pdata[i]) != NULL;
    return n ? (double)held / n : 0;
}

static bool same_text(const RagTerms *a, const RagTerms *b)
{
    guint n_a = g_hash_table_size(a->stems), n_b = g_hash_table_size(b->stems), shared = 0;
    if (MIN(n_a, n_b) < DUPLICATE_SHARE * MAX(n_a, n_b))
        return false;
    GHashTableIter iter;
    gpointer stem;
    g_hash_table_iter_init(&iter, a->stems);
    while (g_hash_table_iter_next(&iter, &stem, NULL))
        shared += rag_terms_has(b, stem);
    return shared >= DUPLICATE_SHARE * MAX(n_a, n_b);
}

/* Stretches of one document that overlap by more than half of the shorter one. */
static bool overlap(const struct rag_hit *a, const struct rag_hit *b)
{
    if (strcmp(a->hash, b->hash) != 0)
        return false;
    int64_t common = MIN(a->char_to, b->char_to) - MAX(a->char_from, b->char_from);
    return 2 * common > MIN(a->char_to - a->char_from, b->char_to - b->char_from);
}

/* A candidate's passage, taken apart. */
struct loaded {
    struct rag_hit *hit; /* (owned) may be taken */
    RagTerms *terms;     /* (owned) */
};

static void loaded_free(gpointer data)
{
    struct loaded *loaded = data;
    rag_hit_free(loaded->hit);
    rag_terms_free(loaded->terms);
    g_free(loaded);
}

/*
 * Loads the candidates' passages into `loaded` (by passage id). Those that have gone since the
 * search are dropped, and with must_quote those that full text did not find: it alone knows who
 * holds the quotation.
 */
static bool load(RagLibrary *library, const RagQuery *query, GArray *candidates, bool must_quote,
                 GHashTable *loaded, GError **error)
{
    for (guint i = 0; i < candidates->len;) {
        struct rag_candidate *c = &g_array_index(candidates, struct rag_candidate, i);
        struct idx_found *found = NULL;
        if (!must_quote || c->text_rank > 0) {
            g_autoptr(GError) problem = NULL;
            found = idx_passage_get(library->store, c->passage, &problem);
            if (!found && problem && !g_error_matches(problem, IDX_ERROR, IDX_ERROR_NOT_FOUND)) {
                g_propagate_error(error, g_steal_pointer(&problem));
                return false;
            }
        }
        if (!found) {
            g_array_remove_index(candidates, i);
            continue;
        }
        struct loaded *entry = g_new0(struct loaded, 1);
        entry->hit = hit_new(found);
        entry->terms = rag_terms_new(entry->hit->text, -1);
        c->exact = share_held(query->exact, entry->terms->fold);
        g_hash_table_insert(loaded, g_memdup2(&c->passage, sizeof c->passage), entry);
        i++;
    }
    return true;
}

/* How near to each other the question's words stand in each candidate. */
static void add_proximity(const RagQuery *query, GArray *candidates, GHashTable *loaded)
{
    g_autoptr(GPtrArray) terms = g_ptr_array_new();
    for (guint i = 0; i < candidates->len; i++) {
        struct rag_candidate *c = &g_array_index(candidates, struct rag_candidate, i);
        struct loaded *entry = g_hash_table_lookup(loaded, &c->passage);
        g_ptr_array_add(terms, entry->terms);
    }
    g_autoptr(GHashTable) weights =
        rag_stem_weights(query->terms, (RagTerms *const *)terms->pdata, terms->len);
    for (guint i = 0; i < candidates->len; i++)
        g_array_index(candidates, struct rag_candidate, i).together =
            rag_proximity(weights, terms->pdata[i]);
}

/* The best k, none of which says the same as a better one. */
static GPtrArray *pick(GArray *candidates, GHashTable *loaded, int k)
{
    GPtrArray *hits = g_ptr_array_new_with_free_func((GDestroyNotify)rag_hit_free);
    g_autoptr(GPtrArray) terms = g_ptr_array_new();
    for (guint i = 0; i < candidates->len && (int)hits->len < k; i++) {
        const struct rag_candidate *c = &g_array_index(candidates, struct rag_candidate, i);
        struct loaded *entry = g_hash_table_lookup(loaded, &c->passage);
        bool known = false;
        for (guint j = 0; j < hits->len && !known; j++)
            known = overlap(hits->pdata[j], entry->hit) || same_text(terms->pdata[j], entry->terms);
        if (known)
            continue;
        struct rag_hit *hit = g_steal_pointer(&entry->hit);
        hit->score = c->score;
        hit->text_score = c->text_score;
        hit->vector_score = c->vector_score;
        hit->text_rank = c->text_rank;
        hit->vector_rank = c->vector_rank;
        g_ptr_array_add(hits, hit);
        g_ptr_array_add(terms, entry->terms);
    }
    return hits;
}

GPtrArray *rag_retrieve(RagLibrary *library, const RagQuery *query, int k, const char *const *scope,
                        float **query_vector, GCancellable *cancellable, GError **error)
{
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(struct rag_candidate));
    g_autoptr(GHashTable) loaded =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, loaded_free);
    g_autofree float *vector = NULL;
    bool must_quote = false;
    if (query_vector)
        *query_vector = NULL;
    if (g_cancellable_set_error_if_cancelled(cancellable, error))
        return NULL;
    if (query->words->pdata[0] &&
        !find_by_text(library, query, scope, candidates, &must_quote, error))
        return NULL;
    if (library->embedder) {
        vector = embed_question(library, query->text, error);
        if (!vector || g_cancellable_set_error_if_cancelled(cancellable, error) ||
            !find_by_vector(library, vector, scope, candidates, cancellable, error))
            return NULL;
    }
    if (!load(library, query, candidates, must_quote, loaded, error))
        return NULL;
    add_proximity(query, candidates, loaded);
    rag_fuse((struct rag_candidate *)candidates->data, candidates->len);
    g_autoptr(GPtrArray) hits = pick(candidates, loaded, k);
    if (!rag_tell(hits, query, library->embedder, vector, error))
        return NULL;
    if (query_vector)
        *query_vector = g_steal_pointer(&vector);
    return g_steal_pointer(&hits);
}

/* There is always a nearest vector, also of a question that makes no sense. */
static bool bears_on(GPtrArray *hits)
{
    for (guint i = 0; i < hits->len; i++) {
        const struct rag_hit *hit = hits->pdata[i];
        if (!isnan(hit->text_score) || hit->vector_score >= RAG_RELEVANT_COSINE)
            return true;
    }
    return false;
}

GPtrArray *rag_search(RagLibrary *library, const char *text,
                      const struct rag_search_options *options, GCancellable *cancellable,
                      GError **error)
{
    g_autoptr(RagQuery) query = rag_query_new(text);
    if (!*query->text) {
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_EMPTY_QUESTION,
                            "There is nothing to search for: the question is empty.");
        return NULL;
    }
    int k = options && options->k > 0 ? options->k : DEFAULT_K;
    GPtrArray *hits =
        rag_retrieve(library, query, k, options ? options->scope : NULL, NULL, cancellable, error);
    if (hits && !bears_on(hits))
        g_ptr_array_set_size(hits, 0);
    return hits;
}
