/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the readers make of documents: each case is a file's bytes and the blocks that must come
 * out, one a line: "h2 text", "p text", "l text" (list item), "t text" (table), "c text" (code),
 * with
 * "@from-to" where positions matter. argv[1]: the reader child; argv[2]: the folder of test data.
 */
#include "config.h"
#include "rag/reader-process.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *reader_child, *data_folder;
static char *folder;

struct reading {
    GString *text;
    bool positions;
};

static void on_block(void *data, const struct rag_block *block)
{
    static const char kinds[] = "?hpltc";
    struct reading *reading = data;
    g_string_append_c(reading->text, kinds[block->kind]);
    if (block->level)
        g_string_append_printf(reading->text, "%d", block->level);
    if (reading->positions)
        g_string_append_printf(reading->text, "@%d-%d", block->pos_from, block->pos_to);
    g_string_append_c(reading->text, ' ');
    for (size_t i = 0; i < block->n_bytes; i++)
        g_string_append(reading->text, block->text[i] == '\n' ? "⏎" : (char[]){block->text[i], 0});
    g_string_append_c(reading->text, '\n');
}

static struct rag_read_result read_path(const char *path, struct reading *reading)
{
    g_autoptr(GError) error = NULL;
    struct rag_read_result result;
    struct rag_read_options options = {
        .reader_argv = (const char *[]){reader_child, LECTERN_VERSION " " LECTERN_COMMIT, NULL},
        .timeout_seconds = 60,
        .memory_bytes = INT64_C(1) << 30,
        .max_bytes = 300 * 1000 * 1000,
        .on_block = on_block,
        .data = reading,
    };
    rag_read_file(path, &options, &result, NULL, &error);
    g_assert_no_error(error);
    return result;
}

/* Reads these bytes as a file of this name; the blocks, or "! reason". */
static char *blocks_of(const char *name, const char *bytes, gssize n, bool positions)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct reading reading = {g_string_new(NULL), positions};
    g_assert_true(g_file_set_contents(path, bytes, n, NULL));
    struct rag_read_result result = read_path(path, &reading);
    if (result.outcome != RAG_READ_OK)
        g_string_printf(reading.text, "! %s", result.reason);
    rag_read_result_clear(&result);
    g_remove(path);
    return g_string_free(reading.text, FALSE);
}

static void check(const char *name, const char *bytes, const char *expected)
{
    g_autofree char *got = blocks_of(name, bytes, -1, false);
    g_assert_cmpstr(got, ==, expected);
}

static void check_bytes(const char *name, const char *bytes, size_t n, const char *expected)
{
    g_autofree char *got = blocks_of(name, bytes, (gssize)n, false);
    g_assert_cmpstr(got, ==, expected);
}

static void test_text_structure(void)
{
    check("a.txt", "Title\n=====\n\nA paragraph\nof two lines.\n\nPart\n----\nText.\n",
          "h1 Title\np A paragraph of two lines.\nh2 Part\np Text.\n");
    check("a.txt", "=====\nTitle\n=====\n\nText.\n", "h1 Title\np Text.\n");
    check("a.txt", "== Usage\nText.\n=== More\n\nText.\n", "h2 Usage\np Text.\nh3 More\np Text.\n");
    check("a.1.txt", "NAME\n\n   git-add - adds files\n\nSEE ALSO\n\n   git-rm\n",
          "h1 NAME\np git-add - adds files\nh1 SEE ALSO\np git-rm\n");
    check("a.txt", "4.2. Maintainer scripts\n\nText.\n\n1. Buy milk\n2. Go home\n",
          "h2 4.2. Maintainer scripts\np Text.\nl 1. Buy milk\nl 2. Go home\n");
    check("a.txt", "- one\n  goes on\n- two\n", "l - one goes on\nl - two\n");
    check("a.txt", "-f::\n--force::\n\tDoes it anyway.\n-n::\n\tDoes nothing.\n",
          "c -f::⏎--force::⏎\tDoes it anyway.\np -n:: Does nothing.\n");
    check("a.txt", "one   two   three\nfour  five  six\n1     2     3\n",
          "c one   two   three⏎four  five  six⏎1     2     3\n");
    check("a.txt", "----\n\nText between rules.\n\n----\n", "p Text between rules.\n");
}

