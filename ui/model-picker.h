/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model-picker.h: the button that says which model writes, whether it is being loaded, and lets
 * another one be chosen; where there is none, it says how to get one.
 */
#pragma once

#include "app/chat.h"
#include <gtk/gtk.h>

#define LEC_TYPE_MODEL_PICKER (lec_model_picker_get_type())
G_DECLARE_FINAL_TYPE(LecModelPicker, lec_model_picker, LEC, MODEL_PICKER, GtkWidget)

void lec_model_picker_set_chat(LecModelPicker *self, LecChat *chat);
/* Opens the list. */
void lec_model_picker_open(LecModelPicker *self);
