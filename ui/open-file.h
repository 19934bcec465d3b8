/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * open-file.h: hands a document to other programs. Both answer later; what goes wrong is said in a
 * toast.
 */
#pragma once

#include <gtk/gtk.h>

/* path: as the file system has it. widget: anywhere in the window. */
void lec_open_file(GtkWidget *widget, const char *path);
/* Its folder in the file manager, with the file marked where the file manager can do that. */
void lec_show_in_folder(GtkWidget *widget, const char *path);
