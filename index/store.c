/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.c: a library is opened and closed.
 *
 * Order matters: the version is read from the bytes of the database file before SQLite opens it,
 * because opening alone may write (recover a log, make -shm), and a library of a newer Lectern is
 * to stay as it is. It is looked at again through SQLite, for the newest header may be in the log.
 */
#include "index/store.h"
#include "index/catalogue.h"
#include "index/schema.h"
#include "index/storage.h"
#include "index/vector-cache.h"

int64_t store_now(IdxStore *store)
{
    store->last_time = MAX(g_get_real_time(), store->last_time + 1);
    return store->last_time;
}

int64_t idx_time(IdxStore *store)
{
    return store_now(store);
}

const char *idx_dir(const IdxStore *store)
{
    return store->dir;
}

void idx_set_reader_version(IdxStore *store, int version)
{
    store->reader_version = version;
}

static bool open_database(IdxStore *store, const struct idx_key *key, unsigned flags,
                          GError **error)
{
    int64_t version, application;
    if (!storage_prepare(store->dir, flags, error) ||
        !storage_peek(store->dir, &store->header, &version, &application, error) ||
        !schema_accept(store->dir, version, application, error))
        return false;
    store->db = storage_database(store->dir, key, flags, error);
    if (!store->db)
        return false;
    if (!sql_int(store, &version, NULL, "PRAGMA user_version", NULL, error) ||
        !sql_int(store, &application, NULL, "PRAGMA application_id", NULL, error))
        return false;
    if (!schema_accept(store->dir, version, application, error)) {
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return false;
    }
    if (store->read_only && version < SCHEMA_VERSION) {
        g_autofree char *name = g_filename_display_name(store->dir);
        g_set_error(error, IDX_ERROR, IDX_ERROR_READ_ONLY,
                    "The library %s is new or of an older Lectern and must be opened for writing "
                    "once.",
                    name);
        return false;
    }
    return schema_configure(store->db, store->dir, store->read_only, error) &&
           (store->read_only ||
            (catalogue_function(store->db) && schema_migrate(store->db, store->dir, error)));
}

static void finalize(gpointer statement)
{
    sqlite3_finalize(statement);
}

IdxStore *idx_open(const char *dir, const struct idx_key *key, unsigned flags, GError **error)
{
    g_return_val_if_fail(dir != NULL, NULL);
    g_return_val_if_fail((flags & (IDX_CREATE | IDX_READ_ONLY)) != (IDX_CREATE | IDX_READ_ONLY),
                         NULL);
    g_autoptr(IdxStore) store = g_new0(IdxStore, 1);
    store->dir = places_clean(dir);
    store->read_only = flags & IDX_READ_ONLY;
    store->owner = jobs_owner();
    store->seen = g_array_new(false, false, sizeof(int64_t));
    store->statements = g_hash_table_new_full(NULL, NULL, NULL, finalize);
    if (!open_database(store, key, flags, error))
        return NULL;
    bool pending = false;
    if (!erase_pending(store, &pending, error))
        return NULL;
    /* A forget was cut short: its text is out of reach, but not yet off the disk. If another
       process is at work now, the next opening will find time for it. */
    bool done;
    if (pending && !store->read_only && !erase_finish(store, false, &done, error))
        return NULL;
    return g_steal_pointer(&store);
}

void idx_close(IdxStore *store)
{
    if (!store)
        return;
    if (store->db && !store->read_only)
        places_flush_seen(store, NULL); /* lost, the next scan sees them again */
    vector_cache_free(store->cache);
    g_clear_pointer(&store->statements, g_hash_table_unref);
    g_clear_pointer(&store->seen, g_array_unref);
    sqlite3_close(store->db);
    storage_header_close(store->header); /* after the connection (storage.c, 4) */
    g_free(store->owner);
    g_free(store->dir);
    g_free(store);
}

/* PRAGMA data_version moves when another connection has committed; a library that is opened as
   immutable is not looked at for changes by SQLite either. */
bool idx_changes(IdxStore *store, int64_t *version, GError **error)
{
    if (!storage_same_file(store->dir, store->header, error))
        return false;
    if (!store->read_only)
        return storage_can_write(store->dir, error) &&
               sql_int(store, version, NULL, "PRAGMA data_version", NULL, error);
    if (!storage_can_write(store->dir, NULL))
        return sql_int(store, version, NULL, "PRAGMA data_version", NULL, error);
    g_autofree char *name = g_filename_display_name(store->dir);
    g_set_error(error, IDX_ERROR, IDX_ERROR_READ_ONLY,
                "The library %s can be written now: open it again.", name);
    return false;
}
