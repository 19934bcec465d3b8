/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writer and parser of the block stream (layout in blocks.h).
 *
 * Invariants of the parser, whatever the child sends:
 *  1. at most one frame (RAG_BLOCK_MAX_TEXT and a few bytes) and one read are buffered;
 *  2. on_block sees only valid UTF-8 without control characters, a known kind, from ≤ to;
 *  3. after an end or error frame no byte is accepted.
 * Memory is therefore bounded by the caller's own use of the blocks, and that by
 * RAG_BLOCKS_MAX_TEXT.
 */
#include "rag/blocks.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    FLUSH_BYTES = 64 << 10,
    BLOCK_HEAD = 12, /* bytes of a 'B' payload before the text */
    MAX_FRAME = 1 + BLOCK_HEAD + RAG_BLOCK_MAX_TEXT,
    MAX_POSITION = 100 * 1000 * 1000,
    MAX_SENTENCE = 2000,
};

/* --- writing --------------------------------------------------------------------------------- */

void rag_block_writer_init(struct rag_block_writer *writer, int fd)
{
    *writer = (struct rag_block_writer){.fd = fd, .buffer = g_byte_array_new()};
}

void rag_block_writer_clear(struct rag_block_writer *writer)
{
    g_clear_pointer(&writer->buffer, g_byte_array_unref);
}

static bool flush(struct rag_block_writer *writer)
{
    size_t done = 0;
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

static void put_u8(struct rag_block_writer *writer, unsigned value)
{
    guint8 byte = (guint8)value;
    g_byte_array_append(writer->buffer, &byte, 1);
}

static void put_u32(struct rag_block_writer *writer, guint32 value)
{
    guint32 little = GUINT32_TO_LE(value);
    g_byte_array_append(writer->buffer, (const guint8 *)&little, 4);
}

static void put_text(struct rag_block_writer *writer, const char *text, size_t n)
{
    g_byte_array_append(writer->buffer, (const guint8 *)text, (guint)n);
}

static void put_frame(struct rag_block_writer *writer, char type, size_t n_payload)
{
    put_u32(writer, (guint32)(1 + n_payload));
    put_u8(writer, (unsigned char)type);
}

/* Bytes of the first part of a text that is too long for one frame: whole characters, and up to a
   space where there is one in the last part. */
static size_t cut_at(const char *text, size_t n)
{
    if (n <= RAG_BLOCK_MAX_TEXT)
        return n;
    size_t cut = RAG_BLOCK_MAX_TEXT;
    while ((text[cut] & 0xc0) == 0x80)
        cut--;
    for (size_t i = cut; i > cut - 1000; i--) {
        if (text[i] == ' ' || text[i] == '\n')
            return i;
    }
    return cut;
}

bool rag_block_write(struct rag_block_writer *writer, const struct rag_block *block)
{
    const char *text = block->text;
    size_t left = block->n_bytes;
    while (left && !writer->broken) {
        size_t n = cut_at(text, left);
        writer->n_text += (int64_t)n;
        put_frame(writer, 'B', BLOCK_HEAD + n);
        put_u8(writer, block->kind);
        put_u8(writer, (unsigned)block->level);
        put_u8(writer, block->pos_kind);
        put_u8(writer, block->flags);
        put_u32(writer, (guint32)block->pos_from);
        put_u32(writer, (guint32)block->pos_to);
        put_text(writer, text, n);
        if (writer->buffer->len >= FLUSH_BYTES)
            flush(writer);
        text += n;
        left -= n;
    }
    return !writer->broken;
}

bool rag_block_write_meta(struct rag_block_writer *writer, const char *title, const char *format,
                          const char *note, int n_pages)
{
    size_t n_title = strlen(title) + 1, n_format = strlen(format) + 1, n_note = strlen(note);
    put_frame(writer, 'M', 4 + n_title + n_format + n_note);
    put_u32(writer, (guint32)n_pages);
    put_text(writer, title, n_title);
    put_text(writer, format, n_format);
    put_text(writer, note, n_note);
    return !writer->broken;
}

bool rag_block_write_error(struct rag_block_writer *writer, enum rag_verdict verdict,
                           const char *sentence)
{
    size_t n = MIN(strlen(sentence), MAX_SENTENCE);
    put_frame(writer, 'E', 1 + n);
    put_u8(writer, verdict);
    put_text(writer, sentence, n);
    return flush(writer);
}

bool rag_block_write_end(struct rag_block_writer *writer)
{
    put_frame(writer, '.', 0);
    return flush(writer);
}

/* --- parsing --------------------------------------------------------------------------------- */

void rag_block_parser_init(struct rag_block_parser *parser,
                           void (*on_block)(void *data, const struct rag_block *block), void *data)
{
    *parser =
        (struct rag_block_parser){.on_block = on_block, .data = data, .buffer = g_byte_array_new()};
}

void rag_block_parser_clear(struct rag_block_parser *parser)
{
    g_clear_pointer(&parser->sentence, g_free);
    g_clear_pointer(&parser->title, g_free);
    g_clear_pointer(&parser->format, g_free);
    g_clear_pointer(&parser->note, g_free);
    g_clear_pointer(&parser->buffer, g_byte_array_unref);
}

static bool broken(GError **error, const char *what)
{
    g_set_error(error, RAG_ERROR, RAG_ERROR_FAILED,
                "The reader sent something that is not a document (%s).", what);
    return false;
}

static guint32 get_u32(const guint8 *p)
{
    guint32 little;
    memcpy(&little, p, 4);
    return GUINT32_FROM_LE(little);
}

static bool text_ok(const guint8 *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((text[i] < 0x20 && text[i] != '\n' && text[i] != '\t') || text[i] == 0x7f)
            return false;
    }
    return g_utf8_validate((const char *)text, (gssize)n, NULL);
}

