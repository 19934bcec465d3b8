/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thinking is parted from the answer, however the text is cut into pieces. */
#include "rag/thinking.h"

#include <string.h>

static void check(const char *text, bool begun, const char *thought, const char *said)
{
    for (size_t step = 1; step <= strlen(text) + 1; step++) {
        g_autoptr(RagThinking) thinking = rag_thinking_new(begun);
        g_autoptr(GString) out = g_string_new(NULL);
        size_t n;
        for (size_t i = 0, length = strlen(text); i < length; i += step) {
            const char *part = rag_thinking_add(thinking, text + i, MIN(step, length - i), &n);
            g_string_append_len(out, part, (gssize)n);
        }
        const char *part = rag_thinking_end(thinking, &n);
        g_string_append_len(out, part, (gssize)n);
        g_autofree char *kept = rag_thinking_text(thinking);
        g_assert_cmpstr(kept, ==, thought);
        g_assert_cmpstr(out->str, ==, said);
    }
}

static void test_parted(void)
{
    check("Three months.", false, NULL, "Three months.");
    check("", false, NULL, "");
    check("<think>\nLet me see.\n</think>\n\nThree.", false, "Let me see.", "\n\nThree.");
    check("\n <think>x</think>y", false, "x", "\n y");
    check("<think>\n\n</think>\n\nThree.", false, NULL, "\n\nThree.");
    check("<think>a < b, </thin </ </<b> ok</think>y", false, "a < b, </thin </ </<b> ok", "y");
    check("<<think>x</think>", false, NULL, "<<think>x</think>"); /* not at the beginning */
    check("So <think>x</think>", false, NULL, "So <think>x</think>");
    check("<think>x</think>y<think>z</think>", false, "x", "y<think>z</think>");
    check("<thin", false, NULL, "<thin");
    check("<thing>", false, NULL, "<thing>");
    check("<think>never ends </thin", false, "never ends </thin", "");
    check("begun by the prompt</think>y", true, "begun by the prompt", "y");
}

static void test_open(void)
{
    g_autoptr(RagThinking) thinking = rag_thinking_new(false);
    size_t n;
    g_assert_false(rag_thinking_is_open(thinking));
    rag_thinking_add(thinking, "<think>a", 8, &n);
    g_assert_true(rag_thinking_is_open(thinking));
    rag_thinking_add(thinking, "</think>", 8, &n);
    g_assert_false(rag_thinking_is_open(thinking));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/thinking/parted", test_parted);
    g_test_add_func("/thinking/open", test_open);
    return g_test_run();
}
