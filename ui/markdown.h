/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown.h: what a model writes, as a flat list of blocks to be set on a page. No widgets here.
 *
 *     g_autoptr(MarkdownStream) stream = markdown_stream_new();
 *     markdown_stream_append(stream, "Either *side* m", 15);
 *     GPtrArray *blocks = markdown_stream_blocks(stream, &n_settled);   one paragraph, none settled
 *
 * GitHub's Markdown with these departures: HTML is shown as text, images as their alternative text,
 * links with their address; link reference definitions are text, so that no block depends on a
 * later one. Input of any bytes is taken: what is not UTF-8 becomes U+FFFD.
 *
 * Thread rule: a stream belongs to one thread; the rest are plain values.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum markdown_kind {
    MARKDOWN_PARAGRAPH,
    MARKDOWN_HEADING,
    MARKDOWN_CODE,
    MARKDOWN_TABLE,
    MARKDOWN_RULE,
};

enum markdown_style {
    MARKDOWN_BOLD = 1 << 0,
    MARKDOWN_ITALIC = 1 << 1,
    MARKDOWN_MONO = 1 << 2,
    MARKDOWN_STRUCK = 1 << 3,
    MARKDOWN_LINK = 1 << 4,
    MARKDOWN_ADDRESS = 1 << 5, /* of a link, in parentheses after it */
};

/* Space above a block. */
enum markdown_gap {
    MARKDOWN_GAP_NONE,  /* the first one */
    MARKDOWN_GAP_TIGHT, /* goes on in a list without an empty line */
    MARKDOWN_GAP_NORMAL,
    MARKDOWN_GAP_SECTION, /* above a heading */
};

/* Bytes [from, to) of a text look so. */
struct markdown_run {
    guint from, to;
    unsigned style; /* of enum markdown_style */
};

/* Here, before the byte `at` of a text, the sentence with this index ends. */
struct markdown_mark {
    guint at;
    guint sentence;
};

struct markdown_text {
    GString *text; /* (owned) UTF-8; U+2028 breaks a line within a paragraph */
    GArray *runs;  /* (owned) of struct markdown_run: sorted, apart, never empty */
    GArray *marks; /* (owned) of struct markdown_mark, sorted by `at` */
};

struct markdown_block {
    enum markdown_kind kind;
    enum markdown_gap gap;
    int level;                 /* of a heading, from 1 */
    int depth;                 /* lists it stands in; 0 = none */
    int quote;                 /* quotations it stands in */
    char marker[16];           /* of the list item that it begins: "•", "2.", "☐"; "" = none */
    struct markdown_text text; /* of paragraph, heading and code, whose lines end with \n */
    char *language;            /* (owned) of code, "" if not said */
    guint n_columns;           /* of a table */
    GPtrArray *cells;          /* (owned) of struct markdown_text, row by row, the header first */
    char *alignments;          /* (owned) of each column: 'l', 'c', 'r' or 0 */
};
void markdown_block_free(struct markdown_block *block);
bool markdown_block_equal(const struct markdown_block *a, const struct markdown_block *b);

/* Where a sentence of a source ends. */
struct markdown_end {
    size_t at; /* byte of the source */
    guint sentence;
    bool wanted; /* its mark has to stand somewhere, even if the sentence is code */
};

/*
 * A whole text with its sentences' ends as marks (sorted by `at`). The blocks are those of the text
 * without marks: where a mark cannot stand at its place it stands behind the block.
 */
GPtrArray *markdown_blocks(const char *text, size_t n, const struct markdown_end *ends,
                           size_t n_ends);

typedef struct markdown_stream MarkdownStream;
MarkdownStream *markdown_stream_new(void);
void markdown_stream_free(MarkdownStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MarkdownStream, markdown_stream_free)
void markdown_stream_append(MarkdownStream *stream, const char *text, size_t n);
/* GPtrArray of struct markdown_block, borrowed until the next append. The first n_settled of them
   never change again. */
GPtrArray *markdown_stream_blocks(MarkdownStream *stream, guint *n_settled);
