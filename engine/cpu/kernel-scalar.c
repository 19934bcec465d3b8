/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel-scalar.c: the products in plain C: the reference that the vector kernels equal bit for
 * bit, and what runs on processors without any of the vector levels. panel.h has the formula.
 * A block is unpacked once for up to COLUMNS columns.
 */
#include <math.h>
#include <string.h>

#include "engine/cpu/half.h"
#include "engine/cpu/panel.h"

enum { COLUMNS = 8 };

void cpu_quantize_scalar(const float *x, struct cpu_x_block *out, int64_t n_blocks)
{
    for (int64_t b = 0; b < n_blocks; b++, x += CPU_BLOCK_COLS, out++) {
        uint32_t max_bits = 0; /* bits of |x| order like the numbers, NaN above infinity */
        for (int k = 0; k < CPU_BLOCK_COLS; k++) {
            uint32_t bits = cpu_f32_bits(x[k]) & 0x7fffffff;
            max_bits = bits > max_bits ? bits : max_bits;
        }
        float max = cpu_bits_to_f32(max_bits);
        bool finite = max_bits < 0x7f800000;
        float inverse = finite && max >= CPU_QUANT_TINY ? 127.0f / max : 0;
        int32_t sums[2] = {0, 0};
        for (int k = 0; k < CPU_BLOCK_COLS; k++) {
            out->q[k] = inverse > 0 ? (int8_t)lrintf(x[k] * inverse) : 0;
            sums[k / 16] += out->q[k];
        }
        out->scale = !finite ? NAN : inverse > 0 ? max / 127.0f : 0;
        out->scale_sum = out->scale * (float)(sums[0] + sums[1]);
        out->start = -128 * (sums[0] + sums[1]);
        out->start_half[0] = -128 * sums[0];
        out->start_half[1] = -128 * sums[1];
    }
}

/* Exact dot products of one row of an unpacked block with 32 quantised columns, in halves of 16. */
static void dot(const int8_t *value, const int8_t *q, int r, int32_t dots[2])
{
    for (int half = 0; half < 2; half++) {
        int32_t sum = 0;
        for (int group = half * 4; group < half * 4 + 4; group++)
            for (int k = 0; k < 4; k++)
                sum += value[group * 64 + r * 4 + k] * q[group * 4 + k];
        dots[half] = sum;
    }
}

static void add_block(const struct cpu_tile *tile, const struct cpu_block *block, int64_t b, int c,
                      float *acc)
{
    const struct cpu_x_block *x = tile->input->blocks + c * tile->input->n_blocks + b;
    enum cpu_scales scales = tile->format->scales;
    for (int r = 0; r < CPU_PANEL_ROWS; r++) {
        int32_t dots[2];
        dot(block->value, x->q, r, dots);
        float t;
        if (scales == CPU_SCALES_K6)
            t = fmaf((float)dots[1], block->scale[1][r], (float)dots[0] * block->scale[0][r]);
        else
            t = (float)(dots[0] + dots[1]) * block->scale[0][r];
        acc[r] = fmaf(t, x->scale, acc[r]);
        if (scales == CPU_SCALES_MIN || scales == CPU_SCALES_K)
            acc[r] = fmaf(block->min[r], x->scale_sum, acc[r]);
    }
}

static float weight_at(const struct cpu_tile *tile, const uint8_t *panel, int64_t i)
{
    uint16_t half;
    float value;
    if (tile->format->type == GGUF_F32) {
        memcpy(&value, panel + 4 * i, sizeof value);
        return value;
    }
    memcpy(&half, panel + 2 * i, sizeof half);
    return tile->format->type == GGUF_F16 ? cpu_half_to_f32(half) : cpu_bf16_to_f32(half);
}

/* acc[n][16] = one panel times columns [c0, c0 + n), n <= COLUMNS */
static void panel_product(const struct cpu_tile *tile, const uint8_t *panel, int c0, int n,
                          float acc[COLUMNS][CPU_PANEL_ROWS])
{
    int64_t n_cols = tile->w->n_cols;
    memset(acc, 0, sizeof(float) * COLUMNS * CPU_PANEL_ROWS);
    if (tile->format->scales == CPU_SCALES_NONE) {
        for (int64_t k = 0; k < n_cols; k++)
            for (int r = 0; r < CPU_PANEL_ROWS; r++) {
                float weight = weight_at(tile, panel, k * CPU_PANEL_ROWS + r);
                for (int c = 0; c < n; c++)
                    acc[c][r] = fmaf(weight, tile->input->x[(c0 + c) * n_cols + k], acc[c][r]);
            }
        return;
    }
    for (int64_t b = 0; b < n_cols / CPU_BLOCK_COLS; b++) {
        struct cpu_block block;
        cpu_block_unpack(tile->format, panel, n_cols, b, &block);
        for (int c = 0; c < n; c++)
            add_block(tile, &block, b, c0 + c, acc[c]);
    }
}

void cpu_tile_scalar(const struct cpu_tile *tile)
{
    size_t panel_bytes = cpu_panel_bytes(tile->format, tile->w->n_cols);
    for (int64_t p = tile->p0; p < tile->p0 + tile->n_panels; p++) {
        const uint8_t *panel = (const uint8_t *)tile->w->panels + (size_t)p * panel_bytes;
        int64_t r0 = p * CPU_PANEL_ROWS, left = tile->w->n_rows - r0;
        size_t n_rows = left < CPU_PANEL_ROWS ? (size_t)left : CPU_PANEL_ROWS;
        for (int c = tile->c0; c < tile->c0 + tile->n; c += COLUMNS) {
            float acc[COLUMNS][CPU_PANEL_ROWS];
            int n = tile->c0 + tile->n - c < COLUMNS ? tile->c0 + tile->n - c : COLUMNS;
            panel_product(tile, panel, c, n, acc);
            for (int i = 0; i < n; i++)
                memcpy(tile->y + (c + i) * tile->y_stride + r0, acc[i], n_rows * sizeof(float));
        }
    }
}
