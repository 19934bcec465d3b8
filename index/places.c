/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.c: where documents are: collections, roots, exclusions, locations (paths).
 *
 * Invariants
 * 1. Paths are bytes, absolute, without slashes at the end. "Below B" is the range
 *    [B + "/", B + "0"), since '0' follows '/'.
 * 2. Offline is a property of the root: its locations keep their own state underneath, and nothing
 *    has to be put back when the root returns.
 * 3. A location that was seen and has not changed costs no write of its own: its id is kept in the
 *    store and written with others, at the latest before a sweep by this store. Another process
 *    sweeps by its own scan and needs no knowledge of ours. (A rescan of 100,000 files would
 *    otherwise write 400 MB of log.)
 * 4. A sweep deletes nothing if the clock has gone back since the scan began.
 */
#include "index/store.h"

#define SEEN_BATCH  1000
#define SWEEP_BATCH 64 /* locations a transaction: others want to write too */

static const char *const state_names[] = {
    [IDX_WAITING] = "waiting", [IDX_READING] = "reading", [IDX_READY] = "ready",
    [IDX_FAILED] = "failed",   [IDX_SKIPPED] = "skipped", [IDX_OFFLINE] = "offline",
};

const char *idx_state_name(enum idx_state state)
{
    g_return_val_if_fail((unsigned)state < G_N_ELEMENTS(state_names), "");
    return state_names[state];
}

char *places_clean(const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    return g_strndup(path, n);
}

void places_below(const char *path, char **from, char **to)
{
    const char *base = strcmp(path, "/") == 0 ? "" : path;
    *from = g_strconcat(base, "/", NULL);
    *to = g_strconcat(base, "0", NULL);
}

/* --- roots ---------------------------------------------------------------------------------------
 */

void idx_root_free(struct idx_root *root)
{
    if (!root)
        return;
    g_free(root->path);
    g_free(root->collection);
    g_free(root);
}

static bool root_upsert(IdxStore *store, const char *path, bool is_file, const char *collection,
                        int64_t *id, GError **error)
{
    g_autofree char *from = NULL, *to = NULL;
    places_below(path, &from, &to);
    const char *name = collection && *collection ? collection : "All";
    int64_t in = 0;
    if (!collections_make(store, name, &in, error) ||
        !sql_run(store,
                 "INSERT INTO roots(path, collection, is_file) VALUES(?1, ?2, ?3)"
                 " ON CONFLICT(path) DO UPDATE SET is_file = excluded.is_file, offline = 0",
                 SQL(SQL_BYTES(path), SQL_INT(in), SQL_INT(is_file)), error))
        return false;
    /* Named now, a root that is known already moves to that collection. */
    if (collection && *collection &&
        !sql_run(store, "UPDATE roots SET collection = ?2 WHERE path = ?1",
                 SQL(SQL_BYTES(path), SQL_INT(in)), error))
        return false;
    return sql_run(store, "DELETE FROM exclusions WHERE path = ?1 OR (path >= ?2 AND path < ?3)",
                   SQL(SQL_BYTES(path), SQL_BYTES(from), SQL_BYTES(to)), error) &&
           sql_int(store, id, NULL, "SELECT id FROM roots WHERE path = ?1", SQL(SQL_BYTES(path)),
                   error);
}

int64_t idx_root_add(IdxStore *store, const char *path, bool is_file, const char *collection,
                     GError **error)
{
    g_return_val_if_fail(path && g_path_is_absolute(path), -1);
    int64_t id = -1;
    g_autofree char *clean = places_clean(path);
    if (!sql_begin(store, error))
        return -1;
    bool ok = root_upsert(store, clean, is_file, collection, &id, error);
    return sql_end(store, ok, error) ? id : -1;
}

