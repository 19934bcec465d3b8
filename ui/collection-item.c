/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A collection as it is shown. The storage has one more than a person made: folders that belong to
 * no named collection are in one called "All". That is not shown as such: the first item is the
 * whole library, named folders included, and was last checked when its oldest part was.
 */
#include "ui/collection-item.h"
#include <glib/gi18n.h>

/* The storage's name, never translated (rag/collections.h). */
#define UNNAMED "All"

struct _LecCollectionItem {
    GObject parent;
    gint64 id, n_documents, checked_at;
    gint64 n_by_state[G_N_ELEMENTS(((struct rag_collection *)0)->n_by_state)];
    char *name;       /* (owned) */
    GPtrArray *roots; /* (owned) of struct rag_root (owned) */
};

G_DEFINE_FINAL_TYPE(LecCollectionItem, lec_collection_item, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void root_free(gpointer data)
{
    struct rag_root *root = data;

    g_free(root->path);
    g_free(root);
}

static void add_row(LecCollectionItem *self, const struct rag_collection *row)
{
    gboolean first = !self->roots->len && !self->n_documents;

    self->n_documents += row->n_documents;
    for (guint i = 0; i < G_N_ELEMENTS(self->n_by_state); i++)
        self->n_by_state[i] += row->n_by_state[i];
    for (guint i = 0; row->roots && i < row->roots->len; i++) {
        struct rag_root *root = g_memdup2(row->roots->pdata[i], sizeof *root);

        root->path = g_strdup(root->path);
        g_ptr_array_add(self->roots, root);
    }
    if (row->roots && row->roots->len)
        self->checked_at = first ? row->checked_at : MIN(self->checked_at, row->checked_at);
}

static LecCollectionItem *item_new(gint64 id, const char *name)
{
    LecCollectionItem *self = g_object_new(LEC_TYPE_COLLECTION_ITEM, NULL);

    self->id = id;
    self->name = g_strdup(name);
    return self;
}

static int compare_roots(gconstpointer a, gconstpointer b)
{
    const struct rag_root *const *x = a, *const *y = b;

    return g_strcmp0((*x)->path, (*y)->path);
}

GPtrArray *lec_collection_items(GPtrArray *rows)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(g_object_unref);
    LecCollectionItem *whole = item_new(0, _("All Documents"));

    g_ptr_array_add(items, whole);
    for (guint i = 0; i < rows->len; i++) {
        const struct rag_collection *row = rows->pdata[i];

        add_row(whole, row);
        if (g_strcmp0(row->name, UNNAMED) != 0) {
            LecCollectionItem *item = item_new(row->id, row->name);

            add_row(item, row);
            g_ptr_array_add(items, item);
        }
    }
    g_ptr_array_sort(whole->roots, compare_roots);
    return items;
}

gint64 lec_collection_item_get_id(LecCollectionItem *self)
{
    return self->id;
}

const char *lec_collection_item_get_name(LecCollectionItem *self)
{
    return self->name;
}

gint64 lec_collection_item_get_n_documents(LecCollectionItem *self)
{
    return self->n_documents;
}

gint64 lec_collection_item_get_n_in_state(LecCollectionItem *self, enum rag_document_state state)
{
    return self->n_by_state[state];
}

gint64 lec_collection_item_get_checked_at(LecCollectionItem *self)
{
    return self->checked_at;
}

guint lec_collection_item_get_n_roots(LecCollectionItem *self)
{
    return self->roots->len;
}

const struct rag_root *lec_collection_item_get_root(LecCollectionItem *self, guint index)
{
    return self->roots->pdata[index];
}

void lec_collection_item_take(LecCollectionItem *self, LecCollectionItem *other)
{
    g_return_if_fail(self->id == other->id);
    if (self == other)
        return;
    self->n_documents = other->n_documents;
    self->checked_at = other->checked_at;
    memcpy(self->n_by_state, other->n_by_state, sizeof self->n_by_state);
    g_free(self->name);
    self->name = g_strdup(other->name);
    g_ptr_array_unref(self->roots);
    self->roots = g_ptr_array_ref(other->roots);
    g_signal_emit(self, signals[CHANGED], 0);
}

static void lec_collection_item_finalize(GObject *object)
{
    LecCollectionItem *self = LEC_COLLECTION_ITEM(object);

    g_free(self->name);
    g_ptr_array_unref(self->roots);
    G_OBJECT_CLASS(lec_collection_item_parent_class)->finalize(object);
}

static void lec_collection_item_class_init(LecCollectionItemClass *class)
{
    G_OBJECT_CLASS(class)->finalize = lec_collection_item_finalize;
    signals[CHANGED] = g_signal_new("changed", LEC_TYPE_COLLECTION_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
}

static void lec_collection_item_init(LecCollectionItem *self)
{
    self->roots = g_ptr_array_new_with_free_func(root_free);
}
