/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * WordPiece as BERT uses it (Devlin et al. 2019; the reference is BertNormalizer, BertPreTokenizer
 * and WordPiece of Hugging Face's tokenizers).
 *
 * Text flows code by code through: drop controls, U+FFFD and bytes that are no UTF-8; every white
 * space is a word end; CJK ideographs stand alone; canonical decomposition; drop accents; lower
 * case; punctuation stands alone; the rest gathers in a word. A word of more than 100 characters,
 * or one that cannot be covered by pieces, is one unknown token.
 *
 * In a GGUF file a piece that begins a word is spelled with U+2581 in front and a continuation
 * bare ("play", "##ing" of vocab.txt are "▁play", "ing"). A continuation that itself begins with
 * U+2581 would look like a word's beginning; such a piece is never matched, but for U+2581 alone,
 * which can be nothing else.
 */
#include "engine/tokenizer/wordpiece.h"

#include <string.h>

#include "engine/tokenizer/unicode.h"

enum {
    MAX_CHARACTERS = 100,
    BEGIN_BYTES = 3,
};
static const char BEGIN[] = "\xe2\x96\x81";

/* The word being gathered, behind the mark of a word's beginning. */
struct word {
    const struct wordpiece *wordpiece;
    struct token_ids *ids;
    char text[BEGIN_BYTES + 4 * MAX_CHARACTERS + 1];
    size_t n; /* bytes, the mark not counted */
    int n_characters;
    bool ok;
};

void wordpiece_init(struct wordpiece *w, const struct vocabulary *vocabulary, int32_t unknown)
{
    *w = (struct wordpiece){vocabulary, unknown, 0, true, true};
    for (int32_t id = 0; id < vocabulary->n; id++) {
        size_t n = vocabulary->texts[id].n;
        w->longest = n > w->longest ? n : w->longest;
    }
}

/* The longest piece at text[at…n), -1 if there is none; its length in *n_piece. */
static int32_t find_piece(const struct wordpiece *w, const char *text, size_t n, size_t *n_piece)
{
    for (size_t end = n < w->longest ? n : w->longest; end > 0; end--) {
        if (end < n && ((unsigned char)text[end] & 0xc0) == 0x80) {
            continue;
        }
        int32_t id = vocabulary_find(w->vocabulary, text, end);
        if (id >= 0 && w->vocabulary->kinds[id] != TOKEN_CONTROL) {
            *n_piece = end;
            return id;
        }
    }
    return -1;
}

static bool starts_with_mark(const char *text, size_t n)
{
    return n >= BEGIN_BYTES && memcmp(text, BEGIN, BEGIN_BYTES) == 0;
}

static bool cover_word(struct word *word)
{
    const struct wordpiece *w = word->wordpiece;
    size_t at = 0, n = BEGIN_BYTES + word->n, n_piece = 0, before = word->ids->n;
    memcpy(word->text, BEGIN, BEGIN_BYTES);
    while (word->n_characters <= MAX_CHARACTERS && at < n) {
        size_t left = n - at;
        if (at > 0 && starts_with_mark(word->text + at, left)) {
            left = BEGIN_BYTES;
        }
        int32_t id = find_piece(w, word->text + at, left, &n_piece);
        /* "▁" alone as the beginning would be a continuation that was not continued. */
        if (id < 0 || (at == 0 && n_piece <= BEGIN_BYTES)) {
            break;
        }
        if (!token_ids_push(word->ids, id)) {
            return false;
        }
        at += n_piece;
    }
    if (word->n_characters > MAX_CHARACTERS || at < n) {
        word->ids->n = before;
        return token_ids_push(word->ids, w->unknown);
    }
    return true;
}

static void end_word(struct word *word)
{
    if (word->n_characters > 0 && word->ok) {
        word->ok = cover_word(word);
    }
    word->n = 0;
    word->n_characters = 0;
}

static void add_character(struct word *word, uint32_t code)
{
    if (word->n_characters < MAX_CHARACTERS) {
        word->n += unicode_put(code, word->text + BEGIN_BYTES + word->n);
    }
    word->n_characters += word->n_characters <= MAX_CHARACTERS;
}

/* A decomposed code: accents go, case goes, punctuation stands alone. */
static void take_decomposed(struct word *word, uint32_t code)
{
    const struct wordpiece *w = word->wordpiece;
    if (w->strip_accents && (unicode_classes(code) & UNICODE_BERT_ACCENT)) {
        return;
    }
    if (w->lower_case && code == 0x130) {
        add_character(word, 'i');
        code = 0x307;
    } else if (w->lower_case) {
        code = unicode_lower(code);
    }
    if (unicode_classes(code) & UNICODE_BERT_PUNCTUATION) {
        end_word(word);
        add_character(word, code);
        end_word(word);
    } else {
        add_character(word, code);
    }
}

/* What was decomposed since the last starter, in canonical order. */
static void flush(struct word *word, struct unicode_marks *marks)
{
    unicode_reorder(marks);
    for (size_t i = 0; i < marks->n; i++) {
        take_decomposed(word, unicode_mark(marks, i));
    }
    marks->n = 0;
}

static void take(struct word *word, struct unicode_marks *marks, uint32_t code)
{
    unsigned classes = unicode_classes(code);
    if (code >= UNICODE_RAW || (classes & UNICODE_BERT_REMOVED)) {
        return;
    }
    bool apart = classes & (UNICODE_BERT_SPACE | UNICODE_BERT_CJK);
    /* A starter ends the run of marks that canonical ordering may move. */
    if (apart || unicode_combining(code) == 0) {
        flush(word, marks);
    }
    if (apart) {
        end_word(word);
    }
    if (classes & UNICODE_BERT_SPACE) {
        return;
    }
    if (word->wordpiece->strip_accents) {
        word->ok = word->ok && unicode_decompose(marks, code);
    } else {
        take_decomposed(word, code);
    }
    if (classes & UNICODE_BERT_CJK) {
        flush(word, marks);
        end_word(word);
    }
}

bool wordpiece_encode(const struct wordpiece *w, const char *text, size_t n_bytes,
                      struct token_ids *ids)
{
    struct word word = {.wordpiece = w, .ids = ids, .ok = true};
    struct unicode_marks marks = {0};
    for (size_t at = 0; at < n_bytes && word.ok;) {
        uint32_t code;
        at += unicode_next(text + at, n_bytes - at, &code);
        take(&word, &marks, code);
    }
    flush(&word, &marks);
    end_word(&word);
    unicode_marks_free(&marks);
    return word.ok;
}
