/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attention.c: shares attention out over threads, and the scalar kernel.
 *
 * A task is (sequence, key head, block of queries, span). With many queries a task does all spans
 * of its block one after the other; with few (decoding) each span is a task of its own, its state
 * goes to scratch and the caller's thread merges. Both do the same sums in the same order:
 *
 *     total = empty
 *     for each span, ascending:
 *         part = empty;  for each chunk, ascending: part = part + chunk      (kernel)
 *         m = max(total.max, part.max)
 *         total = total * exp(total.max - m) + part * exp(part.max - m)      (merge)
 *     out = total.out / total.sum
 *
 * The empty state has max = -FLT_MAX rather than -infinity, so that no difference is ever NaN:
 * exp(-FLT_MAX - m) is 0, and a span in which a query sees nothing leaves its total untouched to
 * the bit.
 */
#include "engine/cpu/attention.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/cpu/half.h"

enum {
    SPAN_POSITIONS = ATTENTION_CHUNK * ATTENTION_SPAN,
    BLOCK_ROWS = 8 * ATTENTION_ROWS, /* queries of a task */
    SPLIT_COLUMNS = 4,               /* up to so many columns the spans are shared out */
};

struct part {
    float max, sum;
};

struct attention_scratch {
    int64_t max_rows, max_spans; /* room for max_rows * max_spans parts */
    int head_dim;
    struct part *parts; /* (owned) */
    float *out;         /* (owned) [parts][head_dim] */
};

struct attention_scratch *attention_scratch_new(int n_head, int head_dim, int64_t n_positions)
{
    struct attention_scratch *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->max_rows = (int64_t)n_head * SPLIT_COLUMNS;
    s->max_spans = (n_positions + SPAN_POSITIONS - 1) / SPAN_POSITIONS;
    s->head_dim = head_dim;
    size_t n = (size_t)(s->max_rows * s->max_spans);
    s->parts = calloc(n, sizeof *s->parts);
    s->out = calloc(n * (size_t)head_dim, sizeof *s->out);
    if (!s->parts || !s->out) {
        attention_scratch_free(s);
        return NULL;
    }
    return s;
}

void attention_scratch_free(struct attention_scratch *scratch)
{
    if (!scratch)
        return;
    free(scratch->parts);
    free(scratch->out);
    free(scratch);
}

/* --- scalar kernel --------------------------------------------------------------------------- */

static void scores_scalar(const struct attention_rows *rows, int r, const uint16_t *k, float *s)
{
    memset(s, 0, ATTENTION_CHUNK * sizeof *s);
    for (int d = 0; d < rows->head_dim; d++)
        for (int p = 0; p < ATTENTION_CHUNK; p++)
            s[p] += rows->q[r][d] * cpu_half_to_f32(k[d * ATTENTION_CHUNK + p]);
    for (int p = 0; p < ATTENTION_CHUNK; p++)
        s[p] *= rows->scale;
}

void attention_chunks_scalar(struct attention_rows *rows, const uint16_t *k, const uint16_t *v,
                             int n_chunks)
{
    size_t page = (size_t)ATTENTION_CHUNK * (size_t)rows->head_dim;
    for (int c = 0; c < n_chunks; c++, k += page, v += page) {
        for (int r = 0; r < rows->n; r++) {
            float s[ATTENTION_CHUNK];
            int64_t seen = rows->limit[r] - (int64_t)c * ATTENTION_CHUNK;
            int n = seen > ATTENTION_CHUNK ? ATTENTION_CHUNK : (int)seen;
            if (n <= 0)
                continue;
            scores_scalar(rows, r, k, s);
            float max = rows->max[r], sum = 0;
            for (int p = 0; p < n; p++)
                max = s[p] > max ? s[p] : max;
            float keep = expf(rows->max[r] - max);
            for (int d = 0; d < rows->head_dim; d++)
                rows->out[r][d] *= keep;
            for (int p = 0; p < n; p++) {
                float w = expf(s[p] - max);
                sum += w;
                for (int d = 0; d < rows->head_dim; d++)
                    rows->out[r][d] += w * cpu_half_to_f32(v[p * rows->head_dim + d]);
            }
            rows->max[r] = max;
            rows->sum[r] = rows->sum[r] * keep + sum;
        }
    }
}

