/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One conversation in a list: a plain holder of what the library told. */
#include "ui/conversation-item.h"

struct _LecConversationItem {
    GObject parent;
    gint64 id, changed_at;
    char *title; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecConversationItem, lec_conversation_item, G_TYPE_OBJECT)

enum { PROP_ID = 1, PROP_TITLE, PROP_CHANGED_AT, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

LecConversationItem *lec_conversation_item_new(const struct rag_conversation *conversation)
{
    LecConversationItem *self = g_object_new(LEC_TYPE_CONVERSATION_ITEM, NULL);

    self->id = conversation->id;
    self->title = g_strdup(conversation->title);
    self->changed_at = conversation->changed_at;
    return self;
}

gint64 lec_conversation_item_get_id(LecConversationItem *self)
{
    return self->id;
}

const char *lec_conversation_item_get_title(LecConversationItem *self)
{
    return self->title;
}

gint64 lec_conversation_item_get_changed_at(LecConversationItem *self)
{
    return self->changed_at;
}

void lec_conversation_item_take(LecConversationItem *self, LecConversationItem *other)
{
    g_return_if_fail(self->id == other->id);
    if (self->changed_at != other->changed_at) {
        self->changed_at = other->changed_at;
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_CHANGED_AT]);
    }
    if (g_strcmp0(self->title, other->title) != 0) {
        g_free(self->title);
        self->title = g_strdup(other->title);
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TITLE]);
    }
}

static void lec_conversation_item_get_property(GObject *object, guint id, GValue *value,
                                               GParamSpec *pspec)
{
    LecConversationItem *self = LEC_CONVERSATION_ITEM(object);

    switch (id) {
    case PROP_ID:
        g_value_set_int64(value, self->id);
        break;
    case PROP_TITLE:
        g_value_set_string(value, self->title);
        break;
    case PROP_CHANGED_AT:
        g_value_set_int64(value, self->changed_at);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_conversation_item_finalize(GObject *object)
{
    g_free(LEC_CONVERSATION_ITEM(object)->title);
    G_OBJECT_CLASS(lec_conversation_item_parent_class)->finalize(object);
}

static void lec_conversation_item_class_init(LecConversationItemClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = lec_conversation_item_get_property;
    object_class->finalize = lec_conversation_item_finalize;
    properties[PROP_ID] = g_param_spec_int64("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_TITLE] = g_param_spec_string("title", NULL, NULL, NULL, flags);
    properties[PROP_CHANGED_AT] =
        g_param_spec_int64("changed-at", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void lec_conversation_item_init(LecConversationItem *self)
{
}
