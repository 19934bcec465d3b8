/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.c: tables, triggers, migrations.
 *
 * Each migration is a few texts run in one transaction that ends by raising PRAGMA user_version; a
 * released text never changes. A library of a newer version is left untouched.
 *
 * Choices
 * - Paths are blobs: file systems know bytes. Bytewise order makes "below this folder" a range.
 * - Ids of passages and vectors are AUTOINCREMENT: never given twice, so an id in an old FAISS file
 *   can be gone, but never mean something else.
 * - Full text is an external-content FTS5 table over a view: text is stored once, and FTS5's own
 *   check can compare the two. Triggers keep it in step; passages must go before their content,
 *   whose title the trigger still needs.
 * - Triggers raise an embedder's generation with each vector that comes or goes: the FAISS file
 *   names the generation that it holds.
 * - Times are microseconds since 1970.
 */
#include "index/schema.h"
#include "index/sql.h"

#define SWITCH_SECONDS 30 /* as long as the busy handler waits elsewhere */

static const char version_1[] =
    "CREATE TABLE library("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " token TEXT NOT NULL DEFAULT (lower(hex(randomblob(16))))," /* a FAISS file names its library
                                                                  */
    " made_at INTEGER NOT NULL,"
    " erase_pending INTEGER NOT NULL DEFAULT 0" /* a forget has not yet wiped the freed pages */
    ") STRICT;"
    "INSERT INTO library(id, made_at)"
    " VALUES(1, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));"

    "CREATE TABLE collections(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"

    "CREATE TABLE roots("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " path BLOB NOT NULL UNIQUE,"
    " collection INTEGER NOT NULL REFERENCES collections(id),"
    " is_file INTEGER NOT NULL,"
    " offline INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "CREATE INDEX roots_collection ON roots(collection);"

    "CREATE TABLE exclusions(path BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;"

    "CREATE TABLE contents("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " hash TEXT NOT NULL," /* SHA-256 of the file, hex */
    " reader_version INTEGER NOT NULL,"
    " title TEXT NOT NULL,"
    " format TEXT NOT NULL,"
    " size INTEGER NOT NULL,"
    " n_pages INTEGER NOT NULL,"
    " note TEXT NOT NULL,"
    " UNIQUE(hash, reader_version)"
    ") STRICT;"

    "CREATE TABLE locations("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " root INTEGER NOT NULL REFERENCES roots(id),"
    " path BLOB NOT NULL UNIQUE,"
    " size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL,"
    " state TEXT NOT NULL"
    "  CHECK(state IN ('waiting', 'reading', 'ready', 'failed', 'skipped')),"
    " reason TEXT NOT NULL DEFAULT '',"
    " content INTEGER REFERENCES contents(id)"
    "  CHECK(content IS NULL OR state IN ('waiting', 'reading', 'ready')),"
    " seen_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX locations_root ON locations(root);"
    "CREATE INDEX locations_content ON locations(content);"
    "CREATE INDEX locations_state ON locations(state);"

    "CREATE TABLE passages("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " content INTEGER NOT NULL REFERENCES contents(id),"
    " ord INTEGER NOT NULL,"
    " text TEXT NOT NULL,"
    " heading TEXT NOT NULL,"
    " pos_kind TEXT NOT NULL"
    "  CHECK(pos_kind IN ('none', 'page', 'line', 'slide', 'sheet', 'chapter')),"
    " pos_from INTEGER NOT NULL,"
    " pos_to INTEGER NOT NULL,"
    " char_from INTEGER NOT NULL,"
    " char_to INTEGER NOT NULL,"
    " n_tokens INTEGER NOT NULL,"
    " UNIQUE(content, ord)"
    ") STRICT;"

    "CREATE VIEW passage_text(id, text, heading, title) AS"
    " SELECT p.id, p.text, p.heading, c.title"
    " FROM passages p JOIN contents c ON c.id = p.content;"
    "CREATE VIRTUAL TABLE fulltext USING fts5("
    " text, heading, title, content = 'passage_text', content_rowid = 'id',"
    " tokenize = 'porter unicode61 remove_diacritics 2');"
    "CREATE TRIGGER passages_insert AFTER INSERT ON passages BEGIN"
    " INSERT INTO fulltext(rowid, text, heading, title)"
    "  SELECT id, text, heading, title FROM passage_text WHERE id = new.id;"
    "END;"
    "CREATE TRIGGER passages_delete BEFORE DELETE ON passages BEGIN"
    " INSERT INTO fulltext(fulltext, rowid, text, heading, title)"
    "  SELECT 'delete', id, text, heading, title FROM passage_text WHERE id = old.id;"
    "END;"
    /* Rows are written once and never changed: the FAISS file relies on it. */
    "CREATE TRIGGER passages_update BEFORE UPDATE ON passages BEGIN"
    " SELECT raise(ABORT, 'passages are never changed');"
    "END;"

    "CREATE TABLE embedders("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL,"
    " hash TEXT NOT NULL UNIQUE," /* SHA-256 of the model's file */
    " dim INTEGER NOT NULL CHECK(dim > 0),"
    " generation INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"

    "CREATE TABLE vectors("
    " id INTEGER PRIMARY KEY AUTOINCREMENT," /* what FAISS knows it by */
    " embedder INTEGER NOT NULL REFERENCES embedders(id),"
    " passage INTEGER NOT NULL REFERENCES passages(id) ON DELETE CASCADE,"
    " vector BLOB NOT NULL," /* dim × float32, little-endian */
    " UNIQUE(passage, embedder)"
    ") STRICT;"
    "CREATE INDEX vectors_embedder ON vectors(embedder);"
    "CREATE TRIGGER vectors_insert AFTER INSERT ON vectors BEGIN"
    " UPDATE embedders SET generation = generation + 1 WHERE id = new.embedder;"
    "END;"
    "CREATE TRIGGER vectors_delete AFTER DELETE ON vectors BEGIN"
    " UPDATE embedders SET generation = generation + 1 WHERE id = old.embedder;"
    "END;"
    "CREATE TRIGGER vectors_update BEFORE UPDATE ON vectors BEGIN"
    " SELECT raise(ABORT, 'vectors are never changed');"
    "END;"

    "CREATE TABLE jobs("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind TEXT NOT NULL CHECK(kind IN ('read', 'embed')),"
    " location INTEGER UNIQUE REFERENCES locations(id) ON DELETE CASCADE,"
    " content INTEGER UNIQUE REFERENCES contents(id) ON DELETE CASCADE,"
    " state TEXT NOT NULL DEFAULT 'queued' CHECK(state IN ('queued', 'running', 'failed')),"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " due_at INTEGER NOT NULL DEFAULT 0,"
    " owner TEXT NOT NULL DEFAULT '',"
    " lease_until INTEGER NOT NULL DEFAULT 0,"
    " again INTEGER NOT NULL DEFAULT 0," /* the file changed while it was read */
    " reason TEXT NOT NULL DEFAULT '',"
    " CHECK((kind = 'read') = (location IS NOT NULL)),"
    " CHECK((kind = 'embed') = (content IS NOT NULL))"
    ") STRICT;"
    "CREATE INDEX jobs_next ON jobs(state, kind, attempts, id);"

    "CREATE TABLE conversations("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " title TEXT NOT NULL,"
    " made_at INTEGER NOT NULL,"
    " changed_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE messages("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,"
    " ord INTEGER NOT NULL,"
    " role TEXT NOT NULL CHECK(role IN ('user', 'assistant')),"
    " text TEXT NOT NULL,"
    " made_at INTEGER NOT NULL,"
    " UNIQUE(conversation, ord)"
    ") STRICT;"
    "CREATE TABLE answers(" /* all that is needed to make an answer again */
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " message INTEGER NOT NULL UNIQUE REFERENCES messages(id) ON DELETE CASCADE,"
    " query TEXT NOT NULL,"
    " supported INTEGER NOT NULL,"
    " model TEXT NOT NULL,"
    " model_hash TEXT NOT NULL,"
    " settings TEXT NOT NULL,"  /* JSON */
    " citations TEXT NOT NULL," /* JSON */
    " seed INTEGER NOT NULL,"   /* the 64 bits of an unsigned number */
    " tokens BLOB NOT NULL"     /* int32, little-endian */
    ") STRICT;"
    "CREATE TABLE answer_passages(" /* as shown to the model: a copy that outlives the document */
    " answer INTEGER NOT NULL REFERENCES answers(id) ON DELETE CASCADE,"
    " ord INTEGER NOT NULL,"
    " path BLOB NOT NULL,"
    " hash TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " pos_kind TEXT NOT NULL,"
    " pos_from INTEGER NOT NULL,"
    " pos_to INTEGER NOT NULL,"
    " score REAL NOT NULL,"
    " PRIMARY KEY(answer, ord)"
    ") STRICT, WITHOUT ROWID;";

