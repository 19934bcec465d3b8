/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The numbers come from rag/preview.h, which opens no file; what they mean is said here in words.
 * How long it takes is known only of a library that has read something before; else nothing is
 * said of it.
 *
 * The collection: the first row is none, the last one asks for a name, between them are those that
 * are there. They are asked for when the sheet is made, and come before the preview does.
 */
#include "ui/preview-sheet.h"
#include "app/library-queries.h"
#include "ui/collection-item.h"
#include <glib/gi18n.h>

#define MAX_PROBLEM_ROWS 10

struct _LecPreviewSheet {
    AdwWindow parent;

    GtkStack *stack; /* (borrowed) of the template, as those below */
    GtkWidget *start_button;
    GtkLabel *headline, *subline;
    AdwComboRow *collection_row;
    AdwEntryRow *name_row;
    AdwPreferencesGroup *kinds_group, *left_out_group, *problems_group;

    GtkStringList *collections; /* (borrowed) of the row */
    GCancellable *cancellable;  /* (owned) */
    char *wanted;               /* (owned) collection that is chosen to begin with, or NULL */
    gboolean complete;          /* all collections are in the row */
    gboolean can_start, answered;
};

enum { START, CANCELLED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LecPreviewSheet, lec_preview_sheet, ADW_TYPE_WINDOW)

/* --- the collection ----------------------------------------------------------------------------
 */

static gboolean is_new_collection(LecPreviewSheet *self)
{
    guint n = g_list_model_get_n_items(G_LIST_MODEL(self->collections));
    return self->complete && adw_combo_row_get_selected(self->collection_row) == n - 1;
}

static char *new_name(LecPreviewSheet *self)
{
    return g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(self->name_row))));
}

static void update_start(LecPreviewSheet *self)
{
    g_autofree char *name = new_name(self);

    gtk_widget_set_sensitive(self->start_button,
                             self->can_start && (!is_new_collection(self) || *name));
}

static void on_collection_chosen(LecPreviewSheet *self)
{
    gboolean is_new = is_new_collection(self);

    gtk_widget_set_visible(GTK_WIDGET(self->name_row), is_new);
    if (is_new)
        gtk_widget_grab_focus(GTK_WIDGET(self->name_row));
    update_start(self);
}

static void on_collections(GObject *library, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecPreviewSheet) self = user_data;
    g_autoptr(GPtrArray) rows = lec_library_collections_finish(LEC_LIBRARY(library), result, NULL);
    g_autoptr(GPtrArray) items = rows ? lec_collection_items(rows) : g_ptr_array_new();
    guint chosen = 0;

    for (guint i = 1; i < items->len; i++) { /* the first is the whole library */
        const char *name = lec_collection_item_get_name(items->pdata[i]);

        if (g_strcmp0(name, self->wanted) == 0)
            chosen = i;
        gtk_string_list_append(self->collections, name);
    }
    gtk_string_list_append(self->collections, _("New Collection…"));
    self->complete = TRUE;
    adw_combo_row_set_selected(self->collection_row, chosen);
}

char *lec_preview_sheet_get_collection(LecPreviewSheet *self)
{
    guint selected;

    g_return_val_if_fail(LEC_IS_PREVIEW_SHEET(self), NULL);

    selected = adw_combo_row_get_selected(self->collection_row);
    if (is_new_collection(self))
        return new_name(self);
    return selected == 0 || selected == GTK_INVALID_LIST_POSITION
               ? NULL
               : g_strdup(gtk_string_list_get_string(self->collections, selected));
}

/* --- what was found ----------------------------------------------------------------------------
 */

static void add_row(AdwPreferencesGroup *group, const char *title, const char *subtitle)
{
    GtkWidget *row = adw_action_row_new();

    g_object_set(row, "use-markup", FALSE, "title", title, NULL);
    if (subtitle)
        adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle);
    adw_action_row_set_title_lines(ADW_ACTION_ROW(row), 4);
    adw_action_row_set_subtitle_lines(ADW_ACTION_ROW(row), 3);
    adw_preferences_group_add(group, row);
}

static void fill(AdwPreferencesGroup *group, GPtrArray *sentences)
{
    gtk_widget_set_visible(GTK_WIDGET(group), sentences->len > 0);
    for (guint i = 0; i < sentences->len; i++)
        add_row(group, sentences->pdata[i], NULL);
}

/* In one row: "PDF: 120 · Text: 31". */
static void fill_kinds(AdwPreferencesGroup *group, GPtrArray *kinds)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_auto(GStrv) strv = NULL;
    g_autofree char *line = NULL;

    gtk_widget_set_visible(GTK_WIDGET(group), kinds->len > 0);
    for (guint i = 0; i < kinds->len; i++)
        g_strv_builder_add(words, kinds->pdata[i]);
    strv = g_strv_builder_end(words);
    line = g_strjoinv(" · ", strv);
    if (kinds->len > 0)
        add_row(group, line, NULL);
}

static void fill_problems(AdwPreferencesGroup *group, GPtrArray *problems)
{
    gtk_widget_set_visible(GTK_WIDGET(group), problems->len > 0);
    for (guint i = 0; i < problems->len && i < MAX_PROBLEM_ROWS; i++) {
        const struct rag_problem *problem = problems->pdata[i];
        g_autofree char *name = g_filename_display_basename(problem->path);
        add_row(group, name, problem->reason);
    }
    if (problems->len > MAX_PROBLEM_ROWS) {
        guint n = problems->len - MAX_PROBLEM_ROWS;
        g_autofree char *more = g_strdup_printf(ngettext("And %'u more", "And %'u more", n), n);
        add_row(group, more, NULL);
    }
}

