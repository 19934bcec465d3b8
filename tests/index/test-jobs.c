/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-jobs.c: leases, attempts, back-off, and work that was overtaken.
 */
#include "tests/index/fixture.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool claim(struct fixture *fixture, unsigned kinds, int lease, struct idx_job *job)
{
    g_autoptr(GError) error = NULL;
    bool claimed = idx_job_claim(fixture->store, kinds, lease, job, &error);
    g_assert_no_error(error);
    return claimed;
}

static void test_order(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job a, b, none;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/done", "text"); /* leaves an embed job */
    fixture_see(&fixture, "/docs/a", 1, 1);
    fixture_see(&fixture, "/docs/b", 1, 1);
    g_assert_true(claim(&fixture, IDX_JOB_READ | IDX_JOB_EMBED, LEASE, &a));
    g_assert_cmpstr(a.path, ==, "/docs/a");
    g_assert_cmpint(a.attempts, ==, 1);
    /* Given back, it is behind nobody who waits as long: uncounted. */
    g_assert_true(idx_job_release(fixture.store, &a, &error));
    idx_job_clear(&a);
    g_assert_true(claim(&fixture, IDX_JOB_READ | IDX_JOB_EMBED, LEASE, &a));
    g_assert_cmpstr(a.path, ==, "/docs/a");
    g_assert_cmpint(a.attempts, ==, 1);
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &b));
    g_assert_cmpstr(b.path, ==, "/docs/b");
    g_assert_false(claim(&fixture, IDX_JOB_READ, LEASE, &none));
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_READ, NULL, &error), ==, 2);
    g_assert_true(claim(&fixture, IDX_JOB_READ | IDX_JOB_EMBED, LEASE, &none));
    g_assert_cmpint(none.kind, ==, IDX_JOB_EMBED);
    g_assert_cmpstr(none.path, ==, "/docs/done");
    idx_job_clear(&a);
    idx_job_clear(&b);
    idx_job_clear(&none);
    fixture_close(&fixture);
}

static void test_retry(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    struct idx_status status;
    double due_in;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_see(&fixture, "/docs/a", 1, 1);
    for (int attempt = 1; attempt <= IDX_MAX_ATTEMPTS; attempt++) {
        g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
        g_assert_cmpint(job.attempts, ==, attempt);
        g_assert_true(idx_job_fail(fixture.store, &job, "It was busy.", true, &error));
        idx_job_clear(&job);
        g_assert_false(claim(&fixture, IDX_JOB_READ, LEASE, &job));
        int64_t pending = idx_jobs_pending(fixture.store, IDX_JOB_READ, &due_in, &error);
        if (attempt < IDX_MAX_ATTEMPTS) { /* 2 s, 4 s */
            g_assert_cmpint(pending, ==, 1);
            g_assert_cmpfloat(due_in, >, (1 << attempt) - 1.5);
            g_assert_cmpfloat(due_in, <=, 1 << attempt);
            fixture_spoil(&fixture, "UPDATE jobs SET due_at = 0");
        } else {
            g_assert_cmpint(pending, ==, 0);
        }
    }
    g_autofree char *state = fixture_state(&fixture, "/docs/a");
    g_assert_cmpstr(state, ==, "failed");
    g_assert_true(idx_status(fixture.store, 0, &status, &error));
    g_assert_cmpint(status.n_quarantined, ==, 1);
    g_assert_cmpint(status.n_jobs, ==, 0);
    fixture_assert_clean(&fixture);
    /* Unchanged it stays so; asked for, or changed, it gets new attempts. */
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 1, 1), ==, IDX_SEEN_SAME);
    g_assert_cmpint(idx_retry(fixture.store, "/docs", &error), ==, 1);
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
    g_assert_cmpint(job.attempts, ==, 1);
    g_assert_true(idx_job_fail(fixture.store, &job, "It is broken.", false, &error));
    idx_job_clear(&job);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 1, 2), ==, IDX_SEEN_CHANGED);
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
    g_assert_cmpint(job.attempts, ==, 1);
    g_assert_true(idx_job_skip(fixture.store, &job, "It is empty.", &error));
    idx_job_clear(&job);
    g_autofree char *skipped = fixture_state(&fixture, "/docs/a");
    g_assert_cmpstr(skipped, ==, "skipped");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Claims in a child process that ends with the job in its hands. */
