/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-layout.h: where an answer's widgets stand on its text, and what is painted below it.
 *
 *     answer_layout_allocate(sheet, view, text, width, height);      in size_allocate
 *     answer_layout_snapshot(sheet, view, text, snapshot);           before the children
 */
#pragma once

#include "ui/answer-sheet.h"

void answer_layout_allocate(struct answer_sheet *sheet, GtkWidget *view, GtkTextView *text,
                            int width, int height);
/* Its height as it is laid out; only if that never was, it is done now for this width. */
int answer_layout_height(struct answer_sheet *sheet, GtkTextView *text, int width);
/* Grounds of code, bars of quotations, rules. */
void answer_layout_snapshot(struct answer_sheet *sheet, GtkWidget *view, GtkTextView *text,
                            GtkSnapshot *snapshot);
