/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt.h: what the model reads: the rules, the passages as quoted data, the question last.
 */
#pragma once

#include "rag/compress.h"

/* The file and heading line that stands above passage n (from 1). Caller frees. */
char *rag_prompt_frame(const struct rag_hit *hit, int n);

/*
 * The chat with these pieces (NULL: none) laid out in the model's format; *out as eng_chat_segments
 * gives it (one free()). Nothing that comes from a document or the question can become a special
 * token.
 */
bool rag_prompt(const struct engine *engine, const char *question, GPtrArray *pieces,
                struct eng_segment **out, size_t *n, GError **error);

/* The same without documents: the question alone. */
bool rag_prompt_alone(const struct engine *engine, const char *question, struct eng_segment **out,
                      size_t *n, GError **error);

/* Tokens of text; -1 on error. */
int rag_prompt_count(const struct engine *engine, const char *text);
/* Tokens of the whole prompt; -1 on error. */
int rag_prompt_length(const struct engine *engine, const struct eng_segment *segments, size_t n);
