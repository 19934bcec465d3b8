/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine.h: what a process of Lectern may do, decided before it touches a document.
 *
 * A leaf: uses libseccomp and libc only; app/ and rag/ call it. A filter cannot be taken back and
 * is inherited by threads started later and by children. Call it first thing in main(), while there
 * is one thread.
 * Errors: false and one sentence in `why` (n bytes); the caller must then refuse to go on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No internet: socket() of any family but AF_UNIX fails with EACCES (AF_INET, AF_INET6, packet,
   netlink …), io_uring is denied (it could make sockets), foreign system call tables kill the
   process, inherited internet sockets are closed. */
bool confine_no_internet(char *why, size_t n);

/* For the reader child, on top of the above: no sockets at all, no new programs or processes, no
   tracing, nothing opened for writing or changed on disk, no file opened but the system's own
   (where the kernel has Landlock), address space at most memory_bytes, CPU at most cpu_seconds; it
   is killed when its parent ends. */
bool confine_reader(int64_t memory_bytes, int cpu_seconds, char *why, size_t n);
/* Does this kernel keep a reader from the person's files? */
bool confine_files_supported(void);
