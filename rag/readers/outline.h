/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outline.h: the structure of plain text, line by line: headings, paragraphs, list items, code.
 * Bounded memory: at most one group of lines is held. Belongs to one reading.
 */
#pragma once

#include "rag/readers/reader.h"

struct rag_outline {
    struct rag_reading *reading; /* (borrowed) */
    GPtrArray *lines;            /* (owned) the group of lines since the last blank one */
    GArray *numbers;             /* (owned) of int: their numbers, from 1 */
    size_t n_bytes;              /* of these lines */
    int next_line;               /* the number of the next line */
    char marks[8]; /* underline characters in order of first use: their rank is the level */
};

void rag_outline_init(struct rag_outline *outline, struct rag_reading *reading);
void rag_outline_clear(struct rag_outline *outline);
/* The next line, valid UTF-8 without its end. more: it was cut for its length, the next piece has
   the same number. false: stop reading. */
bool rag_outline_line(struct rag_outline *outline, const char *line, bool more);
bool rag_outline_end(struct rag_outline *outline);
