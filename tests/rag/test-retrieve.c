/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fusion by hand-made scores; retrieval over a small library, with and without an embedder. */
#include "rag/proximity.h"
#include "rag/query.h"
#include "rag/retrieve.h"

#include "fake-engine.h"
#include "small-library.h"
#include <math.h>
#include <string.h>

#define NONE ((double)NAN)

static void test_fuse(void)
{
    struct rag_candidate c[] = {
        {.passage = 1, .text_score = 9, .text_rank = 1, .vector_score = 0.2},
        {.passage = 2, .text_score = NONE, .vector_score = 0.9, .vector_rank = 1},
        {.passage = 3, .text_score = 8, .text_rank = 2, .vector_score = 0.8, .vector_rank = 2},
        {.passage = 4, .text_score = 1, .text_rank = 3, .vector_score = NONE},
    };
    rag_fuse(c, 4);
    g_assert_cmpint(c[0].passage, ==, 3); /* good both ways */
    g_assert_cmpint(c[1].passage, ==, 2); /* a strong dense hit is kept although no word fits */
    g_assert_cmpint(c[2].passage, ==, 1);
    g_assert_cmpint(c[3].passage, ==, 4);
}

static void test_fuse_ties_and_text_only(void)
{
    struct rag_candidate c[] = {
        {.passage = 9, .text_score = 2, .text_rank = 1, .vector_score = NONE},
        {.passage = 5, .text_score = 2, .text_rank = 1, .vector_score = NONE},
        {.passage = 7, .text_score = 1, .text_rank = 3, .vector_score = NONE, .exact = 1},
    };
    rag_fuse(c, 2);
    g_assert_cmpint(c[0].passage, ==, 5); /* ties: the lower id */
    g_assert_cmpfloat(c[0].score, ==, 1);
    rag_fuse(c, 0);
    double without = c[2].score;
    rag_fuse(c, 3);
    g_assert_cmpfloat(without, ==, 0);
    g_assert_cmpint(c[2].passage, ==, 7);
    c[2].exact = 0;
    double with = c[2].score;
    rag_fuse(c, 3);
    g_assert_cmpfloat(c[2].score, <, with);
}

static void test_proximity(void)
{
    g_autofree char *filler = g_strnfill(80, 'z');
    for (gsize i = 1; i < 80; i += 2)
        filler[i] = ' ';
    g_autofree char *scattered = g_strdup_printf("notice %speriod", filler);
    g_autoptr(RagTerms) query = rag_terms_new("the notice period of years", -1);
    RagTerms *texts[] = {rag_terms_new("a notice is a notice, periods are long", -1),
                         rag_terms_new(scattered, -1), rag_terms_new("other words", -1)};
    g_autoptr(GHashTable) weights = rag_stem_weights(query, texts, 3);
    double near = rag_proximity(weights, texts[0]), far = rag_proximity(weights, texts[1]);
    g_assert_cmpfloat(near, <, 1); /* no years */
    g_assert_cmpfloat(near, ==, 2 * far);
    g_assert_cmpfloat(rag_proximity(weights, texts[2]), ==, 0);
    /* what no text holds is rarer than what two of three hold */
    const double *held = g_hash_table_lookup(weights, "notic");
    const double *rare = g_hash_table_lookup(weights, "year");
    g_assert_true(held && rare && *rare > *held);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        rag_terms_free(texts[i]);
}

static GPtrArray *search(RagLibrary *library, const char *question)
{
    g_autoptr(GError) error = NULL;
    const struct rag_search_options options = {.size = sizeof options, .k = 10};
    GPtrArray *hits = rag_search(library, question, &options, NULL, &error);
    g_assert_no_error(error);
    return hits;
}

static const char *const passages[] = {
    "The notice period is three months to the end of a quarter.",
    "Use --depth to make a shallow clone with little history.",
    "The depth of the lake is ninety metres, and a clone of it was built.",
    "The notice period is three months to the end of a quarter!",
    "Saint Benedict wrote a rule for monks.",
    "Rules for the benedict saint parade: no monks.",
    NULL,
};

