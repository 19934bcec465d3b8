/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-processes.c: several processes on one library, and processes that are killed.
 */
#include "tests/index/fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The work of an indexer until none is left: reads, embeds, refreshes, searches. Each claimed path
   goes into the log as one line (O_APPEND: whole lines). */
static int index_all(const char *dir, int log)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture = {.dir = (char *)dir, .root = 1, .embedder = 1};
    fixture.store = idx_open(dir, NULL, 0, &error);
    if (!fixture.store)
        g_error("%s", error->message);
    struct idx_job job;
    float query[DIM];
    vector_of("query", DIM, query);
    for (int n = 1; idx_job_claim(fixture.store, IDX_JOB_READ | IDX_JOB_EMBED, LEASE, &job, &error);
         n++) {
        if (job.kind == IDX_JOB_READ) {
            g_autofree char *line = g_strconcat(job.path, "\n", NULL);
            if (write(log, line, strlen(line)) < 0)
                return 2;
            fixture_put_claimed(&fixture, &job);
        } else {
            fixture_embed_claimed(&fixture, &job);
        }
        idx_job_clear(&job);
        if (n % 5 == 0 && !idx_vectors_refresh(fixture.store, 1, &error))
            g_error("%s", error->message);
        if (n % 3 == 0) {
            g_autoptr(GArray) hits = idx_search_vectors(fixture.store, 1, query, 5, NULL, &error);
            if (!hits)
                g_error("%s", error->message);
        }
    }
    if (error)
        g_error("%s", error->message);
    bool ok = idx_vectors_refresh(fixture.store, 1, NULL);
    idx_close(fixture.store);
    return ok ? 0 : 1;
}

static pid_t start(const char *dir, int log)
{
    pid_t child = fork();
    if (child == 0)
        _exit(index_all(dir, log));
    return child;
}

static int open_log(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "log", NULL);
    return open(path, O_CREAT | O_RDWR | O_APPEND, 0600);
}

static void see_files(struct fixture *fixture, int n)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%03d", i);
        fixture_see(fixture, path, (int64_t)strlen(path), 1);
    }
}

static void expect_all_there(struct fixture *fixture, int n)
{
    g_assert_cmpint(fixture_count(fixture, "SELECT count(*) FROM locations WHERE state = 'ready'"),
                    ==, n);
    g_assert_cmpint(fixture_count(fixture, "SELECT count(*) FROM contents"), ==, n);
    g_assert_cmpint(fixture_count(fixture, "SELECT count(*) FROM passages"), ==, n);
    g_assert_cmpint(fixture_count(fixture, "SELECT count(*) FROM vectors"), ==, n);
    g_assert_cmpint(fixture_count(fixture, "SELECT count(*) FROM jobs"), ==, 0);
    fixture_assert_clean(fixture);
}

static void test_side_by_side(void)
{
    enum { N = 150, N_PROCESSES = 3 };
    struct fixture fixture;
    fixture_open(&fixture);
    see_files(&fixture, N);
    g_clear_pointer(&fixture.store, idx_close);
    int log = open_log(fixture.dir);
    pid_t children[N_PROCESSES];
    for (int i = 0; i < N_PROCESSES; i++)
        children[i] = start(fixture.dir, log);
    for (int i = 0; i < N_PROCESSES; i++) {
        int status;
        g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
        g_assert_cmpint(status, ==, 0);
    }
    close(log);
    g_autofree char *path = g_build_filename(fixture.dir, "log", NULL), *lines = NULL;
    g_assert_true(g_file_get_contents(path, &lines, NULL, NULL));
    g_auto(GStrv) claimed = g_strsplit(g_strchomp(lines), "\n", -1);
    g_autoptr(GHashTable) different = g_hash_table_new(g_str_hash, g_str_equal);
    for (char **line = claimed; *line; line++)
        g_hash_table_add(different, *line);
    g_assert_cmpuint(g_strv_length(claimed), ==, N);       /* none done twice … */
    g_assert_cmpuint(g_hash_table_size(different), ==, N); /* … and all done */
    fixture_reopen(&fixture);
    expect_all_there(&fixture, N);
    fixture_close(&fixture);
}

