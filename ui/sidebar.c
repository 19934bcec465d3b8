/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left pane, put together: header, search, and below them either what the search finds or the
 * conversations and collections; at the foot the job line.
 */
#include "ui/sidebar.h"
#include "ui/job-line.h"
#include "ui/sidebar-collections.h"
#include "ui/sidebar-conversations.h"
#include "ui/sidebar-search.h"

struct _LecSidebar {
    AdwBin parent;
    GtkSearchEntry *search_entry;
    GtkStack *stack;
    LecSidebarConversations *conversations;
    LecSidebarCollections *collections;
    LecSidebarSearch *search;
    LecJobLine *job_line;
    LecLibrary *library; /* (owned) */
    LecIndexer *indexer; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecSidebar, lec_sidebar, ADW_TYPE_BIN)

enum { PROP_LIBRARY = 1, PROP_INDEXER, N_PROPERTIES };
enum { CONVERSATION_SELECTED, COLLECTION_SELECTED, HITS_ACTIVATED, FAILED_SELECTED, N_SIGNALS };
static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

void lec_sidebar_focus_search(LecSidebar *self)
{
    g_return_if_fail(LEC_IS_SIDEBAR(self));
    if (self->library)
        lec_library_warm(self->library);
    gtk_widget_grab_focus(GTK_WIDGET(self->search_entry));
    gtk_editable_select_region(GTK_EDITABLE(self->search_entry), 0, -1);
}

void lec_sidebar_select_conversation(LecSidebar *self, gint64 conversation)
{
    g_return_if_fail(LEC_IS_SIDEBAR(self));
    lec_sidebar_conversations_select(self->conversations, conversation);
    lec_sidebar_collections_select(self->collections, -1);
}

void lec_sidebar_select_collection(LecSidebar *self, gint64 collection)
{
    g_return_if_fail(LEC_IS_SIDEBAR(self));
    lec_sidebar_conversations_select(self->conversations, 0);
    lec_sidebar_collections_select(self->collections, collection);
}

static void on_conversation(LecSidebar *self, gint64 id)
{
    lec_sidebar_select_conversation(self, id);
    g_signal_emit(self, signals[CONVERSATION_SELECTED], 0, id);
}

static void on_collection(LecSidebar *self, gint64 id)
{
    lec_sidebar_select_collection(self, id);
    g_signal_emit(self, signals[COLLECTION_SELECTED], 0, id);
}

static void on_hits(LecSidebar *self, GListModel *sources, guint position)
{
    g_signal_emit(self, signals[HITS_ACTIVATED], 0, sources, position);
}

static void on_failed(LecSidebar *self)
{
    lec_sidebar_select_collection(self, 0);
    g_signal_emit(self, signals[FAILED_SELECTED], 0);
}

static void on_search_changed(LecSidebar *self)
{
    const char *words = gtk_editable_get_text(GTK_EDITABLE(self->search_entry));

    lec_sidebar_search_look_for(self->search, words);
    gtk_stack_set_visible_child_name(self->stack, *words ? "search" : "browse");
}

static void on_stop_search(LecSidebar *self)
{
    gtk_editable_set_text(GTK_EDITABLE(self->search_entry), "");
}

static void on_search_activated(LecSidebar *self)
{
    lec_sidebar_search_focus_first(self->search);
}

static void lec_sidebar_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecSidebar *self = LEC_SIDEBAR(object);

    switch (id) {
    case PROP_LIBRARY:
        g_value_set_object(value, self->library);
        break;
    case PROP_INDEXER:
        g_value_set_object(value, self->indexer);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_sidebar_set_property(GObject *object, guint id, const GValue *value,
                                     GParamSpec *pspec)
{
    LecSidebar *self = LEC_SIDEBAR(object);

    switch (id) {
    case PROP_LIBRARY:
        g_set_object(&self->library, g_value_get_object(value));
        g_object_set(self->conversations, "library", self->library, NULL);
        g_object_set(self->collections, "library", self->library, NULL);
        g_object_set(self->search, "library", self->library, NULL);
        g_object_set(self->job_line, "library", self->library, NULL);
        break;
    case PROP_INDEXER:
        g_set_object(&self->indexer, g_value_get_object(value));
        g_object_set(self->job_line, "indexer", self->indexer, NULL);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_sidebar_dispose(GObject *object)
{
    LecSidebar *self = LEC_SIDEBAR(object);

    g_clear_object(&self->library);
    g_clear_object(&self->indexer);
    G_OBJECT_CLASS(lec_sidebar_parent_class)->dispose(object);
}

static void bind_template(GtkWidgetClass *class)
{
    g_type_ensure(LEC_TYPE_JOB_LINE);
    g_type_ensure(LEC_TYPE_SIDEBAR_COLLECTIONS);
    g_type_ensure(LEC_TYPE_SIDEBAR_CONVERSATIONS);
    g_type_ensure(LEC_TYPE_SIDEBAR_SEARCH);
    gtk_widget_class_set_template_from_resource(class, "/org/lectern/Lectern/ui/sidebar.ui");
    gtk_widget_class_bind_template_child(class, LecSidebar, search_entry);
    gtk_widget_class_bind_template_child(class, LecSidebar, stack);
    gtk_widget_class_bind_template_child(class, LecSidebar, conversations);
    gtk_widget_class_bind_template_child(class, LecSidebar, collections);
    gtk_widget_class_bind_template_child(class, LecSidebar, search);
    gtk_widget_class_bind_template_child(class, LecSidebar, job_line);
    gtk_widget_class_bind_template_callback(class, on_conversation);
    gtk_widget_class_bind_template_callback(class, on_collection);
    gtk_widget_class_bind_template_callback(class, on_hits);
    gtk_widget_class_bind_template_callback(class, on_failed);
    gtk_widget_class_bind_template_callback(class, on_search_changed);
    gtk_widget_class_bind_template_callback(class, on_stop_search);
    gtk_widget_class_bind_template_callback(class, on_search_activated);
}

static void lec_sidebar_class_init(LecSidebarClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = lec_sidebar_get_property;
    object_class->set_property = lec_sidebar_set_property;
    object_class->dispose = lec_sidebar_dispose;
    properties[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_INDEXER] = g_param_spec_object("indexer", NULL, NULL, LEC_TYPE_INDEXER,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    signals[CONVERSATION_SELECTED] =
        g_signal_new("conversation-selected", LEC_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                     NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
    signals[COLLECTION_SELECTED] =
        g_signal_new("collection-selected", LEC_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                     NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
    signals[HITS_ACTIVATED] =
        g_signal_new("hits-activated", LEC_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    signals[FAILED_SELECTED] = g_signal_new("failed-selected", LEC_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    bind_template(GTK_WIDGET_CLASS(class));
}

static void lec_sidebar_init(LecSidebar *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
