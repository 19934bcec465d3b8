/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document-actions.h: what a person does with documents and folders of the library. */
#pragma once

#include "app/indexer.h"
#include "ui/document-item.h"
#include <gtk/gtk.h>

/* action: "open", "show-in-folder", "retry", "remove", "forget". widget: anywhere in the window;
   indexer may be NULL. An item that is not loaded is left alone. */
void lec_document_act(GtkWidget *widget, LecLibrary *library, LecIndexer *indexer,
                      LecDocumentItem *item, const char *action);
/* All of it that could not be read, below path; NULL: everywhere. */
void lec_documents_retry(GtkWidget *widget, LecLibrary *library, LecIndexer *indexer,
                         const char *path);
/* A folder (or file) that was added, with all that is in it. Can be undone. */
void lec_root_remove(GtkWidget *widget, LecLibrary *library, const char *path);
