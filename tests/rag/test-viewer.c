/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pages and texts for the viewer, with the real reader and with one that lies; a source's state.
 * argv[1]: the reader; argv[2]: test data; argv[3]: bad-reader; argv[4]: data/samples.
 */
#include "config.h"
#include "rag/viewer.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

static const char *reader[3], *data_folder, *bad_reader, *samples;
static char *folder;

static char *sample(const char *name)
{
    return g_build_filename(samples, name, NULL);
}

static RagPage *draw(const char *path, int page, int width, const char *quote, GError **error)
{
    struct rag_page_request request = {.size = sizeof request,
                                       .reader_argv = reader,
                                       .path = path,
                                       .page = page,
                                       .width = width,
                                       .quote = quote};
    return rag_draw_page(&request, NULL, error);
}

/* Pixels inside of the rectangle that are darker than paper, in parts of all. */
static double ink(const RagPage *page, const struct rag_rect *r)
{
    int dark = 0, all = 0;
    for (int y = (int)r->y; y < r->y + r->height && y < page->height; y++) {
        for (int x = (int)r->x; x < r->x + r->width && x < page->width; x++, all++)
            dark += page->pixels[(size_t)y * (size_t)page->stride + (size_t)x * 4] < 128;
    }
    return all ? (double)dark / all : 0;
}

static void test_page(void)
{
    g_autofree char *path = sample("lease.pdf");
    g_autoptr(GError) error = NULL;
    g_autoptr(RagPage) page = draw(path, 2, 600, "The rent is 940 euros a month", &error);
    g_assert_no_error(error);
    g_assert_cmpint(page->page, ==, 2);
    g_assert_cmpint(page->n_pages, ==, 4);
    g_assert_cmpint(page->width, ==, 600);
    g_assert_cmpint(page->height, ==, 849); /* A4 */
    g_assert_nonnull(strstr(page->text, "third working day"));
    g_assert_cmpint(page->pixels[3], ==, 255);
    g_assert_cmpint(page->pixels[0], ==, 255); /* a white corner */
    g_assert_cmpuint(page->rects->len, ==, 1);
    struct rag_rect rect = g_array_index(page->rects, struct rag_rect, 0);
    g_assert_cmpfloat(rect.width, >, 100);
    g_assert_cmpfloat(rect.height, <, 30);
    g_assert_cmpfloat(ink(page, &rect), >, 0.03);
    struct rag_rect margin = {2, rect.y, 30, rect.height};
    g_assert_cmpfloat(ink(page, &margin), ==, 0);
}

/* Over line breaks: a rectangle each, one below the other, at any width. */
static void test_lines(void)
{
    static const int widths[] = {200, 600, 1500};
    g_autofree char *path = sample("lease.pdf");
    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        g_autoptr(RagPage) page = draw(path, 2, widths[i],
                                       "It may be paid in three equal parts, the first when the "
                                       "flat is handed over. The landlord keeps it apart",
                                       NULL);
        g_assert_cmpuint(page->rects->len, ==, 2);
        struct rag_rect *rects = (struct rag_rect *)(void *)page->rects->data;
        g_assert_cmpfloat(rects[1].y, >, rects[0].y);
        g_assert_cmpfloat(rects[1].y - rects[0].y, <, rects[0].height * 2.5);
        g_assert_cmpfloat(rects[1].x, <, rects[0].x);
        for (int k = 0; k < 2; k++)
            g_assert_cmpfloat(rects[k].x + rects[k].width, <=, page->width);
    }
}

static void test_no_quote(void)
{
    g_autofree char *path = sample("lease.pdf");
    g_autoptr(RagPage) other = draw(path, 1, 300, "The rent is 940 euros a month", NULL);
    g_assert_cmpuint(other->rects->len, ==, 0);
    g_autoptr(RagPage) beyond = draw(path, 99, 300, NULL, NULL);
    g_assert_cmpint(beyond->page, ==, 4);
    g_autoptr(RagPage) before = draw(path, -5, 1, NULL, NULL);
    g_assert_cmpint(before->page, ==, 1);
    g_assert_cmpint(before->width, ==, 1);
    g_autoptr(RagPage) huge = draw(path, 1, 1000000, NULL, NULL);
    g_assert_cmpint(huge->width * huge->height, <=, RAG_PAGE_MAX_PIXELS);
    g_assert_cmpint(huge->width, >, 3000);
}

static void refuse(const char *path, const char *sentence)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(draw(path, 1, 300, "x", &error));
    if (!error || !strstr(error->message, sentence))
        g_assert_cmpstr(error ? error->message : NULL, ==, sentence);
}

