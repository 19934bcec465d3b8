/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pdf-layout.h: lines on pages to headings and paragraphs. Knows nothing of PDF, so that tests can
 * drive it with made-up lines.
 */
#pragma once

#include "rag/readers/reader.h"

struct pdf_line {
    char *text;            /* (owned) */
    int page;              /* from 1 */
    double x1, y1, x2, y2; /* points, y grows downwards */
    double size;           /* of its font, points */
    bool bold;
    bool dropped; /* running header, footer or page number */
};
void pdf_line_free(gpointer line);

/* Marks lines that repeat at the top or bottom of pages, and bare page numbers there. lines: of
   struct pdf_line, in reading order. */
void pdf_layout_drop_running(GPtrArray *lines, int n_pages);
/* Writes the lines as blocks; false: stop reading. */
bool pdf_layout_put(struct rag_reading *reading, GPtrArray *lines);
