/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ingest.h: the two phases of indexing, called one after the other by rag_index (ingest.c).
 */
#pragma once

#include "rag/library.h"

#define RAG_MAX_FILE_BYTES INT64_C(200000000)
#define RAG_NOT_THERE      "There is no such file or folder; check how its name is written."
#define RAG_CANNOT_LOOK    "This cannot be looked at; change its permissions and index it again."

/* One call of rag_index. Belongs to the calling thread; workers see what is marked so. */
struct rag_ingest {
    RagLibrary *library;              /* (borrowed) */
    struct rag_index_options options; /* workers: read only; defaults filled in */
    struct rag_index_result *result;  /* (borrowed) */
    GCancellable *cancellable;        /* (borrowed) may be NULL */
    const char *const *paths;         /* (borrowed) NULL-terminated: what is to be done lies
                                         below; empty: everything */
    int64_t n_read_bytes;             /* of files that were read in this call */
};

void rag_ingest_progress(const struct rag_ingest *ingest, enum rag_index_phase phase,
                         const char *path, int64_t n_done, int64_t n_total);

/* Reads all documents that wait; their text can be searched one by one as they are done. */
bool rag_ingest_read(struct rag_ingest *ingest, GError **error);
/* Gives every passage its vector. */
bool rag_ingest_embed(struct rag_ingest *ingest, GError **error);
