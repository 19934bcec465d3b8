/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase two: passages to vectors. Rounds of about BATCH passages, gathered from as many documents
 * as it takes, so that short documents do not make small batches; each document's share is put in a
 * transaction of its own, and its job ends when nothing of it is left.
 *
 * The embedder sees title and heading path before the passage, for a passage seldom repeats what it
 * is about. They are not part of the passage otherwise.
 *
 * The store is asked between rounds, on the same thread: a round takes seconds to compute and a
 * few milliseconds to store.
 */
#include "rag/ingest.h"

#include "index/find.h"
#include "rag/embed-text.h"
#include "rag/job-queue.h"

#include <string.h>

enum { BATCH = 64, LEASE_SECONDS = 300, POLL_US = 200000 };

/* A document's share of a round. */
struct share {
    struct idx_job job;
    GPtrArray *passages; /* (owned) of struct idx_passage */
    char *prefix;        /* (owned) the title, "" if none */
    bool last;           /* these are all that are left of the document */
};

static void share_free(gpointer data)
{
    struct share *share = data;
    idx_job_clear(&share->job);
    g_clear_pointer(&share->passages, g_ptr_array_unref);
    g_free(share->prefix);
    g_free(share);
}

struct round {
    struct rag_ingest *ingest; /* (borrowed) */
    RagJobQueue *jobs;         /* (borrowed) */
    GPtrArray *shares;         /* (owned) */
    guint n_passages;
    atomic_bool cancel;
    int64_t n_done, n_total;
};

/* --- gathering ------------------------------------------------------------------------------- */

/* Fetches what is next of the share's document. */
static bool fetch(struct round *round, struct share *share, GError **error)
{
    RagLibrary *library = round->ingest->library;
    int limit = BATCH - (int)round->n_passages;
    g_clear_pointer(&share->passages, g_ptr_array_unref);
    share->passages = idx_passages_unembedded(library->store, library->embedder_id,
                                              share->job.content, limit, error);
    if (!share->passages)
        return false;
    share->last = share->passages->len < (guint)limit;
    round->n_passages += share->passages->len;
    if (share->prefix || share->passages->len == 0)
        return true;
    const struct idx_passage *first = share->passages->pdata[0];
    g_autoptr(GError) cause = NULL;
    struct idx_found *found = idx_passage_get(library->store, first->id, &cause);
    share->prefix = g_strdup(found ? found->title : "");
    idx_found_free(found);
    if (cause && !g_error_matches(cause, IDX_ERROR, IDX_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    return true;
}

/* Fills the round: first what the documents of the last one have left, then new jobs. A document
   that was at work when the program ended comes alone (jobs are claimed by fewest attempts): were
   whole rounds to be tried again together, a few kills would use up the attempts of all in them.
   *found: there is something to do. */
static bool gather(struct round *round, bool *found, GError **error)
{
    round->n_passages = 0;
    for (guint i = 0; i < round->shares->len; i++) {
        if (!fetch(round, round->shares->pdata[i], error))
            return false;
    }
    while (round->n_passages < BATCH) {
        struct idx_job job;
        g_autoptr(GError) cause = NULL;
        if (!rag_job_queue_claim(round->jobs, LEASE_SECONDS, &job, &cause)) {
            if (cause) {
                g_propagate_error(error, g_steal_pointer(&cause));
                return false;
            }
            break;
        }
        struct share *share = g_new0(struct share, 1);
        share->job = job;
        g_ptr_array_add(round->shares, share);
        if (!fetch(round, share, error))
            return false;
        if (job.attempts > 1)
            break;
    }
    *found = round->shares->len > 0;
    return true;
}

/* --- computing ------------------------------------------------------------------------------- */

static float *compute(struct round *round, GError **error)
{
    RagLibrary *library = round->ingest->library;
    struct eng_err err = {0};
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < round->shares->len; i++) {
        const struct share *share = round->shares->pdata[i];
        for (guint k = 0; k < share->passages->len; k++) {
            const struct idx_passage *passage = share->passages->pdata[k];
            g_ptr_array_add(texts, rag_embed_text(share->prefix, passage->heading, passage->text));
        }
    }
    float *vectors = g_new(float, (gsize)texts->len *(gsize)library->dim + 1);
    enum eng_status status = ENG_OK;
    if (texts->len)
        status = eng_embed(library->embedder, (const char *const *)texts->pdata, texts->len,
                           vectors, &round->cancel, &err);
    if (status == ENG_OK)
        return vectors;
    g_free(vectors);
    rag_engine_error(error, status, &err);
    return NULL;
}

/* Puts each document's share; documents that are done leave the round. */
static bool put(struct round *round, const float *vectors, GError **error)
{
    struct rag_ingest *ingest = round->ingest;
    RagLibrary *library = ingest->library;
    const float *next = vectors;
    for (guint i = 0; i < round->shares->len;) {
        struct share *share = round->shares->pdata[i];
        guint n = share->passages->len;
        g_autofree int64_t *ids = g_new(int64_t, n + 1);
        for (guint k = 0; k < n; k++)
            ids[k] = ((const struct idx_passage *)share->passages->pdata[k])->id;
        if (!idx_vectors_put(library->store, library->embedder_id, ids, next, n, &share->job,
                             error))
            return false;
        next += (size_t)n * (size_t)library->dim;
        ingest->result->n_embedded += n;
        round->n_done += n;
        rag_ingest_progress(ingest, RAG_PHASE_EMBED, share->job.path, round->n_done,
                            MAX(round->n_total, round->n_done));
        if (share->last) {
            g_ptr_array_remove_index(round->shares, i);
            continue;
        }
        g_autoptr(GError) cause = NULL;
        if (!idx_job_renew(library->store, &share->job, LEASE_SECONDS, &cause)) {
            if (!g_error_matches(cause, IDX_ERROR, IDX_ERROR_NOT_FOUND)) {
                g_propagate_error(error, g_steal_pointer(&cause));
                return false;
            }
            g_ptr_array_remove_index(round->shares, i); /* forgotten, or someone else has it */
            continue;
        }
        i++;
    }
    return true;
}

/* --- the phase ------------------------------------------------------------------------------- */

static bool one_round(struct round *round, GError **error)
{
    g_autofree float *vectors = compute(round, error);
    return vectors && put(round, vectors, error);
}

static bool run_rounds(struct round *round, GError **error)
{
    for (;;) {
        bool found = false;
        if (g_cancellable_set_error_if_cancelled(round->ingest->cancellable, error) ||
            !gather(round, &found, error))
            return false;
        if (found) {
            if (!one_round(round, error))
                return false;
            continue;
        }
        g_autoptr(GError) cause = NULL;
        int64_t n = rag_job_queue_pending(round->jobs, &cause);
        if (cause) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return false;
        }
        if (n == 0)
            return true;
        g_usleep(POLL_US); /* another process has them */
    }
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    atomic_store((atomic_bool *)data, true);
}

