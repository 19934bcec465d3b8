/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passages: nothing lost, ranges exact, limits kept, structure followed. */
#include "rag/splitter.h"

#include "rag/normalize.h"
#include <string.h>

static GPtrArray *split(const struct rag_block *blocks, size_t n)
{
    struct rag_splitter *splitter = rag_splitter_new(&(struct rag_splitter_options){0});
    for (size_t i = 0; i < n; i++) {
        struct rag_block block = blocks[i];
        block.n_bytes = strlen(block.text);
        if (!block.pos_kind) {
            block.pos_kind = RAG_POS_LINE;
            block.pos_from = block.pos_to = (int)i + 1;
        }
        rag_splitter_add(splitter, &block);
    }
    GPtrArray *passages = rag_splitter_finish(splitter);
    rag_splitter_free(splitter);
    return passages;
}

static const struct idx_passage *nth(GPtrArray *passages, guint i)
{
    g_assert_cmpuint(i, <, passages->len);
    return passages->pdata[i];
}

#define HEADING(level_, text_)                                                                     \
    {                                                                                              \
        .kind = RAG_BLOCK_HEADING, .level = level_, .text = text_                                  \
    }
#define PARAGRAPH(text_)                                                                           \
    {                                                                                              \
        .kind = RAG_BLOCK_PARAGRAPH, .text = text_                                                 \
    }

static char *words(const char *word, int n)
{
    GString *out = g_string_new(NULL);
    for (int i = 0; i < n; i++)
        g_string_append_printf(out, "%s%s%s", i % 12 ? word : "Then", i % 12 == 11 ? ". " : " ",
                               "");
    g_strchomp(out->str);
    return g_string_free(out, FALSE);
}

static void test_small(void)
{
    const struct rag_block blocks[] = {
        HEADING(1, "Café"),
        PARAGRAPH("First paragraph."),
        HEADING(2, "Tea"),
        PARAGRAPH("Second paragraph."),
        PARAGRAPH("Third. It has two sentences."),
    };
    g_autoptr(GPtrArray) passages = split(blocks, G_N_ELEMENTS(blocks));
    g_assert_cmpuint(passages->len, ==, 1);
    const struct idx_passage *p = nth(passages, 0);
    g_assert_cmpstr(p->text, ==,
                    "First paragraph.\n\nTea\n\nSecond paragraph.\n\nThird. It has two sentences.");
    g_assert_cmpstr(p->heading, ==, "Café");
    g_assert_cmpint(p->char_from, ==, 6); /* after "Café" and the empty line, in characters */
    g_assert_cmpint(p->char_to, ==, 6 + g_utf8_strlen(p->text, -1));
    g_assert_cmpint(p->pos_from, ==, 2);
    g_assert_cmpint(p->pos_to, ==, 5);
    g_assert_cmpstr(p->breaks, ==, "18:3 23:4 42:5"); /* "Tea" is line 3 … */
}

static void test_sections(void)
{
    g_autofree char *long_text = words("word", 150);
    const struct rag_block blocks[] = {
        HEADING(1, "One"),    PARAGRAPH(long_text), HEADING(2, "One and a half"),
        PARAGRAPH(long_text), HEADING(1, "Two"),    PARAGRAPH(long_text),
    };
    g_autoptr(GPtrArray) passages = split(blocks, G_N_ELEMENTS(blocks));
    g_assert_cmpuint(passages->len, ==, 3);
    g_assert_cmpstr(nth(passages, 0)->heading, ==, "One");
    g_assert_cmpstr(nth(passages, 1)->heading, ==, "One › One and a half");
    g_assert_cmpstr(nth(passages, 2)->heading, ==, "Two");
    for (guint i = 0; i < 3; i++)
        g_assert_cmpstr(nth(passages, i)->text, ==, long_text);
}

/* Every sentence is in exactly one passage, whole. */
static void test_long_paragraph(void)
{
    g_autofree char *text = words("syllable", 3000);
    const struct rag_block blocks[] = {PARAGRAPH(text)};
    g_autoptr(GPtrArray) passages = split(blocks, 1);
    g_autoptr(GString) joined = g_string_new(NULL);
    g_assert_cmpuint(passages->len, >, 10);
    for (guint i = 0; i < passages->len; i++) {
        const struct idx_passage *p = nth(passages, i);
        g_assert_cmpint(p->ord, ==, (int)i);
        g_assert_cmpint(p->n_tokens, <=, 480);
        g_assert_true(g_str_has_prefix(p->text, "Then "));
        g_assert_true(g_str_has_suffix(p->text, ".") || i + 1 == passages->len);
        g_string_append_printf(joined, "%s%s", i ? " " : "", p->text);
    }
    g_assert_cmpstr(joined->str, ==, text);
}

