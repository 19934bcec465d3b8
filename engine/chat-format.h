/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat-format.h: lays a conversation out as the model's chat template would.
 *
 *     const struct chat_format *format = chat_format_find(gguf, tokenizer);
 *     if (format)
 *         chat_format_segments(format, gguf, messages, n, true, &segments, &n_segments, &err);
 *
 * The template (Jinja, tokenizer.chat_template) is recognised, not run: only one whose effect is
 * known exactly has a format. No state: any thread.
 */
#pragma once

#include "engine/gguf.h"
#include "engine/tokenizer/tokenizer.h"

struct chat_format; /* static: never freed */

/* NULL: no template, or none that we know to the letter, or its markers are no tokens here. */
const struct chat_format *chat_format_find(const struct gguf *gguf,
                                           const struct tokenizer *tokenizer);
/* The token that ends a turn, e.g. "<|im_end|>". */
const char *chat_format_end(const struct chat_format *format);
/*
 * As eng_chat_segments: *out (owned, one free()) has template text with ENG_SEGMENT_SPECIAL and
 * contents without. `gguf` is the one the format was found for. Segments belong together: to get
 * the ids of the reference, encode them with tokenizer_encode_segments, not one by one.
 */
enum eng_status chat_format_segments(const struct chat_format *format, const struct gguf *gguf,
                                     const struct eng_message *messages, size_t n_messages,
                                     bool generation_prompt, struct eng_segment **out, size_t *n,
                                     struct eng_err *err);