static const struct rag_hit *hit(GPtrArray *hits, guint i)
{
    g_assert_cmpuint(hits->len, >, i);
    return hits->pdata[i];
}

static void test_text_only(void)
{
    RagLibrary *library = small_library(passages, NULL);
    g_autoptr(GPtrArray) hits = search(library, "How long is the notice period?");
    g_assert_cmpuint(hits->len, ==, 1); /* the copy says nothing new */
    g_assert_cmpstr(hit(hits, 0)->path, ==, "/docs/0.txt");
    g_assert_cmpstr(hit(hits, 0)->title, ==, "Title 0");
    g_assert_cmpint(hit(hits, 0)->pos_from, ==, 1);
    g_assert_cmpint(hit(hits, 0)->text_rank, ==, 1);
    g_assert_cmpint(hit(hits, 0)->vector_rank, ==, 0);
    g_assert_true(isnan(hit(hits, 0)->vector_score));
    small_library_free(library);
}

static void test_exact_and_quoted(void)
{
    RagLibrary *library = small_library(passages, NULL);
    g_autoptr(GPtrArray) exact = search(library, "clone --depth");
    g_assert_cmpstr(hit(exact, 0)->path, ==, "/docs/1.txt");
    g_autoptr(GPtrArray) quoted = search(library, "who wrote \"Saint Benedict\"");
    g_assert_cmpuint(quoted->len, ==, 1);
    g_assert_cmpstr(hit(quoted, 0)->path, ==, "/docs/4.txt");
    g_autoptr(GPtrArray) nowhere = search(library, "\"saint depth\"");
    g_assert_cmpuint(nowhere->len, >, 1); /* a quotation that is nowhere is not a condition */
    g_autoptr(GPtrArray) none = search(library, "zebra");
    g_assert_cmpuint(none->len, ==, 0);
    small_library_free(library);
}

/* No vectors yet: the candidates of full text get theirs on the spot, once. */
static guint n_embedded;
static void count_embedded(size_t n)
{
    n_embedded += (guint)n;
}

static void test_embed_on_the_spot(void)
{
    RagLibrary *library = small_library(passages, fake_engine());
    fake_engine_on_embed = count_embedded;
    n_embedded = 0;
    g_autoptr(GPtrArray) hits = search(library, "notice period");
    guint first = n_embedded; /* the question, sentences, and the two that hold its words */
    g_assert_false(isnan(hit(hits, 0)->vector_score));
    g_assert_cmpint(hit(hits, 0)->vector_rank, >, 0);
    g_autoptr(GPtrArray) again = search(library, "notice period");
    g_assert_cmpuint(2 * first - n_embedded, ==, 2); /* those two have theirs now */
    g_assert_cmpfloat(hit(again, 0)->score, ==, hit(hits, 0)->score);
    fake_engine_on_embed = NULL;
    small_library_free(library);
}

/* The telling sentence of the n-th hit. (owned) */
static char *telling(GPtrArray *hits, guint n)
{
    g_assert_cmpuint(hit(hits, n)->telling_to, <=, strlen(hit(hits, n)->text));
    return g_strndup(hit(hits, n)->text + hit(hits, n)->telling_from,
                     hit(hits, n)->telling_to - hit(hits, n)->telling_from);
}

static void test_telling(void)
{
    static const char *const texts[] = {
        "The flat has two rooms. Either side may end the lease with three months' notice. It is "
        "let with a cellar.",
        "Notice period\nThree months to the end of a quarter. Keys are to be given back.",
        NULL,
    };
    for (int with = 0; with < 2; with++) {
        RagLibrary *library = small_library(texts, with ? fake_engine() : NULL);
        g_autoptr(GPtrArray) hits = search(library, "Who may end the lease, with what notice?");
        g_autofree char *sentence = telling(hits, 0);
        g_assert_cmpstr(sentence, ==, "Either side may end the lease with three months' notice.");
        g_autoptr(GPtrArray) labelled = search(library, "notice period");
        g_autofree char *both = telling(labelled, 0);
        g_assert_cmpstr(both, ==, "Notice period\nThree months to the end of a quarter.");
        small_library_free(library);
    }
    RagLibrary *library = small_library(texts, fake_engine());
    g_autoptr(GPtrArray) nothing = search(library, "Zürich 9999");
    for (guint i = 0; i < nothing->len; i++)
        g_assert_cmpuint(hit(nothing, i)->telling_to, ==, 0);
    small_library_free(library);
}

