/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page-stream.h: the stream in which a reader child hands over a drawn page.
 *
 *     'P'  = page u32 · n_pages u32 · width u32 · height u32 · label   (once, first)
 *     'X'  = pixels: rows from the top without gaps, 4 bytes a pixel   (until all are there)
 *     'T'  = text of the page                                          (once)
 *     'R'  = boxes of the text's characters in order: left, top, right, bottom u32, in 64ths of a
 *            pixel                                                     (none, or one a character)
 *
 * Frames, 'E' and '.' are those of frames.h. Pixels are CAIRO_FORMAT_ARGB32, in this machine's
 * byte order, for both ends are on it. The parser believes nothing: numbers, order and amounts are
 * checked before memory is given for them.
 */
#pragma once

#include "rag/frames.h"
#include "rag/viewer.h"

enum { RAG_BOX_UNITS = 64 /* a pixel */, RAG_PAGE_MAX_TEXT = 1 << 20 /* bytes */ };

struct rag_char_box {
    guint32 x1, y1, x2, y2;
};

/* --- writing (the child) --------------------------------------------------------------------- */

void rag_page_write_head(struct rag_frame_writer *writer, const struct rag_page *page);
/* stride: bytes from row to row of the source. */
bool rag_page_write_pixels(struct rag_frame_writer *writer, const guint8 *pixels, int width,
                           int height, int stride);
void rag_page_write_text(struct rag_frame_writer *writer, const char *text,
                         const struct rag_char_box *boxes, size_t n_boxes);

/* --- parsing (the parent) -------------------------------------------------------------------- */

struct rag_page_parser {
    struct rag_frame_parser frames; /* ended, verdict, sentence */
    struct rag_page *page;          /* (owned) as far as it has come; whole once ended */
    GArray *boxes;                  /* (owned) of struct rag_char_box */
    /* Private: */
    size_t n_pixel_bytes, n_chars;
};
/* The parser must stay where it is. */
void rag_page_parser_init(struct rag_page_parser *parser);
void rag_page_parser_clear(struct rag_page_parser *parser);
