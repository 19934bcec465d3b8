/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writer and parser of the page stream (layout in page-stream.h).
 *
 * Invariants of the parser, whatever the child sends:
 *  1. memory is given once, for a head whose sizes are within RAG_PAGE_MAX_*; no pixel is written
 *     past it;
 *  2. text is valid UTF-8 of at most RAG_PAGE_MAX_TEXT bytes; boxes are as many as its characters,
 *     or none, and lie on the page;
 *  3. an end is accepted only when all that the head promised is there.
 */
#include "rag/page-stream.h"

#include <string.h>

enum {
    HEAD_BYTES = 16,
    BOX_BYTES = 16,
    MAX_LABEL = 64,
    MAX_PAGES = 1000 * 1000,
    PIECE = 1 << 20, /* bytes of pixels in a frame */
    BOXES_A_FRAME = 4096,
};

/* --- writing --------------------------------------------------------------------------------- */

void rag_page_write_head(struct rag_frame_writer *writer, const struct rag_page *page)
{
    size_t n_label = page->label && strlen(page->label) <= MAX_LABEL ? strlen(page->label) : 0;
    rag_frame_begin(writer, 'P', HEAD_BYTES + n_label);
    rag_frame_put_u32(writer, (guint32)page->page);
    rag_frame_put_u32(writer, (guint32)page->n_pages);
    rag_frame_put_u32(writer, (guint32)page->width);
    rag_frame_put_u32(writer, (guint32)page->height);
    rag_frame_put(writer, n_label ? page->label : "", n_label);
}

bool rag_page_write_pixels(struct rag_frame_writer *writer, const guint8 *pixels, int width,
                           int height, int stride)
{
    size_t row = (size_t)width * 4;
    int rows = MAX(1, (int)(PIECE / row));
    bool ok = true;
    for (int y = 0; y < height && ok; y += rows) {
        int n = MIN(rows, height - y);
        rag_frame_begin(writer, 'X', row * (size_t)n);
        for (int i = 0; i < n; i++)
            rag_frame_put(writer, pixels + (size_t)(y + i) * (size_t)stride, row);
        ok = rag_frame_flush(writer, true);
    }
    return ok;
}

void rag_page_write_text(struct rag_frame_writer *writer, const char *text,
                         const struct rag_char_box *boxes, size_t n_boxes)
{
    rag_frame_begin(writer, 'T', strlen(text));
    rag_frame_put(writer, text, strlen(text));
    for (size_t at = 0; at < n_boxes; at += BOXES_A_FRAME) {
        size_t n = MIN(n_boxes - at, BOXES_A_FRAME);
        rag_frame_begin(writer, 'R', n * BOX_BYTES);
        for (size_t i = at; i < at + n; i++) {
            rag_frame_put_u32(writer, boxes[i].x1);
            rag_frame_put_u32(writer, boxes[i].y1);
            rag_frame_put_u32(writer, boxes[i].x2);
            rag_frame_put_u32(writer, boxes[i].y2);
        }
    }
}

/* --- parsing --------------------------------------------------------------------------------- */

static bool parse_head(struct rag_page_parser *parser, const guint8 *p, size_t n, GError **error)
{
    if (parser->page || n < HEAD_BYTES || n > HEAD_BYTES + MAX_LABEL)
        return rag_frame_broken(error, "a wrong head of a page");
    guint32 page = rag_frame_get_u32(p), n_pages = rag_frame_get_u32(p + 4);
    guint32 width = rag_frame_get_u32(p + 8), height = rag_frame_get_u32(p + 12);
    if (page < 1 || page > n_pages || n_pages > MAX_PAGES)
        return rag_frame_broken(error, "an impossible page");
    if (width < 1 || width > RAG_PAGE_MAX_WIDTH || height < 1 || height > RAG_PAGE_MAX_HEIGHT ||
        width * height > RAG_PAGE_MAX_PIXELS)
        return rag_frame_broken(error, "a page of impossible size");
    if (!rag_frame_text_ok(p + HEAD_BYTES, n - HEAD_BYTES))
        return rag_frame_broken(error, "text that is not UTF-8");
    guint8 *pixels = g_try_malloc((size_t)width * height * 4);
    if (!pixels) {
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_FAILED,
                            "There is not enough memory to show this page.");
        return false;
    }
    parser->page = g_new(struct rag_page, 1);
    *parser->page = (struct rag_page){
        .page = (int)page,
        .width = (int)width,
        .height = (int)height,
        .stride = (int)width * 4,
        .pixels = pixels,
        .rects = g_array_new(FALSE, FALSE, sizeof(struct rag_rect)),
        .n_pages = (int)n_pages,
        .label = n > HEAD_BYTES ? g_strndup((const char *)p + HEAD_BYTES, n - HEAD_BYTES) : NULL,
    };
    return true;
}

