/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GGUF reader and writer: what is written is read back; every lie that a file can tell is refused
 * with a sentence that names the key or tensor; a file cut anywhere is refused.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/gguf.h"

/* --- files built by hand, so that they can lie ------------------------------------------------ */

static void add_int(GByteArray *b, guint64 value, guint n)
{
    for (guint i = 0; i < n; i++) {
        guint8 byte = (guint8)(value >> 8 * i);
        g_byte_array_append(b, &byte, 1);
    }
}

static void add_text(GByteArray *b, const char *text)
{
    add_int(b, strlen(text), 8);
    g_byte_array_append(b, (const guint8 *)text, (guint)strlen(text));
}

static GByteArray *header(guint32 version, guint64 n_tensors, guint64 n_values)
{
    GByteArray *b = g_byte_array_new();
    g_byte_array_append(b, (const guint8 *)"GGUF", 4);
    add_int(b, version, 4);
    add_int(b, n_tensors, 8);
    add_int(b, n_values, 8);
    return b;
}

static void add_u32(GByteArray *b, const char *key, guint32 value)
{
    add_text(b, key);
    add_int(b, GGUF_U32, 4);
    add_int(b, value, 4);
}

static void add_tensor(GByteArray *b, const char *name, guint64 ne0, guint64 ne1, guint32 type,
                       guint64 offset)
{
    add_text(b, name);
    add_int(b, 2, 4);
    add_int(b, ne0, 8);
    add_int(b, ne1, 8);
    add_int(b, type, 4);
    add_int(b, offset, 8);
}

static void add_zeros(GByteArray *b, guint n)
{
    add_int(b, 0, 8);
    g_byte_array_set_size(b, b->len - 8);
    for (guint i = 0; i < n; i++) {
        add_int(b, 0, 1);
    }
}

static void pad(GByteArray *b, guint alignment)
{
    add_zeros(b, (alignment - b->len % alignment) % alignment);
}

/* Opens, frees everything, and checks status and a part of the sentence. */
static void expect(GByteArray *b, enum eng_status status, const char *part)
{
    struct gguf *g;
    struct eng_err err = {0};
    /* A copy of exact size, so that a sanitizer sees one byte too far. */
    guint8 *copy = g_memdup2(b->data, b->len);
    enum eng_status got = gguf_open_memory(&g, copy, b->len, &err);
    gguf_close(g);
    g_free(copy);
    g_byte_array_unref(b);
    g_assert_cmpint(got, ==, status);
    if (part && !strstr(err.text, part)) {
        g_error("\"%s\" does not contain \"%s\"", err.text, part);
    }
}

/* --- round trip --------------------------------------------------------------------------------
 */

static char *write_sample(const char *folder)
{
    static const float ones[64] = {1, 2, 3};
    static const guint8 blocks[2 * 34] = {1, 2, 3};
    static const int32_t numbers[] = {7, -8, 9};
    struct gguf_string words[] = {{"a", 1}, {"", 0}, {"b\0c", 3}};
    struct gguf_writer *w = gguf_writer_new();
    gguf_put_string(w, "general.architecture", "test");
    gguf_put_u32(w, "n", 4000000000u);
    gguf_put_f32(w, "f", 0.5f);
    gguf_put_bool(w, "yes", true);
    gguf_put_strings(w, "words", words, 3);
    gguf_put_array(w, "numbers", GGUF_INT32, numbers, 3);
    gguf_put_tensor(w, "x", GGUF_F32, 2, (const int64_t[]){3, 7}, ones);
    gguf_put_tensor(w, "y.weight", GGUF_Q8_0, 1, (const int64_t[]){64}, blocks);
    char *path = g_build_filename(folder, "sample.gguf", NULL);
    struct eng_err err = {0};
    g_assert_cmpint(gguf_write(w, path, &err), ==, ENG_OK);
    gguf_writer_free(w);
    return path;
}

