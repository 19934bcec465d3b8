/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bpe.h: byte-level byte-pair encoding of one word (Sennrich et al. 2016; GPT-2's byte alphabet).
 * Immutable after bpe_load; scratch is the caller's.
 */
#pragma once

#include "engine/tokenizer/ids.h"
#include "engine/tokenizer/vocabulary.h"

struct merge;

struct bpe {
    const struct vocabulary *vocabulary; /* (borrowed) */
    int32_t byte_ids[256];               /* the token of a single byte, -1: the model has none */
    struct merge *slots;                 /* (owned) (left, right) → rank, merged token */
    uint32_t mask;
    bool whole_words;         /* a word that is a token is taken before any merging (llama-bpe) */
    int32_t n_unknown_merges; /* left out: they name tokens that are not in the vocabulary, or
                                 would make a control token out of text */
};

/* Working memory, reused from word to word. Zeroed = empty. */
struct bpe_scratch {
    struct bpe_symbol *symbols; /* (owned) */
    size_t capacity;
    struct bpe_candidate *heap; /* (owned) */
    size_t heap_capacity;
};
void bpe_scratch_free(struct bpe_scratch *scratch);

/* Reads tokenizer.ggml.merges. Retypes as control the added tokens that no merge can produce and
   that look like markers, see markers.h. */
enum eng_status bpe_load(struct bpe *bpe, struct vocabulary *vocabulary, const struct gguf *gguf,
                         struct eng_err *err);
void bpe_unload(struct bpe *bpe);
/* Appends the tokens of a word; false: out of memory. */
bool bpe_encode(const struct bpe *bpe, struct bpe_scratch *scratch, const char *word, size_t n,
                struct token_ids *ids);

/* The byte that a character of GPT-2's alphabet stands for, -1: not of the alphabet. */
int bpe_alphabet_byte(uint32_t code);
