/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase one: from file to searchable text. A few workers, each with a store (a connection) of its
 * own, claim read jobs, run a reader child and put the passages in. They need nothing from each
 * other: what keeps two processes from doing the same work, the lease, keeps two threads from it.
 * The calling thread reports progress and waits.
 *
 * Killed at any instant: a document is put in one transaction, a job without an end is claimed
 * again. A fault of the library (disk full, damaged) stops all workers; a fault of a document is
 * its result.
 */
#include "rag/ingest.h"

#include "rag/reader-process.h"
#include "rag/readers/reader.h"
#include "rag/splitter.h"
#include <stdlib.h>

enum { MAX_WORKERS = 4, POLL_US = 20000, LEASE_MARGIN_SECONDS = 120 };

struct pool {
    struct rag_ingest *ingest; /* (borrowed) */
    const char *dir;           /* (borrowed) */
    GAsyncQueue *messages;     /* (owned) of struct message */
    int stop;                  /* atomic: a worker has failed */
};

/* From a worker to the calling thread. */
struct message {
    char *path;     /* (owned) a document is done; NULL: the worker has ended */
    int n_passages; /* stored with it */
    GError *error;  /* (owned) why the worker ended, NULL if there is nothing left to do */
};

static void message_free(struct message *message)
{
    g_free(message->path);
    g_clear_error(&message->error);
    g_free(message);
}

/* A worker's view of the document at work. */
struct document {
    IdxStore *store; /* (borrowed) */
    struct rag_splitter *splitter;
    bool look_up;  /* ask whether the content is known */
    int64_t known; /* its id, if so */
    GError *error; /* (owned) of the look-up */
};

static bool wanted(void *data, const char *hash)
{
    struct document *document = data;
    if (!document->look_up)
        return true;
    return !idx_content_known(document->store, hash, RAG_READER_VERSION, &document->known,
                              &document->error) &&
           !document->error;
}

static void on_block(void *data, const struct rag_block *block)
{
    struct document *document = data;
    rag_splitter_add(document->splitter, block);
}

static int count_tokens(void *data, const char *text, size_t n_bytes)
{
    int32_t *ids = NULL;
    size_t n = 0;
    if (eng_tokenize(data, text, n_bytes, 0, &ids, &n, NULL) != ENG_OK)
        return (int)n_bytes; /* takes it for dear: it will be cut small */
    free(ids);
    return (int)n;
}

/* --- one document ---------------------------------------------------------------------------- */

static bool store_document(struct document *document, const struct idx_job *job,
                           const struct rag_read_result *read, const struct idx_file *file,
                           int *n_passages, GError **error)
{
    g_autoptr(GPtrArray) passages = rag_splitter_finish(document->splitter);
    if (passages->len == 0)
        return idx_job_skip(document->store, job, "The file has no text.", error);
    struct idx_document put = {
        .hash = read->hash,
        .title = read->title,
        .format = read->format,
        .size = read->size,
        .n_pages = read->n_pages,
        .reader_version = RAG_READER_VERSION,
        .note = read->note,
        .passages = (const struct idx_passage *const *)passages->pdata,
        .n_passages = passages->len,
    };
    *n_passages = (int)passages->len;
    return idx_document_put(document->store, job, file, &put, error);
}

static bool conclude(struct document *document, const struct idx_job *job,
                     const struct rag_read_result *read, int *n_passages, GError **error)
{
    struct idx_file file = {.path = job->path, .size = read->size, .mtime_ns = read->mtime_ns};
    switch (read->outcome) {
    case RAG_READ_OK:
        return store_document(document, job, read, &file, n_passages, error);
    case RAG_READ_KNOWN:
        return idx_document_same(document->store, job, &file, document->known, error);
    case RAG_READ_SKIPPED:
        return idx_job_skip(document->store, job, read->reason, error);
    case RAG_READ_LATER:
        return idx_job_fail(document->store, job, read->reason, true, error);
    case RAG_READ_GONE:
    case RAG_READ_FAILED:
    default:
        return idx_job_fail(document->store, job, read->reason, false, error);
    }
}

static bool read_once(struct pool *pool, struct document *document, const struct idx_job *job,
                      int *n_passages, GError **error)
{
    const struct rag_index_options *o = &pool->ingest->options;
    struct engine *embedder = pool->ingest->library->embedder;
    struct rag_read_options options = {
        .reader_argv = (const char *const *)pool->ingest->library->reader_argv,
        .timeout_seconds = o->read_timeout_seconds,
        .memory_bytes = o->read_memory_bytes,
        .max_bytes = o->max_file_bytes,
        .wanted = wanted,
        .on_block = on_block,
        .data = document,
    };
    struct rag_splitter_options split = {.count_tokens = embedder ? count_tokens : NULL,
                                         .data = embedder};
    struct rag_read_result read;
    document->splitter = rag_splitter_new(&split);
    bool ok = rag_read_file(job->path, &options, &read, pool->ingest->cancellable, error);
    if (ok && document->error) {
        g_propagate_error(error, g_steal_pointer(&document->error));
        ok = false;
    }
    ok = ok && conclude(document, job, &read, n_passages, error);
    rag_read_result_clear(&read);
    g_clear_pointer(&document->splitter, rag_splitter_free);
    return ok;
}

