/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json-glib's parser recurses once a level and sets no bound, so the nesting is counted in one pass
 * before it sees the text: brackets outside of strings. json-glib also takes comments, in which
 * quotes and brackets would mislead the count; JSON has none, so a slash outside of a string is
 * refused, and so are the other beginnings of what only json-glib knows.
 */
#include "app/json-read.h"
#include "app/regular-file.h"
#include <glib/gi18n.h>
#include <string.h>

#define MAX_NESTING 64

static bool is_plain_and_flat(const char *text, gsize n)
{
    int depth = 0;
    bool in_string = false;

    for (gsize i = 0; i < n; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (strchr("/#'", c)) { /* NUL too */
            return false;
        } else if (c == '{' || c == '[') {
            if (++depth > MAX_NESTING)
                return false;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}

static JsonNode *parse(const char *text, gsize n, JsonNodeType type, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root;

    if (n > G_MAXSSIZE || !is_plain_and_flat(text, n)) {
        g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE,
                    _("nested too deeply, or with comments"));
        return NULL;
    }
    if (!g_utf8_validate_len(text, n, NULL)) {
        g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA, _("not UTF-8"));
        return NULL;
    }
    if (!json_parser_load_from_data(parser, text, (gssize)n, error))
        return NULL;
    root = json_parser_get_root(parser);
    if (!root || json_node_get_node_type(root) != type) {
        g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
                    type == JSON_NODE_OBJECT ? _("not an object") : _("not an array"));
        return NULL;
    }
    return json_parser_steal_root(parser);
}

JsonObject *json_read_object(const char *text, gsize n, GError **error)
{
    g_autoptr(JsonNode) root = parse(text, n, JSON_NODE_OBJECT, error);
    return root ? json_node_dup_object(root) : NULL;
}

static JsonNode *parse_file(const char *path, gsize max_bytes, JsonNodeType type, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *text = NULL;
    gsize n = 0;
    JsonNode *root;

    if (!regular_file_read(path, max_bytes, &text, &n, error))
        return NULL;
    root = parse(text, n, type, &cause);
    if (!root)
        g_set_error(error, cause->domain, cause->code,
                    _("%s is no JSON that can be used here: %s."), path, cause->message);
    return root;
}

JsonObject *json_read_file(const char *path, gsize max_bytes, GError **error)
{
    g_autoptr(JsonNode) root = parse_file(path, max_bytes, JSON_NODE_OBJECT, error);
    return root ? json_node_dup_object(root) : NULL;
}

JsonArray *json_read_array_file(const char *path, gsize max_bytes, GError **error)
{
    g_autoptr(JsonNode) root = parse_file(path, max_bytes, JSON_NODE_ARRAY, error);
    return root ? json_node_dup_array(root) : NULL;
}

/* The member if it is a plain value of this type. */
static JsonNode *value_of(JsonObject *object, const char *key, GType type)
{
    JsonNode *node = object ? json_object_get_member(object, key) : NULL;
    return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type ? node
                                                                                         : NULL;
}

const char *json_read_string(JsonObject *object, const char *key)
{
    JsonNode *node = value_of(object, key, G_TYPE_STRING);
    return node ? json_node_get_string(node) : NULL;
}

bool json_read_int(JsonObject *object, const char *key, int64_t min, int64_t max, int64_t *out)
{
    JsonNode *node = value_of(object, key, G_TYPE_INT64);
    int64_t value = node ? json_node_get_int(node) : 0;

    if (!node || value < min || value > max)
        return false;
    *out = value;
    return true;
}

bool json_read_double(JsonObject *object, const char *key, double *out)
{
    JsonNode *node = value_of(object, key, G_TYPE_DOUBLE);

    if (!node)
        node = value_of(object, key, G_TYPE_INT64);
    if (node)
        *out = json_node_get_double(node);
    return node != NULL;
}

bool json_read_bool(JsonObject *object, const char *key, bool *out)
{
    JsonNode *node = value_of(object, key, G_TYPE_BOOLEAN);

    if (node)
        *out = json_node_get_boolean(node);
    return node != NULL;
}

JsonObject *json_read_member(JsonObject *object, const char *key)
{
    JsonNode *node = object ? json_object_get_member(object, key) : NULL;
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *json_read_array(JsonObject *object, const char *key)
{
    JsonNode *node = object ? json_object_get_member(object, key) : NULL;
    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}