/* "About 6 minutes on this computer." */
static char *how_long(double seconds)
{
    unsigned minutes = seconds / 60 + 0.5, hours = seconds / 3600 + 0.5;

    if (seconds <= 0)
        return g_strdup("");
    if (minutes < 1)
        return g_strdup(_("Less than a minute on this computer."));
    if (minutes < 90)
        return g_strdup_printf(ngettext("About %u minute on this computer.",
                                        "About %u minutes on this computer.", minutes),
                               minutes);
    return g_strdup_printf(
        ngettext("About %u hour on this computer.", "About %u hours on this computer.", hours),
        hours);
}

void lec_preview_sheet_set_preview(LecPreviewSheet *self, const struct rag_preview *preview)
{
    g_autofree char *size = NULL, *files = NULL, *headline = NULL, *time = NULL, *subline = NULL;
    const char *promise = _("You can ask while they are being read.");

    g_return_if_fail(LEC_IS_PREVIEW_SHEET(self));

    size = g_format_size(preview->n_bytes);
    files = g_strdup_printf(ngettext("%'ld document", "%'ld documents", preview->n_files),
                            (long)preview->n_files);
    /* Translators: “1,204 documents, 312 MB” */
    headline = g_strdup_printf(_("%s, %s"), files, size);
    time = how_long(preview->seconds);
    if (preview->n_files == 0)
        subline = g_strdup(_("There is nothing new that can be read."));
    else
        subline = g_strjoin(*time ? " " : "", time, promise, NULL);
    gtk_label_set_text(self->headline, headline);
    gtk_label_set_text(self->subline, subline);
    fill_kinds(self->kinds_group, preview->kinds);
    fill(self->left_out_group, preview->left_out);
    fill_problems(self->problems_group, preview->problems);
    gtk_stack_set_visible_child_name(self->stack, "found");
    self->can_start = preview->n_files + preview->n_known > 0;
    update_start(self);
    if (self->can_start)
        gtk_widget_grab_focus(self->start_button);
}

/* --- life --------------------------------------------------------------------------------------
 */

static void on_start(LecPreviewSheet *self)
{
    self->answered = TRUE;
    g_signal_emit(self, signals[START], 0);
    gtk_window_destroy(GTK_WINDOW(self));
}

static gboolean lec_preview_sheet_close_request(GtkWindow *window)
{
    LecPreviewSheet *self = LEC_PREVIEW_SHEET(window);

    if (!self->answered)
        g_signal_emit(self, signals[CANCELLED], 0);
    self->answered = TRUE;
    return GTK_WINDOW_CLASS(lec_preview_sheet_parent_class)->close_request(window);
}

static void lec_preview_sheet_dispose(GObject *object)
{
    LecPreviewSheet *self = LEC_PREVIEW_SHEET(object);

    g_cancellable_cancel(self->cancellable);
    G_OBJECT_CLASS(lec_preview_sheet_parent_class)->dispose(object);
}

static void lec_preview_sheet_finalize(GObject *object)
{
    LecPreviewSheet *self = LEC_PREVIEW_SHEET(object);

    g_clear_object(&self->cancellable);
    g_clear_pointer(&self->wanted, g_free);
    G_OBJECT_CLASS(lec_preview_sheet_parent_class)->finalize(object);
}

static void lec_preview_sheet_class_init(LecPreviewSheetClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->dispose = lec_preview_sheet_dispose;
    object_class->finalize = lec_preview_sheet_finalize;
    GTK_WINDOW_CLASS(class)->close_request = lec_preview_sheet_close_request;
    signals[START] = g_signal_new("start", LEC_TYPE_PREVIEW_SHEET, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
    signals[CANCELLED] = g_signal_new("cancelled", LEC_TYPE_PREVIEW_SHEET, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 0);

    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/preview-sheet.ui");
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, stack);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, start_button);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, headline);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, subline);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, collection_row);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, name_row);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, kinds_group);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, left_out_group);
    gtk_widget_class_bind_template_child(widget_class, LecPreviewSheet, problems_group);
    gtk_widget_class_bind_template_callback(widget_class, on_start);
    gtk_widget_class_bind_template_callback(widget_class, on_collection_chosen);
    gtk_widget_class_bind_template_callback(widget_class, update_start);
}

static void lec_preview_sheet_init(LecPreviewSheet *self)
{
    self->cancellable = g_cancellable_new();
    gtk_widget_init_template(GTK_WIDGET(self));
}

LecPreviewSheet *lec_preview_sheet_new(GtkWindow *parent, LecLibrary *library,
                                       const char *collection)
{
    LecPreviewSheet *self = g_object_new(LEC_TYPE_PREVIEW_SHEET, "transient-for", parent, NULL);

    self->wanted = g_strdup(collection);
    self->collections = gtk_string_list_new((const char *[]){_("None"), NULL});
    adw_combo_row_set_model(self->collection_row, G_LIST_MODEL(self->collections));
    g_object_unref(self->collections);
    lec_library_collections_async(library, self->cancellable, on_collections, g_object_ref(self));
    return self;
}
