/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The block stream: there and back, cut anywhere; and every rule of it broken once. */
#include "rag/blocks.h"

#include <string.h>
#include <unistd.h>

struct seen {
    int n_blocks;
    GString *text;
};

static void on_block(void *data, const struct rag_block *block)
{
    struct seen *seen = data;
    seen->n_blocks++;
    g_string_append_printf(seen->text, "%d/%d/%d-%d/%u:", block->kind, block->level,
                           block->pos_from, block->pos_to, block->flags);
    g_string_append_len(seen->text, block->text, (gssize)block->n_bytes);
    g_string_append_c(seen->text, ';');
}

static GBytes *written(void)
{
    int ends[2];
    guint8 buffer[4096];
    struct rag_block_writer writer;
    g_assert_cmpint(pipe(ends), ==, 0);
    rag_block_writer_init(&writer, ends[1]);
    const struct rag_block blocks[] = {
        {RAG_BLOCK_HEADING, 2, RAG_POS_PAGE, 1, 1, 0, "Café", 5},
        {RAG_BLOCK_TABLE, 0, RAG_POS_PAGE, 1, 3, RAG_BLOCK_TABLE_HEADER, "a | b\n1 | 2", 11},
    };
    g_assert_true(rag_block_write(&writer, &blocks[0]));
    g_assert_true(rag_block_write(&writer, &blocks[1]));
    rag_block_write_meta(&writer, "A title", "pdf", "1 of 3 pages has no text.", 3);
    g_assert_true(rag_block_write_end(&writer));
    rag_block_writer_clear(&writer);
    close(ends[1]);
    ssize_t n = read(ends[0], buffer, sizeof buffer);
    close(ends[0]);
    return g_bytes_new(buffer, (gsize)n);
}

static void test_round_trip(void)
{
    gsize n;
    g_autoptr(GBytes) stream = written();
    const guint8 *bytes = g_bytes_get_data(stream, &n);
    for (gsize piece = 1; piece <= n; piece += piece < 20 ? 1 : 17) {
        struct seen seen = {0, g_string_new(NULL)};
        struct rag_block_parser parser;
        rag_block_parser_init(&parser, on_block, &seen);
        for (gsize at = 0; at < n; at += piece)
            g_assert_true(rag_block_parser_push(&parser, bytes + at, MIN(piece, n - at), NULL));
        g_assert_true(parser.frames.ended);
        g_assert_cmpstr(seen.text->str, ==, "1/2/1-1/0:Café;4/0/1-3/1:a | b\n1 | 2;");
        g_assert_cmpstr(parser.title, ==, "A title");
        g_assert_cmpstr(parser.format, ==, "pdf");
        g_assert_cmpstr(parser.note, ==, "1 of 3 pages has no text.");
        g_assert_cmpint(parser.n_pages, ==, 3);
        rag_block_parser_clear(&parser);
        g_string_free(seen.text, TRUE);
    }
}

static void test_cut_off(void)
{
    gsize n;
    g_autoptr(GBytes) stream = written();
    const guint8 *bytes = g_bytes_get_data(stream, &n);
    for (gsize length = 0; length < n; length++) {
        struct seen seen = {0, g_string_new(NULL)};
        struct rag_block_parser parser;
        rag_block_parser_init(&parser, on_block, &seen);
        g_assert_true(rag_block_parser_push(&parser, bytes, length, NULL));
        g_assert_false(parser.frames.ended);
        rag_block_parser_clear(&parser);
        g_string_free(seen.text, TRUE);
    }
}

