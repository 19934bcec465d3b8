/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file, one child. The parent opens the file (so the child needs no path), hashes it, has the
 * child read the same open file, and turns whatever happens into an outcome:
 *
 *  1. The parent never blocks on a file: what is no regular file is not opened at all.
 *  2. Size, time and inode before hashing and after reading must agree, or the text and the hash
 *     might be of two versions: then the outcome is LATER.
 */
#include "rag/reader-process.h"

#include "rag/reader-child.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

void rag_read_result_clear(struct rag_read_result *result)
{
    g_clear_pointer(&result->reason, g_free);
    g_clear_pointer(&result->title, g_free);
    g_clear_pointer(&result->format, g_free);
    g_clear_pointer(&result->note, g_free);
}

static void G_GNUC_PRINTF(3, 4)
    conclude(struct rag_read_result *result, enum rag_read_outcome outcome, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    result->outcome = outcome;
    g_free(result->reason);
    result->reason = g_strdup_vprintf(format, args);
    va_end(args);
}

/* --- opening --------------------------------------------------------------------------------- */

static void conclude_errno(struct rag_read_result *result, const char *path, int error)
{
    struct stat st;
    bool link = lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    if (error == ENOENT && link)
        conclude(result, RAG_READ_FAILED, "The link points to a file that is not there.");
    else if (error == ENOENT || error == ENOTDIR)
        conclude(result, RAG_READ_GONE, "The file is not there any more.");
    else if (error == ELOOP)
        conclude(result, RAG_READ_FAILED, "The link leads back to itself.");
    else if (error == EACCES || error == EPERM)
        conclude(result, RAG_READ_FAILED,
                 "There is no permission to read this file; change its permissions and index it "
                 "again.");
    else
        conclude(result, RAG_READ_LATER, "The file cannot be opened: %s. It is tried again.",
                 g_strerror(error));
}

static const char *special_kind(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a named pipe";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

/* stat comes first: opening a pipe or a device can block, or do something. */
static int open_document(const char *path, int64_t max_bytes, struct stat *st,
                         struct rag_read_result *result)
{
    int fd = -1;
    *result = (struct rag_read_result){.outcome = RAG_READ_FAILED};
    if (stat(path, st) != 0 ||
        (S_ISREG(st->st_mode) &&
         ((fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) < 0 ||
          fstat(fd, st) != 0))) {
        conclude_errno(result, path, errno);
    } else if (!S_ISREG(st->st_mode)) {
        conclude(result, RAG_READ_SKIPPED, "This is %s, not a file.", special_kind(st->st_mode));
    } else if (st->st_size == 0) {
        conclude(result, RAG_READ_SKIPPED, "The file is empty.");
    } else if (st->st_size > max_bytes) {
        conclude(result, RAG_READ_SKIPPED, "The file has %.0f MB, more than the limit of %.0f MB.",
                 (double)st->st_size / 1e6, (double)max_bytes / 1e6);
    } else {
        result->size = st->st_size;
        result->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

int rag_read_open(const char *path, int64_t max_bytes, struct rag_read_result *result)
{
    struct stat st;
    return open_document(path, max_bytes, &st, result);
}

static bool unchanged(int fd, const struct stat *before)
{
    struct stat now;
    return fstat(fd, &now) == 0 && now.st_size == before->st_size &&
           now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* SHA-256 of the file; false: cancelled, or a conclusion. */
static bool hash_document(int fd, struct rag_read_result *result, GCancellable *cancellable,
                          GError **error)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree guint8 *chunk = g_malloc(CHUNK);
    off_t at = 0;
    for (;;) {
        if (g_cancellable_set_error_if_cancelled(cancellable, error))
            return false;
        ssize_t n = pread(fd, chunk, CHUNK, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            conclude(result, RAG_READ_LATER, "The file cannot be read: %s.", g_strerror(errno));
            return false;
        }
        if (n == 0)
            break;
        g_checksum_update(checksum, chunk, n);
        at += n;
    }
    g_strlcpy(result->hash, g_checksum_get_string(checksum), sizeof result->hash);
    return true;
}

/* --- the child ------------------------------------------------------------------------------- */

static void conclude_stream(struct rag_read_result *result, struct rag_block_parser *parser)
{
    const struct rag_frame_parser *frames = &parser->frames;
    if (frames->verdict) {
        conclude(result,
                 frames->verdict == RAG_VERDICT_SKIPPED ? RAG_READ_SKIPPED : RAG_READ_FAILED, "%s",
                 frames->sentence);
        return;
    }
    result->outcome = RAG_READ_OK;
    result->title = g_strdup(parser->title ? parser->title : "");
    result->format = g_strdup(parser->format ? parser->format : "");
    result->note = g_strdup(parser->note ? parser->note : "");
    result->n_pages = parser->n_pages;
}

static bool read_in_child(const char *path, int fd, const struct rag_read_options *options,
                          struct rag_read_result *result, GCancellable *cancellable, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    const char *arguments[] = {"read", name, NULL};
    g_autofree char *failure = NULL;
    struct rag_block_parser parser;
    struct rag_child_request request = {
        .reader_argv = options->reader_argv,
        .arguments = arguments,
        .fd = fd,
        .timeout_seconds = options->timeout_seconds,
        .memory_bytes = options->memory_bytes,
        .frames = &parser.frames,
    };
    rag_block_parser_init(&parser, options->on_block, options->data);
    bool ended = rag_child_run(&request, &failure, cancellable, error);
    if (ended)
        conclude_stream(result, &parser);
    else if (failure)
        conclude(result, RAG_READ_FAILED, "%s", failure);
    rag_block_parser_clear(&parser);
    return ended || failure;
}

bool rag_read_file(const char *path, const struct rag_read_options *options,
                   struct rag_read_result *result, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(options->timeout_seconds > 0 && options->memory_bytes > 0, false);
    struct stat st;
    int fd = open_document(path, options->max_bytes, &st, result);
    if (fd < 0)
        return true;
    bool ok = hash_document(fd, result, cancellable, error);
    if (!ok)
        ok = result->reason != NULL;
    else if (options->wanted && !options->wanted(options->data, result->hash))
        result->outcome = RAG_READ_KNOWN;
    else
        ok = read_in_child(path, fd, options, result, cancellable, error);
    if (ok && !unchanged(fd, &st))
        conclude(result, RAG_READ_LATER, "The file changed while it was read; it is read again.");
    close(fd);
    return ok;
}