/* Passages without a vector, for the progress bar; -1 on error. */
static int64_t n_missing(const struct rag_ingest *ingest, GError **error)
{
    RagLibrary *library = ingest->library;
    g_autoptr(GArray) jobs = NULL;
    if (*ingest->paths &&
        !(jobs = idx_jobs_below(library->store, IDX_JOB_EMBED, ingest->paths, error)))
        return -1;
    return idx_passages_missing(library->store, library->embedder_id, jobs, error);
}

bool rag_ingest_embed(struct rag_ingest *ingest, GError **error)
{
    RagLibrary *library = ingest->library;
    if (!library->embedder)
        return true;
    if (!idx_embed_enqueue(library->store, library->embedder_id, error))
        return false;
    int64_t n = n_missing(ingest, error);
    if (n < 0)
        return false;
    g_autoptr(RagJobQueue) jobs = rag_job_queue_new(library->store, IDX_JOB_EMBED, ingest->paths);
    struct round round = {
        .ingest = ingest,
        .jobs = jobs,
        .shares = g_ptr_array_new_with_free_func(share_free),
        .n_total = n,
    };
    gulong handler = 0;
    if (ingest->cancellable)
        handler = g_cancellable_connect(ingest->cancellable, G_CALLBACK(on_cancelled),
                                        &round.cancel, NULL);
    bool ok = run_rounds(&round, error);
    if (handler)
        g_cancellable_disconnect(ingest->cancellable, handler);
    for (guint i = 0; i < round.shares->len; i++) /* after a fault or a cancellation */
        idx_job_release(library->store, &((struct share *)round.shares->pdata[i])->job, NULL);
    g_ptr_array_unref(round.shares);
    return ok && idx_vectors_refresh(library->store, library->embedder_id, error);
}
