/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One child from start to end: spawned on an open document, listened to, reaped.
 *
 *  1. It is never waited for past the deadline, nor after a cancellation: it is killed.
 *  2. It is never believed: its frames are checked, its exit status is looked at, and a stream
 *     without its end frame is a failure however much came before.
 *  3. However it ends, no process and no descriptor is left behind.
 *
 * posix_spawn rather than fork: the parent has many threads and a large address space.
 */
#include "rag/reader-child.h"

#include "rag/rag.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, FD_DOCUMENT = 3, FD_FRAMES = 4 };

static char **command_of(const struct rag_child_request *request)
{
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    for (const char *const *word = request->reader_argv; *word; word++)
        g_strv_builder_add(all, *word);
    for (const char *const *word = request->arguments; *word; word++)
        g_strv_builder_add(all, *word);
    return g_strv_builder_end(all);
}

static char **environment_of(const struct rag_child_request *request)
{
    char **env = g_get_environ();
    g_autofree char *memory = g_strdup_printf("%" G_GINT64_FORMAT, request->memory_bytes);
    g_autofree char *seconds = g_strdup_printf("%d", request->timeout_seconds);
    env = g_environ_setenv(env, RAG_READER_MEMORY, memory, TRUE);
    return g_environ_setenv(env, RAG_READER_SECONDS, seconds, TRUE);
}

/* Default signals, a group of its own (a Ctrl-C in the terminal is for us to handle, by killing
   it), no files but its two and /dev/null. The sources must not be 3 or 4 themselves. */
static int spawn(char **argv, char **env, int document, int frames, pid_t *pid)
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
    posix_spawn_file_actions_adddup2(&files, frames, FD_FRAMES);
    posix_spawn_file_actions_addclosefrom_np(&files, FD_FRAMES + 1);
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
static bool start(const struct rag_child_request *request, pid_t *pid, int *out, GError **error)
{
    int ends[2] = {-1, -1};
    int document = fcntl(request->fd, F_DUPFD_CLOEXEC, 10);
    int frames = -1, rc = errno;
    if (document >= 0 && pipe2(ends, O_CLOEXEC) != 0) {
        rc = errno;
    } else if (document >= 0) {
        frames = fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
        close(ends[1]);
        g_auto(GStrv) argv = command_of(request);
        g_auto(GStrv) env = environment_of(request);
        lseek(document, 0, SEEK_SET);
        rc = frames < 0 ? errno : spawn(argv, env, document, frames, pid);
    }
    if (frames >= 0)
        close(frames);
    if (document >= 0)
        close(document);
    if (frames < 0 || rc != 0) {
        if (ends[0] >= 0)
            close(ends[0]);
        g_set_error(error, RAG_ERROR, RAG_ERROR_FAILED, "The reader “%s” cannot be started: %s.",
                    request->reader_argv[0], g_strerror(rc));
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

static enum stream_end receive(int fd, const struct rag_child_request *request,
                               GCancellable *cancellable, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + request->timeout_seconds * G_USEC_PER_SEC;
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
        if (!rag_frame_parser_push(request->frames, chunk, (size_t)n, error))
            return STREAM_BROKEN;
        if (request->frames->ended || request->frames->enough)
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

static char *sentence_of_death(int status, const struct rag_child_request *request)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (signal == SIGXCPU)
        return g_strdup_printf(
            "Reading it took longer than %d seconds and was stopped; split the file, or "
            "give it more time.",
            request->timeout_seconds);
    if (signal == SIGKILL) /* by the system, or by us, as it closed its pipe and stayed */
        return g_strdup("The reader was stopped before it had a result; perhaps the machine was "
                        "short of memory. Close other programs and try it again.");
    if (signal == SIGABRT || signal == SIGTRAP)
        return g_strdup_printf("The reader gave up on this file: it is damaged, or needs more than "
                               "%.0f MB of memory. See whether another program can open it, or "
                               "split it.",
                               (double)request->memory_bytes / 1e6);
    if (signal)
        return g_strdup_printf("The reader crashed on this file (%s); the file is probably "
                               "damaged; get it again, or save it anew.",
                               strsignal(signal));
    return g_strdup_printf("The reader ended without a result (exit code %d); try it again.",
                           WEXITSTATUS(status));
}

/* The stream has closed without its end: why? */
static bool conclude_death(int status, const struct rag_child_request *request, char **failure,
                           GError **error)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == RAG_READER_OTHER_VERSION)
        g_set_error_literal(error, RAG_ERROR, RAG_ERROR_FAILED,
                            "Lectern has been updated while it ran: start it again.");
    else
        *failure = sentence_of_death(status, request);
    return false;
}

bool rag_child_run(const struct rag_child_request *request, char **failure,
                   GCancellable *cancellable, GError **error)
{
    pid_t pid;
    int fd;
    struct rag_frame_parser *frames = request->frames;
    *failure = NULL;
    if (!start(request, &pid, &fd, error))
        return false;
    g_autoptr(GError) broken = NULL;
    enum stream_end end = receive(fd, request, cancellable, &broken);
    close(fd);
    int status = reap(pid, frames->ended || end != STREAM_CLOSED || frames->enough);
    if (end == STREAM_CANCELLED)
        g_cancellable_set_error_if_cancelled(cancellable, error);
    else if (end == STREAM_TIMEOUT)
        *failure = g_strdup_printf(
            "Reading it took longer than %d seconds and was stopped; split the file, or "
            "give it more time.",
            request->timeout_seconds);
    else if (end == STREAM_BROKEN)
        *failure = g_strdup(broken->message);
    else if (!frames->ended && !frames->enough)
        return conclude_death(status, request, failure, error);
    return end == STREAM_CLOSED;
}
