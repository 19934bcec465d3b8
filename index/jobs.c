/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jobs.c: what is to be done, and who does it.
 *
 * A job is claimed by lease: the row names its owner and an end. Anyone may take a job whose owner
 * is gone or whose lease is over; the former owner then finds that it is no longer his, and what he
 * brings is not stored. Deleting a location or content deletes its job, with the same effect.
 *
 *     queued --claim--> running --put, same, skip--> (row deleted)
 *       ^                 |  |
 *       |  release, retry |  +--fail, or attempts used up--> failed (kept, with its reason)
 *       +-----------------+
 *
 * Invariants
 * 1. A location or content has at most one job. A location that waits or is being read has a queued
 *    or running read job.
 * 2. Only the owner of a running job ends it.
 * 3. attempts counts claims without an end, or, for an embed job, since it last came further
 *    (vectors.c). Jobs with fewer attempts come first: what was in work
 *    when the program was killed goes to the end of the queue, so a poisonous file cannot hold up
 *    the rest, and repeated kills rarely meet the same innocent file.
 * 4. A file that changes while it is read is read once more (again).
 * 5. Files of a root that is offline are not claimed, nor counted as pending.
 *
 * Owner: boot id, pid namespace, pid, start time in ticks since boot. Another boot: gone (a library
 * in WAL mode cannot be shared between machines). Another namespace: cannot be judged, its lease
 * must run out.
 */
#include "index/find.h"
#include "index/store.h"
#include <stdlib.h>
#include <unistd.h>

#define SECOND INT64_C(1000000) /* G_USEC_PER_SEC is an int: 36 minutes of them overflow */

#define LONGEST_BACK_OFF (SECOND << IDX_MAX_ATTEMPTS)

static const char gone_reason[] =
    "Reading this file ended the program several times, so it was set aside. See whether another "
    "program can open it; it is read again when it changes.";
static const char gone_reason_embed[] =
    "Embedding this document ended the program several times, so it was set aside.";

/* --- owners
 * --------------------------------------------------------------------------------------- */

/* Field 22 of /proc/PID/stat; the command name before it may hold spaces and brackets. */
static bool start_time(long pid, char out[32])
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/stat", pid), *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return false;
    char *after = strrchr(text, ')');
    if (!after)
        return false;
    g_auto(GStrv) fields = g_strsplit(after + 1, " ", -1);
    if (g_strv_length(fields) < 21) /* fields[1] is field 3, the state */
        return false;
    g_strlcpy(out, fields[20], 32);
    return fields[1][0] != 'Z' && fields[1][0] != 'X'; /* a zombie does nothing any more */
}

