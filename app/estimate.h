/* SPDX-License-Identifier: GPL-3.0-or-later */
/* estimate.h: how far a run of indexing is, and how long it will take. No thread, no clock. */
#pragma once

#include "rag/rag.h"

struct estimate {
    bool embeds;            /* vectors will be made; else reading is all */
    int64_t started_us;     /* of the run */
    int64_t embedding_us;   /* since when, 0: not yet */
    int64_t embedding_from; /* passages that were done then */
    double fraction;        /* 0…1, never goes back */
    double seconds_left;    /* -1: not known yet */
};

void estimate_start(struct estimate *estimate, bool embeds, int64_t now_us);
void estimate_update(struct estimate *estimate, const struct rag_progress *progress,
                     int64_t now_us);