#define BLOCK(head, text) "\x0e\0\0\0B" head text
static const struct {
    const char *name, *bytes;
    size_t n;
} bad[] = {
#define BAD(name, bytes)                                                                           \
    {                                                                                              \
        name, bytes, sizeof(bytes) - 1                                                             \
    }
    BAD("length 0", "\0\0\0\0"),
    BAD("huge length", "\xff\xff\xff\x7f"),
    BAD("unknown frame", "\x01\0\0\0Z"),
    BAD("no text", "\x0d\0\0\0B\x02\0\x01\0\x01\0\0\0\x01\0\0\0"),
    BAD("kind 0", BLOCK("\0\0\x01\0\x01\0\0\0\x01\0\0\0", "x")),
    BAD("kind 9", BLOCK("\x09\0\x01\0\x01\0\0\0\x01\0\0\0", "x")),
    BAD("level of a paragraph", BLOCK("\x02\x01\x01\0\x01\0\0\0\x01\0\0\0", "x")),
    BAD("heading without level", BLOCK("\x01\0\x01\0\x01\0\0\0\x01\0\0\0", "x")),
    BAD("level 7", BLOCK("\x01\x07\x01\0\x01\0\0\0\x01\0\0\0", "x")),
    BAD("position kind", BLOCK("\x02\0\x09\0\x01\0\0\0\x01\0\0\0", "x")),
    BAD("backwards", BLOCK("\x02\0\x01\0\x02\0\0\0\x01\0\0\0", "x")),
    BAD("far away", BLOCK("\x02\0\x01\0\x02\0\0\0\xff\xff\xff\xff", "x")),
    BAD("flags", BLOCK("\x02\0\x01\x80\x01\0\0\0\x01\0\0\0", "x")),
    BAD("not UTF-8", BLOCK("\x02\0\x01\0\x01\0\0\0\x01\0\0\0", "\xff")),
    BAD("zero byte", BLOCK("\x02\0\x01\0\x01\0\0\0\x01\0\0\0", "\0")),
    BAD("escape", BLOCK("\x02\0\x01\0\x01\0\0\0\x01\0\0\0", "\x1b")),
    BAD("metadata without ends", "\x06\0\0\0M\x01\0\0\0a"),
    BAD("metadata twice", "\x07\0\0\0M\x01\0\0\0\0\0"
                          "\x07\0\0\0M\x01\0\0\0\0\0"),
    BAD("verdict 9", "\x03\0\0\0E\x09x"),
    BAD("empty sentence", "\x02\0\0\0E\x01"),
    BAD("after the end", "\x01\0\0\0.x"),
    BAD("long end", "\x02\0\0\0.x"),
};

static void test_hostile(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        struct seen seen = {0, g_string_new(NULL)};
        struct rag_block_parser parser;
        rag_block_parser_init(&parser, on_block, &seen);
        bool ok = rag_block_parser_push(&parser, (const guint8 *)bad[i].bytes, bad[i].n, &error);
        if (ok || seen.n_blocks)
            g_error("“%s” was let through", bad[i].name);
        g_assert_error(error, RAG_ERROR, RAG_ERROR_FAILED);
        rag_block_parser_clear(&parser);
        g_string_free(seen.text, TRUE);
    }
}

/* A text beyond the frame limit comes in several blocks, none of which cuts a character. */
static gpointer write_long(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    struct rag_block_writer writer;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < RAG_BLOCK_MAX_TEXT; i++)
        g_string_append(text, "é€");
    rag_block_writer_init(&writer, fd);
    struct rag_block block = {.kind = RAG_BLOCK_PARAGRAPH, .text = text->str, .n_bytes = text->len};
    rag_block_write(&writer, &block);
    rag_block_write_end(&writer);
    rag_block_writer_clear(&writer);
    close(fd);
    return NULL;
}

static void test_long(void)
{
    int ends[2];
    static guint8 buffer[65536];
    struct seen seen = {0, g_string_new(NULL)};
    struct rag_block_parser parser;
    g_assert_cmpint(pipe(ends), ==, 0);
    GThread *thread = g_thread_new("write", write_long, GINT_TO_POINTER(ends[1]));
    rag_block_parser_init(&parser, on_block, &seen);
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
        g_assert_true(rag_block_parser_push(&parser, buffer, (size_t)n, NULL));
    close(ends[0]);
    g_thread_join(thread);
    g_assert_true(parser.frames.ended);
    g_assert_cmpint(seen.n_blocks, ==, 6);
    rag_block_parser_clear(&parser);
    g_string_free(seen.text, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rag/blocks/round-trip", test_round_trip);
    g_test_add_func("/rag/blocks/cut-off", test_cut_off);
    g_test_add_func("/rag/blocks/hostile", test_hostile);
    g_test_add_func("/rag/blocks/long", test_long);
    return g_test_run();
}
