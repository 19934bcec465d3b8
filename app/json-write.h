/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json-write.h: writes one JSON value into a string, front to back.
 *
 *     g_auto(JsonWrite) json = JSON_WRITE_INIT;
 *     json_write_begin(&json, NULL, '{');
 *     json_write_string(&json, "file", path);
 *     json_write_end(&json);                      → {"file":"…"}
 *
 * key NULL: an element of an array, or the outermost value. Bytes that are no UTF-8 become U+FFFD
 * (paths may hold any bytes); numbers are written the same in every locale, doubles with the nine
 * digits that tell any two floats apart; NaN, which JSON lacks, as null.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define JSON_WRITE_MAX_DEPTH 16

typedef struct json_write {
    GString *text; /* (owned) NULL until something is written */
    int depth;
    char close[JSON_WRITE_MAX_DEPTH];
    bool has_item[JSON_WRITE_MAX_DEPTH + 1];
} JsonWrite;
#define JSON_WRITE_INIT                                                                            \
    {                                                                                              \
        0                                                                                          \
    }

void json_write_begin(JsonWrite *json, const char *key, char open); /* '{' or '[' */
void json_write_end(JsonWrite *json);                               /* what was begun last */
void json_write_string(JsonWrite *json, const char *key, const char *value); /* NULL: null */
void json_write_bytes(JsonWrite *json, const char *key, const char *value, gsize n);
void json_write_int(JsonWrite *json, const char *key, int64_t value);
void json_write_double(JsonWrite *json, const char *key, double value);
void json_write_bool(JsonWrite *json, const char *key, bool value);
void json_write_null(JsonWrite *json, const char *key);
void json_write_clear(JsonWrite *json);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(JsonWrite, json_write_clear)
