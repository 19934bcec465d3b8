/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writer and parser of frames (layout in frames.h).
 *
 * Invariants of the parser, whatever the child sends:
 *  1. at most one frame and one read are buffered;
 *  2. on_frame sees whole frames of at most RAG_FRAME_MAX_PAYLOAD bytes;
 *  3. after an end or error frame no byte is accepted.
 */
#include "rag/frames.h"

#include "rag/rag.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_BYTES = 64 << 10, MAX_SENTENCE = 2000 };

/* --- writing --------------------------------------------------------------------------------- */

void rag_frame_writer_init(struct rag_frame_writer *writer, int fd)
{
    *writer = (struct rag_frame_writer){.fd = fd, .buffer = g_byte_array_new()};
}

void rag_frame_writer_clear(struct rag_frame_writer *writer)
{
    g_clear_pointer(&writer->buffer, g_byte_array_unref);
}

bool rag_frame_flush(struct rag_frame_writer *writer, bool now)
{
    size_t done = 0;
    if (!now && writer->buffer->len < FLUSH_BYTES)
        return !writer->broken;
    while (done < writer->buffer->len && !writer->broken) {
        ssize_t n = write(writer->fd, writer->buffer->data + done, writer->buffer->len - done);
        if (n > 0)
            done += (size_t)n;
        else if (errno != EINTR)
            writer->broken = true;
    }
    g_byte_array_set_size(writer->buffer, 0);
    return !writer->broken;
}

void rag_frame_put(struct rag_frame_writer *writer, const void *bytes, size_t n)
{
    g_byte_array_append(writer->buffer, bytes, (guint)n);
}

void rag_frame_put_u8(struct rag_frame_writer *writer, unsigned value)
{
    rag_frame_put(writer, &(guint8){(guint8)value}, 1);
}

void rag_frame_put_u32(struct rag_frame_writer *writer, guint32 value)
{
    rag_frame_put(writer, &(guint32){GUINT32_TO_LE(value)}, 4);
}

void rag_frame_begin(struct rag_frame_writer *writer, char type, size_t n_payload)
{
    rag_frame_put_u32(writer, (guint32)(1 + n_payload));
    rag_frame_put_u8(writer, (unsigned char)type);
}

bool rag_frame_error(struct rag_frame_writer *writer, enum rag_verdict verdict,
                     const char *sentence)
{
    size_t n = MIN(strlen(sentence), MAX_SENTENCE);
    rag_frame_begin(writer, 'E', 1 + n);
    rag_frame_put_u8(writer, verdict);
    rag_frame_put(writer, sentence, n);
    return rag_frame_flush(writer, true);
}

bool rag_frame_end(struct rag_frame_writer *writer)
{
    rag_frame_begin(writer, '.', 0);
    return rag_frame_flush(writer, true);
}

/* --- parsing --------------------------------------------------------------------------------- */

void rag_frame_parser_clear(struct rag_frame_parser *parser)
{
    g_clear_pointer(&parser->sentence, g_free);
    g_clear_pointer(&parser->buffer, g_byte_array_unref);
}

bool rag_frame_broken(GError **error, const char *what)
{
    g_set_error(error, RAG_ERROR, RAG_ERROR_FAILED,
                "The reader sent something that is not a document (%s).", what);
    return false;
}

guint32 rag_frame_get_u32(const guint8 *bytes)
{
    guint32 little;
    memcpy(&little, bytes, 4);
    return GUINT32_FROM_LE(little);
}

bool rag_frame_text_ok(const guint8 *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((text[i] < 0x20 && text[i] != '\n' && text[i] != '\t') || text[i] == 0x7f)
            return false;
    }
    return g_utf8_validate((const char *)text, (gssize)n, NULL);
}

static bool parse_error(struct rag_frame_parser *parser, const guint8 *p, size_t n, GError **error)
{
    if (n < 2 || n > 1 + MAX_SENTENCE || p[0] < RAG_VERDICT_SKIPPED || p[0] > RAG_VERDICT_FAILED ||
        !rag_frame_text_ok(p + 1, n - 1))
        return rag_frame_broken(error, "a wrong error frame");
    parser->verdict = p[0];
    parser->sentence = g_strndup((const char *)p + 1, n - 1);
    parser->ended = true;
    return true;
}

static bool parse_frame(struct rag_frame_parser *parser, const guint8 *p, size_t n, GError **error)
{
    if (p[0] == 'E')
        return parse_error(parser, p + 1, n - 1, error);
    if (p[0] == '.') {
        if (n > 1)
            return rag_frame_broken(error, "a wrong end frame");
        parser->ended = true;
    }
    return parser->on_frame(parser->data, (char)p[0], p + 1, n - 1, error);
}

bool rag_frame_parser_push(struct rag_frame_parser *parser, const guint8 *bytes, size_t n,
                           GError **error)
{
    if (!parser->buffer)
        parser->buffer = g_byte_array_new();
    g_byte_array_append(parser->buffer, bytes, (guint)n);
    const guint8 *data = parser->buffer->data;
    size_t at = 0, have = parser->buffer->len;
    while (have - at >= 4 && !parser->ended) {
        size_t length = rag_frame_get_u32(data + at);
        if (length < 1 || length > 1 + RAG_FRAME_MAX_PAYLOAD)
            return rag_frame_broken(error, "a frame of impossible length");
        if (have - at - 4 < length)
            break;
        if (!parse_frame(parser, data + at + 4, length, error))
            return false;
        at += 4 + length;
    }
    if (parser->ended && at < have)
        return rag_frame_broken(error, "bytes after the end");
    if (at)
        g_byte_array_remove_range(parser->buffer, 0, (guint)at);
    return true;
}
