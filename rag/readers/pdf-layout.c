/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page knows glyphs at places, no paragraphs. What print has in common gives them back:
 *
 *  - running headers and footers are what stands among the outermost lines of many pages, digits
 *    taken as equal;
 *  - the size most letters have is the body's; short paragraphs that are larger, or bold, are
 *    headings, ranked by size; so is a line that begins with a number of two parts ("3.2 Title");
 *  - a paragraph ends where the gap to the next line is larger than usual on its page, the font
 * size changes, the line is short and ends a sentence, or the next one is indented or begins an
 * item;
 *  - a paragraph that runs over the page's end goes on where the next page begins with a small
 * letter;
 *  - a hyphen at a line's end before a small letter was made by the typesetter.
 */
#include "rag/readers/pdf-layout.h"

#include <math.h>
#include <string.h>

enum {
    EDGE_LINES = 2,
    MIN_REPEATS = 3,
    MAX_HEADING_BYTES = 160,
    MAX_NUMBERED_BYTES = 100,
    MAX_SIZES = 4
};

void pdf_line_free(gpointer data)
{
    struct pdf_line *line = data;
    g_free(line->text);
    g_free(line);
}

/* --- running headers and footers ------------------------------------------------------------- */

/* The line with each run of digits as "#". */
static char *pattern_of(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        if (!g_ascii_isdigit(*p))
            g_string_append_c(out, g_ascii_tolower(*p));
        else if (!out->len || out->str[out->len - 1] != '#')
            g_string_append_c(out, '#');
    }
    return g_string_free(out, FALSE);
}

static bool is_page_number(const char *pattern)
{
    if (strspn(pattern, "ivxlc") == strlen(pattern))
        return true;
    return strcmp(pattern, "#") == 0 || strcmp(pattern, "- # -") == 0 ||
           strcmp(pattern, "page #") == 0 || strcmp(pattern, "page # of #") == 0 ||
           strcmp(pattern, "# / #") == 0 || strcmp(pattern, "#/#") == 0;
}

/* How many lines of the same page stand above (below) line i; counting stops at EDGE_LINES. */
static int n_beyond(const GPtrArray *lines, guint i, guint from, guint to, bool above)
{
    const struct pdf_line *line = lines->pdata[i];
    int n = 0;
    for (guint k = from; k < to && n < EDGE_LINES; k++) {
        const struct pdf_line *other = lines->pdata[k];
        n += above ? other->y2 < line->y1 + 1 : other->y1 > line->y2 - 1;
    }
    return n;
}

static guint page_end(const GPtrArray *lines, guint from)
{
    guint to = from;
    while (to < lines->len && ((struct pdf_line *)lines->pdata[to])->page ==
                                  ((struct pdf_line *)lines->pdata[from])->page)
        to++;
    return to;
}

/* An outer line of a page: a candidate. */
struct edge {
    struct pdf_line *line; /* (borrowed) */
    char *pattern;         /* (owned) */
    bool outermost;        /* nothing stands above, or below */
};

static void edge_free(gpointer data)
{
    struct edge *edge = data;
    g_free(edge->pattern);
    g_free(edge);
}

static GPtrArray *find_edges(GPtrArray *lines)
{
    GPtrArray *edges = g_ptr_array_new_with_free_func(edge_free);
    for (guint from = 0, to; from < lines->len; from = to) {
        to = page_end(lines, from);
        for (guint i = from; i < to; i++) {
            int above = n_beyond(lines, i, from, to, true);
            int below = n_beyond(lines, i, from, to, false);
            if (above >= EDGE_LINES && below >= EDGE_LINES)
                continue;
            struct edge *edge = g_new0(struct edge, 1);
            edge->line = lines->pdata[i];
            edge->pattern = pattern_of(edge->line->text);
            edge->outermost = above == 0 || below == 0;
            g_ptr_array_add(edges, edge);
        }
    }
    return edges;
}

void pdf_layout_drop_running(GPtrArray *lines, int n_pages)
{
    g_autoptr(GPtrArray) edges = find_edges(lines);
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < edges->len; i++) {
        char *pattern = ((struct edge *)edges->pdata[i])->pattern;
        int count = GPOINTER_TO_INT(g_hash_table_lookup(counts, pattern));
        g_hash_table_insert(counts, pattern, GINT_TO_POINTER(count + 1));
    }
    int needed = MAX(MIN_REPEATS, n_pages / 4);
    for (guint i = 0; i < edges->len; i++) {
        struct edge *edge = edges->pdata[i];
        int count = GPOINTER_TO_INT(g_hash_table_lookup(counts, edge->pattern));
        edge->line->dropped = is_page_number(edge->pattern) ? edge->outermost : count >= needed;
    }
}

