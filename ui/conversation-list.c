/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list that is read from its top, as far as somebody scrolled.
 *
 * Invariants:
 * 1. What is here is a beginning of the library's list: its first n_wanted conversations.
 * 2. At most one query is under way. What changes meanwhile makes one more afterwards.
 * 3. Every answer replaces the whole beginning by the fewest steps (list-follow.h), so that a page
 *    that was read before a change and one read after it never stand side by side.
 */
#include "ui/conversation-list.h"
#include "app/library-queries.h"
#include "ui/list-follow.h"

#define PAGE 30

struct _LecConversationList {
    GObject parent;
    LecLibrary *library; /* (owned) */
    GListStore *items;   /* (owned) of LecConversationItem */
    guint n_wanted;
    gboolean busy;  /* a query is under way; it holds a reference */
    gboolean stale; /* ask again when the answer is there */
    gboolean whole; /* there are no more */
    gboolean loading;
    char *error; /* (owned) */
};

static void lec_conversation_list_model_init(GListModelInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE(LecConversationList, lec_conversation_list, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL,
                                                    lec_conversation_list_model_init))

enum { PROP_LOADING = 1, PROP_ERROR, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static gint64 item_key(gpointer item)
{
    return lec_conversation_item_get_id(item);
}

static void item_take(gpointer kept, gpointer wanted)
{
    lec_conversation_item_take(kept, wanted);
}

static void set_outcome(LecConversationList *self, const char *error)
{
    if (g_strcmp0(self->error, error) != 0) {
        g_free(self->error);
        self->error = g_strdup(error);
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_ERROR]);
    }
    if (self->loading) {
        self->loading = FALSE;
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LOADING]);
    }
}

static void query(LecConversationList *self);

static void on_conversations(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows =
        lec_library_conversations_finish(LEC_LIBRARY(library), result, &error);
    g_autoptr(GPtrArray) items = NULL;
    g_autoptr(LecConversationList) self = data;

    self->busy = FALSE;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the library was closed */
    if (rows) {
        items = g_ptr_array_new_with_free_func(g_object_unref);
        for (guint i = 0; i < rows->len; i++)
            g_ptr_array_add(items, lec_conversation_item_new(rows->pdata[i]));
        self->whole = rows->len < self->n_wanted;
        lec_list_follow(self->items, G_MAXUINT, items, item_key, item_take);
    }
    set_outcome(self, error ? error->message : NULL);
    if (self->stale)
        query(self);
}

static void query(LecConversationList *self)
{
    if (self->busy) {
        self->stale = TRUE;
        return;
    }
    self->stale = FALSE;
    self->busy = TRUE;
    lec_library_conversations_async(self->library, 0, self->n_wanted, NULL, on_conversations,
                                    g_object_ref(self));
}

void lec_conversation_list_load_more(LecConversationList *self)
{
    g_return_if_fail(LEC_IS_CONVERSATION_LIST(self));
    if (self->busy || self->whole)
        return;
    self->n_wanted += PAGE;
    query(self);
}

LecConversationList *lec_conversation_list_new(LecLibrary *library)
{
    LecConversationList *self = g_object_new(LEC_TYPE_CONVERSATION_LIST, NULL);

    self->library = g_object_ref(library);
    g_signal_connect_object(library, "conversations-changed", G_CALLBACK(query), self,
                            G_CONNECT_SWAPPED);
    query(self);
    return self;
}

gboolean lec_conversation_list_is_loading(LecConversationList *self)
{
    return self->loading;
}

const char *lec_conversation_list_get_error(LecConversationList *self)
{
    return self->error;
}

static GType model_get_item_type(GListModel *model)
{
    return LEC_TYPE_CONVERSATION_ITEM;
}

static guint model_get_n_items(GListModel *model)
{
    return g_list_model_get_n_items(G_LIST_MODEL(LEC_CONVERSATION_LIST(model)->items));
}

static gpointer model_get_item(GListModel *model, guint position)
{
    return g_list_model_get_item(G_LIST_MODEL(LEC_CONVERSATION_LIST(model)->items), position);
}

static void lec_conversation_list_model_init(GListModelInterface *interface)
{
    interface->get_item_type = model_get_item_type;
    interface->get_n_items = model_get_n_items;
    interface->get_item = model_get_item;
}

static void lec_conversation_list_get_property(GObject *object, guint id, GValue *value,
                                               GParamSpec *pspec)
{
    LecConversationList *self = LEC_CONVERSATION_LIST(object);

    switch (id) {
    case PROP_LOADING:
        g_value_set_boolean(value, self->loading);
        break;
    case PROP_ERROR:
        g_value_set_string(value, self->error);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_conversation_list_finalize(GObject *object)
{
    LecConversationList *self = LEC_CONVERSATION_LIST(object);

    g_clear_object(&self->items);
    g_clear_object(&self->library);
    g_free(self->error);
    G_OBJECT_CLASS(lec_conversation_list_parent_class)->finalize(object);
}

static void lec_conversation_list_class_init(LecConversationListClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = lec_conversation_list_get_property;
    object_class->finalize = lec_conversation_list_finalize;
    properties[PROP_LOADING] = g_param_spec_boolean("loading", NULL, NULL, TRUE, flags);
    properties[PROP_ERROR] = g_param_spec_string("error", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void on_items_changed(GListModel *items, guint position, guint removed, guint added,
                             LecConversationList *self)
{
    g_list_model_items_changed(G_LIST_MODEL(self), position, removed, added);
}

static void lec_conversation_list_init(LecConversationList *self)
{
    self->items = g_list_store_new(LEC_TYPE_CONVERSATION_ITEM);
    self->n_wanted = PAGE;
    self->loading = TRUE;
    g_signal_connect(self->items, "items-changed", G_CALLBACK(on_items_changed), self);
}
