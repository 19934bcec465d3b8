/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack.c: from the file's rows of blocks to panels of 16 rows, once, when a model is loaded.
 *
 * One task packs one panel, block column by block column: the 16 rows' blocks of 32 are decoded
 * into unsigned integers u and scale bytes (ggml's documented block layouts, drawn below), then
 * written interleaved. Scales keep their bits, so nothing is rounded. Rows past the last are zero.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/cpu/half.h"
#include "engine/cpu/panel.h"

enum { HUGE_PAGE = 2 << 20 };

/* 32 columns of one row. header: what stands in front of the 8 blocks of a K-quant. */
struct row_block {
    uint8_t u[CPU_BLOCK_COLS];
    uint8_t header[4]; /* f16 scale, f16 min */
    uint8_t sub[2];    /* K-quants: scale and min, or two scales (Q6_K) of this block */
};

/* byte j: column j low, column j + 16 high */
static void nibbles(uint8_t *u, const uint8_t *qs)
{
    for (int j = 0; j < 16; j++) {
        u[j] = qs[j] & 15;
        u[j + 16] = qs[j] >> 4;
    }
}

/* Bit j of the 32-bit word is bit 4 of column j. Eight at once: bit i of a byte is isolated in byte
   i of a word, and any such bit carries into the top bit of its byte. */
static void fifth_bits(uint8_t *u, const uint8_t *qh)
{
    for (int i = 0; i < 4; i++) {
        uint64_t spread = qh[i] * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
        spread = (spread + UINT64_C(0x7f7f7f7f7f7f7f7f)) & UINT64_C(0x8080808080808080);
        for (int j = 0; j < 8; j++)
            u[8 * i + j] |= (uint8_t)(spread >> (8 * j) & 0x80) >> 3;
    }
}

/* 12 bytes hold 8 6-bit scales and 8 6-bit mins: bytes 0–3 and 4–7 the low six bits of the first
   four of each; bytes 8–11 the low nibbles of the last four (scale low, min high), whose upper two
   bits are the top bits of bytes 0–3 and 4–7. */
static void k_scales(const uint8_t *packed, int i, uint8_t *sub)
{
    if (i < 4) {
        sub[0] = packed[i] & 63;
        sub[1] = packed[i + 4] & 63;
    } else {
        sub[0] = (packed[i + 4] & 15) | (packed[i - 4] >> 6) << 4;
        sub[1] = packed[i + 4] >> 4 | (packed[i] >> 6) << 4;
    }
}

/* { f16 d, f16 dmin, scales[12], [qh[32]], qs[128] }; 64 columns share 32 bytes: low, high */
static void decode_k45(const uint8_t *src, int i, bool fifth, struct row_block *out)
{
    memcpy(out->header, src, 4);
    k_scales(src + 4, i, out->sub);
    const uint8_t *qs = src + 16 + (fifth ? 32 : 0) + i / 2 * 32;
    for (int j = 0; j < 32; j++) {
        out->u[j] = qs[j] >> (i % 2 * 4) & 15;
        if (fifth)
            out->u[j] |= (src[16 + j] >> i & 1) << 4;
    }
}

/* { ql[128], qh[64], i8 scales[16], f16 d }; a half of 128 columns has 64 bytes of ql, 32 of qh */
static void decode_k6(const uint8_t *src, int i, struct row_block *out)
{
    int half = i / 4, quarter = i % 4;
    const uint8_t *ql = src + half * 64 + quarter % 2 * 32;
    const uint8_t *qh = src + 128 + half * 32;
    for (int j = 0; j < 32; j++)
        out->u[j] =
            (uint8_t)((ql[j] >> (quarter / 2 * 4) & 15) | (qh[j] >> (quarter * 2) & 3) << 4);
    memcpy(out->sub, src + 192 + 2 * i, 2);
    memcpy(out->header, src + 208, 2);
}

/* Block `block` (of 32 columns) of a row. */
static void decode(const struct cpu_format *format, const uint8_t *row, int64_t block,
                   struct row_block *out)
{
    int64_t per_file_block = format->file_elements / CPU_BLOCK_COLS;
    const uint8_t *src = row + block / per_file_block * format->file_bytes;
    int i = (int)(block % per_file_block);
    switch (format->type) {
    case GGUF_Q8_0: /* { f16 d, i8 q[32] } */
        memcpy(out->header, src, 2);
        for (int j = 0; j < 32; j++)
            out->u[j] = src[2 + j] ^ 0x80; /* q + 128 */
        break;
    case GGUF_Q4_0: /* { f16 d, qs[16] } */
        memcpy(out->header, src, 2);
        nibbles(out->u, src + 2);
        break;
    case GGUF_Q4_1: /* { f16 d, f16 m, qs[16] } */
        memcpy(out->header, src, 4);
        nibbles(out->u, src + 4);
        break;
    case GGUF_Q5_0: /* { f16 d, qh[4], qs[16] } */
        memcpy(out->header, src, 2);
        nibbles(out->u, src + 6);
        fifth_bits(out->u, src + 2);
        break;
    case GGUF_Q5_1: /* { f16 d, f16 m, qh[4], qs[16] } */
        memcpy(out->header, src, 4);
        nibbles(out->u, src + 8);
        fifth_bits(out->u, src + 4);
        break;
    case GGUF_Q4_K:
        decode_k45(src, i, false, out);
        break;
    case GGUF_Q5_K:
        decode_k45(src, i, true, out);
        break;
    default:
        decode_k6(src, i, out);
        break;
    }
}

/* u [column / 4][row][column % 4] of a block as nibbles and planes (README.md). */
static void put_values(const struct cpu_format *format, const uint8_t *u, uint8_t *block)
{
    uint8_t *planes = block + 256;
    if (format->bits == 8) {
        memcpy(block, u, CPU_BLOCK_VALUES);
        return;
    }
    for (int i = 0; i < 256; i++)
        block[i] = (uint8_t)((u[i] & 15) | u[256 + i] << 4);
    for (int g = 0; g < CPU_BLOCK_GROUPS && format->bits == 5; g++)
        for (int i = 0; i < 64; i++)
            planes[i] |= (uint8_t)((u[g * 64 + i] >> 4) << g);
    for (int g = 0; g < CPU_BLOCK_GROUPS && format->bits == 6; g++)
        for (int i = 0; i < 64; i++)
            planes[g / 4 * 64 + i] |= (uint8_t)((u[g * 64 + i] >> 4) << (g % 4 * 2));
}

static void put_scales(const struct cpu_format *format, uint8_t *scales, int64_t block, int r,
                       const struct row_block *row)
{
    int in_super = (int)(block % CPU_SUPER_BLOCKS);
    uint8_t *super, *sub = NULL;
    switch (format->scales) {
    case CPU_SCALES_K:
        super = scales + block / CPU_SUPER_BLOCKS * 320;
        sub = super + 64 + in_super * 32;
        break;
    case CPU_SCALES_K6:
        super = scales + block / CPU_SUPER_BLOCKS * 288;
        sub = super + 32 + in_super * 32;
        break;
    default:
        super = scales + block * (format->scales == CPU_SCALES_MIN ? 64 : 32);
        break;
    }
    memcpy(super + 2 * r, row->header, 2);
    if (format->scales == CPU_SCALES_MIN || format->scales == CPU_SCALES_K)
        memcpy(super + 32 + 2 * r, row->header + 2, 2);
    if (sub != NULL) {
        sub[r] = row->sub[0];
        sub[16 + r] = row->sub[1];
    }
}

struct pack_job {
    struct cpu_matrix *out;
    const struct cpu_format *format;
    const uint8_t *src;
    size_t row_bytes, panel_bytes;
};

static void pack_floats(const struct pack_job *job, uint8_t *panel, int64_t r0, int n_rows)
{
    size_t bytes = (size_t)job->format->bits / 8;
    for (int r = 0; r < n_rows; r++) {
        const uint8_t *row = job->src + (size_t)(r0 + r) * job->row_bytes;
        uint8_t *to = panel + (size_t)r * bytes;
        for (int64_t k = 0; k < job->out->n_cols; k++) {
            if (bytes == 4)
                memcpy(to, row, 4);
            else
                memcpy(to, row, 2);
            row += bytes;
            to += CPU_PANEL_ROWS * bytes;
        }
    }
}

static void pack_panel(void *data, int i)
{
    const struct pack_job *job = data;
    const struct cpu_format *format = job->format;
    int64_t r0 = (int64_t)i * CPU_PANEL_ROWS, left = job->out->n_rows - r0;
    int n_rows = left < CPU_PANEL_ROWS ? (int)left : CPU_PANEL_ROWS;
    uint8_t *panel = (uint8_t *)job->out->panels + (size_t)i * job->panel_bytes;
    if (format->scales == CPU_SCALES_NONE) {
        pack_floats(job, panel, r0, n_rows);
        return;
    }
    uint8_t *scales = panel + cpu_panel_scales_offset(format, job->out->n_cols);
    for (int64_t b = 0; b < job->out->n_cols / CPU_BLOCK_COLS; b++) {
        uint8_t u[CPU_BLOCK_VALUES] = {0};
        for (int r = 0; r < n_rows; r++) {
            struct row_block row;
            decode(format, job->src + (size_t)(r0 + r) * job->row_bytes, b, &row);
            for (int g = 0; g < CPU_BLOCK_GROUPS; g++)
                memcpy(u + 64 * g + 4 * r, row.u + 4 * g, 4);
            put_scales(format, scales, b, r, &row);
        }
        put_values(format, u, panel + (size_t)b * cpu_block_bytes(format));
    }
}

/* Zeroed memory. Large pages spare the address translation, which costs a streaming reader most. */
static void *panel_alloc(size_t n_bytes)
{
    size_t align = n_bytes >= HUGE_PAGE ? HUGE_PAGE : 64;
    void *memory = aligned_alloc(align, (n_bytes + align - 1) / align * align);
    if (memory == NULL)
        return NULL;
    if (align == HUGE_PAGE)
        madvise(memory, n_bytes, MADV_HUGEPAGE); /* a hint: without it only slower */
    memset(memory, 0, n_bytes);
    return memory;
}

enum eng_status cpu_matrix_pack(struct cpu_matrix *out, enum gguf_type type, const void *src,
                                int64_t n_rows, int64_t n_cols, enum cpu_level level,
                                struct cpu_pool *pool)
{
    const struct cpu_format *format = cpu_format_of(type);
    *out = (struct cpu_matrix){.type = type, .n_rows = n_rows, .n_cols = n_cols, .level = level};
    if (format == NULL)
        return ENG_ERR_UNSUPPORTED;
    if (n_rows <= 0 || n_cols <= 0 || n_cols % format->file_elements != 0 || n_rows > INT32_MAX ||
        n_cols > INT32_MAX || level > cpu_level_best())
        return ENG_ERR_ARGUMENT;
    int64_t n_panels = (n_rows + CPU_PANEL_ROWS - 1) / CPU_PANEL_ROWS;
    struct pack_job job = {
        .out = out,
        .format = format,
        .src = src,
        .row_bytes = (size_t)(n_cols / format->file_elements) * (size_t)format->file_bytes,
        .panel_bytes = cpu_panel_bytes(format, n_cols),
    };
    if (__builtin_mul_overflow(job.panel_bytes, (size_t)n_panels, &out->n_bytes) ||
        out->n_bytes > SIZE_MAX - HUGE_PAGE)
        return ENG_ERR_MEMORY;
    out->panels = panel_alloc(out->n_bytes);
    if (out->panels == NULL)
        return ENG_ERR_MEMORY;
    cpu_pool_run(pool, pack_panel, &job, (int)n_panels);
    return ENG_OK;
}

void cpu_matrix_clear(struct cpu_matrix *matrix)
{
    free(matrix->panels);
    *matrix = (struct cpu_matrix){0};
}
