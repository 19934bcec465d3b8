/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tiny-model.h: GGUF files of small random networks, so that tests of the engine need no download.
 *
 *     g_autofree char *path = tiny_model_write(&(struct tiny_model){.arch = "qwen2"});
 *
 * The vocabulary of a decoder is the 256 byte tokens and "<|im_start|>", "<|im_end|>",
 * "<|endoftext|>"; that of an encoder five markers, the letters and a few words.
 */
#pragma once

#include <glib.h>

#include "engine/gguf.h"

struct tiny_model {
    const char *arch;    /* "llama", "qwen2", "bert"; others are written with llama's tensors */
    enum gguf_type type; /* of the matrices: F32, F16 or Q8_0 */
    bool tied;           /* no output.weight */
    float rope_factor;   /* 0 = no scaling, else linear */
    const char *rope_scaling;
    int pooling;             /* bert: 0 = mean */
    int n_context;           /* 0 = 2048 (bert 96) */
    const char *without;     /* leave this tensor out */
    const char *wrong_shape; /* give this tensor one row less */
    const char *poisoned;    /* this tensor starts with a NaN */
    guint32 seed;
};

enum {
    TINY_EMBD = 96,
    TINY_HEADS = 6,
    TINY_HEADS_KV = 2,
    TINY_HEAD_DIM = 16,
    TINY_FF = 160,
    TINY_LAYERS = 3,
    TINY_VOCAB = 259,
    TINY_BERT_VOCAB = 40,
};

/* Writes a new file below the temporary folder; (owned) path, the caller unlinks it. */
char *tiny_model_write(const struct tiny_model *model);
