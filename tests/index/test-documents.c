/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-documents.c: contents apart from locations, passages and their neighbours, answers.
 */
#include "tests/index/fixture.h"
#include <string.h>

static void test_found(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put(&fixture, "/docs/b", 1, (const char *const[]){"first", "second", "third", NULL});
    g_autoptr(GArray) hits = idx_search_text(fixture.store, (const char *const[]){"second", NULL},
                                             NULL, 5, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hits->len, ==, 1);
    struct idx_found *found =
        idx_passage_get(fixture.store, g_array_index(hits, struct idx_hit, 0).passage, &error);
    g_assert_cmpstr(found->passage.text, ==, "second");
    g_assert_cmpstr(found->passage.heading, ==, "Part › One");
    g_assert_cmpint(found->passage.pos_kind, ==, IDX_POS_PAGE);
    g_assert_cmpint(found->passage.pos_from, ==, 2);
    g_assert_cmpstr(found->path, ==, "/docs/b");
    g_assert_cmpstr(found->title, ==, "b");
    g_assert_cmpuint(strlen(found->hash), ==, 64);
    struct idx_found *next =
        idx_passage_neighbour(fixture.store, found->passage.content, 2, &error);
    g_assert_cmpstr(next->passage.text, ==, "third");
    g_assert_null(idx_passage_neighbour(fixture.store, found->passage.content, 3, &error));
    g_assert_null(idx_passage_neighbour(fixture.store, found->passage.content, -1, &error));
    g_assert_no_error(error);
    g_assert_null(idx_passage_get(fixture.store, 999, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    idx_found_free(found);
    idx_found_free(next);
    fixture_close(&fixture);
}

/* The same bytes at two places: read once, stored once, embedded once. */
static void test_same_content(void)
{
    g_autoptr(GError) error = NULL;
    struct idx_job job;
    int64_t content = 0, unknown = 0;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "same");
    fixture_embed(&fixture);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "same", -1);
    g_assert_true(idx_content_known(fixture.store, hash, 1, &content, &error));
    g_assert_false(idx_content_known(fixture.store, hash, 2, &unknown, &error));
    fixture_see(&fixture, "/docs/b", 4, 1);
    g_assert_true(idx_job_claim(fixture.store, IDX_JOB_READ, LEASE, &job, &error));
    const struct idx_file file = {"/docs/b", fixture.root, 4, 1};
    g_assert_true(idx_document_same(fixture.store, &job, &file, content, &error));
    idx_job_clear(&job);
    fixture_put1(&fixture, "/docs/c", "same"); /* read twice after all: the same */
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM contents"), ==, 1);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM jobs"), ==, 0);
    /* A moved file: the old place goes, the text stays. */
    g_assert_cmpint(idx_forget(fixture.store, "/docs/a", &error), ==, 1);
    g_assert_cmpint(idx_forget(fixture.store, "/docs/b", &error), ==, 1);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM vectors"), ==, 1);
    g_assert_cmpint(idx_forget(fixture.store, "/docs/c", &error), ==, 1);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM vectors"), ==, 0);
    fixture_see(&fixture, "/docs/d", 4, 1);
    g_assert_true(idx_job_claim(fixture.store, IDX_JOB_READ, LEASE, &job, &error));
    g_assert_false(idx_document_same(fixture.store, &job, &file, content, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    idx_job_clear(&job);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* A changed file keeps the vectors of what has not changed. */
static void test_vectors_taken_over(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put(&fixture, "/docs/a", 1, (const char *const[]){"one", "two", "two", "three", NULL});
    fixture_embed(&fixture);
    fixture_put(&fixture, "/docs/a", 2, (const char *const[]){"two", "four", "one", NULL});
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM passages"), ==, 3);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM vectors"), ==, 2);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM jobs"), ==, 1);
    fixture_assert_clean(&fixture);
    fixture_embed(&fixture);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM vectors"), ==, 3);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/documents/found", test_found);
    g_test_add_func("/index/documents/same-content", test_same_content);
    g_test_add_func("/index/documents/vectors-taken-over", test_vectors_taken_over);
    return g_test_run();
}
