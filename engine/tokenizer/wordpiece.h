/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wordpiece.h: BERT's tokenizer: normalise, cut at spaces and punctuation, then longest match.
 * Immutable after wordpiece_init.
 */
#pragma once

#include "engine/tokenizer/ids.h"
#include "engine/tokenizer/vocabulary.h"

struct wordpiece {
    const struct vocabulary *vocabulary; /* (borrowed) */
    int32_t unknown;
    size_t longest; /* bytes of the longest token text */
    bool lower_case, strip_accents;
};

void wordpiece_init(struct wordpiece *wordpiece, const struct vocabulary *vocabulary,
                    int32_t unknown);
/* Appends the tokens of a text; false: out of memory. */
bool wordpiece_encode(const struct wordpiece *wordpiece, const char *text, size_t n_bytes,
                      struct token_ids *ids);
