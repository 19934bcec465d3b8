/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The GGUF parser. A file is
 *
 *     "GGUF" | version u32 | tensors u64 | values u64 | value… | tensor… | padding | tensor data
 *     value:  key string | type u32 | payload            string: length u64 | bytes
 *     tensor: name string | dims u32 | ne u64 × dims | type u32 | offset u64 into the data
 *
 * little-endian, unaligned. Nothing in it is believed:
 *  1. a cursor hands out bytes only before the file's end; each length is compared with what is
 *     left before it is added to anything, so no sum can overflow;
 *  2. a count is compared with the bytes that so many items must at least take before memory is
 *     asked for: memory is at most a small multiple of the file's size;
 *  3. names are unique, and no two tensors overlap, so whoever reads all tensors reads at most the
 *     file once;
 *  4. names are indexed by sorting, not hashing: no crafted set of names makes it quadratic.
 * Nested arrays are legal in the format but nothing writes them; they are refused, which makes
 * recursion unnecessary. Source: ggml's docs/gguf.md (versions 2 and 3).
 */
#include "engine/gguf-private.h"

#include <stdlib.h>
#include <string.h>

#include "engine/error.h"

enum {
    MAX_VALUES = 1 << 16,
    MAX_TENSORS = 1 << 20,
    MAX_KEY_BYTES = 65535,
    MAX_NAME_BYTES = 1024,
    MAX_ALIGNMENT = 1 << 20,
    DEFAULT_ALIGNMENT = 32,
    MIN_VALUE_BYTES = 8 + 1 + 4 + 1,
    MIN_TENSOR_BYTES = 8 + 1 + 4 + 8 + 4 + 8,
};

struct cursor {
    const unsigned char *at, *end;
};

/* n bytes, or NULL where the file ends before. */
static const unsigned char *take(struct cursor *c, uint64_t n)
{
    if (n > (uint64_t)(c->end - c->at)) {
        return NULL;
    }
    const unsigned char *p = c->at;
    c->at += n;
    return p;
}

static uint64_t little_endian(const unsigned char *p, unsigned n)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < n; i++) {
        value |= (uint64_t)p[i] << 8 * i;
    }
    return value;
}

static bool take_int(struct cursor *c, unsigned n, uint64_t *out)
{
    const unsigned char *p = take(c, n);
    if (p) {
        *out = little_endian(p, n);
    }
    return p != NULL;
}

static bool take_string(struct cursor *c, struct gguf_string *out)
{
    uint64_t n;
    if (!take_int(c, 8, &n)) {
        return false;
    }
    const unsigned char *p = take(c, n);
    *out = (struct gguf_string){(const char *)p, (size_t)n};
    return p != NULL;
}

/* For error sentences: a name of any length and content, shortened. */
static const char *shown(struct gguf_string name, char buffer[68])
{
    size_t n = name.n < 64 ? name.n : 64;
    for (size_t i = 0; i < n; i++) {
        buffer[i] = name.data[i] ? name.data[i] : '?';
    }
    memcpy(buffer + n, n < name.n ? "..." : "", n < name.n ? 4 : 1);
    return buffer;
}

static enum eng_status fail_end(struct gguf *g, struct gguf_string name, const char *what,
                                struct eng_err *err)
{
    char text[68];
    return eng_fail(err, ENG_ERR_FORMAT,
                    "%s: the file ends inside %s \"%s\"; it is truncated or damaged, fetch it "
                    "again.",
                    g->file, what, shown(name, text));
}

unsigned gguf_value_bytes(uint64_t type)
{
    static const unsigned bytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return type < sizeof bytes / sizeof *bytes ? bytes[type] : 0;
}

static void store_scalar(struct gguf_value *value, const unsigned char *p)
{
    uint64_t bits = little_endian(p, gguf_value_bytes(value->type));
    switch (value->type) {
    case GGUF_INT8:
        value->i = (int8_t)bits;
        break;
    case GGUF_INT16:
        value->i = (int16_t)bits;
        break;
    case GGUF_INT32:
        value->i = (int32_t)bits;
        break;
    case GGUF_INT64:
        value->i = (int64_t)bits;
        break;
    case GGUF_FLOAT32: {
        uint32_t low = (uint32_t)bits;
        float f;
        memcpy(&f, &low, sizeof f);
        value->f = f;
        break;
    }
    case GGUF_FLOAT64:
        memcpy(&value->f, &bits, sizeof value->f);
        break;
    case GGUF_BOOL:
        value->u = bits != 0;
        break;
    default:
        value->u = bits;
    }
}