static char *boot_and_namespace(void)
{
    g_autofree char *boot = NULL, *name = g_file_read_link("/proc/self/ns/pid", NULL);
    if (g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
        g_strstrip(boot);
    return g_strconcat(boot ? boot : "", " ", name ? name : "", NULL);
}

char *jobs_owner(void)
{
    char start[32] = "0";
    g_autofree char *home = boot_and_namespace();
    start_time((long)getpid(), start);
    return g_strdup_printf("%s %ld %s", home, (long)getpid(), start);
}

static bool owner_is_gone(IdxStore *store, const char *owner)
{
    if (strcmp(owner, store->owner) == 0)
        return false;
    g_auto(GStrv) theirs = g_strsplit(owner, " ", -1);
    g_auto(GStrv) ours = g_strsplit(store->owner, " ", -1);
    if (g_strv_length(theirs) != 4 || g_strv_length(ours) != 4 || ours[0][0] == '\0')
        return false;
    if (strcmp(theirs[0], ours[0]) != 0)
        return true;
    if (strcmp(theirs[1], ours[1]) != 0)
        return false;
    char start[32];
    return !start_time(strtol(theirs[2], NULL, 10), start) || strcmp(start, theirs[3]) != 0;
}

/* --- queueing
 * --------------------------------------------------------------------------------------- */

bool jobs_enqueue_read(IdxStore *store, int64_t location, GError **error)
{
    return sql_run(store,
                   "INSERT INTO jobs(kind, location) VALUES('read', ?1)"
                   " ON CONFLICT(location) DO UPDATE SET again = (state = 'running'),"
                   " attempts = iif(state = 'failed', 0, attempts),"
                   " due_at = iif(state = 'failed', 0, due_at),"
                   " state = iif(state = 'running', 'running', 'queued')",
                   SQL(SQL_INT(location)), error);
}

bool jobs_enqueue_embed(IdxStore *store, int64_t content, GError **error)
{
    return sql_run(store,
                   "INSERT INTO jobs(kind, content) VALUES('embed', ?1)"
                   " ON CONFLICT(content) DO NOTHING",
                   SQL(SQL_INT(content)), error);
}

bool idx_embed_enqueue(IdxStore *store, int64_t embedder, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    /* Asked for again, what was given up gets another chance. */
    bool ok = sql_run(store,
                      "INSERT INTO jobs(kind, content) SELECT 'embed', c.id FROM contents c"
                      " WHERE EXISTS(SELECT 1 FROM passages p WHERE p.content = c.id AND NOT"
                      "  EXISTS(SELECT 1 FROM vectors v WHERE v.passage = p.id"
                      "   AND v.embedder = ?1))"
                      " ON CONFLICT(content) DO UPDATE SET state = 'queued', attempts = 0,"
                      " due_at = 0, reason = '' WHERE state = 'failed'",
                      SQL(SQL_INT(embedder)), error);
    return sql_end(store, ok, error);
}

int64_t idx_retry(IdxStore *store, const char *below, GError **error)
{
    g_autofree char *base = places_clean(below ? below : "/"), *from = NULL, *to = NULL;
    places_below(base, &from, &to);
    if (!sql_begin(store, error))
        return -1;
    bool ok = sql_run(store,
                      "INSERT INTO jobs(kind, location) SELECT 'read', id FROM locations"
                      " WHERE state = 'failed' AND (path = ?1 OR (path >= ?2 AND path < ?3))"
                      " ON CONFLICT(location) DO UPDATE SET state = 'queued', attempts = 0,"
                      " due_at = 0, reason = ''",
                      SQL(SQL_BYTES(base), SQL_BYTES(from), SQL_BYTES(to)), error) &&
              sql_run(store,
                      "UPDATE locations SET state = 'waiting', reason = '' WHERE state = 'failed'"
                      " AND (path = ?1 OR (path >= ?2 AND path < ?3))",
                      SQL(SQL_BYTES(base), SQL_BYTES(from), SQL_BYTES(to)), error);
    int64_t n = sql_changes(store);
    return sql_end(store, ok, error) ? n : -1;
}

/* --- claiming
 * --------------------------------------------------------------------------------------- */

void idx_job_clear(struct idx_job *job)
{
    g_free(job->path);
    *job = (struct idx_job){0};
}

/* Ids of running jobs that can be taken over. */
static GArray *abandoned(IdxStore *store, int64_t now, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(SqlRows) rows = sql_query(
        store, "SELECT id, owner, lease_until FROM jobs WHERE state = 'running'", NULL, error);
    bool there = true;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there)
            return g_steal_pointer(&ids);
        int64_t id = sqlite3_column_int64(rows, 0);
        g_autofree char *owner = sql_column_text(rows, 1);
        if (sqlite3_column_int64(rows, 2) < now || owner_is_gone(store, owner))
            g_array_append_val(ids, id);
    }
    return NULL;
}

