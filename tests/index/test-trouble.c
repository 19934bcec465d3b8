/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-trouble.c: a full disk, a library that cannot be written, a library that is locked.
 */
#include "index/store.h"
#include "tests/index/fixture.h"
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* Stores documents until an error comes; how many went well. */
static int fill(struct fixture *fixture, GError **error)
{
    for (int i = 0; i < 100000; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%d", i), *text = NULL;
        text = g_strdup_printf("document number%d %0*d", i, 2000, i);
        struct idx_job job;
        const struct idx_file file = {path, 1, 1, 1};
        if (idx_location_seen(fixture->store, &file, error) == IDX_SEEN_ERROR ||
            !idx_job_claim(fixture->store, IDX_JOB_READ, LEASE, &job, error))
            return i;
        bool ok = fixture_try_put(fixture, &job, text, error);
        idx_job_clear(&job);
        if (!ok)
            return i;
    }
    return -1;
}

static void expect_first(struct fixture *fixture, int n)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(n, >, 3);
    g_assert_cmpint(fixture_count(fixture, "SELECT count(*) FROM contents"), ==, n);
    for (int i = 0; i < n; i += MAX(1, n / 20)) {
        g_autofree char *word = g_strdup_printf("number%d", i);
        g_autoptr(GArray) hits = idx_search_text(fixture->store, (const char *const[]){word, NULL},
                                                 NULL, 9, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(hits->len, ==, 1);
    }
    fixture_assert_clean(fixture);
}

static void test_full_database(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    sqlite3_exec(fixture.store->db, "PRAGMA max_page_count = 300", NULL, NULL, NULL);
    int n = fill(&fixture, &error);
    g_assert_error(error, IDX_ERROR, IDX_ERROR_FULL);
    g_test_message("%s", error->message);
    expect_first(&fixture, n);
    fixture_close(&fixture);
}

/* A real file system that is too small: log, checkpoint and FAISS file meet it too. */
static void test_full_disk(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = scratch_new();
    if (mount("tmpfs", dir, "tmpfs", 0, "size=3m") != 0) {
        g_test_skip("no right to mount");
        scratch_remove(dir);
        return;
    }
    struct fixture fixture = {.dir = dir, .root = 1, .embedder = 1};
    fixture.store = idx_open(dir, NULL, IDX_CREATE, &error);
    g_assert_no_error(error);
    idx_root_add(fixture.store, "/docs", false, NULL, &error);
    idx_embedder(fixture.store, "test", "e0", DIM, &error);
    g_assert_no_error(error);
    int n = fill(&fixture, &error);
    g_assert_error(error, IDX_ERROR, IDX_ERROR_FULL);
    g_clear_error(&error);
    idx_close(fixture.store); /* a checkpoint may fail here: nothing is lost */
    g_assert_cmpint(mount("tmpfs", dir, "tmpfs", MS_REMOUNT, "size=12m"), ==, 0);
    fixture.store = idx_open(dir, NULL, 0, &error);
    g_assert_no_error(error);
    expect_first(&fixture, n);

    /* The FAISS file finds no room: told so, the old state stays, searching goes on. */
    fixture_embed(&fixture);
    g_autofree char *ballast = g_build_filename(dir, "ballast", NULL);
    g_autofree char *bytes = g_malloc0(1 << 20);
    FILE *file = fopen(ballast, "wb");
    while (fwrite(bytes, 1, 4096, file) == 4096 && fflush(file) == 0)
        continue;
    g_assert_false(idx_vectors_refresh(fixture.store, 1, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_FULL);
    g_test_message("%s", error->message);
    g_clear_error(&error);
    float query[DIM];
    vector_of("q", DIM, query);
    g_autoptr(GArray) hits = idx_search_vectors(fixture.store, 1, query, 3, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hits->len, ==, 3);
    fclose(file);
    g_unlink(ballast);
    g_assert_true(idx_vectors_refresh(fixture.store, 1, &error));
    fixture_assert_clean(&fixture);
    idx_close(fixture.store);
    /* lazily: storage.c keeps a descriptor on the database to the end of the process */
    g_assert_cmpint(umount2(dir, MNT_DETACH), ==, 0);
    scratch_remove(dir);
}

/* --- not writable
 * ------------------------------------------------------------------------------------ */

/* In a process that is not root: opens for writing (must say read-only), then for reading. */
static int read_only_child(const char *dir)
{
    g_autoptr(GError) error = NULL;
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        return 77;
    if (idx_open(dir, NULL, 0, &error) || !g_error_matches(error, IDX_ERROR, IDX_ERROR_READ_ONLY))
        return 1;
    g_clear_error(&error);
    g_autoptr(IdxStore) store = idx_open(dir, NULL, IDX_READ_ONLY, &error);
    if (!store) {
        g_printerr("# %s\n", error->message);
        return 2;
    }
    g_autoptr(GArray) hits =
        idx_search_text(store, (const char *const[]){"alpha", NULL}, NULL, 9, NULL, &error);
    float query[DIM];
    vector_of("alpha", DIM, query);
    g_autoptr(GArray) near = idx_search_vectors(store, 1, query, 9, NULL, &error);
    if (!hits || hits->len != 1 || !near || near->len != 1)
        return 3;
    if (idx_root_add(store, "/more", false, NULL, &error) != -1 ||
        !g_error_matches(error, IDX_ERROR, IDX_ERROR_READ_ONLY))
        return 4;
    g_clear_error(&error);
    if (idx_forget(store, "/docs", &error) != -1 ||
        !g_error_matches(error, IDX_ERROR, IDX_ERROR_READ_ONLY))
        return 5;
    return 0;
}

static void test_read_only(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "alpha");
    fixture_embed(&fixture);
    g_clear_pointer(&fixture.store, idx_close);
    g_autofree char *path = g_build_filename(fixture.dir, "library.db", NULL);
    g_chmod(path, 0444);
    g_chmod(fixture.dir, 0555);
    pid_t child = fork();
    if (child == 0)
        _exit(read_only_child(fixture.dir));
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_chmod(fixture.dir, 0700);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        g_test_skip("cannot become another user");
    else
        g_assert_cmpint(status, ==, 0);
    fixture_close(&fixture);
}

