/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quote.h: finding a passage again in the document it came from. Pure functions, any thread.
 * rag_find_quote (viewer.h) is the plain form of it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* As rag_find_quote; of several equal places the one nearest to the byte `hint` of the text. */
bool rag_find_quote_near(const char *text, const char *quote, size_t hint, size_t *from,
                         size_t *to);
