/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sql.h: the few verbs in which this folder speaks to SQLite. Internal to index/.
 *
 *     g_autoptr(SqlRows) rows = sql_query(store, "SELECT id FROM roots WHERE path = ?1",
 *                                         SQL(SQL_BYTES(path)), &error);
 *     while (sql_next(store, rows, &row_there, &error) && row_there) …
 *
 * SQL texts are string constants: the statement cache is keyed by their address. A statement is
 * reset when its SqlRows goes out of scope, so that no read transaction outlives its reader.
 */
#pragma once

#include "index/index.h"
#include <sqlite3.h>
#include <string.h>

enum sql_kind { SQL_KIND_END, SQL_KIND_INT, SQL_KIND_REAL, SQL_KIND_TEXT, SQL_KIND_BLOB };
struct sql_value {
    enum sql_kind kind;
    int64_t i;
    double real;
    const void *p; /* (borrowed) NULL binds NULL */
    int64_t n;     /* bytes */
};

/* Values for ?1, ?2 … in order. */
#define SQL(...)       ((const struct sql_value[]){__VA_ARGS__, {.kind = SQL_KIND_END}})
#define SQL_INT(x)     ((struct sql_value){.kind = SQL_KIND_INT, .i = (x)})
#define SQL_REAL(x)    ((struct sql_value){.kind = SQL_KIND_REAL, .real = (x)})
#define SQL_TEXT(x)    (sql_text_value(x))
#define SQL_BYTES(x)   (sql_bytes_value(x)) /* a path: a C string stored as a blob */
#define SQL_BLOB(x, m) ((struct sql_value){.kind = SQL_KIND_BLOB, .p = (x), .n = (int64_t)(m)})

static inline struct sql_value sql_text_value(const char *text)
{
    return (struct sql_value){
        .kind = SQL_KIND_TEXT, .p = text, .n = text ? (int64_t)strlen(text) : 0};
}

static inline struct sql_value sql_bytes_value(const char *bytes)
{
    return (struct sql_value){
        .kind = SQL_KIND_BLOB, .p = bytes, .n = bytes ? (int64_t)strlen(bytes) : 0};
}

typedef sqlite3_stmt SqlRows;
void sql_rows_done(SqlRows *rows); /* NULL is legal */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlRows, sql_rows_done)

/* A bound statement ready to step; values may be NULL; NULL on error. */
SqlRows *sql_query(IdxStore *store, const char *sql, const struct sql_value *values,
                   GError **error);
/* False on error only; *there: a row can be read. */
bool sql_next(IdxStore *store, SqlRows *rows, bool *there, GError **error);
/* Runs a statement to its end. */
bool sql_run(IdxStore *store, const char *sql, const struct sql_value *values, GError **error);
/* First column of the first row; *found (may be NULL) tells whether there was one, *out is left
   alone if not. */
bool sql_int(IdxStore *store, int64_t *out, bool *found, const char *sql,
             const struct sql_value *values, GError **error);
int64_t sql_changes(IdxStore *store);
int64_t sql_last_id(IdxStore *store);

/* A write transaction takes the write lock at once: it can then not fail half-way as busy. */
bool sql_begin(IdxStore *store, GError **error);
bool sql_begin_read(IdxStore *store, GError **error);
/* Commits if ok, else rolls back; returns whether the work is in the database. */
bool sql_end(IdxStore *store, bool ok, GError **error);

/* Copies of a column, never NULL: text, and a path (blob) with its end marked. */
char *sql_column_text(SqlRows *rows, int column);
char *sql_column_path(SqlRows *rows, int column);

/* Sets error from a result code of SQLite; what: "cannot open the library", … */
void sql_set_error(GError **error, sqlite3 *db, int rc, const char *dir, const char *what);