static void test_no_page(void)
{
    g_autofree char *markdown = sample("heating.md");
    g_autofree char *encrypted = g_build_filename(data_folder, "encrypted.pdf", NULL);
    g_autofree char *cut = g_build_filename(folder, "cut.pdf", NULL), *bytes = NULL;
    g_autofree char *lease = sample("lease.pdf"), *none = g_build_filename(folder, "none", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_get_contents(lease, &bytes, NULL, NULL));
    g_assert_true(g_file_set_contents(cut, bytes, 300, NULL));
    refuse(markdown, "damaged or cut off");
    refuse(encrypted, "encrypted");
    refuse(cut, "damaged or cut off");
    refuse("/dev/zero", "a device");
    g_assert_null(draw(none, 1, 300, NULL, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_remove(cut);
}

/* A page as large as a PDF can have, and one that is a hair wide: drawn smaller, or refused. */
static void test_sizes(void)
{
    static const char *const boxes[] = {"0 0 14400 14400", "0 0 14400 2", "0 0 2 14400",
                                        "0 0 0 0",         "0 0 1e9 1e9", "0 0 -5 nan"};
    g_autofree char *path = g_build_filename(folder, "sizes.pdf", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *pdf = g_strdup_printf(
            "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 "
            "R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[%s]>>endobj\n"
            "trailer<</Root 1 0 R>>\n",
            boxes[i]);
        g_assert_true(g_file_set_contents(path, pdf, -1, NULL));
        g_autoptr(RagPage) page = draw(path, 1, 4096, NULL, &error);
        if (page)
            g_assert_cmpint(page->width * page->height, <=, RAG_PAGE_MAX_PIXELS);
        else
            g_assert_error(error, RAG_ERROR, RAG_ERROR_FAILED);
    }
    g_remove(path);
}

/* --- a reader that lies ---------------------------------------------------------------------- */

static void test_lies(void)
{
    static const struct {
        const char *part, *sentence;
    } lies[] = {{"--crash", "crashed"},
                {"--garbage", "something that is not a document"},
                {"--silent", "without a result"},
                {"--updated", "start it again"},
                {"--wide-page", "impossible size"},
                {"--large-page", "impossible size"},
                {"--more-pixels", "more pixels"},
                {"--few-pixels", "not whole"},
                {"--wild-box", "not on the page"},
                {"--no-head", "no head"}};
    g_autofree char *path = sample("lease.pdf");
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GError) error = NULL;
        struct rag_page_request request = {.size = sizeof request,
                                           .reader_argv =
                                               (const char *[]){bad_reader, lies[i].part, NULL},
                                           .path = path,
                                           .page = 1,
                                           .width = 100};
        g_assert_null(rag_draw_page(&request, NULL, &error));
        if (!error || !strstr(error->message, lies[i].sentence))
            g_error("%s: %s", lies[i].part, error ? error->message : "no error");
    }
}

/* --- texts ----------------------------------------------------------------------------------- */

static RagDocumentText *read_text(const char *path, const char *quote, int line, GError **error)
{
    struct rag_text_request request = {
        .size = sizeof request, .reader_argv = reader, .path = path, .quote = quote, .line = line};
    return rag_read_text(&request, NULL, error);
}

static void test_text(void)
{
    g_autofree char *path = sample("heating.md");
    g_autoptr(GError) error = NULL;
    g_autoptr(RagDocumentText) text =
        read_text(path,
                  "If the pressure falls below 0.8 bar, the boiler stops and shows E-04.\n"
                  "Switch the boiler off",
                  0, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text->format, ==, "markdown");
    g_assert_cmpstr(text->title, ==, "Brookhearth 24 heating boiler: manual for the household");
    g_assert_false(text->cut);
    g_assert_cmpint(text->quote_block, >, 0);
    const struct rag_text_block *first = text->blocks->pdata[text->quote_block];
    const struct rag_text_block *second = text->blocks->pdata[text->quote_block + 1];
    g_assert_cmpint(first->kind, ==, RAG_TEXT_PARAGRAPH);
    g_assert_cmpuint(first->quote_from, ==, 0);
    g_assert_cmpint(second->kind, ==, RAG_TEXT_LIST);
    g_autofree char *part =
        g_strndup(second->text + second->quote_from, second->quote_to - second->quote_from);
    g_assert_cmpstr(part, ==, "Switch the boiler off");
}