static enum eng_status parse_strings(struct gguf *g, struct cursor *c, struct gguf_value *value,
                                     struct eng_err *err)
{
    if (value->n > (uint64_t)(c->end - c->at) / 8) {
        return fail_end(g, value->key, "the list", err);
    }
    struct gguf_string *strings = calloc(value->n ? value->n : 1, sizeof *strings);
    value->strings = strings;
    if (!strings) {
        return eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory for its metadata.", g->file);
    }
    for (uint64_t i = 0; i < value->n; i++) {
        if (!take_string(c, &strings[i])) {
            return fail_end(g, value->key, "the list", err);
        }
    }
    return ENG_OK;
}

static enum eng_status parse_array(struct gguf *g, struct cursor *c, struct gguf_value *value,
                                   struct eng_err *err)
{
    char text[68];
    uint64_t type, n;
    if (!take_int(c, 4, &type) || !take_int(c, 8, &n)) {
        return fail_end(g, value->key, "the list", err);
    }
    value->element_type = (enum gguf_value_type)type;
    value->n = n;
    if (type == GGUF_STRING) {
        return parse_strings(g, c, value, err);
    }
    unsigned bytes = gguf_value_bytes(type);
    if (bytes == 0) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: the list \"%s\" holds values of a type that is not supported (%u).",
                        g->file, shown(value->key, text), (unsigned)type);
    }
    if (n > (uint64_t)(c->end - c->at) / bytes) {
        return fail_end(g, value->key, "the list", err);
    }
    value->data = take(c, n * bytes);
    return ENG_OK;
}

/* The caller counts the value before the call, so that a half-read list is freed as well. */
static enum eng_status parse_value(struct gguf *g, struct cursor *c, struct gguf_value *value,
                                   struct eng_err *err)
{
    char text[68];
    uint64_t type;
    if (!take_string(c, &value->key)) {
        return fail_end(g, (struct gguf_string){"?", 1}, "the name of value", err);
    }
    if (value->key.n == 0 || value->key.n > MAX_KEY_BYTES) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: a metadata key has %zu bytes; the file is "
                        "damaged.",
                        g->file, value->key.n);
    }
    if (!take_int(c, 4, &type)) {
        return fail_end(g, value->key, "the value", err);
    }
    value->type = (enum gguf_value_type)type;
    value->n = 1;
    if (type == GGUF_ARRAY) {
        return parse_array(g, c, value, err);
    }
    if (type == GGUF_STRING) {
        return take_string(c, &value->s) ? ENG_OK : fail_end(g, value->key, "the value", err);
    }
    unsigned bytes = gguf_value_bytes(type);
    if (bytes == 0) {
        return eng_fail(err, ENG_ERR_FORMAT, "%s: the value \"%s\" has an unknown type (%u).",
                        g->file, shown(value->key, text), (unsigned)type);
    }
    const unsigned char *p = take(c, bytes);
    if (!p) {
        return fail_end(g, value->key, "the value", err);
    }
    store_scalar(value, p);
    return ENG_OK;
}

bool gguf_tensor_bytes(enum gguf_type type, int n_dims, const int64_t *ne, uint64_t *n_bytes)
{
    struct gguf_type_info info;
    if (!gguf_type_info(type, &info) || ne[0] % info.block_elements != 0) {
        return false;
    }
    int64_t bytes = info.block_bytes;
    if (__builtin_mul_overflow(bytes, ne[0] / info.block_elements, &bytes)) {
        return false;
    }
    for (int i = 1; i < n_dims; i++) {
        if (__builtin_mul_overflow(bytes, ne[i], &bytes)) {
            return false;
        }
    }
    *n_bytes = bytes;
    return true;
}

static enum eng_status parse_shape(struct gguf *g, struct cursor *c, struct gguf_tensor *tensor,
                                   struct eng_err *err)
{
    char text[68];
    uint64_t n_dims, type, ne;
    if (!take_int(c, 4, &n_dims)) {
        return fail_end(g, tensor->name, "the description of tensor", err);
    }
    if (n_dims < 1 || n_dims > GGUF_MAX_DIMS) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: tensor \"%s\" has %u dimensions; 1 to %d are "
                        "possible.",
                        g->file, shown(tensor->name, text), (unsigned)n_dims, GGUF_MAX_DIMS);
    }
    tensor->n_dims = (int)n_dims;
    for (int i = 0; i < GGUF_MAX_DIMS; i++) {
        ne = 1;
        if (i < tensor->n_dims && !take_int(c, 8, &ne)) {
            return fail_end(g, tensor->name, "the description of tensor", err);
        }
        if (ne == 0 || ne > INT64_MAX) {
            return eng_fail(err, ENG_ERR_FORMAT, "%s: tensor \"%s\" has an impossible size.",
                            g->file, shown(tensor->name, text));
        }
        tensor->ne[i] = (int64_t)ne;
    }
    if (!take_int(c, 4, &type) || !take_int(c, 8, &tensor->offset)) {
        return fail_end(g, tensor->name, "the description of tensor", err);
    }
    struct gguf_type_info info;
    tensor->type = (enum gguf_type)type;
    if (type > INT32_MAX || !gguf_type_info(tensor->type, &info)) {
        return eng_fail(err, ENG_ERR_UNSUPPORTED,
                        "%s: tensor \"%s\" has weight type %u, which is not supported; choose "
                        "another quantization of the model.",
                        g->file, shown(tensor->name, text), (unsigned)type);
    }
    if (!gguf_tensor_bytes(tensor->type, tensor->n_dims, tensor->ne, &tensor->n_bytes)) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: tensor \"%s\" has a shape that does not go with its type %s.", g->file,
                        shown(tensor->name, text), info.name);
    }
    return ENG_OK;
}

