/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-fulltext.c: words, exact strings, scopes, ties, and queries made to hurt.
 */
#include "tests/index/fixture.h"
#include <string.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The texts of the hits, joined by "|". (owned) */
static char *search(struct fixture *fixture, const char *const *words, const char *const *phrases,
                    int k, const char *const *scope)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) hits = idx_search_text(fixture->store, words, phrases, k, scope, &error);
    g_assert_no_error(error);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < hits->len; i++) {
        struct idx_found *found =
            idx_passage_get(fixture->store, g_array_index(hits, struct idx_hit, i).passage, &error);
        g_assert_no_error(error);
        g_string_append_printf(out, "%s%s", i ? "|" : "", found->passage.text);
        idx_found_free(found);
    }
    return g_string_free(out, false);
}

static void expect(struct fixture *fixture, const char *const *words, const char *const *phrases,
                   const char *const *scope, const char *expected)
{
    g_autofree char *got = search(fixture, words, phrases, 9, scope);
    g_assert_cmpstr(got, ==, expected);
}

static void test_words(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "The café was closing early");
    fixture_put1(&fixture, "/docs/b/x", "Nothing of interest");
    fixture_put1(&fixture, "/docs/b/zebra", "They close at nine and close at ten");
    expect(&fixture, WORDS("cafe"), NULL, NULL, "The café was closing early");
    expect(&fixture, WORDS("CLOSES"), NULL, NULL,
           "They close at nine and close at ten|The café was closing early");
    expect(&fixture, WORDS("closed", "interest"), NULL, WORDS("/docs/b/x"), "Nothing of interest");
    expect(&fixture, WORDS("closed"), NULL, WORDS("/docs/b/x"), "");
    expect(&fixture, WORDS("closed"), NULL, WORDS("/docs/b/"),
           "They close at nine and close at ten");
    expect(&fixture, WORDS("closed"), NULL, WORDS("/docs/a", "/docs/b/zebra"),
           "They close at nine and close at ten|The café was closing early");
    expect(&fixture, WORDS("closed"), NULL, WORDS("/docs/b", "/docs/b/x/y"),
           "They close at nine and close at ten");
    expect(&fixture, WORDS("closed"), NULL, WORDS(NULL), "");
    expect(&fixture, WORDS("closed"), NULL, WORDS("/"),
           "They close at nine and close at ten|The café was closing early");
    expect(&fixture, WORDS("zebra"), NULL, NULL, "They close at nine and close at ten"); /* title */
    expect(&fixture, WORDS("absent"), NULL, NULL, "");
    expect(&fixture, WORDS(NULL), NULL, NULL, "");
    expect(&fixture, NULL, NULL, NULL, "");
    g_autofree char *none = search(&fixture, WORDS("close"), NULL, 0, NULL);
    g_assert_cmpstr(none, ==, "");
    fixture_close(&fixture);
}

static void test_phrases(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "use --dry-run or NX-4711\nhere");
    fixture_put1(&fixture, "/docs/b", "a dry run of nx 4711");
    fixture_put1(&fixture, "/docs/c", "see § 4 -> there");
    expect(&fixture, NULL, WORDS("--dry-run"), NULL, "use --dry-run or NX-4711\nhere");
    expect(&fixture, WORDS("run"), WORDS("nx-4711"), NULL, "use --dry-run or NX-4711\nhere");
    expect(&fixture, NULL, WORDS("NX-4711  here"), NULL, "use --dry-run or NX-4711\nhere");
    expect(&fixture, NULL, WORDS("dry run", "NX 4711"), NULL, "a dry run of nx 4711");
    expect(&fixture, NULL, WORDS("->"), NULL, "see § 4 -> there");
    expect(&fixture, WORDS("run"), WORDS("->"), NULL, "");
    expect(&fixture, WORDS("see"), WORDS("§"), NULL, "see § 4 -> there");
    expect(&fixture, WORDS("dry"), WORDS("absent"), NULL, "");
    fixture_close(&fixture);
}

static void test_ties(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    for (int i = 0; i < 40; i++) { /* equal scores, and titles without the word */
        g_autofree char *path = g_strdup_printf("/docs/%02d", i);
        g_autofree char *text = g_strdup_printf("apple x%02d", i);
        fixture_put1(&fixture, path, text);
    }
    g_autofree char *three = search(&fixture, WORDS("apple"), NULL, 3, NULL);
    g_assert_cmpstr(three, ==, "apple x00|apple x01|apple x02");
    g_autofree char *all = search(&fixture, WORDS("apple"), NULL, 40, NULL);
    g_assert_true(g_str_has_prefix(all, "apple x00|apple x01|apple x02|apple x03"));
    g_assert_true(g_str_has_suffix(all, "apple x38|apple x39"));
    fixture_close(&fixture);
}

/* Nothing in a word is syntax, and nothing of any size is an error. */
static void test_hostile(void)
{
    static const char *const nasty[] = {
        "\"",         "\"\"",
        "\" OR \"",   "a\" OR \"b",
        "NEAR(",      "NEAR(a b, 5)",
        "AND",        "OR",
        "NOT",        "*",
        "apple*",     "^apple",
        "text:apple", "{text heading}:apple",
        "(",          ")",
        "()",         "-",
        "+",          ":",
        "apple AND",  "'; DROP TABLE passages; --",
        "%s%n",       "\\",
        "\xff\xfe",   "a\xc3",
        "\x01\x7f",   "",
        " ",          "🙂",
        "\u202e",     "--",
        ",",          "[1]",
        "a+b",        "?1",
        "@x",
    };
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "apple pie");
    for (size_t i = 0; i < G_N_ELEMENTS(nasty); i++) {
        g_autofree char *a = search(&fixture, WORDS(nasty[i]), NULL, 9, NULL);
        g_autofree char *b = search(&fixture, NULL, WORDS(nasty[i]), 9, NULL);
        g_autofree char *c = search(&fixture, WORDS("apple", nasty[i]), WORDS(nasty[i]), 9, NULL);
        g_autofree char *d = search(&fixture, WORDS(nasty[i], "apple"), NULL, 9, NULL);
        g_assert_true(a && b && c); /* whatever was found, without an error */
        g_assert_cmpstr(d, ==, "apple pie");
    }
    g_autofree char *huge = g_strnfill(200000, 'a'), *quotes = g_strnfill(200000, '"');
    expect(&fixture, WORDS(huge, "apple"), NULL, NULL, "apple pie");
    expect(&fixture, WORDS(quotes, "apple"), NULL, NULL, "apple pie");
    expect(&fixture, NULL, WORDS(huge), NULL, "");
    expect(&fixture, WORDS("apple"), WORDS(quotes), NULL, "");
    g_autoptr(GPtrArray) many = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 40000; i++)
        g_ptr_array_add(many, g_strdup_printf("%s%d", i == 0 ? "apple" : "w", i % 5000));
    g_free(many->pdata[0]);
    many->pdata[0] = g_strdup("apple");
    g_ptr_array_add(many, NULL);
    expect(&fixture, (const char *const *)many->pdata, NULL, NULL, "apple pie");
    expect(&fixture, NULL, (const char *const *)many->pdata, NULL, "");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/fulltext/words", test_words);
    g_test_add_func("/index/fulltext/phrases", test_phrases);
    g_test_add_func("/index/fulltext/ties", test_ties);
    g_test_add_func("/index/fulltext/hostile", test_hostile);
    return g_test_run();
}
