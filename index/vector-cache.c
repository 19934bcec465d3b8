/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vector-cache.c: keeps a nearest-neighbour index in step with table vectors.
 *
 * Vector ids only grow and rows never change. So an index that holds all ids up to max_id is
 * brought up to date by adding the rows above max_id; ids that were deleted since are met in
 * results, found in no row, and dropped there by the searcher, who re-scores by the rows
 * themselves.
 *
 * Invariants
 * 1. In memory: every row of the embedder with id ≤ max_id is in the index, as of `generation`.
 *    Deleted ids can be in it too.
 * 2. In the file: exactly the rows of its generation, for deleted ids are taken out before writing:
 *    what was forgotten must not be written again.
 * 3. A file is used only if seal, library, embedder, length of vectors, counts and generation fit.
 *    Else it is removed and built again; nothing is lost but time.
 * 4. It is built anew when a quarter of it is gone ids, when its size asks for another kind, or
 *    when a trained one has doubled.
 */
#include "index/vector-cache.h"
#include "index/ann.h"
#include "index/storage.h"
#include <math.h>

#define BATCH 1024 /* vectors a call of FAISS */

struct vector_cache {
    struct ann *ann; /* (owned) */
    int64_t embedder, generation, max_id;
    int64_t n_built;  /* vectors when it was built: a trained index fits about that many */
    const char *kind; /* static */
};

/* First in the sealed file; then FAISS's own format. */
struct head {
    uint32_t version, dim;
    int64_t generation, max_id, n, n_built;
    char library[32], hash[64], kind[24];
};
#define HEAD_VERSION 1

static char *file_name(int64_t embedder)
{
    return g_strdup_printf("vectors-%" G_GINT64_FORMAT ".faiss", embedder);
}

void vector_cache_free(struct vector_cache *cache)
{
    if (!cache)
        return;
    ann_free(cache->ann);
    g_free(cache);
}

void vector_cache_drop(IdxStore *store, int64_t embedder)
{
    g_autofree char *name = file_name(embedder);
    storage_remove(store->dir, name, false);
    vector_cache_free(g_steal_pointer(&store->cache));
}

static struct vector_cache *cache_of(struct ann *ann, int64_t embedder, const char *kind)
{
    struct vector_cache *cache = g_new0(struct vector_cache, 1);
    cache->ann = ann;
    cache->embedder = embedder;
    cache->kind = kind;
    return cache;
}

static bool count_rows(IdxStore *store, int64_t embedder, int64_t *n, GError **error)
{
    return sql_int(store, n, NULL, "SELECT count(*) FROM vectors WHERE embedder = ?1",
                   SQL(SQL_INT(embedder)), error);
}

/* --- from SQLite
 * ---------------------------------------------------------------------------------- */

/* Up to n rows of a query (id, vector) into the buffers; −1 on error. Rows of a wrong length are
   left out: the consistency check removes them. */
static int64_t fetch(IdxStore *store, SqlRows *rows, int dim, int64_t n, float *vectors,
                     int64_t *ids, GError **error)
{
    size_t bytes = (size_t)dim * sizeof *vectors;
    int64_t got = 0;
    bool there;
    while (got < n) {
        if (!sql_next(store, rows, &there, error))
            return -1;
        if (!there)
            break;
        if ((size_t)sqlite3_column_bytes(rows, 1) != bytes)
            continue;
        ids[got] = sqlite3_column_int64(rows, 0);
        memcpy(vectors + got * dim, sqlite3_column_blob(rows, 1), bytes);
        got++;
    }
    return got;
}

static bool add_newer(IdxStore *store, struct vector_cache *cache,
                      const struct vectors_embedder *embedder, GError **error)
{
    g_autofree float *vectors = g_new(float, (gsize)BATCH *(gsize)embedder->dim);
    g_autofree int64_t *ids = g_new(int64_t, BATCH);
    g_autoptr(SqlRows) rows = sql_query(
        store, "SELECT id, vector FROM vectors WHERE embedder = ?1 AND id > ?2 ORDER BY id",
        SQL(SQL_INT(embedder->id), SQL_INT(cache->max_id)), error);
    int64_t n = BATCH;
    while (rows && n == BATCH) {
        n = fetch(store, rows, embedder->dim, BATCH, vectors, ids, error);
        if (n < 0 || !ann_add(cache->ann, vectors, ids, n, error))
            return false;
        if (n > 0)
            cache->max_id = ids[n - 1];
    }
    cache->generation = embedder->generation;
    return rows != NULL;
}

