/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c: see columns.h. */
#include "engine/columns.h"

enum {
    ALONE = 2, /* up to so many columns the caller does itself */
    BLOCK = 8, /* columns of a task: 64 tasks for a pass of 512 */
};

struct work {
    void (*step)(void *data, int column);
    void *data;
    int n;
};

static void run_block(void *data, int block)
{
    const struct work *work = data;
    int end = (block + 1) * BLOCK < work->n ? (block + 1) * BLOCK : work->n;
    for (int column = block * BLOCK; column < end; column++)
        work->step(work->data, column);
}

void columns_run(struct cpu_pool *pool, void (*step)(void *data, int column), void *data, int n)
{
    struct work work = {.step = step, .data = data, .n = n};
    if (n > ALONE)
        cpu_pool_run(pool, run_block, &work, (n + BLOCK - 1) / BLOCK);
    else
        for (int column = 0; column < n; column++)
            step(data, column);
}
