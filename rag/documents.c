/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The library as a list: a thin cover of the index, in the words of a person. */
#include "rag/documents.h"

#include "index/catalogue.h"
#include "rag/library.h"

G_STATIC_ASSERT((int)RAG_WAITING == (int)IDX_WAITING && (int)RAG_OFFLINE == (int)IDX_OFFLINE);
G_STATIC_ASSERT((int)RAG_BY_TROUBLE == (int)IDX_BY_TROUBLE && (int)RAG_BY_SIZE == (int)IDX_BY_SIZE);

void rag_document_free(struct rag_document *document)
{
    if (!document)
        return;
    g_free(document->path);
    g_free(document->title);
    g_free(document->format);
    g_free(document->reason);
    g_free(document->note);
    g_free(document);
}

/* --- pages of a list --------------------------------------------------------------------------
 */

static struct idx_filter to_index(const struct rag_document_filter *filter)
{
    return (struct idx_filter){
        .collection = filter->collection,
        .below = filter->below,
        .words = filter->words,
        .states = filter->states,
        .order = (enum idx_order)filter->order,
        .descending = filter->descending,
    };
}

int64_t rag_documents_count(RagLibrary *library, const struct rag_document_filter *filter,
                            GError **error)
{
    g_return_val_if_fail(filter->size == sizeof *filter, -1);
    const struct idx_filter chosen = to_index(filter);
    return idx_list_count(library->store, &chosen, error);
}

/* Takes the strings out of the location. */
static struct rag_document *document_of(struct idx_location *location)
{
    struct rag_document *document = g_new0(struct rag_document, 1);
    *document = (struct rag_document){
        .id = location->id,
        .path = g_steal_pointer(&location->path),
        .title = g_steal_pointer(&location->title),
        .format = g_steal_pointer(&location->format),
        .reason = g_steal_pointer(&location->reason),
        .note = g_steal_pointer(&location->note),
        .state = (enum rag_document_state)location->state,
        .size = location->size,
        .mtime_ns = location->mtime_ns,
        .n_pages = location->n_pages,
        .n_passages = location->n_passages,
        .n_embedded = location->n_embedded,
    };
    return document;
}

GPtrArray *rag_documents(RagLibrary *library, const struct rag_document_filter *filter,
                         int64_t offset, int64_t limit, GError **error)
{
    g_return_val_if_fail(filter->size == sizeof *filter, NULL);
    const struct idx_filter chosen = to_index(filter);
    g_autoptr(GPtrArray) rows = idx_list(library->store, &chosen, offset, limit, error);
    if (!rows)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)rag_document_free);
    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(out, document_of(rows->pdata[i]));
    return out;
}

/* --- taking out, trying again -----------------------------------------------------------------
 */

int64_t rag_remove(RagLibrary *library, const char *path, GError **error)
{
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    return idx_remove(library->store, full, error);
}

int64_t rag_retry(RagLibrary *library, const char *path, GError **error)
{
    g_autofree char *full = path ? g_canonicalize_filename(path, NULL) : NULL;
    return idx_retry(library->store, full, error);
}

int64_t rag_drop_waiting(RagLibrary *library, GError **error)
{
    return idx_drop_waiting(library->store, error);
}
