/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three steps, none of which waits:
 *   1. the paths of the files, PIECE of them in one turn of the main loop. Files on other computers
 *      have none, and are told;
 *   2. a preview (rag/preview.h), in a worker. If it takes longer than PATIENCE_MS the sheet is
 *      shown already, and says that it is still being looked;
 *   3. the indexer: at once, or when the sheet's Start is clicked.
 * A failure is one sentence: what was not added, and why.
 */
#include "ui/adding.h"
#include "app/library-queries.h"
#include "ui/preview-sheet.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

#define PIECE       500
#define PATIENCE_MS 500

typedef struct {
    grefcount refs;
    GtkWidget *from;     /* (owned) */
    LecLibrary *library; /* (owned) */
    LecIndexer *indexer; /* (owned) */
    char *collection;    /* (owned) or NULL */

    GPtrArray *files; /* (owned) of GFile */
    guint next;       /* of files */
    GPtrArray *paths; /* (owned) NULL-terminated once all files were looked at */
    guint n_remote;
    char *remote;              /* (owned) the first of them, to be shown */
    LecPreviewSheet *sheet;    /* (borrowed) NULL: not shown, or gone */
    GCancellable *cancellable; /* (owned) of the preview */
    guint patience;            /* source, 0: none */
} Adding;

static Adding *adding_ref(Adding *adding)
{
    g_ref_count_inc(&adding->refs);
    return adding;
}

static void adding_unref(Adding *adding)
{
    if (!g_ref_count_dec(&adding->refs))
        return;
    g_object_unref(adding->from);
    g_object_unref(adding->library);
    g_object_unref(adding->indexer);
    g_object_unref(adding->cancellable);
    g_ptr_array_unref(adding->files);
    g_ptr_array_unref(adding->paths);
    g_free(adding->collection);
    g_free(adding->remote);
    g_free(adding);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Adding, adding_unref)

static void say(Adding *adding, const char *sentence)
{
    lec_toast_show(adding->from, sentence);
}

/* --- 3. reading --------------------------------------------------------------------------------
 */

static void start(Adding *adding, const char *collection)
{
    lec_indexer_add(adding->indexer, (const char *const *)adding->paths->pdata, collection);
}

static void on_start(LecPreviewSheet *sheet, Adding *adding)
{
    g_autofree char *collection = lec_preview_sheet_get_collection(sheet);
    start(adding, collection);
}

static void on_cancelled(LecPreviewSheet *sheet, Adding *adding)
{
    g_cancellable_cancel(adding->cancellable);
}

static void on_sheet_gone(gpointer user_data, GObject *sheet)
{
    Adding *adding = user_data;

    adding->sheet = NULL;
    adding_unref(adding);
}

static void show_sheet(Adding *adding)
{
    GtkRoot *root = gtk_widget_get_root(adding->from);

    adding->sheet = lec_preview_sheet_new(GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL,
                                          adding->library, adding->collection);
    g_object_weak_ref(G_OBJECT(adding->sheet), on_sheet_gone, adding_ref(adding));
    g_signal_connect(adding->sheet, "start", G_CALLBACK(on_start), adding);
    g_signal_connect(adding->sheet, "cancelled", G_CALLBACK(on_cancelled), adding);
    gtk_window_present(GTK_WINDOW(adding->sheet));
}

/* --- 2. the preview ----------------------------------------------------------------------------
 */

/* Why nothing, or not all, will be added; NULL: all is well. */
static char *trouble(Adding *adding, const struct rag_preview *preview)
{
    guint n_bad = preview->problems->len + adding->n_remote;
    const struct rag_problem *first =
        preview->problems->len > 0 ? preview->problems->pdata[0] : NULL;
    g_autofree char *name = NULL, *sentence = NULL;

    if (n_bad == 0 && preview->n_files + preview->n_known > 0)
        return NULL;
    if (n_bad == 0 && preview->left_out->len > 0)
        return g_strdup_printf(_("Nothing was added. %s."), (char *)preview->left_out->pdata[0]);
    if (n_bad == 0)
        return g_strdup(_("Nothing was added: there is no document in it."));
    name = first ? g_filename_display_basename(first->path) : g_strdup(adding->remote);
    sentence =
        g_strdup_printf(_("“%s” was not added: %s"), name,
                        first ? first->reason : _("only files on this computer can be read."));
    if (n_bad == 1)
        return g_steal_pointer(&sentence);
    return g_strdup_printf(ngettext("%'u was not added. %s", "%'u were not added. %s", n_bad),
                           n_bad, sentence);
}

