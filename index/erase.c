/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * erase.c: forgetting, so that no file of the library holds the words any more: of documents,
 * whose quotes leave the answers too (what the model wrote stays), and of conversations.
 *
 * Deleting rows is not erasing. Four places keep what was deleted: freed pages (secure_delete
 * zeroes them), full-text segments (a deletion is only a note until segments merge: "optimize"
 * merges all into one), the unused middle of pages through which rows once moved when the tree was
 * balanced (VACUUM writes every page anew), and the log (truncated by a checkpoint). The FAISS file
 * goes as a whole and is built again.
 *
 * Invariants
 * 1. The deletion is one transaction, which also sets erase_pending. Killed after it, the document
 *    can no longer be found, and the next opening finishes the erasing.
 * 2. erase_pending is cleared only after a checkpoint that truncated the log. Its bits say whose
 *    words are to go (enum erase_what).
 */
#include "index/storage.h"
#include "index/store.h"
#include "index/vector-cache.h"

#define NO_WAIT_MS 100
/* VACUUM makes a copy of the database: in memory, or, of a larger one, in a file of the library's
   folder that has no name while it is used. */
int64_t erase_copy_in_memory_bytes = 256 << 20;

static bool read_marks(IdxStore *store, int64_t *marks, GError **error)
{
    return sql_int(store, marks, NULL, "SELECT erase_pending FROM library", NULL, error);
}

bool erase_pending(IdxStore *store, bool *pending, GError **error)
{
    int64_t marks = 0;
    bool ok = read_marks(store, &marks, error);
    *pending = marks != 0;
    return ok;
}

bool erase_mark(IdxStore *store, enum erase_what what, GError **error)
{
    return sql_run(store, "UPDATE library SET erase_pending = erase_pending | ?1",
                   SQL(SQL_INT(what)), error);
}