static size_t all_pixel_bytes(const struct rag_page *page)
{
    return (size_t)page->stride * (size_t)page->height;
}

static bool parse_pixels(struct rag_page_parser *parser, const guint8 *p, size_t n, GError **error)
{
    struct rag_page *page = parser->page;
    if (n > all_pixel_bytes(page) - parser->n_pixel_bytes)
        return rag_frame_broken(error, "more pixels than the page has");
    memcpy(page->pixels + parser->n_pixel_bytes, p, n);
    parser->n_pixel_bytes += n;
    return true;
}

static bool parse_text(struct rag_page_parser *parser, const guint8 *p, size_t n, GError **error)
{
    if (parser->page->text || n > RAG_PAGE_MAX_TEXT || !rag_frame_text_ok(p, n))
        return rag_frame_broken(error, "text that is not UTF-8");
    parser->page->text = g_strndup((const char *)p, n);
    parser->n_chars = (size_t)g_utf8_strlen(parser->page->text, -1);
    return true;
}

static bool parse_boxes(struct rag_page_parser *parser, const guint8 *p, size_t n, GError **error)
{
    guint32 right = (guint32)parser->page->width * RAG_BOX_UNITS;
    guint32 bottom = (guint32)parser->page->height * RAG_BOX_UNITS;
    if (n % BOX_BYTES || parser->boxes->len + n / BOX_BYTES > parser->n_chars)
        return rag_frame_broken(error, "more boxes than characters");
    for (; n; n -= BOX_BYTES, p += BOX_BYTES) {
        struct rag_char_box box = {rag_frame_get_u32(p), rag_frame_get_u32(p + 4),
                                   rag_frame_get_u32(p + 8), rag_frame_get_u32(p + 12)};
        if (box.x1 > box.x2 || box.y1 > box.y2 || box.x2 > right || box.y2 > bottom)
            return rag_frame_broken(error, "a character that is not on the page");
        g_array_append_val(parser->boxes, box);
    }
    return true;
}

static bool parse_end(const struct rag_page_parser *parser, GError **error)
{
    if (parser->n_pixel_bytes != all_pixel_bytes(parser->page))
        return rag_frame_broken(error, "a page that is not whole");
    if (!parser->page->text || (parser->boxes->len && parser->boxes->len != parser->n_chars))
        return rag_frame_broken(error, "text that is not whole");
    return true;
}

static bool on_frame(void *data, char type, const guint8 *payload, size_t n, GError **error)
{
    struct rag_page_parser *parser = data;
    if (type == 'P')
        return parse_head(parser, payload, n, error);
    if (!parser->page)
        return rag_frame_broken(error, "no head of a page");
    switch (type) {
    case 'X':
        return parse_pixels(parser, payload, n, error);
    case 'T':
        return parse_text(parser, payload, n, error);
    case 'R':
        return parse_boxes(parser, payload, n, error);
    case '.':
        return parse_end(parser, error);
    default:
        return rag_frame_broken(error, "an unknown frame");
    }
}

void rag_page_parser_init(struct rag_page_parser *parser)
{
    *parser = (struct rag_page_parser){
        .frames = {.on_frame = on_frame, .data = parser},
        .boxes = g_array_new(FALSE, FALSE, sizeof(struct rag_char_box)),
    };
}

void rag_page_parser_clear(struct rag_page_parser *parser)
{
    rag_frame_parser_clear(&parser->frames);
    g_clear_pointer(&parser->page, rag_page_free);
    g_clear_pointer(&parser->boxes, g_array_unref);
}

void rag_page_free(struct rag_page *page)
{
    if (!page)
        return;
    g_free(page->pixels);
    g_clear_pointer(&page->rects, g_array_unref);
    g_free(page->text);
    g_free(page->label);
    g_free(page);
}
