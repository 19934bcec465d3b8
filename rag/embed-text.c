/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A passage from the middle of a document often does not name its subject; its title and headings
 * do. They are read by the embedder only: neither stored with the text nor counted in its size.
 * A title that the heading path begins with anyway is not said twice.
 */
#include "rag/embed-text.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define MAX_PREFIX 300 /* bytes: a whole paragraph as a heading must not push the text out */

char *rag_embed_text(const char *title, const char *heading, const char *text)
{
    bool both = *title && *heading && !g_str_has_prefix(heading, title);
    g_autofree char *path =
        g_strconcat(*heading && !both ? "" : title, both ? " › " : "", heading, NULL);
    size_t n = MIN(strlen(path), MAX_PREFIX);
    while ((path[n] & 0xc0) == 0x80) /* no character is cut in two */
        n--;
    path[n] = '\0';
    return g_strconcat(path, *path ? "\n" : "", text, NULL);
}
