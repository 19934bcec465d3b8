/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-vectors.c: vectors in SQLite and FAISS: agreement with an exact search, whatever has become
 * of the cache.
 */
#include "index/ann.h"
#include "tests/index/fixture.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCOPE(...) ((const char *const[]){__VA_ARGS__, NULL})

static GArray *search(struct fixture *fixture, const float *query, int k, const char *const *scope)
{
    g_autoptr(GError) error = NULL;
    GArray *hits = idx_search_vectors(fixture->store, fixture->embedder, query, k, scope, &error);
    g_assert_no_error(error);
    return hits;
}

static int by_rank(const void *a, const void *b)
{
    const struct idx_hit *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->passage > y->passage) - (x->passage < y->passage);
}

/* Ground truth: every passage's vector, by idx_vectors_get. */
static GArray *exact(struct fixture *fixture, const float *query, int k)
{
    g_autoptr(GError) error = NULL;
    GArray *hits = g_array_new(false, false, sizeof(struct idx_hit));
    int64_t last = fixture_count(fixture, "SELECT coalesce(max(id), 0) FROM passages");
    for (int64_t id = 1; id <= last; id++) {
        float vector[DIM];
        bool has;
        g_assert_true(
            idx_vectors_get(fixture->store, fixture->embedder, &id, 1, vector, &has, &error));
        struct idx_hit hit = {id, 0};
        for (int i = 0; has && i < DIM; i++)
            hit.score += (double)vector[i] * (double)query[i];
        if (has)
            g_array_append_val(hits, hit);
    }
    g_array_sort(hits, by_rank);
    g_array_set_size(hits, MIN(hits->len, (guint)k));
    return hits;
}

static void expect_exact(struct fixture *fixture, int k)
{
    for (int i = 0; i < 5; i++) {
        float query[DIM];
        g_autofree char *text = g_strdup_printf("query %d", i);
        vector_of(text, DIM, query);
        g_autoptr(GArray) got = search(fixture, query, k, NULL);
        g_autoptr(GArray) truth = exact(fixture, query, k);
        g_assert_cmpuint(got->len, ==, truth->len);
        for (guint j = 0; j < got->len; j++) {
            g_assert_cmpint(g_array_index(got, struct idx_hit, j).passage, ==,
                            g_array_index(truth, struct idx_hit, j).passage);
            g_assert_cmpfloat_with_epsilon(g_array_index(got, struct idx_hit, j).score,
                                           g_array_index(truth, struct idx_hit, j).score, 1e-12);
        }
    }
}

static void put_many(struct fixture *fixture, int from, int to)
{
    for (int i = from; i < to; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%d/%d", i % 4, i);
        g_autofree char *text = g_strdup_printf("text %d", i);
        g_autofree char *twin = g_strdup_printf("twin %d", i % 7); /* equal vectors */
        fixture_put(fixture, path, 1, (const char *const[]){text, twin, NULL});
    }
    fixture_embed(fixture);
}

static int64_t file_generation(struct fixture *fixture, int64_t *generation)
{
    g_autoptr(GError) error = NULL;
    struct idx_status status;
    g_assert_true(idx_status(fixture->store, fixture->embedder, &status, &error));
    *generation = status.generation;
    return status.faiss_generation;
}

static void refresh(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    int64_t generation;
    idx_vectors_refresh(fixture->store, fixture->embedder, &error);
    g_assert_no_error(error);
    g_assert_cmpint(file_generation(fixture, &generation), ==, generation);
}

