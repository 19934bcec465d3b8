/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * documents.h: the library as a list: documents page by page, taking out and trying again.
 * collections.h has what they are grouped by, preview.h what a folder would bring.
 *
 *     struct rag_document_filter filter = {.size = sizeof filter, .order = RAG_BY_TROUBLE};
 *     g_autoptr(GPtrArray) rows = rag_documents(library, &filter, 0, 100, &error);
 *
 * Thread rule and errors as in rag.h.
 */
#pragma once

#include "rag/collections.h"
#include "rag/preview.h"
#include "rag/rag.h"

/* What a document is now. In a list the state of its root comes first: a failed file on a disk that
   is not plugged in is offline. */
enum rag_document_state {
    RAG_WAITING,
    RAG_READING,
    RAG_READY,
    RAG_FAILED,
    RAG_SKIPPED,
    RAG_OFFLINE
};

struct rag_document {
    int64_t id;
    char *path;                           /* (owned) bytes as the file system has them */
    char *title, *format, *reason, *note; /* (owned) "" where there is none */
    enum rag_document_state state;
    int64_t size, mtime_ns;
    int n_pages, n_passages, n_embedded;
};
void rag_document_free(struct rag_document *document);

enum rag_document_order {
    RAG_BY_TROUBLE, /* failed first, then by path */
    RAG_BY_NAME,    /* of the file */
    RAG_BY_FOLDER,  /* by path */
    RAG_BY_TIME,    /* of the last change, newest first */
    RAG_BY_SIZE     /* largest first */
};

struct rag_document_filter {
    size_t size;
    int64_t collection; /* 0 = all */
    const char *below;  /* NULL, or a path: itself or inside */
    const char *words;  /* NULL, or what the file's name contains (case-insensitive) */
    int states;         /* bits 1 << enum rag_document_state; 0 = all */
    enum rag_document_order order;
    bool descending; /* the other way round */
};
/* -1 on error. */
int64_t rag_documents_count(RagLibrary *library, const struct rag_document_filter *filter,
                            GError **error);
/* GPtrArray of struct rag_document: those from `offset` on, at most `limit`. */
GPtrArray *rag_documents(RagLibrary *library, const struct rag_document_filter *filter,
                         int64_t offset, int64_t limit, GError **error);

/* Takes the document, or all below the folder, out of the library; they are not added again with a
   folder that stays, until they are added by name. rag_forget erases besides, and takes the quotes
   in answers along. How many, -1 on error. */
int64_t rag_remove(RagLibrary *library, const char *path, GError **error);
/* Failed ones at or below are read again by the next rag_index; NULL: all. How many, -1 on error.
 */
int64_t rag_retry(RagLibrary *library, const char *path, GError **error);
/* "Cancel": what waits and was never read leaves the library, and is not added again with its
   folder. A changed file keeps its old text, and waits. How many, -1 on error. */
int64_t rag_drop_waiting(RagLibrary *library, GError **error);
