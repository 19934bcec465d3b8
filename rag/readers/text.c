/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain text: bytes → UTF-8 → lines → outline.c, as a stream, so that a file of any size is read in
 * the same few hundred kilobytes.
 */
#include "rag/readers/encoding.h"
#include "rag/readers/outline.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, MAX_LINE = 16 << 10 };

/* Cuts complete lines off the front of `text` and hands them on. Ends are LF, CRLF, CR and form
   feed. A line beyond MAX_LINE is cut at a space, or anywhere between two characters. */
static bool take_lines(GString *text, struct rag_outline *outline, bool last)
{
    char *p = text->str, *end = text->str + text->len;
    bool ok = true;
    while (ok && p < end) {
        char *stop = p + strcspn(p, "\n\r\f");
        bool cut = stop - p > MAX_LINE;
        if (cut) {
            stop = p + MAX_LINE;
            while (((guchar)*stop & 0xc0) == 0x80)
                stop--;
            char *space = g_strrstr_len(p, stop - p, " ");
            stop = space > p ? space : stop;
        } else if (!last && stop + 1 >= end) { /* the line, or its CRLF, may go on */
            break;
        }
        g_autofree char *line = g_strndup(p, (size_t)(stop - p));
        ok = rag_outline_line(outline, line, cut);
        if (!cut && *stop == '\f')
            ok = ok && rag_outline_end(outline);
        p = cut ? stop : stop + (stop[0] == '\r' && stop[1] == '\n' ? 2 : *stop ? 1 : 0);
    }
    g_string_erase(text, 0, MIN(p, end) - text->str);
    return ok;
}

static bool stream(struct rag_reading *reading, struct rag_decoder *decoder, size_t n_bom,
                   GError **error)
{
    struct rag_outline outline;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree guint8 *chunk = g_malloc(CHUNK);
    rag_outline_init(&outline, reading);
    bool ok = lseek(reading->fd, (off_t)n_bom, SEEK_SET) >= 0, wanted = true;
    ssize_t n = 1;
    while (ok && wanted && n > 0) {
        n = read(reading->fd, chunk, CHUNK);
        if (n < 0 && errno == EINTR) {
            n = 1;
            continue;
        }
        ok = n >= 0;
        rag_decoder_push(decoder, chunk, (size_t)MAX(n, 0), n <= 0, text);
        wanted = take_lines(text, &outline, n <= 0);
    }
    if (ok && wanted)
        rag_outline_end(&outline);
    rag_outline_clear(&outline);
    if (!ok)
        g_set_error(error, RAG_READ_ERROR, RAG_READ_ERROR_FAILED, "The file cannot be read: %s.",
                    g_strerror(errno));
    return ok;
}

bool rag_reader_text(struct rag_reading *reading, GError **error)
{
    g_autofree guint8 *head = g_malloc(CHUNK);
    ssize_t n = read(reading->fd, head, CHUNK);
    size_t n_bom = 0;
    g_autofree char *encoding = rag_encoding_guess(head, (size_t)MAX(n, 0), &n_bom);
    struct rag_decoder decoder;
    reading->format = "text";
    reading->pos_kind = RAG_POS_LINE;
    if (!encoding || !rag_decoder_init(&decoder, encoding)) {
        g_set_error(error, RAG_READ_ERROR, RAG_READ_ERROR_SKIPPED,
                    "The encoding of this text is not known.");
        return false;
    }
    bool ok = stream(reading, &decoder, n_bom, error);
    if (decoder.n_bad)
        g_string_append_printf(reading->note,
                               "%" G_GINT64_FORMAT " bytes are no characters in %s and were "
                               "replaced.",
                               decoder.n_bad, encoding);
    rag_decoder_clear(&decoder);
    return ok;
}