static bool take_back_abandoned(IdxStore *store, int64_t now, GError **error)
{
    g_autoptr(GArray) ids = abandoned(store, now, error);
    for (guint i = 0; ids && i < ids->len; i++) {
        int64_t id = g_array_index(ids, int64_t, i);
        if (!sql_run(store,
                     "UPDATE locations SET state = 'waiting' WHERE state = 'reading'"
                     " AND id = (SELECT location FROM jobs WHERE id = ?1)",
                     SQL(SQL_INT(id)), error) ||
            !sql_run(store, "UPDATE jobs SET state = 'queued', owner = '' WHERE id = ?1",
                     SQL(SQL_INT(id)), error))
            return false;
    }
    return ids != NULL;
}

/* The job is over without success. */
static bool give_up(IdxStore *store, const struct idx_job *job, const char *reason, GError **error)
{
    if (job->kind == IDX_JOB_READ &&
        (!documents_detach(store, job->location, error) ||
         !sql_run(store,
                  "UPDATE locations SET state = 'failed', reason = ?2, reader_version = ?3"
                  " WHERE id = ?1",
                  SQL(SQL_INT(job->location), SQL_TEXT(reason), SQL_INT(store->reader_version)),
                  error)))
        return false;
    return sql_run(store, "UPDATE jobs SET state = 'failed', owner = '', reason = ?2 WHERE id = ?1",
                   SQL(SQL_INT(job->id), SQL_TEXT(reason)), error);
}

/* A file on a root that is offline is not looked for. */
#define NOT_OFFLINE                                                                                \
    "NOT EXISTS(SELECT 1 FROM locations l JOIN roots r ON r.id = l.root"                           \
    " WHERE l.id = j.location AND r.offline)"

#define JOB_COLUMNS                                                                                \
    "SELECT j.id, coalesce(j.location, 0), coalesce(j.content, 0), j.attempts, j.kind,"            \
    " coalesce((SELECT path FROM locations WHERE id = j.location),"                                \
    "  (SELECT path FROM locations WHERE content = j.content ORDER BY id LIMIT 1))"                \
    " FROM jobs j"

static struct idx_job job_of(SqlRows *rows)
{
    const char *kind = (const char *)sqlite3_column_text(rows, 4);
    return (struct idx_job){.id = sqlite3_column_int64(rows, 0),
                            .kind =
                                kind && strcmp(kind, "read") == 0 ? IDX_JOB_READ : IDX_JOB_EMBED,
                            .location = sqlite3_column_int64(rows, 1),
                            .content = sqlite3_column_int64(rows, 2),
                            .attempts = sqlite3_column_int(rows, 3) + 1,
                            .path = sql_column_path(rows, 5)};
}

/* The next job that is due, or found = false. */
static bool next_due(IdxStore *store, enum idx_job_kind kind, int64_t now, struct idx_job *job,
                     bool *found, GError **error)
{
    static const char sql[] =
        JOB_COLUMNS " WHERE j.state = 'queued' AND j.kind = ?1"
                    " AND (j.due_at <= ?2 OR j.due_at > ?3)" /* the clock was set back since */
                    " AND " NOT_OFFLINE " ORDER BY j.attempts, j.id LIMIT 1";
    g_autoptr(SqlRows) rows = sql_query(store, sql,
                                        SQL(SQL_TEXT(kind == IDX_JOB_READ ? "read" : "embed"),
                                            SQL_INT(now), SQL_INT(now + LONGEST_BACK_OFF)),
                                        error);
    if (!rows || !sql_next(store, rows, found, error))
        return false;
    if (*found)
        *job = job_of(rows);
    return true;
}

/* The job is ours now, unless its attempts are used up: then it is given up, and *taken is false.
 */
static bool take(IdxStore *store, int64_t now, int lease_seconds, struct idx_job *job, bool *taken,
                 GError **error)
{
    *taken = job->attempts <= IDX_MAX_ATTEMPTS;
    if (!*taken) {
        bool ok =
            give_up(store, job, job->kind == IDX_JOB_READ ? gone_reason : gone_reason_embed, error);
        idx_job_clear(job);
        return ok;
    }
    return sql_run(store,
                   "UPDATE jobs SET state = 'running', attempts = ?2, owner = ?3, lease_until = ?4,"
                   " again = 0 WHERE id = ?1",
                   SQL(SQL_INT(job->id), SQL_INT(job->attempts), SQL_TEXT(store->owner),
                       SQL_INT(now + lease_seconds * SECOND)),
                   error) &&
           sql_run(store, "UPDATE locations SET state = 'reading' WHERE id = ?1",
                   SQL(SQL_INT(job->location)), error);
}

