/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences chosen to fit a budget. A word counts as a token. */
#include "rag/compress.h"

#include <string.h>

static int count_words(void *data, const char *text)
{
    g_autoptr(RagTerms) terms = rag_terms_new(text, -1);
    return (int)terms->words->len;
}

static struct rag_hit *hit_new(const char *path, const char *text, double score)
{
    struct rag_hit *hit = g_new0(struct rag_hit, 1);
    hit->path = g_strdup(path);
    hit->title = g_strdup("");
    hit->heading = g_strdup("");
    hit->hash = g_strdup(path);
    hit->text = g_strdup(text);
    hit->score = score;
    return hit;
}

static GPtrArray *hits_new(void)
{
    GPtrArray *hits = g_ptr_array_new_with_free_func((GDestroyNotify)rag_hit_free);
    g_ptr_array_add(hits, hit_new("/a/pay.txt",
                                  "Green walls calm people. Many like plants.\n"
                                  "The salary is paid on Fridays. It goes to a bank account. "
                                  "Parking spaces are numbered. Bicycles stand outside.",
                                  1));
    g_ptr_array_add(hits,
                    hit_new("/a/food.txt", "Lunch is at noon. Salary does not matter there.", 0.8));
    return hits;
}

static GPtrArray *compress(GPtrArray *hits, int budget, bool whole, GPtrArray *dropped)
{
    g_autoptr(RagQuery) query = rag_query_new("When is the salary paid?");
    const struct rag_compress_options options = {
        .max_passages = 5, .budget = budget, .whole = whole, .count_tokens = count_words};
    GPtrArray *pieces = rag_compress(hits, query, &options, dropped, NULL);
    int sum = 0;
    for (guint i = 0; i < pieces->len; i++)
        sum += ((struct rag_piece *)pieces->pdata[i])->n_tokens;
    g_assert_cmpint(sum, <=, budget);
    return pieces;
}

static void test_best_sentence_first(void)
{
    g_autoptr(GPtrArray) hits = hits_new(), dropped = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) pieces = compress(hits, 16, false, dropped);
    g_assert_cmpuint(pieces->len, ==, 1);
    const struct rag_piece *piece = pieces->pdata[0];
    /* with a neighbour; the gap is shown */
    g_assert_nonnull(strstr(piece->text, "The salary is paid on Fridays."));
    g_assert_true(g_str_has_prefix(piece->text, "… "));
    g_assert_false(piece->whole);
    g_assert_true(piece->hit->in_prompt);
    g_assert_false(((struct rag_hit *)hits->pdata[1])->in_prompt);
    g_assert_cmpuint(dropped->len, ==, 2);
    g_assert_nonnull(strstr(dropped->pdata[0], "sentences of a passage of pay.txt were left out"));
    g_assert_cmpstr(dropped->pdata[1], ==, "A passage of food.txt did not fit.");
}

static void test_all_fits(void)
{
    g_autoptr(GPtrArray) hits = hits_new(), dropped = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) pieces = compress(hits, 1000, false, dropped);
    g_assert_cmpuint(pieces->len, ==, 2);
    g_assert_cmpuint(dropped->len, ==, 0);
    for (guint i = 0; i < 2; i++) {
        const struct rag_piece *piece = pieces->pdata[i];
        g_assert_cmpstr(piece->text, ==, piece->hit->text);
        g_assert_true(piece->whole);
    }
}

static void test_whole_or_not(void)
{
    g_autoptr(GPtrArray) hits = hits_new(), dropped = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) pieces = compress(hits, 20, true, dropped);
    g_assert_cmpuint(pieces->len, ==, 1); /* the first is too long, the second fits */
    const struct rag_piece *piece = pieces->pdata[0];
    g_assert_cmpstr(piece->hit->path, ==, "/a/food.txt");
    g_assert_true(piece->whole);
}

static void test_no_budget(void)
{
    g_autoptr(GPtrArray) hits = hits_new(), dropped = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) pieces = compress(hits, 3, false, dropped);
    g_assert_cmpuint(pieces->len, ==, 0);
    g_assert_cmpuint(dropped->len, ==, 2);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GPtrArray) nothing = compress(none, 100, false, dropped);
    g_assert_cmpuint(nothing->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compress/best-sentence-first", test_best_sentence_first);
    g_test_add_func("/compress/all-fits", test_all_fits);
    g_test_add_func("/compress/whole-or-not", test_whole_or_not);
    g_test_add_func("/compress/no-budget", test_no_budget);
    return g_test_run();
}
