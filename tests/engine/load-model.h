/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load-model.h: a model with its pool, without the engine around it (no tokenizer). Aborts on
 * errors. */
#pragma once

#include "engine/model.h"

struct loaded {
    struct gguf *gguf;     /* (owned) */
    struct cpu_pool *pool; /* (owned) */
    struct model model;    /* (owned) */
    enum cpu_level level;
};

/* (owned) path of a starter model in $LECTERN_MODELS, else in the cache folder's lectern/models;
   whether it is there is for the caller to see. */
char *load_model_path(const char *name);

void load_model(struct loaded *out, const char *path, enum cpu_level level, int n_threads);
/* Packs all matrices anew as F32 (decoders), which takes the rounding of activations out. */
void load_model_expand(struct loaded *loaded);
void load_model_clear(struct loaded *loaded);
