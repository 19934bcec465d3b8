/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentence borders: each case is a text with '|' where it must be cut. */
#include "rag/sentences.h"

#include <string.h>

static char *cut(const char *text)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    size_t n = rag_sentences(text, ranges);
    g_assert_cmpuint(n, ==, ranges->len);
    GString *out = g_string_new(NULL);
    size_t last = 0;
    for (guint i = 0; i < ranges->len; i++) {
        struct rag_range r = g_array_index(ranges, struct rag_range, i);
        g_assert_cmpuint(r.from, >=, last);
        g_assert_cmpuint(r.to, >, r.from);
        for (size_t k = last; k < r.from; k++)
            g_assert_true(g_unichar_isspace((guchar)text[k]));
        g_string_append_printf(out, "%s%.*s", i ? "|" : "", (int)(r.to - r.from), text + r.from);
        last = r.to;
    }
    return g_string_free(out, FALSE);
}

static void check(const char *marked)
{
    g_autoptr(GString) text = g_string_new(marked);
    g_string_replace(text, "|", " ", 0);
    g_autofree char *got = cut(text->str);
    g_assert_cmpstr(got, ==, marked);
}

static void test_plain(void)
{
    check("It ends here.|A second one!|And a third?|Yes.");
    check("She said \"stop.\"|Then it stopped.");
    check("(It works.)|Next.");
    check("It stopped.|\"Go on,\" she said.");
    check("No stop at the end");
    check("Wait...|It goes on.");
    check("a. b");
}

static void test_abbreviations(void)
{
    check("Dr. Ada Lovelace met Mr. Babbage.|They talked.");
    check("Use options, e.g. Force, with care.");
    check("See Fig. 3 and Sec. 4.2 for more.|It is short.");
    check("J. R. R. Tolkien wrote it.|He was British.");
    check("Pens, paper, etc. are there.|Fine.");
    check("Pens, paper, etc.|We bought all.");
    check("He lives in the U.S.|The end.");
    check("The U.S. Senate voted.");
    check("See No. 5 of the list.|No.|It is not.");
}

static void test_numbers(void)
{
    check("Version 3.5 costs 2.10 euros.|It is new.");
    check("1. Install it.|2. Run it.");
    check("In 1999.|2000 came next.");
}

static void test_lines_and_scripts(void)
{
    g_autofree char *lines = cut("first line\nsecond line\n\n  third. x\n");
    g_assert_cmpstr(lines, ==, "first line|second line|third. x");
    g_autofree char *chinese = cut("这是一句。这是另一句！好");
    g_assert_cmpstr(chinese, ==, "这是一句。|这是另一句！|好");
    g_autofree char *none = cut(" \n\t ");
    g_assert_cmpstr(none, ==, "");
    g_autofree char *empty = cut("");
    g_assert_cmpstr(empty, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rag/sentences/plain", test_plain);
    g_test_add_func("/rag/sentences/abbreviations", test_abbreviations);
    g_test_add_func("/rag/sentences/numbers", test_numbers);
    g_test_add_func("/rag/sentences/lines-and-scripts", test_lines_and_scripts);
    return g_test_run();
}
