/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The viewer's questions: a page with a quote marked, a text with a quote marked, and whether a
 * file is still what was quoted. The first two run the reader program on the open file, as indexing
 * does, with limits for somebody who waits; the quote is sought on this side, so that the child
 * learns nothing but the document.
 *
 * A source's state needs no reading where the library knows the file by size and time: then its
 * content is compared with the one that has the hash. Only a file that the library has not seen as
 * it is now is hashed.
 */
#include "rag/viewer.h"

#include "index/catalogue.h"
#include "rag/library.h"
#include "rag/page-stream.h"
#include "rag/quote.h"
#include "rag/reader-child.h"
#include "rag/reader-process.h"
#include "rag/readers/reader.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY_BYTES   (INT64_C(1) << 30)
#define MAX_FILE_BYTES (INT64_C(200) * 1000 * 1000)
enum { PAGE_SECONDS = 20, TEXT_SECONDS = 60, CHUNK = 256 << 10 };

static int open_file(const char *path, GError **error)
{
    struct rag_read_result result;
    int fd = rag_read_open(path, MAX_FILE_BYTES, &result);
    if (fd < 0 && result.outcome == RAG_READ_GONE)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, result.reason);
    else if (fd < 0)
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_FAILED, result.reason);
    rag_read_result_clear(&result);
    return fd;
}

/* Runs the reader on the file; false: *error, whoever is to blame. */
static bool run_reader(const char *path, struct rag_child_request *request,
                       GCancellable *cancellable, GError **error)
{
    g_autofree char *failure = NULL;
    request->fd = open_file(path, error);
    if (request->fd < 0)
        return false;
    request->memory_bytes = MEMORY_BYTES;
    bool ok = rag_child_run(request, &failure, cancellable, error);
    close(request->fd);
    if (ok && request->frames->verdict) {
        failure = g_strdup(request->frames->sentence);
        ok = false;
    }
    if (failure)
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_FAILED, failure);
    return ok;
}

/* --- a page ---------------------------------------------------------------------------------- */

/* Does the character stand in the line of this rectangle? */
static bool goes_on(const struct rag_rect *rect, const struct rag_char_box *box)
{
    double middle = (box->y1 + box->y2) / 2.0 / RAG_BOX_UNITS;
    return middle >= rect->y && middle <= rect->y + rect->height;
}

static void stretch_rect(struct rag_rect *rect, const struct rag_char_box *box)
{
    double x2 = MAX(rect->x + rect->width, box->x2 / (double)RAG_BOX_UNITS);
    double y2 = MAX(rect->y + rect->height, box->y2 / (double)RAG_BOX_UNITS);
    rect->x = MIN(rect->x, box->x1 / (double)RAG_BOX_UNITS);
    rect->y = MIN(rect->y, box->y1 / (double)RAG_BOX_UNITS);
    rect->width = x2 - rect->x;
    rect->height = y2 - rect->y;
}

/* One rectangle for each line of the bytes [from, to) of the page's text. */
static void put_rects(RagPage *page, const GArray *boxes, size_t from, size_t to)
{
    struct rag_rect *rect = NULL;
    guint at = (guint)g_utf8_strlen(page->text, (gssize)from);
    for (const char *p = page->text + from; p < page->text + to; p = g_utf8_next_char(p), at++) {
        const struct rag_char_box *box = &g_array_index(boxes, struct rag_char_box, at);
        if (*p == '\n')
            rect = NULL;
        if (g_unichar_isspace(g_utf8_get_char(p)) || box->x1 == box->x2)
            continue;
        if (!rect || !goes_on(rect, box)) {
            struct rag_rect first = {.x = box->x1 / (double)RAG_BOX_UNITS,
                                     .y = box->y1 / (double)RAG_BOX_UNITS};
            g_array_append_val(page->rects, first);
            rect = &g_array_index(page->rects, struct rag_rect, page->rects->len - 1);
        }
        stretch_rect(rect, box);
    }
}

RagPage *rag_draw_page(const struct rag_page_request *request, GCancellable *cancellable,
                       GError **error)
{
    g_autofree char *number = g_strdup_printf("%d", MAX(request->page, 1));
    g_autofree char *width = g_strdup_printf("%d", CLAMP(request->width, 1, RAG_PAGE_MAX_WIDTH));
    const char *arguments[] = {"draw", number, width, NULL};
    struct rag_page_parser parser;
    struct rag_child_request child = {.reader_argv = request->reader_argv,
                                      .arguments = arguments,
                                      .timeout_seconds = PAGE_SECONDS,
                                      .frames = &parser.frames};
    RagPage *page = NULL;
    size_t from, to;
    rag_page_parser_init(&parser);
    if (run_reader(request->path, &child, cancellable, error)) {
        page = g_steal_pointer(&parser.page);
        if (request->quote && parser.boxes->len &&
            rag_find_quote(page->text, request->quote, &from, &to))
            put_rects(page, parser.boxes, from, to);
    }
    rag_page_parser_clear(&parser);
    return page;
}

/* --- a text ---------------------------------------------------------------------------------- */

static void block_free(gpointer data)
{
    struct rag_text_block *block = data;
    g_free(block->text);
    g_free(block);
}

struct gathering {
    RagDocumentText *text; /* (borrowed) */
    struct rag_block_parser parser;
    size_t n_bytes;
};

