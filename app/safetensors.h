/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * safetensors.h: reads Hugging Face's tensor files. A leaf: knows nothing of models.
 *
 *     struct safetensors *file = safetensors_open(path, &error);
 *     const struct safetensors_tensor *t = safetensors_find(file, "pooler.dense.bias");
 *     safetensors_read_f32(file, t, values, &error);
 *     safetensors_close(file);
 *
 * Thread rule: a file belongs to one thread at a time.
 */
#pragma once

#include "engine/gguf.h"
#include <glib.h>

#define SAFETENSORS_MAX_DIMS 4

struct safetensors_tensor {
    int n_dims;
    int64_t shape[SAFETENSORS_MAX_DIMS]; /* row-major: the last one is contiguous */
    int64_t n_elements;
    enum gguf_type type; /* GGUF_F32, F16 or BF16; others cannot be read (readable is false) */
    bool readable;
    int64_t offset, n_bytes; /* in the file */
};

struct safetensors;
struct safetensors *safetensors_open(const char *path, GError **error);
void safetensors_close(struct safetensors *file); /* NULL is legal */
/* Borrowed, lives as long as the file; NULL: no such tensor. */
const struct safetensors_tensor *safetensors_find(const struct safetensors *file, const char *name);
/* out: n_elements floats. */
bool safetensors_read_f32(const struct safetensors *file, const struct safetensors_tensor *tensor,
                          float *out, GError **error);
