/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.c: the best k, scopes, and the search by vectors.
 *
 * The nearest-neighbour index proposes, SQLite disposes: its candidates are scored again from the
 * rows themselves, in double precision. So ids that are gone drop out, the score does not depend on
 * the kind of index, and equal vectors (duplicates are common) come in the order of their ids. If
 * candidates were lost, or the last one ties with the k-th, four times as many are asked for.
 *
 * A scope with few vectors is scanned exactly instead: a filter behind the index would throw nearly
 * everything away.
 */
#include "index/search.h"
#include "index/vector-cache.h"

#define SLACK      16    /* candidates beyond k, for ties and lost ones */
#define SCAN_LIMIT 20000 /* vectors in a scope that are scanned: some 30 ms */
#define TIE        1e-5  /* float sums of unit vectors differ by less */

/* --- the best k
 * ----------------------------------------------------------------------------------- */

void top_init(struct top *top, int k)
{
    top->k = (guint)MAX(k, 0);
    top->heap = g_array_sized_new(false, false, sizeof(struct idx_hit), MIN(top->k, 1024));
}

void top_clear(struct top *top)
{
    g_clear_pointer(&top->heap, g_array_unref);
}

static bool better(const struct idx_hit *a, const struct idx_hit *b)
{
    return a->score > b->score || (a->score == b->score && a->passage < b->passage);
}

bool top_wants(const struct top *top, int64_t passage, double score)
{
    const struct idx_hit hit = {passage, score};
    return top->heap->len < top->k ||
           (top->k > 0 && better(&hit, &g_array_index(top->heap, struct idx_hit, 0)));
}

