/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Input: two bytes (a length of pieces, a distance of sentences' ends), then what a model wrote.
 * Checked besides memory: what grew in pieces is what is parsed whole; marks change no block; all
 * texts are UTF-8 without characters that a text view takes for more than text.
 */
#include "ui/markdown.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_text(const struct markdown_text *text)
{
    guint at = 0;
    if (!g_utf8_validate(text->text->str, (gssize)text->text->len, NULL) ||
        strstr(text->text->str, "\uFFFC") || strstr(text->text->str, "\u2029") ||
        strchr(text->text->str, '\r')) {
        abort();
    }
    for (guint i = 0; i < text->runs->len; i++) {
        const struct markdown_run *run = &g_array_index(text->runs, struct markdown_run, i);
        if (run->from < at || run->from >= run->to || run->to > text->text->len) {
            abort();
        }
        at = run->to;
    }
    at = 0;
    for (guint i = 0; i < text->marks->len; i++) {
        const struct markdown_mark *mark = &g_array_index(text->marks, struct markdown_mark, i);
        if (mark->at < at || mark->at > text->text->len) {
            abort();
        }
        at = mark->at;
    }
}

static void check_blocks(const GPtrArray *blocks)
{
    for (guint i = 0; i < blocks->len; i++) {
        const struct markdown_block *block = blocks->pdata[i];
        check_text(&block->text);
        for (guint k = 0; block->cells && k < block->cells->len; k++) {
            check_text(block->cells->pdata[k]);
        }
        if (block->cells && block->n_columns && block->cells->len % block->n_columns != 0) {
            abort();
        }
    }
}

static void check_same(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len) {
        abort();
    }
    for (guint i = 0; i < a->len; i++) {
        if (!markdown_block_equal(a->pdata[i], b->pdata[i])) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 2) {
        return 0;
    }
    size_t step = data[0] + 1u, distance = data[1] + 1u;
    const char *text = (const char *)data + 2;
    n -= 2;
    g_autoptr(MarkdownStream) stream = markdown_stream_new();
    for (size_t at = 0; at < n; at += step) {
        markdown_stream_append(stream, text + at, n - at < step ? n - at : step);
        check_blocks(markdown_stream_blocks(stream, NULL));
    }
    g_autoptr(GPtrArray) whole = markdown_blocks(text, n, NULL, 0);
    const char *valid_to;
    if (g_utf8_validate(text, (gssize)n, &valid_to)) { /* else its end may be held back */
        check_same(whole, markdown_stream_blocks(stream, NULL));
    }
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(struct markdown_end));
    for (size_t at = distance; at < n; at += distance) {
        while (at < n && (data[2 + at] & 0xC0) == 0x80) {
            at++;
        }
        struct markdown_end end = {at, ends->len, false};
        g_array_append_val(ends, end);
    }
    g_autoptr(GPtrArray) marked =
        markdown_blocks(text, n, (const struct markdown_end *)ends->data, ends->len);
    check_blocks(marked);
    if (g_utf8_validate(text, (gssize)n, &valid_to)) {
        check_same(whole, marked);
    }
    return 0;
}
