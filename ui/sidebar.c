/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The left pane, put together: header, search, and below them either what the search finds or the
 * conversations and collections; at the foot the job line.
 */
#include "ui/sidebar.h"

struct _LecSidebar {
    AdwBin parent;
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
}

void lec_sidebar_select_conversation(LecSidebar *self, gint64 conversation)
{
    g_return_if_fail(LEC_IS_SIDEBAR(self));
}

void lec_sidebar_select_collection(LecSidebar *self, gint64 collection)
{
    g_return_if_fail(LEC_IS_SIDEBAR(self));
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
        break;
    case PROP_INDEXER:
        g_set_object(&self->indexer, g_value_get_object(value));
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
    gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class),
                                                "/org/lectern/Lectern/ui/sidebar.ui");
}

static void lec_sidebar_init(LecSidebar *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
