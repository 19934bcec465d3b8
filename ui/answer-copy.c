/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is copied of an answer: its text without the widgets, lists and tables as one would type
 * them, and the sources of the sentences that it has a part of.
 */
#include "ui/answer-page.h"

#include <glib/gi18n.h>
#include <string.h>

struct copy {
    GString *out;                 /* (owned) */
    const char *const *citations; /* (borrowed) */
    guint n_citations;
    bool inline_sources; /* after each sentence, else they are collected */
    GArray *used;        /* (owned) of int: numbers of those collected, each once */
};

static const char *citation_of(const struct copy *copy, int n)
{
    return n > 0 && (guint)n < copy->n_citations ? copy->citations[n] : NULL;
}

/* Text without U+FFFC and the glue before it. */
static void add_plain(struct copy *copy, const GString *text, guint from, guint to)
{
    const guint glue = (guint)strlen(ANSWER_GLUE), object = (guint)strlen(ANSWER_OBJECT);

    for (guint at = from; at < to;) {
        const char *c = text->str + at;
        guint n = (guint)(g_utf8_next_char(c) - c);
        if (g_str_has_prefix(c, ANSWER_GLUE ANSWER_OBJECT))
            n = glue + object;
        else if (g_str_has_prefix(c, "\u2028"))
            g_string_append_c(copy->out, '\n');
        else if (*c == '\t')
            g_string_append_c(copy->out, ' ');
        else if (!g_str_has_prefix(c, ANSWER_OBJECT))
            g_string_append_len(copy->out, c, n);
        at += n;
    }
}

static void use(struct copy *copy, int n)
{
    for (guint i = 0; i < copy->used->len; i++) {
        if (g_array_index(copy->used, int, i) == n)
            return;
    }
    g_array_append_val(copy->used, n);
}

/* Does a later stretch before `to` go on with this source, with nothing in between? */
static bool goes_on(const struct answer_text *text, guint i, guint to)
{
    const struct answer_stretch *stretch =
        &g_array_index(text->stretches, struct answer_stretch, i);

    if (i + 1 >= text->stretches->len)
        return false;
    const struct answer_stretch *next = stretch + 1;
    return next->from < to && next->citation == stretch->citation;
}

static void add_text(struct copy *copy, const struct answer_text *text, guint from, guint to)
{
    guint at = from;

    for (guint i = 0; i < text->stretches->len && at < to; i++) {
        const struct answer_stretch *stretch =
            &g_array_index(text->stretches, struct answer_stretch, i);
        guint end = MIN(stretch->to, to);
        if (stretch->to <= at || stretch->from >= to)
            continue;
        add_plain(copy, text->text, at, end);
        at = end;
        const char *citation = citation_of(copy, stretch->citation);
        if (citation && copy->inline_sources && !goes_on(text, i, to))
            g_string_append_printf(copy->out, " (%s)", citation);
        else if (citation)
            use(copy, stretch->citation);
    }
    add_plain(copy, text->text, at, to);
}

static void add_table(struct copy *copy, const struct answer_line *line)
{
    for (guint i = 0; i < line->cells->len; i++) {
        const struct answer_text *cell = line->cells->pdata[i];
        g_string_append(copy->out, i % line->n_columns ? " | " : "| ");
        add_text(copy, cell, 0, (guint)cell->text->len);
        if ((i + 1) % line->n_columns)
            continue;
        g_string_append(copy->out, i + 1 < line->cells->len ? " |\n" : " |");
        if (i + 1 > line->n_columns)
            continue;
        for (guint k = 0; k < line->n_columns; k++)
            g_string_append(copy->out, "|---");
        g_string_append(copy->out, "|\n");
    }
}

/* Characters [from, to) of a line. */
static void add_line(struct copy *copy, const struct answer_line *line, guint from, guint to)
{
    const char *text = line->text.text->str;
    guint first = (guint)(g_utf8_offset_to_pointer(text, from) - text);
    guint end = (guint)(g_utf8_offset_to_pointer(text, to) - text);

    if (from == 0) {
        for (int i = 0; i < line->quote; i++)
            g_string_append(copy->out, "> ");
        for (int i = 1; i < line->depth + !line->hanging; i++)
            g_string_append(copy->out, "  ");
    }
    if (line->kind == MARKDOWN_CODE)
        g_string_append_len(copy->out, text + first, end - first);
    else if (line->kind == MARKDOWN_RULE)
        g_string_append(copy->out, to > from ? "---" : "");
    else if (line->kind == MARKDOWN_TABLE && to > from)
        add_table(copy, line);
    else
        add_text(copy, &line->text, first, end);
}

/* “…” (a; b), where something was collected. */
static char *quoted(struct copy *copy)
{
    g_autoptr(GString) sources = g_string_new(NULL);

    g_strchomp(copy->out->str);
    for (guint i = 0; i < copy->used->len; i++)
        g_string_append_printf(sources, "%s%s", i ? "; " : "",
                               citation_of(copy, g_array_index(copy->used, int, i)));
    if (!sources->len)
        return g_strdup(copy->out->str);
    /* Translators: what was copied of an answer, and the documents it is from */
    return g_strdup_printf(_("“%s” (%s)"), g_strchug(copy->out->str), sources->str);
}

static bool has_part(const struct answer_line *line, guint from, guint to)
{
    return line->offset < to && line->offset + line->n_chars > from;
}

/* Is it text of one paragraph? */
static bool is_quotation(const GPtrArray *lines, guint from, guint to)
{
    guint n = 0;

    for (guint i = 0; i < lines->len; i++) {
        const struct answer_line *line = lines->pdata[i];
        if (has_part(line, from, to) && (line->cells || n++ > 0))
            return false;
    }
    return true;
}

char *answer_page_copy(const GPtrArray *lines, guint from, guint to, const char *const *citations,
                       guint n_citations, bool whole)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GArray) used = g_array_new(FALSE, FALSE, sizeof(int));
    bool quotation = !whole && is_quotation(lines, from, to);
    struct copy copy = {out, citations, n_citations, !quotation, used};

    for (guint i = 0; i < lines->len; i++) {
        const struct answer_line *line = lines->pdata[i];
        guint end = line->offset + line->n_chars;
        if (!has_part(line, from, to))
            continue;
        if (out->len)
            g_string_append(out, line->gap == MARKDOWN_GAP_TIGHT ? "\n" : "\n\n");
        add_line(&copy, line, MAX(from, line->offset) - line->offset, MIN(to, end) - line->offset);
    }
    return quotation ? quoted(&copy) : g_strdup(out->str);
}
