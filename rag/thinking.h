/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * thinking.h: what a model thinks, parted from what it says: <think> … </think> before the answer.
 *
 *     g_autoptr(RagThinking) thinking = rag_thinking_new(false);
 *     for each piece of text: said = rag_thinking_add(thinking, text, n, &n_said) …
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct rag_thinking RagThinking;
/* begun: the prompt has already opened the tag, as some chat formats do. */
RagThinking *rag_thinking_new(bool begun);
void rag_thinking_free(RagThinking *thinking);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagThinking, rag_thinking_free)

/* Takes more text; what of it belongs to the answer (borrowed until the next call). */
const char *rag_thinking_add(RagThinking *thinking, const char *text, size_t n, size_t *n_said);
/* No more comes: what was held back as the beginning of a tag was none. */
const char *rag_thinking_end(RagThinking *thinking, size_t *n_said);
/* The tag is open: nothing has been said yet. */
bool rag_thinking_is_open(const RagThinking *thinking);
/* What was thought, trimmed; NULL if nothing was. Caller frees. */
char *rag_thinking_text(const RagThinking *thinking);
