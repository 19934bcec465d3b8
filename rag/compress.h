/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compress.h: from ranked passages to the text that the model reads, within a budget of tokens.
 *
 *     GPtrArray *pieces = rag_compress(hits, query, vector, &options, dropped, &error);
 *     for each piece: piece->hit names the document, piece->text is what is shown of it
 */
#pragma once

#include "rag/query.h"
#include "rag/rag.h"

struct rag_piece {
    const struct rag_hit *hit; /* (borrowed) */
    char *text; /* (owned) its sentences that were kept; " … " where some are not */
    int n_tokens;
    bool whole;
};
void rag_piece_free(struct rag_piece *piece);

struct rag_compress_options {
    int max_passages;
    int budget;                   /* tokens for all texts together */
    bool whole;                   /* passages are not cut; those that do not fit are left out */
    struct engine *embedder;      /* scores sentences too; NULL: words only */
    const float *question_vector; /* of the embedder; NULL without one */
    /* Tokens of the chat model in a text; a negative number is an error. */
    int (*count_tokens)(void *data, const char *text);
    void *data;
};

/*
 * GPtrArray of struct rag_piece in the order of the hits; hits that are shown get in_prompt. What
 * was left out to fit is appended to `dropped` (strings, one sentence each).
 */
GPtrArray *rag_compress(GPtrArray *hits, const RagQuery *query,
                        const struct rag_compress_options *options, GPtrArray *dropped,
                        GError **error);
