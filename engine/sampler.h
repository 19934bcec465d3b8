/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sampler.h: chooses the next token from logits.
 *
 *     struct sampler *sampler = sampler_new(n_vocab);
 *     sampler_start(sampler, &(struct sampler_options){.temperature = 0.7f, .seed = 1});
 *     status = sampler_choose(sampler, logits, allowed, &id, &err);
 *
 * Mask, then top-k, top-p, min-p on the probabilities at temperature 1, then temperature. The same
 * options, seed and logits give the same tokens (to the rounding of the machine's exp). One thread
 * at a time; nothing is allocated after sampler_new.
 */
#pragma once

#include "engine/engine.h"

struct sampler;

struct sampler_options {
    float temperature; /* 0 = greedy: the likeliest token, ties to the lowest id */
    int top_k;         /* 0 = off */
    float top_p;       /* 0 or 1 = off */
    float min_p;       /* 0 = off */
    uint64_t seed;
};

struct sampler *sampler_new(int n_vocab); /* NULL: out of memory */
void sampler_free(struct sampler *sampler);
/* Sets options and starts the random numbers of the seed. */
void sampler_start(struct sampler *sampler, const struct sampler_options *options);
/* logits [n_vocab]; allowed [n_vocab] or NULL = all. ENG_ERR_NUMERIC: NaN or +infinity among the
   allowed logits, or all of them -infinity; ENG_ERR_ARGUMENT: no token is allowed. */
enum eng_status sampler_choose(struct sampler *sampler, const float *logits, const bool *allowed,
                               int32_t *id, struct eng_err *err);
