/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sql.c: prepared statements, transactions and errors of SQLite.
 *
 * Every statement of this folder is a string constant that is prepared once per store. Causes that
 * a person can do something about (disk full, locked, read-only, damaged) keep their own code, so
 * that the program above can say what to do.
 */
#include "index/sql.h"
#include "index/store.h"

G_DEFINE_QUARK(idx - error - quark, idx_error)

/* The first sentence says what failed, the second what to do. */
static const char *cause(int rc, enum idx_error *code)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        *code = IDX_ERROR_FULL;
        return "the disk is full. Free some space and try again";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        *code = IDX_ERROR_BUSY;
        return "another process keeps it locked. Try again in a moment";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        *code = IDX_ERROR_CORRUPT;
        return "its database is damaged. Run \"lectern doctor\"; if that cannot help, move the "
               "folder away and index again";
    case SQLITE_READONLY:
    case SQLITE_PERM:
        *code = IDX_ERROR_READ_ONLY;
        return "it cannot be written. Check the permissions of the folder";
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_AUTH:
        *code = IDX_ERROR_IO;
        return "a file in it cannot be opened, read or written. Check the disk and the "
               "permissions";
    case SQLITE_NOMEM:
        *code = IDX_ERROR_FAILED;
        return "there is not enough memory. Close other programs and try again";
    default:
        *code = IDX_ERROR_FAILED;
        return "the database refused. Run \"lectern doctor\"";
    }
}

void sql_set_error(GError **error, sqlite3 *db, int rc, const char *dir, const char *what)
{
    enum idx_error code;
    const char *why = cause(rc, &code);
    const char *detail = db && sqlite3_errcode(db) == rc ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    g_autofree char *name = g_filename_display_name(dir);
    g_set_error(error, IDX_ERROR, code, "%s %s: %s (%s)", what, name, why, detail);
}

static void store_error(IdxStore *store, GError **error)
{
    /* The extended code tells a full disk from other trouble; the errno of the system does too. */
    int rc = sqlite3_extended_errcode(store->db);
    if ((rc & 0xff) == SQLITE_IOERR && sqlite3_system_errno(store->db) == ENOSPC)
        rc = SQLITE_FULL;
    sql_set_error(error, store->db, rc & 0xff, store->dir, "Cannot use the library");
}

void sql_rows_done(SqlRows *rows)
{
    if (!rows)
        return;
    sqlite3_reset(rows);
    sqlite3_clear_bindings(rows);
}

static int bind(SqlRows *rows, int at, const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_KIND_INT:
        return sqlite3_bind_int64(rows, at, value->i);
    case SQL_KIND_REAL:
        return sqlite3_bind_double(rows, at, value->real);
    case SQL_KIND_TEXT:
        if (!value->p)
            return sqlite3_bind_null(rows, at);
        return sqlite3_bind_text64(rows, at, value->p, (sqlite3_uint64)value->n, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case SQL_KIND_BLOB:
        if (!value->p)
            return sqlite3_bind_null(rows, at);
        return sqlite3_bind_blob64(rows, at, value->p, (sqlite3_uint64)value->n, SQLITE_STATIC);
    case SQL_KIND_END:
        break;
    }
    return SQLITE_MISUSE;
}

SqlRows *sql_query(IdxStore *store, const char *sql, const struct sql_value *values, GError **error)
{
    SqlRows *rows = g_hash_table_lookup(store->statements, sql);
    if (!rows) {
        if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows, NULL) !=
            SQLITE_OK) {
            store_error(store, error);
            return NULL;
        }
        g_hash_table_insert(store->statements, (gpointer)sql, rows);
    }
    g_assert(!sqlite3_stmt_busy(rows)); /* nobody may be in the middle of its rows */
    for (int at = 1; values && values->kind != SQL_KIND_END; values++, at++) {
        if (bind(rows, at, values) != SQLITE_OK) {
            store_error(store, error);
            sql_rows_done(rows);
            return NULL;
        }
    }
    return rows;
}

bool sql_next(IdxStore *store, SqlRows *rows, bool *there, GError **error)
{
    int rc = sqlite3_step(rows);
    *there = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return true;
    store_error(store, error);
    return false;
}

bool sql_run(IdxStore *store, const char *sql, const struct sql_value *values, GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(store, sql, values, error);
    bool there = true;
    while (rows && there)
        if (!sql_next(store, rows, &there, error))
            return false;
    return rows != NULL;
}

bool sql_int(IdxStore *store, int64_t *out, bool *found, const char *sql,
             const struct sql_value *values, GError **error)
{
    g_autoptr(SqlRows) rows = sql_query(store, sql, values, error);
    bool there = false;
    if (!rows || !sql_next(store, rows, &there, error))
        return false;
    if (there)
        *out = sqlite3_column_int64(rows, 0);
    if (found)
        *found = there;
    return true;
}

int64_t sql_changes(IdxStore *store)
{
    return sqlite3_changes64(store->db);
}

int64_t sql_last_id(IdxStore *store)
{
    return sqlite3_last_insert_rowid(store->db);
}

bool sql_begin(IdxStore *store, GError **error)
{
    if (store->read_only) {
        g_autofree char *name = g_filename_display_name(store->dir);
        g_set_error(error, IDX_ERROR, IDX_ERROR_READ_ONLY,
                    "The library %s was opened for reading only.", name);
        return false;
    }
    return sql_run(store, "BEGIN IMMEDIATE", NULL, error);
}

bool sql_begin_read(IdxStore *store, GError **error)
{
    return sql_run(store, "BEGIN", NULL, error);
}

bool sql_end(IdxStore *store, bool ok, GError **error)
{
    if (ok && sql_run(store, "COMMIT", NULL, error))
        return true;
    /* Some errors (disk full) have rolled back already; a commit that failed has not. */
    if (!sqlite3_get_autocommit(store->db))
        sql_run(store, "ROLLBACK", NULL, NULL);
    return false;
}

char *sql_column_text(SqlRows *rows, int column)
{
    const char *text = (const char *)sqlite3_column_text(rows, column);
    return g_strdup(text ? text : "");
}

char *sql_column_path(SqlRows *rows, int column)
{
    const char *bytes = sqlite3_column_blob(rows, column);
    return g_strndup(bytes ? bytes : "", (gsize)sqlite3_column_bytes(rows, column));
}
