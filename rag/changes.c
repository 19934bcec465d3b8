/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index knows; see store.c and storage.c there. */
#include "rag/changes.h"
#include "rag/library.h"

bool rag_library_changes(RagLibrary *library, int64_t *version, GError **error)
{
    return idx_changes(library->store, version, error);
}
