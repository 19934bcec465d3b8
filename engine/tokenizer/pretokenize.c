/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The regular expressions of the models, matched by hand. L, N are \p{L}, \p{N}; X is what is
 * neither letter, number nor white space.
 *
 *   gpt-2   's|'t|'re|'ve|'m|'ll|'d | ?L+ | ?N+ | ?X+ |\s+(?!\S)|\s+
 *   smollm  every digit alone; gpt-2 on each stretch between digits (so that \s+(?!\S) sees the
 *           end of its stretch: "  5" is two words, not three)
 *   qwen2   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n L N]?L+|N| ?X+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 *   llama3  the same with N{1,3}
 *
 * \s+(?!\S) leaves the last white space before a word to that word; at the end it takes all.
 * The reference's (?i:) folds as Unicode does: U+017F is an s.
 * Each alternative looks at a character a bounded number of times, and a run that was looked at is
 * consumed but for its last character, so the whole is linear.
 * Source: tokenizer.json of the models; tests/golden/tokenizer-*.txt come from the reference.
 */
#include "engine/tokenizer/pretokenize.h"

#include <string.h>

#include "engine/tokenizer/unicode.h"

bool pretokenize_find_rule(const char *name, size_t n, enum pretokenize_rule *rule)
{
    static const struct {
        const char *name;
        enum pretokenize_rule rule;
    } rules[] = {
        {"gpt-2", PRETOKENIZE_GPT2},       {"smollm", PRETOKENIZE_SMOLLM},
        {"qwen2", PRETOKENIZE_QWEN2},      {"deepseek-r1-qwen", PRETOKENIZE_QWEN2},
        {"llama-bpe", PRETOKENIZE_LLAMA3},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strlen(rules[i].name) == n && memcmp(rules[i].name, name, n) == 0) {
            *rule = rules[i].rule;
            return true;
        }
    }
    return false;
}

struct character {
    uint32_t code;
    unsigned classes;
    size_t n; /* bytes; 0: end of the stretch */
};

static struct character look(const char *text, size_t end, size_t at)
{
    struct character c = {.n = 0};
    if (at < end) {
        c.n = unicode_next(text + at, end - at, &c.code);
        c.classes = unicode_classes(c.code);
    }
    return c;
}

static bool is_other(struct character c)
{
    return c.n && !(c.classes & (UNICODE_LETTER | UNICODE_NUMBER | UNICODE_SPACE));
}

static bool is_newline(struct character c)
{
    return c.n && (c.code == '\r' || c.code == '\n');
}

/* Past the run of characters that have one of the classes. */
static size_t run_of(const char *text, size_t end, size_t at, unsigned classes)
{
    struct character c;
    while ((c = look(text, end, at)).n && (c.classes & classes)) {
        at += c.n;
    }
    return at;
}

static size_t run_of_other(const char *text, size_t end, size_t at)
{
    struct character c;
    while (is_other(c = look(text, end, at))) {
        at += c.n;
    }
    return at;
}

static uint32_t fold(uint32_t code, bool any_case)
{
    if (any_case && code >= 'A' && code <= 'Z') {
        return code + ('a' - 'A');
    }
    return any_case && code == 0x17f ? 's' : code;
}

/* Past "'s", "'re" …, or `at` if there is none. */
static size_t contraction(const char *text, size_t end, size_t at, bool any_case)
{
    if (text[at] != '\'') {
        return at;
    }
    struct character first = look(text, end, at + 1);
    struct character second = look(text, end, at + 1 + first.n);
    uint32_t a = first.n ? fold(first.code, any_case) : 0;
    uint32_t b = second.n ? fold(second.code, any_case) : 0;
    if (a == 's' || a == 't' || a == 'm' || a == 'd') {
        return at + 1 + first.n;
    }
    if ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l')) {
        return at + 1 + first.n + second.n;
    }
    return at;
}

