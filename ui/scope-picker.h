/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scope-picker.h: the button that says what a question is asked about, and changes it.
 *
 *     lec_scope_picker_set_library(picker, library);
 *     LecScope *scope = lec_scope_picker_get_scope(picker);
 */
#pragma once

#include "app/library.h"
#include "ui/scope.h"
#include <gtk/gtk.h>

#define LEC_TYPE_SCOPE_PICKER (lec_scope_picker_get_type())
G_DECLARE_FINAL_TYPE(LecScopePicker, lec_scope_picker, LEC, SCOPE_PICKER, GtkWidget)

void lec_scope_picker_set_library(LecScopePicker *self, LecLibrary *library);
LecScope *lec_scope_picker_get_scope(LecScopePicker *self); /* borrowed */