/* Trains on a sample that depends on nothing but the ids (multiplicative hashing, Knuth 6.4). */
static bool train(IdxStore *store, struct ann *ann, const struct vectors_embedder *embedder,
                  int64_t n_rows, int64_t n_wanted, GError **error)
{
    g_autofree float *vectors = g_new(float, (gsize)n_wanted *(gsize)embedder->dim);
    g_autofree int64_t *ids = g_new(int64_t, (gsize)n_wanted);
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT id, vector FROM vectors WHERE embedder = ?1"
                  " AND (id * 2654435761 & 4294967295) <= ?2 ORDER BY id",
                  SQL(SQL_INT(embedder->id),
                      SQL_INT((int64_t)(4294967296.0 * 1.1 * (double)n_wanted / (double)n_rows))),
                  error);
    int64_t n = rows ? fetch(store, rows, embedder->dim, n_wanted, vectors, ids, error) : -1;
    return n >= 0 && ann_train(ann, vectors, n, error);
}

static struct vector_cache *build(IdxStore *store, const struct vectors_embedder *embedder,
                                  GError **error)
{
    int64_t n;
    if (!count_rows(store, embedder->id, &n, error))
        return NULL;
    const char *kind = ann_kind_for(n);
    struct ann *ann = ann_new(kind, embedder->dim, error);
    if (!ann)
        return NULL;
    struct vector_cache *cache = cache_of(ann, embedder->id, kind);
    cache->n_built = n;
    int64_t n_training = ann_training_size(kind);
    if ((n_training == 0 || train(store, ann, embedder, n, n_training, error)) &&
        add_newer(store, cache, embedder, error))
        return cache;
    vector_cache_free(cache);
    return NULL;
}

/* --- from the file
 * ---------------------------------------------------------------------------------- */

static bool head_fits(const struct head *head, const struct vectors_embedder *embedder)
{
    return head->version == HEAD_VERSION && head->dim == (uint32_t)embedder->dim &&
           head->generation <= embedder->generation && head->max_id >= 0 && head->n >= 0 &&
           strncmp(head->library, embedder->library, sizeof head->library) == 0 &&
           strncmp(head->hash, embedder->hash, sizeof head->hash) == 0 &&
           head->kind[sizeof head->kind - 1] == '\0';
}

/* The file at FAISS's part with its head checked; NULL if there is none that fits. */
static FILE *open_file(IdxStore *store, const struct vectors_embedder *embedder, bool verify,
                       struct head *head)
{
    g_autofree char *name = file_name(embedder->id);
    FILE *file = storage_read(store->dir, name, NULL, verify, NULL);
    if (!file)
        return NULL;
    if (fread(head, sizeof *head, 1, file) == 1 && head_fits(head, embedder))
        return file;
    fclose(file);
    return NULL;
}

static struct vector_cache *load(IdxStore *store, const struct vectors_embedder *embedder)
{
    struct head head;
    FILE *file = open_file(store, embedder, true, &head);
    if (!file)
        return NULL;
    struct ann *ann = ann_read(file, embedder->dim, NULL);
    fclose(file);
    if (!ann)
        return NULL;
    if (ann_count(ann) != head.n) {
        ann_free(ann);
        return NULL;
    }
    const char *kind = ann_is_flat(ann) ? ann_kind_for(0) : g_intern_string(head.kind);
    struct vector_cache *cache = cache_of(ann, embedder->id, kind);
    cache->generation = head.generation;
    cache->max_id = head.max_id;
    cache->n_built = head.n_built;
    return cache;
}

int64_t vector_cache_file_generation(IdxStore *store, const struct vectors_embedder *embedder,
                                     int64_t *bytes)
{
    struct head head;
    g_autofree char *name = file_name(embedder->id);
    FILE *file = open_file(store, embedder, false, &head);
    *bytes = MAX(storage_bytes(store->dir, name), 0);
    if (!file)
        return -1;
    fclose(file);
    return head.generation;
}

