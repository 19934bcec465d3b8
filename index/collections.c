/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * collections.c: roots in named groups; what of a library is ready; how fast it came in.
 *
 * Each root belongs to one collection, "All" if to no other: that one is there as long as there are
 * roots of no other, and is not deleted or renamed.
 */
#include "index/catalogue.h"

#include "index/store.h"

#define ALL "All"

/* How much of the older figures is kept with each new one. */
#define RATE_MEMORY 0.7

void idx_collection_free(struct idx_collection *collection)
{
    if (!collection)
        return;
    g_free(collection->name);
    g_free(collection);
}

/* --- counts -----------------------------------------------------------------------------------
 */

bool collections_count_states(IdxStore *store, states_func add, void *data, GError **error)
{
    /* streams along locations_root (root, state): no row is read */
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT r.collection, iif(r.offline, 'offline', s.state), s.n FROM"
                  " (SELECT root, state, count(*) AS n FROM locations GROUP BY root, state) s"
                  " JOIN roots r ON r.id = s.root",
                  NULL, error);
    bool there = true;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there)
            return true;
        const char *name = (const char *)sqlite3_column_text(rows, 1);
        for (int i = 0; i <= IDX_OFFLINE; i++)
            if (name && strcmp(name, idx_state_name((enum idx_state)i)) == 0)
                add(data, sqlite3_column_int64(rows, 0), (enum idx_state)i,
                    sqlite3_column_int64(rows, 2));
    }
    return false;
}

static void add_to_collection(void *data, int64_t collection, enum idx_state state, int64_t n)
{
    GPtrArray *all = data;
    for (guint i = 0; i < all->len; i++) {
        struct idx_collection *one = all->pdata[i];
        if (one->id == collection)
            one->n_by_state[state] += n;
    }
}

static GPtrArray *load(IdxStore *store, GError **error)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)idx_collection_free);
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT c.id, c.name, coalesce((SELECT min(r.checked_at) FROM roots r"
                  "  WHERE r.collection = c.id AND NOT r.offline), 0)"
                  " FROM collections c ORDER BY c.name COLLATE NOCASE, c.name",
                  NULL, error);
    bool there = true;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there)
            return g_steal_pointer(&out);
        struct idx_collection *one = g_new0(struct idx_collection, 1);
        one->id = sqlite3_column_int64(rows, 0);
        one->name = sql_column_text(rows, 1);
        one->checked_at = sqlite3_column_int64(rows, 2);
        g_ptr_array_add(out, one);
    }
    return NULL;
}

GPtrArray *idx_collections(IdxStore *store, GError **error)
{
    if (!sql_begin_read(store, error))
        return NULL;
    g_autoptr(GPtrArray) all = load(store, error);
    bool ok = all && collections_count_states(store, add_to_collection, all, error);
    return sql_end(store, ok, error) ? g_steal_pointer(&all) : NULL;
}

/* --- changes ----------------------------------------------------------------------------------
 */

static bool name_is_empty(const char *name, GError **error)
{
    for (const char *p = name; *p; p++)
        if (!g_ascii_isspace(*p))
            return false;
    g_set_error_literal(error, IDX_ERROR, IDX_ERROR_FAILED,
                        "A collection needs a name: write one.");
    return true;
}

bool collections_make(IdxStore *store, const char *name, int64_t *id, GError **error)
{
    return sql_run(store, "INSERT INTO collections(name) VALUES(?1) ON CONFLICT DO NOTHING",
                   SQL(SQL_TEXT(name)), error) &&
           sql_int(store, id, NULL, "SELECT id FROM collections WHERE name = ?1",
                   SQL(SQL_TEXT(name)), error);
}

int64_t idx_collection_make(IdxStore *store, const char *name, GError **error)
{
    int64_t id = -1;
    if (name_is_empty(name, error) || !sql_begin(store, error))
        return -1;
    bool ok = collections_make(store, name, &id, error);
    return sql_end(store, ok, error) ? id : -1;
}

/* *name (owned) of the collection that may be changed; false with an error for "All" and for what
   is not there. */
static bool changeable(IdxStore *store, int64_t id, GError **error)
{
    bool there = false;
    g_autoptr(SqlRows) rows =
        sql_query(store, "SELECT name FROM collections WHERE id = ?1", SQL(SQL_INT(id)), error);
    if (!rows || !sql_next(store, rows, &there, error))
        return false;
    if (!there) {
        g_set_error_literal(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                            "This collection is no longer there.");
        return false;
    }
    if (strcmp((const char *)sqlite3_column_text(rows, 0), ALL) != 0)
        return true;
    g_set_error_literal(error, IDX_ERROR, IDX_ERROR_FAILED,
                        "“All” holds what belongs to no other collection: it stays as it is.");
    return false;
}

