/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.h: the tables, and how an older library becomes one of today. Internal to index/.
 */
#pragma once

#include "index/index.h"
#include <sqlite3.h>

#define SCHEMA_VERSION     2
#define SCHEMA_APPLICATION 0x4c63746e /* "Lctn", in the header of the database file */

/* Whether a database of this version and application can be opened; else IDX_ERROR_NEWER, or
   IDX_ERROR_CORRUPT if it is another program's. */
bool schema_accept(const char *dir, int64_t version, int64_t application, GError **error);
/* Settings of a connection. */
bool schema_configure(sqlite3 *db, const char *dir, bool read_only, GError **error);
/* Brings the tables to SCHEMA_VERSION, one transaction a step. */
bool schema_migrate(sqlite3 *db, const char *dir, GError **error);

/* schema-2.c: the texts of the step from version 1 to version 2, NULL-terminated. */
extern const char *const schema_2[];
extern const char schema_2_documents[]; /* one of them */
