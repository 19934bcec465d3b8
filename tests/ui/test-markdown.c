/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Markdown into blocks. Blocks are compared as text: "p:", "h2:", "code(c):" and so on, a list's
 * marker and depth before, styles as <b> <i> <m> <s> <l> <a>, ends of sentences as {n}.
 */
#include "ui/markdown-tree.h"

#include <string.h>

/* --- blocks as text -----------------------------------------------------------------------------
 */

static void dump_text(const struct markdown_text *text, GString *out)
{
    static const char letters[] = "bimsla";

    for (guint at = 0; at <= text->text->len; at++) {
        for (guint i = text->runs->len; i-- > 0;) {
            const struct markdown_run *run = &g_array_index(text->runs, struct markdown_run, i);
            for (int k = 5; k >= 0 && run->to == at; k--) {
                if (run->style & 1u << k)
                    g_string_append_printf(out, "</%c>", letters[k]);
            }
        }
        for (guint i = 0; i < text->marks->len; i++) {
            const struct markdown_mark *mark = &g_array_index(text->marks, struct markdown_mark, i);
            if (mark->at == at)
                g_string_append_printf(out, "{%u}", mark->sentence);
        }
        for (guint i = 0; i < text->runs->len; i++) {
            const struct markdown_run *run = &g_array_index(text->runs, struct markdown_run, i);
            for (int k = 0; k < 6 && run->from == at; k++) {
                if (run->style & 1u << k)
                    g_string_append_printf(out, "<%c>", letters[k]);
            }
        }
        if (at < text->text->len)
            g_string_append_c(out, text->text->str[at]);
    }
}

static char *dump(const GPtrArray *blocks)
{
    static const char *const kinds[] = {"p", "h", "code", "table", "rule"};
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < blocks->len; i++) {
        const struct markdown_block *block = blocks->pdata[i];
        if (i)
            g_string_append(out, " | ");
        for (int k = 0; k < block->quote; k++)
            g_string_append_c(out, '>');
        if (block->depth)
            g_string_append_printf(out, "%d%s%s ", block->depth,
                                   block->gap == MARKDOWN_GAP_TIGHT ? "" : "_", block->marker);
        g_string_append(out, kinds[block->kind]);
        if (block->kind == MARKDOWN_HEADING)
            g_string_append_printf(out, "%d", block->level);
        if (block->kind == MARKDOWN_CODE)
            g_string_append_printf(out, "(%s)", block->language);
        g_string_append_c(out, ':');
        dump_text(&block->text, out);
        for (guint k = 0; block->cells && k < block->cells->len; k++) {
            g_string_append(out, k % block->n_columns ? "," : "/");
            dump_text(block->cells->pdata[k], out);
        }
    }
    return g_string_free(out, FALSE);
}

static char *dump_of(const char *text, size_t n)
{
    g_autoptr(GPtrArray) blocks = markdown_blocks(text, n, NULL, 0);

    return dump(blocks);
}

#define CHECK_BLOCKS(text, expected)                                                               \
    do {                                                                                           \
        g_autofree char *got = dump_of(text, strlen(text));                                        \
        g_assert_cmpstr(got, ==, expected);                                                        \
    } while (0)

/* --- single inputs ------------------------------------------------------------------------------
 */

static void test_inlines(void)
{
    CHECK_BLOCKS("", "");
    CHECK_BLOCKS("plain", "p:plain");
    CHECK_BLOCKS("a *b* **c *d* e** `f` ~~g~~ ~h~",
                 "p:a <i>b</i> <b>c </b><b><i>d</i></b><b> e</b> <m>f</m> <s>g</s> ~h~");
    CHECK_BLOCKS("one\ntwo  \nthree", "p:one two\u2028three");
    CHECK_BLOCKS("a <b>bold</b> &amp; \\*star\\*", "p:a <b>bold</b> & *star*");
    CHECK_BLOCKS("it&NewLine;is", "p:it is");
}