static void test_text_lines(void)
{
    g_autofree char *got =
        blocks_of("a.txt", "One\r\ntwo.\r\n\r\n\fThree.\rFour.\n\n\nTitle\n=====\n", -1, true);
    g_assert_cmpstr(got, ==, "p@1-2 One two.\np@5-6 Three. Four.\nh1@9-10 Title\n");
}

static void test_encodings(void)
{
    check_bytes("u8.txt",
                "\xef\xbb\xbf"
                "Käse.\n",
                9, "p Käse.\n");
    check_bytes("u16.txt",
                "\xff\xfe"
                "K\0\xe4\0s\0e\0",
                10, "p Käse\n");
    check_bytes("u16be.txt", "\0K\0a\0s\0e\0 \0t\0e\0x\0t", 18, "p Kase text\n");
    check("nfc.txt", "Ka\xcc\x88se\xe2\x80\x8b.\n", "p Käse.\n");
    g_autofree char *latin = blocks_of("l1.txt",
                                       "Die Stra\xdf"
                                       "e f\xfchrt \xfc"
                                       "ber die Br\xfc"
                                       "cke. Gr\xfc\xdf"
                                       "e aus K\xf6ln!\n",
                                       -1, false);
    g_assert_cmpstr(latin, ==, "p Die Straße führt über die Brücke. Grüße aus Köln!\n");
}

static void test_not_text(void)
{
    char junk[3000];
    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = (char)(1 + (i * 2654435761u >> 15) % 255);
    check_bytes("junk.txt", junk, sizeof junk,
                "! This is not text, nor a format that can be read.");
    check_bytes("zero.txt", "a\0b", 3, "! This is not text, nor a format that can be read.");
    check("no.pdf", "Just a text.", "p Just a text.\n");
    check("zip.txt", "PK\x03\x04 and so on",
          "! Archives are not opened; unpack it to have its documents read.");
    check("rtf.txt", "{\\rtf1 text}", "! Word-processor documents cannot be read yet.");
    check("spaces.txt", " \n \n", "! The file has no text.");
}

static void test_markdown(void)
{
    g_autofree char *got = blocks_of(
        "a.md",
        "---\ntitle: \"T\"\n---\n# One\n\nSome *text* with `code` and\na [link](http://x.y).\n\n"
        "- item\n- second\n  line\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```c\nif (x)\n    "
        "y();\n```\n"
        "<!-- no -->\n<b>raw</b>\n\n## Two\n\n> quoted\n",
        -1, true);
    g_assert_cmpstr(got, ==,
                    "h1@4-4 One\np@6-7 Some text with code and a link.\nl@9-9 item\n"
                    "l@10-11 second line\nt@13-15 a | b⏎1 | 2\nc@17-20 if (x)⏎    y();\n"
                    "p@22-22 raw\nh2@24-24 Two\np@26-26 quoted\n");
}

