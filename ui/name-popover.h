/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * name-popover.h: asks for one name, beside the thing that is to bear it.
 *
 *     LecNamePopover *popover = lec_name_popover_new(_("Rename"), title, _("_Rename"));
 *     g_signal_connect(popover, "named", …);       // (const char *name), stripped, never empty
 *     lec_row_menu_show_popover(row, GTK_POPOVER(popover), NULL);
 *
 * Enter and the button say yes, Esc and a click elsewhere say no.
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_NAME_POPOVER (lec_name_popover_get_type())
G_DECLARE_FINAL_TYPE(LecNamePopover, lec_name_popover, LEC, NAME_POPOVER, GtkPopover)

/* name: what stands there at first, "" for nothing; confirm: the button's label, with mnemonic. */
LecNamePopover *lec_name_popover_new(const char *title, const char *name, const char *confirm);
