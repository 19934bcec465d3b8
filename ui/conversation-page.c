/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation: its header bar and what it shows. */
#include "ui/conversation-page.h"
#include "app/chat.h"
#include "app/indexer.h"
#include <glib/gi18n.h>

struct _LecConversationPage {
    AdwBin parent;
    LecLibrary *library; /* (owned) */
    LecChat *chat;       /* (owned) */
    LecIndexer *indexer; /* (owned) */
    GSettings *settings; /* (owned) */
    AdwHeaderBar *header;
    gint64 conversation;
    char *title; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecConversationPage, lec_conversation_page, ADW_TYPE_BIN)

enum {
    PROP_LIBRARY = 1,
    PROP_CHAT,
    PROP_INDEXER,
    PROP_SETTINGS,
    PROP_TITLE,
    PROP_CONVERSATION,
    N_PROPS
};
static GParamSpec *properties[N_PROPS];
enum { OPEN_SOURCES, CONVERSATION_OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

void lec_conversation_page_open(LecConversationPage *self, gint64 conversation)
{
    g_return_if_fail(LEC_IS_CONVERSATION_PAGE(self));
    self->conversation = conversation;
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_CONVERSATION]);
    g_signal_emit(self, signals[CONVERSATION_OPENED], 0, conversation, self->title);
}

void lec_conversation_page_focus_composer(LecConversationPage *self)
{
    g_return_if_fail(LEC_IS_CONVERSATION_PAGE(self));
}

gboolean lec_conversation_page_stop(LecConversationPage *self)
{
    g_return_val_if_fail(LEC_IS_CONVERSATION_PAGE(self), FALSE);
    return FALSE;
}

void lec_conversation_page_activate_source(LecConversationPage *self, guint n)
{
    g_return_if_fail(LEC_IS_CONVERSATION_PAGE(self));
}

AdwHeaderBar *lec_conversation_page_get_header(LecConversationPage *self)
{
    g_return_val_if_fail(LEC_IS_CONVERSATION_PAGE(self), NULL);
    return self->header;
}

static void lec_conversation_page_get_property(GObject *object, guint id, GValue *value,
                                               GParamSpec *pspec)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(object);

    switch (id) {
    case PROP_LIBRARY:
        g_value_set_object(value, self->library);
        break;
    case PROP_CHAT:
        g_value_set_object(value, self->chat);
        break;
    case PROP_INDEXER:
        g_value_set_object(value, self->indexer);
        break;
    case PROP_SETTINGS:
        g_value_set_object(value, self->settings);
        break;
    case PROP_TITLE:
        g_value_set_string(value, self->title);
        break;
    case PROP_CONVERSATION:
        g_value_set_int64(value, self->conversation);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_conversation_page_set_property(GObject *object, guint id, const GValue *value,
                                               GParamSpec *pspec)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(object);

    switch (id) {
    case PROP_LIBRARY:
        g_set_object(&self->library, g_value_get_object(value));
        break;
    case PROP_CHAT:
        g_set_object(&self->chat, g_value_get_object(value));
        break;
    case PROP_INDEXER:
        g_set_object(&self->indexer, g_value_get_object(value));
        break;
    case PROP_SETTINGS:
        g_set_object(&self->settings, g_value_get_object(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_conversation_page_dispose(GObject *object)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(object);

    g_clear_object(&self->library);
    g_clear_object(&self->chat);
    g_clear_object(&self->indexer);
    g_clear_object(&self->settings);
    g_clear_pointer(&self->title, g_free);
    G_OBJECT_CLASS(lec_conversation_page_parent_class)->dispose(object);
}

static void lec_conversation_page_class_init(LecConversationPageClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_conversation_page_get_property;
    object_class->set_property = lec_conversation_page_set_property;
    object_class->dispose = lec_conversation_page_dispose;
    properties[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_CHAT] = g_param_spec_object("chat", NULL, NULL, LEC_TYPE_CHAT,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_INDEXER] = g_param_spec_object("indexer", NULL, NULL, LEC_TYPE_INDEXER,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_SETTINGS] = g_param_spec_object("settings", NULL, NULL, G_TYPE_SETTINGS,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_TITLE] =
        g_param_spec_string("title", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_CONVERSATION] = g_param_spec_int64("conversation", NULL, NULL, 0, G_MAXINT64, 0,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
    signals[OPEN_SOURCES] =
        g_signal_new("open-sources", LEC_TYPE_CONVERSATION_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                     NULL, G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    signals[CONVERSATION_OPENED] =
        g_signal_new("conversation-opened", LEC_TYPE_CONVERSATION_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                     NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/conversation-page.ui");
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, header);
}

static void lec_conversation_page_init(LecConversationPage *self)
{
    self->title = g_strdup("");
    gtk_widget_init_template(GTK_WIDGET(self));
}
