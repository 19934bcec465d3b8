/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A GGUF file's life: map, parse (gguf-parse.c), look up, close.
 *
 * The metadata (names, vocabulary: some MB) is copied out of the map after parsing and all pointers
 * are moved to the copy: what a program goes on using for hours then cannot vanish with the file,
 * and the mapped pages that remain in use are those of the tensors. Over memory
 * (gguf_open_memory) nothing is copied. Lookup is binary search in the sorted index that the parser
 * made.
 */
#include "engine/gguf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/error.h"
#include "engine/gguf-private.h"

bool gguf_type_info(enum gguf_type type, struct gguf_type_info *out)
{
    static const struct gguf_type_info infos[] = {
        [GGUF_F32] = {"F32", 1, 4},         [GGUF_F16] = {"F16", 1, 2},
        [GGUF_Q4_0] = {"Q4_0", 32, 18},     [GGUF_Q4_1] = {"Q4_1", 32, 20},
        [GGUF_Q5_0] = {"Q5_0", 32, 22},     [GGUF_Q5_1] = {"Q5_1", 32, 24},
        [GGUF_Q8_0] = {"Q8_0", 32, 34},     [GGUF_Q2_K] = {"Q2_K", 256, 84},
        [GGUF_Q3_K] = {"Q3_K", 256, 110},   [GGUF_Q4_K] = {"Q4_K", 256, 144},
        [GGUF_Q5_K] = {"Q5_K", 256, 176},   [GGUF_Q6_K] = {"Q6_K", 256, 210},
        [GGUF_IQ4_NL] = {"IQ4_NL", 32, 18}, [GGUF_IQ4_XS] = {"IQ4_XS", 256, 136},
        [GGUF_I8] = {"I8", 1, 1},           [GGUF_I16] = {"I16", 1, 2},
        [GGUF_I32] = {"I32", 1, 4},         [GGUF_I64] = {"I64", 1, 8},
        [GGUF_F64] = {"F64", 1, 8},         [GGUF_BF16] = {"BF16", 1, 2},
        [GGUF_MXFP4] = {"MXFP4", 32, 17},   [GGUF_NVFP4] = {"NVFP4", 64, 36},
    };
    if ((size_t)type >= sizeof infos / sizeof *infos || !infos[type].name) {
        return false;
    }
    *out = infos[type];
    return true;
}

static const void *moved(const struct gguf *g, const void *pointer)
{
    return g->metadata + ((const unsigned char *)pointer - g->data);
}

static void move_string(const struct gguf *g, struct gguf_string *string)
{
    string->data = moved(g, string->data);
}

/* Copies the metadata and points everything into the copy. Each length was fixed by the parser, so
   a file that changes meanwhile can change bytes but not make anything point outside. */
static bool detach_metadata(struct gguf *g)
{
    g->metadata = malloc(g->metadata_bytes);
    if (!g->metadata) {
        return false;
    }
    memcpy(g->metadata, g->data, g->metadata_bytes);
    for (size_t i = 0; i < g->n_values; i++) {
        struct gguf_value *v = &g->values[i];
        move_string(g, &v->key);
        if (v->type == GGUF_STRING) {
            move_string(g, &v->s);
        } else if (v->type == GGUF_ARRAY && v->element_type != GGUF_STRING) {
            v->data = moved(g, v->data);
        } else if (v->type == GGUF_ARRAY) {
            struct gguf_string *strings = (struct gguf_string *)v->strings;
            for (uint64_t j = 0; j < v->n; j++) {
                move_string(g, &strings[j]);
            }
        }
    }
    for (size_t i = 0; i < g->n_tensors; i++) {
        move_string(g, &g->tensors[i].name);
    }
    return true;
}

/* What error sentences show of a path: their buffer must keep room for the reason. */
static const char *path_tail(const char *path)
{
    size_t n = strlen(path);
    return n > 240 ? path + n - 240 : path;
}

