/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vocabulary.h: the token texts and kinds of a GGUF file, and the way back from text to id.
 * Immutable after vocabulary_load: any thread may read.
 */
#pragma once

#include "engine/gguf.h"
#include "engine/tokenizer/tokenizer.h"

struct vocabulary {
    const struct gguf_string *texts; /* (borrowed from the gguf) as the file spells them */
    unsigned char *kinds;            /* (owned) enum tokenizer_token_kind */
    int32_t n;
    uint64_t seed;  /* of the hash: no crafted set of texts makes it quadratic */
    int32_t *slots; /* (owned) open addressing, -1 = free */
    uint32_t mask;
    int32_t *specials; /* (owned) ids that may be found in text, sorted by text */
    int32_t n_specials;
};

enum eng_status vocabulary_load(struct vocabulary *vocabulary, const struct gguf *gguf,
                                struct eng_err *err);
void vocabulary_unload(struct vocabulary *vocabulary);

/* The id of exactly this text, any kind; -1: none. */
int32_t vocabulary_find(const struct vocabulary *vocabulary, const char *text, size_t n);
/* To be called once, when the kinds are final: collects the special tokens. */
enum eng_status vocabulary_index_specials(struct vocabulary *vocabulary, struct eng_err *err);
/* The longest special token that the text begins with, -1 if none. Control tokens only count with
   `control`; user-defined ones (plain text that the model's makers wanted whole) always do. */
int32_t vocabulary_match_special(const struct vocabulary *vocabulary, const char *text, size_t n,
                                 bool control);

/* A 64-bit mix that depends on the seed; used by every hash table here. */
uint64_t vocabulary_mix(uint64_t seed, uint64_t value);
