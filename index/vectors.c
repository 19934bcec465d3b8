/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vectors.c: embeddings as rows of SQLite, the truth behind the FAISS file.
 *
 * Invariants
 * 1. A passage has at most one vector of an embedder. A second one (a question and the indexer
 *    embed the same passage) is left out: both are the same.
 * 2. A vector is never changed, its id never given again. So what FAISS holds under an id is right,
 *    or the id is gone.
 * 3. The generation of an embedder moves with each vector that comes or goes (triggers).
 */
#include "index/find.h"
#include "index/store.h"
#include <math.h>

int64_t idx_embedder(IdxStore *store, const char *name, const char *hash, int dim, GError **error)
{
    static const char find[] = "SELECT id FROM embedders WHERE hash = ?1 AND dim = ?2";
    int64_t id = -1;
    bool found;
    g_return_val_if_fail(strlen(hash) <= 64 && dim > 0, -1);
    if (!sql_int(store, &id, &found, find, SQL(SQL_TEXT(hash), SQL_INT(dim)), error))
        return -1;
    if (found)
        return id;
    if (!sql_begin(store, error))
        return -1;
    bool ok = sql_run(store,
                      "INSERT INTO embedders(name, hash, dim) VALUES(?1, ?2, ?3)"
                      " ON CONFLICT DO NOTHING",
                      SQL(SQL_TEXT(name), SQL_TEXT(hash), SQL_INT(dim)), error) &&
              sql_int(store, &id, &found, find, SQL(SQL_TEXT(hash), SQL_INT(dim)), error);
    if (ok && !found) {
        g_set_error(error, IDX_ERROR, IDX_ERROR_FAILED,
                    "The library knows the embedder %s with vectors of another length than %d.",
                    name, dim);
        ok = false;
    }
    return sql_end(store, ok, error) ? id : -1;
}

bool vectors_embedder_get(IdxStore *store, int64_t embedder, struct vectors_embedder *out,
                          GError **error)
{
    bool there = false;
    g_autoptr(SqlRows) rows = sql_query(store,
                                        "SELECT e.id, e.dim, e.generation, e.hash, b.token"
                                        " FROM embedders e, library b WHERE e.id = ?1",
                                        SQL(SQL_INT(embedder)), error);
    if (!rows || !sql_next(store, rows, &there, error))
        return false;
    if (!there) {
        g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                    "The library has no embedder %" G_GINT64_FORMAT ".", embedder);
        return false;
    }
    out->id = sqlite3_column_int64(rows, 0);
    out->dim = sqlite3_column_int(rows, 1);
    out->generation = sqlite3_column_int64(rows, 2);
    g_strlcpy(out->hash, (const char *)sqlite3_column_text(rows, 3), sizeof out->hash);
    g_strlcpy(out->library, (const char *)sqlite3_column_text(rows, 4), sizeof out->library);
    return true;
}

static bool put(IdxStore *store, const struct vectors_embedder *embedder, const int64_t *passages,
                const float *vectors, size_t n, GError **error)
{
    size_t dim = (size_t)embedder->dim;
    for (size_t i = 0; i < n; i++)
        if (!sql_run(store,
                     "INSERT INTO vectors(embedder, passage, vector)"
                     " SELECT ?1, id, ?3 FROM passages WHERE id = ?2 ON CONFLICT DO NOTHING",
                     SQL(SQL_INT(embedder->id), SQL_INT(passages[i]),
                         SQL_BLOB(vectors + i * dim, dim * sizeof *vectors)),
                     error))
            return false;
    return true;
}

/* One number that is none would spoil every index that is trained on it. */
static bool all_finite(const float *vectors, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        if (isfinite(vectors[i]))
            continue;
        g_set_error(error, IDX_ERROR, IDX_ERROR_FAILED,
                    "The embedder returned a vector that is not made of numbers.");
        return false;
    }
    return true;
}

/* The embed job is done when nothing of its content is left to embed. Else it has come further, and
   the kills it went through before say nothing against it. */
static bool finish_embed(IdxStore *store, int64_t embedder, const struct idx_job *job,
                         GError **error)
{
    return sql_run(store, "UPDATE jobs SET attempts = 1 WHERE id = ?1 AND owner = ?2",
                   SQL(SQL_INT(job->id), SQL_TEXT(store->owner)), error) &&
           sql_run(store,
                   "DELETE FROM jobs WHERE id = ?1 AND owner = ?2 AND NOT EXISTS("
                   " SELECT 1 FROM passages p WHERE p.content = ?3 AND NOT EXISTS("
                   "  SELECT 1 FROM vectors v WHERE v.passage = p.id AND v.embedder = ?4))",
                   SQL(SQL_INT(job->id), SQL_TEXT(store->owner), SQL_INT(job->content),
                       SQL_INT(embedder)),
                   error);
}

bool idx_vectors_put(IdxStore *store, int64_t embedder, const int64_t *passages,
                     const float *vectors, size_t n, const struct idx_job *job, GError **error)
{
    struct vectors_embedder info;
    if (!sql_begin(store, error))
        return false;
    bool ok = vectors_embedder_get(store, embedder, &info, error) &&
              all_finite(vectors, n * (size_t)info.dim, error) &&
              put(store, &info, passages, vectors, n, error) &&
              (!job || finish_embed(store, embedder, job, error));
    return sql_end(store, ok, error);
}

int64_t idx_passages_missing(IdxStore *store, int64_t embedder, GArray *jobs, GError **error)
{
    int64_t sum = 0, n = 0;
    if (!jobs) {
        bool ok = sql_int(store, &sum, NULL,
                          "SELECT (SELECT count(*) FROM passages)"
                          " - (SELECT count(*) FROM vectors WHERE embedder = ?1)",
                          SQL(SQL_INT(embedder)), error);
        return ok ? sum : -1;
    }
    for (guint i = 0; i < jobs->len; i++, sum += n)
        if (!sql_int(store, &n, NULL,
                     "SELECT count(*) FROM jobs j JOIN passages p ON p.content = j.content"
                     " WHERE j.id = ?2 AND NOT EXISTS(SELECT 1 FROM vectors v"
                     "  WHERE v.passage = p.id AND v.embedder = ?1)",
                     SQL(SQL_INT(embedder), SQL_INT(g_array_index(jobs, int64_t, i))), error))
            return -1;
    return sum;
}

bool idx_vectors_get(IdxStore *store, int64_t embedder, const int64_t *passages, size_t n,
                     float *out, bool *has, GError **error)
{
    struct vectors_embedder info;
    if (!vectors_embedder_get(store, embedder, &info, error))
        return false;
    size_t bytes = (size_t)info.dim * sizeof *out;
    for (size_t i = 0; i < n; i++) {
        g_autoptr(SqlRows) rows =
            sql_query(store, "SELECT vector FROM vectors WHERE passage = ?1 AND embedder = ?2",
                      SQL(SQL_INT(passages[i]), SQL_INT(embedder)), error);
        if (!rows || !sql_next(store, rows, &has[i], error))
            return false;
        has[i] = has[i] && (size_t)sqlite3_column_bytes(rows, 0) == bytes;
        if (has[i])
            memcpy(out + i * (size_t)info.dim, sqlite3_column_blob(rows, 0), bytes);
    }
    return true;
}
