/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The GGUF writer (version 3). Values are serialised as they are put, into one growing buffer;
 * tensors are remembered and their data is read only by gguf_write. The first failure (no memory, a
 * shape that does not go with its type) is kept and reported at the end, so that callers put
 * without checking.
 *
 * The file appears under its name complete or not at all: it is written to path.part, flushed to
 * the disk, and renamed.
 */
#include "engine/gguf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/error.h"
#include "engine/gguf-private.h"

enum { ALIGNMENT = 32, VERSION = 3 };

struct bytes {
    unsigned char *data; /* (owned) */
    size_t n, capacity;
};

struct pending {
    char *name; /* (owned) */
    enum gguf_type type;
    int n_dims;
    int64_t ne[GGUF_MAX_DIMS];
    uint64_t n_bytes;
    const void *data; /* (borrowed) until gguf_write */
};

struct gguf_writer {
    struct bytes values;
    uint64_t n_values;
    struct pending *tensors; /* (owned) */
    size_t n_tensors, tensor_capacity;
    enum eng_status status; /* of the first failure */
    char culprit[64];       /* the tensor or key that failed */
};

static void remember(struct gguf_writer *w, enum eng_status status, const char *name)
{
    if (w->status == ENG_OK) {
        w->status = status;
        snprintf(w->culprit, sizeof w->culprit, "%s", name);
    }
}

static bool append(struct bytes *b, const void *data, size_t n)
{
    if (n > b->capacity - b->n) {
        size_t capacity = b->capacity ? b->capacity : 256;
        while (capacity - b->n < n) {
            if (capacity > SIZE_MAX / 2) {
                return false;
            }
            capacity *= 2;
        }
        unsigned char *grown = realloc(b->data, capacity);
        if (!grown) {
            return false;
        }
        b->data = grown;
        b->capacity = capacity;
    }
    if (n) {
        memcpy(b->data + b->n, data, n);
    }
    b->n += n;
    return true;
}

/* Integers and floats go out as the host has them; the format is little-endian. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the writer is for little-endian hosts");

static bool append_u32(struct bytes *b, uint32_t value)
{
    return append(b, &value, sizeof value);
}

static bool append_u64(struct bytes *b, uint64_t value)
{
    return append(b, &value, sizeof value);
}

static bool append_string(struct bytes *b, const char *data, size_t n)
{
    return append_u64(b, n) && append(b, data, n);
}

struct gguf_writer *gguf_writer_new(void)
{
    return calloc(1, sizeof(struct gguf_writer));
}

void gguf_writer_free(struct gguf_writer *w)
{
    if (!w) {
        return;
    }
    for (size_t i = 0; i < w->n_tensors; i++) {
        free(w->tensors[i].name);
    }
    free(w->tensors);
    free(w->values.data);
    free(w);
}

/* Key and type of the next value; the caller appends the payload and calls value_done. */
static bool value_head(struct gguf_writer *w, const char *key, enum gguf_value_type type)
{
    return append_string(&w->values, key, strlen(key)) && append_u32(&w->values, type);
}

static void value_done(struct gguf_writer *w, const char *key, bool ok)
{
    w->n_values++;
    if (!ok) {
        remember(w, ENG_ERR_MEMORY, key);
    }
}

void gguf_put_u32(struct gguf_writer *w, const char *key, uint32_t value)
{
    value_done(w, key, value_head(w, key, GGUF_U32) && append_u32(&w->values, value));
}

void gguf_put_f32(struct gguf_writer *w, const char *key, float value)
{
    value_done(w, key,
               value_head(w, key, GGUF_FLOAT32) && append(&w->values, &value, sizeof value));
}

void gguf_put_bool(struct gguf_writer *w, const char *key, bool value)
{
    unsigned char byte = value;
    value_done(w, key, value_head(w, key, GGUF_BOOL) && append(&w->values, &byte, 1));
}

void gguf_put_string(struct gguf_writer *w, const char *key, const char *value)
{
    value_done(w, key,
               value_head(w, key, GGUF_STRING) && append_string(&w->values, value, strlen(value)));
}

static bool array_head(struct gguf_writer *w, const char *key, enum gguf_value_type type, size_t n)
{
    return value_head(w, key, GGUF_ARRAY) && append_u32(&w->values, type) &&
           append_u64(&w->values, n);
}

void gguf_put_strings(struct gguf_writer *w, const char *key, const struct gguf_string *values,
                      size_t n)
{
    bool ok = array_head(w, key, GGUF_STRING, n);
    for (size_t i = 0; ok && i < n; i++) {
        ok = append_string(&w->values, values[i].data, values[i].n);
    }
    value_done(w, key, ok);
}

