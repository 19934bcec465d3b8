/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks, repetition and declining in what a model writes, however it is cut into pieces. */
#include "rag/draft.h"

#include <string.h>

/* Feeds the text in pieces of `step` bytes; what was streamed must be a beginning of the answer. */
static char *run(const char *text, size_t step, bool cut)
{
    g_autoptr(RagDraft) draft = rag_draft_new();
    g_autoptr(GString) streamed = g_string_new(NULL);
    for (size_t i = 0, n = strlen(text); i < n; i += step) {
        const char *clean;
        size_t n_clean;
        bool more = rag_draft_add(draft, text + i, MIN(step, n - i), &clean, &n_clean);
        g_string_append_len(streamed, clean, (gssize)n_clean);
        if (!more) {
            cut = true;
            break;
        }
    }
    char *answer = rag_draft_finish(draft, cut);
    if (!cut && !strstr(text, "Answer:"))
        g_assert_true(g_str_has_prefix(streamed->str, answer) ||
                      g_str_has_prefix(answer, streamed->str));
    return answer;
}

static void check(const char *text, const char *expected)
{
    for (size_t step = 1; step < 12; step++) {
        g_autofree char *answer = run(text, step, false);
        g_assert_cmpstr(answer, ==, expected);
    }
}

static void test_marks(void)
{
    check(" It is so [1].", "It is so.");
    check("It is so [1, 2] and so[3]; also [Passage 4].", "It is so and so; also.");
    check("a[i] stays, [x] too, and [see 1] and [", "a[i] stays, [x] too, and [see 1] and [");
    check("Größe [1] in µm", "Größe in µm");
    check("Answer: Forty.", "Forty.");
    check("", "");
    check("[1]", "");
}

static void test_repeats(void)
{
    check("It rains. The sun is out. It rains. The sun is out. It rains. ",
          "It rains. The sun is out.");
}

/* What may come twice: code, the rulers of tables. */
static void test_code_repeats(void)
{
    static const char code[] =
        "So:\n```c\nif (a)\n    return 0;\nif (b)\n    return 0;\n}\n}\n```\n"
        "| a |\n|---|\n| b |\n\n| c |\n|---|\n| d |";
    check(code, code);
    check("```\nx = 1\n```\nIt rains. The sun is out. It rains. The sun is out. It rains. ",
          "```\nx = 1\n```\nIt rains. The sun is out.");
}

static void test_cut(void)
{
    g_autofree char *two = run("It rains. The sun is", 3, true);
    g_assert_cmpstr(two, ==, "It rains.");
    g_autofree char *one = run("It rains and the sun is", 3, true);
    g_assert_cmpstr(one, ==, "It rains and the sun is");
}

static void test_declines(void)
{
    static const char *const yes[] = {
        "Your documents do not say.",
        "The passages don't mention the price.",
        "The provided context does not contain any information about it.",
        "There is no information about that.",
        "I cannot answer this question.",
        "This is not specified in the passages.",
        "I don't know.",
    };
    static const char *const no[] = {
        "The file must not be moved.",
        "Documents are kept for 10 years.",
        "SQLite does not enforce the length of a VARCHAR.",
        "No, it has no limit.",
        "Use the information button.",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(yes); i++) {
        if (!rag_declines(yes[i]))
            g_error("does not count as declining: %s", yes[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(no); i++) {
        if (rag_declines(no[i]))
            g_error("counts as declining: %s", no[i]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/draft/marks", test_marks);
    g_test_add_func("/draft/repeats", test_repeats);
    g_test_add_func("/draft/code-repeats", test_code_repeats);
    g_test_add_func("/draft/cut", test_cut);
    g_test_add_func("/draft/declines", test_declines);
    return g_test_run();
}
