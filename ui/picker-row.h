/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picker-row.h: a row of a list to choose one from: a title, a dim detail, and a mark on the one
 * that is chosen.
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_PICKER_ROW (lec_picker_row_get_type())
G_DECLARE_FINAL_TYPE(LecPickerRow, lec_picker_row, LEC, PICKER_ROW, GtkListBoxRow)

/* item: whatever the row stands for, referenced, may be NULL. */
LecPickerRow *lec_picker_row_new(const char *title, const char *detail, gboolean chosen,
                                 GObject *item);
GObject *lec_picker_row_get_item(LecPickerRow *self);