/* A second store that comes and goes must not take the first one's locks with it: another process
   would take itself for the last one and remove the log in use. */
static void test_second_store(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "first");
    idx_close(idx_open(fixture.dir, NULL, 0, NULL));
    /* not a mere fork: that would take over what SQLite knows of its own locks */
    const char *argv[] = {"/proc/self/exe", "--open", fixture.dir, NULL};
    int status = -1;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                 &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    g_autofree char *log = g_build_filename(fixture.dir, "library.db-wal", NULL);
    g_assert_true(g_file_test(log, G_FILE_TEST_EXISTS));
    fixture_put1(&fixture, "/docs/b", "second");
    fixture_reopen(&fixture);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 2);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Killed at random moments, checked each time, and finished in the end. */
static void test_killed(void)
{
    enum { N = 900, N_KILLS = 20 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    struct fixture fixture;
    fixture_open(&fixture);
    see_files(&fixture, N);
    int log = open_log(fixture.dir);
    int n_killed = 0;
    for (int i = 0; i < N_KILLS; i++) {
        int status;
        g_clear_pointer(&fixture.store, idx_close);
        pid_t child = start(fixture.dir, log);
        g_usleep((gulong)g_rand_int_range(rand, 1500, 9000));
        kill(child, SIGKILL);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        n_killed += WIFSIGNALED(status);
        fixture_reopen(&fixture);
        fixture_assert_clean(&fixture);
    }
    g_test_message("%d of %d were killed at work", n_killed, N_KILLS);
    g_test_message("%d documents ready then",
                   (int)fixture_count(&fixture, "SELECT count(*) FROM contents"));
    g_clear_pointer(&fixture.store, idx_close);
    int status;
    pid_t child = start(fixture.dir, log);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    close(log);
    fixture_reopen(&fixture);
    expect_all_there(&fixture, N);
    fixture_close(&fixture);
}

/* Killed while forgetting: gone or not gone, and in the end in no file. */
static void test_killed_forgetting(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(12);
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    for (int i = 0; i < 12; i++) {
        for (int j = 0; j < 10; j++) {
            g_autofree char *path = g_strdup_printf("/docs/d%d/%d", i, j), *text = NULL;
            text = g_strdup_printf("planted%dz in %d", i, j);
            fixture_put1(&fixture, path, text);
        }
        g_autofree char *folder = g_strdup_printf("/docs/d%d", i);
        g_autofree char *word = g_strdup_printf("planted%dz", i);
        g_clear_pointer(&fixture.store, idx_close);
        pid_t child = fork();
        if (child == 0) {
            g_autoptr(IdxStore) store = idx_open(fixture.dir, NULL, 0, NULL);
            idx_forget(store, folder, NULL);
            _exit(0);
        }
        g_usleep((gulong)g_rand_int_range(rand, 200, 20000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        fixture_reopen(&fixture); /* finishes what was begun */
        g_autoptr(GArray) hits = idx_search_text(fixture.store, (const char *const[]){word, NULL},
                                                 NULL, 99, NULL, &error);
        g_assert_no_error(error);
        g_assert_true(hits->len == 0 || hits->len == 10);
        if (hits->len == 10)
            g_assert_cmpint(idx_forget(fixture.store, folder, &error), ==, 10);
        g_assert_no_error(error);
        g_assert_false(folder_holds(fixture.dir, word));
        fixture_assert_clean(&fixture);
    }
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], "--open")) { /* test_second_store */
        IdxStore *store = idx_open(argv[2], NULL, 0, NULL);
        idx_close(store);
        return store ? 0 : 1;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/processes/second-store", test_second_store);
    g_test_add_func("/index/processes/side-by-side", test_side_by_side);
    g_test_add_func("/index/processes/killed", test_killed);
    g_test_add_func("/index/processes/killed-forgetting", test_killed_forgetting);
    return g_test_run();
}