static void test_agreement(void)
{
    g_autoptr(GError) error = NULL;
    int64_t generation;
    struct fixture fixture;
    fixture_open(&fixture);
    expect_exact(&fixture, 5); /* nothing there */
    put_many(&fixture, 0, 40);
    g_assert_cmpint(file_generation(&fixture, &generation), ==, -1);
    expect_exact(&fixture, 7); /* built in memory */
    refresh(&fixture);
    put_many(&fixture, 40, 60);
    g_assert_cmpint(file_generation(&fixture, &generation), <, generation);
    expect_exact(&fixture, 7); /* newer rows added in memory */
    fixture_reopen(&fixture);
    expect_exact(&fixture, 33); /* older file and newer rows */
    g_assert_cmpint(idx_forget(fixture.store, "/docs/1", &error), ==, 15);
    expect_exact(&fixture, 33);
    refresh(&fixture);
    put_many(&fixture, 60, 61);
    const struct idx_file file = {"/docs/0/0", fixture.root, 1, 9};
    g_assert_true(idx_location_skip(fixture.store, &file, "gone", &error));
    fixture_reopen(&fixture);
    expect_exact(&fixture, 9);   /* ids in the file that are gone */
    expect_exact(&fixture, 500); /* more than there are */
    refresh(&fixture);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Most of what the cache holds has gone: the few that are left must still be found. */
static void test_mostly_gone(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    put_many(&fixture, 0, 150);
    refresh(&fixture);
    expect_exact(&fixture, 5);
    for (int i = 0; i < 145; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%d/%d", i % 4, i);
        const struct idx_file file = {path, fixture.root, 1, 9};
        g_assert_true(idx_location_skip(fixture.store, &file, "gone", &error));
    }
    expect_exact(&fixture, 5);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_scope(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    put_many(&fixture, 0, 40);
    float query[DIM];
    vector_of("text 5", DIM, query);
    g_autoptr(GArray) all = search(&fixture, query, 3, NULL);
    g_autoptr(GArray) inside = search(&fixture, query, 3, SCOPE("/docs/1"));
    g_autoptr(GArray) outside =
        search(&fixture, query, 100, SCOPE("/docs/2/", "/docs/2", "/docs/21"));
    g_autoptr(GArray) both = search(&fixture, query, 100, SCOPE("/docs/2", "/docs/0/", "/docs/2"));
    g_autoptr(GArray) none = search(&fixture, query, 3, (const char *const[]){NULL});
    g_autoptr(GArray) nowhere = search(&fixture, query, 3, SCOPE("/elsewhere"));
    g_assert_cmpfloat_with_epsilon(g_array_index(all, struct idx_hit, 0).score, 1, 1e-6);
    g_assert_cmpint(g_array_index(all, struct idx_hit, 0).passage, ==,
                    g_array_index(inside, struct idx_hit, 0).passage);
    g_assert_cmpuint(outside->len, ==, 20);
    g_assert_cmpfloat(g_array_index(outside, struct idx_hit, 0).score, <, 0.999);
    g_assert_cmpuint(both->len, ==, 40);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpuint(nowhere->len, ==, 0);
    fixture_close(&fixture);
}

/* The file is damaged in every way a disk knows: found out, built again, nothing lost. */
static void test_damaged_file(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    put_many(&fixture, 0, 20);
    refresh(&fixture);
    g_autofree char *path = g_build_filename(fixture.dir, "vectors-1.faiss", NULL), *whole = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &whole, &n, NULL));
    for (int i = 0; i < 40; i++) {
        g_autofree char *bytes = g_memdup2(whole, n);
        gsize length = i % 2 ? n : (gsize)g_rand_int_range(rand, 0, (gint32)n);
        if (i % 2)
            bytes[g_rand_int_range(rand, 0, (gint32)n)] ^= 0x10;
        g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
        g_autoptr(GPtrArray) findings = idx_check(fixture.store, i % 4 < 2, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(findings->len, ==, 1);
        fixture_reopen(&fixture);
        expect_exact(&fixture, 3);
        refresh(&fixture);
        fixture_assert_clean(&fixture);
    }
    /* A good file of another library: the ids are known, the vectors are not these. */
    g_clear_pointer(&whole, g_free);
    g_assert_true(g_file_get_contents(path, &whole, &n, NULL));
    struct fixture other;
    fixture_open(&other);
    put_many(&other, 100, 140);
    refresh(&other);
    g_autofree char *there = g_build_filename(other.dir, "vectors-1.faiss", NULL);
    g_assert_true(g_file_set_contents(there, whole, (gssize)n, NULL));
    fixture_reopen(&other);
    expect_exact(&other, 5);
    fixture_close(&other);
    fixture_close(&fixture);
}

static void test_put_and_get(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put(&fixture, "/docs/a", 1, (const char *const[]){"one", "two", NULL});
    float vectors[2][DIM] = {{1}, {0, 1}}, again[2][DIM] = {{0, 0, 1}, {0, 0, 0, 1}}, got[3][DIM];
    const int64_t ids[3] = {1, 2, 99};
    bool has[3];
    g_assert_true(
        idx_vectors_put(fixture.store, fixture.embedder, ids, vectors[0], 1, NULL, &error));
    /* A second vector of a passage is left out, and so is one of a passage that is gone. */
    g_assert_true(idx_vectors_put(fixture.store, fixture.embedder, ids, again[0], 2, NULL, &error));
    g_assert_true(
        idx_vectors_put(fixture.store, fixture.embedder, ids + 2, again[0], 1, NULL, &error));
    g_assert_true(idx_vectors_get(fixture.store, fixture.embedder, ids, 3, got[0], has, &error));
    g_assert_no_error(error);
    g_assert_true(has[0] && has[1] && !has[2]);
    g_assert_cmpmem(got[0], sizeof got[0], vectors[0], sizeof vectors[0]);
    g_assert_cmpmem(got[1], sizeof got[1], again[1], sizeof again[1]);
    vectors[0][3] = NAN;
    g_assert_false(
        idx_vectors_put(fixture.store, fixture.embedder, ids, vectors[0], 1, NULL, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_false(idx_vectors_put(fixture.store, 77, ids, again[0], 1, NULL, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_cmpint(idx_embedder(fixture.store, "test", "e0", DIM, &error), ==, fixture.embedder);
    g_assert_cmpint(idx_embedder(fixture.store, "test", "e0", DIM + 1, &error), ==, -1);
    g_assert_error(error, IDX_ERROR, IDX_ERROR_FAILED);
    fixture_close(&fixture);
}

/* The trained kind, which only large libraries meet: clusters as documents have them. */
static void test_trained(void)
{
    enum { D = 16, N = 24000, N_CENTRES = 400 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(9);
    const char *kind = ann_kind_for(100000);
    struct ann *ann = ann_new(kind, D, &error);
    g_assert_no_error(error);
    g_assert_false(ann_is_flat(ann));
    g_assert_cmpint(ann_training_size(kind), <=, N);
    g_autofree float *vectors = g_new(float, N *D);
    g_autofree int64_t *ids = g_new(int64_t, N);
    for (int i = 0; i < N; i++) {
        g_autofree char *centre = g_strdup_printf("%d", g_rand_int_range(rand, 0, N_CENTRES));
        vector_of(centre, D, vectors + i * D);
        float norm = 0;
        for (int j = 0; j < D; j++) {
            vectors[i * D + j] += (float)g_rand_double_range(rand, -0.1, 0.1);
            norm += vectors[i * D + j] * vectors[i * D + j];
        }
        for (int j = 0; j < D; j++)
            vectors[i * D + j] /= sqrtf(norm);
        ids[i] = 1000 + 3 * i;
    }
    g_assert_true(ann_train(ann, vectors, ann_training_size(kind), &error));
    g_assert_true(ann_add(ann, vectors, ids, N, &error));
    g_assert_true(ann_remove(ann, ids, 10, &error));
    g_assert_cmpint(ann_count(ann), ==, N - 10);

    char *dir = scratch_new();
    g_autofree char *path = g_build_filename(dir, "x", NULL);
    FILE *file = fopen(path, "wb+");
    g_assert_true(ann_write(ann, file, &error));
    rewind(file);
    ann_free(ann);
    ann = ann_read(file, D, &error);
    g_assert_no_error(error);
    rewind(file);
    g_assert_null(ann_read(file, D + 1, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_CORRUPT);
    g_clear_error(&error);
    fclose(file);
    scratch_remove(dir);

    g_autoptr(GArray) held = ann_ids(ann);
    g_assert_cmpuint(held->len, ==, N - 10);
    int n_found = 0;
    for (int i = 10; i < N; i += 240) { /* is each its own nearest neighbour, or nearly so? */
        float scores[5];
        int64_t got[5];
        int64_t n = ann_search(ann, vectors + i * D, 5, scores, got, &error);
        for (int64_t j = 0; j < n; j++)
            n_found += got[j] == ids[i];
    }
    g_assert_cmpint(n_found, >=, 90); /* of 100 */
    for (int64_t j = 0; j < 10; j++)
        for (guint at = 0; at < held->len; at++)
            g_assert_cmpint(g_array_index(held, int64_t, at), !=, ids[j]);
    ann_free(ann);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/vectors/agreement", test_agreement);
    g_test_add_func("/index/vectors/mostly-gone", test_mostly_gone);
    g_test_add_func("/index/vectors/scope", test_scope);
    g_test_add_func("/index/vectors/damaged-file", test_damaged_file);
    g_test_add_func("/index/vectors/put-and-get", test_put_and_get);
    g_test_add_func("/index/vectors/trained", test_trained);
    return g_test_run();
}
