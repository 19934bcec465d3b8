/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.h: what all readers share. A reader turns one open file into a stream of blocks; it runs
 * in the confined child, so it may crash, but it may not lie silently: what it could not read is
 * said in the note or as an error.
 *
 * Private to rag/readers/ and rag/reader-program.c. Thread rule: one reading belongs to one thread.
 */
#pragma once

#include "rag/blocks.h"
#include "rag/readers/kinds.h"

/* Rises when a reader's or the splitter's output changes: documents are then read again. */
#define RAG_READER_VERSION 3

#define RAG_READ_ERROR rag_read_error_quark()
GQuark rag_read_error_quark(void);
enum rag_read_error {
    RAG_READ_ERROR_SKIPPED = RAG_VERDICT_SKIPPED,
    RAG_READ_ERROR_FAILED = RAG_VERDICT_FAILED,
};

struct rag_reading {
    int fd;                       /* (borrowed) the document, at offset 0 */
    const char *name;             /* (borrowed) the file's name, for its ending only */
    struct rag_block_writer *out; /* (borrowed) */
    const char *format;           /* (static) "text", "markdown", "html", "pdf" */
    GString *title;               /* (owned) from metadata, else the first heading */
    GString *note;                /* (owned) what a person should know of the reading */
    enum rag_position pos_kind;
    int n_pages;
    int n_blocks;
};

/* Normalises the text and writes the block; false: stop reading (the parent has gone). Level counts
   for headings only. The first heading becomes the title if there is none yet. */
bool rag_reading_block(struct rag_reading *reading, enum rag_block_kind kind, int level, int from,
                       int to, unsigned flags, const char *text, gssize n_bytes);
/* The file's bytes from the start into memory. */
GBytes *rag_reading_bytes(struct rag_reading *reading, GError **error);

enum rag_format {
    RAG_FORMAT_UNREADABLE,
    RAG_FORMAT_TEXT,
    RAG_FORMAT_MARKDOWN,
    RAG_FORMAT_HTML,
    RAG_FORMAT_PDF,
};
/*
 * The format by content first, by the name's ending where the content leaves it open. head: the
 * first n bytes (64 KiB are plenty). UNREADABLE: *error says in a sentence why not.
 */
enum rag_format rag_detect(const guint8 *head, size_t n, const char *name, GError **error);
/* The readers. false: *error of RAG_READ_ERROR. */
bool rag_reader_text(struct rag_reading *reading, GError **error);
bool rag_reader_markdown(struct rag_reading *reading, GError **error);
bool rag_reader_html(struct rag_reading *reading, GError **error);
bool rag_reader_pdf(struct rag_reading *reading, GError **error);

/* --- what the reader program does ------------------------------------------------------------- */

/* Reads the document at fd, blocks and end go to fd_frames; false: nobody takes them any more. */
bool rag_reader_read(int fd, int fd_frames, const char *name);
/* Draws a page (from 1) of the PDF at fd, at most `width` pixels wide (page-stream.h). */
bool rag_reader_draw(int fd, int fd_frames, int page, int width);
