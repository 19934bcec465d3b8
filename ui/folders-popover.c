/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folders of a collection. A file that is added alone is a root like a folder, and somebody may
 * have added a thousand of them: folders come first, and at most MAX_ROWS rows are made.
 */
#include "ui/folders-popover.h"
#include <glib/gi18n.h>

#define MAX_ROWS 40
#define PATH_KEY "lec-path"

struct _LecFoldersPopover {
    GtkPopover parent;
    GtkListBox *list;
    GtkLabel *more;
    LecCollectionItem *item; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecFoldersPopover, lec_folders_popover, GTK_TYPE_POPOVER)

enum { REMOVE, RESCAN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void on_rescan_clicked(LecFoldersPopover *self)
{
    gtk_popover_popdown(GTK_POPOVER(self));
    g_signal_emit(self, signals[RESCAN], 0);
}

static void on_remove_clicked(LecFoldersPopover *self, GtkButton *button)
{
    g_autofree char *path = g_strdup(g_object_get_data(G_OBJECT(button), PATH_KEY));

    gtk_popover_popdown(GTK_POPOVER(self));
    g_signal_emit(self, signals[REMOVE], 0, path);
}

static GtkWidget *label_new(const char *text, const char *css_class)
{
    GtkWidget *label = gtk_label_new(text);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
    if (css_class) {
        gtk_widget_add_css_class(label, css_class);
        gtk_widget_add_css_class(label, "dim-label");
    }
    return label;
}

static GtkWidget *row_new(LecFoldersPopover *self, const struct rag_root *root)
{
    g_autofree char *name = g_filename_display_basename(root->path);
    g_autofree char *shown = g_filename_display_name(root->path);
    g_autofree char *spoken = g_strdup_printf(_("Remove “%s” from the library"), name);
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *button = gtk_button_new_from_icon_name("list-remove-symbolic");
    GtkWidget *icon =
        gtk_image_new_from_icon_name(root->is_file ? "text-x-generic-symbolic" : "folder-symbolic");

    gtk_widget_set_hexpand(words, TRUE);
    gtk_box_append(GTK_BOX(words), label_new(name, NULL));
    gtk_box_append(GTK_BOX(words), label_new(shown, "caption"));
    if (root->offline)
        gtk_box_append(GTK_BOX(words),
                       label_new(_("Not there now; what was read is kept"), "caption"));
    gtk_widget_set_tooltip_text(words, shown);
    gtk_widget_set_tooltip_text(button, spoken);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                   -1);
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    gtk_widget_add_css_class(button, "flat");
    g_object_set_data_full(G_OBJECT(button), PATH_KEY, g_strdup(root->path), g_free);
    g_signal_connect_object(button, "clicked", G_CALLBACK(on_remove_clicked), self,
                            G_CONNECT_SWAPPED);
    gtk_box_append(GTK_BOX(row), icon);
    gtk_box_append(GTK_BOX(row), words);
    gtk_box_append(GTK_BOX(row), button);
    return row;
}

/* Appends rows of one kind, as many as there is room for; returns the room left. */
static int append(LecFoldersPopover *self, gboolean files, int room)
{
    for (guint i = 0; i < lec_collection_item_get_n_roots(self->item) && room > 0; i++) {
        const struct rag_root *root = lec_collection_item_get_root(self->item, i);

        if (root->is_file != files)
            continue;
        gtk_list_box_append(self->list, row_new(self, root));
        room--;
    }
    return room;
}

static void fill(LecFoldersPopover *self)
{
    GtkListBoxRow *row;
    int n_roots = self->item ? (int)lec_collection_item_get_n_roots(self->item) : 0;
    int n_more = MAX(n_roots - MAX_ROWS, 0);
    g_autofree char *number = g_strdup_printf("%'d", n_more);
    g_autofree char *more =
        n_more ? g_strdup_printf(ngettext("And %s more; it is in the list of documents.",
                                          "And %s more; they are in the list of documents.",
                                          (gulong)n_more),
                                 number)
               : g_strdup(n_roots ? "" : _("There is no folder in this collection yet."));

    while ((row = gtk_list_box_get_row_at_index(self->list, 0)))
        gtk_list_box_remove(self->list, GTK_WIDGET(row));
    if (self->item)
        append(self, TRUE, append(self, FALSE, MAX_ROWS));
    for (int i = 0; (row = gtk_list_box_get_row_at_index(self->list, i)); i++)
        gtk_list_box_row_set_activatable(row, FALSE);
    gtk_label_set_label(self->more, more);
    gtk_widget_set_visible(GTK_WIDGET(self->more), *more);
}

void lec_folders_popover_set_item(LecFoldersPopover *self, LecCollectionItem *item)
{
    g_return_if_fail(LEC_IS_FOLDERS_POPOVER(self));
    g_set_object(&self->item, item);
}

static void lec_folders_popover_show(GtkWidget *widget)
{
    fill(LEC_FOLDERS_POPOVER(widget));
    GTK_WIDGET_CLASS(lec_folders_popover_parent_class)->show(widget);
}

static void lec_folders_popover_dispose(GObject *object)
{
    g_clear_object(&LEC_FOLDERS_POPOVER(object)->item);
    G_OBJECT_CLASS(lec_folders_popover_parent_class)->dispose(object);
}

static void lec_folders_popover_class_init(LecFoldersPopoverClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_folders_popover_dispose;
    widget_class->show = lec_folders_popover_show;
    signals[REMOVE] = g_signal_new("remove", LEC_TYPE_FOLDERS_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[RESCAN] = g_signal_new("rescan", LEC_TYPE_FOLDERS_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/folders-popover.ui");
    gtk_widget_class_bind_template_child(widget_class, LecFoldersPopover, list);
    gtk_widget_class_bind_template_child(widget_class, LecFoldersPopover, more);
    gtk_widget_class_bind_template_callback(widget_class, on_rescan_clicked);
}

static void lec_folders_popover_init(LecFoldersPopover *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
