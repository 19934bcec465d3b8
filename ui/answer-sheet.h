/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-sheet.h: an answer's lines in a text buffer. A new state of the answer is compared with
 * what is there, and only what differs is set anew.
 *
 *     struct answer_sheet *sheet = answer_sheet_new(buffer, &makers, GTK_WIDGET(view));
 *     answer_sheet_set(sheet, first, lines, 0);    lines[first…] of the answer, takes them
 */
#pragma once

#include "ui/answer-space.h"
#include "ui/answer-tags.h"

/* A widget on the page. */
enum answer_place_kind { ANSWER_CHIP, ANSWER_TABLE, ANSWER_COPY };
struct answer_place {
    enum answer_place_kind kind;
    guint at;              /* character of its line */
    GtkWidget *widget;     /* (owned) child of the parent */
    LecAnswerSpace *space; /* (owned) what keeps its place free; NULL: it stands beside the text */
    GdkRectangle spot;     /* of a chip, from the top of its line; see answer-layout.c */
    int spot_width;        /* it was found for this width; 0 = it is to be found */
};

/* Who makes them (each returns a new widget, to be adopted). */
struct answer_makers {
    GtkWidget *(*chip)(GtkWidget *parent, int citation);
    GtkWidget *(*table)(GtkWidget *parent);
    GtkWidget *(*copy)(GtkWidget *parent);
    /* shows the line in a table that showed `old` (NULL: nothing) */
    void (*fill_table)(GtkWidget *parent, GtkWidget *table, const struct answer_line *old,
                       const struct answer_line *line);
};

struct answer_sheet;
/* parent: of the widgets, borrowed, and the makers' data. */
struct answer_sheet *answer_sheet_new(GtkTextBuffer *buffer, const struct answer_makers *makers,
                                      GtkWidget *parent);
/* Unparents all widgets. */
void answer_sheet_free(struct answer_sheet *sheet);
/*
 * Lines from `first` on become these (of struct answer_line). Stops at the deadline (monotonic time
 * in µs, 0 = none): returns how many of them stand, which are taken out of the array's head; call
 * it again with the others.
 */
guint answer_sheet_set(struct answer_sheet *sheet, guint first, GPtrArray *lines, gint64 deadline);
/* Of struct answer_line, borrowed until the next set; their places are struct answer_place. */
const GPtrArray *answer_sheet_lines(const struct answer_sheet *sheet);
struct answer_tags *answer_sheet_tags(const struct answer_sheet *sheet);
/* After the font changed: no spot is what it was. */
void answer_sheet_forget_spots(struct answer_sheet *sheet);
/* The line that this widget stands in, or NULL. */
const struct answer_line *answer_sheet_line_of(const struct answer_sheet *sheet,
                                               const GtkWidget *widget);