static enum eng_status map_file(struct gguf *g, const char *path, struct eng_err *err)
{
    struct stat st;
    /* O_NONBLOCK: a FIFO must give an error, not wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        enum eng_status status = eng_fail(err, ENG_ERR_IO, "%s: cannot open the model file: %s.",
                                          g->file, strerrordesc_np(errno));
        if (fd >= 0) {
            close(fd);
        }
        return status;
    }
    if (!S_ISREG(st.st_mode) || st.st_size < 4) {
        close(fd);
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: this is not a GGUF model file (%s); choose another file.", g->file,
                        S_ISREG(st.st_mode) ? "it is empty or too short" : "not a regular file");
    }
    void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    int reason = errno;
    close(fd);
    if (data == MAP_FAILED) {
        return eng_fail(err, ENG_ERR_IO, "%s: cannot map the model file: %s.", g->file,
                        strerrordesc_np(reason));
    }
    g->data = data;
    g->n_bytes = (size_t)st.st_size;
    g->mapped = true;
    return ENG_OK;
}

enum eng_status gguf_open(struct gguf **out, const char *path, struct eng_err *err)
{
    *out = NULL;
    struct gguf *g = calloc(1, sizeof *g);
    if (!g) {
        return eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory.", path);
    }
    g->file = path_tail(path);
    enum eng_status status = map_file(g, path, err);
    if (status == ENG_OK) {
        status = gguf_parse(g, err);
    }
    if (status == ENG_OK && !detach_metadata(g)) {
        status = eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory for its metadata.", g->file);
    }
    g->file = NULL;
    if (status != ENG_OK) {
        gguf_close(g);
        return status;
    }
    *out = g;
    return ENG_OK;
}

enum eng_status gguf_open_memory(struct gguf **out, const void *data, size_t n, struct eng_err *err)
{
    *out = NULL;
    struct gguf *g = calloc(1, sizeof *g);
    if (!g) {
        return eng_fail(err, ENG_ERR_MEMORY, "Not enough memory.");
    }
    g->file = "(memory)";
    g->data = data;
    g->n_bytes = n;
    enum eng_status status = gguf_parse(g, err);
    g->file = NULL;
    if (status != ENG_OK) {
        gguf_close(g);
        return status;
    }
    *out = g;
    return ENG_OK;
}

void gguf_close(struct gguf *g)
{
    if (!g) {
        return;
    }
    for (size_t i = 0; i < g->n_values; i++) {
        if (g->values[i].type == GGUF_ARRAY && g->values[i].element_type == GGUF_STRING) {
            free((void *)g->values[i].strings);
        }
    }
    if (g->mapped) {
        munmap((void *)g->data, g->n_bytes);
    }
    free(g->metadata);
    free(g->values);
    free(g->tensors);
    free(g->value_order);
    free(g->tensor_order);
    free(g);
}

static int compare_name(const char *name, size_t n, struct gguf_string with)
{
    int order = memcmp(name, with.data, n < with.n ? n : with.n);
    return order ? order : (n > with.n) - (n < with.n);
}

const struct gguf_value *gguf_find(const struct gguf *g, const char *key)
{
    size_t low = 0, high = g->n_values, n = strlen(key);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct gguf_value *value = &g->values[g->value_order[middle]];
        int order = compare_name(key, n, value->key);
        if (order == 0) {
            return value;
        }
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return NULL;
}

const struct gguf_tensor *gguf_tensor(const struct gguf *g, const char *name)
{
    size_t low = 0, high = g->n_tensors, n = strlen(name);
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct gguf_tensor *tensor = &g->tensors[g->tensor_order[middle]];
        int order = compare_name(name, n, tensor->name);
        if (order == 0) {
            return tensor;
        }
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return NULL;
}

bool gguf_int(const struct gguf *g, const char *key, int64_t min, int64_t max, int64_t fallback,
              int64_t *out)
{
    const struct gguf_value *v = gguf_find(g, key);
    int64_t value = fallback;
    if (v) {
        switch (v->type) {
        case GGUF_U8:
        case GGUF_U16:
        case GGUF_U32:
        case GGUF_U64:
            if (v->u > INT64_MAX) {
                return false;
            }
            value = (int64_t)v->u;
            break;
        case GGUF_INT8:
        case GGUF_INT16:
        case GGUF_INT32:
        case GGUF_INT64:
            value = v->i;
            break;
        default:
            return false;
        }
        if (value < min || value > max) {
            return false;
        }
    }
    *out = value;
    return true;
}

bool gguf_float(const struct gguf *g, const char *key, double fallback, double *out)
{
    const struct gguf_value *v = gguf_find(g, key);
    if (v && v->type != GGUF_FLOAT32 && v->type != GGUF_FLOAT64) {
        return false;
    }
    *out = v ? v->f : fallback;
    return true;
}

size_t gguf_n_values(const struct gguf *g)
{
    return g->n_values;
}

const struct gguf_value *gguf_value_at(const struct gguf *g, size_t i)
{
    return i < g->n_values ? &g->values[i] : NULL;
}

size_t gguf_n_tensors(const struct gguf *g)
{
    return g->n_tensors;
}

const struct gguf_tensor *gguf_tensor_at(const struct gguf *g, size_t i)
{
    return i < g->n_tensors ? &g->tensors[i] : NULL;
}