static bool excluded(IdxStore *store, const char *path, bool *out, GError **error)
{
    int64_t one;
    *out = false;
    if (!sql_int(store, &one, out, "SELECT 1 FROM exclusions LIMIT 1", NULL, error))
        return false;
    if (!*out)
        return true;
    g_autofree char *above = places_clean(path);
    for (;;) {
        bool root = false;
        if (!sql_int(store, &one, out, "SELECT 1 FROM exclusions WHERE path = ?1",
                     SQL(SQL_BYTES(above)), error) ||
            !sql_int(store, &one, &root, "SELECT 1 FROM roots WHERE path = ?1",
                     SQL(SQL_BYTES(above)), error))
            return false;
        char *slash = strrchr(above, '/');
        /* a root was added by name: what is left out above it does not concern it */
        if (*out || root || !slash || slash == above)
            return true;
        *slash = '\0';
    }
}

static bool split(IdxStore *store, const struct idx_root *root, const char *path, int64_t *id,
                  GError **error)
{
    g_autofree char *from = NULL, *to = NULL;
    places_below(path, &from, &to);
    return sql_run(store,
                   "INSERT INTO roots(path, collection, is_file, within) VALUES(?1, ?2, 0, ?3)"
                   " ON CONFLICT(path) DO NOTHING",
                   SQL(SQL_BYTES(path), SQL_INT(root->collection_id), SQL_INT(root->id)), error) &&
           sql_int(store, id, NULL, "SELECT id FROM roots WHERE path = ?1", SQL(SQL_BYTES(path)),
                   error) &&
           sql_run(store,
                   "UPDATE locations SET root = ?3 WHERE root = ?4 AND path >= ?1 AND path < ?2",
                   SQL(SQL_BYTES(from), SQL_BYTES(to), SQL_INT(*id), SQL_INT(root->id)), error);
}

int64_t idx_root_split(IdxStore *store, const struct idx_root *root, const char *path,
                       GError **error)
{
    int64_t id = 0;
    bool out;
    g_autofree char *clean = places_clean(path);
    if (!excluded(store, clean, &out, error))
        return -1;
    if (out)
        return 0;
    if (!sql_begin(store, error))
        return -1;
    bool ok = split(store, root, clean, &id, error);
    return sql_end(store, ok, error) ? id : -1;
}

GPtrArray *idx_roots(IdxStore *store, GError **error)
{
    g_autoptr(GPtrArray) roots = g_ptr_array_new_with_free_func((GDestroyNotify)idx_root_free);
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT r.id, r.path, c.name, r.is_file, r.offline, c.id"
                  " FROM roots r JOIN collections c ON c.id = r.collection ORDER BY r.path",
                  NULL, error);
    bool there = true;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there)
            return g_steal_pointer(&roots);
        struct idx_root *root = g_new0(struct idx_root, 1);
        root->id = sqlite3_column_int64(rows, 0);
        root->path = sql_column_path(rows, 1);
        root->collection = sql_column_text(rows, 2);
        root->is_file = sqlite3_column_int(rows, 3);
        root->offline = sqlite3_column_int(rows, 4);
        root->collection_id = sqlite3_column_int64(rows, 5);
        g_ptr_array_add(roots, root);
    }
    return NULL;
}

bool idx_root_set_offline(IdxStore *store, int64_t root, bool offline, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    bool ok = sql_run(store, "UPDATE roots SET offline = ?2 WHERE id = ?1 AND offline <> ?2",
                      SQL(SQL_INT(root), SQL_INT(offline)), error);
    return sql_end(store, ok, error);
}

bool idx_excluded(IdxStore *store, const char *path, GError **error)
{
    bool out;
    return excluded(store, path, &out, error) && out;
}

/* --- locations seen by a scan
 * --------------------------------------------------------------------- */

bool places_flush_seen(IdxStore *store, GError **error)
{
    if (store->seen->len == 0)
        return true;
    if (!sql_begin(store, error))
        return false;
    int64_t now = store_now(store);
    bool ok = true;
    for (guint i = 0; ok && i < store->seen->len; i++)
        ok = sql_run(store, "UPDATE locations SET seen_at = ?2 WHERE id = ?1",
                     SQL(SQL_INT(g_array_index(store->seen, int64_t, i)), SQL_INT(now)), error);
    ok = sql_end(store, ok, error);
    g_array_set_size(store->seen, 0);
    return ok;
}

