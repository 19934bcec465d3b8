/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PDF through poppler-glib: per page the text in reading order, with the place and font of its
 * characters, cut into lines; pdf-layout.c makes paragraphs of them. Pages are numbered as a viewer
 * counts them, from 1, not as they are printed.
 */
#include "rag/readers/pdf.h"
#include "rag/readers/pdf-layout.h"

#include <string.h>
#include <unistd.h>

/* "ﬁ" is two letters that a font draws as one. */
static const char *const ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};

static void append_char(GString *out, gunichar c)
{
    if (c >= 0xfb00 && c <= 0xfb06)
        g_string_append(out, ligatures[c - 0xfb00]);
    else
        g_string_append_unichar(out, c);
}

/* "Preface . . . . . . 7": a table of contents leads the eye; the words are enough. */
static void drop_leaders(GString *text)
{
    static GRegex *leaders;
    if (g_once_init_enter(&leaders))
        g_once_init_leave(&leaders, g_regex_new("(?: ?\\.){4,} ?", G_REGEX_OPTIMIZE, 0, NULL));
    if (!strstr(text->str, "...") && !strstr(text->str, ". ."))
        return;
    g_autofree char *plain = g_regex_replace_literal(leaders, text->str, -1, 0, " … ", 0, NULL);
    if (plain)
        g_string_assign(text, plain);
}

struct page_text {
    char *text;              /* (owned) */
    PopplerRectangle *rects; /* (owned) one a character */
    guint n_rects;
    GList *attributes; /* (owned) runs of one font, by character index */
};

static bool is_bold(const char *font)
{
    return font && (strcasestr(font, "bold") || strcasestr(font, "black") ||
                    strcasestr(font, "heavy") || g_str_has_suffix(font, "CMBX10"));
}

/* The font of the character `at`; the list is walked on as characters only grow. */
static const PopplerTextAttributes *font_at(GList **runs, int at)
{
    while (*runs && (*runs)->next && ((PopplerTextAttributes *)(*runs)->data)->end_index < at)
        *runs = (*runs)->next;
    return *runs ? (*runs)->data : NULL;
}

static void finish_line(struct pdf_line *line, GString *text, GPtrArray *lines)
{
    drop_leaders(text);
    line->text = g_strstrip(g_strdup(text->str));
    if (*line->text)
        g_ptr_array_add(lines, line);
    else
        pdf_line_free(line);
    g_string_truncate(text, 0);
}

/* Is there white paper, but no space, before the character at r? */
static bool is_gap(const struct pdf_line *line, const PopplerRectangle *r, const GString *text)
{
    return r->x1 - line->x2 > line->size * 0.3 && text->len && text->str[text->len - 1] != ' ';
}

static void cut_lines(const struct page_text *page, int number, GPtrArray *lines)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct pdf_line *line = NULL;
    GList *runs = page->attributes;
    guint at = 0;
    for (const char *p = page->text; *p; p = g_utf8_next_char(p), at++) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\n') {
            if (line)
                finish_line(g_steal_pointer(&line), text, lines);
            continue;
        }
        if (at >= page->n_rects || g_unichar_isspace(c)) {
            append_char(text, c);
            continue;
        }
        PopplerRectangle r = page->rects[at];
        if (line && is_gap(line, &r, text)) /* a tab, or the next cell of a table */
            g_string_append_c(text, ' ');
        append_char(text, c);
        if (!line) {
            const PopplerTextAttributes *font = font_at(&runs, (int)at);
            line = g_new0(struct pdf_line, 1);
            *line = (struct pdf_line){
                .page = number,
                .x1 = r.x1,
                .y1 = r.y1,
                .x2 = r.x2,
                .y2 = r.y2,
                .size = font && font->font_size > 0 ? font->font_size : r.y2 - r.y1,
                .bold = font && is_bold(font->font_name),
            };
        }
        line->x1 = MIN(line->x1, r.x1);
        line->x2 = r.x2;
        line->y1 = MIN(line->y1, r.y1);
        line->y2 = MAX(line->y2, r.y2);
    }
    if (line)
        finish_line(line, text, lines);
}

/* Lines of one page; false: it has no text. */
static bool read_page(PopplerDocument *document, int index, GPtrArray *lines)
{
    PopplerPage *page = poppler_document_get_page(document, index);
    if (!page)
        return false;
    guint before = lines->len;
    struct page_text text = {.text = poppler_page_get_text(page)};
    if (text.text && *text.text && poppler_page_get_text_layout(page, &text.rects, &text.n_rects)) {
        text.attributes = poppler_page_get_text_attributes(page);
        cut_lines(&text, index + 1, lines);
    }
    poppler_page_free_text_attributes(text.attributes);
    g_free(text.rects);
    g_free(text.text);
    g_object_unref(page);
    return lines->len > before;
}

static bool fail(GError **error, enum rag_read_error code, const char *sentence)
{
    g_set_error_literal(error, RAG_READ_ERROR, (int)code, sentence);
    return false;
}

PopplerDocument *rag_pdf_open(int fd, GError **error)
{
    g_autoptr(GError) cause = NULL;
    PopplerDocument *document = poppler_document_new_from_fd(dup(fd), NULL, &cause);
    if (document)
        return document;
    if (g_error_matches(cause, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
        fail(error, RAG_READ_ERROR_FAILED,
             "The PDF is encrypted; save it without its password to have it read.");
    else
        fail(error, RAG_READ_ERROR_FAILED,
             "The PDF is damaged or cut off and cannot be opened; get it again.");
    return NULL;
}

static bool put_document(struct rag_reading *reading, PopplerDocument *document, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(pdf_line_free);
    int n_empty = 0;
    for (int i = 0; i < reading->n_pages; i++)
        n_empty += !read_page(document, i, lines);
    if (n_empty == reading->n_pages)
        return fail(error, RAG_READ_ERROR_SKIPPED,
                    "No page of this PDF has text; scanned pages cannot be read yet.");
    if (n_empty)
        g_string_append_printf(reading->note, "%d of %d pages have no text.", n_empty,
                               reading->n_pages);
    g_autofree char *title = poppler_document_get_title(document);
    if (title)
        g_string_assign(reading->title, g_strstrip(title));
    pdf_layout_drop_running(lines, reading->n_pages);
    pdf_layout_put(reading, lines);
    return true;
}

bool rag_reader_pdf(struct rag_reading *reading, GError **error)
{
    PopplerDocument *document = rag_pdf_open(reading->fd, error);
    if (!document)
        return false;
    reading->format = "pdf";
    reading->pos_kind = RAG_POS_PAGE;
    reading->n_pages = poppler_document_get_n_pages(document);
    bool ok = reading->n_pages > 0
                  ? put_document(reading, document, error)
                  : fail(error, RAG_READ_ERROR_FAILED,
                         "The PDF is damaged or cut off: it has no pages; get it again.");
    g_object_unref(document);
    return ok;
}
