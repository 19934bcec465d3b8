/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer-space.h: LecAnswerSpace, an empty picture: it keeps a place in a text free for a widget
 * that somebody else puts there.
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_ANSWER_SPACE (lec_answer_space_get_type())
G_DECLARE_FINAL_TYPE(LecAnswerSpace, lec_answer_space, LEC, ANSWER_SPACE, GObject)

LecAnswerSpace *lec_answer_space_new(int width, int height);
/* Text around it is laid out anew if the size is another one. */
void lec_answer_space_set_size(LecAnswerSpace *self, int width, int height);
int lec_answer_space_get_width(LecAnswerSpace *self);
int lec_answer_space_get_height(LecAnswerSpace *self);
