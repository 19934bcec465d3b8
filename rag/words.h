/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h: what two texts can be compared by: stems of words, and exact values (numbers, names,
 * options, identifiers). Questions, sentences of answers and passages are all taken apart here, so
 * that the same thing looks the same on each side.
 *
 *     g_autoptr(RagTerms) terms = rag_terms_new("git gc keeps 1,000 of them", -1);
 *     rag_terms_has(terms, "keep")  → true;   terms->values[…].fold: "1000"
 *
 * Pure functions, callable from any thread; a RagTerms is not changed after it was made.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A run of letters and digits. */
struct rag_word {
    size_t from, to;  /* bytes of the text */
    const char *fold; /* (owned by the terms) case and accents removed */
    const char *stem; /* (owned by the terms) */
    bool stop;        /* says nothing by itself ("the") */
};

enum rag_value_kind {
    RAG_VALUE_NUMBER, /* fold: digits without separators of thousands ("1000", "3.38") */
    RAG_VALUE_CODE,   /* an option, identifier, path, version: must be found as it is written */
    RAG_VALUE_NAME,   /* a word with a capital inside a sentence */
    RAG_VALUE_QUOTED, /* between quotation marks (fold without them) */
};
struct rag_value {
    size_t from, to;
    const char *fold; /* (owned by the terms) */
    enum rag_value_kind kind;
};

struct rag_terms {
    GArray *words;       /* (owned) of struct rag_word, in order */
    GArray *values;      /* (owned) of struct rag_value, in order */
    GHashTable *stems;   /* (owned) set of the stems of words that are no stop words */
    GHashTable *numbers; /* (owned) set of the folds of numbers, small ones in words included */
    char *fold;          /* (owned) the whole text, case and accents removed, white space single */
    GStringChunk *chunk; /* (owned) all strings above */
};
typedef struct rag_terms RagTerms;

/* n_bytes -1: zero-terminated. Bytes that are no UTF-8 count as white space. */
RagTerms *rag_terms_new(const char *text, gssize n_bytes);
void rag_terms_free(RagTerms *terms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagTerms, rag_terms_free)

bool rag_terms_has(const RagTerms *terms, const char *stem);
/* Does the text hold this value? Numbers by value, the rest as a string at word borders. */
bool rag_terms_has_value(const RagTerms *terms, const struct rag_value *value);

/* Case and accents removed (NFKD, marks dropped, case-folded); caller frees. */
char *rag_fold(const char *text, gssize n_bytes);
bool rag_word_is_stop(const char *fold);
