/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gguf-bytes.h"

#include <stdlib.h>
#include <string.h>

#include "engine/gguf.h"
#include "engine/tokenizer/unicode.h"

static void put(struct gguf_bytes *b, const void *data, size_t n)
{
    if (n > b->capacity - b->n) {
        b->capacity = 2 * b->capacity + n;
        b->data = realloc(b->data, b->capacity);
        if (!b->data) {
            abort();
        }
    }
    if (n > 0) {
        memcpy(b->data + b->n, data, n);
    }
    b->n += n;
}

static void put_int(struct gguf_bytes *b, uint64_t value, size_t n)
{
    put(b, &value, n);
}

static void put_text(struct gguf_bytes *b, const void *data, size_t n)
{
    put_int(b, n, 8);
    put(b, data, n);
}

static void put_key(struct gguf_bytes *b, const char *key, uint32_t type)
{
    put_text(b, key, strlen(key));
    put_int(b, type, 4);
    b->n_values++;
}

void gguf_bytes_begin(struct gguf_bytes *b)
{
    *b = (struct gguf_bytes){0};
    put(b, "GGUF\3\0\0\0", 8);
    put_int(b, 0, 8);
    put_int(b, 0, 8);
}

void gguf_bytes_string(struct gguf_bytes *b, const char *key, const void *value, size_t n)
{
    put_key(b, key, GGUF_STRING);
    put_text(b, value, n);
}

void gguf_bytes_strings(struct gguf_bytes *b, const char *key, const char *const *values, size_t n)
{
    put_key(b, key, GGUF_ARRAY);
    put_int(b, GGUF_STRING, 4);
    put_int(b, n, 8);
    for (size_t i = 0; i < n; i++) {
        put_text(b, values[i], strlen(values[i]));
    }
}

void gguf_bytes_kinds(struct gguf_bytes *b, const char *key, const int32_t *values, size_t n)
{
    put_key(b, key, GGUF_ARRAY);
    put_int(b, GGUF_INT32, 4);
    put_int(b, n, 8);
    put(b, values, n * sizeof *values);
}

void gguf_bytes_end(struct gguf_bytes *b)
{
    memcpy(b->data + 16, &b->n_values, sizeof b->n_values);
}

void gguf_bytes_alphabet(char texts[256][4])
{
    uint32_t other = 256;
    for (uint32_t byte = 0; byte < 256; byte++) {
        bool plain = (byte > 32 && byte < 127) || (byte > 160 && byte != 173);
        texts[byte][unicode_put(plain ? byte : other++, texts[byte])] = '\0';
    }
}