static void check_sample(const struct gguf *g)
{
    g_assert_cmpuint(gguf_n_values(g), ==, 6);
    g_assert_cmpuint(gguf_n_tensors(g), ==, 2);
    const struct gguf_value *v = gguf_find(g, "general.architecture");
    g_assert_cmpmem(v->s.data, v->s.n, "test", 4);
    int64_t n;
    g_assert_true(gguf_int(g, "n", 0, UINT32_MAX, -1, &n));
    g_assert_cmpint(n, ==, 4000000000);
    g_assert_false(gguf_int(g, "n", 0, 10, -1, &n));
    g_assert_false(gguf_int(g, "f", 0, 10, -1, &n));
    g_assert_true(gguf_int(g, "missing", 0, 10, -1, &n));
    g_assert_cmpint(n, ==, -1);
    double f;
    g_assert_true(gguf_float(g, "f", 0, &f));
    g_assert_cmpfloat(f, ==, 0.5);
    g_assert_true(gguf_find(g, "yes")->u);
    v = gguf_find(g, "words");
    g_assert_cmpuint(v->n, ==, 3);
    g_assert_cmpmem(v->strings[2].data, v->strings[2].n, "b\0c", 3);
    v = gguf_find(g, "numbers");
    int32_t numbers[3];
    memcpy(numbers, v->data, sizeof numbers);
    g_assert_cmpint(numbers[1], ==, -8);
    const struct gguf_tensor *t = gguf_tensor(g, "x");
    g_assert_cmpint(t->n_dims, ==, 2);
    g_assert_cmpint(t->ne[0] * 100 + t->ne[1] * 10 + t->ne[2], ==, 371);
    g_assert_cmpuint(t->n_bytes, ==, 84);
    g_assert_cmpfloat(((const float *)t->data)[2], ==, 3);
    t = gguf_tensor(g, "y.weight");
    g_assert_cmpuint(t->offset, ==, 96);
    g_assert_cmpint(((const guint8 *)t->data)[1], ==, 2);
    g_assert_null(gguf_tensor(g, "y"));
    g_assert_null(gguf_find(g, "wordsx"));
}

static void test_round_trip(void)
{
    char *folder = g_dir_make_tmp("gguf-XXXXXX", NULL);
    char *path = write_sample(folder);
    struct gguf *g;
    g_assert_cmpint(gguf_open(&g, path, NULL), ==, ENG_OK);
    /* The metadata does not live in the map: it survives the file's truncation. */
    check_sample(g);
    g_assert_cmpint(truncate(path, 0), ==, 0);
    g_assert_cmpint(gguf_find(g, "general.architecture")->s.data[0], ==, 't');
    gguf_close(g);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
}

static void test_cut_anywhere(void)
{
    char *folder = g_dir_make_tmp("gguf-XXXXXX", NULL);
    char *path = write_sample(folder), *data;
    gsize n;
    g_assert_true(g_file_get_contents(path, &data, &n, NULL));
    struct gguf *g;
    g_assert_cmpint(gguf_open_memory(&g, data, n, NULL), ==, ENG_OK);
    check_sample(g);
    gguf_close(g);
    gsize needed = n - (32 - 68 % 32); /* the padding after the last tensor is not needed */
    for (gsize cut = 0; cut < needed; cut++) {
        char *copy = g_memdup2(data, cut);
        struct eng_err err = {0};
        g_assert_cmpint(gguf_open_memory(&g, copy, cut, &err), ==, ENG_ERR_FORMAT);
        g_assert_null(g);
        g_assert_true(g_str_has_suffix(err.text, "."));
        g_free(copy);
    }
    g_free(data);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
}

/* Every single byte changed to several values: must open or be refused, never crash. */
static void test_any_byte_changed(void)
{
    char *folder = g_dir_make_tmp("gguf-XXXXXX", NULL);
    char *path = write_sample(folder), *data;
    gsize n;
    g_assert_true(g_file_get_contents(path, &data, &n, NULL));
    static const guint8 values[] = {0x00, 0x01, 0x08, 0x09, 0x7f, 0x80, 0xff};
    for (gsize at = 0; at < n; at++) {
        guint8 *copy = g_memdup2(data, n);
        for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
            struct gguf *g;
            copy[at] = values[i];
            gguf_open_memory(&g, copy, n, NULL);
            gguf_close(g);
        }
        g_free(copy);
    }
    g_free(data);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
}

/* --- lies --------------------------------------------------------------------------------------
 */

