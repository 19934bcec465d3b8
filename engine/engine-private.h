/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine-private.h: what the files behind engine.h and embed.h share, and a door for tests.
 *
 * An engine is immutable after eng_open but for `encoder` (scratch), which `lock` guards, as it
 * guards all computing on `pool`. The lock is held for one pass at a time, never while a callback
 * runs.
 */
#pragma once

#include <pthread.h>

#include "engine/chat-format.h"
#include "engine/cpu/cpu.h"
#include "engine/decoder.h"
#include "engine/encoder.h"
#include "engine/model.h"
#include "engine/stop.h"
#include "engine/tokenizer/tokenizer.h"

struct engine {
    struct eng_model_info info;     /* its strings: (owned) */
    struct gguf *gguf;              /* (owned) the tokenizer's vocabulary lives in it */
    struct tokenizer *tokenizer;    /* (owned) */
    const struct chat_format *chat; /* NULL: none that we know */
    bool *eog;                      /* (owned) [n_vocab] ends generation */
    size_t longest_token;           /* bytes */
    struct cpu_pool *pool;          /* (owned) NULL with vocab_only, as all below */
    enum cpu_level level;
    struct model model;      /* (owned) */
    struct encoder *encoder; /* (owned) encoders only */
    pthread_mutex_t lock;
};

/* eng_open at a level below the machine's best, for tests of the kernels in place. */
enum eng_status engine_open_level(struct engine **out, const char *path,
                                  const struct eng_options *options, enum cpu_level level,
                                  struct eng_err *err);

/* Copies what the caller's version of an options struct has (its first member is its size) over
   `out`, which holds the defaults. NULL is legal; false: the size is not set. */
bool engine_options_copy(void *out, size_t out_size, const void *options);

/* ENG_OK if `engine` is of this kind and has its weights, else an error that says so. */
enum eng_status engine_require(const struct engine *engine, enum eng_model_kind kind,
                               struct eng_err *err);

/* ENG_ERR_MEMORY if `bytes` more are unlikely to fit beside what the machine runs. `what` begins
   the sentence: "The model 'x.gguf'", "A context of 4096 tokens". */
enum eng_status engine_check_memory(uint64_t bytes, const char *what, struct eng_err *err);
