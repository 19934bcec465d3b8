/* SPDX-License-Identifier: GPL-3.0-or-later */
/* files.h: which files a reader may open. Private to confine/. */
#pragma once

/* From now on this thread and what it starts opens system files for reading, and nothing else. 0
   where that is done or the kernel cannot do it, else errno. */
int confine_files(void);
