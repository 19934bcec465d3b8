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

/* The child's limits travel in its environment, for it must set them itself: seccomp and limits are
   laid on after the dynamic linker has done its work. */
struct rag_reader_limits {
    int64_t memory_bytes;
    int cpu_seconds;
};
struct rag_reader_limits rag_reader_limits_from_environment(void);

struct rag_read_options {
    /* NULL-terminated command; the file's name is appended as the last argument. The document is
       file 3 of the child, the block stream file 4. */
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
