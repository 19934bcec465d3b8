/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * remove.c: taking documents out of a library without erasing (erase.c does that).
 *
 * A folder may hold 50,000 documents, and others want to write meanwhile: so it is done in small
 * transactions. The first one leaves an exclusion. Killed after it, the folder is seen no more by
 * the next scan, whose sweep takes out the rest.
 */
#include "index/catalogue.h"

#include "index/store.h"

#define BATCH 64 /* locations a transaction */

/* Is there a root above the path, that a scan would bring the files back with? */
#define KEPT_ABOVE                                                                                 \
    "EXISTS(SELECT 1 FROM roots WHERE (path = x'2f' AND ?1 <> x'2f')"                              \
    " OR substr(?1, 1, length(path) + 1) = CAST(path || x'2f' AS BLOB))"

struct span {
    char *path, *from, *to; /* (owned) */
};

static void span_clear(struct span *span)
{
    g_free(span->path);
    g_free(span->from);
    g_free(span->to);
}

static bool mark(IdxStore *store, const struct span *span, bool *any, GError **error)
{
    int64_t one;
    bool root = false;
    return sql_int(store, &one, any,
                   "SELECT 1 FROM locations WHERE path = ?1 OR (path >= ?2 AND path < ?3) LIMIT 1",
                   SQL(SQL_BYTES(span->path), SQL_BYTES(span->from), SQL_BYTES(span->to)), error) &&
           sql_int(store, &one, &root,
                   "SELECT 1 FROM roots WHERE path = ?1 OR (path >= ?2 AND path < ?3) LIMIT 1",
                   SQL(SQL_BYTES(span->path), SQL_BYTES(span->from), SQL_BYTES(span->to)), error) &&
           (!(*any = *any || root) || /* nothing of that name: a slip of the pen excludes nothing */
            sql_run(store,
                    "INSERT INTO exclusions(path) VALUES(?1)"
                    " ON CONFLICT DO UPDATE SET dropped = 0",
                    SQL(SQL_BYTES(span->path)), error));
}

static bool remove_some(IdxStore *store, const struct span *span, int *n, GError **error)
{
    for (*n = 0; *n < BATCH; ++*n) {
        int64_t id = 0;
        bool found;
        if (!sql_int(store, &id, &found,
                     "SELECT id FROM locations WHERE path = ?1 OR (path >= ?2 AND path < ?3)"
                     " LIMIT 1",
                     SQL(SQL_BYTES(span->path), SQL_BYTES(span->from), SQL_BYTES(span->to)), error))
            return false;
        if (!found)
            return true;
        if (!places_remove_location(store, id, error))
            return false;
    }
    return true;
}

/* The roots go, and with no root above the exclusions have done their work. */
static bool finish(IdxStore *store, const struct span *span, GError **error)
{
    return sql_run(store, "DELETE FROM roots WHERE path = ?1 OR (path >= ?2 AND path < ?3)",
                   SQL(SQL_BYTES(span->path), SQL_BYTES(span->from), SQL_BYTES(span->to)), error) &&
           sql_run(store,
                   "DELETE FROM exclusions WHERE (path = ?1 OR (path >= ?2 AND path < ?3))"
                   " AND NOT " KEPT_ABOVE,
                   SQL(SQL_BYTES(span->path), SQL_BYTES(span->from), SQL_BYTES(span->to)), error);
}

static int64_t remove_span(IdxStore *store, const struct span *span, GError **error)
{
    int64_t n_removed = 0;
    int n = BATCH;
    bool any = false;
    if (!sql_begin(store, error) || !sql_end(store, mark(store, span, &any, error), error))
        return -1;
    if (!any)
        return 0;
    while (n == BATCH) {
        if (!sql_begin(store, error))
            return -1;
        bool ok = remove_some(store, span, &n, error);
        if (ok && n < BATCH)
            ok = finish(store, span, error);
        if (!sql_end(store, ok, error))
            return -1;
        n_removed += n;
    }
    return n_removed;
}

int64_t idx_remove(IdxStore *store, const char *path, GError **error)
{
    struct span span = {.path = places_clean(path)};
    places_below(span.path, &span.from, &span.to);
    int64_t n = remove_span(store, &span, error);
    span_clear(&span);
    return n;
}

/* --- what waits ------------------------------------------------------------------------------- */

/* One location that was never read; *found false: there is none. */
static bool drop_one(IdxStore *store, bool *found, GError **error)
{
    int64_t id = 0;
    return sql_int(store, &id, found,
                   "SELECT id FROM locations WHERE state IN ('waiting', 'reading')"
                   " AND content IS NULL LIMIT 1",
                   NULL, error) &&
           (!*found ||
            (sql_run(store,
                     "INSERT INTO exclusions(path, dropped) SELECT path, 1 FROM locations"
                     " WHERE id = ?1 ON CONFLICT DO NOTHING",
                     SQL(SQL_INT(id)), error) &&
             places_remove_location(store, id, error)));
}

/* A root of which nothing is left was added by mistake: it goes, and with it what was noted below
   it. */
static bool drop_empty_roots(IdxStore *store, GError **error)
{
    return sql_run(
               store,
               "DELETE FROM roots WHERE NOT offline"
               " AND NOT EXISTS(SELECT 1 FROM locations WHERE root = roots.id)"
               " AND EXISTS(SELECT 1 FROM exclusions e WHERE e.dropped AND"
               "  (e.path = roots.path OR"
               "   substr(e.path, 1, length(roots.path) + 1) = CAST(roots.path || x'2f' AS BLOB)"
               "   OR roots.path = x'2f'))",
               NULL, error) &&
           sql_run(store,
                   "DELETE FROM exclusions WHERE dropped AND NOT EXISTS(SELECT 1 FROM roots r"
                   " WHERE r.path = exclusions.path OR r.path = x'2f'"
                   " OR substr(exclusions.path, 1, length(r.path) + 1)"
                   "  = CAST(r.path || x'2f' AS BLOB))",
                   NULL, error);
}

int64_t idx_drop_waiting(IdxStore *store, GError **error)
{
    int64_t n_dropped = 0;
    for (bool found = true; found;) {
        int n = 0;
        if (!sql_begin(store, error))
            return -1;
        bool ok = true;
        for (; ok && found && n < BATCH; n += found)
            ok = drop_one(store, &found, error);
        if (ok && !found)
            ok = drop_empty_roots(store, error);
        if (!sql_end(store, ok, error))
            return -1;
        n_dropped += n;
    }
    return n_dropped;
}

bool idx_root_resume(IdxStore *store, const char *path, GError **error)
{
    struct span span = {.path = places_clean(path)};
    places_below(span.path, &span.from, &span.to);
    bool ok = sql_begin(store, error);
    if (ok) {
        ok = sql_run(
            store,
            "DELETE FROM exclusions WHERE dropped AND (path = ?1 OR (path >= ?2 AND path < ?3))",
            SQL(SQL_BYTES(span.path), SQL_BYTES(span.from), SQL_BYTES(span.to)), error);
        ok = sql_end(store, ok, error);
    }
    span_clear(&span);
    return ok;
}
