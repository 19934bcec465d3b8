/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gguf-private.h: the inside of a struct gguf, shared by gguf.c (life, lookup) and gguf-parse.c. */
#pragma once

#include "engine/gguf.h"

struct gguf {
    const char *file;          /* (borrowed, only while opening) its name in error sentences */
    const unsigned char *data; /* (mmap, or borrowed over memory) the whole file */
    size_t n_bytes;
    bool mapped;
    unsigned char *metadata; /* (owned) copy of what precedes the tensor data; NULL over memory */
    size_t metadata_bytes;
    uint64_t alignment;
    struct gguf_value *values; /* (owned) in file order; .strings of arrays are owned as well */
    size_t n_values;
    struct gguf_tensor *tensors; /* (owned) in file order */
    size_t n_tensors;
    uint32_t *value_order, *tensor_order; /* (owned) indices sorted by name */
};

/* Reads header, values and tensor descriptions into the struct; all checks are here. */
enum eng_status gguf_parse(struct gguf *gguf, struct eng_err *err);
/* Bytes of a tensor of this shape; false: type unknown, rows not whole blocks, or overflow. */
bool gguf_tensor_bytes(enum gguf_type type, int n_dims, const int64_t *ne, uint64_t *n_bytes);
/* Bytes of a value of fixed size; 0: strings, arrays and unknown types. */
unsigned gguf_value_bytes(uint64_t type);