static void tell_started(Adding *adding, const struct rag_preview *preview)
{
    g_autofree char *sentence =
        preview->n_files == 0
            ? g_strdup(_("That is in the library already."))
            : g_strdup_printf(
                  ngettext("Reading %'ld document.", "Reading %'ld documents.", preview->n_files),
                  (long)preview->n_files);
    say(adding, sentence);
}

static void on_preview(GObject *library, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Adding) adding = user_data;
    g_autoptr(GError) error = NULL;
    struct rag_preview *preview = lec_library_preview_finish(LEC_LIBRARY(library), result, &error);
    g_autofree char *bad = NULL;

    g_clear_handle_id(&adding->patience, g_source_remove);
    if (!preview) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            say(adding, error->message);
        if (adding->sheet)
            gtk_window_destroy(GTK_WINDOW(adding->sheet));
        return;
    }
    bad = trouble(adding, preview);
    if (!adding->sheet &&
        (preview->n_files > LEC_ADDING_LARGE_FILES || preview->n_bytes > LEC_ADDING_LARGE_BYTES))
        show_sheet(adding);
    if (adding->sheet) {
        lec_preview_sheet_set_preview(adding->sheet, preview);
    } else if (preview->n_files + preview->n_known > 0) {
        start(adding, adding->collection);
        if (!bad)
            tell_started(adding, preview);
    }
    if (bad && (!adding->sheet || adding->n_remote > 0))
        say(adding, bad);
    lec_preview_free(preview);
}

static gboolean on_patience(gpointer user_data)
{
    Adding *adding = user_data;

    adding->patience = 0;
    show_sheet(adding);
    return G_SOURCE_REMOVE;
}

/* --- 1. the paths ------------------------------------------------------------------------------
 */

static void preview(Adding *adding)
{
    if (adding->paths->len == 0) {
        g_autofree char *sentence = g_strdup_printf(
            _("“%s” was not added: only files on this computer can be read."), adding->remote);
        say(adding, sentence);
        return;
    }
    g_ptr_array_add(adding->paths, NULL);
    adding->patience = g_timeout_add(PATIENCE_MS, on_patience, adding);
    lec_library_preview_async(adding->library, (const char *const *)adding->paths->pdata,
                              adding->cancellable, on_preview, adding_ref(adding));
}

static gboolean take_piece(gpointer user_data)
{
    Adding *adding = user_data;
    guint end = MIN(adding->next + PIECE, adding->files->len);

    for (; adding->next < end; adding->next++) {
        GFile *file = adding->files->pdata[adding->next];
        char *path = g_file_get_path(file);

        if (path) {
            g_ptr_array_add(adding->paths, path);
        } else if (adding->n_remote++ == 0) {
            g_autofree char *uri = g_file_get_uri(file);
            adding->remote = g_uri_unescape_string(uri, NULL);
            if (!adding->remote || !g_utf8_validate(adding->remote, -1, NULL)) {
                g_free(adding->remote);
                adding->remote = g_steal_pointer(&uri);
            }
        }
    }
    if (adding->next < adding->files->len)
        return G_SOURCE_CONTINUE;
    preview(adding);
    return G_SOURCE_REMOVE;
}

void lec_adding_start(GtkWidget *from, LecLibrary *library, LecIndexer *indexer, GPtrArray *files,
                      const char *collection)
{
    Adding *adding;

    g_return_if_fail(GTK_IS_WIDGET(from));
    g_return_if_fail(files != NULL);

    if (lec_library_get_state(library) == LEC_LIBRARY_READ_ONLY) {
        lec_toast_show(from, _("Nothing can be added: this library can only be read."));
        return;
    }
    if (files->len == 0)
        return;
    adding = g_new0(Adding, 1);
    g_ref_count_init(&adding->refs);
    adding->from = g_object_ref(from);
    adding->library = g_object_ref(library);
    adding->indexer = g_object_ref(indexer);
    adding->collection = g_strdup(collection);
    adding->files = g_ptr_array_ref(files);
    adding->paths = g_ptr_array_new_with_free_func(g_free);
    adding->cancellable = g_cancellable_new();
    g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, take_piece, adding, (GDestroyNotify)adding_unref);
}
