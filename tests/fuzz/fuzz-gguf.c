/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Input: a GGUF file. Whatever opens must be readable to the last byte that it describes. */
#include <stdlib.h>
#include <string.h>

#include "engine/gguf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static volatile unsigned sink;

static void read_bytes(const void *data, size_t n)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < n; i++) {
        sink += bytes[i];
    }
}

static void read_value(const struct gguf *g, const struct gguf_value *v)
{
    static const size_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    read_bytes(v->key.data, v->key.n);
    if (v->type == GGUF_STRING) {
        read_bytes(v->s.data, v->s.n);
    } else if (v->type == GGUF_ARRAY && v->element_type == GGUF_STRING) {
        for (uint64_t i = 0; i < v->n; i++) {
            read_bytes(v->strings[i].data, v->strings[i].n);
        }
    } else if (v->type == GGUF_ARRAY) {
        read_bytes(v->data, v->n * sizes[v->element_type]);
    }
    char *key = strndup(v->key.data, v->key.n);
    int64_t integer;
    double number;
    if (strlen(key) == v->key.n && gguf_find(g, key) != v) {
        abort();
    }
    gguf_int(g, key, -5, 1 << 20, 7, &integer);
    gguf_float(g, key, 0.5, &number);
    free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gguf *g;
    struct eng_err err;
    if (gguf_open_memory(&g, data, n, &err) != ENG_OK) {
        if (g || strlen(err.text) < 10) {
            abort();
        }
        return 0;
    }
    for (size_t i = 0; i < gguf_n_values(g); i++) {
        read_value(g, gguf_value_at(g, i));
    }
    uint64_t total = 0;
    for (size_t i = 0; i < gguf_n_tensors(g); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(g, i);
        read_bytes(t->name.data, t->name.n);
        read_bytes(t->data, t->n_bytes);
        total += t->n_bytes;
    }
    if (total > n) {
        abort();
    }
    gguf_close(g);
    return 0;
}
