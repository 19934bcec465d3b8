/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Block formats: bit for bit what the reference dequantizer gives (tests/golden/quant.txt), and
 * quantizing that loses no more than rounding must.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/quant.h"

static guint8 *from_hex(const char *hex, gsize *n)
{
    *n = strlen(hex) / 2;
    guint8 *bytes = g_malloc(*n);
    for (gsize i = 0; i < *n; i++) {
        bytes[i] =
            (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    }
    return bytes;
}

static enum gguf_type find_type(const char *name, struct gguf_type_info *info)
{
    for (int type = 0; type < 64; type++) {
        if (gguf_type_info((enum gguf_type)type, info) && strcmp(info->name, name) == 0) {
            return (enum gguf_type)type;
        }
    }
    g_error("type %s is not known", name);
}

static void check_block(const char *name, const char *block_hex, const char *weights_hex)
{
    struct gguf_type_info info;
    enum gguf_type type = find_type(name, &info);
    gsize n_bytes;
    guint8 *block = from_hex(block_hex, &n_bytes);
    g_assert_cmpuint(n_bytes, ==, info.block_bytes);
    g_assert_cmpuint(strlen(weights_hex), ==, 8 * info.block_elements);
    float *weights = g_new(float, info.block_elements);
    g_assert_true(eng_dequantize(type, block, weights, info.block_elements));
    for (int i = 0; i < info.block_elements; i++) {
        char got[9];
        guint32 bits;
        memcpy(&bits, &weights[i], 4);
        g_snprintf(got, sizeof got, "%08x", bits);
        if (strncmp(got, weights_hex + 8 * i, 8) != 0) {
            g_error("%s weight %d: %s, expected %.8s", name, i, got, weights_hex + 8 * i);
        }
    }
    g_free(weights);
    g_free(block);
}

static void test_golden(void)
{
    char *path = g_test_build_filename(G_TEST_DIST, "..", "golden", "quant.txt", NULL), *text;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    char **lines = g_strsplit(text, "\n", -1);
    int n_blocks = 0;
    for (char **line = lines; *line; line++) {
        if (**line && **line != '#') {
            char **fields = g_strsplit(*line, " ", 3);
            check_block(fields[0], fields[1], fields[2]);
            g_strfreev(fields);
            n_blocks++;
        }
    }
    g_assert_cmpint(n_blocks, >=, 80);
    g_strfreev(lines);
    g_free(text);
    g_free(path);
}

static void test_half_all_values(void)
{
    for (guint32 bits = 0; bits < 65536; bits++) {
        guint16 half = (guint16)bits, back;
        float f;
        g_assert_true(eng_dequantize(GGUF_F16, &half, &f, 1));
        g_assert_true(eng_quantize(GGUF_F16, &f, &back, 1));
        int exponent = (int)(half >> 10 & 31) - 15, mantissa = half & 1023;
        if (exponent == 16 && mantissa) {
            g_assert_true(isnan(f) && (back & 0x7c00) == 0x7c00 && (back & 1023));
            continue;
        }
        double value = exponent == 16    ? INFINITY
                       : exponent == -15 ? ldexp(mantissa, -24)
                                         : ldexp(1024 + mantissa, exponent - 10);
        g_assert_cmpfloat(f, ==, (float)(half & 0x8000 ? -value : value));
        g_assert_cmpuint(half, ==, back);
    }
}

static void test_half_rounds_to_even(void)
{
    static const struct {
        float f;
        guint16 half;
    } cases[] = {
        {1 + 0x1p-11f, 0x3c00},   {1 + 3 * 0x1p-11f, 0x3c02},
        {1 + 0x1.1p-11f, 0x3c01}, {65519.996f, 0x7bff},
        {65520, 0x7c00},          {0x1p-25f, 0x0000},
        {0x1.8p-24f, 0x0002},     {-0x1.000002p-25f, 0x8001},
        {INFINITY, 0x7c00},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint16 half;
        g_assert_true(eng_quantize(GGUF_F16, &cases[i].f, &half, 1));
        g_assert_cmphex(half, ==, cases[i].half);
    }
}

static void test_q8_0(void)
{
    GRand *rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 200; round++) {
        float in[64], out[64];
        guint8 blocks[2 * 34];
        double scale = pow(10, g_rand_double_range(rand, -4, 4)), largest = 0;
        for (int i = 0; i < 64; i++) {
            in[i] = (float)(scale * g_rand_double_range(rand, -1, 1));
            largest = fmax(largest, fabs(in[i]));
        }
        g_assert_true(eng_quantize(GGUF_Q8_0, in, blocks, 64));
        g_assert_true(eng_dequantize(GGUF_Q8_0, blocks, out, 64));
        for (int i = 0; i < 64; i++) {
            /* half a step, and the scale's own rounding to 11 bits (subnormal: 2^-25) */
            double step = largest / 127, slack = largest * 0x1p-11 + 127 * 0x1p-25;
            g_assert_cmpfloat(fabs(in[i] - out[i]), <=, step / 2 + slack);
        }
    }
    g_rand_free(rand);
}

static void test_refused(void)
{
    float in[32] = {0}, out[32];
    guint8 block[256] = {0};
    g_assert_false(eng_quantize(GGUF_Q4_K, in, block, 32));
    g_assert_false(eng_quantize(GGUF_Q8_0, in, block, 31));
    in[3] = NAN;
    g_assert_false(eng_quantize(GGUF_Q8_0, in, block, 32));
    in[3] = 1e7f;
    g_assert_false(eng_quantize(GGUF_Q8_0, in, block, 32));
    in[3] = 1e-42f;
    g_assert_true(eng_quantize(GGUF_Q8_0, in, block, 32));
    g_assert_false(eng_dequantize(GGUF_Q4_0, block, out, 31));
    g_assert_false(eng_dequantize(GGUF_I32, block, out, 1));
    g_assert_false(eng_dequantize((enum gguf_type)99, block, out, 1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/quant/golden", test_golden);
    g_test_add_func("/quant/half-all-values", test_half_all_values);
    g_test_add_func("/quant/half-rounds-to-even", test_half_rounds_to_even);
    g_test_add_func("/quant/q8-0", test_q8_0);
    g_test_add_func("/quant/refused", test_refused);
    return g_test_run();
}
