/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json-read.h: JSON from files that nobody vouches for (batches, model folders).
 *
 *     g_autoptr(JsonObject) config = json_read_file(path, 1 << 20, &error);
 *     const char *type = json_read_string(config, "model_type");
 *
 * A member that is missing or has another type reads as missing. Any thread.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/* An object (owned) from n bytes; nesting is bounded, so that a hostile text cannot eat the stack.
 */
JsonObject *json_read_object(const char *text, gsize n, GError **error);
/* The same from a regular file of at most max_bytes; errors name the file. */
JsonObject *json_read_file(const char *path, gsize max_bytes, GError **error);
/* As json_read_file, for a file whose top level is an array. */
JsonArray *json_read_array_file(const char *path, gsize max_bytes, GError **error);

const char *json_read_string(JsonObject *object, const char *key); /* borrowed; NULL: missing */
/* false: missing, no integer, or outside [min, max]. */
bool json_read_int(JsonObject *object, const char *key, int64_t min, int64_t max, int64_t *out);
bool json_read_double(JsonObject *object, const char *key, double *out);
bool json_read_bool(JsonObject *object, const char *key, bool *out);
JsonObject *json_read_member(JsonObject *object, const char *key); /* borrowed; NULL: missing */
JsonArray *json_read_array(JsonObject *object, const char *key);   /* borrowed; NULL: missing */
