/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * encoder.h: the forward pass of a bert model: several texts at once to one vector each.
 *
 *     struct encoder *encoder = encoder_new(&model, pool, level);
 *     encoder_run(encoder, texts, n_texts, out);
 *     encoder_free(encoder);
 *
 * Texts lie one behind the other without padding; each sees itself only. Identity rule: a text's
 * vector does not depend, to the bit, on what is computed beside it.
 */
#pragma once

#include "engine/model.h"

#define ENCODER_TEXTS 64 /* texts a pass takes at most */

struct encoder;

struct encoder_text {
    const int32_t *ids; /* (borrowed) in range, with the model's own markers */
    int n;              /* 1 … encoder_max_tokens */
};

/* NULL: out of memory. model and pool are borrowed. */
struct encoder *encoder_new(const struct model *model, struct cpu_pool *pool, enum cpu_level level);
void encoder_free(struct encoder *encoder);
uint64_t encoder_bytes(const struct model_config *config); /* that encoder_new takes */
/* Tokens that a pass takes at most: at least one text of the longest kind. */
int encoder_columns(const struct model_config *config);

/* out: [n_texts][n_embd], of length 1 (all zeros stay so). n_texts <= ENCODER_TEXTS, their tokens
   together <= encoder_columns: the caller's duty. */
void encoder_run(struct encoder *encoder, const struct encoder_text *texts, int n_texts,
                 float *const *out);