/* The texts of each step, in order. */
static const char *const version_1_texts[] = {version_1, NULL};
static const char *const *const migrations[SCHEMA_VERSION] = {version_1_texts, schema_2};

bool schema_accept(const char *dir, int64_t version, int64_t application, GError **error)
{
    g_autofree char *name = g_filename_display_name(dir);
    if (application != SCHEMA_APPLICATION && (application != 0 || version != 0)) {
        g_set_error(error, IDX_ERROR, IDX_ERROR_CORRUPT,
                    "The database in %s is another program's. Choose another folder for the "
                    "library.",
                    name);
        return false;
    }
    if (version <= SCHEMA_VERSION)
        return true;
    g_set_error(error, IDX_ERROR, IDX_ERROR_NEWER,
                "The library %s was written by a newer Lectern (its version is %d, this program "
                "knows %d). Update Lectern; nothing was changed.",
                name, (int)version, SCHEMA_VERSION);
    return false;
}

static bool run(sqlite3 *db, const char *dir, const char *sql, GError **error)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        sql_set_error(error, db, rc, dir, "Cannot open the library");
    return rc == SQLITE_OK;
}

/* Two connections that switch a new database to WAL at once would wait for each other: SQLite then
   gives up without asking the busy handler, so it is tried again here. */
static bool use_wal(sqlite3 *db, const char *dir, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + SWITCH_SECONDS * G_USEC_PER_SEC;
    int rc;
    while ((rc = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL)) == SQLITE_BUSY &&
           g_get_monotonic_time() < deadline)
        g_usleep(5000);
    if (rc != SQLITE_OK)
        sql_set_error(error, db, rc, dir, "Cannot open the library");
    return rc == SQLITE_OK;
}

