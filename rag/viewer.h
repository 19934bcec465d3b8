/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * viewer.h: a document to look at: a page drawn with a quote marked on it, a text in its parts, and
 * whether a file is still what an answer quoted.
 *
 *     struct rag_page_request request = {sizeof request, reader, path, 17, 900, "three months"};
 *     g_autoptr(RagPage) page = rag_draw_page(&request, cancellable, &error);
 *
 * Documents are opened by a confined child, as when they are indexed: a hostile file cannot reach
 * the program.
 * Thread rule: rag_draw_page, rag_read_text and rag_find_quote may be called from any thread,
 * several at once; rag_source_state belongs to the library's thread. All block.
 * Errors: RAG_ERROR_FAILED with a sentence for a person, G_IO_ERROR_NOT_FOUND when the file is not
 * there any more, G_IO_ERROR_CANCELLED.
 */
#pragma once

#include "rag/rag.h"

#define RAG_PAGE_MAX_WIDTH  4096
#define RAG_PAGE_MAX_HEIGHT 8192
#define RAG_PAGE_MAX_PIXELS (16 << 20) /* a page that would have more is drawn smaller */

/* Pixels of the drawn page, from its upper left corner. */
struct rag_rect {
    double x, y, width, height;
};

struct rag_page_request {
    size_t size;
    const char *const *reader_argv; /* as in rag_library_options */
    const char *path;
    int page;          /* from 1; beyond the last: the last */
    int width;         /* wanted pixels; the height follows */
    const char *quote; /* NULL, or the passage to be found on the page */
};

struct rag_page {
    int page;                  /* the one that was drawn, from 1 */
    int width, height, stride; /* pixels; bytes a row */
    guint8 *pixels;            /* (owned) CAIRO_FORMAT_ARGB32, premultiplied, white paper */
    GArray *rects; /* (owned) of struct rag_rect: the quote, a line each; empty: not on this page */
    char *text;    /* (owned) the page's text, for screen readers */
    int n_pages;
    char *label; /* (owned) its printed number where that is another ("iv"), or NULL */
};
typedef struct rag_page RagPage;
RagPage *rag_draw_page(const struct rag_page_request *request, GCancellable *cancellable,
                       GError **error);
void rag_page_free(RagPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagPage, rag_page_free)

/* What a part of a text is; the numbers are those of the block stream (blocks.h). */
enum rag_text_kind {
    RAG_TEXT_HEADING = 1, /* level 1…6 */
    RAG_TEXT_PARAGRAPH = 2,
    RAG_TEXT_LIST = 3,  /* one item */
    RAG_TEXT_TABLE = 4, /* a row a line, cells joined by " | " */
    RAG_TEXT_CODE = 5,  /* line breaks and indentation as they are */
};

struct rag_text_block {
    enum rag_text_kind kind;
    int level;
    enum rag_position pos_kind;
    int pos_from, pos_to;
    char *text;                  /* (owned) */
    size_t quote_from, quote_to; /* bytes of the text: the quote, or its part here; 0, 0: none */
};

struct rag_text_request {
    size_t size;
    const char *const *reader_argv;
    const char *path;
    const char *quote; /* NULL, or the passage to be found */
    int line;          /* 0, or where the quote began when it was read: the nearest one counts */
};

#define RAG_TEXT_MAX_BYTES (8 << 20)
struct rag_document_text {
    char *title, *format; /* (owned) */
    GPtrArray *blocks;    /* (owned) of struct rag_text_block */
    int quote_block;      /* the first with a part of the quote; -1: not found */
    bool cut;             /* only the first RAG_TEXT_MAX_BYTES */
};
typedef struct rag_document_text RagDocumentText;
RagDocumentText *rag_read_text(const struct rag_text_request *request, GCancellable *cancellable,
                               GError **error);
void rag_document_text_free(RagDocumentText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagDocumentText, rag_document_text_free)

/*
 * Where the quote stands in the text: bytes [*from, *to). Only letters and digits count, whatever
 * their case and form, so white space, hyphenation, ligatures and marks of tables differ freely.
 * Where the whole is not there: its longest part, if that is sure.
 */
bool rag_find_quote(const char *text, const char *quote, size_t *from, size_t *to);

enum rag_source_state {
    RAG_SOURCE_SAME,
    RAG_SOURCE_CHANGED,   /* the file's content is another now */
    RAG_SOURCE_GONE,      /* there is no such file any more */
    RAG_SOURCE_FORGOTTEN, /* the file is there, but not in the library any more */
    RAG_SOURCE_UNKNOWN,   /* cannot be told: no hash was kept, or the file cannot be looked at */
};
/* Compares the file with the content (SHA-256, hex) that an answer quoted. The content is read only
   where size and time are not those that the library knows. */
enum rag_source_state rag_source_state(RagLibrary *library, const char *path, const char *hash);
