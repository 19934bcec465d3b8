/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks and their texts as values: made, compared, freed. */
#include "ui/markdown-tree.h"

#include <string.h>

static void text_init(struct markdown_text *text)
{
    text->text = g_string_new(NULL);
    text->runs = g_array_new(FALSE, FALSE, sizeof(struct markdown_run));
    text->marks = g_array_new(FALSE, FALSE, sizeof(struct markdown_mark));
}

static void text_clear(struct markdown_text *text)
{
    g_string_free(text->text, TRUE);
    g_array_unref(text->runs);
    g_array_unref(text->marks);
}

struct markdown_text *markdown_text_new(void)
{
    struct markdown_text *text = g_new(struct markdown_text, 1);

    text_init(text);
    return text;
}

void markdown_text_free(struct markdown_text *text)
{
    if (!text)
        return;
    text_clear(text);
    g_free(text);
}

struct markdown_block *markdown_block_new(enum markdown_kind kind)
{
    struct markdown_block *block = g_new0(struct markdown_block, 1);

    block->kind = kind;
    block->language = g_strdup("");
    text_init(&block->text);
    return block;
}

void markdown_block_free(struct markdown_block *block)
{
    if (!block)
        return;
    text_clear(&block->text);
    g_free(block->language);
    g_free(block->alignments);
    g_clear_pointer(&block->cells, g_ptr_array_unref);
    g_free(block);
}

static bool arrays_equal(const GArray *a, const GArray *b, size_t item)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len * item) == 0);
}

/* Marks are no part of what is compared. */
bool markdown_text_equal(const struct markdown_text *a, const struct markdown_text *b)
{
    return g_string_equal(a->text, b->text) &&
           arrays_equal(a->runs, b->runs, sizeof(struct markdown_run));
}

static bool cells_equal(const struct markdown_block *a, const struct markdown_block *b)
{
    if (a->n_columns != b->n_columns || a->cells->len != b->cells->len ||
        memcmp(a->alignments, b->alignments, a->n_columns) != 0)
        return false;
    for (guint i = 0; i < a->cells->len; i++) {
        if (!markdown_text_equal(a->cells->pdata[i], b->cells->pdata[i]))
            return false;
    }
    return true;
}

bool markdown_block_equal(const struct markdown_block *a, const struct markdown_block *b)
{
    return a->kind == b->kind && a->gap == b->gap && a->level == b->level && a->depth == b->depth &&
           a->quote == b->quote && g_str_equal(a->marker, b->marker) &&
           g_str_equal(a->language, b->language) && markdown_text_equal(&a->text, &b->text) &&
           (a->kind != MARKDOWN_TABLE || cells_equal(a, b));
}
