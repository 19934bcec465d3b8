/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The format (huggingface/safetensors, "Format"): eight bytes, a little-endian count N; N bytes of
 * JSON, name → {"dtype", "shape", "data_offsets": [from, to]}; then the data, offsets counted from
 * its start. The header is hostile until shown otherwise:
 *
 * 1. N is at most MAX_HEADER and ends inside the file.
 * 2. 0 ≤ from ≤ to ≤ bytes of data, and to − from = product of the shape × bytes an element,
 *    computed without overflow.
 * 3. Memory taken is bounded by the header's size.
 *
 * Data is read with pread() and not mapped, so a file that shrinks meanwhile is an error and no
 * SIGBUS.
 */
#include "app/safetensors.h"
#include "app/error.h"
#include "app/json-read.h"
#include "app/regular-file.h"
#include "engine/quant.h"
#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

#define MAX_HEADER (16 << 20)

struct safetensors {
    char *path; /* (owned) */
    int fd;
    GHashTable *tensors; /* (owned) name → struct safetensors_tensor */
};

static bool refuse(const char *path, const char *what, GError **error)
{
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                _("%s is no sound safetensors file: %s. Fetch it again."), path, what);
    return false;
}

static bool read_at(int fd, void *out, size_t n, int64_t offset)
{
    char *p = out;

    while (n > 0) {
        ssize_t got = pread(fd, p, n, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
        offset += got;
    }
    return true;
}

/* dtype → type and bytes an element; 0 bytes: a type whose size does not matter here. */
static int element_bytes(const char *dtype, struct safetensors_tensor *t)
{
    t->readable = true;
    if (g_str_equal(dtype, "F32")) {
        t->type = GGUF_F32;
        return 4;
    }
    if (g_str_equal(dtype, "F16")) {
        t->type = GGUF_F16;
        return 2;
    }
    if (g_str_equal(dtype, "BF16")) {
        t->type = GGUF_BF16;
        return 2;
    }
    t->readable = false;
    return 0;
}

static bool integer_at(JsonArray *array, guint i, int64_t max, int64_t *out)
{
    JsonNode *node = json_array_get_element(array, i);

    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64)
        return false;
    *out = json_node_get_int(node);
    return *out >= 0 && *out <= max;
}

/* Fills *t from one entry of the header; false where the entry contradicts itself. */
static bool parse_entry(JsonObject *entry, int64_t data_start, int64_t data_bytes,
                        struct safetensors_tensor *t)
{
    const char *dtype = json_read_string(entry, "dtype");
    JsonArray *shape = json_read_array(entry, "shape");
    JsonArray *offsets = json_read_array(entry, "data_offsets");
    int64_t from, to, expected;
    int bytes;

    if (!dtype || !shape || !offsets || json_array_get_length(offsets) != 2 ||
        json_array_get_length(shape) > SAFETENSORS_MAX_DIMS)
        return false;
    bytes = element_bytes(dtype, t);
    t->n_dims = (int)json_array_get_length(shape);
    t->n_elements = 1;
    for (int i = 0; i < t->n_dims; i++)
        if (!integer_at(shape, (guint)i, G_MAXINT64, &t->shape[i]) ||
            __builtin_mul_overflow(t->n_elements, t->shape[i], &t->n_elements))
            return false;
    if (!integer_at(offsets, 0, data_bytes, &from) || !integer_at(offsets, 1, data_bytes, &to) ||
        from > to)
        return false;
    if (t->readable &&
        (__builtin_mul_overflow(t->n_elements, (int64_t)bytes, &expected) || expected != to - from))
        return false;
    t->offset = data_start + from;
    t->n_bytes = to - from;
    return true;
}

static bool parse_header(struct safetensors *file, const char *text, int64_t n, int64_t data_bytes,
                         GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonObject) header = json_read_object(text, (gsize)n, &cause);
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;

    if (!header)
        return refuse(file->path, cause->message, error);
    json_object_iter_init(&iter, header);
    while (json_object_iter_next(&iter, &name, &node)) {
        struct safetensors_tensor t = {0};

        if (g_str_equal(name, "__metadata__"))
            continue;
        if (!JSON_NODE_HOLDS_OBJECT(node) ||
            !parse_entry(json_node_get_object(node), 8 + n, data_bytes, &t)) {
            g_autofree char *what = g_strdup_printf(_("the entry of %s contradicts itself"), name);
            return refuse(file->path, what, error);
        }
        g_hash_table_insert(file->tensors, g_strdup(name), g_memdup2(&t, sizeof t));
    }
    return true;
}

struct safetensors *safetensors_open(const char *path, GError **error)
{
    struct safetensors *file = g_new0(struct safetensors, 1);
    g_autofree char *text = NULL;
    uint64_t count;
    int64_t size;

    file->path = g_strdup(path);
    file->tensors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    file->fd = regular_file_open(path, &size, error);
    if (file->fd < 0)
        goto fail;
    if (size < 8 || !read_at(file->fd, &count, 8, 0)) {
        refuse(path, _("it is too short"), error);
        goto fail;
    }
    count = GUINT64_FROM_LE(count);
    if (count > MAX_HEADER || (int64_t)count > size - 8) {
        refuse(path, _("its header is longer than it can be"), error);
        goto fail;
    }
    text = g_malloc(count + 1);
    if (!read_at(file->fd, text, count, 8)) {
        refuse(path, _("it ends inside its header"), error);
        goto fail;
    }
    if (!parse_header(file, text, (int64_t)count, size - 8 - (int64_t)count, error))
        goto fail;
    return file;
fail:
    safetensors_close(file);
    return NULL;
}

void safetensors_close(struct safetensors *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    g_hash_table_unref(file->tensors);
    g_free(file->path);
    g_free(file);
}

const struct safetensors_tensor *safetensors_find(const struct safetensors *file, const char *name)
{
    return g_hash_table_lookup(file->tensors, name);
}

bool safetensors_read_f32(const struct safetensors *file, const struct safetensors_tensor *tensor,
                          float *out, GError **error)
{
    g_autofree void *raw = NULL;

    if (!tensor->readable)
        return refuse(file->path, _("a weight has a type other than F32, F16 and BF16"), error);
    raw = g_try_malloc((gsize)tensor->n_bytes + 1);
    if (!raw || !read_at(file->fd, raw, (size_t)tensor->n_bytes, tensor->offset))
        return refuse(file->path, _("its data cannot be read"), error);
    if (!eng_dequantize(tensor->type, raw, out, tensor->n_elements))
        return refuse(file->path, _("a weight has an unknown type"), error);
    return true;
}