static bool read_job(struct pool *pool, IdxStore *store, const struct idx_job *job, int *n_passages,
                     GError **error)
{
    g_autoptr(GError) cause = NULL;
    struct document document = {.store = store, .look_up = true};
    bool ok = read_once(pool, &document, job, n_passages, &cause);
    if (!ok && document.known && g_error_matches(cause, IDX_ERROR, IDX_ERROR_NOT_FOUND)) {
        /* The known content went between the question and its use. */
        g_clear_error(&cause);
        document = (struct document){.store = store};
        ok = read_once(pool, &document, job, n_passages, &cause);
    }
    if (ok)
        return true;
    idx_job_release(store, job, NULL); /* the first error counts */
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

/* --- workers --------------------------------------------------------------------------------- */

static bool is_stopped(struct pool *pool)
{
    return g_atomic_int_get(&pool->stop) || g_cancellable_is_cancelled(pool->ingest->cancellable);
}

/* Nothing to claim: false if nothing will come, else after a short pause: a job may be given back
   by another worker or process, or become due. */
static bool wait_for_jobs(IdxStore *store, GError **error)
{
    g_autoptr(GError) cause = NULL;
    int64_t n = idx_jobs_pending(store, IDX_JOB_READ, NULL, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    if (n > 0)
        g_usleep(POLL_US);
    return n > 0;
}

static void work(struct pool *pool, IdxStore *store, GError **error)
{
    int lease = pool->ingest->options.read_timeout_seconds + LEASE_MARGIN_SECONDS;
    bool ok = true;
    while (ok && !is_stopped(pool)) {
        struct idx_job job;
        g_autoptr(GError) cause = NULL;
        if (!idx_job_claim(store, IDX_JOB_READ, lease, &job, &cause)) {
            ok = !cause && wait_for_jobs(store, &cause);
        } else {
            struct message *message = g_new0(struct message, 1);
            ok = read_job(pool, store, &job, &message->n_passages, &cause);
            message->path = g_strdup(job.path);
            g_async_queue_push(pool->messages, message);
            idx_job_clear(&job);
        }
        if (cause)
            g_propagate_error(error, g_steal_pointer(&cause));
    }
}

static void *worker(void *data)
{
    struct pool *pool = data;
    struct message *end = g_new0(struct message, 1);
    g_autoptr(IdxStore) store = idx_open(pool->dir, NULL, 0, &end->error);
    if (store)
        work(pool, store, &end->error);
    if (end->error)
        g_atomic_int_set(&pool->stop, 1);
    g_clear_pointer(&store, idx_close); /* before the caller goes on */
    g_async_queue_push(pool->messages, end);
    return NULL;
}

/* Passes messages on until all workers have ended; the first error is kept. */
static void attend(struct pool *pool, int n_workers, GError **error)
{
    struct rag_ingest *ingest = pool->ingest;
    int64_t n_done = 0, n_total = 0;
    while (n_workers) {
        struct message *message = g_async_queue_pop(pool->messages);
        if (message->path) {
            int64_t left = idx_jobs_pending(ingest->library->store, IDX_JOB_READ, NULL, NULL);
            n_done++;
            n_total = MAX(n_total, n_done + MAX(left, 0));
            ingest->result->n_passages += message->n_passages;
            rag_ingest_progress(ingest, RAG_PHASE_READ, message->path, n_done, n_total);
        } else {
            n_workers--;
            if (message->error && error && !*error)
                *error = g_steal_pointer(&message->error);
        }
        message_free(message);
    }
}

bool rag_ingest_read(struct rag_ingest *ingest, GError **error)
{
    g_autoptr(GError) cause = NULL;
    int64_t n = idx_jobs_pending(ingest->library->store, IDX_JOB_READ, NULL, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    if (n == 0)
        return true;
    if (!ingest->library->reader_argv) {
        g_set_error(error, RAG_ERROR, RAG_ERROR_FAILED,
                    "This library was opened without a reader, so it cannot index.");
        return false;
    }
    struct pool pool = {
        .ingest = ingest,
        .dir = idx_dir(ingest->library->store),
        .messages = g_async_queue_new(),
    };
    GThread *threads[MAX_WORKERS];
    int n_workers = (int)CLAMP(MIN((int64_t)g_get_num_processors(), n), 1, MAX_WORKERS);
    rag_ingest_progress(ingest, RAG_PHASE_READ, NULL, 0, n);
    for (int i = 0; i < n_workers; i++)
        threads[i] = g_thread_new("reader", worker, &pool);
    attend(&pool, n_workers, &cause);
    for (int i = 0; i < n_workers; i++)
        g_thread_join(threads[i]);
    g_async_queue_unref(pool.messages);
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (!g_cancellable_set_error_if_cancelled(ingest->cancellable, error))
        return true;
    return false;
}
