/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stop.h: when generation ends, and what text may be shown before.
 *
 *     bool *eog = stop_find_eog(gguf, tokenizer, format);
 *     struct stop_text *stop = stop_text_new(strings, n, 256);
 *     bool found = stop_text_push(stop, bytes, n_bytes);
 *     const char *text = stop_text_take(stop, false, &n);   (whole characters, to be shown)
 *
 * The check is on the host, on accepted tokens, whatever device, sampler or drafter made them.
 */
#pragma once

#include "engine/chat-format.h"
#include "engine/gguf.h"
#include "engine/tokenizer/tokenizer.h"

/* [tokenizer_size], true: the token ends generation. Owned by the caller; NULL: out of memory.
   `format` may be NULL. */
bool *stop_find_eog(const struct gguf *gguf, const struct tokenizer *tokenizer,
                    const struct chat_format *format);

struct stop_text;

/* Strings (borrowed, n of them; empty ones are ignored). max_bytes: the most bytes that will be
   pushed between two takes. NULL: out of memory. Nothing is allocated later. */
struct stop_text *stop_text_new(const char *const *strings, int n, size_t max_bytes);
void stop_text_free(struct stop_text *stop);
/* Adds a token's bytes. true: a stop string was completed; it and what follows are dropped, what
   precedes it is ready to be taken, and later pushes are ignored. */
bool stop_text_push(struct stop_text *stop, const char *bytes, size_t n_bytes);
/* The text that became certain (borrowed, valid until the next call): whole UTF-8 characters that
   cannot be the beginning of a stop string any more. With `end` also what was held back; bytes that
   are no UTF-8 come out as U+FFFD. */
const char *stop_text_take(struct stop_text *stop, bool end, size_t *n_bytes);
