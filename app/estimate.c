/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run reads all files and then makes all vectors, which takes far longer: reading the evaluation
 * corpus (302 documents) takes a twentieth or less of the whole. How many passages there will be is
 * not known before, so that share is a constant, and the rest follows from the clock:
 *
 *     reading    f = share · done/total             left = elapsed · (1 − f)/f
 *     embedding  f = share + (1 − share) · done/total   left = (total − done) / (passages/second)
 */
#include "app/estimate.h"

#define READ_SHARE   0.05
#define SURE_SECONDS 2.0 /* nothing is said about the rest before */

void estimate_start(struct estimate *estimate, bool embeds, int64_t now_us)
{
    *estimate = (struct estimate){.embeds = embeds, .started_us = now_us, .seconds_left = -1};
}

static double seconds_since(int64_t then, int64_t now)
{
    return (double)(now - then) / 1e6;
}

static void while_reading(struct estimate *estimate, double part, int64_t now)
{
    double elapsed = seconds_since(estimate->started_us, now);
    double fraction = part * (estimate->embeds ? READ_SHARE : 1);

    estimate->fraction = MAX(estimate->fraction, fraction);
    if (elapsed >= SURE_SECONDS && part > 0.05)
        estimate->seconds_left = elapsed * (1 - fraction) / fraction;
}

static void while_embedding(struct estimate *estimate, const struct rag_progress *progress,
                            int64_t now)
{
    double part = (double)progress->n_done / (double)progress->n_total;
    int64_t n;
    double elapsed;

    if (!estimate->embedding_us) {
        estimate->embedding_us = now;
        estimate->embedding_from = progress->n_done;
    }
    n = progress->n_done - estimate->embedding_from;
    elapsed = seconds_since(estimate->embedding_us, now);
    estimate->fraction = MAX(estimate->fraction, READ_SHARE + (1 - READ_SHARE) * part);
    if (elapsed >= SURE_SECONDS && n > 0)
        estimate->seconds_left =
            elapsed * (double)(progress->n_total - progress->n_done) / (double)n;
}

void estimate_update(struct estimate *estimate, const struct rag_progress *progress, int64_t now_us)
{
    if (progress->n_total <= 0 || progress->n_done > progress->n_total)
        return;
    if (progress->phase == RAG_PHASE_READ)
        while_reading(estimate, (double)progress->n_done / (double)progress->n_total, now_us);
    else if (progress->phase == RAG_PHASE_EMBED)
        while_embedding(estimate, progress, now_us);
    estimate->fraction = MIN(estimate->fraction, 1);
}
