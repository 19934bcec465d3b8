/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * collections.h: roots (folders and files that a person added) in named groups.
 *
 *     g_autoptr(GPtrArray) all = rag_collections(library, &error);
 *     g_auto(GStrv) scope = rag_collection_scope(library, id, &error);   → rag_search's scope
 *
 * Thread rule and errors as in rag.h.
 */
#pragma once

#include "rag/rag.h"

struct rag_root {
    int64_t id;
    char *path; /* (owned) */
    bool is_file, offline;
};

struct rag_collection {
    int64_t id;
    char *name; /* (owned) */
    int64_t n_documents;
    int64_t n_by_state[6]; /* by enum rag_document_state */
    GPtrArray *roots;      /* (owned) of struct rag_root, by path */
    int64_t checked_at;    /* µs since 1970: all its roots were scanned since; 0 never */
};
void rag_collection_free(struct rag_collection *collection);

/* GPtrArray of struct rag_collection, by name. */
GPtrArray *rag_collections(RagLibrary *library, GError **error);
/* The id, old or new; -1 on error. */
int64_t rag_collection_make(RagLibrary *library, const char *name, GError **error);
/* Fails where another collection has the name. */
bool rag_collection_rename(RagLibrary *library, int64_t id, const char *name, GError **error);
/* Its roots go to "All"; documents stay. "All" itself cannot be deleted. */
bool rag_collection_delete(RagLibrary *library, int64_t id, GError **error);
bool rag_root_move(RagLibrary *library, int64_t root, int64_t collection, GError **error);
/* Paths of its roots, NULL-terminated: what a search is limited to. Caller frees. */
GStrv rag_collection_scope(RagLibrary *library, int64_t id, GError **error);
