/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-places.c: roots, exclusions, what a scan sees, what a sweep removes.
 */
#include "tests/index/fixture.h"
#include <string.h>

static void assert_state(struct fixture *fixture, const char *path, const char *expected)
{
    g_autofree char *state = fixture_state(fixture, path);
    g_assert_cmpstr(state, ==, expected);
}

static void test_seen(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 1), ==, IDX_SEEN_NEW);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 1), ==, IDX_SEEN_NEW); /* still not read */
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM jobs"), ==, 1);
    assert_state(&fixture, "/docs/a", "waiting");
    fixture_put1(&fixture, "/docs/a", "hello");
    assert_state(&fixture, "/docs/a", "ready");
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 1), ==, IDX_SEEN_SAME);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 2), ==, IDX_SEEN_CHANGED);
    assert_state(&fixture, "/docs/a", "waiting");
    /* The old text can be found until the new one is there. */
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM passages"), ==, 1);
    fixture_put(&fixture, "/docs/a", 2, (const char *const[]){"other", "text", NULL});
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM passages"), ==, 2);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 1);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_roots(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    g_assert_cmpint(idx_root_add(fixture.store, "/docs/", false, NULL, &error), ==, fixture.root);
    int64_t other = idx_root_add(fixture.store, "/docs/inner", false, "Work", &error);
    g_assert_cmpint(other, >, fixture.root);
    g_assert_cmpint(idx_root_add(fixture.store, "/docs/inner", false, NULL, &error), ==, other);
    g_autoptr(GPtrArray) roots = idx_roots(fixture.store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(roots->len, ==, 2);
    struct idx_root *first = roots->pdata[0], *second = roots->pdata[1];
    g_assert_cmpstr(first->path, ==, "/docs");
    g_assert_cmpstr(first->collection, ==, "All");
    g_assert_cmpstr(second->collection, ==, "Work");
    fixture_close(&fixture);
}

static void test_sweep(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    for (int i = 0; i < 100; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%d", i), *text = NULL;
        text = g_strdup_printf("text %d", i % 50); /* each content has two locations */
        fixture_put1(&fixture, path, text);
    }
    fixture_embed(&fixture);
    int64_t start = g_get_real_time();
    for (int i = 0; i < 30; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%d", i), *text = NULL;
        text = g_strdup_printf("text %d", i % 50);
        g_assert_cmpint(fixture_see(&fixture, path, (int64_t)strlen(text), 1), ==, IDX_SEEN_SAME);
    }
    /* A clock that went back sweeps nothing. */
    g_assert_cmpint(
        idx_root_sweep(fixture.store, fixture.root, start + INT64_C(3600000000), &error), ==, 0);
    g_assert_cmpint(idx_root_sweep(fixture.store, fixture.root, start, &error), ==, 70);
    g_assert_no_error(error);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 30);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM vectors"), ==, 30);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_offline(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "hello");
    fixture_see(&fixture, "/docs/b", 1, 1);
    g_assert_true(idx_root_set_offline(fixture.store, fixture.root, true, &error));
    assert_state(&fixture, "/docs/a", "offline");
    g_assert_cmpint(idx_jobs_pending(fixture.store, IDX_JOB_READ, NULL, &error), ==, 0);
    g_assert_false(idx_job_claim(fixture.store, IDX_JOB_READ, LEASE, &job, &error));
    g_assert_no_error(error);
    g_autoptr(GArray) hits =
        idx_search_text(fixture.store, (const char *const[]){"hello", NULL}, NULL, 5, NULL, &error);
    g_assert_cmpuint(hits->len, ==, 1);
    struct idx_status status;
    g_assert_true(idx_status(fixture.store, 0, &status, &error));
    g_assert_cmpint(status.n_by_state[IDX_OFFLINE], ==, 2);
    g_assert_true(idx_root_set_offline(fixture.store, fixture.root, false, &error));
    assert_state(&fixture, "/docs/a", "ready");
    assert_state(&fixture, "/docs/b", "waiting");
    fixture_close(&fixture);
}

