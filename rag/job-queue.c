/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Below paths, the jobs are listed and the list is walked once. Then it is made anew: it has what
 * was put back, what changed while it was read, and what another process has not ended.
 */
#include "rag/job-queue.h"

struct rag_job_queue {
    IdxStore *store; /* (borrowed) */
    enum idx_job_kind kind;
    const char *const *paths; /* (borrowed) NULL: everything */
    GArray *ids;              /* (owned) of int64_t; NULL: to be made */
    guint next;
};

RagJobQueue *rag_job_queue_new(IdxStore *store, enum idx_job_kind kind, const char *const *paths)
{
    RagJobQueue *queue = g_new0(RagJobQueue, 1);
    *queue = (RagJobQueue){.store = store, .kind = kind, .paths = paths && *paths ? paths : NULL};
    return queue;
}

void rag_job_queue_free(RagJobQueue *queue)
{
    if (!queue)
        return;
    g_clear_pointer(&queue->ids, g_array_unref);
    g_free(queue);
}

static bool list(RagJobQueue *queue, GError **error)
{
    g_clear_pointer(&queue->ids, g_array_unref);
    queue->next = 0;
    queue->ids = idx_jobs_below(queue->store, queue->kind, queue->paths, error);
    return queue->ids != NULL;
}

bool rag_job_queue_claim(RagJobQueue *queue, int lease_seconds, struct idx_job *job, GError **error)
{
    enum idx_claim claim = IDX_CLAIM_OVER;
    if (!queue->paths)
        return idx_job_claim(queue->store, queue->kind, lease_seconds, job, error);
    if (!queue->ids && !list(queue, error))
        return false;
    while (queue->next < queue->ids->len && claim != IDX_CLAIM_TAKEN && claim != IDX_CLAIM_ERROR)
        claim = idx_job_claim_one(queue->store, g_array_index(queue->ids, int64_t, queue->next++),
                                  lease_seconds, job, error);
    return claim == IDX_CLAIM_TAKEN;
}

int64_t rag_job_queue_pending(RagJobQueue *queue, GError **error)
{
    if (!queue->paths)
        return idx_jobs_pending(queue->store, queue->kind, NULL, error);
    return list(queue, error) ? (int64_t)queue->ids->len : -1;
}
