/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file-completion.h: "@lea" in a question offers lease.pdf; what is chosen leaves the text.
 *
 *     LecFileCompletion *completion = lec_file_completion_new(view);
 *     lec_file_completion_set_library(completion, library);
 *
 * Signal: "chosen" (char *path). Unparented with the view it was made for.
 */
#pragma once

#include "app/library.h"
#include <gtk/gtk.h>

#define LEC_TYPE_FILE_COMPLETION (lec_file_completion_get_type())
G_DECLARE_FINAL_TYPE(LecFileCompletion, lec_file_completion, LEC, FILE_COMPLETION, GtkPopover)

/* Becomes a child of the view; lec_file_completion_detach before the view goes. */
LecFileCompletion *lec_file_completion_new(GtkTextView *view);
void lec_file_completion_set_library(LecFileCompletion *self, LecLibrary *library);
void lec_file_completion_detach(LecFileCompletion *self);
