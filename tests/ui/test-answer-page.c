/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer's lines before they are a widget's: chips, stretches, what two states have in common.
 */
#include "ui/answer-page.h"

#include <string.h>

/* "{n}" ends a sentence with citation n. */
static GPtrArray *lines_of(const char *template)
{
    g_autoptr(GString) source = g_string_new(NULL);
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(struct markdown_end));
    g_autoptr(GArray) citations = g_array_new(FALSE, FALSE, sizeof(int));

    for (const char *at = template; *at; at++) {
        if (at[0] != '{' || !g_ascii_isdigit(at[1])) {
            g_string_append_c(source, *at);
            continue;
        }
        int citation = at[1] - '0';
        struct markdown_end end = {source->len, ends->len, citation > 0};
        g_array_append_val(ends, end);
        g_array_append_val(citations, citation);
        at += 2;
    }
    g_autoptr(GPtrArray) blocks = markdown_blocks(
        source->str, source->len, (const struct markdown_end *)ends->data, ends->len);
    const struct answer_notes notes = {(const int *)citations->data, citations->len, true};
    return answer_page_lines(blocks, 0, NULL, &notes);
}

static const struct answer_line *only(GPtrArray *lines)
{
    g_assert_cmpuint(lines->len, ==, 1);
    return lines->pdata[0];
}

#define CHECK_TEXT(template, expected)                                                             \
    do {                                                                                           \
        g_autoptr(GPtrArray) lines = lines_of(template);                                           \
        g_assert_cmpstr(only(lines)->text.text->str, ==, expected);                                \
    } while (0)

static void test_text(void)
{
    CHECK_TEXT("One.{1} Two.{0}", "One.\u202F\uFFFC Two.");
    CHECK_TEXT("- One.{1}", "•\tOne.\u202F\uFFFC");
    CHECK_TEXT("- [x] Done", "☑\tDone");
    CHECK_TEXT("---", "\uFFFC");
    CHECK_TEXT("| a{1} |\n|---|", "\uFFFC");
    /* Two sentences that end at one place: one chip a source. */
    CHECK_TEXT("See https://a.example/z.{1} More.{1} Other.{2}",
               "See https://a.example/z. More. Other.\u202F\uFFFC\u202F\uFFFC");
}

static void test_stretches(void)
{
    g_autoptr(GPtrArray) lines = lines_of("One.{1} Two.{0} Three{2}");
    const struct answer_line *line = only(lines);
    static const struct answer_stretch expected[] = {
        {0, 4, 1, false}, {11, 15, 0, true}, {16, 21, 2, false}};

    g_assert_cmpuint(line->text.stretches->len, ==, 3);
    for (guint i = 0; i < 3; i++) {
        const struct answer_stretch *got =
            &g_array_index(line->text.stretches, struct answer_stretch, i);
        g_assert_cmpuint(got->from, ==, expected[i].from);
        g_assert_cmpuint(got->to, ==, expected[i].to);
        g_assert_cmpint(got->citation, ==, expected[i].citation);
        g_assert_cmpint(got->unsupported, ==, expected[i].unsupported);
    }
    g_assert_cmpint(answer_page_stretch(lines, 1)->citation, ==, 1);
    g_assert_null(answer_page_stretch(lines, 5)); /* the chip */
    g_assert_true(answer_page_stretch(lines, 8)->unsupported);
    g_assert_null(answer_page_stretch(lines, 1000));
}

/* A heading claims nothing. */
static void test_no_claims(void)
{
    g_autoptr(GPtrArray) heading = lines_of("# One{0}");

    g_assert_false(
        g_array_index(only(heading)->text.stretches, struct answer_stretch, 0).unsupported);
}

static guint common(const char *a, const char *b)
{
    g_autoptr(GPtrArray) x = lines_of(a);
    g_autoptr(GPtrArray) y = lines_of(b);

    return answer_text_common(&only(x)->text, &only(y)->text);
}

static void test_common(void)
{
    g_assert_cmpuint(common("One two", "One two three"), ==, 7);
    g_assert_cmpuint(common("One two", "One too"), ==, 5);
    /* the same characters in other looks */
    g_assert_cmpuint(common("One two", "One *two*"), ==, 4);
    g_assert_cmpuint(common("One *two* three", "One *two three*"), ==, 7);
    g_assert_cmpuint(common("One **two**", "One *two*"), ==, 4);
    /* the same characters, another chip or underline */
    g_assert_cmpuint(common("One.{1} Two", "One.{2} Two"), ==, 4 + strlen("\u202F"));
    g_assert_cmpuint(common("One. Two.{1}", "One. Two."), ==, 9);
    g_assert_cmpuint(common("One.{0} Two.{0}", "One. Two."), ==, 0);
    /* never within a character */
    g_assert_cmpuint(common("caf\u00E9", "caf\u00E8"), ==, 3);
}

static void test_direction(void)
{
    g_autoptr(GPtrArray) hebrew = lines_of("12. שלום");
    g_autoptr(GPtrArray) latin = lines_of("Shalom שלום");
    g_autoptr(GPtrArray) code = lines_of("```\nשלום\n```");

    g_assert_true(only(hebrew)->rtl);
    g_assert_false(only(latin)->rtl);
    g_assert_false(only(code)->rtl);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/answer-page/text", test_text);
    g_test_add_func("/answer-page/stretches", test_stretches);
    g_test_add_func("/answer-page/no-claims", test_no_claims);
    g_test_add_func("/answer-page/common", test_common);
    g_test_add_func("/answer-page/direction", test_direction);
    return g_test_run();
}