static bool save(IdxStore *store, struct vector_cache *cache,
                 const struct vectors_embedder *embedder, GError **error)
{
    g_autofree char *name = file_name(embedder->id);
    g_autoptr(GError) local = NULL;
    struct storage_writer *writer = storage_write(store->dir, name, NULL, &local);
    if (!writer) {
        bool other_writes = local == NULL;
        if (local)
            g_propagate_error(error, g_steal_pointer(&local));
        return other_writes;
    }
    struct head head = {.version = HEAD_VERSION,
                        .dim = (uint32_t)embedder->dim,
                        .generation = cache->generation,
                        .max_id = cache->max_id,
                        .n = ann_count(cache->ann),
                        .n_built = cache->n_built};
    memcpy(head.library, embedder->library, sizeof head.library);
    memcpy(head.hash, embedder->hash, sizeof head.hash);
    g_strlcpy(head.kind, cache->kind, sizeof head.kind);
    FILE *file = storage_writer_file(writer);
    bool ok = fwrite(&head, sizeof head, 1, file) == 1 && ann_write(cache->ann, file, &local);
    g_autoptr(GError) cause = NULL; /* a full disk, in the system's words rather than FAISS's */
    if (storage_writer_end(writer, ok, &cause))
        return true;
    g_propagate_error(error, cause ? g_steal_pointer(&cause) : g_steal_pointer(&local));
    return false;
}

/* --- in step
 * ------------------------------------------------------------------------------------------ */

static bool worn_out(const struct vector_cache *cache, int64_t n_rows)
{
    bool other_kind = strcmp(cache->kind, ann_kind_for(n_rows)) != 0;
    bool trained = ann_training_size(cache->kind) > 0;
    /* A flat index that is a little too large is still exact; a trained one a little too small is
       still good. Rebuilding at every step across the border would help nobody. */
    return (other_kind && !trained) || (other_kind && n_rows < cache->n_built / 2) ||
           (trained && n_rows > 2 * cache->n_built) ||
           ann_count(cache->ann) - n_rows > n_rows / 4 + BATCH;
}

