/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * encoding.h: bytes of unknown encoding to UTF-8.
 *
 * Thread rule: pure functions; a decoder belongs to one thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Looks at the first bytes of a file. Returns (owned) the name of the encoding, "UTF-8" if it is
   valid or nearly so; *n_bom: bytes to leave out at the front. NULL: this is not text. */
char *rag_encoding_guess(const guint8 *head, size_t n, size_t *n_bom);

/* A stream of bytes to a stream of valid UTF-8, cut anywhere. */
struct rag_decoder {
    GIConv conv;      /* (owned) (GIConv)-1 for UTF-8 */
    GByteArray *rest; /* (owned) a character cut by the end of the last piece */
    int64_t n_bad;    /* bytes that made no character: each became U+FFFD */
};
bool rag_decoder_init(struct rag_decoder *decoder, const char *encoding);
void rag_decoder_clear(struct rag_decoder *decoder);
/* Appends the text of these bytes to out. last: nothing follows. */
void rag_decoder_push(struct rag_decoder *decoder, const guint8 *bytes, size_t n, bool last,
                      GString *out);