static void test_skip(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "hello");
    const struct idx_file file = {"/docs/a", fixture.root, 9, 2};
    g_assert_true(idx_location_skip(fixture.store, &file, "not text", &error));
    assert_state(&fixture, "/docs/a", "skipped");
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 0);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 9, 2), ==, IDX_SEEN_SAME);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 8, 2), ==, IDX_SEEN_CHANGED);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Unreadable for a while: what was read stays, unless the file has changed meanwhile. */
static void test_block(void)
{
    g_autoptr(GError) error = NULL;
    bool kept = true;
    struct fixture fixture;
    fixture_open(&fixture);
    const struct idx_file fresh = {"/docs/b", fixture.root, 0, 0};
    g_assert_true(idx_location_block(fixture.store, &fresh, "no permission", &kept, &error));
    g_assert_false(kept);
    assert_state(&fixture, "/docs/b", "skipped");
    fixture_put1(&fixture, "/docs/a", "hello");
    fixture_embed(&fixture);
    int64_t start = g_get_real_time();
    const struct idx_file file = {"/docs/a", fixture.root, 0, 0};
    g_assert_true(idx_location_block(fixture.store, &file, "no permission", &kept, &error));
    g_assert_true(kept);
    g_autoptr(IdxLocation) blocked = idx_location_get(fixture.store, "/docs/a", &error);
    g_assert_cmpint(blocked->state, ==, IDX_READY);
    g_assert_cmpstr(blocked->reason, ==, "no permission");
    g_assert_cmpint(blocked->n_embedded, ==, 1);
    g_assert_cmpint(idx_root_sweep(fixture.store, fixture.root, start, &error), ==, 1); /* b */
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 1), ==, IDX_SEEN_SAME);
    g_autoptr(IdxLocation) after = idx_location_get(fixture.store, "/docs/a", &error);
    g_assert_cmpstr(after->reason, ==, "");
    g_assert_true(idx_location_block(fixture.store, &file, "no permission", &kept, &error));
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 2), ==, IDX_SEEN_CHANGED);
    g_assert_no_error(error);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Other readers: what was looked at before is looked at again, its text staying until then. */
static void test_reader_version(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    struct fixture fixture;
    fixture_open(&fixture);
    for (int version = 1; version < 3; version++) {
        idx_set_reader_version(fixture.store, version);
        g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 1), ==,
                        version == 1 ? IDX_SEEN_NEW : IDX_SEEN_CHANGED);
        g_assert_true(idx_job_claim(fixture.store, IDX_JOB_READ, LEASE, &job, &error));
        g_assert_true(fixture_try_put(&fixture, &job, version == 1 ? "hello" : "hullo", &error));
        idx_job_clear(&job);
        g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 1), ==, IDX_SEEN_SAME);
        fixture_see(&fixture, "/docs/b", 1, 1);
        g_assert_true(idx_job_claim(fixture.store, IDX_JOB_READ, LEASE, &job, &error));
        g_assert_true(idx_job_skip(fixture.store, &job, "no text", &error));
        idx_job_clear(&job);
        g_assert_cmpint(fixture_see(&fixture, "/docs/b", 1, 1), ==, IDX_SEEN_SAME);
    }
    idx_set_reader_version(fixture.store, 0);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a", 5, 1), ==, IDX_SEEN_SAME);
    fixture_close(&fixture);
}

static void test_bytes(void)
{
    g_autoptr(GError) error = NULL;
    static const char odd[] = "/docs/\xff\xfe'\"%;\n.txt";
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, odd, "hello");
    const struct idx_filter ready = {.states = 1 << IDX_READY};
    g_autoptr(GPtrArray) locations = idx_list(fixture.store, &ready, 0, 9, &error);
    g_assert_cmpuint(locations->len, ==, 1);
    const struct idx_location *location = locations->pdata[0];
    g_assert_cmpstr(location->path, ==, odd);
    g_assert_cmpint(location->n_passages, ==, 1);
    g_assert_cmpint(idx_forget(fixture.store, odd, &error), ==, 1);
    g_assert_true(idx_excluded(fixture.store, odd, &error));
    fixture_close(&fixture);
}

