/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-page.h: an answer as it stands on the page, before it is a widget: the characters of each
 * block with the places of its chips, and what is copied of it.
 *
 *     struct answer_notes notes = {citations, n_sentences, true};
 *     g_autoptr(GPtrArray) lines = answer_page_lines(blocks, 0, NULL, &notes);
 *
 * Plain values, no widgets: one answer_line a block, whose text is what the text view's buffer
 * holds of it, with U+FFFC where a widget is.
 */
#pragma once

#include "ui/markdown.h"

#define ANSWER_OBJECT "\uFFFC"
#define ANSWER_GLUE   "\u202F" /* keeps a chip with the word before it */

struct answer_chip {
    guint at; /* byte of its U+FFFC */
    int citation;
};

/* Bytes [from, to) belong to a sentence with this citation; 0 = none. */
struct answer_stretch {
    guint from, to;
    int citation;
    bool unsupported; /* and is to be marked so */
};

struct answer_text {
    GString *text;     /* (owned) */
    GArray *runs;      /* (owned) of struct markdown_run */
    GArray *chips;     /* (owned) of struct answer_chip */
    GArray *stretches; /* (owned) of struct answer_stretch */
};

struct answer_line {
    enum markdown_kind kind;
    enum markdown_gap gap;
    int level, depth, quote;
    bool hanging; /* begins with a list marker and a tab */
    bool rtl;     /* by its content */
    bool below_code;
    struct answer_text text; /* of a table and a rule: one U+FFFC */
    guint n_columns;
    GPtrArray *cells; /* (owned) of struct answer_text; NULL but for a table */
    char *alignments; /* (owned) as in markdown_block */
    /* Of whom sets it: */
    guint offset, n_chars; /* characters, in the buffer */
    GPtrArray *places;     /* (owned) widgets in it; may be NULL */
};
void answer_line_free(struct answer_line *line);
bool answer_line_equal(const struct answer_line *a, const struct answer_line *b);
/* Do the paragraphs look the same, but for their text? */
bool answer_line_same_look(const struct answer_line *a, const struct answer_line *b);
bool answer_text_equal(const struct answer_text *a, const struct answer_text *b);
/* Bytes at the beginning of both texts that need not be set anew. */
guint answer_text_common(const struct answer_text *a, const struct answer_text *b);

/* What is known of the sentences that the blocks' marks number. */
struct answer_notes {
    const int *citations; /* (borrowed) by sentence; 0 = none */
    guint n_sentences;
    bool mark_unsupported;
};
/* GPtrArray of struct answer_line for blocks[first…]; above: the line before them, or NULL. */
GPtrArray *answer_page_lines(const GPtrArray *blocks, guint first, const struct answer_line *above,
                             const struct answer_notes *notes);
/* The stretch at a character of the buffer, or NULL. */
const struct answer_stretch *answer_page_stretch(const GPtrArray *lines, guint offset);

/*
 * Characters [from, to) as plain text that names its sources; citations[n] is the n-th, as in
 * "contract.pdf, p. 17" (NULL: none of that number). Within one paragraph: “…” (contract.pdf,
 * p. 17); more, or `whole`: each sentence followed by its source. Owned by the caller.
 */
char *answer_page_copy(const GPtrArray *lines, guint from, guint to, const char *const *citations,
                       guint n_citations, bool whole);
