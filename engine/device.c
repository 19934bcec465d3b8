/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * device.c: describes the processor, and tests that its vector kernels agree with the scalar ones.
 *
 * The self-test packs one small matrix of every weight type and compares each level of vector
 * instructions with the scalar level bit for bit, then does the same for the row operations. What
 * it finds is a broken processor, compiler or emulator: the tests of this tree look deeper.
 */
#include "engine/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/cpu/cores.h"
#include "engine/cpu/cpu.h"

/* The text after "key…: " in a file of such lines, or "" */
static void line_value(const char *path, const char *key, char *out, size_t n)
{
    char line[512];
    size_t key_bytes = strlen(key);
    FILE *file = fopen(path, "r");
    out[0] = '\0';
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, key, key_bytes) != 0)
            continue;
        char *value = strchr(line, ':');
        if (value == NULL)
            break;
        value += 1 + strspn(value + 1, " \t");
        value[strcspn(value, "\n")] = '\0';
        snprintf(out, n, "%s", value);
        break;
    }
    fclose(file);
}

static void describe_cpu(struct eng_device *out)
{
    enum cpu_level level = cpu_level_best();
    char model[96], free_kib[64];
    int n_cores = cpu_cores();
    line_value("/proc/cpuinfo", "model name", model, sizeof model);
    snprintf(out->name, sizeof out->name, "cpu");
    snprintf(out->title, sizeof out->title, "%s, %d core%s", model[0] != '\0' ? model : "CPU",
             n_cores, n_cores == 1 ? "" : "s");
    if (level == CPU_SCALAR)
        snprintf(out->features, sizeof out->features, "plain C");
    else
        snprintf(out->features, sizeof out->features, "%s%s", cpu_level_name(level),
                 level > CPU_AVX2 ? ", AVX2, FMA" : ", FMA");
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page_bytes > 0)
        out->memory_bytes = (uint64_t)pages * (uint64_t)page_bytes;
    line_value("/proc/meminfo", "MemAvailable", free_kib, sizeof free_kib);
    out->memory_free_bytes = strtoull(free_kib, NULL, 10) * 1024;
    out->used = true;
    if (level == CPU_SCALAR)
        snprintf(out->verdict, sizeof out->verdict,
                 "Used, but slow: this processor has none of the vector instructions that the "
                 "kernels are written for.");
    else
        snprintf(out->verdict, sizeof out->verdict, "Used, with %s.", cpu_level_name(level));
}

size_t eng_devices(struct eng_device *out, size_t max)
{
    if (max == 0)
        return 1;
    memset(out, 0, sizeof *out);
    describe_cpu(out);
    return 1;
}

/* --- self-test -------------------------------------------------------------------------------- */

enum { ROWS = 21, COLS = 512, COLUMNS = 18, N_HALVES = 33 };

static const enum gguf_type types[] = {
    GGUF_F32,  GGUF_F16,  GGUF_BF16, GGUF_Q8_0, GGUF_Q4_0, GGUF_Q4_1,
    GGUF_Q5_0, GGUF_Q5_1, GGUF_Q4_K, GGUF_Q5_K, GGUF_Q6_K,
};

struct self_test {
    struct cpu_pool *pool;
    struct cpu_input *input;
    float *x;                /* (owned) [COLUMNS][COLS] */
    uint8_t *bytes;          /* (owned) ROWS * COLS * 4: a matrix of any type */
    float *expected, *found; /* (owned) [COLUMNS][ROWS] */
};

/* Numbers from a fixed sequence (Knuth's 64-bit linear congruence). */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 32);
}

static bool product(struct self_test *test, enum gguf_type type, enum cpu_level level, int n,
                    float *y)
{
    struct cpu_matrix w;
    if (cpu_matrix_pack(&w, type, test->bytes, ROWS, COLS, level, test->pool) != ENG_OK)
        return false;
    cpu_input_set(test->input, test->x, n, COLS, level, test->pool);
    cpu_matmul(test->pool, &w, test->input, y, ROWS);
    cpu_matrix_clear(&w);
    return true;
}

/* Bytes 00…3f only: every 16- and 32-bit float among them is finite. */
static void fill(struct self_test *test)
{
    uint64_t state = 1;
    for (size_t i = 0; i < ROWS * COLS * sizeof(float); i++)
        test->bytes[i] = (uint8_t)(next_random(&state) & 0x3f);
    for (size_t i = 0; i < COLUMNS * COLS; i++)
        test->x[i] = (float)(int32_t)next_random(&state) * 0x1p-31f;
}