static void test_header(void)
{
    GByteArray *b = header(3, 0, 0);
    b->data[0] = 'X';
    expect(b, ENG_ERR_FORMAT, "not a GGUF");
    expect(header(1, 0, 0), ENG_ERR_UNSUPPORTED, "version 1");
    expect(header(4, 0, 0), ENG_ERR_UNSUPPORTED, "version 4");
    expect(header(0x03000000, 0, 0), ENG_ERR_UNSUPPORTED, "big-endian");
    expect(header(2, 0, 0), ENG_OK, NULL);
    expect(header(3, 0, G_MAXUINT64), ENG_ERR_FORMAT, "announces");
    expect(header(3, G_MAXUINT64, 0), ENG_ERR_FORMAT, "announces");
    b = header(3, 1000, 1000);
    add_zeros(b, 2000);
    expect(b, ENG_ERR_FORMAT, "announces");
}

static GByteArray *one_value(guint32 type)
{
    GByteArray *b = header(3, 0, 1);
    add_text(b, "some.key");
    add_int(b, type, 4);
    return b;
}

static void test_values(void)
{
    GByteArray *b = one_value(13);
    add_int(b, 0, 8);
    expect(b, ENG_ERR_FORMAT, "some.key");
    b = one_value(GGUF_STRING);
    add_int(b, G_MAXUINT64, 8);
    expect(b, ENG_ERR_FORMAT, "some.key");
    static const guint64 counts[] = {G_MAXUINT64, G_MAXUINT64 / 4 + 1, G_MAXUINT64 / 8 + 1, 3};
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        for (guint32 type = 0; type <= GGUF_FLOAT64; type++) {
            b = one_value(GGUF_ARRAY);
            add_int(b, type, 4);
            add_int(b, counts[i], 8);
            add_int(b, 1, 2);
            expect(b, ENG_ERR_FORMAT, "some.key");
        }
    }
    b = one_value(GGUF_ARRAY);
    add_int(b, GGUF_ARRAY, 4);
    add_int(b, 1, 8);
    add_zeros(b, 64);
    expect(b, ENG_ERR_FORMAT, "type that is not supported");
    b = header(3, 0, 2);
    add_u32(b, "twice", 1);
    add_u32(b, "twice", 2);
    expect(b, ENG_ERR_FORMAT, "\"twice\" is there twice");
    b = header(3, 0, 1);
    add_u32(b, "", 1);
    expect(b, ENG_ERR_FORMAT, "key has 0 bytes");
    static const guint32 alignments[] = {0, 3, 48, 1u << 21, 0x80000000};
    for (gsize i = 0; i < G_N_ELEMENTS(alignments); i++) {
        b = header(3, 0, 1);
        add_u32(b, "general.alignment", alignments[i]);
        expect(b, ENG_ERR_FORMAT, "general.alignment");
    }
}

static GByteArray *one_tensor(guint64 ne0, guint64 ne1, guint32 type, guint64 offset, guint data)
{
    GByteArray *b = header(3, 1, 0);
    add_tensor(b, "blk.0.attn_q.weight", ne0, ne1, type, offset);
    pad(b, 32);
    add_zeros(b, data);
    return b;
}

