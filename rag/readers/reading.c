/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading one document: see what the file is, let its reader write blocks, say how it ended. Every
 * way out writes an end or error frame; a stream without one means that the child died, and the
 * parent reports that.
 */
#include "rag/readers/reader.h"

#include "rag/normalize.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_BYTES = 64 << 10 };

G_DEFINE_QUARK(rag - read - error - quark, rag_read_error)

bool rag_reading_block(struct rag_reading *reading, enum rag_block_kind kind, int level, int from,
                       int to, unsigned flags, const char *text, gssize n_bytes)
{
    bool lined = kind == RAG_BLOCK_CODE || kind == RAG_BLOCK_TABLE;
    g_autofree char *clean = rag_normalize(text, n_bytes, lined);
    if (!*clean)
        return !reading->out->frames.broken;
    if (kind == RAG_BLOCK_HEADING && !reading->title->len)
        g_string_assign(reading->title, clean);
    reading->n_blocks++;
    struct rag_block block = {
        .kind = kind,
        .level = kind == RAG_BLOCK_HEADING ? CLAMP(level, 1, 6) : 0,
        .pos_kind = reading->pos_kind,
        .pos_from = from,
        .pos_to = MAX(from, to),
        .flags = flags,
        .text = clean,
        .n_bytes = strlen(clean),
    };
    return rag_block_write(reading->out, &block);
}

static bool read_some(int fd, guint8 *buffer, size_t size, size_t *n, GError **error)
{
    ssize_t got;
    do
        got = read(fd, buffer, size);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        g_set_error(error, RAG_READ_ERROR, RAG_READ_ERROR_FAILED, "The file cannot be read: %s.",
                    g_strerror(errno));
        return false;
    }
    *n = (size_t)got;
    return true;
}

GBytes *rag_reading_bytes(struct rag_reading *reading, GError **error)
{
    GByteArray *all = g_byte_array_new();
    guint8 buffer[HEAD_BYTES];
    for (size_t n = 1; n;) {
        if (!read_some(reading->fd, buffer, sizeof buffer, &n, error)) {
            g_byte_array_unref(all);
            return NULL;
        }
        g_byte_array_append(all, buffer, (guint)n);
    }
    return g_byte_array_free_to_bytes(all);
}

static enum rag_format detect(struct rag_reading *reading, GError **error)
{
    guint8 head[HEAD_BYTES];
    size_t n = 0;
    if (!read_some(reading->fd, head, sizeof head, &n, error))
        return RAG_FORMAT_UNREADABLE;
    lseek(reading->fd, 0, SEEK_SET);
    return rag_detect(head, n, reading->name, error);
}

static bool read_document(struct rag_reading *reading, GError **error)
{
    switch (detect(reading, error)) {
    case RAG_FORMAT_TEXT:
        return rag_reader_text(reading, error);
    case RAG_FORMAT_MARKDOWN:
        return rag_reader_markdown(reading, error);
    case RAG_FORMAT_HTML:
        return rag_reader_html(reading, error);
    case RAG_FORMAT_PDF:
        return rag_reader_pdf(reading, error);
    case RAG_FORMAT_UNREADABLE:
    default:
        return false;
    }
}

static void finish(struct rag_reading *reading)
{
    g_autofree char *title = rag_normalize(reading->title->str, -1, false);
    g_autofree char *note = rag_normalize(reading->note->str, -1, false);
    if (reading->n_blocks == 0 && reading->n_pages == 0) {
        rag_block_write_error(reading->out, RAG_VERDICT_SKIPPED, "The file has no text.");
        return;
    }
    rag_block_write_meta(reading->out, title, reading->format, note, reading->n_pages);
    rag_block_write_end(reading->out);
}

bool rag_reader_read(int fd, int fd_frames, const char *name)
{
    struct rag_block_writer out;
    rag_block_writer_init(&out, fd_frames);
    struct rag_reading reading = {
        .fd = fd,
        .name = name,
        .out = &out,
        .title = g_string_new(NULL),
        .note = g_string_new(NULL),
    };
    g_autoptr(GError) error = NULL;
    if (read_document(&reading, &error))
        finish(&reading);
    else
        rag_block_write_error(&out, (enum rag_verdict)error->code, error->message);
    bool ok = !out.frames.broken;
    g_string_free(reading.title, TRUE);
    g_string_free(reading.note, TRUE);
    rag_block_writer_clear(&out);
    return ok;
}
