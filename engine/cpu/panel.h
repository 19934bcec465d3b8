/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * panel.h: inside the CPU backend: how a packed matrix and quantised columns lie in memory, and the
 * table of kernels that each level of vector instructions fills. README.md draws the layouts.
 *
 * A panel is 16 rows of the matrix. Its columns come in blocks of 32; in a block every weight is a
 * small unsigned integer u, and  w = scale * (u - offset) + min.  Lanes are rows: a 512-bit vector
 * holds 4 consecutive columns ("group") of 16 rows, so that one vpdpbusd adds 4 products to each
 * row's sum and nothing is ever summed across lanes.
 */
#pragma once

#include "engine/cpu/cpu.h"

enum {
    CPU_PANEL_ROWS = 16,
    CPU_BLOCK_COLS = 32,
    CPU_BLOCK_GROUPS = 8,                               /* of 4 columns */
    CPU_BLOCK_VALUES = CPU_PANEL_ROWS * CPU_BLOCK_COLS, /* 512 */
    CPU_SUPER_BLOCKS = 8,                               /* blocks that share a K-quant's header */
};

enum cpu_scales {
    CPU_SCALES_NONE,  /* float matrices */
    CPU_SCALES_PLAIN, /* per block: f16 scale[16] */
    CPU_SCALES_MIN,   /* per block: f16 scale[16], f16 min[16] */
    CPU_SCALES_K,  /* per 8 blocks: f16 d[16], f16 dmin[16], then 8 × { u8 scale[16], min[16] } */
    CPU_SCALES_K6, /* per 8 blocks: f16 d[16], then 8 × { i8 scale[16], i8 scale[16] } */
};

/* A block of columns whose largest magnitude is below this counts as zero: 127 / max would
   overflow. */
#define CPU_QUANT_TINY 0x1p-110f

/* How a weight type is packed. */
struct cpu_format {
    enum gguf_type type;
    int bits;   /* of u: 4, 5, 6, 8; 16 or 32 for float matrices */
    int offset; /* w = scale * (u - offset) + min */
    enum cpu_scales scales;
    int file_elements, file_bytes; /* of one block in the file */
};

/* NULL: not a type that is packed. */
const struct cpu_format *cpu_format_of(enum gguf_type type);

/* Bytes of the integers of a block of 16 rows × 32 columns: nibbles, then the planes of bits 4, 5.
 */
static inline size_t cpu_block_bytes(const struct cpu_format *format)
{
    return (size_t)(CPU_BLOCK_VALUES / 8 * format->bits);
}

/* Bytes of the scales of n_blocks blocks. */
static inline size_t cpu_scales_bytes(const struct cpu_format *format, int64_t n_blocks)
{
    switch (format->scales) {
    case CPU_SCALES_NONE:
        return 0;
    case CPU_SCALES_PLAIN:
        return (size_t)n_blocks * 32;
    case CPU_SCALES_MIN:
        return (size_t)n_blocks * 64;
    case CPU_SCALES_K:
        return (size_t)(n_blocks / CPU_SUPER_BLOCKS) * 320;
    case CPU_SCALES_K6:
        return (size_t)(n_blocks / CPU_SUPER_BLOCKS) * 288;
    }
    return 0;
}

/* A panel: the integers (or floats) of all its columns, then the scales, padded to 64 bytes. */
size_t cpu_panel_bytes(const struct cpu_format *format, int64_t n_cols);
size_t cpu_panel_scales_offset(const struct cpu_format *format, int64_t n_cols);

/* One block, unpacked: signed weights value[group][row][4 columns] = u - offset, and floats such
   that  w = scale[half][row] * value + min[row],  half 0 for groups 0–3 and 1 for groups 4–7.
   scale[1] differs from scale[0] for Q6_K only. All floats are exact products. */
struct cpu_block {
    int8_t value[CPU_BLOCK_VALUES];
    float scale[2][CPU_PANEL_ROWS];
    float min[CPU_PANEL_ROWS];
};
void cpu_block_unpack(const struct cpu_format *format, const uint8_t *panel, int64_t n_cols,
                      int64_t block, struct cpu_block *out);

/*
 * 32 quantised columns of the activations, one cache line:  x ≈ scale * q.  A block with a NaN or
 * an infinity has scale NaN and q = 0, so that NaN reaches the result.
 */
struct cpu_x_block {
    int8_t q[CPU_BLOCK_COLS];
    float scale;
    float scale_sum; /* scale * Σ q: multiplies a weight block's min */
    /* -128 Σ q over all 32, the first 16, the last 16: where a dot product starts, so that u * q
       adds up to (u - 128) * q. Exact after a shift for the smaller offsets too. */
    int32_t start, start_half[2];
    int32_t unused[3];
};
_Static_assert(sizeof(struct cpu_x_block) == 64, "one cache line");

struct cpu_input {
    const float *x; /* (borrowed) [n][n_cols] */
    int n;
    int64_t n_cols, n_blocks; /* n_blocks 0 where n_cols is not a multiple of 32 */
    int max_n;
    int64_t max_cols;
    struct cpu_x_block *blocks; /* (owned) [n][n_blocks] */
};

/* Columns [c0, c0 + n) of the input against panels [p0, p0 + n_panels). */
struct cpu_tile {
    const struct cpu_matrix *w;
    const struct cpu_format *format;
    const struct cpu_input *input;
    float *y; /* of the whole product */
    int64_t y_stride;
    int64_t p0, n_panels;
    int c0, n;
};

/* No tile has more columns: their blocks stay in the second-level cache while panels pass by. */
enum { CPU_TILE_COLUMNS = 64 };

typedef void (*cpu_tile_fn)(const struct cpu_tile *tile);
typedef void (*cpu_quantize_fn)(const float *x, struct cpu_x_block *out, int64_t n_blocks);

/*
 * The arithmetic that every level must follow to the bit, for one row and one column:
 *
 *     acc = 0
 *     for each block, ascending:
 *         t = (float)dot0 * scale[0]                     dot: exact int32 of (u - offset) * q
 *         t = fma((float)dot1, scale[1], t)              Q6_K only; else dot0 is the whole block
 *         acc = fma(t, x_scale, acc)
 *         acc = fma(min, x_scale_sum, acc)               types with a min only
 *
 * and for float matrices  acc = fma(w, x, acc)  for each column, ascending.
 */
void cpu_tile_scalar(const struct cpu_tile *tile);
void cpu_quantize_scalar(const float *x, struct cpu_x_block *out, int64_t n_blocks);

#if defined(__x86_64__)
void cpu_tile_avx2(const struct cpu_tile *tile);
void cpu_tile_float_avx2(const struct cpu_tile *tile);
void cpu_quantize_avx2(const float *x, struct cpu_x_block *out, int64_t n_blocks);
void cpu_tile_avx512(const struct cpu_tile *tile);
void cpu_tile_float_avx512(const struct cpu_tile *tile);
void cpu_quantize_avx512(const float *x, struct cpu_x_block *out, int64_t n_blocks);
#endif