void gguf_put_array(struct gguf_writer *w, const char *key, enum gguf_value_type type,
                    const void *data, size_t n)
{
    size_t size = gguf_value_bytes(type);
    if (size == 0) {
        remember(w, ENG_ERR_ARGUMENT, key);
        return;
    }
    value_done(w, key, array_head(w, key, type, n) && append(&w->values, data, n * size));
}

void gguf_put_tensor(struct gguf_writer *w, const char *name, enum gguf_type type, int n_dims,
                     const int64_t *ne, const void *data)
{
    struct pending tensor = {.type = type, .n_dims = n_dims, .data = data};
    bool ok = n_dims >= 1 && n_dims <= GGUF_MAX_DIMS;
    for (int i = 0; ok && i < n_dims; i++) {
        ok = ne[i] > 0;
        tensor.ne[i] = ne[i];
    }
    if (!ok || !gguf_tensor_bytes(type, n_dims, ne, &tensor.n_bytes)) {
        remember(w, ENG_ERR_ARGUMENT, name);
        return;
    }
    if (w->n_tensors == w->tensor_capacity) {
        size_t capacity = w->tensor_capacity ? 2 * w->tensor_capacity : 64;
        struct pending *grown = realloc(w->tensors, capacity * sizeof *grown);
        if (!grown) {
            remember(w, ENG_ERR_MEMORY, name);
            return;
        }
        w->tensors = grown;
        w->tensor_capacity = capacity;
    }
    tensor.name = strdup(name);
    if (!tensor.name) {
        remember(w, ENG_ERR_MEMORY, name);
        return;
    }
    w->tensors[w->n_tensors++] = tensor;
}

static uint64_t padding(uint64_t n)
{
    return (ALIGNMENT - n % ALIGNMENT) % ALIGNMENT;
}

static bool describe_tensors(const struct gguf_writer *w, struct bytes *out)
{
    uint64_t offset = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < w->n_tensors; i++) {
        const struct pending *t = &w->tensors[i];
        ok = append_string(out, t->name, strlen(t->name)) && append_u32(out, (uint32_t)t->n_dims) &&
             append(out, t->ne, (size_t)t->n_dims * sizeof *t->ne) && append_u32(out, t->type) &&
             append_u64(out, offset);
        offset += t->n_bytes + padding(t->n_bytes);
    }
    return ok;
}

static bool put_padded(FILE *file, const void *data, uint64_t n, uint64_t position)
{
    static const char zeros[ALIGNMENT];
    size_t rest = (size_t)padding(position + n);
    return fwrite(data, 1, n, file) == n && fwrite(zeros, 1, rest, file) == rest;
}

static bool write_all(const struct gguf_writer *w, const struct bytes *head, FILE *file)
{
    bool ok = put_padded(file, head->data, head->n, 0);
    for (size_t i = 0; ok && i < w->n_tensors; i++) {
        ok = put_padded(file, w->tensors[i].data, w->tensors[i].n_bytes, 0);
    }
    return ok && fflush(file) == 0 && fsync(fileno(file)) == 0;
}

/* A rename is durable once the folder is flushed; where that is not possible the file is still
   complete, so a failure here is none of the write. */
static void flush_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

static enum eng_status write_file(const struct gguf_writer *w, const struct bytes *head,
                                  const char *path, struct eng_err *err)
{
    char *part = NULL;
    if (asprintf(&part, "%s.part", path) < 0) {
        return eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory to write it.", path);
    }
    FILE *file = fopen(part, "wbe");
    bool ok = file && write_all(w, head, file);
    int reason = errno;
    if (file && fclose(file) != 0 && ok) {
        ok = false;
        reason = errno;
    }
    if (ok && rename(part, path) != 0) {
        ok = false;
        reason = errno;
    }
    if (!ok && file) {
        unlink(part);
    }
    free(part);
    if (!ok) {
        return eng_fail(err, ENG_ERR_IO, "%s: cannot write the model file: %s.", path,
                        strerrordesc_np(reason));
    }
    flush_folder(path);
    return ENG_OK;
}

enum eng_status gguf_write(struct gguf_writer *w, const char *path, struct eng_err *err)
{
    if (w->status == ENG_ERR_ARGUMENT) {
        return eng_fail(err, ENG_ERR_ARGUMENT,
                        "%s: \"%s\" has a type or shape that GGUF cannot hold.", path, w->culprit);
    }
    struct bytes head = {0};
    bool ok = w->status == ENG_OK && append(&head, "GGUF", 4) && append_u32(&head, VERSION) &&
              append_u64(&head, w->n_tensors) && append_u64(&head, w->n_values) &&
              append(&head, w->values.data, w->values.n) && describe_tensors(w, &head);
    enum eng_status status =
        ok ? write_file(w, &head, path, err)
           : eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory to write it.", path);
    free(head.data);
    return status;
}
