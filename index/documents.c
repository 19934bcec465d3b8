/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * documents.c: contents (by hash) and their passages.
 *
 * Invariants
 * 1. A document comes in one transaction: content, passages, full text (by trigger), the location's
 *    new state, the end of the read job, the embed job. Killed at any instant, it is there or not.
 * 2. Every content has a location. The last location that leaves takes the content along: passages,
 *    full text, vectors, job. (Passages first: the full-text trigger needs the content's title.)
 * 3. What is stored under a job that is no longer ours is not stored: another process has the work,
 *    or the person has forgotten the document.
 */
#include "index/find.h"
#include "index/store.h"

#define MAX_COMPARED 2000 /* passages of a document that are compared, each with each */

static const char *const position_names[] = {
    [IDX_POS_NONE] = "none",   [IDX_POS_PAGE] = "page",   [IDX_POS_LINE] = "line",
    [IDX_POS_SLIDE] = "slide", [IDX_POS_SHEET] = "sheet", [IDX_POS_CHAPTER] = "chapter",
};

const char *documents_position_name(enum idx_position position)
{
    return (unsigned)position < G_N_ELEMENTS(position_names) ? position_names[position] : "none";
}

enum idx_position documents_position_of(const char *name)
{
    for (unsigned i = 0; name && i < G_N_ELEMENTS(position_names); i++)
        if (strcmp(name, position_names[i]) == 0)
            return (enum idx_position)i;
    return IDX_POS_NONE;
}

void idx_passage_free(struct idx_passage *passage)
{
    if (!passage)
        return;
    g_free(passage->text);
    g_free(passage->heading);
    g_free(passage->breaks);
    g_free(passage);
}

void idx_found_free(struct idx_found *found)
{
    if (!found)
        return;
    g_free(found->passage.text);
    g_free(found->passage.heading);
    g_free(found->passage.breaks);
    g_free(found->path);
    g_free(found->title);
    g_free(found->format);
    g_free(found->hash);
    g_free(found);
}

/* --- leaving
 * -------------------------------------------------------------------------------------- */

bool documents_remove(IdxStore *store, int64_t content, GError **error)
{
    return sql_run(store, "DELETE FROM passages WHERE content = ?1", SQL(SQL_INT(content)),
                   error) &&
           sql_run(store, "DELETE FROM contents WHERE id = ?1", SQL(SQL_INT(content)), error);
}

bool documents_drop_if_orphan(IdxStore *store, int64_t content, GError **error)
{
    int64_t one;
    bool used;
    if (content == 0)
        return true;
    if (!sql_int(store, &one, &used, "SELECT 1 FROM locations WHERE content = ?1 LIMIT 1",
                 SQL(SQL_INT(content)), error))
        return false;
    return used || documents_remove(store, content, error);
}

bool documents_detach(IdxStore *store, int64_t location, GError **error)
{
    int64_t content = 0;
    return sql_int(store, &content, NULL, "SELECT content FROM locations WHERE id = ?1",
                   SQL(SQL_INT(location)), error) &&
           sql_run(store, "UPDATE locations SET content = NULL WHERE id = ?1",
                   SQL(SQL_INT(location)), error) &&
           documents_drop_if_orphan(store, content, error);
}

/* --- coming
 * ----------------------------------------------------------------------------------------- */

static bool content_known(IdxStore *store, const char *hash, int reader_version, int64_t *content,
                          bool *known, GError **error)
{
    return sql_int(store, content, known,
                   "SELECT id FROM contents WHERE hash = ?1 AND reader_version = ?2",
                   SQL(SQL_TEXT(hash), SQL_INT(reader_version)), error);
}

bool idx_content_known(IdxStore *store, const char *hash, int reader_version, int64_t *content,
                       GError **error)
{
    bool known;
    return content_known(store, hash, reader_version, content, &known, error) && known;
}

/* What has the same words, heading and title as before has the same vectors: a line added to a book
   costs one passage, and so do readers that read some pages better. */
static bool take_over_vectors(IdxStore *store, int64_t from, int64_t to, GError **error)
{
    int64_t n = 0;
    if (from == 0 || !sql_int(store, &n, NULL,
                              "SELECT max(a.n_passages, b.n_passages) FROM contents a, contents b"
                              " WHERE a.id = ?1 AND b.id = ?2 AND a.title = b.title",
                              SQL(SQL_INT(from), SQL_INT(to)), error))
        return from == 0;
    return n == 0 || n > MAX_COMPARED ||
           sql_run(store,
                   "INSERT INTO vectors(embedder, passage, vector)"
                   " SELECT v.embedder, new.id, v.vector FROM passages new"
                   " CROSS JOIN passages old ON old.content = ?1 AND old.text = new.text"
                   "  AND old.heading = new.heading"
                   " CROSS JOIN vectors v ON v.passage = old.id"
                   " WHERE new.content = ?2 GROUP BY new.id, v.embedder"
                   " ON CONFLICT DO NOTHING",
                   SQL(SQL_INT(from), SQL_INT(to)), error);
}

/* The location has this content from now on, and its read job is done. */
static bool attach(IdxStore *store, const struct idx_job *job, const struct idx_file *file,
                   int64_t content, GError **error)
{
    int64_t before = 0;
    if (!sql_int(store, &before, NULL, "SELECT content FROM locations WHERE id = ?1",
                 SQL(SQL_INT(job->location)), error) ||
        !sql_run(store,
                 "UPDATE locations SET content = ?2, state = 'ready', reason = '', size = ?3,"
                 " mtime_ns = ?4, reader_version = ?5 WHERE id = ?1",
                 SQL(SQL_INT(job->location), SQL_INT(content), SQL_INT(file->size),
                     SQL_INT(file->mtime_ns), SQL_INT(store->reader_version)),
                 error))
        return false;
    return (before == content || (take_over_vectors(store, before, content, error) &&
                                  documents_drop_if_orphan(store, before, error))) &&
           jobs_finish_read(store, job, error);
}

static bool insert_passage(IdxStore *store, int64_t content, const struct idx_passage *passage,
                           GError **error)
{
    return sql_run(
        store,
        "INSERT INTO passages(content, ord, text, heading, pos_kind, pos_from, pos_to,"
        " char_from, char_to, n_tokens, breaks)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        SQL(SQL_INT(content), SQL_INT(passage->ord), SQL_TEXT(passage->text),
            SQL_TEXT(passage->heading ? passage->heading : ""),
            SQL_TEXT(documents_position_name(passage->pos_kind)), SQL_INT(passage->pos_from),
            SQL_INT(passage->pos_to), SQL_INT(passage->char_from), SQL_INT(passage->char_to),
            SQL_INT(passage->n_tokens), SQL_TEXT(passage->breaks ? passage->breaks : "")),
        error);
}