/* "/docs/a" is not above "/docs/ab", nor above "/docs/a.txt". */
static void test_forget_neighbours(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    static const char *const paths[] = {"/docs/a",     "/docs/a/x", "/docs/a/y/z",
                                        "/docs/a.txt", "/docs/ab",  "/docs/a-"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        fixture_put1(&fixture, paths[i], paths[i]);
    g_assert_cmpint(idx_forget(fixture.store, "/docs/a/", &error), ==, 3);
    g_assert_cmpint(idx_forget(fixture.store, "/docs/nothing", &error), ==, 0);
    g_assert_no_error(error);
    g_assert_true(idx_excluded(fixture.store, "/docs/a/y", &error));
    g_assert_false(idx_excluded(fixture.store, "/docs/ab", &error));
    g_assert_false(idx_excluded(fixture.store, "/docs/nothing", &error));
    g_assert_cmpint(fixture_see(&fixture, "/docs/a/x", 9, 9), ==, IDX_SEEN_EXCLUDED);
    assert_state(&fixture, "/docs/ab", "ready");
    /* Adding it again by hand lifts the exclusion. */
    g_assert_cmpint(idx_root_add(fixture.store, "/docs/a", false, NULL, &error), >, 0);
    g_assert_cmpint(fixture_see(&fixture, "/docs/a/x", 9, 9), ==, IDX_SEEN_NEW);
    /* A root is removed, not excluded; unless a root above it stays. */
    g_assert_cmpint(idx_forget(fixture.store, "/docs/a", &error), ==, 1);
    g_assert_true(idx_excluded(fixture.store, "/docs/a", &error));
    g_assert_cmpint(idx_forget(fixture.store, "/docs", &error), ==, 3);
    g_assert_false(idx_excluded(fixture.store, "/docs/ab", &error));
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM roots"), ==, 0);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_order_of_list(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_see(&fixture, "/docs/z", 1, 1);
    g_assert_true(idx_job_claim(fixture.store, IDX_JOB_READ, LEASE, &job, &error));
    g_assert_true(idx_job_fail(fixture.store, &job, "It is encrypted.", false, &error));
    idx_job_clear(&job);
    fixture_put1(&fixture, "/docs/b", "b");
    fixture_put1(&fixture, "/docs/a", "a");
    const struct idx_filter below = {.below = "/docs"}, everything = {0};
    g_autoptr(GPtrArray) all = idx_list(fixture.store, &below, 0, 9, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 3);
    g_assert_cmpstr(((struct idx_location *)all->pdata[0])->path, ==, "/docs/z");
    g_assert_cmpstr(((struct idx_location *)all->pdata[0])->reason, ==, "It is encrypted.");
    g_assert_cmpstr(((struct idx_location *)all->pdata[1])->path, ==, "/docs/a");
    g_autoptr(GPtrArray) page = idx_list(fixture.store, &everything, 2, 9, &error);
    g_assert_cmpuint(page->len, ==, 1);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/places/seen", test_seen);
    g_test_add_func("/index/places/roots", test_roots);
    g_test_add_func("/index/places/sweep", test_sweep);
    g_test_add_func("/index/places/offline", test_offline);
    g_test_add_func("/index/places/skip", test_skip);
    g_test_add_func("/index/places/block", test_block);
    g_test_add_func("/index/places/reader-version", test_reader_version);
    g_test_add_func("/index/places/bytes", test_bytes);
    g_test_add_func("/index/places/forget-neighbours", test_forget_neighbours);
    g_test_add_func("/index/places/order-of-list", test_order_of_list);
    return g_test_run();
}
