/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markers.h: the texts of tokens that structure a conversation or a file, as model makers spell
 * them. GGUF files name only a few of them by key, and some by a wrong one, so that text is the
 * last resort for telling which tokens end generation and which must never come out of a document.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct marker {
    const char *text;
    bool ends_generation;
};

/* NULL: not one of them. */
const struct marker *marker_find(const char *text, size_t n);