/* --- sizes ----------------------------------------------------------------------------------- */

struct sizes {
    double body;
    double larger[MAX_SIZES]; /* heading sizes, falling; 0: none */
};

static double rounded(double size)
{
    return round(size * 2) / 2;
}

static struct sizes measure(const GPtrArray *lines)
{
    enum { N = 400 };
    size_t bytes[N] = {0}, most = 0;
    struct sizes sizes = {0};
    for (guint i = 0; i < lines->len; i++) {
        const struct pdf_line *line = lines->pdata[i];
        int at = CLAMP((int)(rounded(line->size) * 2), 0, N - 1);
        bytes[at] += line->dropped ? 0 : strlen(line->text);
        if (bytes[at] > most) {
            most = bytes[at];
            sizes.body = at / 2.0;
        }
    }
    int n = 0;
    for (int at = N - 1; at >= 0 && n < MAX_SIZES && at / 2.0 > sizes.body * 1.1; at--) {
        if (bytes[at])
            sizes.larger[n++] = at / 2.0;
    }
    return sizes;
}

static int level_of_size(const struct sizes *sizes, double size)
{
    for (int i = 0; i < MAX_SIZES; i++) {
        if (sizes->larger[i] > 0 && rounded(size) >= sizes->larger[i])
            return i + 1;
    }
    return 0;
}

/* The gap between lines that is usual on this page. */
static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double usual_gap(const GPtrArray *lines, guint from, guint to)
{
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = from; i + 1 < to; i++) {
        const struct pdf_line *a = lines->pdata[i], *b = lines->pdata[i + 1];
        double gap = b->y1 - a->y2;
        if (gap > -a->size && gap < 3 * a->size)
            g_array_append_val(gaps, gap);
    }
    if (!gaps->len)
        return 0;
    g_array_sort(gaps, compare_doubles);
    return g_array_index(gaps, double, gaps->len / 2);
}

/* --- paragraphs ------------------------------------------------------------------------------ */

struct paragraph {
    GString *text; /* (owned) */
    int from, to;  /* pages */
    double size;
    bool all_bold, item, lined;
    int n_lines;
    const struct pdf_line *last; /* (borrowed) */
    double left, right;          /* of the lines so far */
};

static bool begins_item(const char *text)
{
    if (g_str_has_prefix(text, "•") || g_str_has_prefix(text, "–") || g_str_has_prefix(text, "▪") ||
        g_str_has_prefix(text, "◦") || g_str_has_prefix(text, "* ") || g_str_has_prefix(text, "- "))
        return true;
    size_t n = strspn(text, "0123456789");
    return n >= 1 && n <= 2 && (text[n] == '.' || text[n] == ')') && text[n + 1] == ' ';
}

static bool ends_sentence(const char *text)
{
    size_t n = strlen(text);
    while (n && strchr("\"')]", text[n - 1]))
        n--;
    return n && strchr(".!?:;", text[n - 1]);
}

static bool goes_on(const struct paragraph *paragraph, const struct pdf_line *line, double gap)
{
    const struct pdf_line *last = paragraph->last;
    if (fabs(last->size - line->size) > line->size * 0.1 || begins_item(line->text))
        return false;
    if (last->page != line->page || line->y1 < last->y1 - line->size) /* next page or column */
        return !ends_sentence(last->text) && g_unichar_islower(g_utf8_get_char(line->text));
    if (line->y1 < last->y2 - line->size / 2) /* same line: a cell beside it */
        return true;
    if (line->y1 - last->y2 > gap + line->size * 0.35)
        return false;
    if (paragraph->all_bold != line->bold && !g_unichar_islower(g_utf8_get_char(line->text)))
        return false;
    bool is_short = last->x2 < paragraph->left + (paragraph->right - paragraph->left) * 0.8;
    bool indented = line->x1 > last->x1 + line->size * 0.8 && !paragraph->item;
    return !(ends_sentence(last->text) && (is_short || indented));
}

/* "3.2 Title", alone on its line: a heading whatever its type. At least two numbers, for "3. Take
   the key" is an item; no dots that lead to a page, no number at the end: a table of contents. */
