/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The collections are asked for whenever the list is opened: they change rarely, and a list that is
 * not seen need not be kept. "All" of the library, which holds what is in no other collection, is
 * left out beside "All documents", with which it would be confused.
 */
#include "ui/scope-picker.h"
#include "app/library-queries.h"
#include "ui/picker-row.h"
#include <glib/gi18n.h>

struct _LecScopePicker {
    GtkWidget parent;
    GtkWidget *button;
    GtkLabel *label;
    GtkPopover *popover;
    GtkListBox *list;
    LecScope *scope;           /* (owned) */
    LecLibrary *library;       /* (owned) */
    GCancellable *cancellable; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecScopePicker, lec_scope_picker, GTK_TYPE_WIDGET)

LecScope *lec_scope_picker_get_scope(LecScopePicker *self)
{
    g_return_val_if_fail(LEC_IS_SCOPE_PICKER(self), NULL);
    return self->scope;
}

void lec_scope_picker_set_library(LecScopePicker *self, LecLibrary *library)
{
    g_return_if_fail(LEC_IS_SCOPE_PICKER(self));
    g_set_object(&self->library, library);
}

static void on_scope_changed(LecScopePicker *self)
{
    g_autofree char *label = lec_scope_dup_label(self->scope);

    gtk_label_set_text(self->label, label);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   label, -1);
}

static void add_row(LecScopePicker *self, const struct rag_collection *collection)
{
    gboolean files = g_list_model_get_n_items(lec_scope_get_files(self->scope)) > 0;
    gint64 chosen = lec_scope_get_collection(self->scope);
    g_autofree char *count = NULL;
    gint64 n = collection ? collection->n_documents : lec_library_get_n_documents(self->library);
    g_autoptr(LecScope) choice = lec_scope_new();

    count = g_strdup_printf("%'" G_GINT64_FORMAT, n);
    if (collection) {
        g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
        g_auto(GStrv) roots = NULL;

        for (guint i = 0; i < collection->roots->len; i++)
            g_strv_builder_add(paths, ((struct rag_root *)collection->roots->pdata[i])->path);
        roots = g_strv_builder_end(paths);
        lec_scope_set_collection(choice, collection->id, collection->name,
                                 (const char *const *)roots);
    }
    gtk_list_box_append(
        self->list, GTK_WIDGET(lec_picker_row_new(
                        collection ? collection->name : _("All documents"), count,
                        !files && chosen == (collection ? collection->id : 0), G_OBJECT(choice))));
}

static void on_collections(GObject *library, GAsyncResult *result, gpointer data)
{
    LecScopePicker *self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) collections =
        lec_library_collections_finish(LEC_LIBRARY(library), result, &error);
    GtkWidget *row;

    if (!collections)
        return; /* cancelled, or the library cannot be read, which the window says */
    while ((row = gtk_widget_get_first_child(GTK_WIDGET(self->list))))
        gtk_list_box_remove(self->list, row);
    add_row(self, NULL);
    for (guint i = 0; i < collections->len; i++) {
        const struct rag_collection *collection = collections->pdata[i];

        if (!g_str_equal(collection->name, "All"))
            add_row(self, collection);
    }
}

static void on_popover_map(LecScopePicker *self)
{
    if (self->library)
        lec_library_collections_async(self->library, self->cancellable, on_collections, self);
}

static void on_row_activated(LecScopePicker *self, GtkListBoxRow *row)
{
    LecScope *choice = LEC_SCOPE(lec_picker_row_get_item(LEC_PICKER_ROW(row)));
    g_autofree char *name = lec_scope_dup_label(choice);
    g_auto(GStrv) paths = lec_scope_dup_paths(choice);

    lec_scope_set_collection(self->scope, lec_scope_get_collection(choice), name,
                             (const char *const *)paths);
    gtk_popover_popdown(self->popover);
}

static void lec_scope_picker_dispose(GObject *object)
{
    LecScopePicker *self = LEC_SCOPE_PICKER(object);

    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_object(&self->library);
    g_clear_object(&self->scope);
    g_clear_pointer(&self->button, gtk_widget_unparent);
    G_OBJECT_CLASS(lec_scope_picker_parent_class)->dispose(object);
}

static void lec_scope_picker_class_init(LecScopePickerClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_scope_picker_dispose;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/scope-picker.ui");
    gtk_widget_class_bind_template_child(widget_class, LecScopePicker, button);
    gtk_widget_class_bind_template_child(widget_class, LecScopePicker, label);
    gtk_widget_class_bind_template_child(widget_class, LecScopePicker, popover);
    gtk_widget_class_bind_template_child(widget_class, LecScopePicker, list);
    gtk_widget_class_bind_template_callback(widget_class, on_popover_map);
    gtk_widget_class_bind_template_callback(widget_class, on_row_activated);
}

static void lec_scope_picker_init(LecScopePicker *self)
{
    self->scope = lec_scope_new();
    self->cancellable = g_cancellable_new();
    gtk_widget_init_template(GTK_WIDGET(self));
    g_signal_connect_object(self->scope, "changed", G_CALLBACK(on_scope_changed), self,
                            G_CONNECT_SWAPPED);
    on_scope_changed(self);
}
