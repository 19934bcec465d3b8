/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json-glib could write too, but prints doubles with 17 digits, builds a tree of every vector
 * first, and takes text that is no UTF-8 as it is. A writer that goes front to back is shorter than
 * the work around that.
 */
#include "app/json-write.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

static void quoted(GString *text, const char *value, gsize n)
{
    g_autofree char *valid = g_utf8_make_valid(value, (gssize)n);

    g_string_append_c(text, '"');
    for (const char *p = valid; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\')
            g_string_append_printf(text, "\\%c", c);
        else if (c == '\n')
            g_string_append(text, "\\n");
        else if (c == '\t')
            g_string_append(text, "\\t");
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf(text, "\\u%04x", c);
        else
            g_string_append_c(text, *p);
    }
    g_string_append_c(text, '"');
}

/* Everything that stands before a value: comma and key. */
static GString *lead(JsonWrite *json, const char *key)
{
    if (!json->text)
        json->text = g_string_new(NULL);
    if (json->has_item[json->depth])
        g_string_append_c(json->text, ',');
    json->has_item[json->depth] = true;
    if (key) {
        quoted(json->text, key, strlen(key));
        g_string_append_c(json->text, ':');
    }
    return json->text;
}

void json_write_begin(JsonWrite *json, const char *key, char open)
{
    g_assert(json->depth < JSON_WRITE_MAX_DEPTH);
    g_string_append_c(lead(json, key), open);
    json->close[json->depth++] = open == '{' ? '}' : ']';
    json->has_item[json->depth] = false;
}

void json_write_end(JsonWrite *json)
{
    g_assert(json->depth > 0);
    g_string_append_c(json->text, json->close[--json->depth]);
}

void json_write_bytes(JsonWrite *json, const char *key, const char *value, gsize n)
{
    quoted(lead(json, key), value, n);
}

void json_write_string(JsonWrite *json, const char *key, const char *value)
{
    if (value)
        json_write_bytes(json, key, value, strlen(value));
    else
        json_write_null(json, key);
}

void json_write_int(JsonWrite *json, const char *key, int64_t value)
{
    g_string_append_printf(lead(json, key), "%" PRId64, value);
}

void json_write_double(JsonWrite *json, const char *key, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    if (isfinite(value))
        g_string_append(lead(json, key), g_ascii_formatd(digits, sizeof digits, "%.9g", value));
    else
        json_write_null(json, key);
}

void json_write_bool(JsonWrite *json, const char *key, bool value)
{
    g_string_append(lead(json, key), value ? "true" : "false");
}

void json_write_null(JsonWrite *json, const char *key)
{
    g_string_append(lead(json, key), "null");
}

void json_write_clear(JsonWrite *json)
{
    if (json->text)
        g_string_free(json->text, TRUE);
    memset(json, 0, sizeof *json);
}
