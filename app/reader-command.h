/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader-command.h: how the program that opens documents is started (rag/reader-program.c).
 */
#pragma once

/* NULL-terminated, static: lectern-reader and the version that it must have; what it shall do
   follows (rag/reader-child.h). $LECTERN_READER if that is set (tests), else beside this program (a
   build folder, an unpacked archive), else where it is installed. Any thread. */
const char *const *reader_command(void);
