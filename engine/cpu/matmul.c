/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matmul.c: quantises the columns and hands out the tiles of a product to the threads.
 *
 * A tile is some panels (16 rows each) times some columns. With few columns the panels are what
 * costs: a tile is a stretch of about TILE_BYTES of them. With many columns a tile takes at most
 * CPU_TILE_COLUMNS columns, so that their 8-bit form stays in the second-level cache while panel
 * after panel passes by. How a product is cut never changes a result: a row's sum for a column is
 * formed inside one tile, in the order that panel.h prescribes.
 */
#include <stdlib.h>

#include "engine/cpu/panel.h"

enum { TILE_BYTES = 48 << 10, MIN_TASKS_PER_THREAD = 6 };

struct cpu_input *cpu_input_new(int max_n, int64_t max_cols)
{
    if (max_n <= 0 || max_cols <= 0)
        return NULL;
    struct cpu_input *input = calloc(1, sizeof *input);
    size_t n = (size_t)max_n, n_blocks = (size_t)max_cols / CPU_BLOCK_COLS + 1;
    if (input == NULL || n_blocks > SIZE_MAX / 64 / n) {
        free(input);
        return NULL;
    }
    input->max_n = max_n;
    input->max_cols = max_cols;
    input->blocks = aligned_alloc(64, n * n_blocks * sizeof *input->blocks);
    if (input->blocks == NULL) {
        cpu_input_free(input);
        return NULL;
    }
    return input;
}

void cpu_input_free(struct cpu_input *input)
{
    if (input == NULL)
        return;
    free(input->blocks);
    free(input);
}

struct quantize_job {
    const struct cpu_input *input;
    cpu_quantize_fn quantize;
};

static void quantize_column(void *data, int i)
{
    const struct quantize_job *job = data;
    const struct cpu_input *input = job->input;
    job->quantize(input->x + i * input->n_cols, input->blocks + i * input->n_blocks,
                  input->n_blocks);
}

static cpu_quantize_fn quantize_of(enum cpu_level level)
{
#if defined(__x86_64__)
    if (level >= CPU_AVX512_VNNI)
        return cpu_quantize_avx512;
    if (level == CPU_AVX2)
        return cpu_quantize_avx2;
#endif
    return cpu_quantize_scalar;
}

static cpu_tile_fn tile_of(enum cpu_level level)
{
#if defined(__x86_64__)
    if (level >= CPU_AVX512_VNNI)
        return cpu_tile_avx512;
    if (level == CPU_AVX2)
        return cpu_tile_avx2;
#endif
    return cpu_tile_scalar;
}

void cpu_input_set(struct cpu_input *input, const float *x, int n, int64_t n_cols,
                   enum cpu_level level, struct cpu_pool *pool)
{
    input->x = x;
    input->n = n;
    input->n_cols = n_cols;
    input->n_blocks = n_cols % CPU_BLOCK_COLS == 0 ? n_cols / CPU_BLOCK_COLS : 0;
    if (input->n_blocks > 0)
        cpu_pool_run(pool, quantize_column,
                     &(struct quantize_job){.input = input, .quantize = quantize_of(level)}, n);
}

struct matmul_job {
    struct cpu_tile whole;
    cpu_tile_fn tile;
    int64_t n_panels, panels_per_task, tasks_per_stripe;
};

static void matmul_task(void *data, int i)
{
    const struct matmul_job *job = data;
    struct cpu_tile tile = job->whole;
    tile.c0 = (int)(i / job->tasks_per_stripe) * CPU_TILE_COLUMNS;
    tile.n = job->whole.n - tile.c0 < CPU_TILE_COLUMNS ? job->whole.n - tile.c0 : CPU_TILE_COLUMNS;
    tile.p0 = i % job->tasks_per_stripe * job->panels_per_task;
    tile.n_panels = job->n_panels - tile.p0 < job->panels_per_task ? job->n_panels - tile.p0
                                                                   : job->panels_per_task;
    job->tile(&tile);
}

void cpu_matmul(struct cpu_pool *pool, const struct cpu_matrix *w, const struct cpu_input *input,
                float *y, int64_t y_stride)
{
    const struct cpu_format *format = cpu_format_of(w->type);
    struct matmul_job job = {
        .whole =
            {.w = w, .format = format, .input = input, .y = y, .y_stride = y_stride, .n = input->n},
        .tile = tile_of(w->level),
        .n_panels = (w->n_rows + CPU_PANEL_ROWS - 1) / CPU_PANEL_ROWS,
    };
    int64_t n_stripes = (input->n + CPU_TILE_COLUMNS - 1) / CPU_TILE_COLUMNS;
    /* a task's work, in bytes of panels; each further column adds about a quarter of the first */
    int64_t columns = input->n < CPU_TILE_COLUMNS ? input->n : CPU_TILE_COLUMNS;
    int64_t cost = (int64_t)cpu_panel_bytes(format, w->n_cols) * (3 + columns) / 4;
    int64_t per_task = TILE_BYTES / cost;
    int64_t fair = job.n_panels * n_stripes / (cpu_pool_threads(pool) * MIN_TASKS_PER_THREAD);
    if (per_task > fair)
        per_task = fair;
    job.panels_per_task = per_task < 1 ? 1 : per_task;
    job.tasks_per_stripe = (job.n_panels + job.panels_per_task - 1) / job.panels_per_task;
    cpu_pool_run(pool, matmul_task, &job, (int)(job.tasks_per_stripe * n_stripes));
}