static bool insert_content(IdxStore *store, const struct idx_document *document, int64_t *content,
                           GError **error)
{
    if (!sql_run(store,
                 "INSERT INTO contents(hash, reader_version, title, format, size, n_pages, note,"
                 " n_passages) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                 SQL(SQL_TEXT(document->hash), SQL_INT(document->reader_version),
                     SQL_TEXT(document->title ? document->title : ""), SQL_TEXT(document->format),
                     SQL_INT(document->size), SQL_INT(document->n_pages),
                     SQL_TEXT(document->note ? document->note : ""),
                     SQL_INT((int64_t)document->n_passages)),
                 error))
        return false;
    *content = sql_last_id(store);
    for (size_t i = 0; i < document->n_passages; i++)
        if (!insert_passage(store, *content, document->passages[i], error))
            return false;
    return document->n_passages == 0 || jobs_enqueue_embed(store, *content, error);
}

bool idx_document_put(IdxStore *store, const struct idx_job *job, const struct idx_file *file,
                      const struct idx_document *document, GError **error)
{
    g_return_val_if_fail(job->kind == IDX_JOB_READ, false);
    int64_t content = 0;
    bool ours = false, known = false;
    if (!sql_begin(store, error))
        return false;
    bool ok = jobs_ours(store, job, &ours, error);
    if (ok && ours)
        ok = content_known(store, document->hash, document->reader_version, &content, &known,
                           error) &&
             (known || insert_content(store, document, &content, error)) &&
             attach(store, job, file, content, error);
    return sql_end(store, ok, error);
}

