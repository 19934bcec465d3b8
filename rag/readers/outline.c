/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Much documentation is plain text with a convention: reStructuredText and AsciiDoc underline their
 * headings or write "== Title", manual pages shout them, standards number them. The text is cut at
 * blank lines into groups; each group is walked once, and each rule below looks at one to three
 * lines. A rule that is wrong costs little: the text is kept either way, only its label changes.
 *
 * Paragraph or code? Lines that someone broke to fill a page are joined; lines that stand in
 * columns or are short each by itself mean something as lines and are kept.
 */
#include "rag/readers/outline.h"

#include <string.h>

enum {
    MAX_GROUP_LINES = 64,
    MAX_GROUP_BYTES = 32 << 10,
    MAX_HEADING = 90, /* characters */
};

void rag_outline_init(struct rag_outline *outline, struct rag_reading *reading)
{
    *outline = (struct rag_outline){
        .reading = reading,
        .lines = g_ptr_array_new_with_free_func(g_free),
        .numbers = g_array_new(FALSE, FALSE, sizeof(int)),
        .next_line = 1,
    };
}

void rag_outline_clear(struct rag_outline *outline)
{
    g_clear_pointer(&outline->lines, g_ptr_array_unref);
    g_clear_pointer(&outline->numbers, g_array_unref);
}

/* --- what a line is -------------------------------------------------------------------------- */

static const char *line_at(const struct rag_outline *outline, guint i)
{
    return outline->lines->pdata[i];
}

/* "" past the end, which is no rule, no heading and no item. */
static const char *peek(const struct rag_outline *outline, guint i)
{
    return i < outline->lines->len ? line_at(outline, i) : "";
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* The character of a line that is nothing but three or more of it; 0 for other lines. */
static char rule_of(const char *line)
{
    char mark = line[0];
    if (!mark || !strchr("=-~^*+#_.`'\":", mark))
        return 0;
    size_t n = strspn(line, (char[]){mark, 0});
    return n >= 3 && !*skip_space(line + n) ? mark : 0;
}

/* "-----" below a title: about as long as it. */
static bool underlines(const char *rule, const char *title)
{
    long n_rule = (long)strlen(rule), n_title = g_utf8_strlen(title, -1);
    bool has_letter = false;
    for (const char *p = title; *p; p = g_utf8_next_char(p))
        has_letter |= g_unichar_isalnum(g_utf8_get_char(p));
    return rule_of(rule) && has_letter && !rule_of(title) && n_title <= MAX_HEADING &&
           ABS(n_rule - n_title) <= 3;
}

/* "== Title": how many signs, 0 for other lines. */
static int equals_heading(const char *line)
{
    size_t n = strspn(line, "=");
    return n >= 1 && n <= 6 && line[n] == ' ' && g_unichar_isalnum(g_utf8_get_char(line + n + 1))
               ? (int)n
               : 0;
}

/* "SEE ALSO": capitals from the margin on. */
static bool is_shouted(const char *line)
{
    int n_upper = 0;
    for (const char *p = line; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_islower(c))
            return false;
        n_upper += g_unichar_isupper(c);
    }
    size_t n = strlen(line);
    return n_upper >= 3 && n <= 60 && !g_ascii_isspace(*line) && !strchr(".,;:!?|=", line[n - 1]) &&
           n_upper * 2 > (int)n;
}

/* "4.2. Maintainer scripts": the depth of the number, 0 for other lines. */
static int numbered_heading(const char *line)
{
    int depth = 0;
    const char *p = line;
    while (g_ascii_isdigit(*p) && depth < 6) {
        size_t n = strspn(p, "0123456789");
        if (n > 3)
            return 0;
        p += n;
        depth++;
        if (*p == '.')
            p++;
    }
    bool spaced = depth && (*p == ' ' || *p == '\t');
    const char *title = skip_space(p);
    size_t n = strlen(title);
    if (!spaced || n < 3 || n > 70 || strchr(".,;:!?", title[n - 1]))
        return 0;
    /* "1. Install it" may be a list item: one number alone is too little. */
    return depth >= 2 && g_unichar_isupper(g_utf8_get_char(title)) ? depth : 0;
}

static bool is_item(const char *line)
{
    const char *p = skip_space(line);
    if (g_str_has_prefix(p, "\xe2\x80\xa2")) /* • */
        return true;
    if (*p == '-' || *p == '*' || *p == '+')
        return p[1] == ' ' || p[1] == '\t';
    size_t n = strspn(p, "0123456789");
    return n >= 1 && n <= 3 && (p[n] == '.' || p[n] == ')') &&
           (p[n + 1] == ' ' || p[n + 1] == '\t');
}

/* AsciiDoc's "--force::", the term of a definition. */
static bool is_term(const char *line)
{
    return g_str_has_suffix(line, "::") && strlen(line) > 2;
}

static bool is_noise(const char *line)
{
    return rule_of(line) || strcmp(line, "+") == 0 || g_str_has_prefix(line, "[[");
}

