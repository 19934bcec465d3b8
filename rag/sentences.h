/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sentences.h: where sentences begin and end. The splitter cuts passages at these places, citations
 * are computed per sentence of an answer and of a passage.
 *
 *     g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
 *     rag_sentences("It ends here. Dr. Ada agrees.", ranges);      → two ranges
 *
 * Pure functions, callable from any thread.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

/* Bytes [from, to) of a text. */
struct rag_range {
    size_t from, to;
};

/*
 * Appends the sentences of a zero-terminated UTF-8 text to out_ranges (array of struct rag_range),
 * in order, without the white space around them; returns how many. A line break always ends one.
 * Every byte that is not white space lies in exactly one range.
 */
size_t rag_sentences(const char *text, GArray *out_ranges);
