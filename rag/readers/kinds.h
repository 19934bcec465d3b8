/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds.h: what a file's name alone tells, for the scan as well as for the readers. Pure functions.
 */
#pragma once

/* Known by its ending alone to be nothing that can be read (pictures, archives, programs): a
   sentence (static), or NULL. Lets a scan pass it by without opening it. */
const char *rag_detect_by_name(const char *name);
/* The ending (owned) in small letters, a space before and after it. */
char *rag_kind_ending(const char *name);
/* A sentence (static) for an ending that cannot be read yet, or NULL. */
const char *rag_kind_later(const char *ending);
