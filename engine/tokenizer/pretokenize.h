/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pretokenize.h: cuts text into the words that byte-level BPE may merge within.
 *
 *     struct pretokenizer p = {.rule = rule, .text = text, .n_bytes = n};
 *     while ((n = pretokenize_next(&p, &word)) > 0) …
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum pretokenize_rule {
    PRETOKENIZE_GPT2,   /* GPT-2's regular expression */
    PRETOKENIZE_SMOLLM, /* each digit by itself, then GPT-2's between the digits */
    PRETOKENIZE_QWEN2,  /* contractions in any case, digits singly, newlines apart */
    PRETOKENIZE_LLAMA3, /* as qwen2, up to three digits together */
};

/* The rule that tokenizer.ggml.pre names (n bytes); false: not known. */
bool pretokenize_find_rule(const char *name, size_t n, enum pretokenize_rule *rule);

struct pretokenizer {
    enum pretokenize_rule rule;
    const char *text; /* (borrowed) */
    size_t n_bytes, at;
    size_t digits_at; /* smollm: where the next digit is, at most n_bytes */
};

/* Bytes of the next word, 0 at the end. The words are the text, nothing is left out. */
size_t pretokenize_next(struct pretokenizer *pretokenizer, const char **word);
