/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding a passage again in a text that is set otherwise. Each case: the text with the place that
 * must be found between « and », and the quote; without marks nothing must be found.
 */
#include "rag/quote.h"

#include "rag/viewer.h"
#include <string.h>
#include <time.h>

static void check(const char *marked, const char *quote)
{
    g_autoptr(GString) text = g_string_new(marked);
    const char *open = strstr(marked, "«"), *close = strstr(marked, "»");
    size_t from = 0, to = 0;
    g_string_replace(text, "«", "", 0);
    g_string_replace(text, "»", "", 0);
    bool found = rag_find_quote(text->str, quote, &from, &to);
    if (found != !!open)
        g_error("“%s” in “%s”: %s", quote, marked, found ? "found" : "not found");
    if (!found)
        return;
    g_assert_cmpuint(from, ==, (size_t)(open - marked));
    g_assert_cmpuint(to, ==, (size_t)(close - marked) - strlen("«"));
}

static void test_forms(void)
{
    check("He «came home» late.", "came home");
    check("He «came\n   home» late.", "came home");
    check("the «noti-\nce period» of", "notice period");
    check("the «notice period» of", "noti-\nce  PERIOD");
    check("an «eﬃcient oﬃce»;", "efficient office");
    check("an «efficient office»;", "eﬃcient oﬃce");
    check("«Cafe\u0301 Zürich»", "Café Zu\u0308rich");
    check("row «a | b | 12.5» end", "a b 12.5");
    check("两个«月的通知期»限", "月的通知期");
    check("on «1 April 2023».", "1 April 2023");
    check("nothing here", "elsewhere");
    check("nothing here", "");
    check("nothing here", "—…!");
    check("", "a");
}

/* Only a part of the quote is on this page. */
static void test_parts(void)
{
    check(
        "Header 12\n«may end the lease with three months' notice to the end» of",
        "Either side, says the law, may end the lease with three months' notice to the end.\nAnd");
    check("«It may be paid in three equal parts, the first when» Page 2 the flat is handed over.",
          "It may be paid in three equal parts, the first when the flat is handed over.");
    /* too little to be sure */
    check("The rent is due.", "The rent is due on the third working day of each month.");
    check("of the house in the street and the garden",
          "The landlord keeps it apart from her own money, and pays it back with interest within "
          "six months of the end of the house in the lease, says the contract of the parties.");
}

/* Of equal places the one nearest to the hint. */
static void test_near(void)
{
    const char *text = "Rent is due. Rent is due. Rent is due.";
    static const struct {
        size_t hint, at;
    } cases[] = {{0, 0}, {5, 0}, {8, 13}, {14, 13}, {25, 26}, {1000, 26}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t from, to;
        g_assert_true(rag_find_quote_near(text, "rent is due", cases[i].hint, &from, &to));
        g_assert_cmpuint(from, ==, cases[i].at);
        g_assert_cmpuint(to, ==, cases[i].at + strlen("Rent is due"));
    }
}

/* Random stretches of a random text are found where they are, or where they are again; repetitive
   texts and quotes take no longer than others. */
static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 300; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        int n_words = g_rand_int_range(rand, 20, 400);
        for (int i = 0; i < n_words; i++)
            g_string_append_printf(text, "%c%d%s", 'a' + g_rand_int_range(rand, 0, 26),
                                   g_rand_int_range(rand, 0, 1000),
                                   g_rand_boolean(rand) ? " " : "-\n");
        gsize start = (gsize)g_rand_int_range(rand, 0, (int)text->len / 2);
        g_autofree char *quote = g_strndup(text->str + start, text->len / 3);
        size_t from, to;
        g_assert_true(rag_find_quote(text->str, quote, &from, &to));
        g_assert_cmpuint(from, <=, to);
        g_assert_cmpuint(to, <=, text->len);
    }
    g_autofree char *same = g_strnfill(1 << 20, 'a'), *much = g_strnfill(4000, 'a');
    g_autofree char *other = g_strconcat(much, "b", NULL);
    size_t from, to;
    g_autofree char *quarter = g_strnfill(1 << 18, 'a');
    double begin = processor_seconds(), small, large;
    g_assert_true(rag_find_quote(quarter, other, &from, &to));
    small = processor_seconds() - begin;
    g_assert_true(rag_find_quote(same, other, &from, &to));
    large = processor_seconds() - begin - small;
    g_test_message("a quarter of a megabyte %.3f s, four times as much %.3f s", small, large);
    g_assert_cmpfloat(large, <, 10 * small + 0.01); /* not the square of the length */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rag/quote/forms", test_forms);
    g_test_add_func("/rag/quote/parts", test_parts);
    g_test_add_func("/rag/quote/near", test_near);
    g_test_add_func("/rag/quote/random", test_random);
    return g_test_run();
}
