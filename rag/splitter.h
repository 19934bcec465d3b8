/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * splitter.h: blocks in, passages out. A passage is what is found, shown to the model and cited.
 *
 *     struct rag_splitter *splitter = rag_splitter_new(&(struct rag_splitter_options){0});
 *     for each block: rag_splitter_add(splitter, block);
 *     GPtrArray *passages = rag_splitter_finish(splitter);      → of struct idx_passage
 *
 * The document's normalised text is its blocks joined by an empty line; char_from and char_to count
 * code points in it, and the passage's text is exactly that stretch, save that a table's header row
 * is put in front of its later parts. `breaks` says where in it other pages or lines begin, as
 * exactly as the blocks know. A splitter belongs to one thread.
 */
#pragma once

#include "index/index.h"
#include "rag/blocks.h"

struct rag_splitter_options {
    /* How many tokens the embedder sees in a text; NULL: estimated from words and letters. */
    int (*count_tokens)(void *data, const char *text, size_t n_bytes);
    void *data;
    int target_tokens; /* 0 = 256 */
    int max_tokens;    /* 0 = 480 */
};

struct rag_splitter;
struct rag_splitter *rag_splitter_new(const struct rag_splitter_options *options);
void rag_splitter_free(struct rag_splitter *splitter); /* NULL is legal */
/* The block is copied. */
void rag_splitter_add(struct rag_splitter *splitter, const struct rag_block *block);
/* Passages in order (owned by the caller, with idx_passage_free as free function); once, at the
   end. */
GPtrArray *rag_splitter_finish(struct rag_splitter *splitter);