static void claim_and_die(struct fixture *fixture)
{
    g_clear_pointer(&fixture->store, idx_close);
    pid_t child = fork();
    if (child == 0) {
        struct idx_job job;
        IdxStore *store = idx_open(fixture->dir, NULL, 0, NULL);
        bool claimed = store && idx_job_claim(store, IDX_JOB_READ, 3600, &job, NULL);
        kill(getpid(), claimed ? SIGKILL : SIGTERM);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
    fixture_reopen(fixture);
}

static void test_dead_owner(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    double due_in = -1;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_see(&fixture, "/docs/poison", 1, 1);
    fixture_see(&fixture, "/docs/good", 1, 1);
    claim_and_die(&fixture);
    g_autofree char *state = fixture_state(&fixture, "/docs/poison");
    g_assert_cmpstr(state, ==, "reading");
    fixture_assert_clean(&fixture);
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_READ, &due_in, &error), ==, 2);
    g_assert_cmpfloat(due_in, ==, 0);
    /* What was in work when the program died comes after what was not. */
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
    g_assert_cmpstr(job.path, ==, "/docs/good");
    g_assert_true(idx_job_skip(fixture.store, &job, "done", &error));
    idx_job_clear(&job);
    claim_and_die(&fixture);
    claim_and_die(&fixture);
    g_assert_false(claim(&fixture, IDX_JOB_READ, LEASE, &job));
    g_autofree char *after = fixture_state(&fixture, "/docs/poison");
    g_assert_cmpstr(after, ==, "failed");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_lease_over(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job late, fast;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_see(&fixture, "/docs/a", 1, 1);
    g_assert_true(claim(&fixture, IDX_JOB_READ, -1, &late)); /* over at once */
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &fast));
    g_assert_cmpint(fast.attempts, ==, 2);
    g_assert_false(idx_job_renew(fixture.store, &late, LEASE, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_clear_error(&error);
    /* The late one brings nothing and breaks nothing. */
    const struct idx_file file = {"/docs/a", fixture.root, 1, 1};
    const struct idx_document document = {.hash = "x", .title = "", .format = "text"};
    g_assert_true(idx_document_put(fixture.store, &late, &file, &document, &error));
    g_assert_true(idx_job_fail(fixture.store, &late, "late", false, &error));
    g_assert_true(idx_job_release(fixture.store, &late, &error));
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 0);
    g_assert_true(idx_job_renew(fixture.store, &fast, LEASE, &error));
    g_assert_true(idx_document_put(fixture.store, &fast, &file, &document, &error));
    g_assert_no_error(error);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 1);
    idx_job_clear(&late);
    idx_job_clear(&fast);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* The file changes, or is forgotten, while it is being read. */
static void test_overtaken(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job, again;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_see(&fixture, "/docs/a", 1, 1);
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 2, 2), ==, IDX_SEEN_NEW);
    g_assert_false(claim(&fixture, IDX_JOB_READ, LEASE, &again)); /* still in work */
    const struct idx_file file = {"/docs/a", fixture.root, 1, 1};
    const struct idx_document document = {.hash = "x", .title = "", .format = "text"};
    g_assert_true(idx_document_put(fixture.store, &job, &file, &document, &error));
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &again)); /* once more */
    g_assert_cmpint(again.attempts, ==, 1);
    fixture_assert_clean(&fixture);
    g_assert_cmpint(idx_forget(fixture.store, "/docs/a", &error), ==, 1);
    g_assert_true(idx_document_put(fixture.store, &again, &file, &document, &error));
    g_assert_no_error(error);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 0);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM locations"), ==, 0);
    idx_job_clear(&job);
    idx_job_clear(&again);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_embed_enqueue(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "one");
    fixture_put1(&fixture, "/docs/b", "two");
    fixture_embed(&fixture);
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_EMBED, NULL, &error), ==, 0);
    g_assert_true(idx_embed_enqueue(fixture.store, fixture.embedder, &error));
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_EMBED, NULL, &error), ==, 0);
    int64_t other = idx_embedder(fixture.store, "other", "e1", 8, &error);
    g_assert_true(idx_embed_enqueue(fixture.store, other, &error));
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_EMBED, NULL, &error), ==, 2);
    g_assert_true(claim(&fixture, IDX_JOB_EMBED, LEASE, &job));
    g_assert_true(idx_job_fail(fixture.store, &job, "no memory", false, &error));
    idx_job_clear(&job);
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_EMBED, NULL, &error), ==, 1);
    g_assert_true(idx_embed_enqueue(fixture.store, other, &error)); /* another chance */
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_EMBED, NULL, &error), ==, 2);
    g_assert_no_error(error);
    fixture_close(&fixture);
}

/* The clock ran ahead when a job was put back, and was set right since. */
static void test_clock_set_back(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    double due_in = -1;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_see(&fixture, "/docs/a", 1, 1);
    fixture_spoil(&fixture, "UPDATE jobs SET due_at = 4000000000000000"); /* in 2096 */
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_READ, &due_in, &error), ==, 1);
    g_assert_cmpfloat(due_in, ==, 0);
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
    idx_job_clear(&job);
    fixture_close(&fixture);
}

/* The file changed during the last attempt: what is there now was never tried. */
static void test_changed_at_last(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_see(&fixture, "/docs/a", 1, 1);
    for (int attempt = 1; attempt <= IDX_MAX_ATTEMPTS; attempt++) {
        fixture_spoil(&fixture, "UPDATE jobs SET due_at = 0");
        g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
        if (attempt == IDX_MAX_ATTEMPTS)
            fixture_see(&fixture, "/docs/a", 2, 2);
        g_assert_true(idx_job_fail(fixture.store, &job, "It changed.", true, &error));
        idx_job_clear(&job);
    }
    g_autofree char *state = fixture_state(&fixture, "/docs/a");
    g_assert_cmpstr(state, ==, "waiting");
    g_assert_true(claim(&fixture, IDX_JOB_READ, LEASE, &job));
    g_assert_cmpint(job.attempts, ==, 1);
    idx_job_clear(&job);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/jobs/order", test_order);
    g_test_add_func("/index/jobs/retry", test_retry);
    g_test_add_func("/index/jobs/dead-owner", test_dead_owner);
    g_test_add_func("/index/jobs/lease-over", test_lease_over);
    g_test_add_func("/index/jobs/overtaken", test_overtaken);
    g_test_add_func("/index/jobs/embed-enqueue", test_embed_enqueue);
    g_test_add_func("/index/jobs/clock-set-back", test_clock_set_back);
    g_test_add_func("/index/jobs/changed-at-last", test_changed_at_last);
    return g_test_run();
}
