/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regular-file.h: opens and reads files that a person named, without being trapped by a FIFO, a
 * device or a folder, and without taking more memory than the caller allows. Any thread.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* A descriptor (owned) of a regular file and its size; -1 and a sentence that names the file. */
int regular_file_open(const char *path, int64_t *size, GError **error);
/* The whole file (owned, zero-terminated; n bytes). */
bool regular_file_read(const char *path, gsize max_bytes, char **text, gsize *n, GError **error);
/* What is left of a stream (standard input), at most max_bytes; `name` is for the error sentence.
 */
bool regular_stream_read(int fd, const char *name, gsize max_bytes, char **text, gsize *n,
                         GError **error);
/* SHA-256 of a regular file in lower-case hex (owned). */
char *regular_file_sha256(const char *path, GCancellable *cancellable, GError **error);