static void on_block(void *data, const struct rag_block *block)
{
    struct gathering *gathering = data;
    gathering->n_bytes += block->n_bytes;
    if (gathering->n_bytes > RAG_TEXT_MAX_BYTES) {
        gathering->text->cut = true;
        gathering->parser.frames.enough = true;
        return;
    }
    struct rag_text_block *copy = g_new(struct rag_text_block, 1);
    *copy = (struct rag_text_block){
        .kind = (enum rag_text_kind)block->kind,
        .level = block->level,
        .pos_kind = block->pos_kind,
        .pos_from = block->pos_from,
        .pos_to = block->pos_to,
        .text = g_strndup(block->text, block->n_bytes),
    };
    g_ptr_array_add(gathering->text->blocks, copy);
}

/* All blocks as one text, an empty line between them; starts: (owned) where each begins. */
static char *join(const GPtrArray *blocks, int line, gsize **starts, size_t *hint)
{
    GString *all = g_string_new(NULL);
    int nearest = G_MAXINT;
    *starts = g_new(gsize, blocks->len + 1);
    *hint = 0;
    for (guint i = 0; i < blocks->len; i++) {
        const struct rag_text_block *block = blocks->pdata[i];
        int distance = ABS(block->pos_from - line);
        (*starts)[i] = all->len;
        if (line > 0 && distance < nearest) {
            nearest = distance;
            *hint = all->len;
        }
        g_string_append(all, block->text);
        g_string_append(all, "\n\n");
    }
    (*starts)[blocks->len] = all->len;
    return g_string_free(all, FALSE);
}

static void mark_quote(RagDocumentText *text, const char *quote, int line)
{
    g_autofree gsize *starts = NULL;
    size_t hint, from, to;
    g_autofree char *all = join(text->blocks, line, &starts, &hint);
    if (!rag_find_quote_near(all, quote, hint, &from, &to))
        return;
    for (guint i = 0; i < text->blocks->len; i++) {
        struct rag_text_block *block = text->blocks->pdata[i];
        size_t start = starts[i], end = start + strlen(block->text);
        if (MAX(from, start) >= MIN(to, end))
            continue;
        block->quote_from = MAX(from, start) - start;
        block->quote_to = MIN(to, end) - start;
        if (text->quote_block < 0)
            text->quote_block = (int)i;
    }
}

RagDocumentText *rag_read_text(const struct rag_text_request *request, GCancellable *cancellable,
                               GError **error)
{
    g_autofree char *name = g_path_get_basename(request->path);
    const char *arguments[] = {"read", name, NULL};
    g_autoptr(RagDocumentText) text = g_new0(RagDocumentText, 1);
    text->blocks = g_ptr_array_new_with_free_func(block_free);
    text->quote_block = -1;
    struct gathering gathering = {.text = text};
    struct rag_child_request child = {.reader_argv = request->reader_argv,
                                      .arguments = arguments,
                                      .timeout_seconds = TEXT_SECONDS,
                                      .frames = &gathering.parser.frames};
    rag_block_parser_init(&gathering.parser, on_block, &gathering);
    bool ok = run_reader(request->path, &child, cancellable, error);
    text->title = g_strdup(gathering.parser.title ? gathering.parser.title : "");
    text->format = g_strdup(gathering.parser.format ? gathering.parser.format : "");
    rag_block_parser_clear(&gathering.parser);
    if (ok && request->quote)
        mark_quote(text, request->quote, request->line);
    return ok ? g_steal_pointer(&text) : NULL;
}

void rag_document_text_free(RagDocumentText *text)
{
    if (!text)
        return;
    g_free(text->title);
    g_free(text->format);
    g_ptr_array_unref(text->blocks);
    g_free(text);
}

/* --- a source -------------------------------------------------------------------------------- */

static enum rag_source_state compare_content(const char *path, const char *hash)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree guint8 *chunk = g_malloc(CHUNK);
    int fd = open_file(path, NULL);
    ssize_t n = -1;
    while (fd >= 0 && ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR))) {
        if (n > 0)
            g_checksum_update(checksum, chunk, n);
    }
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return RAG_SOURCE_UNKNOWN;
    return strcmp(g_checksum_get_string(checksum), hash) == 0 ? RAG_SOURCE_SAME
                                                              : RAG_SOURCE_CHANGED;
}

enum rag_source_state rag_source_state(RagLibrary *library, const char *path, const char *hash)
{
    struct stat st;
    int64_t content = 0;
    g_autoptr(GError) problem = NULL;
    if (stat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? RAG_SOURCE_GONE : RAG_SOURCE_UNKNOWN;
    g_autoptr(IdxLocation) location = idx_location_get(library->store, path, &problem);
    if (!location)
        return problem ? RAG_SOURCE_UNKNOWN : RAG_SOURCE_FORGOTTEN;
    if (!hash || !*hash)
        return RAG_SOURCE_UNKNOWN;
    int64_t mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    if (st.st_size == location->size && mtime_ns == location->mtime_ns && location->content &&
        idx_content_known(library->store, hash, RAG_READER_VERSION, &content, NULL) &&
        location->content == content)
        return RAG_SOURCE_SAME;
    return compare_content(path, hash);
}
