/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * library.h: the library as the folder's own files see it (the rest of the program sees rag.h).
 */
#pragma once

#include "index/index.h"
#include "rag/rag.h"

struct rag_library {
    IdxStore *store;         /* (owned) for the thread that opened the library */
    struct engine *embedder; /* (borrowed) NULL: full text only */
    int64_t embedder_id;     /* its row in the store; 0 without an embedder */
    int dim;                 /* length of its vectors */
    bool read_only;          /* nothing may be stored */
    char **reader_argv;      /* (owned) NULL-terminated; NULL: this library cannot index */
};

struct rag_problem *rag_problem_new(const char *path, const char *reason, bool skipped);
void rag_problem_free(gpointer problem);

/* Sets *error to the engine's message as RAG_ERROR_MODEL; a cancellation becomes
   G_IO_ERROR_CANCELLED. Returns false always. */
bool rag_engine_error(GError **error, enum eng_status status, const struct eng_err *err);
