/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h: an answer as it is kept in the library, with all that is needed to make it again. */
#pragma once

#include "rag/rag.h"

/* pieces: of struct rag_piece, what the model was shown (may be empty). tokens: the ids it
   generated. Sets answer->id. */
bool rag_record(RagLibrary *library, struct rag_answer *answer, GPtrArray *pieces,
                const struct rag_ask_options *options, const int32_t *tokens, size_t n_tokens,
                GError **error);
