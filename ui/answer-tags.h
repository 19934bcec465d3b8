/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-tags.h: how an answer's lines look in a text buffer. All sizes are taken from the font, so
 * they follow large text.
 *
 *     struct answer_tags *tags = answer_tags_new(buffer);
 *     answer_tags_measure(tags, GTK_WIDGET(view));          again when fonts or colours change
 *     answer_tags_apply(tags, line, from_byte);
 */
#pragma once

#include "ui/answer-page.h"
#include <gtk/gtk.h>

struct answer_measures {
    int line;    /* pixels of a line of text */
    int measure; /* … of a comfortable line's length */
    int indent;  /* … a list is indented by */
    int pad;     /* … around code */
    int wrap;    /* … between the lines of a paragraph */
};

struct answer_tags;
struct answer_tags *answer_tags_new(GtkTextBuffer *buffer);
void answer_tags_free(struct answer_tags *tags);
/* Takes the sizes and colours of the widget; false: they are what they were, nothing was done. */
bool answer_tags_measure(struct answer_tags *tags, GtkWidget *widget);
const struct answer_measures *answer_tags_measures(const struct answer_tags *tags);
/* Pixels above the line, and before it where reading begins. */
int answer_tags_gap(const struct answer_tags *tags, const struct answer_line *line);
int answer_tags_margin(const struct answer_tags *tags, const struct answer_line *line);
/* Tags the line, which stands at its offset in the buffer, from a byte of its text on. */
void answer_tags_apply(struct answer_tags *tags, const struct answer_line *line, guint from);
/* The same looks for a label (transfer full). */
PangoAttrList *answer_tags_attributes(const struct answer_tags *tags,
                                      const struct answer_text *text, bool heading);
