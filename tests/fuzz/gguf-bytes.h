/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gguf-bytes.h: builds GGUF files in memory, for fuzz targets that need a model around their
 * input. Aborts where memory runs out. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct gguf_bytes {
    uint8_t *data; /* (owned) free() it */
    size_t n, capacity;
    uint64_t n_values;
};

void gguf_bytes_begin(struct gguf_bytes *bytes);
void gguf_bytes_string(struct gguf_bytes *bytes, const char *key, const void *value, size_t n);
void gguf_bytes_strings(struct gguf_bytes *bytes, const char *key, const char *const *values,
                        size_t n);
void gguf_bytes_kinds(struct gguf_bytes *bytes, const char *key, const int32_t *values, size_t n);
/* Writes the header's count; the data is a complete file now. */
void gguf_bytes_end(struct gguf_bytes *bytes);

/* The 256 byte tokens in GPT-2's alphabet; each text at most 3 bytes and a zero. */
void gguf_bytes_alphabet(char texts[256][4]);
