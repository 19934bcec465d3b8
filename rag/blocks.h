/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blocks.h: the stream in which a reader child hands over a document.
 *
 *     'B'     = kind u8 · level u8 · position u8 · flags u8 · from u32 · to u32 · text
 *     'M'     = n_pages u32 · title \0 format \0 note   (once)
 *
 * Frames, 'E' and '.' are those of frames.h. Text is UTF-8 without control characters but tab and
 * line feed. The writer lives in the child; the parser in the parent, which believes nothing:
 * sizes, text, order and positions are checked, and a stream that breaks a rule is an error, never
 * a crash.
 */
#pragma once

#include "rag/frames.h"
#include "rag/rag.h"

#define RAG_BLOCK_MAX_TEXT  (1 << 20) /* bytes of one block: longer ones are cut in two */
#define RAG_BLOCKS_MAX_TEXT (INT64_C(256) << 20) /* bytes of all blocks of a document */

enum rag_block_kind {
    RAG_BLOCK_HEADING = 1, /* level 1…6 */
    RAG_BLOCK_PARAGRAPH,
    RAG_BLOCK_LIST,  /* one item */
    RAG_BLOCK_TABLE, /* a row a line, cells joined by " | " */
    RAG_BLOCK_CODE,  /* line breaks and indentation are kept */
};
enum rag_block_flags { RAG_BLOCK_TABLE_HEADER = 1 /* the first line names the columns */ };

struct rag_block {
    enum rag_block_kind kind;
    int level;
    enum rag_position pos_kind;
    int pos_from, pos_to;
    unsigned flags;
    const char *text; /* (borrowed) */
    size_t n_bytes;
};

/* --- writing (the child) --------------------------------------------------------------------- */

struct rag_block_writer {
    struct rag_frame_writer frames;
    int64_t n_text;
};
void rag_block_writer_init(struct rag_block_writer *writer, int fd);
void rag_block_writer_clear(struct rag_block_writer *writer);
/* The text must be normalised (normalize.h); empty text writes nothing. false: stop reading. */
bool rag_block_write(struct rag_block_writer *writer, const struct rag_block *block);
bool rag_block_write_meta(struct rag_block_writer *writer, const char *title, const char *format,
                          const char *note, int n_pages);
/* Each of these two ends the stream and writes what is buffered. */
bool rag_block_write_error(struct rag_block_writer *writer, enum rag_verdict verdict,
                           const char *sentence);
bool rag_block_write_end(struct rag_block_writer *writer);

/* --- parsing (the parent) -------------------------------------------------------------------- */

struct rag_block_parser {
    struct rag_frame_parser frames; /* ended, verdict, sentence */
    /* Called for each block; its text is borrowed and only valid during the call. */
    void (*on_block)(void *data, const struct rag_block *block);
    void *data;
    /* Results: */
    char *title, *format, *note; /* (owned) */
    int n_pages;
    /* Private: */
    int64_t n_text;
    bool has_meta;
};
/* The parser must stay where it is. */
void rag_block_parser_init(struct rag_block_parser *parser,
                           void (*on_block)(void *data, const struct rag_block *block), void *data);
void rag_block_parser_clear(struct rag_block_parser *parser);
/* The next bytes of the stream, cut anywhere. false: the stream breaks a rule, *error says which.
 */
bool rag_block_parser_push(struct rag_block_parser *parser, const guint8 *bytes, size_t n,
                           GError **error);