static enum eng_status parse_tensor(struct gguf *g, struct cursor *c, struct gguf_tensor *tensor,
                                    struct eng_err *err)
{
    char text[68];
    if (!take_string(c, &tensor->name)) {
        return fail_end(g, (struct gguf_string){"?", 1}, "the name of tensor", err);
    }
    if (tensor->name.n == 0 || tensor->name.n > MAX_NAME_BYTES) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: a tensor's name has %zu bytes; the file is "
                        "damaged.",
                        g->file, tensor->name.n);
    }
    enum eng_status status = parse_shape(g, c, tensor, err);
    if (status == ENG_OK && tensor->offset % g->alignment != 0) {
        return eng_fail(err, ENG_ERR_FORMAT, "%s: tensor \"%s\" is not aligned to %llu bytes.",
                        g->file, shown(tensor->name, text), (unsigned long long)g->alignment);
    }
    return status;
}

static int compare_strings(struct gguf_string a, struct gguf_string b)
{
    int order = memcmp(a.data, b.data, a.n < b.n ? a.n : b.n);
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_values(const void *a, const void *b, void *data)
{
    const struct gguf *g = data;
    return compare_strings(g->values[*(const uint32_t *)a].key,
                           g->values[*(const uint32_t *)b].key);
}

static int compare_tensors(const void *a, const void *b, void *data)
{
    const struct gguf *g = data;
    return compare_strings(g->tensors[*(const uint32_t *)a].name,
                           g->tensors[*(const uint32_t *)b].name);
}

static int compare_offsets(const void *a, const void *b, void *data)
{
    const struct gguf *g = data;
    uint64_t x = g->tensors[*(const uint32_t *)a].offset;
    uint64_t y = g->tensors[*(const uint32_t *)b].offset;
    return (x > y) - (x < y);
}

typedef int (*compare)(const void *a, const void *b, void *data);

static uint32_t *sorted(struct gguf *g, size_t n, compare order)
{
    uint32_t *index = malloc((n ? n : 1) * sizeof *index);
    for (size_t i = 0; index && i < n; i++) {
        index[i] = (uint32_t)i;
    }
    if (index) {
        qsort_r(index, n, sizeof *index, order, g);
    }
    return index;
}

static enum eng_status index_names(struct gguf *g, struct eng_err *err)
{
    char text[68];
    g->value_order = sorted(g, g->n_values, compare_values);
    g->tensor_order = sorted(g, g->n_tensors, compare_tensors);
    if (!g->value_order || !g->tensor_order) {
        return eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory for its metadata.", g->file);
    }
    for (size_t i = 1; i < g->n_values; i++) {
        if (compare_values(&g->value_order[i - 1], &g->value_order[i], g) == 0) {
            return eng_fail(err, ENG_ERR_FORMAT, "%s: the value \"%s\" is there twice.", g->file,
                            shown(g->values[g->value_order[i]].key, text));
        }
    }
    for (size_t i = 1; i < g->n_tensors; i++) {
        if (compare_tensors(&g->tensor_order[i - 1], &g->tensor_order[i], g) == 0) {
            return eng_fail(err, ENG_ERR_FORMAT, "%s: tensor \"%s\" is there twice.", g->file,
                            shown(g->tensors[g->tensor_order[i]].name, text));
        }
    }
    return ENG_OK;
}

/* Resolves offsets once the start of the data is known: inside the file, none over another. */
static enum eng_status place_tensors(struct gguf *g, struct eng_err *err)
{
    char text[68];
    uint64_t start = (g->metadata_bytes + g->alignment - 1) / g->alignment * g->alignment;
    uint64_t data_bytes = start < g->n_bytes ? g->n_bytes - start : 0;
    uint32_t *order = sorted(g, g->n_tensors, compare_offsets);
    if (!order) {
        return eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory for its metadata.", g->file);
    }
    enum eng_status status = ENG_OK;
    uint64_t free_from = 0;
    for (size_t i = 0; i < g->n_tensors && status == ENG_OK; i++) {
        struct gguf_tensor *t = &g->tensors[order[i]];
        if (t->offset > data_bytes || t->n_bytes > data_bytes - t->offset) {
            status = fail_end(g, t->name, "the data of tensor", err);
        } else if (t->offset < free_from) {
            status = eng_fail(err, ENG_ERR_FORMAT, "%s: tensor \"%s\" overlaps another one.",
                              g->file, shown(t->name, text));
        } else {
            t->data = g->data + start + t->offset;
            free_from = t->offset + t->n_bytes;
        }
    }
    free(order);
    return status;
}

static enum eng_status parse_header(struct gguf *g, struct cursor *c, uint64_t *n_values,
                                    uint64_t *n_tensors, struct eng_err *err)
{
    uint64_t version;
    const unsigned char *magic = take(c, 4);
    if (!magic || memcmp(magic, "GGUF", 4) != 0) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: this is not a GGUF model file; choose another file.", g->file);
    }
    if (!take_int(c, 4, &version) || !take_int(c, 8, n_tensors) || !take_int(c, 8, n_values)) {
        return eng_fail(err, ENG_ERR_FORMAT, "%s: the file ends inside its header; fetch it again.",
                        g->file);
    }
    if (version != 2 && version != 3) {
        bool swapped = version == 0x02000000 || version == 0x03000000;
        return eng_fail(err, ENG_ERR_UNSUPPORTED,
                        swapped ? "%s: the file is written for big-endian machines (GGUF version "
                                  "%#llx); fetch a little-endian one."
                                : "%s: GGUF version %llu is not supported; versions 2 and 3 are.",
                        g->file, (unsigned long long)version);
    }
    uint64_t left = (uint64_t)(c->end - c->at);
    if (*n_values > MAX_VALUES || *n_values > left / MIN_VALUE_BYTES || *n_tensors > MAX_TENSORS ||
        *n_tensors > left / MIN_TENSOR_BYTES) {
        return eng_fail(err, ENG_ERR_FORMAT,
                        "%s: the header announces %llu values and %llu tensors, more than the file "
                        "can hold; it is truncated or damaged, fetch it again.",
                        g->file, (unsigned long long)*n_values, (unsigned long long)*n_tensors);
    }
    return ENG_OK;
}