attention_kernel attention_kernel_for(enum cpu_level level)
{
#if defined(__x86_64__)
    if (level >= CPU_AVX512_VNNI)
        return attention_chunks_avx512;
    if (level == CPU_AVX2)
        return attention_chunks_avx2;
#endif
    return attention_chunks_scalar;
}

/* --- sharing out ------------------------------------------------------------------------------ */

struct run {
    const struct attention_job *job;
    struct attention_scratch *scratch;
    attention_kernel kernel;
    int group;    /* query heads of a key head */
    int n_blocks; /* of a sequence and key head */
    int n_spans;  /* tasks of a block: 1 where a task does all spans */
};

/* Query `row` of a sequence and key head, as an offset into q and out. */
static int64_t row_offset(const struct run *run, const struct attention_sequence *seq, int head,
                          int row)
{
    const struct attention_job *job = run->job;
    int64_t column = seq->column + row / run->group;
    return (column * job->n_head + (int64_t)head * run->group + row % run->group) * job->head_dim;
}

static int64_t visible_keys(const struct run *run, const struct attention_sequence *seq, int row)
{
    return seq->position + (run->job->causal ? row / run->group + 1 : seq->n);
}

/* Runs the kernel over one span for rows [row, row + n) from an empty state. */
static void span_part(const struct run *run, const struct attention_sequence *seq, int head,
                      int row, int n, int64_t span, struct attention_rows *rows)
{
    const struct attention_job *job = run->job;
    size_t page_size = (size_t)ATTENTION_CHUNK * (size_t)job->head_dim;
    int64_t first = span * SPAN_POSITIONS, most = 0;
    rows->n = n;
    rows->head_dim = job->head_dim;
    rows->scale = job->scale;
    for (int r = 0; r < n; r++) {
        rows->q[r] = job->q + row_offset(run, seq, head, row + r);
        rows->limit[r] = visible_keys(run, seq, row + r) - first;
        rows->max[r] = -FLT_MAX;
        rows->sum[r] = 0;
        memset(rows->out[r], 0, (size_t)job->head_dim * sizeof(float));
        most = rows->limit[r] > most ? rows->limit[r] : most;
    }
    int64_t n_chunks = (most + ATTENTION_CHUNK - 1) / ATTENTION_CHUNK;
    if (n_chunks > ATTENTION_SPAN)
        n_chunks = ATTENTION_SPAN;
    size_t at =
        (size_t)head * job->head_size + (size_t)(seq->page + span * ATTENTION_SPAN) * page_size;
    run->kernel(rows, job->k + at, job->v + at, (int)n_chunks);
}

static void merge(struct part *total, float *out, const struct part *part, const float *part_out,
                  int head_dim)
{
    float max = part->max > total->max ? part->max : total->max;
    float keep = expf(total->max - max), add = expf(part->max - max);
    total->max = max;
    total->sum = total->sum * keep + part->sum * add;
    for (int d = 0; d < head_dim; d++)
        out[d] = out[d] * keep + part_out[d] * add;
}

static void finish(float *out, float sum, int head_dim)
{
    for (int d = 0; d < head_dim; d++)
        out[d] /= sum;
}

/* All spans of rows [row, row + n), n <= ATTENTION_ROWS. */
static void whole_rows(const struct run *run, const struct attention_sequence *seq, int head,
                       int row, int n)
{
    struct attention_rows rows;
    struct part total[ATTENTION_ROWS];
    int head_dim = run->job->head_dim;
    int64_t n_spans = (visible_keys(run, seq, row + n - 1) + SPAN_POSITIONS - 1) / SPAN_POSITIONS;
    for (int r = 0; r < n; r++) {
        total[r] = (struct part){-FLT_MAX, 0};
        memset(run->job->out + row_offset(run, seq, head, row + r), 0,
               (size_t)head_dim * sizeof(float));
    }
    for (int64_t span = 0; span < n_spans; span++) {
        span_part(run, seq, head, row, n, span, &rows);
        for (int r = 0; r < n; r++)
            merge(&total[r], run->job->out + row_offset(run, seq, head, row + r),
                  &(struct part){rows.max[r], rows.sum[r]}, rows.out[r], head_dim);
    }
    for (int r = 0; r < n; r++)
        finish(run->job->out + row_offset(run, seq, head, row + r), total[r].sum, head_dim);
}

