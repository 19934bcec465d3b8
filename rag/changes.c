/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index knows; see store.c and storage.c there. */
#include "rag/changes.h"
#include "index/catalogue.h"
#include "rag/library.h"

bool rag_library_changes(RagLibrary *library, int64_t *version, GError **error)
{
    return idx_changes(library->store, version, error);
}

bool rag_library_counts(RagLibrary *library, struct rag_counts *out, GError **error)
{
    struct idx_status status;
    *out = (struct rag_counts){0};
    if (!idx_status(library->store, 0, &status, error))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(status.n_by_state); i++)
        out->documents += status.n_by_state[i];
    out->ready = status.n_by_state[IDX_READY];
    out->failed = status.n_by_state[IDX_FAILED];
    out->waiting = status.n_by_state[IDX_WAITING] + status.n_by_state[IDX_READING];
    out->conversations = status.n_conversations;
    out->answers = status.n_answers;
    return true;
}
