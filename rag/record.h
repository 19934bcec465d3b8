/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h: a question and its answer as they are kept in the library. */
#pragma once

#include "rag/rag.h"

/* An answer to fill in; its arrays are there, and empty. */
RagAnswer *rag_answer_new(const char *question);

/* Stores the question; the turn's id, -1 on error. */
int64_t rag_record_begin(RagLibrary *library, const char *question,
                         const struct rag_ask_options *options, int64_t *conversation,
                         GError **error);

/* What became of a question. All borrowed. */
struct rag_record {
    const RagAnswer *answer; /* NULL: none */
    const char *failure;     /* NULL, or why it ended early */
    GPtrArray *pieces;       /* of struct rag_piece: what the model was shown, may be empty */
    const struct rag_ask_options *options;
    const int32_t *tokens; /* what it generated */
    size_t n_tokens;
};
bool rag_record_end(RagLibrary *library, int64_t turn, const struct rag_record *record,
                    GError **error);
