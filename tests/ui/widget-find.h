/* SPDX-License-Identifier: GPL-3.0-or-later */
/* widget-find.h: what a person would find in a window, found in its widgets. */
#pragma once

#include <gtk/gtk.h>

/* The n-th, from 0, in the order in which they are drawn; only what is mapped. NULL: none. */
GtkWidget *find_type(GtkWidget *below, GType type, guint n);
guint count_type(GtkWidget *below, GType type);
/* A label whose text contains the words; NULL: none is seen. */
GtkWidget *find_text(GtkWidget *below, const char *words);
/* Runs the main loop until it is seen, or no longer; the test fails after some seconds. */
void wait_text(GtkWidget *below, const char *words);
void wait_text_gone(GtkWidget *below, const char *words);
/* A button with the label or the tooltip; NULL: none is seen. */
GtkWidget *find_button(GtkWidget *below, const char *label);
/* As by a person: fails where it is not there or not sensitive. */
void press(GtkWidget *below, const char *label);
void press_key(GtkWidget *widget, guint key, GdkModifierType state);
