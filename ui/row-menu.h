/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row-menu.h: what can be done with a row, by the secondary button, a long press, Shift+F10 or the
 * menu key, and by a button in the row.
 *
 *     lec_row_menu_attach(GTK_WIDGET(row), menu_model);
 *     …the row's button was clicked: lec_row_menu_popup(GTK_WIDGET(row), button);
 */
#pragma once

#include <gtk/gtk.h>

/* menu's actions are looked up from the row. Once a row. */
void lec_row_menu_attach(GtkWidget *row, GMenuModel *menu);
/* at: a child to point to, or NULL: the middle of the row. */
void lec_row_menu_popup(GtkWidget *row, GtkWidget *at);
/* Shows any popover at the row until it is closed, and then lets go of it (transfer full). */
void lec_row_menu_show_popover(GtkWidget *row, GtkPopover *popover, const GdkRectangle *at);
/* An invisible button would be there for nobody: shows it while the row is pointed at, focused or
   selected. To be called once, when both are made. */
void lec_row_menu_reveal_button(GtkWidget *row, GtkWidget *button);