static void test_html(void)
{
    check("a.html",
          "<title>T</title><style>p{}</style><script>x()</script><nav><a href=1>Nav</a></nav>"
          "<h1>One</h1><p>Some <b>bold</b>\n text.<p hidden>no<p style='display:none'>no"
          "<ul><li>item<li>second</ul><pre>if (x)\n    y();</pre>"
          "<table><tr><th>a<th>b<tr><td>1<td>2</table>"
          "<dl><dt>term<dd>meaning<dt>other<dd><p>more</dl><footer>foot</footer>",
          "h1 One\np Some bold text.\nl item\nl second\nc if (x)⏎    y();\nt a | b⏎1 | 2\n"
          "l term: meaning\nl other: more\n");
    /* how the table's source is set does not matter */
    check("table.html",
          "<table>\n  <tr>\n    <th> a </th>\n    <th>\n b</th>\n  </tr>\n"
          "  <tr> <td>1\n one</td> <td></td> <td>2</td> </tr>\n</table>\n",
          "t a | b⏎1 one | | 2\n");
    check("layout.html", "<table><tr><td><p>One.</p><td><h2>Two</h2><p>Three.</table>",
          "p One.\nh2 Two\np Three.\n");
    check("boiler.html",
          "<div><a href=a>Home</a> <a href=b>About</a></div><div>Small. Fast.</div>"
          "<h1>Title</h1><p>Text with a <a href=x>link</a> inside.</p>"
          "<ul><li><a href=1>Prev</a><li><a href=2>Next</a></ul>",
          "h1 Title\np Text with a link inside.\n");
    check("index.html", "<ul><li><a href=1>First chapter</a><li><a href=2>Second chapter</a></ul>",
          "l First chapter\nl Second chapter\n");
    check("empty.html", "<html><body><script>x</script></body></html>", "! The file has no text.");
    check("entity.html", "<p>a &lt;b&gt; &amp; caf&eacute; &#x1F600;", "p a <b> & café 😀\n");
}

static void test_html_deep(void)
{
    g_autoptr(GString) html = g_string_new(NULL);
    for (int i = 0; i < 20000; i++)
        g_string_append(html, "<div><b>");
    g_string_append(html, "deep");
    g_autofree char *got = blocks_of("deep.html", html->str, -1, false);
    g_assert_true(g_str_has_prefix(got, "p ") || g_str_has_prefix(got, "! "));
}