static int level_of_number(const char *text, const struct sizes *sizes)
{
    int n_numbers = 0, n_sizes = 0;
    const char *p = text;
    while (g_ascii_isdigit(*p)) {
        size_t n = strspn(p, "0123456789");
        p += n;
        n_numbers += n <= 3;
        if (*p == '.' && n <= 3)
            p++;
        else
            break;
    }
    size_t length = strlen(text);
    if (n_numbers < 2 || *p != ' ' || !g_unichar_isupper(g_utf8_get_char(p + 1)) ||
        length > MAX_NUMBERED_BYTES || ends_sentence(text) || g_ascii_isdigit(text[length - 1]) ||
        strstr(text, "..") || strstr(text, ". ."))
        return 0;
    while (n_sizes < MAX_SIZES && sizes->larger[n_sizes] > 0)
        n_sizes++;
    return MIN(MAX(n_numbers, n_sizes + n_numbers - 1), 6);
}

static bool put_paragraph(struct rag_reading *reading, struct paragraph *paragraph,
                          const struct sizes *sizes)
{
    const char *text = paragraph->text->str;
    size_t n = paragraph->text->len;
    int level = level_of_size(sizes, paragraph->size);
    if (!level && paragraph->all_bold && n >= 3 && !ends_sentence(text) && !paragraph->item) {
        while (level < MAX_SIZES && sizes->larger[level] > 0)
            level++;
        level++;
    }
    if (!level && paragraph->n_lines == 1)
        level = level_of_number(text, sizes);
    bool heading = level && n <= MAX_HEADING_BYTES;
    enum rag_block_kind kind = heading           ? RAG_BLOCK_HEADING
                               : paragraph->item ? RAG_BLOCK_LIST
                                                 : RAG_BLOCK_PARAGRAPH;
    bool ok = n == 0 || rag_reading_block(reading, kind, level, paragraph->from, paragraph->to, 0,
                                          text, (gssize)n);
    g_string_truncate(paragraph->text, 0);
    return ok;
}

static void join(GString *text, const char *line)
{
    static const char hyphen[] = "\xe2\x80\x90";
    size_t n = text->len;
    bool soft = n > 3 && strcmp(text->str + n - 3, hyphen) == 0;
    bool hyphenated = n > 1 && (text->str[n - 1] == '-' || soft);
    gunichar before = 0;
    if (hyphenated)
        before = g_utf8_get_char(g_utf8_prev_char(text->str + n - (soft ? 3 : 1)));
    if (hyphenated && g_unichar_isalpha(before) && g_unichar_islower(g_utf8_get_char(line)))
        g_string_truncate(text, n - (soft ? 3 : 1));
    else if (n && !(hyphenated && g_unichar_isalnum(before)))
        g_string_append_c(text, ' ');
    g_string_append(text, line);
}

static void add_line(struct paragraph *paragraph, const struct pdf_line *line)
{
    if (!paragraph->text->len) {
        paragraph->from = line->page;
        paragraph->size = line->size;
        paragraph->all_bold = line->bold;
        paragraph->item = begins_item(line->text);
        paragraph->left = line->x1;
        paragraph->right = line->x2;
        paragraph->n_lines = 0;
    }
    paragraph->n_lines++;
    join(paragraph->text, line->text);
    paragraph->to = line->page;
    paragraph->all_bold = paragraph->all_bold && line->bold;
    paragraph->left = MIN(paragraph->left, line->x1);
    paragraph->right = MAX(paragraph->right, line->x2);
    paragraph->last = line;
}

bool pdf_layout_put(struct rag_reading *reading, GPtrArray *lines)
{
    struct sizes sizes = measure(lines);
    struct paragraph paragraph = {.text = g_string_new(NULL)};
    bool ok = true;
    double gap = 0;
    for (guint i = 0, end = 0; i < lines->len && ok; i++) {
        const struct pdf_line *line = lines->pdata[i];
        if (i == end) {
            end = page_end(lines, i);
            gap = usual_gap(lines, i, end);
        }
        if (line->dropped)
            continue;
        if (paragraph.text->len && !goes_on(&paragraph, line, gap))
            ok = put_paragraph(reading, &paragraph, &sizes);
        add_line(&paragraph, line);
    }
    ok = ok && put_paragraph(reading, &paragraph, &sizes);
    g_string_free(paragraph.text, TRUE);
    return ok;
}
