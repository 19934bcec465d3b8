/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unicode.h: UTF-8, character classes and normal forms, as the reference tokenizers see them.
 *
 * A "code" is a code point, or, for a byte that is no part of well-formed UTF-8, UNICODE_RAW + that
 * byte. Raw bytes belong to no class and take part in no normal form; encoding them gives the byte
 * back, so any input survives. No state: any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNICODE_RAW = 0x110000 };

enum unicode_class {
    UNICODE_LETTER = 1,        /* \p{L} */
    UNICODE_NUMBER = 2,        /* \p{N} */
    UNICODE_SPACE = 4,         /* \s */
    UNICODE_DIGIT = 8,         /* what the reference's Digits pre-tokenizer isolates */
    UNICODE_UNSTABLE = 16,     /* may change or join its neighbour under NFC */
    UNICODE_BERT_REMOVED = 32, /* what the BERT normalizer drops, */
    UNICODE_BERT_SPACE = 64,   /* takes for a space, */
    UNICODE_BERT_PUNCTUATION = 128,
    UNICODE_BERT_ACCENT = 256, /* drops after decomposition, */
    UNICODE_BERT_CJK = 512,    /* puts spaces around */
};

/* Bytes of the character at text (n_bytes > 0 left) and its code. */
size_t unicode_next(const char *text, size_t n_bytes, uint32_t *code);
/* Writes a code as UTF-8 (a raw byte as itself), 1 to 4 bytes; returns their number. */
size_t unicode_put(uint32_t code, char out[4]);
unsigned unicode_classes(uint32_t code); /* enum unicode_class bits */
unsigned unicode_combining(uint32_t code);
uint32_t unicode_lower(uint32_t code); /* U+0130 apart, lower case is one code point */

/* Code points with their combining classes, for reordering. Zeroed = empty. */
struct unicode_marks {
    uint64_t *items; /* (owned) */
    size_t n, capacity;
};
void unicode_marks_free(struct unicode_marks *marks);
uint32_t unicode_mark(const struct unicode_marks *marks, size_t i);
/* Appends the canonical decomposition; false: out of memory. */
bool unicode_decompose(struct unicode_marks *marks, uint32_t code);
/* Puts combining marks into canonical order. */
void unicode_reorder(struct unicode_marks *marks);

/* True where NFC leaves the text as it is (may be false for some such texts). */
bool unicode_is_nfc(const char *text, size_t n_bytes);
/* The text in NFC, owned by the caller; NULL: out of memory. */
char *unicode_nfc(const char *text, size_t n_bytes, size_t *n_out);
