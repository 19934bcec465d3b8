/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file, one child. The parent opens the file (so the child needs no path), hashes it, starts
 * the child on the same open file, and turns whatever happens into an outcome:
 *
 *  1. The parent never blocks on a file: what is no regular file is not opened at all.
 *  2. It never waits past the deadline, nor after a cancellation: the child is killed.
 *  3. It never believes the child: the block parser checks the stream, the exit status is looked
 * at, and a stream without its end frame is a failure however many blocks came before.
 *  4. Size, time and inode before hashing and after reading must agree, or the text and the hash
 *     might be of two versions: then the outcome is LATER.
 *
 * posix_spawn rather than fork: the parent has many threads and a large address space.
 */
#include "rag/reader-process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_VARIABLE  "LECTERN_READER_MEMORY"
#define SECONDS_VARIABLE "LECTERN_READER_SECONDS"

enum { CHUNK = 64 << 10, FD_DOCUMENT = 3, FD_BLOCKS = 4, DEFAULT_SECONDS = 120 };

struct rag_reader_limits rag_reader_limits_from_environment(void)
{
    const char *memory = g_getenv(MEMORY_VARIABLE), *seconds = g_getenv(SECONDS_VARIABLE);
    struct rag_reader_limits limits = {memory ? g_ascii_strtoll(memory, NULL, 10) : 0,
                                       seconds ? atoi(seconds) : 0};
    if (limits.memory_bytes <= 0)
        limits.memory_bytes = INT64_C(1) << 30;
    if (limits.cpu_seconds <= 0)
        limits.cpu_seconds = DEFAULT_SECONDS;
    return limits;
}

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
        conclude(result, RAG_READ_LATER, "The file cannot be opened: %s.", g_strerror(error));
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

/* The open regular file, or -1 and a conclusion. stat comes first: opening a pipe or a device can
   block, or do something. */
