/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader-process.h: read one file through a child process that may crash, hang or lie.
 *
 *     struct rag_read_result result;
 *     if (rag_read_file(path, &options, on_block, data, &result, cancellable, &error)) …
 *
 * Blocks; the calling thread waits for the child. May be called from several threads at once.
 */
#pragma once

#include "rag/blocks.h"

struct rag_read_options {
    /* NULL-terminated; what is to be done is added (reader-child.h). */
    const char *const *reader_argv;
    int timeout_seconds;  /* wall clock and CPU */
    int64_t memory_bytes; /* address space */
    int64_t max_bytes;    /* larger files are skipped */
    /* NULL, or asked once the hash is known (SHA-256, hex): false = do not read, the content is
       known; the outcome is then RAG_READ_KNOWN. */
    bool (*wanted)(void *data, const char *hash);
    void (*on_block)(void *data, const struct rag_block *block);
    void *data;
};

enum rag_read_outcome {
    RAG_READ_OK,
    RAG_READ_KNOWN,
    RAG_READ_SKIPPED, /* by rule */
    RAG_READ_FAILED,  /* trying again makes no sense before the file changes */
    RAG_READ_LATER,   /* it may go well at another time */
    RAG_READ_GONE,    /* the file is not there any more */
};

struct rag_read_result {
    enum rag_read_outcome outcome;
    char hash[65];
    int64_t size, mtime_ns;      /* of what was read */
    char *reason;                /* (owned) a sentence; NULL for OK and KNOWN */
    char *title, *format, *note; /* (owned) OK only */
    int n_pages;
};
void rag_read_result_clear(struct rag_read_result *result);

/* false only for a cancellation or a fault of our own (*error); what is wrong with the document is
   an outcome with its reason. Blocks that came before a bad outcome must be thrown away. */
bool rag_read_file(const char *path, const struct rag_read_options *options,
                   struct rag_read_result *result, GCancellable *cancellable, GError **error);
/* Opens the file for reading only, without ever waiting for it; its size and time go to *result.
   -1: what is no regular file, or too large, or not there, with outcome and reason. */
int rag_read_open(const char *path, int64_t max_bytes, struct rag_read_result *result);
