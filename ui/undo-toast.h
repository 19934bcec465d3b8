/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * undo-toast.h: one sentence at the foot of the window, for some seconds.
 *
 *     guint token = lec_library_removal_begin(library, LEC_REMOVE, path, 0);
 *     lec_undo_toast_show(GTK_WIDGET(self), _("“lease.pdf” was removed."), library, token);
 */
#pragma once

#include "app/library.h"
#include <gtk/gtk.h>

/* With a button Undo. The removal is committed when the toast is gone. */
void lec_undo_toast_show(GtkWidget *anywhere_in_window, const char *title, LecLibrary *library,
                         guint removal_token);
/* title: plain text. */
void lec_toast_show(GtkWidget *anywhere_in_window, const char *title);
