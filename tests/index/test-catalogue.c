/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-catalogue.c: lists in every order and with every filter against a plain sort; collections;
 * taking out.
 */
#include "tests/index/fixture.h"
#include <stdlib.h>
#include <string.h>

/* --- lists ------------------------------------------------------------------------------------ */

/* 90 files in three folders, sizes and times in other orders than names, states mixed. */
static void fill(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    int64_t other = idx_root_add(fixture->store, "/other", false, "Work", &error);
    int64_t away = idx_root_add(fixture->store, "/away", false, "Work", &error);
    const int64_t roots[] = {fixture->root, other, away};
    const char *const folders[] = {"/docs", "/other", "/away"};
    g_assert_no_error(error);
    for (int i = 0; i < 90; i++) {
        g_autofree char *path =
            g_strdup_printf("%s/%c/Datei Ä %d.txt", folders[i % 3], 'a' + i % 7, i * 37 % 90);
        const struct idx_file file = {path, roots[i % 3], i * 53 % 90, 1 + i * 71 % 90};
        g_assert_cmpint(idx_location_seen(fixture->store, &file, &error), ==, IDX_SEEN_NEW);
        if (i % 5 == 0)
            continue;
        g_assert_true(idx_job_claim(fixture->store, IDX_JOB_READ, LEASE, &job, &error));
        if (i % 5 == 1)
            g_assert_true(idx_job_fail(fixture->store, &job, "It is encrypted.", false, &error));
        else if (i % 5 == 2)
            g_assert_true(idx_job_skip(fixture->store, &job, "A picture.", &error));
        else
            fixture_put_claimed(fixture, &job);
        idx_job_clear(&job);
    }
    g_assert_true(idx_root_set_offline(fixture->store, away, true, &error));
    g_assert_no_error(error);
}

static const struct idx_filter *comparing;

static int compare(gconstpointer a, gconstpointer b)
{
    const struct idx_location *x = *(struct idx_location *const *)a,
                              *y = *(struct idx_location *const *)b;
    int sign = comparing->descending ? -1 : 1, order = 0;
    g_autofree char *name_x = g_path_get_basename(x->path), *name_y = g_path_get_basename(y->path);
    switch (comparing->order) {
    case IDX_BY_TROUBLE: /* the state beneath counts: a failed one that is away is still among them
                          */
        order = (strcmp(y->reason, "It is encrypted.") == 0) -
                (strcmp(x->reason, "It is encrypted.") == 0);
        break;
    case IDX_BY_NAME:
        order = strcmp(name_x, name_y);
        break;
    case IDX_BY_FOLDER:
        break;
    case IDX_BY_TIME:
        order = (x->mtime_ns < y->mtime_ns) - (x->mtime_ns > y->mtime_ns);
        return sign * (order ? order : x->id < y->id ? 1 : -1);
    case IDX_BY_SIZE:
        order = (x->size < y->size) - (x->size > y->size);
        return sign * (order ? order : x->id < y->id ? 1 : -1);
    }
    return sign * (order ? order : strcmp(x->path, y->path));
}

static bool fits(const struct idx_location *location, const struct idx_filter *filter)
{
    bool work = !g_str_has_prefix(location->path, "/docs");
    return (!filter->states || filter->states & 1 << location->state) &&
           (!filter->collection || (filter->collection == 2) == work) &&
           (!filter->below || g_str_has_prefix(location->path, filter->below)) &&
           (!filter->words || strstr(location->path, "7.txt"));
}

static void expect_list(struct fixture *fixture, GPtrArray *all, const struct idx_filter *filter)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) expected = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++)
        if (fits(all->pdata[i], filter))
            g_ptr_array_add(expected, all->pdata[i]);
    comparing = filter;
    g_ptr_array_sort(expected, compare);
    g_assert_cmpint(idx_list_count(fixture->store, filter, &error), ==, expected->len);
    for (guint from = 0; from <= expected->len; from += 7) {
        g_autoptr(GPtrArray) page = idx_list(fixture->store, filter, from, 7, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(page->len, ==, MIN(7, expected->len - from));
        for (guint i = 0; i < page->len; i++) {
            const struct idx_location *got = page->pdata[i], *want = expected->pdata[from + i];
            g_assert_cmpstr(got->path, ==, want->path);
            g_assert_cmpint(got->state, ==, want->state);
        }
    }
}

