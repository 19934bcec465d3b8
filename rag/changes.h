/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * changes.h: does a library that stays open still stand, and has anybody else changed it? Cheap
 * enough to ask every second. Thread rule and errors as in rag.h.
 */
#pragma once

#include "rag/rag.h"

/* *version: another number than last time once another program or thread has written. An error,
   with its sentence, where the library is gone or another one, or where it was opened for writing
   and can be written no longer, or the other way round: close it, and open it again if that can be.
 */
bool rag_library_changes(RagLibrary *library, int64_t *version, GError **error);

struct rag_counts {
    int64_t documents, ready, failed, waiting; /* waiting: those being read included */
    int64_t conversations, answers;
};
/* What rag_status counts, without the list of problems. */
bool rag_library_counts(RagLibrary *library, struct rag_counts *out, GError **error);
