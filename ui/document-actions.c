/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person does with documents. Nothing is asked first: what takes something away hides it at
 * once and can be undone as long as its toast is there.
 */
#include "ui/document-actions.h"
#include "app/library-queries.h"
#include "ui/open-file.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

struct retrying {
    GtkWidget *widget;   /* (owned) */
    LecIndexer *indexer; /* (owned) or NULL */
};

static void on_retried(GObject *library, GAsyncResult *result, gpointer data)
{
    struct retrying *retrying = data;
    g_autoptr(GError) error = NULL;

    if (lec_library_retry_finish(LEC_LIBRARY(library), result, &error) >= 0) {
        if (retrying->indexer)
            lec_indexer_rescan(retrying->indexer);
    } else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
               gtk_widget_get_root(retrying->widget)) {
        lec_toast_show(retrying->widget, error->message);
    }
    g_object_unref(retrying->widget);
    g_clear_object(&retrying->indexer);
    g_free(retrying);
}

void lec_documents_retry(GtkWidget *widget, LecLibrary *library, LecIndexer *indexer,
                         const char *path)
{
    struct retrying *retrying = g_new0(struct retrying, 1);

    retrying->widget = g_object_ref(widget);
    g_set_object(&retrying->indexer, indexer);
    lec_library_retry_async(library, path, NULL, on_retried, retrying);
}

static void take_away(GtkWidget *widget, LecLibrary *library, LecRemoval kind, const char *path,
                      const char *sentence)
{
    guint token = lec_library_removal_begin(library, kind, path, 0);

    lec_undo_toast_show(widget, sentence, library, token);
}

void lec_root_remove(GtkWidget *widget, LecLibrary *library, const char *path)
{
    g_autofree char *name = g_filename_display_basename(path);
    g_autofree char *sentence =
        g_strdup_printf(_("“%s” was removed from the library; the files stay"), name);

    take_away(widget, library, LEC_REMOVE, path, sentence);
}

void lec_document_act(GtkWidget *widget, LecLibrary *library, LecIndexer *indexer,
                      LecDocumentItem *item, const char *action)
{
    g_autofree char *path = g_strdup(lec_document_item_get_path(item));
    const char *name = lec_document_item_get_name(item);

    if (!lec_document_item_get_id(item) || !library)
        return;
    if (g_str_equal(action, "open")) {
        lec_open_file(widget, path);
    } else if (g_str_equal(action, "show-in-folder")) {
        lec_show_in_folder(widget, path);
    } else if (g_str_equal(action, "retry")) {
        lec_documents_retry(widget, library, indexer, path);
    } else if (g_str_equal(action, "remove")) {
        lec_root_remove(widget, library, path);
    } else if (g_str_equal(action, "forget")) {
        g_autofree char *sentence = g_strdup_printf(
            _("“%s” is forgotten: its words, and its quotes in answers, are erased"), name);

        take_away(widget, library, LEC_FORGET, path, sentence);
    }
}
