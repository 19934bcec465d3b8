/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writer and parser of the block stream (layout in blocks.h).
 *
 * Invariants of the parser, whatever the child sends: on_block sees only valid UTF-8 without
 * control characters, a known kind, from ≤ to, and at most RAG_BLOCKS_MAX_TEXT bytes in all. Memory
 * is bounded by that, by the caller's own use of the blocks, and by frames.c.
 */
#include "rag/blocks.h"

#include <string.h>

enum {
    BLOCK_HEAD = 12, /* bytes of a 'B' payload before the text */
    MAX_POSITION = 100 * 1000 * 1000,
};

/* --- writing --------------------------------------------------------------------------------- */

void rag_block_writer_init(struct rag_block_writer *writer, int fd)
{
    *writer = (struct rag_block_writer){0};
    rag_frame_writer_init(&writer->frames, fd);
}

void rag_block_writer_clear(struct rag_block_writer *writer)
{
    rag_frame_writer_clear(&writer->frames);
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
    struct rag_frame_writer *frames = &writer->frames;
    const char *text = block->text;
    size_t left = block->n_bytes;
    while (left && !frames->broken) {
        size_t n = cut_at(text, left);
        writer->n_text += (int64_t)n;
        rag_frame_begin(frames, 'B', BLOCK_HEAD + n);
        rag_frame_put_u8(frames, block->kind);
        rag_frame_put_u8(frames, (unsigned)block->level);
        rag_frame_put_u8(frames, block->pos_kind);
        rag_frame_put_u8(frames, block->flags);
        rag_frame_put_u32(frames, (guint32)block->pos_from);
        rag_frame_put_u32(frames, (guint32)block->pos_to);
        rag_frame_put(frames, text, n);
        rag_frame_flush(frames, false);
        text += n;
        left -= n;
    }
    return !frames->broken;
}

bool rag_block_write_meta(struct rag_block_writer *writer, const char *title, const char *format,
                          const char *note, int n_pages)
{
    struct rag_frame_writer *frames = &writer->frames;
    size_t n_title = strlen(title) + 1, n_format = strlen(format) + 1, n_note = strlen(note);
    rag_frame_begin(frames, 'M', 4 + n_title + n_format + n_note);
    rag_frame_put_u32(frames, (guint32)n_pages);
    rag_frame_put(frames, title, n_title);
    rag_frame_put(frames, format, n_format);
    rag_frame_put(frames, note, n_note);
    return !frames->broken;
}

bool rag_block_write_error(struct rag_block_writer *writer, enum rag_verdict verdict,
                           const char *sentence)
{
    return rag_frame_error(&writer->frames, verdict, sentence);
}

bool rag_block_write_end(struct rag_block_writer *writer)
{
    return rag_frame_end(&writer->frames);
}

/* --- parsing --------------------------------------------------------------------------------- */

static bool on_frame(void *data, char type, const guint8 *payload, size_t n, GError **error);

void rag_block_parser_init(struct rag_block_parser *parser,
                           void (*on_block)(void *data, const struct rag_block *block), void *data)
{
    *parser = (struct rag_block_parser){
        .frames = {.on_frame = on_frame, .data = parser}, .on_block = on_block, .data = data};
}

void rag_block_parser_clear(struct rag_block_parser *parser)
{
    rag_frame_parser_clear(&parser->frames);
    g_clear_pointer(&parser->title, g_free);
    g_clear_pointer(&parser->format, g_free);
    g_clear_pointer(&parser->note, g_free);
}

static bool parse_block(struct rag_block_parser *parser, const guint8 *p, size_t n, GError **error)
{
    if (n <= BLOCK_HEAD)
        return rag_frame_broken(error, "an empty block");
    struct rag_block block = {
        .kind = p[0],
        .level = p[1],
        .pos_kind = p[2],
        .flags = p[3],
        .text = (const char *)p + BLOCK_HEAD,
        .n_bytes = n - BLOCK_HEAD,
    };
    guint32 from = rag_frame_get_u32(p + 4), to = rag_frame_get_u32(p + 8);
    bool heading = block.kind == RAG_BLOCK_HEADING;
    if (block.kind < RAG_BLOCK_HEADING || block.kind > RAG_BLOCK_CODE ||
        block.flags > RAG_BLOCK_TABLE_HEADER)
        return rag_frame_broken(error, "an unknown kind of block");
    if (heading ? block.level < 1 || block.level > 6 : block.level != 0)
        return rag_frame_broken(error, "a wrong heading level");
    if (p[2] > RAG_POS_CHAPTER || from > to || to > MAX_POSITION)
        return rag_frame_broken(error, "an impossible position");
    if (!rag_frame_text_ok(p + BLOCK_HEAD, block.n_bytes))
        return rag_frame_broken(error, "text that is not UTF-8");
    parser->n_text += (int64_t)block.n_bytes;
    if (parser->n_text > RAG_BLOCKS_MAX_TEXT)
        return rag_frame_broken(error, "more text than a document may have");
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
    if (!zero2 || parser->has_meta || rag_frame_get_u32(p) > MAX_POSITION)
        return rag_frame_broken(error, "wrong metadata");
    if (!rag_frame_text_ok(title, (size_t)(zero - title)) ||
        !rag_frame_text_ok(zero + 1, (size_t)(zero2 - zero - 1)) ||
        !rag_frame_text_ok(zero2 + 1, (size_t)(end - zero2 - 1)))
        return rag_frame_broken(error, "metadata that is not UTF-8");
    parser->has_meta = true;
    parser->n_pages = (int)rag_frame_get_u32(p);
    parser->title = g_strdup((const char *)title);
    parser->format = g_strdup((const char *)zero + 1);
    parser->note = g_strndup((const char *)zero2 + 1, (size_t)(end - zero2 - 1));
    return true;
}

static bool on_frame(void *data, char type, const guint8 *payload, size_t n, GError **error)
{
    switch (type) {
    case 'B':
        return parse_block(data, payload, n, error);
    case 'M':
        return parse_meta(data, payload, n, error);
    case '.':
        return true;
    default:
        return rag_frame_broken(error, "an unknown frame");
    }
}

bool rag_block_parser_push(struct rag_block_parser *parser, const guint8 *bytes, size_t n,
                           GError **error)
{
    return rag_frame_parser_push(&parser->frames, bytes, n, error);
}
