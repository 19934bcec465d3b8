/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory.h: does a model fit into this machine's memory now, and giving it back. Any thread. */
#pragma once

#include <glib.h>

/* Bytes that can be had without swapping (MemAvailable), -1: not known. */
gint64 memory_available(void);
/* FALSE with a sentence that names the model, where its file is larger than what is available. */
gboolean memory_fits(const char *title, gint64 file_bytes, gint64 available, GError **error);

/* After a model was closed: what the allocator kept of it goes back to the system. */
void memory_give_back(void);