static bool parse_block(struct rag_block_parser *parser, const guint8 *p, size_t n, GError **error)
{
    if (n <= BLOCK_HEAD)
        return broken(error, "an empty block");
    struct rag_block block = {
        .kind = p[0],
        .level = p[1],
        .pos_kind = p[2],
        .flags = p[3],
        .text = (const char *)p + BLOCK_HEAD,
        .n_bytes = n - BLOCK_HEAD,
    };
    guint32 from = get_u32(p + 4), to = get_u32(p + 8);
    bool heading = block.kind == RAG_BLOCK_HEADING;
    if (block.kind < RAG_BLOCK_HEADING || block.kind > RAG_BLOCK_CODE ||
        block.flags > RAG_BLOCK_TABLE_HEADER)
        return broken(error, "an unknown kind of block");
    if (heading ? block.level < 1 || block.level > 6 : block.level != 0)
        return broken(error, "a wrong heading level");
    if (p[2] > RAG_POS_CHAPTER || from > to || to > MAX_POSITION)
        return broken(error, "an impossible position");
    if (!text_ok(p + BLOCK_HEAD, block.n_bytes))
        return broken(error, "text that is not UTF-8");
    parser->n_text += (int64_t)block.n_bytes;
    if (parser->n_text > RAG_BLOCKS_MAX_TEXT)
        return broken(error, "more text than a document may have");
    block.pos_from = (int)from;
    block.pos_to = (int)to;
    if (parser->on_block)
        parser->on_block(parser->data, &block);
    return true;
}

static bool parse_meta(struct rag_block_parser *parser, const guint8 *p, size_t n, GError **error)
{
    const guint8 *title = p + 4, *end = p + n;
    const guint8 *zero = n > 4 ? memchr(title, 0, n - 4) : NULL;
    const guint8 *zero2 = zero ? memchr(zero + 1, 0, (size_t)(end - zero - 1)) : NULL;
    if (!zero2 || parser->has_meta || get_u32(p) > MAX_POSITION)
        return broken(error, "wrong metadata");
    if (!text_ok(title, (size_t)(zero - title)) || !text_ok(zero + 1, (size_t)(zero2 - zero - 1)) ||
        !text_ok(zero2 + 1, (size_t)(end - zero2 - 1)))
        return broken(error, "metadata that is not UTF-8");
    parser->has_meta = true;
    parser->n_pages = (int)get_u32(p);
    parser->title = g_strdup((const char *)title);
    parser->format = g_strdup((const char *)zero + 1);
    parser->note = g_strndup((const char *)zero2 + 1, (size_t)(end - zero2 - 1));
    return true;
}

static bool parse_error(struct rag_block_parser *parser, const guint8 *p, size_t n, GError **error)
{
    if (n < 2 || n > 1 + MAX_SENTENCE || p[0] < RAG_VERDICT_SKIPPED || p[0] > RAG_VERDICT_FAILED ||
        !text_ok(p + 1, n - 1))
        return broken(error, "a wrong error frame");
    parser->verdict = p[0];
    parser->sentence = g_strndup((const char *)p + 1, n - 1);
    parser->ended = true;
    return true;
}

static bool parse_frame(struct rag_block_parser *parser, const guint8 *p, size_t n, GError **error)
{
    switch (p[0]) {
    case 'B':
        return parse_block(parser, p + 1, n - 1, error);
    case 'M':
        return parse_meta(parser, p + 1, n - 1, error);
    case 'E':
        return parse_error(parser, p + 1, n - 1, error);
    case '.':
        parser->ended = true;
        return n == 1 || broken(error, "a wrong end frame");
    default:
        return broken(error, "an unknown frame");
    }
}

bool rag_block_parser_push(struct rag_block_parser *parser, const guint8 *bytes, size_t n,
                           GError **error)
{
    g_byte_array_append(parser->buffer, bytes, (guint)n);
    const guint8 *data = parser->buffer->data;
    size_t at = 0, have = parser->buffer->len;
    while (have - at >= 4 && !parser->ended) {
        size_t length = get_u32(data + at);
        if (length < 1 || length > MAX_FRAME)
            return broken(error, "a frame of impossible length");
        if (have - at - 4 < length)
            break;
        if (!parse_frame(parser, data + at + 4, length, error))
            return false;
        at += 4 + length;
    }
    if (parser->ended && at < have)
        return broken(error, "bytes after the end");
    if (at)
        g_byte_array_remove_range(parser->buffer, 0, (guint)at);
    return true;
}
