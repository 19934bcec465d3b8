/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a taken-over reader may send for a page: bytes → page parser, and a quote sought in the
 * text that came. The first byte says how large the pieces are in which the bytes come. What the
 * parser lets through must be whole: as many pixels and boxes as the page says, all on it.
 */
#include "rag/page-stream.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct rag_page_parser *parser)
{
    const struct rag_page *page = parser->page;
    size_t from, to, sum = 0;
    if (!page || !page->text || !g_utf8_validate(page->text, -1, NULL) || page->page < 1 ||
        page->page > page->n_pages)
        abort();
    for (size_t i = 0; i < (size_t)page->stride * (size_t)page->height; i++)
        sum += page->pixels[i]; /* each must be there to be read */
    for (guint i = 0; i < parser->boxes->len; i++) {
        const struct rag_char_box *box = &g_array_index(parser->boxes, struct rag_char_box, i);
        if (box->x2 > (guint32)page->width * RAG_BOX_UNITS ||
            box->y2 > (guint32)page->height * RAG_BOX_UNITS || box->x1 > box->x2)
            abort();
    }
    if (parser->boxes->len && parser->boxes->len != (guint)g_utf8_strlen(page->text, -1))
        abort();
    if (rag_find_quote(page->text, "a quote that may be on the page", &from, &to) &&
        (from > to || to > strlen(page->text)))
        abort();
    if (sum == SIZE_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct rag_page_parser parser;
    if (n < 1)
        return 0;
    size_t piece = (size_t)data[0] + 1;
    bool ok = true;
    rag_page_parser_init(&parser);
    for (size_t at = 1; at < n && ok; at += piece)
        ok = rag_frame_parser_push(&parser.frames, data + at, MIN(piece, n - at), NULL);
    if (ok && parser.frames.ended && !parser.frames.verdict)
        check(&parser);
    rag_page_parser_clear(&parser);
    return 0;
}