/* What is known of a path. */
struct known {
    bool there, same, final, has_content, blocked;
    int64_t id;
};

static bool look_up(IdxStore *store, const char *path, const struct idx_file *file,
                    struct known *out, GError **error)
{
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT id, size = ?2 AND mtime_ns = ?3 AND (?4 = 0 OR reader_version = ?4),"
                  " state IN ('ready', 'failed', 'skipped'),"
                  " content IS NOT NULL, state = 'ready' AND reason <> ''"
                  " FROM locations WHERE path = ?1",
                  SQL(SQL_BYTES(path), SQL_INT(file->size), SQL_INT(file->mtime_ns),
                      SQL_INT(store->reader_version)),
                  error);
    *out = (struct known){0};
    if (!rows || !sql_next(store, rows, &out->there, error))
        return false;
    if (out->there) {
        out->id = sqlite3_column_int64(rows, 0);
        out->same = sqlite3_column_int(rows, 1);
        out->final = sqlite3_column_int(rows, 2);
        out->has_content = sqlite3_column_int(rows, 3);
        out->blocked = sqlite3_column_int(rows, 4);
    }
    return true;
}

/* The old text of a changed file stays searchable until the new one is there. */
static bool record(IdxStore *store, const char *path, const struct idx_file *file, GError **error)
{
    int64_t id = 0;
    g_autofree char *name = catalogue_name(path);
    return sql_run(store,
                   "INSERT INTO locations(root, path, size, mtime_ns, state, seen_at, name)"
                   " VALUES(?1, ?2, ?3, ?4, 'waiting', ?5, ?6)"
                   " ON CONFLICT(path) DO UPDATE SET size = ?3, mtime_ns = ?4, seen_at = ?5,"
                   " reason = '', state = iif(state = 'reading', 'reading', 'waiting')",
                   SQL(SQL_INT(file->root), SQL_BYTES(path), SQL_INT(file->size),
                       SQL_INT(file->mtime_ns), SQL_INT(store_now(store)), SQL_TEXT(name)),
                   error) &&
           sql_int(store, &id, NULL, "SELECT id FROM locations WHERE path = ?1",
                   SQL(SQL_BYTES(path)), error) &&
           jobs_enqueue_read(store, id, error);
}

bool idx_location_known(IdxStore *store, const struct idx_file *file, bool *known, GError **error)
{
    struct known found;
    g_autofree char *path = places_clean(file->path);
    bool ok = look_up(store, path, file, &found, error);
    *known = ok && found.there && found.same && found.final;
    return ok;
}

/* The location was seen, and this is to be said of it. */
static bool set_reason(IdxStore *store, int64_t id, const char *reason, GError **error)
{
    return sql_run(store, "UPDATE locations SET reason = ?2, seen_at = ?3 WHERE id = ?1",
                   SQL(SQL_INT(id), SQL_TEXT(reason), SQL_INT(store_now(store))), error);
}

enum idx_seen idx_location_seen(IdxStore *store, const struct idx_file *file, GError **error)
{
    bool out;
    struct known known;
    g_autofree char *path = places_clean(file->path);
    if (!excluded(store, path, &out, error))
        return IDX_SEEN_ERROR;
    if (out)
        return IDX_SEEN_EXCLUDED;
    if (!look_up(store, path, file, &known, error))
        return IDX_SEEN_ERROR;
    if (known.there && known.same && known.final && !known.blocked) {
        g_array_append_val(store->seen, known.id);
        if (store->seen->len >= SEEN_BATCH && !places_flush_seen(store, error))
            return IDX_SEEN_ERROR;
        return IDX_SEEN_SAME;
    }
    bool readable_again = known.blocked && known.same;
    if (!sql_begin(store, error))
        return IDX_SEEN_ERROR;
    bool ok =
        readable_again ? set_reason(store, known.id, "", error) : record(store, path, file, error);
    if (!sql_end(store, ok, error))
        return IDX_SEEN_ERROR;
    if (readable_again)
        return IDX_SEEN_SAME;
    return known.has_content            ? IDX_SEEN_CHANGED
           : known.there && known.final ? IDX_SEEN_CHANGED
                                        : IDX_SEEN_NEW;
}

