/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON writer against json-glib's parser as the oracle, and the reader's refusals. */
#include "app/json-read.h"
#include "app/json-write.h"
#include <locale.h>
#include <math.h>
#include <string.h>

static void test_write_reads_back(void)
{
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    g_autoptr(JsonObject) object = NULL;
    JsonArray *list;
    int64_t integer;
    double number;
    bool yes;

    json_write_begin(&json, NULL, '{');
    json_write_string(&json, "odd \"key\"", "tab\t quote\" back\\ bell\a newline\n €");
    json_write_int(&json, "least", G_MININT64);
    json_write_double(&json, "tenth", 0.1f);
    json_write_double(&json, "nan", NAN);
    json_write_bool(&json, "yes", true);
    json_write_string(&json, "null", NULL);
    json_write_begin(&json, "list", '[');
    json_write_int(&json, NULL, 1);
    json_write_begin(&json, NULL, '{');
    json_write_end(&json);
    json_write_end(&json);
    json_write_end(&json);

    object = json_read_object(json.text->str, json.text->len, NULL);
    g_assert_nonnull(object);
    g_assert_cmpstr(json_read_string(object, "odd \"key\""), ==,
                    "tab\t quote\" back\\ bell\a newline\n €");
    g_assert_true(json_read_int(object, "least", G_MININT64, G_MAXINT64, &integer));
    g_assert_cmpint(integer, ==, G_MININT64);
    g_assert_true(json_read_double(object, "tenth", &number));
    g_assert_true((float)number == 0.1f);
    g_assert_true(json_object_get_null_member(object, "nan"));
    g_assert_true(json_object_get_null_member(object, "null"));
    g_assert_true(json_read_bool(object, "yes", &yes) && yes);
    list = json_read_array(object, "list");
    g_assert_cmpuint(json_array_get_length(list), ==, 2);
}

static void test_bytes_that_are_no_text(void)
{
    g_auto(JsonWrite) json = JSON_WRITE_INIT;

    json_write_bytes(&json, NULL, "a\xff\0b", 4);
    g_assert_cmpstr(json.text->str, ==, "\"a\uFFFD\uFFFDb\"");
}

/* A locale with a decimal comma must not reach the output. */
static void test_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"};
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    bool set = false;

    for (size_t i = 0; i < G_N_ELEMENTS(names) && !set; i++)
        set = setlocale(LC_NUMERIC, names[i]) != NULL;
    json_write_double(&json, NULL, 0.5);
    setlocale(LC_NUMERIC, "C");
    g_assert_cmpstr(json.text->str, ==, "0.5");
    if (!set)
        g_test_skip("no locale with a decimal comma is installed");
}

static void assert_refused(const char *text, gsize n)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(json_read_object(text, n, &error));
    g_assert_nonnull(error);
}

static void test_refused(void)
{
    g_autofree char *deep = g_strnfill(1 << 20, '[');
    g_autofree char *deep_objects = g_strnfill(400, '{');

    assert_refused("", 0);
    assert_refused("[1]", 3);
    assert_refused("{\"a\":", 5);
    assert_refused("{\"a\":1} trailing {", 18);
    assert_refused("{\"a\":\"\xff\"}", 9);
    assert_refused(deep, 1 << 20);
    assert_refused(deep_objects, 400);
    /* What misleads a count of brackets, and is no JSON. */
    g_autofree char *commented = g_strconcat("{/* \" */ \"a\":", deep, NULL);
    g_autofree char *quoted = g_strconcat("{'\"':", deep, NULL);
    assert_refused(commented, strlen(commented));
    assert_refused(quoted, strlen(quoted));
}

static void test_types(void)
{
    const char *text = "{\"n\": 3, \"d\": 2.5, \"s\": \"x\", \"o\": {}, \"a\": []}";
    g_autoptr(JsonObject) object = json_read_object(text, strlen(text), NULL);
    int64_t n = -1;
    double d = -1;

    g_assert_false(json_read_int(object, "n", 4, 9, &n));
    g_assert_false(json_read_int(object, "d", 0, 9, &n));
    g_assert_cmpint(n, ==, -1);
    g_assert_true(json_read_double(object, "n", &d));
    g_assert_cmpfloat(d, ==, 3);
    g_assert_null(json_read_string(object, "n"));
    g_assert_null(json_read_member(object, "a"));
    g_assert_null(json_read_array(object, "o"));
    g_assert_null(json_read_string(NULL, "anything"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/write-reads-back", test_write_reads_back);
    g_test_add_func("/json/bytes-that-are-no-text", test_bytes_that_are_no_text);
    g_test_add_func("/json/locale", test_locale);
    g_test_add_func("/json/refused", test_refused);
    g_test_add_func("/json/types", test_types);
    return g_test_run();
}
