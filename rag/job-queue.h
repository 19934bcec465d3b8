/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job-queue.h: what one call of rag_index has to do: all that is left in the library, or only what
 * lies below the paths that were named, however much else is waiting.
 *
 *     RagJobQueue *queue = rag_job_queue_new(store, IDX_JOB_READ, paths);
 *     do {
 *         while (rag_job_queue_claim(queue, lease, &job, &error)) …
 *     } while (rag_job_queue_pending(queue, &error) > 0);
 */
#pragma once

#include "index/index.h"

typedef struct rag_job_queue RagJobQueue;
/* paths: NULL-terminated, outlive the queue; NULL or empty: everything. */
RagJobQueue *rag_job_queue_new(IdxStore *store, enum idx_job_kind kind, const char *const *paths);
void rag_job_queue_free(RagJobQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagJobQueue, rag_job_queue_free)

/* As idx_job_claim: false without error where nothing can be claimed before rag_job_queue_pending
   was called again. */
bool rag_job_queue_claim(RagJobQueue *queue, int lease_seconds, struct idx_job *job,
                         GError **error);
/* How many are not over, in whose hands ever; -1 on error. */
int64_t rag_job_queue_pending(RagJobQueue *queue, GError **error);