/* Does something new begin with line i? */
static bool begins_anew(const struct rag_outline *outline, guint i)
{
    const char *line = line_at(outline, i), *next = peek(outline, i + 1);
    return is_item(line) || is_noise(line) || equals_heading(line) || underlines(next, line) ||
           (is_term(line) && !is_term(line_at(outline, i - 1)));
}

/* Lines that mean something as lines: columns, or each short. */
static bool is_lined(const struct rag_outline *outline, guint from, guint to)
{
    size_t n_bytes = 0, n_columns = 0, n = to - from;
    for (guint i = from; i < to; i++) {
        const char *text = skip_space(line_at(outline, i));
        n_bytes += strlen(text);
        n_columns += strstr(text, "   ") != NULL || strchr(text, '\t') != NULL ||
                     (*text && strchr("|{}$", *text) != NULL);
    }
    return (n >= 2 && n_columns * 3 >= n) || (n >= 3 && n_bytes < n * 40);
}

/* --- lines to blocks ------------------------------------------------------------------------- */

static int line_number(const struct rag_outline *outline, guint i)
{
    return g_array_index(outline->numbers, int, i);
}

static bool put(struct rag_outline *outline, enum rag_block_kind kind, int level, guint from,
                guint to)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = from; i < to; i++)
        g_string_append_printf(text, "%s\n", line_at(outline, i));
    return rag_reading_block(outline->reading, kind, level, line_number(outline, from),
                             line_number(outline, to - 1), 0, text->str, (gssize)text->len);
}

static bool put_heading(struct rag_outline *outline, int level, guint at, guint from, guint to)
{
    const char *text = line_at(outline, at);
    text += equals_heading(text) ? strspn(text, "= ") : 0;
    return rag_reading_block(outline->reading, RAG_BLOCK_HEADING, level, line_number(outline, from),
                             line_number(outline, to - 1), 0, text, -1);
}

/* The rank of an underline character: by first use, as reStructuredText defines it. */
static int level_of(struct rag_outline *outline, char mark)
{
    char *known = strchr(outline->marks, mark);
    if (!known) {
        size_t n = strlen(outline->marks);
        if (n >= 6)
            return 6;
        outline->marks[n] = mark;
        return (int)n + 1;
    }
    return (int)(known - outline->marks) + 1;
}

/* Puts the thing that begins at line i and returns the line after it; 0: stop reading. */
static guint put_next(struct rag_outline *outline, guint i)
{
    const char *line = line_at(outline, i), *next = peek(outline, i + 1);
    const char *third = peek(outline, i + 2);
    guint n = outline->lines->len;
    if (rule_of(line) && rule_of(third) == rule_of(line) && underlines(third, skip_space(next)))
        return put_heading(outline, level_of(outline, rule_of(line)), i + 1, i, i + 3) ? i + 3 : 0;
    if (underlines(next, line))
        return put_heading(outline, level_of(outline, rule_of(next)), i, i, i + 2) ? i + 2 : 0;
    if (equals_heading(line))
        return put_heading(outline, equals_heading(line), i, i, i + 1) ? i + 1 : 0;
    if (is_noise(line))
        return i + 1;
    if (n == 1 && (is_shouted(line) || numbered_heading(line))) {
        int level = is_shouted(line) ? 1 : numbered_heading(line);
        return put_heading(outline, level, i, i, i + 1) ? i + 1 : 0;
    }
    guint to = i + 1;
    while (to < n && !begins_anew(outline, to))
        to++;
    enum rag_block_kind kind = is_item(line)              ? RAG_BLOCK_LIST
                               : is_lined(outline, i, to) ? RAG_BLOCK_CODE
                                                          : RAG_BLOCK_PARAGRAPH;
    return put(outline, kind, 0, i, to) ? to : 0;
}

static bool put_group(struct rag_outline *outline)
{
    bool ok = true;
    for (guint i = 0; ok && i < outline->lines->len;) {
        i = put_next(outline, i);
        ok = i > 0;
    }
    g_ptr_array_set_size(outline->lines, 0);
    g_array_set_size(outline->numbers, 0);
    outline->n_bytes = 0;
    return ok;
}

bool rag_outline_line(struct rag_outline *outline, const char *line, bool more)
{
    bool ok = true;
    if (!*skip_space(line)) {
        ok = put_group(outline);
    } else {
        if (outline->lines->len >= MAX_GROUP_LINES || outline->n_bytes >= MAX_GROUP_BYTES)
            ok = put_group(outline);
        char *kept = g_strchomp(g_strdup(line));
        outline->n_bytes += strlen(kept);
        g_ptr_array_add(outline->lines, kept);
        g_array_append_val(outline->numbers, outline->next_line);
    }
    outline->next_line += !more;
    return ok;
}

bool rag_outline_end(struct rag_outline *outline)
{
    return put_group(outline);
}
