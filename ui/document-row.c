/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row of the library's list. There are some 200 at a time, whatever the list's length, and they
 * are filled again while one scrolls: a row has few children, no menu of its own, sets only what is
 * different, and keeps to a pace (row-pace.h). Until it may show its item it is transparent, so
 * that it never shows the one before in the wrong place.
 */
#include "ui/document-row.h"
#include "ui/row-menu.h"
#include <glib/gi18n.h>

struct _LecDocumentRow {
    GtkWidget parent;
    GtkImage *icon;
    GtkLabel *name, *words, *folder;
    GtkButton *menu_button;
    LecRowPace *pace;      /* (owned) */
    LecDocumentItem *item; /* (owned) */
    gulong changed_id;
    gboolean failed; /* looks like it now */
};

G_DEFINE_FINAL_TYPE(LecDocumentRow, lec_document_row, GTK_TYPE_WIDGET)

enum { ACT, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const actions[] = {"document.open", "document.show-in-folder", "document.retry",
                                      "document.remove", "document.forget"};

static void act(GtkWidget *widget, const char *action, GVariant *parameter)
{
    LecDocumentRow *self = LEC_DOCUMENT_ROW(widget);

    if (self->item && lec_document_item_get_id(self->item))
        g_signal_emit(self, signals[ACT], 0, strchr(action, '.') + 1);
}

static void on_menu_clicked(LecDocumentRow *self)
{
    lec_row_menu_popup(GTK_WIDGET(self), GTK_WIDGET(self->menu_button));
}

void lec_document_row_show_item(GtkWidget *row)
{
    LecDocumentRow *self = LEC_DOCUMENT_ROW(row);
    gboolean loaded = self->item && lec_document_item_get_id(self->item);
    enum rag_document_state state =
        self->item ? lec_document_item_get_state(self->item) : RAG_WAITING;
    gboolean failed = loaded && state == RAG_FAILED;

    gtk_label_set_label(self->name, self->item ? lec_document_item_get_name(self->item) : "");
    gtk_label_set_label(self->words, self->item ? lec_document_item_get_words(self->item) : "");
    gtk_label_set_label(self->folder, self->item ? lec_document_item_get_folder(self->item) : "");
    if (self->item)
        gtk_image_set_from_icon_name(self->icon, lec_document_item_get_icon_name(self->item));
    gtk_widget_set_sensitive(GTK_WIDGET(self->menu_button), loaded);
    if (failed != self->failed) {
        self->failed = failed;
        gtk_widget_action_set_enabled(GTK_WIDGET(self), "document.retry", failed);
        if (failed)
            gtk_widget_add_css_class(GTK_WIDGET(self->words), "error");
        else
            gtk_widget_remove_css_class(GTK_WIDGET(self->words), "error");
    }
    gtk_widget_set_opacity(row, 1);
}

static void on_item_changed(LecDocumentRow *self)
{
    lec_row_pace_ask(self->pace, GTK_WIDGET(self));
}

static gboolean is_cut(GtkLabel *label)
{
    return pango_layout_is_ellipsized(gtk_label_get_layout(label));
}

/* What is cut off is told in full; made when the pointer rests, not for each row. */
static gboolean on_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard,
                                 GtkTooltip *tooltip)
{
    LecDocumentRow *self = LEC_DOCUMENT_ROW(widget);
    g_autofree char *text = NULL;

    if (!self->item || !lec_document_item_get_id(self->item) ||
        !(is_cut(self->name) || is_cut(self->words) || is_cut(self->folder)))
        return FALSE;
    text = g_strdup_printf("%s/%s\n%s", lec_document_item_get_folder(self->item),
                           lec_document_item_get_name(self->item),
                           lec_document_item_get_words(self->item));
    gtk_tooltip_set_text(tooltip, text);
    return TRUE;
}

void lec_document_row_set_item(LecDocumentRow *self, LecDocumentItem *item)
{
    g_return_if_fail(LEC_IS_DOCUMENT_ROW(self));
    if (self->item == item)
        return;
    if (self->item)
        g_clear_signal_handler(&self->changed_id, self->item);
    g_set_object(&self->item, item);
    if (item) {
        self->changed_id =
            g_signal_connect_swapped(item, "changed", G_CALLBACK(on_item_changed), self);
        if (!lec_row_pace_ask(self->pace, GTK_WIDGET(self)))
            gtk_widget_set_opacity(GTK_WIDGET(self), 0);
    } else if (self->pace) {
        lec_row_pace_forget(self->pace, GTK_WIDGET(self));
    }
}

LecDocumentItem *lec_document_row_get_item(LecDocumentRow *self)
{
    return self->item;
}

GtkWidget *lec_document_row_new(LecRowPace *pace)
{
    LecDocumentRow *self = g_object_new(LEC_TYPE_DOCUMENT_ROW, NULL);

    self->pace = lec_row_pace_ref(pace);
    return GTK_WIDGET(self);
}

static void lec_document_row_dispose(GObject *object)
{
    LecDocumentRow *self = LEC_DOCUMENT_ROW(object);
    GtkWidget *child;

    lec_document_row_set_item(self, NULL);
    g_clear_pointer(&self->pace, lec_row_pace_unref);
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self))))
        gtk_widget_unparent(child);
    G_OBJECT_CLASS(lec_document_row_parent_class)->dispose(object);
}

static void lec_document_row_class_init(LecDocumentRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_document_row_dispose;
    widget_class->query_tooltip = on_query_tooltip;
    signals[ACT] = g_signal_new("act", LEC_TYPE_DOCUMENT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
        gtk_widget_class_install_action(widget_class, actions[i], NULL, act);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/document-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecDocumentRow, icon);
    gtk_widget_class_bind_template_child(widget_class, LecDocumentRow, name);
    gtk_widget_class_bind_template_child(widget_class, LecDocumentRow, words);
    gtk_widget_class_bind_template_child(widget_class, LecDocumentRow, folder);
    gtk_widget_class_bind_template_child(widget_class, LecDocumentRow, menu_button);
    gtk_widget_class_bind_template_child_full(widget_class, "menu", FALSE, 0);
    gtk_widget_class_bind_template_callback(widget_class, on_menu_clicked);
}

static void lec_document_row_init(LecDocumentRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "document.retry", FALSE);
    gtk_widget_set_has_tooltip(GTK_WIDGET(self), TRUE);
    lec_row_menu_attach(GTK_WIDGET(self), G_MENU_MODEL(gtk_widget_get_template_child(
                                              GTK_WIDGET(self), LEC_TYPE_DOCUMENT_ROW, "menu")));
}