static void test_lists(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fill(&fixture);
    const struct idx_filter everything = {0};
    g_autoptr(GPtrArray) all = idx_list(fixture.store, &everything, 0, -1, &error);
    g_assert_cmpuint(all->len, ==, 90);
    const int states[] = {0, 1 << IDX_FAILED, 1 << IDX_OFFLINE, 1 << IDX_READY | 1 << IDX_WAITING,
                          1 << IDX_OFFLINE | 1 << IDX_SKIPPED};
    const char *const below[] = {NULL, "/docs/a", "/other"};
    for (int order = IDX_BY_TROUBLE; order <= IDX_BY_SIZE; order++)
        for (unsigned bits = 0; bits < 2 * 5 * 3 * 3 * 2; bits++) {
            const struct idx_filter filter = {
                .order = (enum idx_order)order,
                .descending = bits % 2,
                .states = states[bits / 2 % 5],
                .below = below[bits / 10 % 3],
                .collection = bits / 30 % 3, /* 1: All, 2: Work */
                .words = bits / 90 ? "ä 7.TXT" : NULL,
            };
            expect_list(&fixture, all, &filter);
        }
    fixture_close(&fixture);
}

static void test_rows(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put(&fixture, "/docs/a", 1, (const char *const[]){"one", "two", "three", NULL});
    g_autoptr(IdxLocation) before = idx_location_get(fixture.store, "/docs/a/", &error);
    g_assert_cmpint(before->n_passages, ==, 3);
    g_assert_cmpint(before->n_embedded, ==, 0);
    const int64_t ids[] = {1, 3};
    float vectors[2 * DIM];
    vector_of("one", DIM, vectors);
    vector_of("three", DIM, vectors + DIM);
    g_assert_true(idx_vectors_put(fixture.store, fixture.embedder, ids, vectors, 2, NULL, &error));
    g_autoptr(IdxLocation) between = idx_location_get(fixture.store, "/docs/a", &error);
    g_assert_cmpint(between->n_embedded, ==, 2);
    fixture_embed(&fixture);
    g_autoptr(IdxLocation) after = idx_location_get(fixture.store, "/docs/a", &error);
    g_assert_cmpint(after->n_embedded, ==, 3);
    g_assert_null(idx_location_get(fixture.store, "/docs", &error));
    g_assert_no_error(error);
    fixture_close(&fixture);
}

/* --- collections ------------------------------------------------------------------------------ */

static const struct idx_collection *named(GPtrArray *collections, const char *name)
{
    const struct idx_collection *one = NULL;
    for (guint i = 0; i < collections->len; i++) {
        one = collections->pdata[i];
        if (strcmp(one->name, name) == 0)
            return one;
    }
    g_error("there is no collection %s", name);
}

