/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model takes about the size of its file (its weights, packed for this machine) and a little more
 * for the context. What does not fit would push out everything else on the machine, or end the
 * program, so it is refused before it is opened.
 */
#include "app/memory.h"
#include "app/error.h"
#include <glib/gi18n.h>
#include <malloc.h>
#include <stdio.h>

#define BESIDES (256 * 1000 * 1000) /* the context's cache, and room to breathe */

gint64 memory_available(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    char line[128];
    gint64 kib = -1;

    while (file && kib < 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %" G_GINT64_FORMAT, &kib) != 1)
            kib = -1;
    if (file)
        fclose(file);
    return kib < 0 ? -1 : kib * 1024;
}

gboolean memory_fits(const char *title, gint64 file_bytes, gint64 available, GError **error)
{
    g_autofree char *needed = NULL, *there = NULL;

    if (available < 0 || file_bytes <= available - BESIDES)
        return TRUE;
    needed = g_format_size((guint64)file_bytes + BESIDES);
    there = g_format_size((guint64)available);
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                _("%s needs about %s of memory, and %s are free. Close other programs, or choose a "
                  "smaller model."),
                title, needed, there);
    return FALSE;
}

/* glibc keeps freed memory in the arena of the thread that had it: of a model that is some hundred
   megabytes, which nobody would ever ask for again. */
void memory_give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
