/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reference.h: the forward passes once more, in double precision, one number after the other, with
 * nothing cached, packed or shared with the engine but the file reader and the dequantizers. Slow,
 * short, and meant to be checked against docs/MODEL.md by reading.
 *
 *     struct reference *ref = reference_open(path);
 *     reference_logits(ref, ids, n, 3, logits);
 */
#pragma once

#include "engine/model.h"

struct reference;

struct reference *reference_open(const char *path); /* aborts where the file is not as expected */
void reference_free(struct reference *reference);
const struct model_config *reference_config(const struct reference *reference);

/* logits [n_logits][n_vocab] of the last n_logits of n tokens (decoders). */
void reference_logits(const struct reference *reference, const int32_t *ids, int n, int n_logits,
                      double *logits);
/* out [n_embd]: the text's vector (encoders). */
void reference_embed(const struct reference *reference, const int32_t *ids, int n, double *out);
