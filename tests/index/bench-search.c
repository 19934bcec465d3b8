/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-search.c: how long a search takes in a large library. Not a test: run it by hand.
 *
 *     bench-search PASSAGES [DIM]
 *
 * Texts are words drawn by Zipf's law (the r-th word with weight 1/r, 50,000 words), 180 a passage,
 * 20 passages a document. Vectors lie as embeddings do: 200 topics, documents around their
 * topic, passages around their document (each time noise of about the same length is added);
 * queries are stored vectors with noise. Prints the
 * median and the slowest of 40 queries.
 */
#include "tests/index/fixture.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_WORDS = 50000, N_QUERIES = 40, PER_DOCUMENT = 20, WORDS = 180 };

static double cumulated[N_WORDS];

static int draw_word(GRand *rand)
{
    double at = g_rand_double(rand) * cumulated[N_WORDS - 1];
    int low = 0, high = N_WORDS - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (cumulated[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void normalise(float *x, int dim)
{
    double norm = 0;
    for (int i = 0; i < dim; i++)
        norm += (double)x[i] * (double)x[i];
    for (int i = 0; i < dim; i++)
        x[i] = (float)((double)x[i] / sqrt(norm));
}

static void near(GRand *rand, const float *centre, int dim, float noise, float *out)
{
    for (int i = 0; i < dim; i++)
        out[i] =
            centre[i] + noise * (float)g_rand_double_range(rand, -1, 1) * sqrtf(3.0f / (float)dim);
    normalise(out, dim);
}

static void must(bool ok, GError *error)
{
    if (!ok)
        g_error("%s", error ? error->message : "failed");
}

static void put_document(IdxStore *store, GRand *rand, int64_t root, int number)
{
    GError *error = NULL;
    struct idx_passage passages[PER_DOCUMENT];
    const struct idx_passage *list[PER_DOCUMENT];
    g_autofree char *path = g_strdup_printf("/docs/%d/%d", number % 10, number);
    for (int i = 0; i < PER_DOCUMENT; i++) {
        GString *text = g_string_new(NULL);
        for (int j = 0; j < WORDS; j++)
            g_string_append_printf(text, "w%dx ", draw_word(rand));
        passages[i] = (struct idx_passage){
            .ord = i, .text = g_string_free(text, false), .heading = (char *)"Heading"};
        list[i] = &passages[i];
    }
    const struct idx_file file = {path, root, 1, 1};
    const struct idx_document document = {.hash = path,
                                          .title = path,
                                          .format = "text",
                                          .passages = list,
                                          .n_passages = PER_DOCUMENT};
    struct idx_job job;
    must(idx_location_seen(store, &file, &error) != IDX_SEEN_ERROR, error);
    must(idx_job_claim(store, IDX_JOB_READ, 60, &job, &error), error);
    must(idx_document_put(store, &job, &file, &document, &error), error);
    idx_job_clear(&job);
    for (int i = 0; i < PER_DOCUMENT; i++)
        g_free(passages[i].text);
}

static void embed_document(IdxStore *store, GRand *rand, int64_t embedder, int number, int dim)
{
    GError *error = NULL;
    g_autofree float *vectors = g_new(float, PER_DOCUMENT *dim), *centre = g_new(float, dim);
    int64_t ids[PER_DOCUMENT];
    struct idx_job job;
    g_autoptr(GRand) topic = g_rand_new_with_seed(1000 + (guint32)number % 200);
    for (int i = 0; i < dim; i++)
        centre[i] = (float)g_rand_double_range(topic, -1, 1);
    normalise(centre, dim);
    near(rand, centre, dim, 1.0f, centre);
    must(idx_job_claim(store, IDX_JOB_EMBED, 60, &job, &error), error);
    for (int i = 0; i < PER_DOCUMENT; i++) {
        ids[i] = (int64_t)number * PER_DOCUMENT + i + 1;
        near(rand, centre, dim, 1.0f, vectors + i * dim);
    }
    must(idx_vectors_put(store, embedder, ids, vectors, PER_DOCUMENT, &job, &error), error);
    idx_job_clear(&job);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *what, double *seconds)
{
    qsort(seconds, N_QUERIES, sizeof *seconds, by_value);
    g_print("%-44s median %8.2f ms   slowest %8.2f ms\n", what, 1e3 * seconds[N_QUERIES / 2],
            1e3 * seconds[N_QUERIES - 1]);
}

static void bench_text(IdxStore *store, GRand *rand, const char *what, int n_words, int from,
                       const char *const *scope)
{
    double seconds[N_QUERIES];
    for (int i = 0; i < N_QUERIES; i++) {
        const char *words[16] = {NULL};
        for (int j = 0; j < n_words; j++) {
            int word;
            do
                word = draw_word(rand);
            while (word < from);
            words[j] = g_strdup_printf("w%dx", word);
        }
        gint64 start = g_get_monotonic_time();
        g_autoptr(GArray) hits = idx_search_text(store, words, NULL, 50, scope, NULL);
        seconds[i] = (double)(g_get_monotonic_time() - start) / 1e6;
        must(hits != NULL, NULL);
        for (int j = 0; j < n_words; j++)
            g_free((char *)words[j]);
    }
    report(what, seconds);
}

static void bench_vectors(IdxStore *store, GRand *rand, int64_t embedder, int n, int dim,
                          const char *what, const char *const *scope)
{
    double seconds[N_QUERIES];
    int n_same = 0, n_all = 0;
    for (int i = 0; i < N_QUERIES; i++) {
        GError *error = NULL;
        bool has;
        g_autofree float *stored = g_new(float, dim), *query = g_new(float, dim);
        int64_t id = g_rand_int_range(rand, 1, n + 1);
        must(idx_vectors_get(store, embedder, &id, 1, stored, &has, &error), error);
        near(rand, stored, dim, 0.7f, query);
        gint64 start = g_get_monotonic_time();
        g_autoptr(GArray) hits = idx_search_vectors(store, embedder, query, 50, scope, &error);
        seconds[i] = (double)(g_get_monotonic_time() - start) / 1e6;
        must(hits != NULL, error);
        if (scope || i >= 8)
            continue;
        /* recall@50 by a scan of everything: a scope per tenth of the library is scanned exactly */
        g_autoptr(GArray) truth = g_array_new(false, false, sizeof(struct idx_hit));
        for (int part = 0; part < 10; part++) {
            g_autofree char *tenth = g_strdup_printf("/docs/%d", part);
            const char *const only[] = {tenth, NULL};
            g_autoptr(GArray) some = idx_search_vectors(store, embedder, query, 50, only, &error);
            g_array_append_vals(truth, some->data, some->len);
        }
        for (guint a = 0; a < truth->len; a++) {
            int rank = 0;
            for (guint b = 0; b < truth->len; b++)
                rank += g_array_index(truth, struct idx_hit, b).score >
                        g_array_index(truth, struct idx_hit, a).score;
            if (rank >= 50)
                continue;
            n_all++;
            for (guint b = 0; b < hits->len; b++)
                n_same += g_array_index(hits, struct idx_hit, b).passage ==
                          g_array_index(truth, struct idx_hit, a).passage;
        }
    }
    report(what, seconds);
    if (n_all)
        g_print("%-44s %.3f\n", "  recall of the 50 nearest", (double)n_same / n_all);
}

static double since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / 1e6;
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    int n = argc > 1 ? atoi(argv[1]) : 10000, dim = argc > 2 ? atoi(argv[2]) : 384;
    int n_documents = n / PER_DOCUMENT;
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    for (int i = 0; i < N_WORDS; i++)
        cumulated[i] = (i ? cumulated[i - 1] : 0) + 1.0 / (i + 1);
    char *dir = scratch_new();
    IdxStore *store = idx_open(dir, NULL, IDX_CREATE, &error);
    must(store != NULL, error);
    int64_t root = idx_root_add(store, "/docs", false, NULL, &error);
    int64_t embedder = idx_embedder(store, "bench", "bench", dim, &error);
    gint64 start = g_get_monotonic_time();
    for (int i = 0; i < n_documents; i++)
        put_document(store, rand, root, i);
    g_print("%d passages: text stored in %.2f s", n, since(start));
    start = g_get_monotonic_time();
    for (int i = 0; i < n_documents; i++)
        embed_document(store, rand, embedder, i, dim);
    g_print(", vectors in %.2f s", since(start));
    start = g_get_monotonic_time();
    must(idx_vectors_refresh(store, embedder, &error), error);
    g_print(", cache built in %.2f s\n", since(start));
    idx_close(store);
    store = idx_open(dir, NULL, 0, &error);
    start = g_get_monotonic_time();
    g_autofree float *query = g_new0(float, dim);
    g_array_unref(idx_search_vectors(store, embedder, query, 50, NULL, &error));
    g_print("first search by vectors (loads the file): %.0f ms\n", 1e3 * since(start));
    const char *const tenth[] = {"/docs/3", NULL};
    bench_vectors(store, rand, embedder, n, dim, "vectors", NULL);
    bench_vectors(store, rand, embedder, n, dim, "vectors, a tenth in scope", tenth);
    bench_text(store, rand, "8 words, common ones too", 8, 0, NULL);
    bench_text(store, rand, "8 words past the 100 commonest", 8, 100, NULL);
    bench_text(store, rand, "8 words past the 1000 commonest", 8, 1000, NULL);
    bench_text(store, rand, "8 words past the 100, a tenth in scope", 8, 100, tenth);
    struct idx_status status;
    must(idx_status(store, embedder, &status, &error), error);
    g_print("database %.1f MB, FAISS file %.1f MB\n", (double)status.database_bytes / 1e6,
            (double)status.faiss_bytes / 1e6);
    start = g_get_monotonic_time();
    g_autoptr(GPtrArray) findings = idx_check(store, false, &error);
    must(findings != NULL && findings->len == 0, error);
    g_print("consistency check %.2f s", since(start));
    start = g_get_monotonic_time();
    must(idx_forget(store, "/docs/3/3", &error) == 1, error);
    g_print(", forgetting one document %.2f s\n", since(start));
    idx_close(store);
    scratch_remove(dir);
    return 0;
}