static bool skip(IdxStore *store, const char *path, const struct idx_file *file, const char *reason,
                 GError **error)
{
    int64_t id = 0, content = 0;
    g_autofree char *name = catalogue_name(path);
    return sql_int(store, &content, NULL, "SELECT content FROM locations WHERE path = ?1",
                   SQL(SQL_BYTES(path)), error) &&
           sql_run(store,
                   "INSERT INTO locations(root, path, size, mtime_ns, state, reason, seen_at, name,"
                   " reader_version) VALUES(?1, ?2, ?3, ?4, 'skipped', ?5, ?6, ?7, ?8)"
                   " ON CONFLICT(path) DO UPDATE SET size = ?3, mtime_ns = ?4, state = 'skipped',"
                   " reason = ?5, seen_at = ?6, content = NULL, reader_version = ?8",
                   SQL(SQL_INT(file->root), SQL_BYTES(path), SQL_INT(file->size),
                       SQL_INT(file->mtime_ns), SQL_TEXT(reason), SQL_INT(store_now(store)),
                       SQL_TEXT(name), SQL_INT(store->reader_version)),
                   error) &&
           sql_int(store, &id, NULL, "SELECT id FROM locations WHERE path = ?1",
                   SQL(SQL_BYTES(path)), error) &&
           sql_run(store, "DELETE FROM jobs WHERE location = ?1", SQL(SQL_INT(id)), error) &&
           documents_drop_if_orphan(store, content, error);
}

bool idx_location_skip(IdxStore *store, const struct idx_file *file, const char *reason,
                       GError **error)
{
    bool out;
    g_autofree char *path = places_clean(file->path);
    if (!excluded(store, path, &out, error))
        return false;
    if (out)
        return true; /* what was forgotten is not even named */
    if (!sql_begin(store, error))
        return false;
    bool ok = skip(store, path, file, reason, error);
    return sql_end(store, ok, error);
}

bool idx_location_block(IdxStore *store, const struct idx_file *file, const char *reason,
                        bool *kept, GError **error)
{
    struct known known;
    g_autofree char *path = places_clean(file->path);
    *kept = false;
    if (!look_up(store, path, file, &known, error))
        return false;
    if (!known.has_content)
        return idx_location_skip(store, file, reason, error);
    *kept = true;
    if (!sql_begin(store, error))
        return false;
    bool ok = set_reason(store, known.id, reason, error);
    return sql_end(store, ok, error);
}

bool places_remove_location(IdxStore *store, int64_t location, GError **error)
{
    int64_t content = 0;
    return sql_int(store, &content, NULL, "SELECT content FROM locations WHERE id = ?1",
                   SQL(SQL_INT(location)), error) &&
           sql_run(store, "DELETE FROM locations WHERE id = ?1", SQL(SQL_INT(location)), error) &&
           documents_drop_if_orphan(store, content, error);
}

int64_t idx_root_sweep(IdxStore *store, int64_t root, int64_t scan_start, GError **error)
{
    int64_t n_removed = 0;
    if (g_get_real_time() < scan_start)
        return 0;
    if (!places_flush_seen(store, error))
        return -1;
    for (;;) {
        bool found = true;
        int n = 0;
        if (!sql_begin(store, error))
            return -1;
        bool ok = true;
        for (; ok && n < SWEEP_BATCH; n++) {
            int64_t id = 0;
            ok = sql_int(store, &id, &found,
                         "SELECT id FROM locations WHERE root = ?1 AND seen_at < ?2 LIMIT 1",
                         SQL(SQL_INT(root), SQL_INT(scan_start)), error);
            if (!ok || !found)
                break;
            ok = places_remove_location(store, id, error);
        }
        if (!sql_end(store, ok, error))
            return -1;
        n_removed += n;
        if (!found)
            return n_removed;
    }
}
