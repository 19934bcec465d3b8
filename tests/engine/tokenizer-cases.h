/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tokenizer-cases.h: golden files of the tokenizer (tests/tools/make-tokenizer-golden) and small
 * vocabularies made on the spot.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "engine/tokenizer/tokenizer.h"

/* The lines of a file of tests/golden as JSON objects (JsonNode, owned). */
GPtrArray *tokenizer_cases_read(const char *file);
/* Encodes the record's text with special tokens read and compares the ids; aborts on a
   difference. */
void tokenizer_case_check(const struct tokenizer *tokenizer, JsonObject *record);

/* A tokenizer over a vocabulary of its own. */
struct small_tokenizer {
    struct gguf *gguf;           /* (owned) */
    struct tokenizer *tokenizer; /* (owned) NULL: tokenizer_new failed, see err */
    struct eng_err err;
};

struct small_vocabulary {
    const char *model, *pre;   /* pre may be NULL */
    char **tokens;             /* NULL-terminated */
    const int32_t *types;      /* of each token; NULL = all normal */
    char **merges;             /* NULL-terminated; NULL = no such key */
    const char *chat_template; /* may be NULL */
    bool add_bos;
    int bos, eos; /* -1: no such key */
};
/* The 256 bytes in GPT-2's alphabet, then `more` (both NULL-terminated); g_strfreev it. */
char **small_byte_tokens(const char *const *more);
void small_tokenizer_open(struct small_tokenizer *out, const struct small_vocabulary *vocabulary);
void small_tokenizer_close(struct small_tokenizer *small);
