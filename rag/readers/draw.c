/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Draws one page of a PDF with poppler and cairo, and hands over its pixels, its text, and where
 * each character stands, so that the program can mark a quote without asking again. Poppler's
 * layout has one rectangle a character of its text; where it does not, the page goes without.
 *
 * Sizes: the scale follows from the wanted width; a page that would break a limit of page-stream.h
 * is drawn smaller, never cut.
 */
#include "rag/page-stream.h"
#include "rag/readers/pdf.h"
#include "rag/readers/reader.h"

#include <cairo.h>
#include <math.h>
#include <poppler.h>
#include <string.h>

/* Sizes in points that a page may have; PDF's own limit is 14,400. */
#define MIN_POINTS 1.0
#define MAX_POINTS 200000.0

static bool fail(GError **error, const char *sentence)
{
    g_set_error_literal(error, RAG_READ_ERROR, RAG_READ_ERROR_FAILED, sentence);
    return false;
}

/* Pixels a point, and the size in pixels that follows. */
static bool measure(PopplerPage *page, int wanted, double *scale, struct rag_page *out,
                    GError **error)
{
    double width, height;
    poppler_page_get_size(page, &width, &height);
    if (!(width >= MIN_POINTS && height >= MIN_POINTS && width <= MAX_POINTS &&
          height <= MAX_POINTS))
        return fail(error, "The page has no size that could be shown.");
    *scale = CLAMP(wanted, 1, RAG_PAGE_MAX_WIDTH) / width;
    *scale = MIN(*scale, RAG_PAGE_MAX_HEIGHT / height);
    *scale = MIN(*scale, sqrt((double)RAG_PAGE_MAX_PIXELS / (width * height)));
    out->width = MAX(1, (int)floor(width * *scale + 1e-6));
    out->height = MAX(1, (int)floor(height * *scale + 1e-6));
    return true;
}

static cairo_surface_t *render(PopplerPage *page, double scale, const struct rag_page *size,
                               GError **error)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size->width, size->height);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_scale(cr, scale, scale);
    poppler_page_render(page, cr);
    /* what lies below transparent parts is paper */
    cairo_identity_matrix(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_DEST_OVER);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return surface;
    cairo_surface_destroy(surface);
    fail(error, "The page is damaged and cannot be drawn.");
    return NULL;
}

/* Valid text of as many characters, control characters as spaces; cut at the limit. */
static char *clean_text(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);
    for (const char *p = valid; *p && out->len < RAG_PAGE_MAX_TEXT - 6; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(out, c != '\n' && g_unichar_iscntrl(c) ? ' ' : c);
    }
    return g_string_free(out, FALSE);
}

static guint32 to_units(double points, double scale, int limit)
{
    double units = points * scale * RAG_BOX_UNITS;
    return (guint32)CLAMP(isfinite(units) ? units : 0, 0, (double)limit * RAG_BOX_UNITS);
}

static void put_text(struct rag_frame_writer *out, PopplerPage *page, double scale,
                     const struct rag_page *size)
{
    g_autofree char *raw = poppler_page_get_text(page);
    g_autofree char *text = clean_text(raw ? raw : "");
    g_autofree PopplerRectangle *layout = NULL;
    guint n_layout = 0;
    size_t n_chars = (size_t)g_utf8_strlen(text, -1);
    if (n_chars)
        poppler_page_get_text_layout(page, &layout, &n_layout);
    if (n_layout < n_chars)
        n_chars = 0;
    g_autofree struct rag_char_box *boxes = g_new(struct rag_char_box, MAX(n_chars, 1));
    for (size_t i = 0; i < n_chars; i++) {
        const PopplerRectangle *r = &layout[i];
        boxes[i].x1 = to_units(MIN(r->x1, r->x2), scale, size->width);
        boxes[i].x2 = to_units(MAX(r->x1, r->x2), scale, size->width);
        boxes[i].y1 = to_units(MIN(r->y1, r->y2), scale, size->height);
        boxes[i].y2 = to_units(MAX(r->y1, r->y2), scale, size->height);
    }
    rag_page_write_text(out, text, boxes, n_chars);
}

static bool put_page(struct rag_frame_writer *out, PopplerPage *page, int wanted, int number,
                     int n_pages, GError **error)
{
    double scale;
    g_autofree char *label = poppler_page_get_label(page);
    g_autofree char *plain = g_strdup_printf("%d", number);
    struct rag_page head = {.page = number, .n_pages = n_pages};
    if (!measure(page, wanted, &scale, &head, error))
        return false;
    cairo_surface_t *surface = render(page, scale, &head, error);
    if (!surface)
        return false;
    g_autofree char *clean = label ? clean_text(label) : NULL;
    if (clean && *clean && strcmp(clean, plain) != 0)
        head.label = clean;
    rag_page_write_head(out, &head);
    rag_page_write_pixels(out, cairo_image_surface_get_data(surface), head.width, head.height,
                          cairo_image_surface_get_stride(surface));
    put_text(out, page, scale, &head);
    cairo_surface_destroy(surface);
    return true;
}

static bool draw(struct rag_frame_writer *out, int fd, int number, int width, GError **error)
{
    PopplerDocument *document = rag_pdf_open(fd, error);
    if (!document)
        return false;
    int n_pages = poppler_document_get_n_pages(document);
    int wanted = CLAMP(number, 1, MAX(n_pages, 1));
    PopplerPage *page = n_pages > 0 ? poppler_document_get_page(document, wanted - 1) : NULL;
    bool ok = page ? put_page(out, page, width, wanted, n_pages, error)
                   : fail(error, "The page is damaged or missing in the file.");
    g_clear_object(&page);
    g_object_unref(document);
    return ok;
}

bool rag_reader_draw(int fd, int fd_frames, int page, int width)
{
    struct rag_frame_writer out;
    g_autoptr(GError) error = NULL;
    rag_frame_writer_init(&out, fd_frames);
    if (draw(&out, fd, page, width, &error))
        rag_frame_end(&out);
    else
        rag_frame_error(&out, (enum rag_verdict)error->code, error->message);
    bool ok = !out.broken;
    rag_frame_writer_clear(&out);
    return ok;
}
