/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embed.h: text to vector with an encoder model (bert family).
 *
 *     eng_open(&engine, "all-minilm-l6-v2.gguf", NULL, &err);
 *     float *v = malloc(sizeof(float) * 2 * eng_embed_dim(engine));
 *     eng_embed(engine, (const char *[]){"first", "second"}, 2, v, NULL, &err);
 *
 * Thread rule as in engine.h: one computing call at a time on an engine.
 */
#pragma once

#include "engine/engine.h"

/* Length of a vector; 0 if the model is no encoder. */
int eng_embed_dim(const struct engine *engine);
/* Tokens the encoder reads at most, its own markers included; what is longer is cut. */
int eng_embed_max_tokens(const struct engine *engine);

/*
 * texts: n zero-terminated UTF-8 strings; out: [n][dim] row-major, caller's memory, L2-normalised
 * where the model says so. Texts of like length are computed together; the result does not depend
 * on what shares a batch. `cancel` is looked at between batches.
 */
enum eng_status eng_embed(struct engine *engine, const char *const *texts, size_t n, float *out,
                          const atomic_bool *cancel, struct eng_err *err);
