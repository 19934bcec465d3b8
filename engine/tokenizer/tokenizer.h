/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tokenizer.h: bytes to token ids and back, from a GGUF file's vocabulary.
 *
 * Kinds: byte-level BPE (tokenizer.ggml.model "gpt2", with the pre-tokenizer that
 * tokenizer.ggml.pre names) and WordPiece ("bert"). The gguf must outlive the tokenizer.
 * Immutable after creation: any thread may use it.
 */
#pragma once

#include "engine/gguf.h"

struct tokenizer;

enum eng_status tokenizer_new(struct tokenizer **out, const struct gguf *gguf, struct eng_err *err);
void tokenizer_free(struct tokenizer *tokenizer);

/* flags: enum eng_token_flags. WordPiece adds [CLS] and [SEP] with ENG_TOKENIZE_BOS. */
enum eng_status tokenizer_encode(const struct tokenizer *tokenizer, const char *text,
                                 size_t n_bytes, unsigned flags, int32_t **ids, size_t *n,
                                 struct eng_err *err);
/*
 * Segments as one text, as the reference tokenizes a rendered chat: special tokens are read only in
 * segments with ENG_SEGMENT_SPECIAL and never across a border, but other text on both sides of a
 * border is cut into words as if there were none (else a question that begins with a newline gets
 * ids that the model has not seen). Segments of token ids are taken as they are.
 */
enum eng_status tokenizer_encode_segments(const struct tokenizer *tokenizer,
                                          const struct eng_segment *segments, size_t n_segments,
                                          int32_t **ids, size_t *n, struct eng_err *err);
const char *tokenizer_bytes(const struct tokenizer *tokenizer, int32_t id, size_t *n_bytes);

enum tokenizer_token_kind {
    TOKEN_NORMAL = 1,
    TOKEN_UNKNOWN,
    TOKEN_CONTROL,
    TOKEN_USER,
    TOKEN_UNUSED,
    TOKEN_BYTE
};
enum tokenizer_token_kind tokenizer_kind(const struct tokenizer *tokenizer, int32_t id);
int32_t tokenizer_size(const struct tokenizer *tokenizer);
int32_t tokenizer_bos(const struct tokenizer *tokenizer); /* -1: none */
int32_t tokenizer_eos(const struct tokenizer *tokenizer);
/* The id of a special token by its text, -1 if there is none. */
int32_t tokenizer_special(const struct tokenizer *tokenizer, const char *text);
/* NULL, or one sentence that a person should see (an unknown pre-tokenizer was replaced). */
const char *tokenizer_warning(const struct tokenizer *tokenizer);
