/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversations by day: a list box over a LecConversationList, with the days as headers.
 *
 * 1. The list grows when its end is less than a view away, so that there is always more to scroll
 *    to; it begins with what fills a tall window.
 * 2. What is marked is what the middle shows (selected), not what was clicked last: after each
 *    change of the list the mark is put again.
 * 3. At midnight the headers move on: they are made anew when the list changes or is shown.
 */
#include "ui/sidebar-conversations.h"
#include "ui/conversation-list.h"
#include "ui/conversation-row.h"
#include "ui/time-words.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

struct _LecSidebarConversations {
    AdwBin parent;
    GtkStack *stack;
    GtkLabel *empty;
    GtkScrolledWindow *scroller;
    GtkListBox *list;
    LecLibrary *library;        /* (owned) */
    LecConversationList *items; /* (owned) */
    gint64 selected;
};

G_DEFINE_FINAL_TYPE(LecSidebarConversations, lec_sidebar_conversations, ADW_TYPE_BIN)

enum { PROP_LIBRARY = 1, N_PROPERTIES };
enum { CONVERSATION_SELECTED, N_SIGNALS };
static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static gint64 row_id(GtkListBoxRow *row)
{
    return lec_conversation_item_get_id(lec_conversation_row_get_item(LEC_CONVERSATION_ROW(row)));
}

static void mark(LecSidebarConversations *self)
{
    GtkListBoxRow *row;

    for (int i = 0; (row = gtk_list_box_get_row_at_index(self->list, i)); i++) {
        if (row_id(row) == self->selected) {
            gtk_list_box_select_row(self->list, row);
            return;
        }
    }
    gtk_list_box_unselect_all(self->list);
}

static void on_delete(LecConversationRow *row, LecSidebarConversations *self)
{
    LecConversationItem *item = lec_conversation_row_get_item(row);
    gint64 id = lec_conversation_item_get_id(item);
    g_autofree char *sentence =
        g_strdup_printf(_("“%s” was deleted"), lec_conversation_item_get_title(item));
    guint token = lec_library_removal_begin(self->library, LEC_DELETE_CONVERSATION, NULL, id);

    lec_undo_toast_show(GTK_WIDGET(self), sentence, self->library, token);
    if (id == self->selected) {
        self->selected = 0;
        mark(self);
        g_signal_emit(self, signals[CONVERSATION_SELECTED], 0, (gint64)0);
    }
}

static GtkWidget *make_row(gpointer item, gpointer data)
{
    LecSidebarConversations *self = data;
    LecConversationRow *row = lec_conversation_row_new(item, self->library);

    g_signal_connect_object(row, "delete", G_CALLBACK(on_delete), self, 0);
    return GTK_WIDGET(row);
}

static enum lec_day day_of(GtkListBoxRow *row)
{
    LecConversationItem *item = lec_conversation_row_get_item(LEC_CONVERSATION_ROW(row));

    return lec_day_of(lec_conversation_item_get_changed_at(item), g_get_real_time());
}

static void update_header(GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
    enum lec_day day = day_of(row);
    GtkWidget *header = gtk_list_box_row_get_header(row);
    const char *title = lec_day_title(day);

    if (before && day_of(before) == day) {
        gtk_list_box_row_set_header(row, NULL);
    } else if (!header || g_strcmp0(gtk_label_get_label(GTK_LABEL(header)), title) != 0) {
        header = gtk_label_new(title);
        gtk_label_set_xalign(GTK_LABEL(header), 0);
        gtk_widget_set_margin_start(header, 8);
        gtk_widget_set_margin_top(header, before ? 12 : 6);
        gtk_widget_set_margin_bottom(header, 4);
        gtk_widget_add_css_class(header, "caption-heading");
        gtk_widget_add_css_class(header, "dim-label");
        gtk_list_box_row_set_header(row, header);
    }
}

static void update_state(LecSidebarConversations *self)
{
    const char *error = self->items ? lec_conversation_list_get_error(self->items) : NULL;
    gboolean loading = !self->items || lec_conversation_list_is_loading(self->items);
    gboolean empty = !self->items || !g_list_model_get_n_items(G_LIST_MODEL(self->items));

    gtk_label_set_label(self->empty, error     ? error
                                     : loading ? ""
                                               : _("What you ask is kept here."));
    gtk_stack_set_visible_child_name(self->stack, empty ? "none" : "list");
}