static void test_links(void)
{
    CHECK_BLOCKS("see [the site](https://example.org/x) now",
                 "p:see <l>the site</l><a> (https://example.org/x)</a> now");
    CHECK_BLOCKS("https://example.org and www.example.org",
                 "p:<l>https://example.org</l> and <l>www.example.org</l>");
    CHECK_BLOCKS("<mail@example.org>", "p:<l>mail@example.org</l>");
    CHECK_BLOCKS("[](https://example.org)", "p:<a>(https://example.org)</a>");
    /* Images are never fetched: what they show, in words. */
    CHECK_BLOCKS("![a *red* door](http://tracker.example/x.png)", "p:<i>a red door</i>");
    CHECK_BLOCKS("![](x.png)", "p:<a>(x.png)</a>");
    /* Definitions are text, and do not reach across. */
    CHECK_BLOCKS("[a] [b][a]\n\n[a]: http://example.org 'title'",
                 "p:[a] [b][a] | p:[a]: <l>http://example.org</l> 'title'");
    CHECK_BLOCKS("- [a]: x\n\n> [a\nb]: y", "1_• p:[a]: x | >p:[a b]: y");
    CHECK_BLOCKS("```\n[a]: x\n```", "code():[a]: x");
}

static void test_blocks(void)
{
    CHECK_BLOCKS("# One\n\nTwo\n===\n### Three ###", "h1:One | h1:Two | h3:Three");
    CHECK_BLOCKS("a\n\n---\n\nb", "p:a | rule: | p:b");
    CHECK_BLOCKS("```c linenos\nint x;\n\n  y\n```\nend", "code(c):int x;\n\n  y | p:end");
    CHECK_BLOCKS("    indented", "code():indented");
    CHECK_BLOCKS("<div>\n*x*\n</div>", "code():<div>\n*x*\n</div>");
    CHECK_BLOCKS("> a\n>\n> > b", ">p:a | >>p:b");
}

static void test_lists(void)
{
    CHECK_BLOCKS("- a\n- b\n  - c\n\n    d", "1_• p:a | 1• p:b | 2◦ p:c | 2_ p:d");
    CHECK_BLOCKS("Text:\n- a\n\n- b", "p:Text: | 1• p:a | 1_• p:b");
    /* Numbers go on, whatever they say. */
    CHECK_BLOCKS("3. a\n3. b\n7. c", "1_3. p:a | 14. p:b | 15. p:c");
    CHECK_BLOCKS("- [ ] open\n- [x] done", "1_☐ p:open | 1☑ p:done");
    CHECK_BLOCKS("1.\n2. b", "1_1. p: | 12. p:b");
    CHECK_BLOCKS("- ```\n  x\n  ```\n- > q", "1_• code():x | >1• p:q");
}

static void test_tables(void)
{
    CHECK_BLOCKS("| a | *b* |\n|---|:-:|\n| 1 | 2 |\n| 3 |", "table:/a,<i>b</i>/1,2/3,");
    CHECK_BLOCKS("before\n\na|b\n-|-\n1|2\n\nafter", "p:before | table:/a,b/1,2 | p:after");
    g_autoptr(GPtrArray) blocks = markdown_blocks("|a|b|\n|:-:|--:|", 15, NULL, 0);
    const struct markdown_block *block = blocks->pdata[0];
    g_assert_cmpint(block->alignments[0], ==, 'c');
    g_assert_cmpint(block->alignments[1], ==, 'r');
}

/* --- marks --------------------------------------------------------------------------------------
 */

/* The places of "{}" in a template are the sentences' ends, numbered from 0. */
static char *dump_marked(const char *template)
{
    g_auto(GStrv) parts = g_strsplit(template, "{}", -1);
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(struct markdown_end));
    g_autoptr(GString) source = g_string_new(NULL);

    for (guint i = 0; parts[i]; i++) {
        g_string_append(source, parts[i]);
        struct markdown_end end = {source->len, i, true};
        if (parts[i + 1])
            g_array_append_val(ends, end);
    }
    g_autoptr(GPtrArray) blocks =
        markdown_blocks(source->str, source->len, (struct markdown_end *)ends->data, ends->len);
    return dump(blocks);
}

#define CHECK_MARKS(template, expected)                                                            \
    do {                                                                                           \
        g_autofree char *got = dump_marked(template);                                              \
        g_assert_cmpstr(got, ==, expected);                                                        \
    } while (0)