bool schema_configure(sqlite3 *db, const char *dir, bool read_only, GError **error)
{
    /* The tables behind full text are FTS5's own. (An untrusted schema would go further, but
       SQLite 3.40 then refuses FTS5 in triggers.) */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    /* temp_store: what is sorted must not reach a file outside of the library. */
    if (!run(db, dir,
             "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
             "PRAGMA cache_size = -32768;",
             error))
        return false;
    if (read_only)
        return true;
    /* NORMAL: a killed process loses nothing; a lost power supply may lose the last transactions,
       but the database stays whole. secure_delete: deleted text is overwritten. */
    return use_wal(db, dir, error) && run(db, dir,
                                          "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;"
                                          "PRAGMA journal_size_limit = 67108864;",
                                          error);
}

static bool one_int(sqlite3 *db, const char *dir, const char *sql, int *out, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    *out = rc == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
    if (rc != SQLITE_ROW)
        sql_set_error(error, db, rc, dir, "Cannot open the library");
    sqlite3_finalize(statement);
    return rc == SQLITE_ROW;
}

static bool user_version(sqlite3 *db, const char *dir, int *version, GError **error)
{
    return one_int(db, dir, "PRAGMA user_version", version, error);
}

/* Under the lock: may this database be brought up from this version? */
static bool may_migrate(sqlite3 *db, const char *dir, int version, GError **error)
{
    int n_tables = 0;
    if (version > 0)
        return schema_accept(dir, version, SCHEMA_APPLICATION, error);
    /* Without a version it is empty, or not ours. */
    return one_int(db, dir, "SELECT count(*) FROM sqlite_schema", &n_tables, error) &&
           schema_accept(dir, n_tables > 0, 0, error);
}

bool schema_migrate(sqlite3 *db, const char *dir, GError **error)
{
    for (;;) {
        int version;
        if (!user_version(db, dir, &version, error))
            return false;
        if (version == SCHEMA_VERSION)
            return true;
        /* Another process may have been faster: look again under the lock. */
        if (!run(db, dir, "BEGIN IMMEDIATE", error))
            return false;
        bool ok = user_version(db, dir, &version, error) && may_migrate(db, dir, version, error);
        if (ok && version < SCHEMA_VERSION) {
            g_autofree char *raise =
                g_strdup_printf("PRAGMA user_version = %d; PRAGMA application_id = %d;",
                                version + 1, SCHEMA_APPLICATION);
            for (const char *const *text = migrations[version]; ok && *text; text++)
                ok = run(db, dir, *text, error);
            ok = ok && run(db, dir, raise, error);
        }
        if (!ok || !run(db, dir, "COMMIT", error)) {
            sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
            return false;
        }
    }
}
