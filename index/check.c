/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.c: does everything agree? The consistency check, and what mends it.
 *
 * Four layers, each resting on the one before: the pages of the database (SQLite's own check), its
 * rows (the rules below), full text against passages (FTS5's own check), FAISS files against
 * vectors. Repair goes the same way. What is derived is built again; what has lost its owner is
 * removed; what has lost its work is queued. A library that is in use or was just killed has no
 * findings: a lease of a dead process is taken over by the next that looks for work.
 */
#include "index/find.h"
#include "index/store.h"
#include "index/vector-cache.h"

struct check {
    IdxStore *store;
    GPtrArray *findings; /* (owned) */
    bool repair;
};

void idx_finding_free(struct idx_finding *finding)
{
    if (!finding)
        return;
    g_free(finding->text);
    g_free(finding);
}

static void found(struct check *check, bool repaired, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void found(struct check *check, bool repaired, const char *format, ...)
{
    struct idx_finding *finding = g_new0(struct idx_finding, 1);
    va_list args;
    va_start(args, format);
    finding->text = g_strdup_vprintf(format, args);
    va_end(args);
    finding->repaired = repaired;
    g_ptr_array_add(check->findings, finding);
}

/* --- pages
 * ----------------------------------------------------------------------------------------- */

/* SQLite's complaints, NULL if there are none. Damage so bad that the check itself ends is one. */
static bool complaints(struct check *check, char **out, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) local = NULL;
    g_autoptr(SqlRows) rows = sql_query(check->store, "PRAGMA integrity_check(10)", NULL, &local);
    bool there = true;
    while (rows && sql_next(check->store, rows, &there, &local) && there) {
        g_autofree char *line = sql_column_text(rows, 0);
        if (strcmp(line, "ok") != 0)
            g_string_append_printf(text, "%s%s", text->len ? "; " : "", line);
    }
    if (local && !g_error_matches(local, IDX_ERROR, IDX_ERROR_CORRUPT)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (local)
        g_string_append_printf(text, "%s%s", text->len ? "; " : "", local->message);
    *out = text->len ? g_strdup(text->str) : NULL;
    return true;
}

static bool check_pages(struct check *check, bool *sound, GError **error)
{
    g_autofree char *before = NULL, *after = NULL;
    if (!complaints(check, &before, error))
        return false;
    *sound = before == NULL;
    if (*sound)
        return true;
    /* Indexes of the database can be built again from its tables; tables from nothing. */
    if (check->repair && sql_run(check->store, "REINDEX", NULL, NULL)) {
        if (!complaints(check, &after, error))
            return false;
        *sound = after == NULL;
    }
    if (*sound || !check->repair)
        found(check, *sound, "The database is damaged: %s.", before);
    else
        found(check, false,
              "The database is damaged beyond repair: %s. Move the library's folder away and index "
              "again; the documents themselves are not touched.",
              before);
    return true;
}

/* --- rows
 * ------------------------------------------------------------------------------------------- */

/* One thing that must not be. The condition is written once: it selects what is wrong, and the
   repair works on that selection ("%s"). Order matters: owners before what they own. */
struct rule {
    const char *one, *many; /* the sentence, for 1 and for %d */
    const char *count;
    const char *repairs[5];
};

#define IDS(table, condition) "(SELECT id FROM " table " WHERE " condition ")"

#define NO_ROOT      "root NOT IN (SELECT id FROM roots)"
#define LOST_CONTENT "content IS NOT NULL AND content NOT IN (SELECT id FROM contents)"
#define READY_EMPTY  "state = 'ready' AND content IS NULL"
#define NO_LOCATION  "id NOT IN (SELECT content FROM locations WHERE content IS NOT NULL)"
#define NO_CONTENT   "content NOT IN (SELECT id FROM contents)"
#define NO_PASSAGE                                                                                 \
    "(passage NOT IN (SELECT id FROM passages) OR embedder NOT IN (SELECT id FROM embedders))"
#define WRONG_LENGTH "length(vector) <> 4 * (SELECT dim FROM embedders e WHERE e.id = embedder)"
#define JOB_OF_NOTHING                                                                             \
    "((kind = 'read' AND location NOT IN (SELECT id FROM locations))"                              \
    " OR (kind = 'embed' AND content NOT IN (SELECT id FROM contents)))"
/* A clock that was set back leaves leases that would not end in a person's patience. */
#define LEASE_TOO_LONG                                                                             \
    "state = 'running' AND lease_until > (julianday('now') - 2440586.5) * 86400000000.0"
#define JOB_OVERTAKEN                                                                              \
    "kind = 'read' AND state <> 'failed'"                                                          \
    " AND location IN (SELECT id FROM locations WHERE state IN ('ready', 'failed', 'skipped'))"
#define READ_BY_NOBODY                                                                             \
    "state = 'reading' AND id NOT IN (SELECT location FROM jobs"                                   \
    " WHERE location IS NOT NULL AND state = 'running')"
#define WAITS_FOR_NOBODY                                                                           \
    "state = 'waiting' AND id NOT IN (SELECT location FROM jobs"                                   \
    " WHERE location IS NOT NULL AND state <> 'failed')"
#define NOT_EMBEDDED                                                                               \
    "id NOT IN (SELECT content FROM jobs WHERE content IS NOT NULL)"                               \
    " AND EXISTS(SELECT 1 FROM passages p WHERE p.content = contents.id AND NOT EXISTS("           \
    "  SELECT 1 FROM vectors v WHERE v.passage = p.id"                                             \
    "  AND v.embedder = (SELECT max(embedder) FROM vectors)))"
#define NO_CONVERSATION "conversation NOT IN (SELECT id FROM conversations)"
#define NO_PARENT                                                                                  \
    "parent IS NOT NULL AND NOT EXISTS(SELECT 1 FROM turns p WHERE p.id = turns.parent"            \
    " AND p.conversation = turns.conversation)"
#define LOST_PATH                                                                                  \
    "NOT EXISTS(SELECT 1 FROM turns WHERE turns.id = head AND conversation = conversations.id)"    \
    " AND (head <> 0 OR EXISTS(SELECT 1 FROM turns WHERE conversation = conversations.id))"
#define NO_TURN   "turn NOT IN (SELECT id FROM turns)"
#define NO_ANSWER "answer NOT IN (SELECT turn FROM answers)"
#define PARTS_WITHOUT(condition)                                                                   \
    "(SELECT 1 FROM answer_passages WHERE " condition                                              \
    " UNION ALL SELECT 1 FROM answer_citations WHERE " condition                                   \
    " UNION ALL SELECT 1 FROM answer_sentences WHERE " condition                                   \
    " UNION ALL SELECT 1 FROM answer_notes WHERE " condition ")"

static const struct rule rules[] = {
    {"1 file belongs to no folder of the library.",
     "%d files belong to no folder of the library.",
     "SELECT count(*) FROM locations WHERE " NO_ROOT,
     {"DELETE FROM locations WHERE " NO_ROOT}},
    {"1 file has lost its text.",
     "%d files have lost their text.",
     "SELECT count(*) FROM locations WHERE (" LOST_CONTENT ") OR (" READY_EMPTY ")",
     {"UPDATE locations SET content = NULL, state = 'waiting' WHERE " LOST_CONTENT,
      "UPDATE locations SET state = 'waiting' WHERE " READY_EMPTY}},
    {"1 text belongs to no file.",
     "%d texts belong to no file.",
     "SELECT count(*) FROM contents WHERE " NO_LOCATION,
     {"DELETE FROM passages WHERE content IN " IDS("contents", NO_LOCATION),
      "DELETE FROM contents WHERE " NO_LOCATION}},
    {"1 passage belongs to no text.",
     "%d passages belong to no text.",
     "SELECT count(*) FROM passages WHERE " NO_CONTENT,
     {"DELETE FROM passages WHERE " NO_CONTENT}},
    {"1 vector belongs to no passage or embedder.",
     "%d vectors belong to no passage or embedder.",
     "SELECT count(*) FROM vectors WHERE " NO_PASSAGE,
     {"DELETE FROM vectors WHERE " NO_PASSAGE}},
    {"1 vector has a wrong length.",
     "%d vectors have a wrong length.",
     "SELECT count(*) FROM vectors WHERE " WRONG_LENGTH,
     {"DELETE FROM vectors WHERE " WRONG_LENGTH}},
    {"1 job is about nothing.",
     "%d jobs are about nothing.",
     "SELECT count(*) FROM jobs WHERE " JOB_OF_NOTHING,
     {"DELETE FROM jobs WHERE " JOB_OF_NOTHING}},
    {"1 job is held far into the future.",
     "%d jobs are held far into the future.",
     "SELECT count(*) FROM jobs WHERE " LEASE_TOO_LONG,
     {"UPDATE locations SET state = 'waiting' WHERE state = 'reading' AND id IN"
      " (SELECT location FROM jobs WHERE " LEASE_TOO_LONG ")",
      "UPDATE jobs SET state = 'queued', owner = '' WHERE " LEASE_TOO_LONG}},
    {"1 job is about a file that is done.",
     "%d jobs are about files that are done.",
     "SELECT count(*) FROM jobs WHERE " JOB_OVERTAKEN,
     {"DELETE FROM jobs WHERE " JOB_OVERTAKEN}},
    {"1 file is marked as being read by nobody.",
     "%d files are marked as being read by nobody.",
     "SELECT count(*) FROM locations WHERE " READ_BY_NOBODY,
     {"UPDATE locations SET state = 'waiting' WHERE " READ_BY_NOBODY}},
    {"1 file waits, but no job will read it.",
     "%d files wait, but no job will read them.",
     "SELECT count(*) FROM locations WHERE " WAITS_FOR_NOBODY,
     {"INSERT INTO jobs(kind, location) SELECT 'read', id FROM locations WHERE " WAITS_FOR_NOBODY
      " ON CONFLICT(location) DO UPDATE SET state = 'queued', attempts = 0, due_at = 0"}},
    {"1 text lacks vectors, but no job will make them.",
     "%d texts lack vectors, but no job will make them.",
     "SELECT count(*) FROM contents WHERE EXISTS(SELECT 1 FROM vectors) AND " NOT_EMBEDDED,
     {"INSERT INTO jobs(kind, content) SELECT 'embed', id FROM contents WHERE " NOT_EMBEDDED}},
    {"1 question belongs to no conversation.",
     "%d questions belong to no conversation.",
     "SELECT count(*) FROM turns WHERE " NO_CONVERSATION,
     {"DELETE FROM turns WHERE " NO_CONVERSATION}},
    {"1 question follows one that is not there.",
     "%d questions follow one that is not there.",
     "SELECT count(*) FROM turns WHERE " NO_PARENT,
     {"UPDATE turns SET parent = NULL WHERE " NO_PARENT}},
    {"1 conversation has lost its place.",
     "%d conversations have lost their place.",
     "SELECT count(*) FROM conversations WHERE " LOST_PATH,
     {"UPDATE conversations SET head = coalesce((SELECT max(id) FROM turns"
      " WHERE conversation = conversations.id), 0) WHERE " LOST_PATH}},
    {"1 answer belongs to no question.",
     "%d answers belong to no question.",
     "SELECT count(*) FROM answers WHERE " NO_TURN,
     {"DELETE FROM answers WHERE " NO_TURN}},
    {"1 quotation or note belongs to no answer.",
     "%d quotations or notes belong to no answer.",
     "SELECT count(*) FROM " PARTS_WITHOUT(NO_ANSWER),
     {"DELETE FROM answer_passages WHERE " NO_ANSWER,
      "DELETE FROM answer_citations WHERE " NO_ANSWER,
      "DELETE FROM answer_sentences WHERE " NO_ANSWER,
      "DELETE FROM answer_notes WHERE " NO_ANSWER}},
};

static bool apply(struct check *check, const struct rule *rule, GError **error)
{
    int64_t n = 0, left = 0;
    if (!sql_int(check->store, &n, NULL, rule->count, NULL, error))
        return false;
    if (n == 0)
        return true;
    left = n;
    for (int i = 0; check->repair && rule->repairs[i]; i++)
        if (!sql_run(check->store, rule->repairs[i], NULL, error))
            return false;
    if (check->repair && !sql_int(check->store, &left, NULL, rule->count, NULL, error))
        return false;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, n);
    g_auto(GStrv) parts = g_strsplit(rule->many, "%d", 2);
    g_autofree char *many = g_strjoinv(number, parts);
    found(check, left == 0, "%s", n == 1 ? rule->one : many);
    return true;
}

static bool check_rows(struct check *check, GError **error)
{
    bool ok = check->repair ? sql_begin(check->store, error) : sql_begin_read(check->store, error);
    if (!ok)
        return false;
    for (size_t i = 0; ok && i < G_N_ELEMENTS(rules); i++)
        ok = apply(check, &rules[i], error);
    return sql_end(check->store, ok, error);
}

/* --- full text
 * ---------------------------------------------------------------------------------------- */

/* The FTS5 tables; SQL is a constant text each. */
static const struct words_of {
    const char *compare; /* rank 1: its own structure, and its entries against the rows */
    const char *rebuild;
    const char *finding;
} word_tables[] = {
    {"INSERT INTO fulltext(fulltext, rank) VALUES('integrity-check', 1)",
     "INSERT INTO fulltext(fulltext) VALUES('rebuild')",
     "The full-text index does not agree with the passages."},
    {"INSERT INTO turn_words(turn_words, rank) VALUES('integrity-check', 1)",
     "INSERT INTO turn_words(turn_words) VALUES('rebuild')",
     "The full-text index does not agree with the questions and answers."},
    {"INSERT INTO title_words(title_words, rank) VALUES('integrity-check', 1)",
     "INSERT INTO title_words(title_words) VALUES('rebuild')",
     "The full-text index does not agree with the titles of conversations."},
};

static bool words_agree(struct check *check, const struct words_of *table, bool *agrees,
                        GError **error)
{
    g_autoptr(GError) local = NULL;
    *agrees = sql_run(check->store, table->compare, NULL, &local);
    if (*agrees || g_error_matches(local, IDX_ERROR, IDX_ERROR_CORRUPT))
        return true;
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}

static bool check_words(struct check *check, const struct words_of *table, GError **error)
{
    bool agrees;
    if (!words_agree(check, table, &agrees, error) || agrees)
        return agrees;
    if (check->repair && (!sql_run(check->store, table->rebuild, NULL, error) ||
                          !words_agree(check, table, &agrees, error)))
        return false;
    found(check, agrees, "%s", table->finding);
    return true;
}

static bool check_fulltext(struct check *check, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(word_tables); i++)
        if (!check_words(check, &word_tables[i], error))
            return false;
    return true;
}

/* --- FAISS
 * --------------------------------------------------------------------------------------------- */

static bool compare(struct check *check, int64_t embedder, struct vector_cache_faults *faults,
                    GError **error)
{
    struct vectors_embedder info;
    if (!sql_begin_read(check->store, error))
        return false;
    bool ok = vectors_embedder_get(check->store, embedder, &info, error) &&
              vector_cache_compare(check->store, &info, faults, error);
    return sql_end(check->store, ok, error);
}

static bool check_vector_file(struct check *check, int64_t embedder, GError **error)
{
    struct vector_cache_faults faults;
    if (!compare(check, embedder, &faults, error))
        return false;
    if (!faults.unusable && faults.missing + faults.unknown + faults.differ == 0)
        return true;
    if (check->repair) {
        vector_cache_drop(check->store, embedder);
        if (!idx_vectors_refresh(check->store, embedder, error))
            return false;
    }
    if (faults.unusable)
        found(check, check->repair, "The vector index on disk is damaged or of another library.");
    else
        found(check, check->repair,
              "The vector index on disk does not agree with the vectors: %" G_GINT64_FORMAT
              " missing, %" G_GINT64_FORMAT " unknown, %" G_GINT64_FORMAT " different.",
              faults.missing, faults.unknown, faults.differ);
    return true;
}

static bool check_vector_files(struct check *check, GError **error)
{
    int64_t embedder = 0;
    for (;;) {
        bool there;
        if (!sql_int(check->store, &embedder, &there,
                     "SELECT id FROM embedders WHERE id > ?1 ORDER BY id LIMIT 1",
                     SQL(SQL_INT(embedder)), error))
            return false;
        if (!there)
            return true;
        if (!check_vector_file(check, embedder, error))
            return false;
    }
}

static bool check_erasing(struct check *check, GError **error)
{
    bool pending, done = false;
    if (!erase_pending(check->store, &pending, error))
        return false;
    if (!pending)
        return true;
    if (check->repair && !erase_finish(check->store, true, &done, error))
        return false;
    found(check, done, "What was forgotten or deleted was not yet wiped from the disk.");
    return true;
}

GPtrArray *idx_check(IdxStore *store, bool repair, GError **error)
{
    bool sound;
    g_autoptr(GPtrArray) findings =
        g_ptr_array_new_with_free_func((GDestroyNotify)idx_finding_free);
    struct check check = {store, findings, repair};
    if (!check_pages(&check, &sound, error))
        return NULL;
    /* On broken pages the rest would find the same again, in worse words. */
    if (sound && (!check_rows(&check, error) || !check_fulltext(&check, error) ||
                  !check_vector_files(&check, error) || !check_erasing(&check, error)))
        return NULL;
    return g_steal_pointer(&findings);
}
