/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation in the sidebar. F2 renames, Delete deletes, as in a list of files. */
#include "ui/conversation-row.h"
#include "app/library-queries.h"
#include "ui/name-popover.h"
#include "ui/row-menu.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

struct _LecConversationRow {
    GtkListBoxRow parent;
    GtkLabel *title;
    GtkButton *menu_button;
    LecConversationItem *item; /* (owned) */
    LecLibrary *library;       /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecConversationRow, lec_conversation_row, GTK_TYPE_LIST_BOX_ROW)

enum { DELETE, N_SIGNALS };
static guint signals[N_SIGNALS];

LecConversationItem *lec_conversation_row_get_item(LecConversationRow *self)
{
    return self->item;
}

static void on_renamed(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecConversationRow) self = data;
    g_autoptr(GError) error = NULL;

    if (!lec_library_conversation_rename_finish(LEC_LIBRARY(library), result, &error) &&
        !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
        gtk_widget_get_root(GTK_WIDGET(self)))
        lec_toast_show(GTK_WIDGET(self), error->message);
}

static void on_named(LecConversationRow *self, const char *name)
{
    lec_library_conversation_rename_async(self->library, lec_conversation_item_get_id(self->item),
                                          name, NULL, on_renamed, g_object_ref(self));
}

static void rename_action(GtkWidget *widget, const char *action, GVariant *parameter)
{
    LecConversationRow *self = LEC_CONVERSATION_ROW(widget);
    LecNamePopover *popover = lec_name_popover_new(
        _("Rename Conversation"), lec_conversation_item_get_title(self->item), _("_Rename"));

    g_signal_connect_object(popover, "named", G_CALLBACK(on_named), self, G_CONNECT_SWAPPED);
    lec_row_menu_show_popover(widget, GTK_POPOVER(popover), NULL);
}

static void delete_action(GtkWidget *widget, const char *action, GVariant *parameter)
{
    g_signal_emit(widget, signals[DELETE], 0);
}

static void on_menu_clicked(LecConversationRow *self)
{
    lec_row_menu_popup(GTK_WIDGET(self), GTK_WIDGET(self->menu_button));
}

/* A title that is too long for its row is told in whole. */
static gboolean on_query_tooltip(GtkLabel *title, int x, int y, gboolean keyboard,
                                 GtkTooltip *tooltip)
{
    if (!pango_layout_is_ellipsized(gtk_label_get_layout(title)))
        return FALSE;
    gtk_tooltip_set_text(tooltip, gtk_label_get_text(title));
    return TRUE;
}

static void show_title(LecConversationRow *self)
{
    const char *title = lec_conversation_item_get_title(self->item);

    gtk_label_set_label(self->title, title);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

LecConversationRow *lec_conversation_row_new(LecConversationItem *item, LecLibrary *library)
{
    LecConversationRow *self = g_object_new(LEC_TYPE_CONVERSATION_ROW, NULL);

    self->item = g_object_ref(item);
    self->library = g_object_ref(library);
    g_signal_connect_object(item, "notify::title", G_CALLBACK(show_title), self, G_CONNECT_SWAPPED);
    show_title(self);
    return self;
}

static void lec_conversation_row_dispose(GObject *object)
{
    LecConversationRow *self = LEC_CONVERSATION_ROW(object);

    g_clear_object(&self->item);
    g_clear_object(&self->library);
    G_OBJECT_CLASS(lec_conversation_row_parent_class)->dispose(object);
}

static void lec_conversation_row_class_init(LecConversationRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_conversation_row_dispose;
    signals[DELETE] = g_signal_new("delete", LEC_TYPE_CONVERSATION_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_install_action(widget_class, "conversation.rename", NULL, rename_action);
    gtk_widget_class_install_action(widget_class, "conversation.delete", NULL, delete_action);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_F2, 0, "conversation.rename", NULL);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_Delete, 0, "conversation.delete",
                                        NULL);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/conversation-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecConversationRow, title);
    gtk_widget_class_bind_template_child(widget_class, LecConversationRow, menu_button);
    gtk_widget_class_bind_template_child_full(widget_class, "menu", FALSE, 0);
    gtk_widget_class_bind_template_callback(widget_class, on_menu_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_query_tooltip);
}

static void lec_conversation_row_init(LecConversationRow *self)
{
    GMenuModel *menu;

    gtk_widget_init_template(GTK_WIDGET(self));
    menu = G_MENU_MODEL(
        gtk_widget_get_template_child(GTK_WIDGET(self), LEC_TYPE_CONVERSATION_ROW, "menu"));
    lec_row_menu_attach(GTK_WIDGET(self), menu);
    lec_row_menu_reveal_button(GTK_WIDGET(self), GTK_WIDGET(self->menu_button));
}
