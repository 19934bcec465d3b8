/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preview-sheet.h: what adding would bring, before a large folder is read: how much, of which
 * kinds, about how long, what is left out, and which collection it shall belong to.
 *
 *     LecPreviewSheet *sheet = lec_preview_sheet_new(window, NULL);   // it is still being looked
 *     lec_preview_sheet_set_preview(sheet, preview);                   // now it can be started
 *     g_signal_connect(sheet, "start", …);
 *     gtk_window_present(GTK_WINDOW(sheet));
 *
 * Signals: "start" (): what is shown shall be read; "cancelled" (). One of them is emitted, once,
 * and the sheet closes itself after it.
 */
#pragma once

#include "app/library.h"
#include <adwaita.h>

#define LEC_TYPE_PREVIEW_SHEET (lec_preview_sheet_get_type())
G_DECLARE_FINAL_TYPE(LecPreviewSheet, lec_preview_sheet, LEC, PREVIEW_SHEET, AdwWindow)

/* collection: the name of the one that is chosen to begin with; NULL: none. */
LecPreviewSheet *lec_preview_sheet_new(GtkWindow *parent, LecLibrary *library,
                                       const char *collection);
/* preview: only read. */
void lec_preview_sheet_set_preview(LecPreviewSheet *self, const struct rag_preview *preview);
/* NULL: none. Owned by the caller. */
char *lec_preview_sheet_get_collection(LecPreviewSheet *self);
