/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collections: the index has them; here their roots are put beside their counts. */
#include "rag/collections.h"

#include "index/catalogue.h"
#include "rag/library.h"

static void root_free(gpointer data)
{
    struct rag_root *root = data;
    g_free(root->path);
    g_free(root);
}

void rag_collection_free(struct rag_collection *collection)
{
    if (!collection)
        return;
    g_free(collection->name);
    g_ptr_array_unref(collection->roots);
    g_free(collection);
}

static struct rag_collection *collection_of(struct idx_collection *from)
{
    struct rag_collection *collection = g_new0(struct rag_collection, 1);
    collection->id = from->id;
    collection->name = g_steal_pointer(&from->name);
    collection->checked_at = from->checked_at;
    collection->roots = g_ptr_array_new_with_free_func(root_free);
    G_STATIC_ASSERT(sizeof collection->n_by_state == sizeof from->n_by_state);
    for (size_t i = 0; i < G_N_ELEMENTS(from->n_by_state); i++) {
        collection->n_by_state[i] = from->n_by_state[i];
        collection->n_documents += from->n_by_state[i];
    }
    return collection;
}

/* Takes the path out of the row. */
static void add_root(GPtrArray *collections, struct idx_root *from)
{
    for (guint i = 0; i < collections->len; i++) {
        struct rag_collection *collection = collections->pdata[i];
        if (collection->id != from->collection_id)
            continue;
        struct rag_root *root = g_new0(struct rag_root, 1);
        root->id = from->id;
        root->path = g_steal_pointer(&from->path);
        root->is_file = from->is_file;
        root->offline = from->offline;
        g_ptr_array_add(collection->roots, root);
        return;
    }
}

GPtrArray *rag_collections(RagLibrary *library, GError **error)
{
    g_autoptr(GPtrArray) counted = idx_collections(library->store, error);
    g_autoptr(GPtrArray) roots = counted ? idx_roots(library->store, error) : NULL;
    if (!roots)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)rag_collection_free);
    for (guint i = 0; i < counted->len; i++)
        g_ptr_array_add(out, collection_of(counted->pdata[i]));
    for (guint i = 0; i < roots->len; i++)
        add_root(out, roots->pdata[i]);
    return out;
}

int64_t rag_collection_make(RagLibrary *library, const char *name, GError **error)
{
    g_autofree char *clean = g_strstrip(g_strdup(name));
    return idx_collection_make(library->store, clean, error);
}

bool rag_collection_rename(RagLibrary *library, int64_t id, const char *name, GError **error)
{
    g_autofree char *clean = g_strstrip(g_strdup(name));
    return idx_collection_rename(library->store, id, clean, error);
}

bool rag_collection_delete(RagLibrary *library, int64_t id, GError **error)
{
    return idx_collection_delete(library->store, id, error);
}

bool rag_root_move(RagLibrary *library, int64_t root, int64_t collection, GError **error)
{
    return idx_root_move(library->store, root, collection, error);
}

GStrv rag_collection_scope(RagLibrary *library, int64_t id, GError **error)
{
    g_autoptr(GPtrArray) roots = idx_roots(library->store, error);
    g_autoptr(GStrvBuilder) scope = g_strv_builder_new();
    if (!roots)
        return NULL;
    for (guint i = 0; i < roots->len; i++) {
        const struct idx_root *root = roots->pdata[i];
        if (root->collection_id == id)
            g_strv_builder_add(scope, root->path);
    }
    return g_strv_builder_end(scope);
}
