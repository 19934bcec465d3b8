/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folders-popover.h: the folders of a collection, and the files that were added alone: each can be
 * removed, and all looked at again.
 *
 * Signals: "remove" (const char *path: as the file system has it), "rescan".
 */
#pragma once

#include "ui/collection-item.h"
#include <gtk/gtk.h>

#define LEC_TYPE_FOLDERS_POPOVER (lec_folders_popover_get_type())
G_DECLARE_FINAL_TYPE(LecFoldersPopover, lec_folders_popover, LEC, FOLDERS_POPOVER, GtkPopover)

/* NULL: none. The list is made when the popover is shown. */
void lec_folders_popover_set_item(LecFoldersPopover *self, LecCollectionItem *item);
