/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * preview.h: what adding files and folders would bring. Walks folders as indexing does, opens no
 * file and changes nothing.
 *
 *     struct rag_preview preview;
 *     rag_preview(library, paths, n, &preview, cancellable, &error);
 *
 * Thread rule and errors as in rag.h.
 */
#pragma once

#include "rag/rag.h"

struct rag_preview {
    int64_t n_files, n_bytes; /* that would be read */
    int64_t n_known;          /* of the files found, already in the library and unchanged */
    int64_t n_left_out;       /* by rule */
    GPtrArray *left_out;      /* (owned) strings "23 files: a kind that is not read", most frequent
                                 first, at most 8 */
    GPtrArray *kinds;         /* (owned) strings "PDF: 120", most frequent first */
    GPtrArray *problems;      /* (owned) of struct rag_problem: not there, not readable, the
                                 library's own folder, not on this computer */
    double seconds;           /* about how long, from this library's own past; 0 = not known */
};
bool rag_preview(RagLibrary *library, const char *const *paths, size_t n, struct rag_preview *out,
                 GCancellable *cancellable, GError **error);
void rag_preview_clear(struct rag_preview *preview);
