/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decoder.h: the forward pass of a llama or qwen2 model over up to DECODER_COLUMNS tokens at once.
 *
 *     struct decoder *decoder = decoder_new(&model, pool, level, n_context);
 *     decoder_run(decoder, &cache, position, ids, n, logits, 1, NULL);
 *     decoder_free(decoder);
 *
 * Identity rule: the logits of a token depend on the tokens before it only, to the bit; not on n,
 * the number of threads, or how the text was cut into calls.
 * A decoder belongs to one session; one call at a time may compute on its pool.
 */
#pragma once

#include <stdatomic.h>

#include "engine/kv-cache.h"
#include "engine/model.h"

#define DECODER_COLUMNS 256 /* tokens a pass takes at most */

struct decoder;

/* Allocates all that passes need. NULL: out of memory. model and pool are borrowed. */
struct decoder *decoder_new(const struct model *model, struct cpu_pool *pool, enum cpu_level level,
                            int n_context);
void decoder_free(struct decoder *decoder);
/* Bytes that decoder_new takes. */
uint64_t decoder_bytes(const struct model_config *config, int n_context);

/*
 * Computes tokens ids[0 … n) at `position` and on, whose predecessors are in the cache, and puts
 * their keys and values there. logits (may be NULL): [n_logits][n_vocab] for the last n_logits
 * tokens. 1 <= n <= DECODER_COLUMNS, ids in range, position + n <= n_context: the caller's duty.
 * `cancel` (may be NULL) is looked at between layers, that is at least once for each 64 tokens of
 * work; false: cancelled, and what was stored from `position` on is not to be used.
 */
bool decoder_run(struct decoder *decoder, struct kv_cache *cache, int position, const int32_t *ids,
                 int n, float *logits, int n_logits, const atomic_bool *cancel);
