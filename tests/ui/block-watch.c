/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See block-watch.h. A program's own symbols come before those of the libraries that it loads. */
#include "block-watch.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <glib.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#define MAX_FOLDERS 8

static struct {
    GThread *thread; /* NULL: off */
    char *folders[MAX_FOLDERS + 1];
    unsigned n;
    char first[512];
} watch;

/* The function that would have been called without us. */
#define NEXT(name)                                                                                 \
    static __typeof__(&name) next;                                                                 \
    if (!next)                                                                                     \
    next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void note(const char *call, const char *what)
{
    if (!watch.thread || g_thread_self() != watch.thread)
        return;
    if (watch.n++ == 0)
        snprintf(watch.first, sizeof watch.first, "%s %s", call, what ? what : "");
}

static void note_path(const char *call, const char *path)
{
    for (char **folder = watch.folders; watch.thread && *folder && path; folder++) {
        if (g_str_has_prefix(path, *folder)) {
            note(call, path);
            return;
        }
    }
}

void block_watch_start(const char *folder, ...)
{
    va_list more;
    int n = 0;

    va_start(more, folder);
    for (; folder && n < MAX_FOLDERS; folder = va_arg(more, const char *))
        watch.folders[n++] = g_strdup(folder);
    va_end(more);
    watch.n = 0;
    watch.first[0] = 0;
    watch.thread = g_thread_self();
}

void block_watch_pause(bool pause)
{
    watch.thread = pause ? NULL : g_thread_self();
}

void block_watch_stop(void)
{
    watch.thread = NULL;
    for (int i = 0; i < MAX_FOLDERS; i++)
        g_clear_pointer(&watch.folders[i], g_free);
}

const char *block_watch_first(void)
{
    return watch.n ? watch.first : NULL;
}

unsigned block_watch_count(void)
{
    return watch.n;
}

/* --- what stands before libc and SQLite ------------------------------------------------------- */

int open(const char *path, int flags, ...)
{
    NEXT(open);
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    note_path("open", path);
    return next(path, flags, mode);
}

int openat(int fd, const char *path, int flags, ...)
{
    NEXT(openat);
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    note_path("openat", path);
    return next(fd, path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    NEXT(fopen);
    note_path("fopen", path);
    return next(path, mode);
}

int stat(const char *path, struct stat *out)
{
    NEXT(stat);
    note_path("stat", path);
    return next(path, out);
}

int lstat(const char *path, struct stat *out)
{
    NEXT(lstat);
    note_path("lstat", path);
    return next(path, out);
}

int fsync(int fd)
{
    NEXT(fsync);
    note("fsync", NULL);
    return next(fd);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    NEXT(waitpid);
    if (!(options & WNOHANG))
        note("waitpid", NULL);
    return next(pid, status, options);
}

gpointer g_thread_join(GThread *thread)
{
    NEXT(g_thread_join);
    note("g_thread_join", NULL);
    return next(thread);
}

int sqlite3_step(sqlite3_stmt *statement)
{
    NEXT(sqlite3_step);
    note("sqlite3_step", NULL);
    return next(statement);
}