static void test_marks(void)
{
    CHECK_MARKS("One.{} Two.{}", "p:One.{0} Two.{1}");
    CHECK_MARKS("**One.**{} *Two.{}* **Three.{} Four**{}",
                "p:<b>One.</b>{0} <i>Two.</i>{1} <b>Three.{2} Four</b>{3}");
    CHECK_MARKS("\"*One*\"{} _Two_{}", "p:\"<i>One</i>\"{0} <i>Two</i>{1}");
    CHECK_MARKS("- One.{}\n- Two.{}\n\n# Three{}", "1_• p:One.{0} | 1• p:Two.{1} | h1:Three{2}");
    CHECK_MARKS("[One.{} Two](http://x.example/).{}",
                "p:<l>One.{0} Two</l><a> (http://x.example/)</a>.{1}");
    CHECK_MARKS("Say `a. {}B`.{}", "p:Say <m>a. B</m>{0}.{1}");
    CHECK_MARKS("One.{}  \nTwo.{}", "p:One.{0}\u2028Two.{1}");
}

static void test_marks_in_structure(void)
{
    /* Structure bears none. */
    CHECK_MARKS("| A | B |{}\n|---|---|{}\n| x. {}Y | z |{}", "table:/A,B{0}/x. {2}Y,z{3}");
    CHECK_MARKS("One{}\n---{}\ntwo{}", "h2:One{0} | p:two{2}");
    CHECK_MARKS("One\n---{}\ntwo{}", "h2:One{0} | p:two{1}");
    CHECK_MARKS("a{}\n\n---{}\n\nb{}", "p:a{0} | rule: | p:b{2}");
    /* Not inside code: behind it. */
    CHECK_MARKS("```py{}\nx = 1{}\n```{}\n\nEnd.{}", "code(py):x = 1 | p:{0}{1} | p:End.{3}");
    /* What would change the text goes behind the block. */
    CHECK_MARKS("See https://example.org/z.{} More.{}",
                "p:See <l>https://example.org/z</l>. More.{0}{1}");
    CHECK_MARKS("# One #{}", "h1:One{0}");
    CHECK_MARKS("[One](http://x.exa{}mple/) two.{}",
                "p:<l>One</l><a> (http://x.example/)</a>{0} two.{1}");
    /* Cells beyond the last column are dropped, their sentence is not. */
    CHECK_MARKS("|a|b|\n|-|-|\n|1|2|three.{}|\n", "table:/a,b/1,2{0}");
}

static void test_marks_forged(void)
{
    CHECK_MARKS("a\U0001BC9F\U000F0000\U0001BC9Fb&#x1BC9F;&#xF0000;c.{}",
                "p:ab&#x1BC9F;&#xF0000;c.{0}");
    CHECK_BLOCKS("a\U000F0007b\uFFFC&#xFFFC;\u2029c", "p:ab\uFFFD&#xFFFC; c");
}

/* --- growing ------------------------------------------------------------------------------------
 */

static const char *const pieces[] = {
    "word ",
    "two words",
    "\n",
    "\n\n",
    "\n",
    "- ",
    "* ",
    "  - ",
    "1. ",
    "2. ",
    "7) ",
    "# ",
    "## ",
    "===\n",
    "---\n",
    "***",
    "**",
    "*",
    "_",
    "`",
    "```\n",
    "```c\n",
    "~~~\n",
    "> ",
    ">",
    "|",
    "a | b\n",
    "-|-\n",
    "|--|:-:|\n",
    "| x | y |\n",
    "    ",
    "\t",
    "<div>",
    "</div>\n",
    "<!--",
    "-->",
    "[a]",
    "[a](b c)",
    "[l](http://x.y)",
    "![i](j)",
    "[a]: /url\n",
    "http://x.y/z.",
    "\\",
    "~~",
    "&amp;",
    "&#65;",
    "é",
    "日本",
    "שלום",
    "[ ] ",
    "[x] ",
    "  \n",
    "  ",
    "\xC3",
    "\xF0\x9F",
    "\x80",
    "\r\n",
    "Sentence. Another one.",
    "+ ",
    "-",
    "1.",
    "   ",
};