static void test_pdf(void)
{
    g_autofree char *path = g_build_filename(data_folder, "report.pdf", NULL);
    struct reading reading = {g_string_new(NULL), true};
    struct rag_read_result result = read_path(path, &reading);
    g_assert_cmpint(result.outcome, ==, RAG_READ_OK);
    g_assert_cmpint(result.n_pages, ==, 4);
    g_assert_cmpstr(result.note, ==, "1 of 4 pages have no text.");
    g_assert_cmpstr(result.title, ==, "Of lamps and oil");
    static const char *const expected[] = {
        "h1@1-1 Of lamps and oil\n",
        "Keepers trim the wicks at midnight", /* hyphen at the line's end */
        "@1-2 In fog the bell",               /* runs over the page's end */
        "signs with the name that stands in the list of keepers.\n",
        "h2@2-2 Wages\n",
        "90",
        "p@3-3 The end of the report",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_nonnull(strstr(reading.text->str, expected[i]));
    g_assert_null(strstr(reading.text->str, "Annual Report")); /* the running header */
    rag_read_result_clear(&result);
    g_string_free(reading.text, TRUE);
}

/* One page of text lines; poppler does without the table of objects. (owned) */
static char *plain_pdf(const char *const *lines)
{
    GString *page = g_string_new("BT /F 10 Tf 72 760 Td 14 TL");
    for (; *lines; lines++)
        g_string_append_printf(page, " (%s) Tj T* %s", *lines, **lines ? "" : "T*");
    g_string_append(page, " ET");
    char *pdf = g_strdup_printf(
        "%%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
        "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
        "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>> endobj\n"
        "4 0 obj <</Length %zu>> stream\n%s\nendstream endobj\n"
        "trailer <</Root 1 0 R>>\n%%%%EOF\n",
        page->len, page->str);
    g_string_free(page, TRUE);
    return pdf;
}

/* A number of two parts and a title make a heading, though they look like the rest. */
static void test_pdf_numbered(void)
{
    const char *const lines[] = {"The text before it ends with a full stop, as texts do.",
                                 "",
                                 "3.2 Wages of the keepers",
                                 "",
                                 "They are paid by the month, and in oil where they want it so.",
                                 "",
                                 "3.3 Wages of the cooks ..... 17",
                                 "",
                                 "2.5 Million people live here.",
                                 "",
                                 "1. Take the key",
                                 NULL};
    g_autofree char *pdf = plain_pdf(lines);
    check("plain.pdf", pdf,
          "p The text before it ends with a full stop, as texts do.\n"
          "h2 3.2 Wages of the keepers\n"
          "p They are paid by the month, and in oil where they want it so.\n"
          "p 3.3 Wages of the cooks … 17\n"
          "p 2.5 Million people live here.\n"
          "l 1. Take the key\n");
}

static void test_pdf_bad(void)
{
    g_autofree char *encrypted = g_build_filename(data_folder, "encrypted.pdf", NULL);
    g_autofree char *whole_path = g_build_filename(data_folder, "report.pdf", NULL), *whole = NULL;
    struct reading reading = {g_string_new(NULL), false};
    gsize n;
    struct rag_read_result result = read_path(encrypted, &reading);
    g_assert_cmpint(result.outcome, ==, RAG_READ_FAILED);
    g_assert_cmpstr(result.reason, ==,
                    "The PDF is encrypted; save it without its password to have it read.");
    rag_read_result_clear(&result);
    g_string_free(reading.text, TRUE);
    g_assert_true(g_file_get_contents(whole_path, &whole, &n, NULL));
    check_bytes("cut.pdf", whole, 200,
                "! The PDF is damaged or cut off and cannot be opened; get it again.");
    for (gsize length = 300; length < n; length += 211) { /* any cut has some outcome */
        g_autofree char *got = blocks_of("cut.pdf", whole, (gssize)length, false);
        g_assert_true(*got != '\0');
    }
}

/* 20 MB (100 MB with -m slow) are read in a stream: the child lives with 300 MB of address space,
   libraries included. */
static void test_large(void)
{
    g_autofree char *path = g_build_filename(folder, "large.txt", NULL);
    FILE *file = fopen(path, "w");
    long size = g_test_slow() ? 100 * 1000 * 1000 : 20 * 1000 * 1000;
    for (long at = 0, i = 0; at < size; i++)
        at +=
            fprintf(file, "Line %ld of a very long text, which goes on.\n%s", i, i % 8 ? "" : "\n");
    fclose(file);
    g_autoptr(GError) error = NULL;
    struct rag_read_result result;
    struct rag_read_options options = {
        .reader_argv = (const char *[]){reader_child, LECTERN_VERSION " " LECTERN_COMMIT, NULL},
        .timeout_seconds = 120,
        .memory_bytes = 300 * 1000 * 1000,
        .max_bytes = 200 * 1000 * 1000,
    };
    rag_read_file(path, &options, &result, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(result.reason, ==, NULL);
    g_assert_cmpint(result.outcome, ==, RAG_READ_OK);
    rag_read_result_clear(&result);
    g_remove(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >=, 4);
    reader_child = argv[1];
    data_folder = argv[2];
    folder = g_dir_make_tmp("lectern-readers-XXXXXX", NULL);
    g_test_add_func("/rag/readers/text-structure", test_text_structure);
    g_test_add_func("/rag/readers/text-lines", test_text_lines);
    g_test_add_func("/rag/readers/encodings", test_encodings);
    g_test_add_func("/rag/readers/not-text", test_not_text);
    g_test_add_func("/rag/readers/markdown", test_markdown);
    g_test_add_func("/rag/readers/html", test_html);
    g_test_add_func("/rag/readers/html-deep", test_html_deep);
    g_test_add_func("/rag/readers/pdf", test_pdf);
    g_test_add_func("/rag/readers/pdf-numbered", test_pdf_numbered);
    g_test_add_func("/rag/readers/pdf-bad", test_pdf_bad);
    g_test_add_func("/rag/readers/large", test_large);
    int rc = g_test_run();
    g_rmdir(folder);
    g_free(folder);
    return rc;
}