static bool rename_to(IdxStore *store, int64_t id, const char *name, GError **error)
{
    int64_t other;
    bool taken = false;
    if (!changeable(store, id, error) ||
        !sql_int(store, &other, &taken, "SELECT id FROM collections WHERE name = ?1 AND id <> ?2",
                 SQL(SQL_TEXT(name), SQL_INT(id)), error))
        return false;
    if (taken) {
        g_set_error(error, IDX_ERROR, IDX_ERROR_FAILED,
                    "There is a collection “%s” already: choose another name.", name);
        return false;
    }
    return sql_run(store, "UPDATE collections SET name = ?2 WHERE id = ?1",
                   SQL(SQL_INT(id), SQL_TEXT(name)), error);
}

bool idx_collection_rename(IdxStore *store, int64_t id, const char *name, GError **error)
{
    if (name_is_empty(name, error) || !sql_begin(store, error))
        return false;
    bool ok = rename_to(store, id, name, error);
    return sql_end(store, ok, error);
}

bool idx_collection_delete(IdxStore *store, int64_t id, GError **error)
{
    int64_t all = 0;
    if (!sql_begin(store, error))
        return false;
    bool ok = changeable(store, id, error) && collections_make(store, ALL, &all, error) &&
              sql_run(store, "UPDATE roots SET collection = ?2 WHERE collection = ?1",
                      SQL(SQL_INT(id), SQL_INT(all)), error) &&
              sql_run(store, "DELETE FROM collections WHERE id = ?1", SQL(SQL_INT(id)), error);
    return sql_end(store, ok, error);
}

bool idx_root_move(IdxStore *store, int64_t root, int64_t collection, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    bool ok = sql_run(store,
                      "UPDATE roots SET collection = ?2 WHERE (id = ?1 OR within = ?1)"
                      " AND EXISTS(SELECT 1 FROM collections WHERE id = ?2)",
                      SQL(SQL_INT(root), SQL_INT(collection)), error);
    if (ok && sql_changes(store) == 0) {
        g_set_error_literal(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                            "This folder or its new collection is no longer in the library.");
        ok = false;
    }
    return sql_end(store, ok, error);
}

bool idx_root_checked(IdxStore *store, int64_t root, int64_t start, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    bool ok = sql_run(store, "UPDATE roots SET checked_at = max(checked_at, ?2) WHERE id = ?1",
                      SQL(SQL_INT(root), SQL_INT(start)), error);
    return sql_end(store, ok, error);
}

/* --- rates ------------------------------------------------------------------------------------
 */

static const char *const rate_names[] = {[IDX_RATE_READ] = "read", [IDX_RATE_EMBED] = "embed"};

bool idx_rate_add(IdxStore *store, enum idx_rate rate, double amount, double seconds,
                  GError **error)
{
    if (amount <= 0 || seconds <= 0)
        return true;
    if (!sql_begin(store, error))
        return false;
    bool ok = sql_run(
        store,
        "INSERT INTO rates(kind, amount, seconds) VALUES(?1, ?2, ?3)"
        " ON CONFLICT(kind) DO UPDATE SET amount = ?4 * amount + ?2,"
        " seconds = ?4 * seconds + ?3",
        SQL(SQL_TEXT(rate_names[rate]), SQL_REAL(amount), SQL_REAL(seconds), SQL_REAL(RATE_MEMORY)),
        error);
    return sql_end(store, ok, error);
}

static bool one_real(IdxStore *store, double *out, const char *sql, const char *text,
                     GError **error)
{
    bool there = false;
    g_autoptr(SqlRows) rows = sql_query(store, sql, SQL(SQL_TEXT(text)), error);
    if (!rows || !sql_next(store, rows, &there, error))
        return false;
    *out = there ? sqlite3_column_double(rows, 0) : 0;
    return true;
}

bool idx_rate_get(IdxStore *store, enum idx_rate rate, double *seconds, GError **error)
{
    return one_real(store, seconds, "SELECT seconds / amount FROM rates WHERE kind = ?1",
                    rate_names[rate], error);
}

bool idx_passages_per_byte(IdxStore *store, const char *format, double *passages, GError **error)
{
    return one_real(store, passages,
                    "SELECT coalesce(CAST(sum(n_passages) AS REAL) / sum(size), 0) FROM contents"
                    " WHERE ?1 = '' OR format = ?1",
                    format, error);
}