static GString *random_markdown(GRand *rand, guint n)
{
    GString *text = g_string_new(NULL);

    while (n-- > 0)
        g_string_append(text, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
    return text;
}

/* All blocks by one parse of the whole. */
static char *dump_in_one(const GString *text)
{
    g_autoptr(GString) clean = g_string_new(NULL);
    g_autoptr(GPtrArray) blocks =
        g_ptr_array_new_with_free_func((GDestroyNotify)markdown_block_free);
    const struct markdown_context context = {.first = true};

    markdown_clean(clean, text->str, text->len, false);
    markdown_tree_blocks(clean->str, clean->len, &context, blocks);
    return dump(blocks);
}

static void test_growing_is_whole(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (int round = 0; round < 1500; round++) {
        g_autoptr(GString) text = random_markdown(rand, (guint)g_rand_int_range(rand, 1, 40));
        g_autoptr(MarkdownStream) stream = markdown_stream_new();
        g_autofree char *one = dump_in_one(text), *whole = dump_of(text->str, text->len);
        guint n_settled = 0;
        g_autofree char *settled = NULL;
        g_assert_cmpstr(whole, ==, one);
        for (size_t at = 0; at < text->len;) {
            size_t n = (size_t)g_rand_int_range(rand, 1, 12);
            n = MIN(n, text->len - at);
            markdown_stream_append(stream, text->str + at, n);
            at += n;
            /* What was settled is not touched again. */
            GPtrArray *blocks = markdown_stream_blocks(stream, NULL);
            g_autoptr(GPtrArray) kept = g_ptr_array_new();
            g_assert_cmpuint(blocks->len, >=, n_settled);
            for (guint i = 0; i < n_settled; i++)
                g_ptr_array_add(kept, blocks->pdata[i]);
            g_autofree char *now = dump(kept);
            if (settled)
                g_assert_cmpstr(now, ==, settled);
            markdown_stream_blocks(stream, &n_settled);
            for (guint i = kept->len; i < n_settled; i++)
                g_ptr_array_add(kept, blocks->pdata[i]);
            g_free(settled);
            settled = dump(kept);
        }
        g_autofree char *grown = dump(markdown_stream_blocks(stream, NULL));
        g_autoptr(GString) clean = g_string_new(NULL);
        if (markdown_clean(clean, text->str, text->len, true) == text->len)
            g_assert_cmpstr(grown, ==, whole);
    }
}

/* With marks at random places the text reads as it does without, and each stands once. */
static void test_marks_change_nothing(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);

    for (int round = 0; round < 800; round++) {
        g_autoptr(GString) raw = random_markdown(rand, (guint)g_rand_int_range(rand, 1, 30));
        g_autofree char *text = g_utf8_make_valid(raw->str, (gssize)raw->len);
        g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(struct markdown_end));
        g_autoptr(GRegex) marks = g_regex_new("\\{\\d+\\}", 0, 0, NULL);
        for (const char *at = text; *at; at = g_utf8_next_char(at)) {
            struct markdown_end end = {(size_t)(g_utf8_next_char(at) - text), ends->len, false};
            if (g_rand_int_range(rand, 0, 9) == 0)
                g_array_append_val(ends, end);
        }
        g_autofree char *whole = dump_of(text, strlen(text));
        g_autoptr(GPtrArray) blocks =
            markdown_blocks(text, strlen(text), (struct markdown_end *)ends->data, ends->len);
        g_autofree char *marked = dump(blocks);
        g_autofree char *stripped = g_regex_replace_literal(marks, marked, -1, 0, "", 0, NULL);
        g_assert_cmpstr(stripped, ==, whole);
        for (guint i = 0; i < ends->len; i++) {
            g_autofree char *mark = g_strdup_printf("{%u}", i);
            const char *once = strstr(marked, mark);
            g_assert_true(!once || !strstr(once + 1, mark));
        }
    }
}

/* --- hostile input ------------------------------------------------------------------------------
 */

static void check_hostile(const char *unit, size_t n_bytes)
{
    g_autoptr(MarkdownStream) stream = markdown_stream_new();
    g_autoptr(GString) text = g_string_sized_new(n_bytes);
    size_t n_text = 0;

    while (text->len < n_bytes)
        g_string_append(text, unit);
    gint64 began = g_get_monotonic_time();
    for (size_t at = 0; at < text->len; at += 4096)
        markdown_stream_append(stream, text->str + at, MIN((size_t)4096, text->len - at));
    double seconds = (double)(g_get_monotonic_time() - began) / 1e6;
    GPtrArray *blocks = markdown_stream_blocks(stream, NULL);
    for (guint i = 0; i < blocks->len; i++) {
        const struct markdown_block *block = blocks->pdata[i];
        n_text += block->text.text->len;
        g_assert_true(g_utf8_validate(block->text.text->str, (gssize)block->text.text->len, NULL));
    }
    g_test_message("%.4s…: %.2f s, %u blocks, %zu bytes", unit, seconds, blocks->len, n_text);
    g_assert_cmpfloat(seconds, <, 30); /* a second or two; sanitizers and neighbours are slow */
}

