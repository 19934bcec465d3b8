/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a FIFO for reading blocks until somebody writes, and reading a device may never end. So
 * every file is opened with O_NONBLOCK, asked what it is, and refused unless it is a regular file.
 */
#include "app/regular-file.h"
#include "app/error.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_open_error(GError **error, const char *path, int code)
{
    if (code == ENOENT || code == ENOTDIR)
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("There is no file %s; check how its name is written."), path);
    else if (code == EACCES || code == EPERM)
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("There is no permission to read %s; change its permissions."), path);
    else
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("%s cannot be opened: %s."), path,
                    g_strerror(code));
}

int regular_file_open(const char *path, int64_t *size, GError **error)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0) {
        set_open_error(error, path, errno);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (!S_ISREG(st.st_mode)) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    S_ISDIR(st.st_mode) ? _("%s is a folder, but a file is needed here.")
                                        : _("%s is no regular file (a pipe or a device)."),
                    path);
        close(fd);
        return -1;
    }
    *size = st.st_size;
    return fd;
}

bool regular_stream_read(int fd, const char *name, gsize max_bytes, char **text, gsize *n,
                         GError **error)
{
    g_autoptr(GString) all = g_string_new(NULL);
    char chunk[65536];
    ssize_t got;

    while ((got = read(fd, chunk, sizeof chunk)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("%s cannot be read: %s."), name,
                        g_strerror(errno));
            return false;
        }
        if ((gsize)got > max_bytes - all->len) {
            g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                        _("%s is longer than the %zu bytes that can be read here."), name,
                        max_bytes);
            return false;
        }
        g_string_append_len(all, chunk, got);
    }
    *n = all->len;
    *text = g_string_free(g_steal_pointer(&all), FALSE);
    return true;
}

bool regular_file_read(const char *path, gsize max_bytes, char **text, gsize *n, GError **error)
{
    int64_t size;
    int fd = regular_file_open(path, &size, error);
    bool ok;

    if (fd < 0)
        return false;
    ok = regular_stream_read(fd, path, max_bytes, text, n, error);
    close(fd);
    return ok;
}

char *regular_file_sha256(const char *path, GCancellable *cancellable, GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree unsigned char *chunk = g_malloc(1 << 20);
    int64_t size;
    int fd = regular_file_open(path, &size, error);
    ssize_t got = 0;
    bool cancelled = false;

    if (fd < 0)
        return NULL;
    while (!(cancelled = g_cancellable_set_error_if_cancelled(cancellable, error)) &&
           (got = read(fd, chunk, 1 << 20)) > 0)
        g_checksum_update(sum, chunk, got);
    if (got < 0)
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("%s cannot be read: %s."), path,
                    g_strerror(errno));
    close(fd);
    return got < 0 || cancelled ? NULL : g_strdup(g_checksum_get_string(sum));
}
