/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A passage is a page's third, a card has room for four lines. What must be in them is the telling
 * sentence, with a little of what stands before it, so that it is not torn out.
 *
 * 1. White space is tidied first: in an excerpt each run becomes one space, in a whole passage line
 *    ends stay (they carry tables and code), and more than one empty line becomes one.
 * 2. A window of max_chars characters is laid so that a fifth of it stands before the telling
 *    sentence; it slides back where the passage ends early, and both its ends move to a space.
 */
#include "ui/excerpt.h"
#include <string.h>

/* Tidied text; *from and *to are carried over from bytes of passage to bytes of the result. */
static GString *tidy(const char *passage, gboolean keep_lines, gsize *from, gsize *to)
{
    GString *text = g_string_sized_new(strlen(passage));
    gsize new_from = 0, new_to = 0;
    const char *p = passage;

    while (*p) {
        const char *next = p;
        int n_lines = 0;

        while (g_unichar_isspace(g_utf8_get_char(next))) {
            n_lines += *next == '\n';
            next = g_utf8_next_char(next);
        }
        if (next == p)
            next = g_utf8_next_char(p);
        else if (text->len && *next)
            g_string_append(text, !keep_lines || !n_lines ? " " : n_lines == 1 ? "\n" : "\n\n");
        if (!g_unichar_isspace(g_utf8_get_char(p)))
            g_string_append_len(text, p, next - p);
        if ((gsize)(next - passage) <= *from)
            new_from = text->len;
        if ((gsize)(p - passage) < *to)
            new_to = text->len;
        p = next;
    }
    *from = new_from;
    *to = MAX(new_from, new_to);
    return text;
}

/* The start of the word at p, going back to `first` at most; a text without spaces is cut at p. */
static const char *word_start(const char *first, const char *p)
{
    const char *word = p;

    for (int i = 0; i < 30 && word > first; i++) {
        const char *before = g_utf8_find_prev_char(first, word);

        if (!before || g_unichar_isspace(g_utf8_get_char(before)))
            return word;
        word = before;
    }
    return word == first ? first : p;
}

void lec_excerpt_make(LecExcerpt *out, const char *passage, const char *telling, int max_chars)
{
    const char *found = telling && *telling ? strstr(passage, telling) : NULL;
    gsize from = found ? found - passage : 0;
    gsize to = found ? from + strlen(telling) : 0;
    g_autoptr(GString) text = tidy(passage, max_chars == 0, &from, &to);
    glong n_chars = g_utf8_strlen(text->str, text->len), first, before;
    const char *start, *end, *lead;

    memset(out, 0, sizeof *out);
    if (!max_chars || n_chars <= max_chars) {
        out->text = g_strdup(text->str);
        out->from = from;
        out->to = to;
        return;
    }
    before = g_utf8_pointer_to_offset(text->str, text->str + from);
    first = CLAMP(before - max_chars / 5, 0, n_chars - max_chars);
    start = word_start(text->str, g_utf8_offset_to_pointer(text->str, first));
    end = g_utf8_offset_to_pointer(text->str, first + max_chars);
    if (*end)
        end = word_start(start, end);
    while (end > start && end[-1] == ' ')
        end--;
    lead = start > text->str ? "… " : "";
    out->text = g_strdup_printf("%s%.*s%s", lead, (int)(end - start), start, *end ? " …" : "");
    if (found && text->str + to > start && text->str + from < end) {
        out->from = MAX(text->str + from, start) - start + strlen(lead);
        out->to = MIN(text->str + to, end) - start + strlen(lead);
    }
    out->cut = TRUE;
}

void lec_excerpt_clear(LecExcerpt *excerpt)
{
    g_clear_pointer(&excerpt->text, g_free);
}
