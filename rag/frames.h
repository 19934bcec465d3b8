/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frames.h: how a reader child hands over anything: frames, written by the child and taken apart by
 * the parent.
 *
 *     frame = length u32 · type u8 · payload          (length counts type and payload)
 *
 * All numbers are little-endian. What the types mean is said by the two streams made of them:
 * blocks.h (a document's text) and page-stream.h (a drawn page). Two types are the same in both:
 *
 *     'E'   = verdict u8 · sentence                   (then nothing more)
 *     '.'   = end; a stream without it was cut off
 *
 * Thread rule: a writer or parser belongs to one thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define RAG_FRAME_MAX_PAYLOAD ((1 << 20) + 64) /* bytes; a longer frame breaks the stream */

/* What a document that gives nothing is. */
enum rag_verdict {
    RAG_VERDICT_SKIPPED = 1, /* by rule: empty, not text, a kind that is not read yet */
    RAG_VERDICT_FAILED,      /* damaged, encrypted … */
};

/* --- writing (the child) --------------------------------------------------------------------- */

struct rag_frame_writer {
    int fd;
    GByteArray *buffer; /* (owned) */
    bool broken;        /* the parent has gone: nothing is written any more */
};
void rag_frame_writer_init(struct rag_frame_writer *writer, int fd);
void rag_frame_writer_clear(struct rag_frame_writer *writer);
/* Begins a frame; exactly n_payload bytes must be put after it. */
void rag_frame_begin(struct rag_frame_writer *writer, char type, size_t n_payload);
void rag_frame_put_u8(struct rag_frame_writer *writer, unsigned value);
void rag_frame_put_u32(struct rag_frame_writer *writer, guint32 value);
void rag_frame_put(struct rag_frame_writer *writer, const void *bytes, size_t n);
/* Writes what has gathered, if that is worth it (or now); false: the parent has gone. */
bool rag_frame_flush(struct rag_frame_writer *writer, bool now);
/* Each of these two ends the stream and writes what is buffered. */
bool rag_frame_error(struct rag_frame_writer *writer, enum rag_verdict verdict,
                     const char *sentence);
bool rag_frame_end(struct rag_frame_writer *writer);

/* --- parsing (the parent) -------------------------------------------------------------------- */

struct rag_frame_parser {
    /* Called for each frame but 'E'; '.' comes with n = 0 and may still be refused. Bytes are
       borrowed. false: the frame breaks a rule, *error says which. */
    bool (*on_frame)(void *data, char type, const guint8 *payload, size_t n, GError **error);
    void *data;
    bool enough; /* set by on_frame: what follows is not wanted */
    /* Results: */
    bool ended;
    enum rag_verdict verdict; /* 0: none */
    char *sentence;           /* (owned) */
    /* Private: */
    GByteArray *buffer; /* (owned) */
};
void rag_frame_parser_clear(struct rag_frame_parser *parser);
/* The next bytes of the stream, cut anywhere. false: it breaks a rule, *error says which. */
bool rag_frame_parser_push(struct rag_frame_parser *parser, const guint8 *bytes, size_t n,
                           GError **error);

guint32 rag_frame_get_u32(const guint8 *bytes);
/* UTF-8 without control characters but tab and line feed? */
bool rag_frame_text_ok(const guint8 *text, size_t n);
/* Sets *error to a sentence that names the broken rule; false always. */
bool rag_frame_broken(GError **error, const char *what);