static void test_hostile(void)
{
    static const char *const units[] = {
        "[",       "[[](",   "*a ",   "**a_", "> ",
        "- ",      "`",      "``a`",  "<",    "<!--",
        "![",      "\\",     "|",     "|-",   "a|b\n-|-\n|\n|\n",
        "&#",      "\n\n",   "~~",    "((",   "http://",
        "\xFF",    "1. a\n", "- a\n", "# ",   "```\n",
        ">>>\n- ",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        check_hostile(units[i], i ? 1 << 17 : 1 << 20);
}

static void test_bytes(void)
{
    g_autofree char *nul = dump_of("a\0b\x01\x7F\xFF\xC3(", 8);
    g_assert_cmpstr(nul, ==, "p:a\uFFFDb\uFFFD\uFFFD(");
    /* A character that comes in two parts. */
    g_autoptr(MarkdownStream) stream = markdown_stream_new();
    markdown_stream_append(stream, "caf\xC3", 4);
    g_autofree char *half = dump(markdown_stream_blocks(stream, NULL));
    g_assert_cmpstr(half, ==, "p:caf");
    markdown_stream_append(stream, "\xA9", 1);
    g_autofree char *both = dump(markdown_stream_blocks(stream, NULL));
    g_assert_cmpstr(both, ==, "p:café");
}

/* A wide table's short rows would be filled up to a million cells. */
static void test_wide_table(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 2000; i++)
        g_string_append(text, "|a");
    g_string_append(text, "\n");
    for (int i = 0; i < 2000; i++)
        g_string_append(text, "|-");
    g_string_append(text, "\n");
    for (int i = 0; i < 2000; i++)
        g_string_append(text, "|\n");
    g_autoptr(GPtrArray) blocks = markdown_blocks(text->str, text->len, NULL, 0);
    for (guint i = 0; i < blocks->len; i++)
        g_assert_cmpint(((struct markdown_block *)blocks->pdata[i])->kind, !=, MARKDOWN_TABLE);
}

/* The cost of a token does not grow with the answer: what is parsed again is its last block. */
static void test_cost_of_a_token(void)
{
    g_autoptr(MarkdownStream) stream = markdown_stream_new();
    double seconds[2] = {0, 0};

    for (int i = 0; i < 40000; i++) {
        gint64 began = g_get_monotonic_time();
        const char *token = i % 100 == 99 ? "end.\n\n- " : "letter ";
        markdown_stream_append(stream, token, strlen(token));
        if (i < 4000 || i >= 36000)
            seconds[i >= 36000] += (double)(g_get_monotonic_time() - began) / 1e6;
    }
    g_test_message("%.1f and %.1f µs a token", seconds[0] / 4000 * 1e6, seconds[1] / 4000 * 1e6);
    g_assert_cmpfloat(seconds[1], <, 4 * seconds[0] + 0.02);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/markdown/inlines", test_inlines);
    g_test_add_func("/markdown/links", test_links);
    g_test_add_func("/markdown/blocks", test_blocks);
    g_test_add_func("/markdown/lists", test_lists);
    g_test_add_func("/markdown/tables", test_tables);
    g_test_add_func("/markdown/marks", test_marks);
    g_test_add_func("/markdown/marks-in-structure", test_marks_in_structure);
    g_test_add_func("/markdown/marks-forged", test_marks_forged);
    g_test_add_func("/markdown/growing-is-whole", test_growing_is_whole);
    g_test_add_func("/markdown/marks-change-nothing", test_marks_change_nothing);
    g_test_add_func("/markdown/hostile", test_hostile);
    g_test_add_func("/markdown/bytes", test_bytes);
    g_test_add_func("/markdown/wide-table", test_wide_table);
    g_test_add_func("/markdown/cost-of-a-token", test_cost_of_a_token);
    return g_test_run();
}