static void on_items_changed(LecSidebarConversations *self)
{
    update_state(self);
    gtk_list_box_invalidate_headers(self->list);
    mark(self);
}

static void on_scrolled(LecSidebarConversations *self)
{
    GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment(self->scroller);
    double below = gtk_adjustment_get_upper(adjustment) - gtk_adjustment_get_value(adjustment) -
                   gtk_adjustment_get_page_size(adjustment);

    if (self->items && below < gtk_adjustment_get_page_size(adjustment))
        lec_conversation_list_load_more(self->items);
}

static void on_row_activated(LecSidebarConversations *self, GtkListBoxRow *row)
{
    self->selected = row_id(row);
    g_signal_emit(self, signals[CONVERSATION_SELECTED], 0, self->selected);
}

void lec_sidebar_conversations_select(LecSidebarConversations *self, gint64 conversation)
{
    g_return_if_fail(LEC_IS_SIDEBAR_CONVERSATIONS(self));
    self->selected = conversation;
    mark(self);
}

static void set_library(LecSidebarConversations *self, LecLibrary *library)
{
    if (!g_set_object(&self->library, library))
        return;
    gtk_list_box_bind_model(self->list, NULL, NULL, NULL, NULL);
    g_clear_object(&self->items);
    if (library) {
        self->items = lec_conversation_list_new(library);
        gtk_list_box_bind_model(self->list, G_LIST_MODEL(self->items), make_row, self, NULL);
        g_signal_connect_object(self->items, "items-changed", G_CALLBACK(on_items_changed), self,
                                G_CONNECT_SWAPPED | G_CONNECT_AFTER);
        g_signal_connect_object(self->items, "notify", G_CALLBACK(update_state), self,
                                G_CONNECT_SWAPPED);
    }
    update_state(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LIBRARY]);
}

static void lec_sidebar_conversations_map(GtkWidget *widget)
{
    GTK_WIDGET_CLASS(lec_sidebar_conversations_parent_class)->map(widget);
    gtk_list_box_invalidate_headers(LEC_SIDEBAR_CONVERSATIONS(widget)->list);
}

static void lec_sidebar_conversations_get_property(GObject *object, guint id, GValue *value,
                                                   GParamSpec *pspec)
{
    if (id == PROP_LIBRARY)
        g_value_set_object(value, LEC_SIDEBAR_CONVERSATIONS(object)->library);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_sidebar_conversations_set_property(GObject *object, guint id, const GValue *value,
                                                   GParamSpec *pspec)
{
    if (id == PROP_LIBRARY)
        set_library(LEC_SIDEBAR_CONVERSATIONS(object), g_value_get_object(value));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_sidebar_conversations_dispose(GObject *object)
{
    LecSidebarConversations *self = LEC_SIDEBAR_CONVERSATIONS(object);

    if (self->list)
        gtk_list_box_bind_model(self->list, NULL, NULL, NULL, NULL);
    g_clear_object(&self->items);
    g_clear_object(&self->library);
    G_OBJECT_CLASS(lec_sidebar_conversations_parent_class)->dispose(object);
}

static void lec_sidebar_conversations_class_init(LecSidebarConversationsClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_sidebar_conversations_get_property;
    object_class->set_property = lec_sidebar_conversations_set_property;
    object_class->dispose = lec_sidebar_conversations_dispose;
    widget_class->map = lec_sidebar_conversations_map;
    properties[PROP_LIBRARY] =
        g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    signals[CONVERSATION_SELECTED] =
        g_signal_new("conversation-selected", LEC_TYPE_SIDEBAR_CONVERSATIONS, G_SIGNAL_RUN_LAST, 0,
                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/sidebar-conversations.ui");
    gtk_widget_class_bind_template_child(widget_class, LecSidebarConversations, stack);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarConversations, empty);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarConversations, scroller);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarConversations, list);
    gtk_widget_class_bind_template_callback(widget_class, on_row_activated);
}

static void lec_sidebar_conversations_init(LecSidebarConversations *self)
{
    GtkAdjustment *adjustment;

    gtk_widget_init_template(GTK_WIDGET(self));
    gtk_list_box_set_header_func(self->list, update_header, NULL, NULL);
    adjustment = gtk_scrolled_window_get_vadjustment(self->scroller);
    g_signal_connect_object(adjustment, "value-changed", G_CALLBACK(on_scrolled), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(adjustment, "changed", G_CALLBACK(on_scrolled), self,
                            G_CONNECT_SWAPPED);
    update_state(self);
}