/* Another process keeps the write lock: busy, after the time-out and not before; reading goes on.
 */
static void test_locked(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "alpha");
    g_autoptr(IdxStore) other = idx_open(fixture.dir, NULL, 0, &error);
    g_assert_no_error(error);
    sqlite3_exec(other->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    sqlite3_busy_timeout(fixture.store->db, 50);
    g_assert_cmpint(idx_root_add(fixture.store, "/x", false, NULL, &error), ==, -1);
    g_assert_error(error, IDX_ERROR, IDX_ERROR_BUSY);
    g_clear_error(&error);
    g_autoptr(GArray) hits =
        idx_search_text(fixture.store, (const char *const[]){"alpha", NULL}, NULL, 9, NULL, &error);
    g_assert_cmpuint(hits->len, ==, 1);
    sqlite3_exec(other->db, "ROLLBACK", NULL, NULL, NULL);
    g_assert_cmpint(idx_root_add(fixture.store, "/x", false, NULL, &error), >, 0);
    g_assert_no_error(error);
    fixture_close(&fixture);
}

/* A medium that nobody can write, with the log of a process that was killed beside the database:
   all of it can be found, and the folder stays as it is. */
static int medium_child(const char *dir)
{
    g_autoptr(GError) error = NULL;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount(dir, dir, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0)
        return 77;
    g_autofree char *shared = g_build_filename(dir, "library.db-shm", NULL);
    g_autoptr(IdxStore) store = idx_open(dir, NULL, IDX_READ_ONLY, &error);
    if (!store) {
        g_printerr("# %s\n", error->message);
        return 2;
    }
    for (int i = 0; i < 2; i++) {
        const char *const words[] = {i ? "beta" : "alpha", NULL};
        g_autoptr(GArray) hits = idx_search_text(store, words, NULL, 9, NULL, &error);
        if (!hits || hits->len != 1)
            return 3;
    }
    float query[DIM];
    vector_of("beta", DIM, query);
    g_autoptr(GArray) near = idx_search_vectors(store, 1, query, 9, NULL, &error);
    if (!near || near->len != 2)
        return 4;
    return g_file_test(shared, G_FILE_TEST_EXISTS) ? 5 : 0;
}

static void copy(const char *from, const char *to, const char *name)
{
    g_autofree char *source = g_build_filename(from, name, NULL), *bytes = NULL;
    g_autofree char *target = g_build_filename(to, name, NULL);
    gsize n;
    g_assert_true(g_file_get_contents(source, &bytes, &n, NULL));
    g_assert_cmpuint(n, >, 0);
    g_assert_true(g_file_set_contents(target, bytes, (gssize)n, NULL));
}

static void test_read_only_medium(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "alpha");
    fixture_reopen(&fixture); /* this much is in the database */
    fixture_put1(&fixture, "/docs/b", "beta");
    fixture_embed(&fixture); /* and this in the log only */
    char *dir = scratch_new();
    copy(fixture.dir, dir, "library.db");
    copy(fixture.dir, dir, "library.db-wal");
    pid_t child = fork();
    if (child == 0)
        _exit(medium_child(dir));
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        g_test_skip("cannot mount");
    else
        g_assert_cmpint(status, ==, 0);
    scratch_remove(dir);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/trouble/full-database", test_full_database);
    g_test_add_func("/index/trouble/full-disk", test_full_disk);
    g_test_add_func("/index/trouble/read-only", test_read_only);
    g_test_add_func("/index/trouble/read-only-medium", test_read_only_medium);
    g_test_add_func("/index/trouble/locked", test_locked);
    return g_test_run();
}