struct vector_cache *vector_cache_current(IdxStore *store, const struct vectors_embedder *embedder,
                                          GError **error)
{
    int64_t n_rows;
    if (store->cache && store->cache->embedder != embedder->id)
        vector_cache_free(g_steal_pointer(&store->cache));
    if (!store->cache)
        store->cache = load(store, embedder);
    if (!store->cache && !store->read_only)
        vector_cache_drop(store, embedder->id);
    struct vector_cache *cache = store->cache;
    if (cache && cache->generation == embedder->generation)
        return cache;
    if (cache && add_newer(store, cache, embedder, NULL) &&
        count_rows(store, embedder->id, &n_rows, NULL) && !worn_out(cache, n_rows))
        return cache;
    vector_cache_free(g_steal_pointer(&store->cache));
    store->cache = build(store, embedder, error);
    return store->cache;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Walks the ids of an index and those of SQLite, both sorted; counts what is on one side only and
   collects what only the index has. */
static bool differ(IdxStore *store, struct vector_cache *cache, GArray *unknown, int64_t *missing,
                   GError **error)
{
    g_autoptr(GArray) ids = ann_ids(cache->ann);
    g_array_sort(ids, by_id);
    g_autoptr(SqlRows) rows =
        sql_query(store, "SELECT id FROM vectors WHERE embedder = ?1 AND id <= ?2 ORDER BY id",
                  SQL(SQL_INT(cache->embedder), SQL_INT(cache->max_id)), error);
    guint at = 0;
    bool there = true;
    *missing = 0;
    while (rows && there) {
        if (!sql_next(store, rows, &there, error))
            return false;
        int64_t id = there ? sqlite3_column_int64(rows, 0) : INT64_MAX;
        for (; at < ids->len && g_array_index(ids, int64_t, at) < id; at++)
            g_array_append_val(unknown, g_array_index(ids, int64_t, at));
        if (at < ids->len && g_array_index(ids, int64_t, at) == id)
            at++;
        else if (there)
            ++*missing;
    }
    return rows != NULL;
}

static bool refresh(IdxStore *store, const struct vectors_embedder *embedder, GError **error)
{
    int64_t missing;
    g_autoptr(GArray) unknown = g_array_new(false, false, sizeof(int64_t));
    struct vector_cache *cache = vector_cache_current(store, embedder, error);
    if (!cache || !differ(store, cache, unknown, &missing, error))
        return false;
    if (missing > 0 ||
        !ann_remove(cache->ann, (int64_t *)(void *)unknown->data, unknown->len, NULL)) {
        vector_cache_free(g_steal_pointer(&store->cache));
        store->cache = cache = build(store, embedder, error);
    }
    return cache != NULL;
}

bool vector_cache_refresh(IdxStore *store, const struct vectors_embedder *embedder, GError **error)
{
    struct vectors_embedder now;
    int64_t bytes;
    if (vector_cache_file_generation(store, embedder, &bytes) == embedder->generation)
        return true;
    if (!sql_begin_read(store, error))
        return false;
    bool ok = vectors_embedder_get(store, embedder->id, &now, error) && refresh(store, &now, error);
    return sql_end(store, ok, error) && save(store, store->cache, &now, error);
}

int64_t vector_cache_count(const struct vector_cache *cache)
{
    return ann_count(cache->ann);
}

int64_t vector_cache_search(struct vector_cache *cache, const float *query, int64_t n,
                            float *scores, int64_t *ids, GError **error)
{
    return ann_search(cache->ann, query, n, scores, ids, error);
}

/* --- the consistency check
 * ----------------------------------------------------------------------------- */

/* Flat: every number. Trained: the vector itself must be found when it is asked for; every 64th. */
static bool compare_values(IdxStore *store, struct vector_cache *cache, int dim, int64_t *n_differ,
                           GError **error)
{
    g_autoptr(GArray) ids = ann_ids(cache->ann);
    g_autofree float *found = g_new(float, (gsize)dim);
    bool flat = ann_is_flat(cache->ann);
    for (guint at = 0; at < ids->len; at += flat ? 1 : 64) {
        int64_t id = g_array_index(ids, int64_t, at);
        g_autoptr(SqlRows) rows =
            sql_query(store, "SELECT vector FROM vectors WHERE id = ?1", SQL(SQL_INT(id)), error);
        bool there;
        if (!rows || !sql_next(store, rows, &there, error))
            return false;
        if (!there || (size_t)sqlite3_column_bytes(rows, 0) != (size_t)dim * sizeof *found)
            continue;
        const float *truth = sqlite3_column_blob(rows, 0);
        if (flat) {
            if (!ann_vector(cache->ann, at, found, error))
                return false;
            *n_differ += memcmp(found, truth, (size_t)dim * sizeof *found) != 0;
            continue;
        }
        /* One byte a number: the score of the vector with itself is off by less than a tenth. */
        float score = 0, norm = 0;
        int64_t best = -1;
        for (int i = 0; i < dim; i++)
            norm += truth[i] * truth[i];
        if (ann_search(cache->ann, truth, 1, &score, &best, error) < 0)
            return false;
        *n_differ += best < 0 || score < 0.9f * norm;
    }
    return true;
}

bool vector_cache_compare(IdxStore *store, const struct vectors_embedder *embedder,
                          struct vector_cache_faults *out, GError **error)
{
    g_autofree char *name = file_name(embedder->id);
    *out = (struct vector_cache_faults){.present = storage_bytes(store->dir, name) >= 0};
    if (!out->present)
        return true;
    struct vector_cache *cache = load(store, embedder);
    if (!cache) {
        out->unusable = true;
        return true;
    }
    g_autoptr(GArray) unknown = g_array_new(false, false, sizeof(int64_t));
    bool ok = differ(store, cache, unknown, &out->missing, error) &&
              compare_values(store, cache, embedder->dim, &out->differ, error);
    /* An older file may name what is gone; it may never lack what it claims to hold. */
    if (cache->generation == embedder->generation)
        out->unknown = unknown->len;
    vector_cache_free(cache);
    return ok;
}