/* Index of a part in scratch: parts of a row lie together. */
static int64_t part_index(const struct run *run, int head, int row, int n_rows, int64_t span)
{
    return ((int64_t)head * n_rows + row) * run->n_spans + span;
}

static void task(void *data, int i)
{
    const struct run *run = data;
    const struct attention_job *job = run->job;
    int64_t span = i % run->n_spans;
    int block = i / run->n_spans % run->n_blocks;
    int head = i / run->n_spans / run->n_blocks % job->n_head_kv;
    const struct attention_sequence *seq =
        &job->sequences[i / run->n_spans / run->n_blocks / job->n_head_kv];
    int n_rows = seq->n * run->group;
    int end = (block + 1) * BLOCK_ROWS < n_rows ? (block + 1) * BLOCK_ROWS : n_rows;
    for (int row = block * BLOCK_ROWS; row < end;) {
        /* 7 rows go as 4 + 3, not as 6 + 1 */
        int tiles = (end - row + ATTENTION_ROWS - 1) / ATTENTION_ROWS;
        int n = (end - row + tiles - 1) / tiles;
        if (run->n_spans == 1) {
            whole_rows(run, seq, head, row, n);
        } else {
            struct attention_rows rows;
            span_part(run, seq, head, row, n, span, &rows);
            for (int r = 0; r < n; r++) {
                int64_t at = part_index(run, head, row + r, n_rows, span);
                run->scratch->parts[at] = (struct part){rows.max[r], rows.sum[r]};
                memcpy(run->scratch->out + at * job->head_dim, rows.out[r],
                       (size_t)job->head_dim * sizeof(float));
            }
        }
        row += n;
    }
}

static void merge_spans(const struct run *run, const struct attention_sequence *seq)
{
    const struct attention_job *job = run->job;
    int n_rows = seq->n * run->group;
    for (int head = 0; head < job->n_head_kv; head++) {
        for (int row = 0; row < n_rows; row++) {
            struct part total = {-FLT_MAX, 0};
            float *out = job->out + row_offset(run, seq, head, row);
            memset(out, 0, (size_t)job->head_dim * sizeof(float));
            for (int64_t span = 0; span < run->n_spans; span++) {
                int64_t at = part_index(run, head, row, n_rows, span);
                merge(&total, out, &run->scratch->parts[at], run->scratch->out + at * job->head_dim,
                      job->head_dim);
            }
            finish(out, total.sum, job->head_dim);
        }
    }
}

void attention_run(struct cpu_pool *pool, enum cpu_level level, const struct attention_job *job,
                   struct attention_scratch *scratch)
{
    struct run run = {.job = job,
                      .scratch = scratch,
                      .kernel = attention_kernel_for(level),
                      .group = job->n_head / job->n_head_kv,
                      .n_blocks = 1,
                      .n_spans = 1};
    for (int s = 0; s < job->n_sequences; s++) {
        int n_blocks = (job->sequences[s].n * run.group + BLOCK_ROWS - 1) / BLOCK_ROWS;
        run.n_blocks = n_blocks > run.n_blocks ? n_blocks : run.n_blocks;
    }
    const struct attention_sequence *seq = job->sequences;
    int64_t n_spans = (seq->position + seq->n + SPAN_POSITIONS - 1) / SPAN_POSITIONS;
    if (scratch && job->n_sequences == 1 && seq->n <= SPLIT_COLUMNS && n_spans > 1 &&
        n_spans <= scratch->max_spans)
        run.n_spans = (int)n_spans;
    cpu_pool_run(pool, task, &run, job->n_sequences * job->n_head_kv * run.n_blocks * run.n_spans);
    if (run.n_spans > 1)
        merge_spans(&run, seq);
}
