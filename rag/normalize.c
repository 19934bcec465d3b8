/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NFC, not NFKC: compatibility forms carry meaning (x² is not x2). The one exception, ligatures
 * like "ﬁ", is made by the PDF reader, where they are an accident of the font.
 */
#include "rag/normalize.h"

#include <string.h>

static bool is_invisible(gunichar c)
{
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0xad ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x2064) || c == 0xfeff;
}

static bool is_break(gunichar c)
{
    return c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == 0x85 || c == 0x2028 ||
           c == 0x2029;
}

static void drop_trailing_space(GString *out)
{
    while (out->len && (out->str[out->len - 1] == ' ' || out->str[out->len - 1] == '\t'))
        g_string_truncate(out, out->len - 1);
}

static void put_lined_space(GString *out, gunichar c)
{
    if (!is_break(c)) {
        g_string_append_c(out, c == '\t' ? '\t' : ' ');
        return;
    }
    drop_trailing_space(out);
    if (out->len)
        g_string_append_c(out, '\n');
}

static char *squeeze(const char *text, bool keep_lines)
{
    GString *out = g_string_sized_new(strlen(text));
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\r' && p[1] == '\n')
            continue;
        if (is_break(c) || c == '\t' || c == ' ' || g_unichar_isspace(c)) {
            if (keep_lines)
                put_lined_space(out, c);
            else if (out->len && out->str[out->len - 1] != ' ')
                g_string_append_c(out, ' ');
        } else if (!is_invisible(c)) {
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
        }
    }
    while (out->len && strchr(" \t\n", out->str[out->len - 1]))
        g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

static bool is_ascii(const char *text)
{
    while (*text && (guchar)*text < 0x80)
        text++;
    return !*text;
}

char *rag_normalize(const char *text, gssize n, bool keep_lines)
{
    g_autofree char *valid = g_utf8_make_valid(text, n);
    if (is_ascii(valid))
        return squeeze(valid, keep_lines);
    g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
    return squeeze(composed, keep_lines);
}
