/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gguf.h: reads and writes GGUF files (versions 2 and 3, little-endian).
 * Source: ggml's docs/gguf.md.
 *
 *     struct gguf *g;
 *     gguf_open(&g, path, &err);
 *     const struct gguf_value *v = gguf_find(g, "general.architecture");
 *     const struct gguf_tensor *t = gguf_tensor(g, "token_embd.weight");
 *     gguf_close(g);
 *
 * The file is mapped read-only and treated as hostile: every offset, count, string and shape is
 * checked against the file's end (and for overflow) before it is believed, and the memory taken is
 * bounded by the file's size. A mapped file that is truncated under us would raise SIGBUS;
 * gguf_open copies the metadata, and the engine packs weights at open, so that only loading is
 * exposed. Immutable after open: any thread may read.
 */
#pragma once

#include "engine/engine.h"

/* Tensor types with the numbers that the format gives them. */
enum gguf_type {
    GGUF_F32 = 0,
    GGUF_F16 = 1,
    GGUF_Q4_0 = 2,
    GGUF_Q4_1 = 3,
    GGUF_Q5_0 = 6,
    GGUF_Q5_1 = 7,
    GGUF_Q8_0 = 8,
    GGUF_Q2_K = 10,
    GGUF_Q3_K = 11,
    GGUF_Q4_K = 12,
    GGUF_Q5_K = 13,
    GGUF_Q6_K = 14,
    GGUF_IQ4_NL = 20,
    GGUF_IQ4_XS = 23,
    GGUF_I8 = 24,
    GGUF_I16 = 25,
    GGUF_I32 = 26,
    GGUF_I64 = 27,
    GGUF_F64 = 28,
    GGUF_BF16 = 30,
    GGUF_MXFP4 = 39,
    GGUF_NVFP4 = 40,
};

/* name "Q4_K", elements a block, bytes a block. false for a type whose layout is not known here. */
struct gguf_type_info {
    const char *name;
    int block_elements, block_bytes;
};
bool gguf_type_info(enum gguf_type type, struct gguf_type_info *out);

enum gguf_value_type {
    GGUF_U8,
    GGUF_INT8,
    GGUF_U16,
    GGUF_INT16,
    GGUF_U32,
    GGUF_INT32,
    GGUF_FLOAT32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY,
    GGUF_U64,
    GGUF_INT64,
    GGUF_FLOAT64,
};

struct gguf_string {
    const char *data; /* (mmap or owned by the gguf) not zero-terminated, any bytes */
    size_t n;
};

struct gguf_value {
    struct gguf_string key;
    enum gguf_value_type type;         /* of the value */
    enum gguf_value_type element_type; /* for arrays */
    uint64_t n;                        /* elements of an array, else 1 */
    union {
        uint64_t u;
        int64_t i;
        double f;
        struct gguf_string s;
        const void *data; /* arrays of numbers: packed, maybe unaligned (use memcpy) */
        const struct gguf_string *strings; /* arrays of strings */
    };
};

#define GGUF_MAX_DIMS 4
struct gguf_tensor {
    struct gguf_string name;
    enum gguf_type type;
    int n_dims;
    int64_t ne[GGUF_MAX_DIMS]; /* ne[0] is the contiguous dimension (columns); unused ones are 1 */
    uint64_t offset, n_bytes;
    const void *data; /* (mmap) */
};

struct gguf;
enum eng_status gguf_open(struct gguf **out, const char *path, struct eng_err *err);
/* The same over memory that the caller keeps alive (tests, fuzzing). */
enum eng_status gguf_open_memory(struct gguf **out, const void *data, size_t n,
                                 struct eng_err *err);
void gguf_close(struct gguf *gguf);

const struct gguf_value *gguf_find(const struct gguf *gguf, const char *key); /* NULL: not there */
/* Any integer type, value checked to be in [min, max]; `fallback` where the key is missing;
   false where it is there with another type or out of range. */
bool gguf_int(const struct gguf *gguf, const char *key, int64_t min, int64_t max, int64_t fallback,
              int64_t *out);
bool gguf_float(const struct gguf *gguf, const char *key, double fallback, double *out);
const struct gguf_tensor *gguf_tensor(const struct gguf *gguf, const char *name);
size_t gguf_n_values(const struct gguf *gguf);
const struct gguf_value *gguf_value_at(const struct gguf *gguf, size_t i);
size_t gguf_n_tensors(const struct gguf *gguf);
const struct gguf_tensor *gguf_tensor_at(const struct gguf *gguf, size_t i);

/* --- writing: values, then tensors, then one gguf_write ------------------------------------- */
struct gguf_writer;
struct gguf_writer *gguf_writer_new(void); /* NULL: out of memory */
void gguf_writer_free(struct gguf_writer *writer);
/* Everything is copied but tensor data, which must live until gguf_write. A failed allocation is
   remembered and reported by gguf_write. */
void gguf_put_u32(struct gguf_writer *writer, const char *key, uint32_t value);
void gguf_put_f32(struct gguf_writer *writer, const char *key, float value);
void gguf_put_bool(struct gguf_writer *writer, const char *key, bool value);
void gguf_put_string(struct gguf_writer *writer, const char *key, const char *value);
void gguf_put_strings(struct gguf_writer *writer, const char *key, const struct gguf_string *values,
                      size_t n);
void gguf_put_array(struct gguf_writer *writer, const char *key, enum gguf_value_type type,
                    const void *data, size_t n);
void gguf_put_tensor(struct gguf_writer *writer, const char *name, enum gguf_type type, int n_dims,
                     const int64_t *ne, const void *data);
/* Writes to path.part, fsyncs, renames. */
enum eng_status gguf_write(struct gguf_writer *writer, const char *path, struct eng_err *err);
