/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown-tree.h: one piece of Markdown as the parser sees it, made into blocks. Used by
 * markdown-stream.c, and by tests to have a second way to the same result.
 *
 * A mark in the source is three characters: MARKDOWN_SHIELD, the number of its sentence as a
 * character of plane 15, MARKDOWN_SHIELD. No other text may hold these; markdown_clean sees to it.
 */
#pragma once

#include "ui/markdown.h"

#define MARKDOWN_SHIELD      0x1BC9F
#define MARKDOWN_FIRST_MARK  0xF0000
#define MARKDOWN_N_MARKS     0xFFFE
#define MARKDOWN_SHIELD_UTF8 "\U0001BC9F"

/* What surrounds a piece. */
struct markdown_context {
    guint number; /* of its first item, where it goes on in a numbered list; 0 = it says itself */
    bool first;   /* nothing is above it */
    bool blank_before; /* an empty line is above it */
};

/* Where a top-level block, or an item of a top-level list, begins. */
struct markdown_start {
    size_t at;
    guint number; /* of an item that goes on in a numbered list, else 0 */
};

/* Appends to out what may reach the parser: UTF-8 without the characters of marks, without control
   characters. An incomplete character at the end is left out, if `more`; returns the bytes used. */
size_t markdown_clean(GString *out, const char *text, size_t n, bool more);
/* Appends to out (of struct markdown_block) the blocks of a cleaned piece. */
void markdown_tree_blocks(const char *text, size_t n, const struct markdown_context *context,
                          GPtrArray *out);
/* GArray of struct markdown_start, ascending: cut there, the pieces are what the whole is. */
GArray *markdown_tree_starts(const char *text, size_t n, guint number);

struct markdown_block *markdown_block_new(enum markdown_kind kind);
struct markdown_text *markdown_text_new(void);
void markdown_text_free(struct markdown_text *text);
bool markdown_text_equal(const struct markdown_text *a, const struct markdown_text *b);