static bool claim(IdxStore *store, unsigned kinds, int lease_seconds, struct idx_job *job,
                  bool *taken, GError **error)
{
    int64_t now = store_now(store);
    bool found = true;
    *taken = false;
    if (!take_back_abandoned(store, now, error))
        return false;
    while (found && !*taken) {
        found = false;
        if (kinds & IDX_JOB_READ && !next_due(store, IDX_JOB_READ, now, job, &found, error))
            return false;
        if (!found && kinds & IDX_JOB_EMBED &&
            !next_due(store, IDX_JOB_EMBED, now, job, &found, error))
            return false;
        if (found && !take(store, now, lease_seconds, job, taken, error))
            return false;
    }
    return true;
}

bool idx_job_claim(IdxStore *store, unsigned kinds, int lease_seconds, struct idx_job *job,
                   GError **error)
{
    bool taken = false;
    *job = (struct idx_job){0};
    if (!sql_begin(store, error))
        return false;
    bool ok = claim(store, kinds, lease_seconds, job, &taken, error);
    if (sql_end(store, ok, error) && taken)
        return true;
    idx_job_clear(job);
    return false;
}

/* --- claiming what lies below some paths -------------------------------------------------------
 */

static bool add_jobs_below(IdxStore *store, enum idx_job_kind kind, const char *path,
                           GHashTable *known, GArray *ids, GError **error)
{
    static const char of_files[] =
        "SELECT j.id FROM locations l JOIN jobs j ON j.location = l.id"
        " JOIN roots r ON r.id = l.root AND NOT r.offline"
        " WHERE (l.path = ?1 OR (l.path >= ?2 AND l.path < ?3)) AND j.state <> 'failed'"
        " ORDER BY j.attempts, j.id";
    static const char of_contents[] =
        "SELECT j.id FROM locations l JOIN jobs j ON j.content = l.content"
        " WHERE (l.path = ?1 OR (l.path >= ?2 AND l.path < ?3)) AND j.state <> 'failed'"
        " ORDER BY j.attempts, j.id";
    g_autofree char *base = places_clean(path), *from = NULL, *to = NULL;
    places_below(base, &from, &to);
    g_autoptr(SqlRows) rows =
        sql_query(store, kind == IDX_JOB_READ ? of_files : of_contents,
                  SQL(SQL_BYTES(base), SQL_BYTES(from), SQL_BYTES(to)), error);
    bool there = true;
    while (rows && sql_next(store, rows, &there, error)) {
        if (!there)
            return true;
        int64_t id = sqlite3_column_int64(rows, 0);
        if (g_hash_table_add(known, g_memdup2(&id, sizeof id)))
            g_array_append_val(ids, id);
    }
    return false;
}

GArray *idx_jobs_below(IdxStore *store, enum idx_job_kind kind, const char *const *paths,
                       GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (; *paths; paths++)
        if (!add_jobs_below(store, kind, *paths, known, ids, error))
            return NULL;
    return g_steal_pointer(&ids);
}

