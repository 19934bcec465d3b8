/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A collection in the sidebar. F2 renames, Delete deletes. */
#include "ui/collection-row.h"
#include "ui/name-popover.h"
#include "ui/row-menu.h"
#include <glib/gi18n.h>

struct _LecCollectionRow {
    GtkListBoxRow parent;
    GtkImage *icon;
    GtkLabel *name, *count;
    LecCollectionItem *item; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecCollectionRow, lec_collection_row, GTK_TYPE_LIST_BOX_ROW)

enum { RENAME, DELETE, N_SIGNALS };
static guint signals[N_SIGNALS];

LecCollectionItem *lec_collection_row_get_item(LecCollectionRow *self)
{
    return self->item;
}

static void on_named(LecCollectionRow *self, const char *name)
{
    g_signal_emit(self, signals[RENAME], 0, name);
}

static void rename_action(GtkWidget *widget, const char *action, GVariant *parameter)
{
    LecCollectionRow *self = LEC_COLLECTION_ROW(widget);
    LecNamePopover *popover = lec_name_popover_new(
        _("Rename Collection"), lec_collection_item_get_name(self->item), _("_Rename"));

    g_signal_connect_object(popover, "named", G_CALLBACK(on_named), self, G_CONNECT_SWAPPED);
    lec_row_menu_show_popover(widget, GTK_POPOVER(popover), NULL);
}

static void delete_action(GtkWidget *widget, const char *action, GVariant *parameter)
{
    g_signal_emit(widget, signals[DELETE], 0);
}

static void show_item(LecCollectionRow *self)
{
    gint64 n = lec_collection_item_get_n_documents(self->item);
    g_autofree char *count = g_strdup_printf("%'" G_GINT64_FORMAT, n);
    g_autofree char *spoken =
        g_strdup_printf(ngettext("%s, %s document", "%s, %s documents", (gulong)n),
                        lec_collection_item_get_name(self->item), count);

    gtk_label_set_label(self->name, lec_collection_item_get_name(self->item));
    gtk_label_set_label(self->count, count);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

LecCollectionRow *lec_collection_row_new(LecCollectionItem *item)
{
    LecCollectionRow *self = g_object_new(LEC_TYPE_COLLECTION_ROW, NULL);
    gboolean whole = lec_collection_item_get_id(item) == 0;

    self->item = g_object_ref(item);
    g_signal_connect_object(item, "changed", G_CALLBACK(show_item), self, G_CONNECT_SWAPPED);
    show_item(self);
    gtk_image_set_from_icon_name(self->icon, whole ? "view-list-symbolic" : "folder-symbolic");
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "collection.rename", !whole);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "collection.delete", !whole);
    if (!whole)
        lec_row_menu_attach(GTK_WIDGET(self),
                            G_MENU_MODEL(gtk_widget_get_template_child(
                                GTK_WIDGET(self), LEC_TYPE_COLLECTION_ROW, "menu")));
    return self;
}

static void lec_collection_row_dispose(GObject *object)
{
    g_clear_object(&LEC_COLLECTION_ROW(object)->item);
    G_OBJECT_CLASS(lec_collection_row_parent_class)->dispose(object);
}

static void lec_collection_row_class_init(LecCollectionRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_collection_row_dispose;
    signals[RENAME] = g_signal_new("rename", LEC_TYPE_COLLECTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[DELETE] = g_signal_new("delete", LEC_TYPE_COLLECTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_install_action(widget_class, "collection.rename", NULL, rename_action);
    gtk_widget_class_install_action(widget_class, "collection.delete", NULL, delete_action);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_F2, 0, "collection.rename", NULL);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_Delete, 0, "collection.delete", NULL);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/collection-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecCollectionRow, icon);
    gtk_widget_class_bind_template_child(widget_class, LecCollectionRow, name);
    gtk_widget_class_bind_template_child(widget_class, LecCollectionRow, count);
    gtk_widget_class_bind_template_child_full(widget_class, "menu", FALSE, 0);
}

static void lec_collection_row_init(LecCollectionRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