static void test_tensors(void)
{
    static const char *name = "blk.0.attn_q.weight";
    expect(one_tensor(4, 2, GGUF_F32, 0, 32), ENG_OK, NULL);
    expect(one_tensor(4, 2, GGUF_F32, 0, 31), ENG_ERR_FORMAT, name);
    expect(one_tensor(4, 2, GGUF_F32, 32, 64), ENG_OK, NULL);
    expect(one_tensor(4, 2, GGUF_F32, 32, 32), ENG_ERR_FORMAT, "ends inside the data");
    expect(one_tensor(4, 2, GGUF_F32, G_MAXUINT64 - 31, 64), ENG_ERR_FORMAT, "ends inside");
    expect(one_tensor(4, 2, GGUF_F32, 16, 64), ENG_ERR_FORMAT, "not aligned");
    expect(one_tensor(0, 2, GGUF_F32, 0, 64), ENG_ERR_FORMAT, "impossible size");
    expect(one_tensor(4, G_MAXUINT64, GGUF_F32, 0, 64), ENG_ERR_FORMAT, "impossible size");
    expect(one_tensor(1ull << 32, 1ull << 32, GGUF_F32, 0, 64), ENG_ERR_FORMAT, "shape");
    expect(one_tensor(1ull << 62, 1, GGUF_F32, 0, 64), ENG_ERR_FORMAT, "shape");
    expect(one_tensor(1ull << 40, 1ull << 20, GGUF_F32, 0, 64), ENG_ERR_FORMAT, "ends inside");
    expect(one_tensor(255, 1, GGUF_Q4_K, 0, 144), ENG_ERR_FORMAT, "Q4_K");
    expect(one_tensor(256, 1, GGUF_Q4_K, 0, 144), ENG_OK, NULL);
    expect(one_tensor(256, 1, 4, 0, 144), ENG_ERR_UNSUPPORTED, "weight type 4");
    expect(one_tensor(256, 1, 0xffffffff, 0, 144), ENG_ERR_UNSUPPORTED, name);

    GByteArray *b = header(3, 2, 0);
    add_tensor(b, "a", 8, 1, GGUF_F32, 0);
    add_tensor(b, "a", 8, 1, GGUF_F32, 32);
    pad(b, 32);
    add_zeros(b, 64);
    expect(b, ENG_ERR_FORMAT, "\"a\" is there twice");
    b = header(3, 2, 0);
    add_tensor(b, "b", 9, 1, GGUF_F32, 0);
    add_tensor(b, "a", 8, 1, GGUF_F32, 32);
    pad(b, 32);
    add_zeros(b, 64);
    expect(b, ENG_ERR_FORMAT, "overlaps");
    for (guint32 n_dims = 0; n_dims < 6; n_dims += 5) {
        b = header(3, 1, 0);
        add_text(b, "a");
        add_int(b, n_dims, 4);
        add_zeros(b, 128);
        expect(b, ENG_ERR_FORMAT, "dimensions");
    }
}

static void test_alignment(void)
{
    GByteArray *b = header(3, 1, 1);
    add_u32(b, "general.alignment", 256);
    add_tensor(b, "a", 4, 1, GGUF_F32, 0);
    pad(b, 256);
    add_int(b, 0x3f800000, 4);
    add_zeros(b, 12);
    struct gguf *g;
    g_assert_cmpint(gguf_open_memory(&g, b->data, b->len, NULL), ==, ENG_OK);
    g_assert_cmpfloat(*(const float *)gguf_tensor(g, "a")->data, ==, 1);
    gguf_close(g);
    g_byte_array_unref(b);
}

static void test_not_a_file(void)
{
    struct gguf *g;
    struct eng_err err = {0};
    char *folder = g_dir_make_tmp("gguf-XXXXXX", NULL);
    char *path = g_build_filename(folder, "m\xff\n.gguf", NULL);
    g_assert_cmpint(gguf_open(&g, path, &err), ==, ENG_ERR_IO);
    g_assert_true(g_utf8_validate(err.text, -1, NULL) && strstr(err.text, "m??.gguf"));
    g_assert_cmpint(gguf_open(&g, folder, &err), ==, ENG_ERR_FORMAT);
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    g_assert_cmpint(gguf_open(&g, path, &err), ==, ENG_ERR_FORMAT);
    g_unlink(path);
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    g_assert_cmpint(gguf_open(&g, path, &err), ==, ENG_ERR_FORMAT);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
}

static void test_writer_refuses(void)
{
    struct eng_err err = {0};
    struct gguf_writer *w = gguf_writer_new();
    gguf_put_tensor(w, "odd", GGUF_Q8_0, 1, (const int64_t[]){33}, "");
    g_assert_cmpint(gguf_write(w, "/nonexistent/x", &err), ==, ENG_ERR_ARGUMENT);
    g_assert_nonnull(strstr(err.text, "\"odd\""));
    gguf_writer_free(w);
    w = gguf_writer_new();
    g_assert_cmpint(gguf_write(w, "/nonexistent/x", &err), ==, ENG_ERR_IO);
    gguf_writer_free(w);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gguf/round-trip", test_round_trip);
    g_test_add_func("/gguf/cut-anywhere", test_cut_anywhere);
    g_test_add_func("/gguf/any-byte-changed", test_any_byte_changed);
    g_test_add_func("/gguf/header", test_header);
    g_test_add_func("/gguf/values", test_values);
    g_test_add_func("/gguf/tensors", test_tensors);
    g_test_add_func("/gguf/alignment", test_alignment);
    g_test_add_func("/gguf/not-a-file", test_not_a_file);
    g_test_add_func("/gguf/writer-refuses", test_writer_refuses);
    return g_test_run();
}
