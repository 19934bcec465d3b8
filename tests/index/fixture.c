/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixture.c: see fixture.h. Every helper asserts: a test reads as what it is about.
 */
#include "tests/index/fixture.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

char *scratch_new(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = g_dir_make_tmp("lectern-index-XXXXXX", &error);
    g_assert_no_error(error);
    return dir;
}

void scratch_remove(char *dir)
{
    g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
    const char *name;
    while (list && (name = g_dir_read_name(list))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (unlink(path) != 0)
            scratch_remove(g_steal_pointer(&path));
    }
    rmdir(dir);
    g_free(dir);
}

void fixture_reopen(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    idx_close(fixture->store);
    fixture->store = idx_open(fixture->dir, NULL, 0, &error);
    g_assert_no_error(error);
}

void fixture_open(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture->dir = scratch_new();
    fixture->store = idx_open(fixture->dir, NULL, IDX_CREATE, &error);
    g_assert_no_error(error);
    fixture->root = idx_root_add(fixture->store, "/docs", false, NULL, &error);
    g_assert_no_error(error);
    fixture->embedder = idx_embedder(fixture->store, "test", "e0", DIM, &error);
    g_assert_no_error(error);
}

void fixture_close(struct fixture *fixture)
{
    idx_close(fixture->store);
    scratch_remove(fixture->dir);
}

enum idx_seen fixture_see(struct fixture *fixture, const char *path, int64_t size, int64_t mtime)
{
    g_autoptr(GError) error = NULL;
    const struct idx_file file = {path, fixture->root, size, mtime};
    enum idx_seen seen = idx_location_seen(fixture->store, &file, &error);
    g_assert_no_error(error);
    return seen;
}

static bool put_job(struct fixture *fixture, const struct idx_job *job, int64_t mtime,
                    const char *const *texts, GError **error)
{
    g_autofree char *all = g_strjoinv("\n", (char **)texts);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
    g_autofree char *title = g_path_get_basename(job->path);
    guint n = g_strv_length((char **)texts);
    g_autofree struct idx_passage *passages = g_new0(struct idx_passage, n + 1);
    g_autofree const struct idx_passage **list = g_new0(const struct idx_passage *, n + 1);
    for (guint i = 0; i < n; i++) {
        passages[i] = (struct idx_passage){.ord = (int)i,
                                           .text = (char *)texts[i],
                                           .heading = (char *)"Part › One",
                                           .pos_kind = IDX_POS_PAGE,
                                           .pos_from = (int)i + 1,
                                           .pos_to = (int)i + 1,
                                           .n_tokens = 7};
        list[i] = &passages[i];
    }
    const struct idx_file file = {job->path, fixture->root, (int64_t)strlen(all), mtime};
    const struct idx_document document = {.hash = hash,
                                          .title = title,
                                          .format = "text",
                                          .size = (int64_t)strlen(all),
                                          .n_pages = (int)n,
                                          .reader_version = 1,
                                          .passages = list,
                                          .n_passages = n};
    return idx_document_put(fixture->store, job, &file, &document, error);
}

bool fixture_try_put(struct fixture *fixture, const struct idx_job *job, const char *text,
                     GError **error)
{
    return put_job(fixture, job, 1, (const char *const[]){text, NULL}, error);
}

void fixture_put_claimed(struct fixture *fixture, const struct idx_job *job)
{
    g_autoptr(GError) error = NULL;
    fixture_try_put(fixture, job, job->path, &error);
    g_assert_no_error(error);
}

void fixture_put(struct fixture *fixture, const char *path, int64_t mtime, const char *const *texts)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *all = g_strjoinv("\n", (char **)texts);
    fixture_see(fixture, path, (int64_t)strlen(all), mtime);
    struct idx_job job;
    g_assert_true(idx_job_claim(fixture->store, IDX_JOB_READ, LEASE, &job, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(job.path, ==, path);
    put_job(fixture, &job, mtime, texts, &error);
    g_assert_no_error(error);
    idx_job_clear(&job);
}

void fixture_put1(struct fixture *fixture, const char *path, const char *text)
{
    fixture_put(fixture, path, 1, (const char *const[]){text, NULL});
}

void vector_of(const char *text, int dim, float *out)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(g_str_hash(text));
    double norm = 0;
    for (int i = 0; i < dim; i++) {
        out[i] = (float)g_rand_double_range(rand, -1, 1);
        norm += (double)out[i] * (double)out[i];
    }
    for (int i = 0; i < dim; i++)
        out[i] = (float)((double)out[i] / sqrt(norm));
}

void fixture_embed_claimed(struct fixture *fixture, const struct idx_job *job)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) passages =
        idx_passages_unembedded(fixture->store, fixture->embedder, job->content, 1 << 20, &error);
    g_assert_no_error(error);
    g_autofree float *vectors = g_new(float, (passages->len + 1) * DIM);
    g_autofree int64_t *ids = g_new(int64_t, passages->len + 1);
    for (guint i = 0; i < passages->len; i++) {
        const struct idx_passage *passage = passages->pdata[i];
        ids[i] = passage->id;
        vector_of(passage->text, DIM, vectors + i * DIM);
    }
    idx_vectors_put(fixture->store, fixture->embedder, ids, vectors, passages->len, job, &error);
    g_assert_no_error(error);
}

void fixture_embed(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    while (idx_job_claim(fixture->store, IDX_JOB_EMBED, LEASE, &job, &error)) {
        fixture_embed_claimed(fixture, &job);
        idx_job_clear(&job);
    }
    g_assert_no_error(error);
}

static sqlite3 *behind(const struct fixture *fixture)
{
    sqlite3 *db = NULL;
    g_autofree char *path = g_build_filename(fixture->dir, "library.db", NULL);
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    return db;
}

int64_t fixture_count(const struct fixture *fixture, const char *sql)
{
    sqlite3 *db = behind(fixture);
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (rc != SQLITE_OK)
        g_error("%s: %s", sql, sqlite3_errmsg(db));
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    int64_t n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return n;
}

void fixture_spoil(const struct fixture *fixture, const char *sql)
{
    sqlite3 *db = behind(fixture);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        g_error("%s: %s", sql, message);
    sqlite3_close(db);
}

void fixture_assert_clean(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = idx_check(fixture->store, false, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < findings->len; i++)
        g_test_message("finding: %s", ((struct idx_finding *)findings->pdata[i])->text);
    g_assert_cmpuint(findings->len, ==, 0);
}

bool folder_holds(const char *dir, const char *string)
{
    g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(list))) {
        g_autofree char *path = g_build_filename(dir, name, NULL), *bytes = NULL;
        gsize n = 0;
        if (g_file_get_contents(path, &bytes, &n, NULL) && memmem(bytes, n, string, strlen(string)))
            return true;
    }
    return false;
}

char *fixture_state(const struct fixture *fixture, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IdxLocation) location = idx_location_get(fixture->store, path, &error);
    g_assert_no_error(error);
    return g_strdup(location ? idx_state_name(location->state) : "");
}
