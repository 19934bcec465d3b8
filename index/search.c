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

/* Is the path, or a folder above it, in the set? */
static bool at_or_below(GHashTable *paths, const char *path)
{
    g_autofree char *above = g_strdup(path);
    while (!g_hash_table_contains(paths, above)) {
        char *slash = strrchr(above, '/');
        if (!slash || strcmp(above, "/") == 0)
            return false;
        slash[slash == above] = '\0'; /* the last one above is "/" itself */
    }
    return true;
}

void scope_init(struct scope *scope, const char *const *paths)
{
    scope->paths = NULL;
    if (!paths)
        return;
    scope->paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; *paths; paths++)
        g_hash_table_add(scope->paths, places_clean(*paths));
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, scope->paths);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_autofree char *parent = g_path_get_dirname(key);
        if (strcmp(parent, key) != 0 && at_or_below(scope->paths, parent))
            g_hash_table_iter_remove(&iter);
    }
}

void scope_clear(struct scope *scope)
{
    g_clear_pointer(&scope->paths, g_hash_table_unref);
}

bool scope_has(IdxStore *store, const struct scope *scope, int64_t passage, bool *has,
               GError **error)
{
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT l.path FROM passages p JOIN locations l ON l.content = p.content"
                  " WHERE p.id = ?1",
                  SQL(SQL_INT(passage)), error);
    bool there = true;
    *has = false;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there)
            return true;
        g_autofree char *path = sql_column_path(rows, 0);
        *has = !scope->paths || at_or_below(scope->paths, path);
        if (*has)
            return true;
    }
    return false;
}

/* The contents of a scope, as long as their passages are few enough to be scanned. */
struct contents {
    GHashTable *ids; /* (owned) a set of int64_t */
    int64_t n_passages;
};

/* Adds those at or below one path, until there are too many passages. */
static bool add_contents(IdxStore *store, const char *path, struct contents *contents,
                         GError **error)
{
    g_autofree char *from = NULL, *to = NULL;
    places_below(path, &from, &to);
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT content, (SELECT count(*) FROM passages p WHERE p.content = l.content)"
                  " FROM locations l WHERE (path = ?1 OR (path >= ?2 AND path < ?3))"
                  " AND content IS NOT NULL",
                  SQL(SQL_BYTES(path), SQL_BYTES(from), SQL_BYTES(to)), error);
    bool there = true;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there || contents->n_passages > SCAN_LIMIT)
            return true;
        int64_t id = sqlite3_column_int64(rows, 0);
        if (g_hash_table_contains(contents->ids, &id))
            continue;
        g_hash_table_add(contents->ids, g_memdup2(&id, sizeof id));
        contents->n_passages += sqlite3_column_int64(rows, 1);
    }
    return false;
}

/* *ids NULL: the scope has more passages than are to be scanned. */
static bool scope_contents(IdxStore *store, const struct scope *scope, GHashTable **ids,
                           GError **error)
{
    struct contents contents = {
        .ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
    bool ok = true;
    GHashTableIter iter;
    gpointer path;
    g_hash_table_iter_init(&iter, scope->paths);
    while (ok && g_hash_table_iter_next(&iter, &path, NULL))
        ok = add_contents(store, path, &contents, error);
    if (!ok || contents.n_passages > SCAN_LIMIT)
        g_clear_pointer(&contents.ids, g_hash_table_unref);
    *ids = contents.ids;
    return ok;
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

static bool scan_content(const struct search *search, int64_t content, struct top *top,
                         GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(
        search->store,
        /* CROSS JOIN: in this order. The planner would rather walk all vectors. */
        "SELECT v.passage, v.vector FROM passages p"
        " CROSS JOIN vectors v ON v.passage = p.id AND v.embedder = ?2 WHERE p.content = ?1",
        SQL(SQL_INT(content), SQL_INT(search->embedder.id)), error);
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

static bool scan_contents(const struct search *search, GHashTable *contents, struct top *top,
                          GError **error)
{
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, contents);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        if (!scan_content(search, *(int64_t *)id, top, error))
            return false;
    return true;
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
    g_autoptr(GHashTable) contents = NULL;
    if (!vectors_embedder_get(search->store, embedder, &search->embedder, error))
        return false;
    if (search->scope.paths && !scope_contents(search->store, &search->scope, &contents, error))
        return false;
    return contents ? scan_contents(search, contents, top, error)
                    : search_cache(search, top, error);
}

GArray *idx_search_vectors(IdxStore *store, int64_t embedder, const float *query, int k,
                           const char *const *scope, GError **error)
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