/* What only looks alike does not hold the quotation. */
static void test_quoted_with_vectors(void)
{
    RagLibrary *library = small_library(passages, fake_engine());
    g_autoptr(GPtrArray) all = search(library, "notice depth clone rules monks");
    g_assert_cmpuint(all->len, >=, 5); /* each has a vector now */
    g_autoptr(GPtrArray) quoted = search(library, "\"Saint Benedict\"");
    g_assert_cmpuint(quoted->len, ==, 1);
    g_assert_cmpstr(hit(quoted, 0)->path, ==, "/docs/4.txt");
    small_library_free(library);
}

static void test_position(void)
{
    struct rag_hit one = {.text = (char *)"Ärger on three pages", .pos_from = 7};
    g_assert_cmpint(rag_hit_position(&one, 9), ==, 7);
    one.breaks = (char *)"6:8 15:10"; /* characters; what is asked are bytes */
    const int expected[] = {7, 7, 8, 8, 10, 10};
    const size_t bytes[] = {0, 6, 7, 15, 16, 99};
    for (size_t i = 0; i < G_N_ELEMENTS(bytes); i++)
        g_assert_cmpint(rag_hit_position(&one, bytes[i]), ==, expected[i]);
    one.breaks = (char *)"nonsense";
    g_assert_cmpint(rag_hit_position(&one, 9), ==, 7);
}

/* Some vector is always nearest; that alone is no find. */
static void test_nonsense(void)
{
    RagLibrary *library = small_library(passages, fake_engine());
    g_autoptr(GPtrArray) all = search(library, "notice depth clone rules monks");
    g_assert_cmpuint(all->len, >=, 5); /* each has a vector now */
    g_autoptr(GPtrArray) nothing = search(library, "zzzxx zxxzz");
    g_assert_cmpuint(nothing->len, ==, 0);
    g_autoptr(GPtrArray) alike = search(library, "ecnotinotice"); /* letters, not words */
    g_assert_cmpuint(alike->len, >, 0);
    small_library_free(library);
}

static void test_bad_input(void)
{
    RagLibrary *library = small_library(passages, NULL);
    g_autoptr(GError) error = NULL;
    const struct rag_search_options options = {.size = sizeof options};
    g_assert_null(rag_search(library, " \n", &options, NULL, &error));
    g_assert_error(error, RAG_ERROR, RAG_ERROR_EMPTY_QUESTION);
    g_clear_error(&error);
    g_autoptr(GCancellable) cancelled = g_cancellable_new();
    g_cancellable_cancel(cancelled);
    g_assert_null(rag_search(library, "depth", &options, cancelled, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_autoptr(GPtrArray) odd = search(library, "?! \" -- * AND (");
    g_assert_nonnull(odd);
    small_library_free(library);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/retrieve/fuse", test_fuse);
    g_test_add_func("/retrieve/fuse-ties-and-text-only", test_fuse_ties_and_text_only);
    g_test_add_func("/retrieve/proximity", test_proximity);
    g_test_add_func("/retrieve/text-only", test_text_only);
    g_test_add_func("/retrieve/exact-and-quoted", test_exact_and_quoted);
    g_test_add_func("/retrieve/embed-on-the-spot", test_embed_on_the_spot);
    g_test_add_func("/retrieve/telling", test_telling);
    g_test_add_func("/retrieve/quoted-with-vectors", test_quoted_with_vectors);
    g_test_add_func("/retrieve/position", test_position);
    g_test_add_func("/retrieve/nonsense", test_nonsense);
    g_test_add_func("/retrieve/bad-input", test_bad_input);
    return g_test_run();
}
