/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cpu.h: the CPU backend's kernels: thread pool, packed weight matrices, quantised activations,
 * matrix product, the small row operations. Each has a scalar reference and vector versions, chosen
 * once at run time by what the processor can (see README.md in this folder for the layouts).
 *
 * Identity rule: the result for one column is bit-equal for any number of columns n and threads.
 * Hence activations are quantised the same way for every n, dot products within a block are exact
 * integers, and blocks are added to a float accumulator in ascending order.
 */
#pragma once

#include "engine/gguf.h"

/* --- threads ------------------------------------------------------------------------------ */

struct cpu_pool;
/* n_threads 0 = one per physical core. The caller's thread is one of them. NULL: out of memory. */
struct cpu_pool *cpu_pool_new(int n_threads);
void cpu_pool_free(struct cpu_pool *pool);
int cpu_pool_threads(const struct cpu_pool *pool);
/* Calls task(data, i) for i in [0, n_tasks), tasks handed out one by one; returns when all are
   done. Waiting threads spin for a few µs, then sleep (the machine is shared). One caller at a
   time. */
void cpu_pool_run(struct cpu_pool *pool, void (*task)(void *data, int i), void *data, int n_tasks);

/* --- level of vector instructions ----------------------------------------------------------- */

enum cpu_level { CPU_SCALAR, CPU_AVX2, CPU_AVX512_VNNI };
enum cpu_level cpu_level_best(void);              /* of this machine */
const char *cpu_level_name(enum cpu_level level); /* "AVX-512 VNNI" */

/* --- matrices ----------------------------------------------------------------------------- */

/* W [n_rows][n_cols], packed. Opaque but for its shape. */
struct cpu_matrix {
    enum gguf_type type;
    int64_t n_rows, n_cols;
    void *panels; /* (owned) */
    size_t n_bytes;
    enum cpu_level level; /* the layout and kernels it is packed for */
};
/* src: file layout, row-major, n_cols contiguous. n_cols must be a multiple of the type's block.
   Types: F32 F16 BF16 Q8_0 Q4_0 Q4_1 Q5_0 Q5_1 Q4_K Q5_K Q6_K; others ENG_ERR_UNSUPPORTED. */
enum eng_status cpu_matrix_pack(struct cpu_matrix *out, enum gguf_type type, const void *src,
                                int64_t n_rows, int64_t n_cols, enum cpu_level level,
                                struct cpu_pool *pool);
void cpu_matrix_clear(struct cpu_matrix *matrix);

/* n activation columns of n_cols floats, with their 8-bit form: blocks of 32, scale = max|x|/127.
 */
struct cpu_input;
struct cpu_input *cpu_input_new(int max_n, int64_t max_cols); /* NULL: out of memory */
void cpu_input_free(struct cpu_input *input);
/* x [n][n_cols], row-major with stride n_cols (borrowed until the next set). `level` picks kernels.
 */
void cpu_input_set(struct cpu_input *input, const float *x, int n, int64_t n_cols,
                   enum cpu_level level, struct cpu_pool *pool);

/* y[c * y_stride + r] = Σ_k W[r][k] x[c][k] for all n columns of the input. y_stride in floats. */
void cpu_matmul(struct cpu_pool *pool, const struct cpu_matrix *w, const struct cpu_input *input,
                float *y, int64_t y_stride);
/* One row of a matrix in the file's layout as floats (embedding lookup): eng_dequantize. */

/* --- rows ------------------------------------------------------------------------------------ */

/* y[i] = x[i] / sqrt(mean(x²) + eps) * weight[i]; x, y [n]. y may be x. */
void cpu_rms_norm(enum cpu_level level, float *y, const float *x, const float *weight, int64_t n,
                  float eps);
/* y[i] = (x[i] - mean) / sqrt(var + eps) * weight[i] + bias[i] */
void cpu_layer_norm(enum cpu_level level, float *y, const float *x, const float *weight,
                    const float *bias, int64_t n, float eps);
/* y[i] += x[i] */
void cpu_add(enum cpu_level level, float *y, const float *x, int64_t n);
/* y[i] = silu(gate[i]) * up[i], silu(x) = x / (1 + exp(-x)) */
void cpu_silu_mul(enum cpu_level level, float *y, const float *gate, const float *up, int64_t n);
/* x[i] = gelu(x[i]), the exact form: x/2 (1 + erf(x / √2)) */
void cpu_gelu(enum cpu_level level, float *x, int64_t n);
/* x[i] = exp(x[i] - max) / Σ; for one row of n */
void cpu_softmax(enum cpu_level level, float *x, int64_t n);
/* dot product and y += a·x over float rows, fixed order (16 lanes, then pairwise) */
float cpu_dot_f32(enum cpu_level level, const float *x, const float *y, int64_t n);
float cpu_dot_f32_f16(enum cpu_level level, const float *x, const uint16_t *y, int64_t n);
void cpu_axpy_f32_f16(enum cpu_level level, float *y, float a, const uint16_t *x, int64_t n);
void cpu_f32_to_f16(enum cpu_level level, uint16_t *y, const float *x, int64_t n);