static enum eng_status parse_alignment(struct gguf *g, struct eng_err *err)
{
    g->alignment = DEFAULT_ALIGNMENT;
    for (size_t i = 0; i < g->n_values; i++) {
        const struct gguf_value *v = &g->values[i];
        if (v->key.n != 17 || memcmp(v->key.data, "general.alignment", 17) != 0) {
            continue;
        }
        if (v->type != GGUF_U32 || v->u == 0 || v->u > MAX_ALIGNMENT || (v->u & (v->u - 1))) {
            return eng_fail(err, ENG_ERR_FORMAT,
                            "%s: general.alignment is not a power of two up to %d.", g->file,
                            MAX_ALIGNMENT);
        }
        g->alignment = v->u;
    }
    return ENG_OK;
}

enum eng_status gguf_parse(struct gguf *g, struct eng_err *err)
{
    struct cursor c = {g->data, g->n_bytes ? g->data + g->n_bytes : g->data};
    uint64_t n_values = 0, n_tensors = 0;
    enum eng_status status = parse_header(g, &c, &n_values, &n_tensors, err);
    if (status != ENG_OK) {
        return status;
    }
    g->values = calloc(n_values ? n_values : 1, sizeof *g->values);
    g->tensors = calloc(n_tensors ? n_tensors : 1, sizeof *g->tensors);
    if (!g->values || !g->tensors) {
        return eng_fail(err, ENG_ERR_MEMORY, "%s: not enough memory for its metadata.", g->file);
    }
    while (status == ENG_OK && g->n_values < n_values) {
        status = parse_value(g, &c, &g->values[g->n_values++], err);
    }
    if (status == ENG_OK) {
        status = parse_alignment(g, err);
    }
    while (status == ENG_OK && g->n_tensors < n_tensors) {
        status = parse_tensor(g, &c, &g->tensors[g->n_tensors++], err);
    }
    g->metadata_bytes = (size_t)(c.at - g->data);
    if (status == ENG_OK) {
        status = index_names(g, err);
    }
    return status == ENG_OK ? place_tensors(g, err) : status;
}