static bool products_agree(struct self_test *test, enum cpu_level level, char *why, size_t n)
{
    static const int columns[] = {1, 3, COLUMNS};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (size_t j = 0; j < sizeof columns / sizeof *columns; j++) {
            struct gguf_type_info info;
            size_t bytes = (size_t)columns[j] * ROWS * sizeof(float);
            if (!product(test, types[i], CPU_SCALAR, columns[j], test->expected) ||
                !product(test, types[i], level, columns[j], test->found)) {
                snprintf(why, n, "There is not enough memory for the self-test.");
                return false;
            }
            if (memcmp(test->expected, test->found, bytes) != 0) {
                gguf_type_info(types[i], &info);
                snprintf(why, n, "matrix product, %s, %d columns, %s", info.name, columns[j],
                         cpu_level_name(level));
                return false;
            }
        }
    return true;
}

/* One result of each row operation, over COLS - 3 elements. */
static const char *const row_names[] = {"RMS norm", "layer norm", "sum",    "SiLU",
                                        "GELU",     "softmax",    "a·x + y"};
enum { N_ROW_OPS = sizeof row_names / sizeof *row_names };

static void row_op(const struct self_test *test, int op, enum cpu_level level, float *y)
{
    const float *a = test->x, *b = a + COLS, *c = b + COLS;
    const uint16_t *half = (const uint16_t *)(const void *)test->bytes;
    int64_t n = COLS - 3;
    memcpy(y, a, COLS * sizeof *y);
    switch (op) {
    case 0:
        cpu_rms_norm(level, y, a, b, n, 1e-5f);
        break;
    case 1:
        cpu_layer_norm(level, y, a, b, c, n, 1e-5f);
        break;
    case 2:
        cpu_add(level, y, b, n);
        break;
    case 3:
        cpu_silu_mul(level, y, a, b, n);
        break;
    case 4:
        cpu_gelu(level, y, n);
        break;
    case 5:
        cpu_softmax(level, y, n);
        break;
    default:
        cpu_axpy_f32_f16(level, y, cpu_dot_f32_f16(level, a, half, n) + cpu_dot_f32(level, a, b, n),
                         half, n);
        break;
    }
}

static bool rows_agree(const struct self_test *test, enum cpu_level level, char *why, size_t n)
{
    for (int op = 0; op < N_ROW_OPS; op++) {
        float expected[COLS], found[COLS];
        row_op(test, op, CPU_SCALAR, expected);
        row_op(test, op, level, found);
        if (memcmp(expected, found, sizeof found) != 0) {
            snprintf(why, n, "%s, %s", row_names[op], cpu_level_name(level));
            return false;
        }
    }
    uint16_t expected[N_HALVES], found[N_HALVES];
    cpu_f32_to_f16(CPU_SCALAR, expected, test->x, N_HALVES);
    cpu_f32_to_f16(level, found, test->x, N_HALVES);
    if (memcmp(expected, found, sizeof found) != 0) {
        snprintf(why, n, "16-bit floats, %s", cpu_level_name(level));
        return false;
    }
    return true;
}

bool eng_device_self_test(const char *device, char *why, size_t n)
{
    struct self_test test = {0};
    bool ok = false;
    if (strcmp(device, "cpu") != 0) {
        snprintf(why, n, "There is no device named \"%s\".", device);
        return false;
    }
    test.pool = cpu_pool_new(1);
    test.input = cpu_input_new(COLUMNS, COLS);
    test.x = malloc(COLUMNS * COLS * sizeof *test.x);
    test.bytes = malloc(ROWS * COLS * sizeof(float));
    test.expected = malloc(COLUMNS * ROWS * sizeof *test.expected);
    test.found = malloc(COLUMNS * ROWS * sizeof *test.found);
    if (test.pool == NULL || test.input == NULL || test.x == NULL || test.bytes == NULL ||
        test.expected == NULL || test.found == NULL) {
        snprintf(why, n, "There is not enough memory for the self-test.");
    } else {
        fill(&test);
        ok = true;
        for (int level = CPU_SCALAR + 1; ok && level <= (int)cpu_level_best(); level++)
            ok = products_agree(&test, (enum cpu_level)level, why, n) &&
                 rows_agree(&test, (enum cpu_level)level, why, n);
    }
    cpu_pool_free(test.pool);
    cpu_input_free(test.input);
    free(test.x);
    free(test.bytes);
    free(test.expected);
    free(test.found);
    return ok;
}