static int open_document(const char *path, int64_t max_bytes, struct stat *st,
                         struct rag_read_result *result)
{
    int fd = -1;
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

static char **child_argv(const char *const *argv, const char *path)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autofree char *name = g_path_get_basename(path);
    for (; *argv; argv++)
        g_ptr_array_add(all, g_strdup(*argv));
    g_ptr_array_add(all, g_steal_pointer(&name));
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

static char **child_environment(const struct rag_read_options *options)
{
    char **env = g_get_environ();
    g_autofree char *memory = g_strdup_printf("%" G_GINT64_FORMAT, options->memory_bytes);
    g_autofree char *seconds = g_strdup_printf("%d", options->timeout_seconds);
    env = g_environ_setenv(env, MEMORY_VARIABLE, memory, TRUE);
    return g_environ_setenv(env, SECONDS_VARIABLE, seconds, TRUE);
}

/* Default signals, a group of its own (a Ctrl-C in the terminal is for us to handle, by killing
   it), no files but its two and /dev/null. The sources must not be 3 or 4 themselves. */
static int spawn(char **argv, char **env, int document, int blocks, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, document, FD_DOCUMENT);
    posix_spawn_file_actions_adddup2(&files, blocks, FD_BLOCKS);
    posix_spawn_file_actions_addclosefrom_np(&files, FD_BLOCKS + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    int rc = posix_spawnp(pid, argv[0], &files, &attributes, argv, env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return rc;
}

/* Starts the child; *out is our end of the pipe. */
static bool start(const char *path, int fd, const struct rag_read_options *options, pid_t *pid,
                  int *out, GError **error)
{
    int ends[2] = {-1, -1};
    int document = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    int blocks = -1, rc = errno;
    if (document >= 0 && pipe2(ends, O_CLOEXEC) != 0) {
        rc = errno;
    } else if (document >= 0) {
        blocks = fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
        close(ends[1]);
        g_auto(GStrv) argv = child_argv(options->reader_argv, path);
        g_auto(GStrv) env = child_environment(options);
        lseek(document, 0, SEEK_SET);
        rc = blocks < 0 ? errno : spawn(argv, env, document, blocks, pid);
    }
    if (blocks >= 0)
        close(blocks);
    if (document >= 0)
        close(document);
    if (blocks < 0 || rc != 0) {
        if (ends[0] >= 0)
            close(ends[0]);
        g_set_error(error, RAG_ERROR, RAG_ERROR_FAILED, "The reader “%s” cannot be started: %s.",
                    options->reader_argv[0], g_strerror(rc));
        return false;
    }
    *out = ends[0];
    return true;
}

/* Waits for bytes: 1 ready, 0 timeout, -1 cancelled. */
static int wait_for(int fd, gint64 deadline, GCancellable *cancellable)
{
    for (;;) {
        gint64 left = (deadline - g_get_monotonic_time()) / 1000;
        if (g_cancellable_is_cancelled(cancellable))
            return -1;
        if (left <= 0)
            return 0;
        GPollFD cancel = {.fd = -1};
        bool has_cancel = cancellable && g_cancellable_make_pollfd(cancellable, &cancel);
        struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                                {.fd = has_cancel ? cancel.fd : -1, .events = POLLIN}};
        int n = poll(fds, 2, (int)MIN(left, 60000));
        if (has_cancel)
            g_cancellable_release_fd(cancellable);
        if (n > 0 && fds[0].revents)
            return 1;
    }
}

enum stream_end { STREAM_CLOSED, STREAM_BROKEN, STREAM_TIMEOUT, STREAM_CANCELLED };

static enum stream_end receive(int fd, struct rag_block_parser *parser, gint64 deadline,
                               GCancellable *cancellable, GError **error)
{
    g_autofree guint8 *chunk = g_malloc(CHUNK);
    for (;;) {
        int ready = wait_for(fd, deadline, cancellable);
        if (ready <= 0)
            return ready == 0 ? STREAM_TIMEOUT : STREAM_CANCELLED;
        ssize_t n = read(fd, chunk, CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return STREAM_CLOSED;
        if (!rag_block_parser_push(parser, chunk, (size_t)n, error))
            return STREAM_BROKEN;
        if (parser->ended)
            return STREAM_CLOSED;
    }
}

/* The child's exit status. It gets a moment to end by itself, for the status tells why it did. */
static int reap(pid_t pid, bool at_once)
{
    int status = 0;
    for (int i = 0; i < 100 && !at_once; i++) {
        pid_t got = waitpid(pid, &status, WNOHANG);
        if (got == pid)
            return status;
        g_usleep(10000);
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static void conclude_death(struct rag_read_result *result, int status,
                           const struct rag_read_options *options)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (signal == SIGXCPU)
        conclude(result, RAG_READ_FAILED, "Reading it took longer than %d seconds and was stopped.",
                 options->timeout_seconds);
    else if (signal == SIGKILL) /* by the system, or by us, as it closed its pipe and stayed */
        conclude(result, RAG_READ_FAILED,
                 "The reader was stopped before it had a result; perhaps the machine was short of "
                 "memory.");
    else if (signal == SIGABRT || signal == SIGTRAP)
        conclude(result, RAG_READ_FAILED,
                 "The reader gave up on this file: it is damaged, or needs more than %.0f MB of "
                 "memory.",
                 (double)options->memory_bytes / 1e6);
    else if (signal)
        conclude(result, RAG_READ_FAILED,
                 "The reader crashed on this file (%s); the file is probably damaged.",
                 strsignal(signal));
    else
        conclude(result, RAG_READ_FAILED, "The reader ended without a result (exit code %d).",
                 WEXITSTATUS(status));
}

static void conclude_stream(struct rag_read_result *result, struct rag_block_parser *parser)
{
    if (parser->verdict) {
        conclude(result,
                 parser->verdict == RAG_VERDICT_SKIPPED ? RAG_READ_SKIPPED : RAG_READ_FAILED, "%s",
                 parser->sentence);
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
    pid_t pid;
    int blocks;
    if (!start(path, fd, options, &pid, &blocks, error))
        return false;
    g_autoptr(GError) broken = NULL;
    struct rag_block_parser parser;
    rag_block_parser_init(&parser, options->on_block, options->data);
    gint64 deadline = g_get_monotonic_time() + options->timeout_seconds * G_USEC_PER_SEC;
    enum stream_end end = receive(blocks, &parser, deadline, cancellable, &broken);
    close(blocks);
    int status = reap(pid, parser.ended || end != STREAM_CLOSED);
    if (end == STREAM_CANCELLED)
        g_cancellable_set_error_if_cancelled(cancellable, error);
    else if (end == STREAM_TIMEOUT)
        conclude(result, RAG_READ_FAILED, "Reading it took longer than %d seconds and was stopped.",
                 options->timeout_seconds);
    else if (end == STREAM_BROKEN)
        conclude(result, RAG_READ_FAILED, "%s", broken->message);
    else if (!parser.ended)
        conclude_death(result, status, options);
    else
        conclude_stream(result, &parser);
    rag_block_parser_clear(&parser);
    return end != STREAM_CANCELLED;
}

bool rag_read_file(const char *path, const struct rag_read_options *options,
                   struct rag_read_result *result, GCancellable *cancellable, GError **error)
{
    g_return_val_if_fail(options->timeout_seconds > 0 && options->memory_bytes > 0, false);
    struct stat st;
    *result = (struct rag_read_result){.outcome = RAG_READ_FAILED};
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