void top_add(struct top *top, int64_t passage, double score)
{
    struct idx_hit hit = {passage, score};
    if (!top_wants(top, passage, score))
        return;
    bool full = top->heap->len == top->k;
    if (!full)
        g_array_append_val(top->heap, hit);
    struct idx_hit *heap = (struct idx_hit *)(void *)top->heap->data;
    guint n = top->heap->len, at = full ? 0 : n - 1;
    while (!full && at > 0 && better(&heap[(at - 1) / 2], &hit)) { /* up: the worse are above */
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    while (full && 2 * at + 1 < n) { /* down from where the worst has left */
        guint child = 2 * at + 1;
        if (child + 1 < n && better(&heap[child], &heap[child + 1]))
            child++;
        if (!better(&hit, &heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = hit;
}

static int by_rank(const void *a, const void *b)
{
    return better(a, b) ? -1 : better(b, a);
}

GArray *top_steal(struct top *top)
{
    g_array_sort(top->heap, by_rank);
    return g_steal_pointer(&top->heap);
}

/* --- scopes
 * ---------------------------------------------------------------------------------------- */

void scope_init(struct scope *scope, const char *path)
{
    *scope = (struct scope){0};
    if (!path)
        return;
    scope->path = places_clean(path);
    places_below(scope->path, &scope->from, &scope->to);
}

void scope_clear(struct scope *scope)
{
    g_free(scope->path);
    g_free(scope->from);
    g_free(scope->to);
}

#define IN_SCOPE "(?1 IS NULL OR l.path = ?1 OR (l.path >= ?2 AND l.path < ?3))"

bool scope_has(IdxStore *store, const struct scope *scope, int64_t passage, bool *has,
               GError **error)
{
    int64_t one;
    return sql_int(
        store, &one, has,
        "SELECT 1 FROM passages p JOIN locations l ON l.content = p.content"
        " WHERE p.id = ?4 AND " IN_SCOPE " LIMIT 1",
        SQL(SQL_BYTES(scope->path), SQL_BYTES(scope->from), SQL_BYTES(scope->to), SQL_INT(passage)),
        error);
}

/* Passages in a scope, counted up to the limit. */
static bool scope_count(IdxStore *store, const struct scope *scope, int64_t limit, int64_t *n,
                        GError **error)
{
    return sql_int(
        store, n, NULL,
        "SELECT count(*) FROM (SELECT 1 FROM locations l"
        " JOIN passages p ON p.content = l.content"
        " WHERE l.path = ?1 OR (l.path >= ?2 AND l.path < ?3) LIMIT ?4)",
        SQL(SQL_BYTES(scope->path), SQL_BYTES(scope->from), SQL_BYTES(scope->to), SQL_INT(limit)),
        error);
}

/* --- vectors
 * ---------------------------------------------------------------------------------------- */

struct search {
    IdxStore *store;
    struct vectors_embedder embedder;
    const float *query;
    struct scope scope;
    int k;
};

/* Inner product with the vector in a column; false if its length is wrong. */
static bool score_of(const struct search *search, SqlRows *rows, int column, double *score)
{
    size_t dim = (size_t)search->embedder.dim;
    const float *vector = sqlite3_column_blob(rows, column);
    if ((size_t)sqlite3_column_bytes(rows, column) != dim * sizeof *vector)
        return false;
    *score = 0;
    for (size_t i = 0; i < dim; i++)
        *score += (double)vector[i] * (double)search->query[i];
    return true;
}

static bool scan_scope(const struct search *search, struct top *top, GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(
        search->store,
        /* CROSS JOIN: in this order. The planner would rather walk all vectors. */
        "SELECT v.passage, v.vector FROM (SELECT DISTINCT l.content AS id FROM locations l"
        "  WHERE l.path = ?1 OR (l.path >= ?2 AND l.path < ?3)) c"
        " CROSS JOIN passages p ON p.content = c.id"
        " CROSS JOIN vectors v ON v.passage = p.id AND v.embedder = ?4",
        SQL(SQL_BYTES(search->scope.path), SQL_BYTES(search->scope.from),
            SQL_BYTES(search->scope.to), SQL_INT(search->embedder.id)),
        error);
    bool there = true;
    double score;
    while (rows && sql_next(search->store, rows, &there, error)) {
        if (!there)
            return true;
        if (score_of(search, rows, 1, &score))
            top_add(top, sqlite3_column_int64(rows, 0), score);
    }
    return false;
}

/* Scores one candidate by its row; *kept: it is there and in scope. */
static bool judge(const struct search *search, int64_t vector, struct top *top, bool *kept,
                  GError **error)
{
    double score = 0;
    g_autoptr(SqlRows) rows =
        sql_query(search->store, "SELECT passage, vector FROM vectors WHERE id = ?1",
                  SQL(SQL_INT(vector)), error);
    if (!rows || !sql_next(search->store, rows, kept, error))
        return false;
    *kept = *kept && score_of(search, rows, 1, &score);
    int64_t passage = *kept ? sqlite3_column_int64(rows, 0) : 0;
    if (*kept && !scope_has(search->store, &search->scope, passage, kept, error))
        return false;
    if (*kept)
        top_add(top, passage, score);
    return true;
}

/* One round of n candidates; *enough: more could not change the best k. */
static bool propose(const struct search *search, struct vector_cache *cache, int64_t n,
                    struct top *top, bool *enough, GError **error)
{
    g_autofree float *scores = g_new(float, (gsize)n);
    g_autofree int64_t *ids = g_new(int64_t, (gsize)n);
    int64_t n_kept = 0, n_found = vector_cache_search(cache, search->query, n, scores, ids, error);
    if (n_found < 0)
        return false;
    for (int64_t i = 0; i < n_found; i++) {
        bool kept;
        if (!judge(search, ids[i], top, &kept, error))
            return false;
        n_kept += kept;
    }
    *enough = n_found < n || n >= vector_cache_count(cache);
    if (!*enough && n_kept >= search->k)
        *enough = scores[n_found - 1] < g_array_index(top->heap, struct idx_hit, 0).score - TIE;
    return true;
}

static bool search_cache(const struct search *search, struct top *top, GError **error)
{
    struct vector_cache *cache = vector_cache_current(search->store, &search->embedder, error);
    bool enough = cache && vector_cache_count(cache) == 0;
    int64_t n = search->k + SLACK;
    while (cache && !enough) {
        top_clear(top);
        top_init(top, search->k);
        n = MIN(n, vector_cache_count(cache));
        if (!propose(search, cache, n, top, &enough, error))
            return false;
        n *= 4;
    }
    return cache != NULL;
}

static bool search_vectors(struct search *search, int64_t embedder, struct top *top, GError **error)
{
    int64_t n_in_scope = INT64_MAX;
    if (!vectors_embedder_get(search->store, embedder, &search->embedder, error))
        return false;
    if (search->scope.path &&
        !scope_count(search->store, &search->scope, SCAN_LIMIT + 1, &n_in_scope, error))
        return false;
    return n_in_scope <= SCAN_LIMIT ? scan_scope(search, top, error)
                                    : search_cache(search, top, error);
}

GArray *idx_search_vectors(IdxStore *store, int64_t embedder, const float *query, int k,
                           const char *scope, GError **error)
{
    struct search search = {.store = store, .query = query, .k = MAX(k, 0)};
    struct top top;
    if (!sql_begin_read(store, error)) /* one state of the library for all that follows */
        return NULL;
    scope_init(&search.scope, scope);
    top_init(&top, k);
    bool ok = k <= 0 || search_vectors(&search, embedder, &top, error);
    ok = sql_end(store, ok, error);
    GArray *hits = ok ? top_steal(&top) : NULL;
    top_clear(&top);
    scope_clear(&search.scope);
    return hits;
}

bool idx_vectors_refresh(IdxStore *store, int64_t embedder, GError **error)
{
    struct vectors_embedder info;
    return vectors_embedder_get(store, embedder, &info, error) &&
           vector_cache_refresh(store, &info, error);
}