/* \s+(?!\S)|\s+ at a white-space character. */
static size_t white_space(const char *text, size_t end, size_t at)
{
    size_t last = at, next = at;
    struct character c;
    while ((c = look(text, end, next)).n && (c.classes & UNICODE_SPACE)) {
        last = next;
        next += c.n;
    }
    return next == end || last == at ? next : last;
}

static size_t gpt2_word(const char *text, size_t end, size_t at)
{
    size_t past = contraction(text, end, at, false);
    if (past > at) {
        return past;
    }
    size_t from = at + (text[at] == ' ');
    struct character c = look(text, end, from);
    if (c.n && (c.classes & UNICODE_LETTER)) {
        return run_of(text, end, from, UNICODE_LETTER);
    }
    if (c.n && (c.classes & UNICODE_NUMBER)) {
        return run_of(text, end, from, UNICODE_NUMBER);
    }
    if (is_other(c)) {
        return run_of_other(text, end, from);
    }
    return white_space(text, end, at);
}

/* \s*[\r\n]+: up to the last newline of the white space here; `at` if it has none. */
static size_t newlines(const char *text, size_t end, size_t at)
{
    size_t past = at;
    struct character c;
    while ((c = look(text, end, at)).n && (c.classes & UNICODE_SPACE)) {
        at += c.n;
        past = is_newline(c) ? at : past;
    }
    return past;
}

static size_t qwen2_word(const char *text, size_t end, size_t at, int max_digits)
{
    size_t past = contraction(text, end, at, true);
    if (past > at) {
        return past;
    }
    struct character c = look(text, end, at);
    struct character next = look(text, end, at + c.n);
    if (c.classes & UNICODE_LETTER) {
        return run_of(text, end, at, UNICODE_LETTER);
    }
    if (!(c.classes & UNICODE_NUMBER) && !is_newline(c) && next.n &&
        (next.classes & UNICODE_LETTER)) {
        return run_of(text, end, at + c.n, UNICODE_LETTER);
    }
    if (c.classes & UNICODE_NUMBER) {
        for (int i = 0; i < max_digits && c.n && (c.classes & UNICODE_NUMBER); i++) {
            at += c.n;
            c = look(text, end, at);
        }
        return at;
    }
    if (is_other(c) || (c.code == ' ' && is_other(next))) {
        past = run_of_other(text, end, at + (c.code == ' '));
        while (is_newline(c = look(text, end, past))) {
            past += c.n;
        }
        return past;
    }
    past = newlines(text, end, at);
    return past > at ? past : white_space(text, end, at);
}

static size_t smollm_word(struct pretokenizer *p)
{
    struct character c = look(p->text, p->n_bytes, p->at);
    if (c.classes & UNICODE_DIGIT) {
        return p->at + c.n;
    }
    if (p->digits_at <= p->at) {
        size_t at = p->at;
        while (c.n && !(c.classes & UNICODE_DIGIT)) {
            at += c.n;
            c = look(p->text, p->n_bytes, at);
        }
        p->digits_at = at;
    }
    return gpt2_word(p->text, p->digits_at, p->at);
}

size_t pretokenize_next(struct pretokenizer *p, const char **word)
{
    if (p->at >= p->n_bytes) {
        return 0;
    }
    size_t past = 0;
    switch (p->rule) {
    case PRETOKENIZE_GPT2:
        past = gpt2_word(p->text, p->n_bytes, p->at);
        break;
    case PRETOKENIZE_SMOLLM:
        past = smollm_word(p);
        break;
    case PRETOKENIZE_QWEN2:
        past = qwen2_word(p->text, p->n_bytes, p->at, 1);
        break;
    case PRETOKENIZE_LLAMA3:
        past = qwen2_word(p->text, p->n_bytes, p->at, 3);
        break;
    }
    *word = p->text + p->at;
    size_t n = past - p->at;
    p->at = past;
    return n;
}