/* What is said twice is marked where it was read. */
static void test_text_line(void)
{
    g_autofree char *path = g_build_filename(folder, "twice.txt", NULL);
    g_assert_true(g_file_set_contents(
        path, "Rent is due.\n\nAnd so on.\n\nRent is due.\n\nThen.\n\nRent is due.\n", -1, NULL));
    static const int lines[] = {1, 5, 9};
    for (int i = 0; i < 3; i++) {
        g_autoptr(RagDocumentText) text = read_text(path, "Rent is due.", lines[i], NULL);
        g_assert_cmpint(text->quote_block, ==, 2 * i);
    }
    g_autoptr(RagDocumentText) none = read_text(path, "Nothing of the kind is here.", 0, NULL);
    g_assert_cmpint(none->quote_block, ==, -1);
    g_remove(path);
}

static void test_text_cut(void)
{
    g_autofree char *path = g_build_filename(folder, "long.txt", NULL);
    g_autoptr(GString) all = g_string_new(NULL);
    while (all->len < RAG_TEXT_MAX_BYTES + 1000000)
        g_string_append_printf(all, "Paragraph at %zu of a long text.\n\n", all->len);
    g_assert_true(g_file_set_contents(path, all->str, (gssize)all->len, NULL));
    g_autoptr(RagDocumentText) text = read_text(path, "Paragraph at 0 of a long", 0, NULL);
    g_assert_true(text->cut);
    g_assert_cmpint(text->quote_block, ==, 0);
    g_remove(path);
}

/* --- a source -------------------------------------------------------------------------------- */

static void assert_state(RagLibrary *library, const char *path, const char *hash,
                         enum rag_source_state expected)
{
    g_assert_cmpint(rag_source_state(library, path, hash), ==, expected);
}

static void test_source(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_build_filename(folder, "library", NULL);
    g_autofree char *docs = g_build_filename(folder, "documents", NULL);
    g_autofree char *path = g_build_filename(docs, "note.txt", NULL);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "The first.\n", -1);
    struct rag_library_options options = {
        .size = sizeof options, .dir = dir, .create = true, .reader_argv = reader};
    struct rag_index_options index = {.size = sizeof index};
    struct rag_index_result result;
    g_assert_cmpint(g_mkdir(docs, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, "The first.\n", -1, NULL));
    RagLibrary *library = rag_library_open(&options, &error);
    g_assert_no_error(error);
    g_assert_true(rag_index(library, (const char *[]){docs}, 1, &index, &result, NULL, &error));
    rag_index_result_clear(&result);

    assert_state(library, path, hash, RAG_SOURCE_SAME);
    assert_state(library, path, "", RAG_SOURCE_UNKNOWN);
    assert_state(library, path, "00ff", RAG_SOURCE_CHANGED);
    /* touched: the same all the same */
    g_assert_cmpint(g_utime(path, NULL), ==, 0);
    assert_state(library, path, hash, RAG_SOURCE_SAME);
    g_assert_true(g_file_set_contents(path, "The second.\n", -1, NULL));
    assert_state(library, path, hash, RAG_SOURCE_CHANGED);
    g_assert_true(g_file_set_contents(path, "The first.\n", -1, NULL));
    g_assert_cmpint(rag_forget(library, path, &error), ==, 1);
    assert_state(library, path, hash, RAG_SOURCE_FORGOTTEN);
    g_remove(path);
    assert_state(library, path, hash, RAG_SOURCE_GONE);
    rag_library_close(library);
    g_rmdir(docs);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 5);
    reader[0] = argv[1];
    reader[1] = LECTERN_VERSION " " LECTERN_COMMIT;
    data_folder = argv[2];
    bad_reader = argv[3];
    samples = argv[4];
    folder = g_dir_make_tmp("lectern-viewer-XXXXXX", NULL);
    g_test_add_func("/rag/viewer/page", test_page);
    g_test_add_func("/rag/viewer/lines", test_lines);
    g_test_add_func("/rag/viewer/no-quote", test_no_quote);
    g_test_add_func("/rag/viewer/no-page", test_no_page);
    g_test_add_func("/rag/viewer/sizes", test_sizes);
    g_test_add_func("/rag/viewer/lies", test_lies);
    g_test_add_func("/rag/viewer/text", test_text);
    g_test_add_func("/rag/viewer/text-line", test_text_line);
    g_test_add_func("/rag/viewer/text-cut", test_text_cut);
    g_test_add_func("/rag/viewer/source", test_source);
    int rc = g_test_run();
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", folder);
    if (system(remove) != 0)
        g_warning("%s is left", folder);
    g_free(folder);
    return rc;
}
