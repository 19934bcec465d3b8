/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader-child.h: runs the reader program once, on one open document, and takes in its frames.
 *
 * Blocks; the calling thread waits for the child. May be called from several threads at once.
 */
#pragma once

#include "rag/frames.h"
#include <gio/gio.h>

/* The child's limits travel in its environment, for it must set them itself: seccomp and limits are
   laid on after the dynamic linker has done its work. */
#define RAG_READER_MEMORY  "LECTERN_READER_MEMORY"  /* bytes of address space */
#define RAG_READER_SECONDS "LECTERN_READER_SECONDS" /* of CPU */
/* Exit code of a reader that was called by a Lectern of another version. */
#define RAG_READER_OTHER_VERSION 97

struct rag_child_request {
    /* NULL-terminated: the program with its first arguments, and what is added to them. The
       document is file 3 of the child, the frames go to its file 4. */
    const char *const *reader_argv, *const *arguments;
    int fd;               /* (borrowed) the document; read from its start */
    int timeout_seconds;  /* wall clock and CPU */
    int64_t memory_bytes; /* address space */
    struct rag_frame_parser *frames;
};

/* true: the stream ended as it should, perhaps with a verdict (frames), or had enough. false:
   either *failure (owned), a sentence on what is wrong with the document; or *error, a cancellation
   or a fault of our own. */
bool rag_child_run(const struct rag_child_request *request, char **failure,
                   GCancellable *cancellable, GError **error);
