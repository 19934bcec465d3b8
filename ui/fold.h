/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fold.h: a title that shows and hides what is below it.
 *
 * Properties: "title", "child" (GtkWidget), "expanded" (boolean). GtkExpander does the same at one
 * stroke; here what a person folds slides away, so that the eye can follow the text below it (not
 * where animations are off). What the program folds is folded at once.
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_FOLD (lec_fold_get_type())
G_DECLARE_FINAL_TYPE(LecFold, lec_fold, LEC, FOLD, GtkBox)

gboolean lec_fold_get_expanded(LecFold *self);
void lec_fold_set_expanded(LecFold *self, gboolean expanded);
