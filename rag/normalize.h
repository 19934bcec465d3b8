/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * normalize.h: one form for all text that enters a library, so that searching, citing and character
 * ranges mean the same for every format. Pure functions, callable from any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/*
 * Returns (owned) the text in Unicode NFC; invalid UTF-8 becomes U+FFFD; control and invisible
 * characters (zero-width, soft hyphen, BOM) go; every kind of white space becomes a plain space,
 * and runs of it one; none is left at the ends. keep_lines (code, tables): line breaks, tabs and
 * runs of spaces stay, trailing ones go. n < 0: zero-terminated.
 */
char *rag_normalize(const char *text, gssize n, bool keep_lines);