static void test_collections(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fill(&fixture);
    g_autoptr(GPtrArray) all = idx_collections(fixture.store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 2);
    const struct idx_collection *work = named(all, "Work"), *rest = named(all, "All");
    g_assert_cmpint(rest->n_by_state[IDX_READY], ==, 12);
    g_assert_cmpint(work->n_by_state[IDX_OFFLINE], ==, 30);
    g_assert_cmpint(work->n_by_state[IDX_FAILED], ==, 6);
    g_assert_cmpint(rest->checked_at, ==, 0);
    g_assert_true(idx_root_checked(fixture.store, fixture.root, 77, &error));
    g_assert_cmpint(idx_collection_make(fixture.store, "Work", &error), ==, work->id);
    g_assert_cmpint(idx_collection_make(fixture.store, " ", &error), ==, -1);
    g_assert_error(error, IDX_ERROR, IDX_ERROR_FAILED);
    g_clear_error(&error);
    int64_t home = idx_collection_make(fixture.store, "Home", &error);
    g_assert_false(idx_collection_rename(fixture.store, home, "Work", &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_false(idx_collection_rename(fixture.store, rest->id, "Rest", &error));
    g_clear_error(&error);
    g_assert_false(idx_collection_delete(fixture.store, rest->id, &error));
    g_clear_error(&error);
    g_assert_false(idx_collection_rename(fixture.store, 99, "Nothing", &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(idx_collection_rename(fixture.store, home, "House", &error));
    g_assert_true(idx_root_move(fixture.store, fixture.root, home, &error));
    g_assert_false(idx_root_move(fixture.store, fixture.root, 99, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(idx_collection_delete(fixture.store, work->id, &error));
    g_autoptr(GPtrArray) then = idx_collections(fixture.store, &error);
    g_assert_cmpuint(then->len, ==, 2);
    g_assert_cmpint(named(then, "House")->checked_at, ==, 77);
    g_assert_cmpint(named(then, "House")->n_by_state[IDX_READY], ==, 12);
    g_assert_cmpint(named(then, "All")->n_by_state[IDX_OFFLINE], ==, 30);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* --- taking out ------------------------------------------------------------------------------- */

static void test_remove(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    for (int i = 0; i < 150; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%s/%d", i < 130 ? "in" : "out", i);
        fixture_put1(&fixture, path, path);
    }
    g_assert_cmpint(idx_remove(fixture.store, "/docs/nothing", &error), ==, 0);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM exclusions"), ==, 0);
    g_assert_cmpint(idx_remove(fixture.store, "/docs/in/", &error), ==, 130);
    g_assert_no_error(error);
    g_assert_cmpint(fixture_see(&fixture, "/docs/in/1", 9, 9), ==, IDX_SEEN_EXCLUDED);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 20);
    /* Added by name it is let in again; a root that goes leaves no exclusion. */
    g_assert_cmpint(idx_root_add(fixture.store, "/docs/in/1", true, NULL, &error), >, 0);
    g_assert_cmpint(fixture_see(&fixture, "/docs/in/1", 9, 9), ==, IDX_SEEN_NEW);
    g_assert_cmpint(idx_remove(fixture.store, "/docs", &error), ==, 21);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM roots"), ==, 0);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM exclusions"), ==, 0);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_drop_waiting(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t slip = idx_root_add(fixture.store, "/slip", false, NULL, &error);
    fixture_put1(&fixture, "/docs/old", "old");
    g_assert_cmpint(fixture_see(&fixture, "/docs/old", 3, 9), ==, IDX_SEEN_CHANGED);
    for (int i = 0; i < 100; i++) {
        g_autofree char *path = g_strdup_printf("/%s/%d", i < 80 ? "slip" : "docs", i);
        const struct idx_file file = {path, i < 80 ? slip : fixture.root, 1, 1};
        g_assert_cmpint(idx_location_seen(fixture.store, &file, &error), ==, IDX_SEEN_NEW);
    }
    g_assert_cmpint(idx_drop_waiting(fixture.store, &error), ==, 100);
    g_assert_no_error(error);
    g_autofree char *state = fixture_state(&fixture, "/docs/old");
    g_assert_cmpstr(state, ==, "waiting"); /* it has been read: its old text stays */
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM roots"), ==, 1);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM exclusions"), ==, 20);
    g_assert_cmpint(fixture_see(&fixture, "/docs/90", 1, 1), ==, IDX_SEEN_EXCLUDED);
    g_assert_cmpint(idx_forget(fixture.store, "/docs/old", &error), ==, 1);
    g_assert_true(idx_root_resume(fixture.store, "/docs", &error));
    g_assert_cmpint(fixture_see(&fixture, "/docs/90", 1, 1), ==, IDX_SEEN_NEW);
    g_assert_cmpint(fixture_see(&fixture, "/docs/old", 3, 9), ==, IDX_SEEN_EXCLUDED);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_rates(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    double seconds = -1, passages = -1;
    fixture_open(&fixture);
    g_assert_true(idx_rate_get(fixture.store, IDX_RATE_READ, &seconds, &error));
    g_assert_cmpfloat(seconds, ==, 0);
    g_assert_true(idx_passages_per_byte(fixture.store, "", &passages, &error));
    g_assert_cmpfloat(passages, ==, 0);
    for (int i = 0; i < 30; i++)
        g_assert_true(idx_rate_add(fixture.store, IDX_RATE_READ, 1000, i < 10 ? 50 : 2, &error));
    g_assert_true(idx_rate_add(fixture.store, IDX_RATE_READ, 0, 5, &error)); /* says nothing */
    g_assert_true(idx_rate_get(fixture.store, IDX_RATE_READ, &seconds, &error));
    g_assert_cmpfloat_with_epsilon(seconds, 0.002, 1e-4); /* the machine of now */
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/catalogue/lists", test_lists);
    g_test_add_func("/index/catalogue/rows", test_rows);
    g_test_add_func("/index/catalogue/collections", test_collections);
    g_test_add_func("/index/catalogue/remove", test_remove);
    g_test_add_func("/index/catalogue/drop-waiting", test_drop_waiting);
    g_test_add_func("/index/catalogue/rates", test_rates);
    return g_test_run();
}