static void test_monster_word(void)
{
    g_autofree char *text = g_strnfill(100000, 'x');
    const struct rag_block blocks[] = {PARAGRAPH(text)};
    g_autoptr(GPtrArray) passages = split(blocks, 1);
    size_t n = 0;
    for (guint i = 0; i < passages->len; i++) {
        n += strlen(nth(passages, i)->text);
        g_assert_cmpuint(strlen(nth(passages, i)->text), <=, 480 * 8);
    }
    g_assert_cmpuint(n, ==, 100000);
}

static void test_table(void)
{
    g_autoptr(GString) text = g_string_new("Name | Price of the thing\n");
    for (int i = 0; i < 200; i++)
        g_string_append_printf(text, "thing number %d | %d euros and some cents\n", i, i * 3);
    g_string_truncate(text, text->len - 1);
    struct rag_block blocks[] = {
        {.kind = RAG_BLOCK_TABLE, .flags = RAG_BLOCK_TABLE_HEADER, .text = text->str},
        PARAGRAPH("After the table."),
    };
    g_autoptr(GPtrArray) passages = split(blocks, 2);
    g_assert_cmpuint(passages->len, >, 3);
    for (guint i = 0; i < passages->len; i++) {
        const struct idx_passage *p = nth(passages, i);
        g_assert_true(g_str_has_prefix(p->text, "Name | Price of the thing\nthing number"));
        if (i) { /* the header is put in front, outside of the range */
            int64_t header = (int64_t)strlen("Name | Price of the thing\n");
            g_assert_cmpint(p->char_to - p->char_from, ==, g_utf8_strlen(p->text, -1) - header);
        }
    }
}

static void test_code(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 40; i++)
        g_string_append_printf(text, "%sif (x == %d)\n", i % 2 ? "    " : "", i);
    g_string_truncate(text, text->len - 1);
    g_autofree char *before = words("word", 60);
    const struct rag_block blocks[] = {PARAGRAPH(before),
                                       {.kind = RAG_BLOCK_CODE, .text = text->str}};
    g_autoptr(GPtrArray) passages = split(blocks, 2);
    const struct idx_passage *last = nth(passages, passages->len - 1);
    g_assert_nonnull(strstr(last->text, text->str)); /* in one piece, indentation kept */
}

/* Random documents: the document's text, cut by the ranges, is what the passages say. */
static void test_random(void)
{
    static const char *const bits[] = {
        "One. ", "Zwei Wörter. ", "三。", "x ", "a\nb\n", "Mr. Three goes. ", "e.g. this, ", "é",
    };
    for (int round = 0; round < 200; round++) {
        int n = g_test_rand_int_range(1, 30);
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GString) document = g_string_new(NULL);
        struct rag_block blocks[30] = {0};
        int n_blocks = 0;
        for (int i = 0; i < n; i++) {
            g_autoptr(GString) raw = g_string_new(NULL);
            for (int k = g_test_rand_int_range(0, 300); k > 0; k--)
                g_string_append(raw, bits[g_test_rand_int_range(0, G_N_ELEMENTS(bits))]);
            enum rag_block_kind kind = g_test_rand_int_range(1, 6);
            char *text = rag_normalize(raw->str, -1, kind >= RAG_BLOCK_TABLE);
            g_ptr_array_add(texts, text);
            if (!*text)
                continue;
            blocks[n_blocks++] = (struct rag_block){
                .kind = kind, .level = kind == RAG_BLOCK_HEADING ? 1 + i % 6 : 0, .text = text};
            g_string_append_printf(document, "%s%s", document->len ? "\n\n" : "", text);
        }
        g_autoptr(GPtrArray) passages = split(blocks, (size_t)n_blocks);
        int64_t at = 0;
        for (guint i = 0; i < passages->len; i++) {
            const struct idx_passage *p = nth(passages, i);
            const char *from = g_utf8_offset_to_pointer(document->str, p->char_from);
            const char *to = g_utf8_offset_to_pointer(document->str, p->char_to);
            g_assert_cmpmem(from, to - from, p->text, strlen(p->text));
            g_assert_cmpint(p->char_from, >=, at);
            g_assert_cmpint(p->n_tokens, <=, 480);
            at = p->char_to;
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rag/splitter/small", test_small);
    g_test_add_func("/rag/splitter/sections", test_sections);
    g_test_add_func("/rag/splitter/long-paragraph", test_long_paragraph);
    g_test_add_func("/rag/splitter/monster-word", test_monster_word);
    g_test_add_func("/rag/splitter/table", test_table);
    g_test_add_func("/rag/splitter/code", test_code);
    g_test_add_func("/rag/splitter/random", test_random);
    return g_test_run();
}