static bool claim_one(IdxStore *store, int64_t id, int lease_seconds, struct idx_job *job,
                      enum idx_claim *out, GError **error)
{
    static const char sql[] =
        JOB_COLUMNS " WHERE j.id = ?1 AND j.state <> 'failed' AND " NOT_OFFLINE;
    static const char is_due[] = "SELECT 1 FROM jobs WHERE id = ?1 AND state = 'queued'"
                                 " AND (due_at <= ?2 OR due_at > ?3)";
    int64_t now = store_now(store), one;
    bool there = false, due = false, taken = false;
    if (!take_back_abandoned(store, now, error) ||
        !sql_int(store, &one, &due, is_due,
                 SQL(SQL_INT(id), SQL_INT(now), SQL_INT(now + LONGEST_BACK_OFF)), error))
        return false;
    {
        g_autoptr(SqlRows) rows = sql_query(store, sql, SQL(SQL_INT(id)), error);
        if (!rows || !sql_next(store, rows, &there, error))
            return false;
        if (there && due)
            *job = job_of(rows);
    }
    *out = there ? IDX_CLAIM_LATER : IDX_CLAIM_OVER;
    if (!there || !due)
        return true;
    bool ok = take(store, now, lease_seconds, job, &taken, error);
    *out = taken ? IDX_CLAIM_TAKEN : IDX_CLAIM_OVER;
    return ok;
}

enum idx_claim idx_job_claim_one(IdxStore *store, int64_t id, int lease_seconds,
                                 struct idx_job *job, GError **error)
{
    enum idx_claim out = IDX_CLAIM_OVER;
    *job = (struct idx_job){0};
    if (!sql_begin(store, error))
        return IDX_CLAIM_ERROR;
    bool ok = claim_one(store, id, lease_seconds, job, &out, error);
    if (!sql_end(store, ok, error))
        out = IDX_CLAIM_ERROR;
    if (out != IDX_CLAIM_TAKEN)
        idx_job_clear(job);
    return out;
}

bool idx_job_renew(IdxStore *store, const struct idx_job *job, int lease_seconds, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    bool ours = false;
    bool ok =
        jobs_ours(store, job, &ours, error) &&
        (!ours ||
         sql_run(store, "UPDATE jobs SET lease_until = ?2 WHERE id = ?1",
                 SQL(SQL_INT(job->id), SQL_INT(store_now(store) + lease_seconds * SECOND)), error));
    if (ok && !ours)
        g_set_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND,
                    "The work on %s was taken over by another process, or the document is gone.",
                    job->path);
    return sql_end(store, ok && ours, error);
}

/* --- the end of a job
 * -------------------------------------------------------------------------------- */

bool jobs_ours(IdxStore *store, const struct idx_job *job, bool *ours, GError **error)
{
    int64_t one;
    return sql_int(store, &one, ours,
                   "SELECT 1 FROM jobs WHERE id = ?1 AND state = 'running' AND owner = ?2"
                   " AND attempts = ?3",
                   SQL(SQL_INT(job->id), SQL_TEXT(store->owner), SQL_INT(job->attempts)), error);
}

bool jobs_finish_read(IdxStore *store, const struct idx_job *job, GError **error)
{
    return sql_run(store, "DELETE FROM jobs WHERE id = ?1 AND NOT again", SQL(SQL_INT(job->id)),
                   error) &&
           sql_run(store,
                   "UPDATE locations SET state = 'waiting'"
                   " WHERE id = (SELECT location FROM jobs WHERE id = ?1)",
                   SQL(SQL_INT(job->id)), error) &&
           sql_run(store,
                   "UPDATE jobs SET state = 'queued', attempts = 0, again = 0, owner = '',"
                   " due_at = 0 WHERE id = ?1",
                   SQL(SQL_INT(job->id)), error);
}

static bool put_back(IdxStore *store, const struct idx_job *job, int attempts, int64_t due_at,
                     const char *reason, GError **error)
{
    return sql_run(store,
                   "UPDATE jobs SET state = 'queued', owner = '', attempts = ?2, due_at = ?3,"
                   " reason = ?4 WHERE id = ?1",
                   SQL(SQL_INT(job->id), SQL_INT(attempts), SQL_INT(due_at), SQL_TEXT(reason)),
                   error) &&
           sql_run(store, "UPDATE locations SET state = 'waiting', reason = ?2 WHERE id = ?1",
                   SQL(SQL_INT(job->location), SQL_TEXT(reason)), error);
}