/* As sql_run, but another process in the way is no error: *done is false then. */
static bool run_if_free(IdxStore *store, const char *sql, bool *done, GError **error)
{
    g_autoptr(GError) local = NULL;
    *done = sql_run(store, sql, NULL, &local);
    if (*done || g_error_matches(local, IDX_ERROR, IDX_ERROR_BUSY))
        return true;
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

static bool vacuum(IdxStore *store, bool *done, GError **error)
{
    if (storage_database_bytes(store->dir) <= erase_copy_in_memory_bytes)
        return run_if_free(store, "VACUUM", done, error);
    if (!sql_run(store, "PRAGMA temp_store = FILE", NULL, error))
        return false;
    storage_temporary_begin(store->dir);
    bool ok = run_if_free(store, "VACUUM", done, error);
    storage_temporary_end();
    return sql_run(store, "PRAGMA temp_store = MEMORY", NULL, error) && ok;
}

static bool optimize(IdxStore *store, int64_t marks, bool *done, GError **error)
{
    *done = true;
    if (marks & ERASE_DOCUMENTS &&
        !run_if_free(store, "INSERT INTO fulltext(fulltext) VALUES('optimize')", done, error))
        return false;
    if (!*done || !(marks & ERASE_TALK))
        return true;
    if (!run_if_free(store, "INSERT INTO turn_words(turn_words) VALUES('optimize')", done, error))
        return false;
    return !*done || run_if_free(store, "INSERT INTO title_words(title_words) VALUES('optimize')",
                                 done, error);
}

static bool erase(IdxStore *store, int64_t marks, bool *done, GError **error)
{
    int64_t busy = 1;
    if (!optimize(store, marks, done, error) || (*done && !vacuum(store, done, error)))
        return false;
    if (!*done)
        return true;
    if (!sql_int(store, &busy, NULL, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, error))
        return false;
    *done = busy == 0;
    return busy || run_if_free(store, "UPDATE library SET erase_pending = 0", done, error);
}

static bool finish(IdxStore *store, int64_t marks, bool wait, bool *done, GError **error)
{
    int64_t usual = 0;
    *done = false;
    if (!sql_int(store, &usual, NULL, "PRAGMA busy_timeout", NULL, error))
        return false;
    if (marks & ERASE_DOCUMENTS) {
        storage_remove(store->dir, VECTOR_CACHE_FILES, true);
        vector_cache_free(g_steal_pointer(&store->cache));
    }
    if (!wait)
        sqlite3_busy_timeout(store->db, NO_WAIT_MS);
    bool ok = erase(store, marks, done, error);
    sqlite3_busy_timeout(store->db, (int)usual);
    return ok;
}

bool erase_finish(IdxStore *store, bool wait, bool *done, GError **error)
{
    int64_t marks = 0;
    return read_marks(store, &marks, error) && finish(store, marks, wait, done, error);
}

bool erase_now(IdxStore *store, enum erase_what what, GError **error)
{
    int64_t marks = 0;
    bool done;
    /* `what` as well: another process that was erasing may have cleared the mark meanwhile */
    if (!read_marks(store, &marks, error) || !finish(store, marks | what, true, &done, error))
        return false;
    if (!done)
        g_set_error_literal(
            error, IDX_ERROR, IDX_ERROR_BUSY,
            "It can no longer be found, but another program is reading the library, "
            "so its words are still in the library's files. End that program and "
            "run any command on the library again: that erases them.");
    return done;
}

/* --- forget
 * ---------------------------------------------------------------------------------------- */

static bool remove_locations(IdxStore *store, const char *path, const char *from, const char *to,
                             int64_t *n, GError **error)
{
    for (*n = 0;; ++*n) {
        int64_t id = 0;
        bool found;
        if (!sql_int(store, &id, &found,
                     "SELECT id FROM locations WHERE path = ?1 OR (path >= ?2 AND path < ?3)"
                     " LIMIT 1",
                     SQL(SQL_BYTES(path), SQL_BYTES(from), SQL_BYTES(to)), error))
            return false;
        if (!found)
            return true;
        if (!places_remove_location(store, id, error))
            return false;
    }
}

/* Below a root that stays, the next scan would bring the files back. */
static bool exclude_if_kept(IdxStore *store, const char *path, GError **error)
{
    return sql_run(
        store,
        "INSERT INTO exclusions(path) SELECT ?1 WHERE EXISTS(SELECT 1 FROM roots"
        " WHERE path = x'2f' OR substr(?1, 1, length(path) + 1) = CAST(path || x'2f' AS BLOB))"
        " ON CONFLICT DO NOTHING",
        SQL(SQL_BYTES(path)), error);
}

static bool forget(IdxStore *store, const char *path, int64_t *n, bool *any, GError **error)
{
    g_autofree char *from = NULL, *to = NULL;
    places_below(path, &from, &to);
    if (!answers_forget(store, path, from, to, any, error) ||
        !remove_locations(store, path, from, to, n, error) ||
        !sql_run(store, "DELETE FROM roots WHERE path = ?1 OR (path >= ?2 AND path < ?3)",
                 SQL(SQL_BYTES(path), SQL_BYTES(from), SQL_BYTES(to)), error))
        return false;
    bool known = *n > 0 || sql_changes(store) > 0;
    *any = *any || known;
    /* nothing of that name: a slip of the pen excludes nothing */
    return (!known || exclude_if_kept(store, path, error)) &&
           (!*any || erase_mark(store, ERASE_DOCUMENTS, error));
}

int64_t idx_forget(IdxStore *store, const char *path, GError **error)
{
    int64_t n = 0;
    bool any = false;
    g_autofree char *clean = places_clean(path);
    if (!sql_begin(store, error))
        return -1;
    bool ok = forget(store, clean, &n, &any, error);
    if (!sql_end(store, ok, error) || (any && !erase_now(store, ERASE_DOCUMENTS, error)))
        return -1;
    return n;
}