bool idx_document_same(IdxStore *store, const struct idx_job *job, const struct idx_file *file,
                       int64_t content, GError **error)
{
    int64_t one;
    bool ours = false, there = true;
    if (!sql_begin(store, error))
        return false;
    bool ok = jobs_ours(store, job, &ours, error);
    if (ok && ours)
        ok = sql_int(store, &one, &there, "SELECT 1 FROM contents WHERE id = ?1",
                     SQL(SQL_INT(content)), error) &&
             (!there || attach(store, job, file, content, error));
    if (ok && !there)
        g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                    "The text of %s has left the library meanwhile; the file must be read.",
                    job->path);
    return sql_end(store, ok && there, error);
}

/* --- passages
 * ----------------------------------------------------------------------------------------- */

#define PASSAGE_COLUMNS                                                                            \
    "p.id, p.content, p.ord, p.text, p.heading, p.pos_kind, p.pos_from, p.pos_to, p.char_from,"    \
    " p.char_to, p.n_tokens, p.breaks"

static void passage_of(SqlRows *rows, struct idx_passage *out)
{
    *out = (struct idx_passage){
        .id = sqlite3_column_int64(rows, 0),
        .content = sqlite3_column_int64(rows, 1),
        .ord = sqlite3_column_int(rows, 2),
        .text = sql_column_text(rows, 3),
        .heading = sql_column_text(rows, 4),
        .pos_kind = documents_position_of((const char *)sqlite3_column_text(rows, 5)),
        .pos_from = sqlite3_column_int(rows, 6),
        .pos_to = sqlite3_column_int(rows, 7),
        .char_from = sqlite3_column_int64(rows, 8),
        .char_to = sqlite3_column_int64(rows, 9),
        .n_tokens = sqlite3_column_int(rows, 10),
        .breaks = sql_column_text(rows, 11),
    };
}

GPtrArray *idx_passages_unembedded(IdxStore *store, int64_t embedder, int64_t content, int limit,
                                   GError **error)
{
    g_autoptr(GPtrArray) passages =
        g_ptr_array_new_with_free_func((GDestroyNotify)idx_passage_free);
    g_autoptr(SqlRows) rows =
        sql_query(store,
                  "SELECT " PASSAGE_COLUMNS " FROM passages p"
                  " WHERE p.content = ?2 AND NOT EXISTS(SELECT 1"
                  "  FROM vectors v WHERE v.passage = p.id"
                  "  AND v.embedder = ?1) ORDER BY p.ord LIMIT ?3",
                  SQL(SQL_INT(embedder), SQL_INT(content), SQL_INT(limit)), error);
    bool there = true;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there)
            return g_steal_pointer(&passages);
        struct idx_passage *passage = g_new0(struct idx_passage, 1);
        passage_of(rows, passage);
        g_ptr_array_add(passages, passage);
    }
    return NULL;
}

#define FOUND_QUERY(condition)                                                                     \
    "SELECT " PASSAGE_COLUMNS ", l.path, c.title, c.format, c.hash FROM passages p"                \
    " JOIN contents c ON c.id = p.content"                                                         \
    " JOIN locations l ON l.id = (SELECT min(id) FROM locations WHERE content = p.content)"        \
    " WHERE " condition

static struct idx_found *found_of(IdxStore *store, SqlRows *rows, bool *there, GError **error)
{
    if (!rows || !sql_next(store, rows, there, error) || !*there)
        return NULL;
    struct idx_found *found = g_new0(struct idx_found, 1);
    passage_of(rows, &found->passage);
    found->path = sql_column_path(rows, 12);
    found->title = sql_column_text(rows, 13);
    found->format = sql_column_text(rows, 14);
    found->hash = sql_column_text(rows, 15);
    return found;
}

struct idx_found *idx_passage_get(IdxStore *store, int64_t passage, GError **error)
{
    bool there = true;
    g_autoptr(SqlRows) rows =
        sql_query(store, FOUND_QUERY("p.id = ?1"), SQL(SQL_INT(passage)), error);
    struct idx_found *found = found_of(store, rows, &there, error);
    if (rows && !there)
        g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                    "Passage %" G_GINT64_FORMAT " is not in the library.", passage);
    return found;
}

struct idx_found *idx_passage_neighbour(IdxStore *store, int64_t content, int ord, GError **error)
{
    bool there;
    g_autoptr(SqlRows) rows = sql_query(store, FOUND_QUERY("p.content = ?1 AND p.ord = ?2"),
                                        SQL(SQL_INT(content), SQL_INT(ord)), error);
    return found_of(store, rows, &there, error);
}
