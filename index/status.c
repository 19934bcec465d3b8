/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.c: counts and sizes of a library, as of one moment.
 */
#include "index/schema.h"
#include "index/storage.h"
#include "index/vector-cache.h"

static void add_states(void *data, int64_t collection, enum idx_state state, int64_t n)
{
    struct idx_status *out = data;
    out->n_by_state[state] += n;
}

static bool count_rows(IdxStore *store, struct idx_status *out, GError **error)
{
    return sql_int(store, &out->n_contents, NULL, "SELECT count(*) FROM contents", NULL, error) &&
           sql_int(store, &out->n_passages, NULL, "SELECT count(*) FROM passages", NULL, error) &&
           sql_int(store, &out->n_jobs, NULL, "SELECT count(*) FROM jobs WHERE state <> 'failed'",
                   NULL, error) &&
           sql_int(store, &out->n_quarantined, NULL,
                   "SELECT count(*) FROM jobs WHERE state = 'failed'", NULL, error) &&
           sql_int(store, &out->n_roots, NULL, "SELECT count(*) FROM roots", NULL, error) &&
           sql_int(store, &out->n_conversations, NULL, "SELECT count(*) FROM conversations", NULL,
                   error) &&
           sql_int(store, &out->n_answers, NULL, "SELECT count(*) FROM answers", NULL, error);
}

static bool embedder_status(IdxStore *store, int64_t embedder, struct idx_status *out,
                            GError **error)
{
    struct vectors_embedder info;
    if (!vectors_embedder_get(store, embedder, &info, error) ||
        !sql_int(store, &out->n_embedded, NULL, "SELECT count(*) FROM vectors WHERE embedder = ?1",
                 SQL(SQL_INT(embedder)), error))
        return false;
    out->generation = info.generation;
    out->faiss_generation = vector_cache_file_generation(store, &info, &out->faiss_bytes);
    return true;
}

bool idx_status(IdxStore *store, int64_t embedder, struct idx_status *out, GError **error)
{
    *out = (struct idx_status){.schema_version = SCHEMA_VERSION, .faiss_generation = -1};
    if (!sql_begin_read(store, error))
        return false;
    bool ok = collections_count_states(store, add_states, out, error) &&
              count_rows(store, out, error) &&
              (embedder <= 0 || embedder_status(store, embedder, out, error));
    out->database_bytes = storage_database_bytes(store->dir);
    return sql_end(store, ok, error);
}
