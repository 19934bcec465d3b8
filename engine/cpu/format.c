/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * format.c: the layout of packed panels, and the scalar unpacking of one block, which is the
 * reference for what the vector kernels unpack in registers. README.md draws the layouts.
 */
#include <stddef.h>

#include "engine/cpu/half.h"
#include "engine/cpu/panel.h"

static const struct cpu_format formats[] = {
    {GGUF_F32, 32, 0, CPU_SCALES_NONE, 1, 4},     {GGUF_F16, 16, 0, CPU_SCALES_NONE, 1, 2},
    {GGUF_BF16, 16, 0, CPU_SCALES_NONE, 1, 2},    {GGUF_Q8_0, 8, 128, CPU_SCALES_PLAIN, 32, 34},
    {GGUF_Q4_0, 4, 8, CPU_SCALES_PLAIN, 32, 18},  {GGUF_Q4_1, 4, 0, CPU_SCALES_MIN, 32, 20},
    {GGUF_Q5_0, 5, 16, CPU_SCALES_PLAIN, 32, 22}, {GGUF_Q5_1, 5, 0, CPU_SCALES_MIN, 32, 24},
    {GGUF_Q4_K, 4, 0, CPU_SCALES_K, 256, 144},    {GGUF_Q5_K, 5, 0, CPU_SCALES_K, 256, 176},
    {GGUF_Q6_K, 6, 32, CPU_SCALES_K6, 256, 210},
};

const struct cpu_format *cpu_format_of(enum gguf_type type)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i].type == type)
            return &formats[i];
    return NULL;
}

size_t cpu_panel_scales_offset(const struct cpu_format *format, int64_t n_cols)
{
    if (format->scales == CPU_SCALES_NONE) /* floats: any number of columns */
        return (size_t)n_cols * CPU_PANEL_ROWS * (size_t)format->bits / 8;
    return (size_t)(n_cols / CPU_BLOCK_COLS) * cpu_block_bytes(format);
}

size_t cpu_panel_bytes(const struct cpu_format *format, int64_t n_cols)
{
    size_t n =
        cpu_panel_scales_offset(format, n_cols) + cpu_scales_bytes(format, n_cols / CPU_BLOCK_COLS);
    return (n + 63) / 64 * 64;
}

/* u of byte i (0..63) of a group. Nibbles: vector v of 64 bytes holds group v low, v + 4 high. */
static int stored_value(const struct cpu_format *format, const uint8_t *block, int group, int i)
{
    if (format->bits == 8)
        return block[group * 64 + i];
    const uint8_t *planes = block + 256;
    int value = block[(group % 4) * 64 + i] >> (group / 4 * 4) & 15;
    if (format->bits == 5) /* one plane: bit g of byte i belongs to group g */
        value |= (planes[i] >> group & 1) << 4;
    if (format->bits == 6) /* two planes, for groups 0–3 and 4–7, two bits a group */
        value |= (planes[group / 4 * 64 + i] >> (group % 4 * 2) & 3) << 4;
    return value;
}

static float half_at(const uint8_t *p, int i)
{
    uint16_t half;
    memcpy(&half, p + 2 * i, sizeof half);
    return cpu_half_to_f32(half);
}

static void unpack_scales(const struct cpu_format *format, const uint8_t *scales, int64_t block,
                          struct cpu_block *out)
{
    int in_super = (int)(block % CPU_SUPER_BLOCKS);
    const uint8_t *super = scales, *sub = scales;
    if (format->scales == CPU_SCALES_K) {
        super += block / CPU_SUPER_BLOCKS * 320;
        sub = super + 64 + in_super * 32;
    } else if (format->scales == CPU_SCALES_K6) {
        super += block / CPU_SUPER_BLOCKS * 288;
        sub = super + 32 + in_super * 32;
    } else {
        super += block * (format->scales == CPU_SCALES_MIN ? 64 : 32);
    }
    for (int r = 0; r < CPU_PANEL_ROWS; r++) {
        float d = half_at(super, r);
        out->scale[0][r] = out->scale[1][r] = d;
        out->min[r] = 0;
        if (format->scales == CPU_SCALES_MIN) {
            out->min[r] = half_at(super, 16 + r);
        } else if (format->scales == CPU_SCALES_K) {
            out->scale[0][r] = out->scale[1][r] = d * (float)sub[r];
            out->min[r] = -half_at(super, 16 + r) * (float)sub[16 + r];
        } else if (format->scales == CPU_SCALES_K6) {
            out->scale[0][r] = d * (float)(int8_t)sub[r];
            out->scale[1][r] = d * (float)(int8_t)sub[16 + r];
        }
    }
}

void cpu_block_unpack(const struct cpu_format *format, const uint8_t *panel, int64_t n_cols,
                      int64_t block, struct cpu_block *out)
{
    const uint8_t *values = panel + (size_t)block * cpu_block_bytes(format);
    for (int group = 0; group < CPU_BLOCK_GROUPS; group++)
        for (int i = 0; i < 64; i++)
            out->value[group * 64 + i] =
                (int8_t)(stored_value(format, values, group, i) - format->offset);
    unpack_scales(format, panel + cpu_panel_scales_offset(format, n_cols), block, out);
}
