/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-table.h: a table of an answer as a grid of labels, which wrap where it is narrow.
 *
 *     GtkWidget *table = answer_table_new();
 *     answer_table_fill(table, NULL, line, tags, make_chip, parent);
 */
#pragma once

#include "ui/answer-sheet.h"

GtkWidget *answer_table_new(void);
/* Shows the line, a table, in place of `old` (NULL: of nothing): only cells that differ are set. */
void answer_table_fill(GtkWidget *table, const struct answer_line *old,
                       const struct answer_line *line, const struct answer_tags *tags,
                       GtkWidget *(*make_chip)(GtkWidget *parent, int citation), GtkWidget *parent);
