/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan.h: which files are below a folder. Opens nothing but folders.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

struct rag_scan_file {
    const char *path; /* (borrowed) absolute, bytes as the file system has them */
    int64_t size, mtime_ns;
    const char *reason; /* (static) NULL, or why it is not to be read */
    bool for_now;       /* the reason may pass: what was read of the file stays */
};

struct rag_scan_options {
    bool folder;           /* path was a folder: anything else there now counts as missing */
    const char *leave_out; /* a folder that is not entered: the library's own; may be NULL */
    /* false: stop with *error set. */
    bool (*on_file)(void *data, const struct rag_scan_file *file, GError **error);
    /* A folder on another disk than the one it lies in; *enter false: it is passed by. NULL: all
       are entered. false: stop with *error set. */
    bool (*on_mount)(void *data, const char *path, bool *enter, GError **error);
    void *data;
};

struct rag_scan_result {
    int64_t n_files;  /* seen, those with a reason included */
    bool missing;     /* the path is not there */
    bool incomplete;  /* some folder could not be read: what was not seen may still be there */
    char *unreadable; /* (owned) the first such folder */
};
void rag_scan_result_clear(struct rag_scan_result *result);

/* path: a folder, or a single file. Hidden files and folders below it and well-known junk are
   passed by without a word; a single file is taken as it is. Links to files are followed, links to
   folders are not. false only for cancellation and errors of on_file. */
bool rag_scan(const char *path, const struct rag_scan_options *options,
              struct rag_scan_result *result, GCancellable *cancellable, GError **error);