enum ending { END_FAIL, END_RETRY, END_SKIP, END_RELEASE };

static bool finish(IdxStore *store, const struct idx_job *job, enum ending ending,
                   const char *reason, GError **error)
{
    switch (ending) {
    case END_RETRY:
        if (job->attempts < IDX_MAX_ATTEMPTS)
            return put_back(store, job, job->attempts, store_now(store) + (SECOND << job->attempts),
                            reason, error);
        /* fall through */
    case END_FAIL: {
        int64_t again = 0;
        if (!sql_int(store, &again, NULL, "SELECT again FROM jobs WHERE id = ?1",
                     SQL(SQL_INT(job->id)), error))
            return false;
        /* What failed is not the file of now. */
        return again ? jobs_finish_read(store, job, error) : give_up(store, job, reason, error);
    }
    case END_RELEASE:
        return put_back(store, job, job->attempts - 1, 0, "", error);
    case END_SKIP:
        if (job->kind != IDX_JOB_READ)
            return sql_run(store, "DELETE FROM jobs WHERE id = ?1", SQL(SQL_INT(job->id)), error);
        return documents_detach(store, job->location, error) &&
               sql_run(
                   store,
                   "UPDATE locations SET state = 'skipped', reason = ?2, reader_version = ?3"
                   " WHERE id = ?1",
                   SQL(SQL_INT(job->location), SQL_TEXT(reason), SQL_INT(store->reader_version)),
                   error) &&
               jobs_finish_read(store, job, error);
    }
    return false;
}

static bool end_job(IdxStore *store, const struct idx_job *job, enum ending ending,
                    const char *reason, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    bool ours = false;
    bool ok =
        jobs_ours(store, job, &ours, error) && (!ours || finish(store, job, ending, reason, error));
    return sql_end(store, ok, error);
}

bool idx_job_fail(IdxStore *store, const struct idx_job *job, const char *reason, bool retry,
                  GError **error)
{
    return end_job(store, job, retry ? END_RETRY : END_FAIL, reason, error);
}

bool idx_job_skip(IdxStore *store, const struct idx_job *job, const char *reason, GError **error)
{
    return end_job(store, job, END_SKIP, reason, error);
}

bool idx_job_release(IdxStore *store, const struct idx_job *job, GError **error)
{
    return end_job(store, job, END_RELEASE, "", error);
}

int64_t idx_jobs_pending(IdxStore *store, unsigned kinds, double *due_in, GError **error)
{
    static const char sql[] =
        "SELECT j.state, j.owner, j.lease_until, j.due_at FROM jobs j"
        " WHERE j.state IN ('queued', 'running')"
        " AND ((j.kind = 'read' AND (?1 & 1)) OR (j.kind = 'embed' AND (?1 & 2)))"
        " AND " NOT_OFFLINE;
    g_autoptr(SqlRows) rows = sql_query(store, sql, SQL(SQL_INT(kinds)), error);
    int64_t n = 0, next = INT64_MAX, now = g_get_real_time();
    bool there = true;
    while (rows && there) {
        if (!sql_next(store, rows, &there, error))
            return -1;
        if (!there)
            break;
        n++;
        int64_t due = sqlite3_column_int64(rows, 3);
        const char *state = (const char *)sqlite3_column_text(rows, 0);
        if (strcmp(state, "running") == 0) {
            g_autofree char *owner = sql_column_text(rows, 1);
            due = owner_is_gone(store, owner) ? 0 : sqlite3_column_int64(rows, 2);
        } else if (due > now + LONGEST_BACK_OFF) {
            due = 0;
        }
        next = MIN(next, due);
    }
    if (due_in)
        *due_in = n == 0 || next <= now ? 0 : (double)(next - now) / SECOND;
    return rows ? n : -1;
}
