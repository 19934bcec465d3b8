/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase one: from file to searchable text. A few workers run reader children and cut what they send
 * into passages; the calling thread alone touches the store: it claims jobs, answers whether a
 * content is known, and puts documents in. So there is one connection, and no worker waits for a
 * database lock.
 *
 *     calling thread  --todo-->  worker  --messages-->  calling thread
 *
 * A task belongs to whoever took it from a queue. A worker that asks (is this hash known?) gives
 * its task away and waits for it on the task's own queue.
 *
 * Killed at any instant: a document is put in one transaction, a job without an end is claimed
 * again. A fault of the library (disk full, damaged) stops all workers; a fault of a document is
 * its result.
 */
#include "rag/ingest.h"

#include "rag/job-queue.h"
#include "rag/reader-process.h"
#include "rag/readers/reader.h"
#include "rag/splitter.h"
#include <stdlib.h>

enum { MAX_WORKERS = 4, POLL_US = 20000, LEASE_MARGIN_SECONDS = 120 };

struct pool {
    struct rag_ingest *ingest; /* (borrowed) */
    GCancellable *cancellable; /* (owned) stops the workers: cancelled by the caller, or a fault */
    GAsyncQueue *todo, *messages; /* (owned) of struct task */
    RagJobQueue *jobs;            /* (borrowed) */
    int n_in_flight;              /* tasks given to workers and not concluded */
    int64_t n_done, n_total;
};

/* One document. */
struct task {
    struct pool *pool; /* (borrowed) */
    struct idx_job job;
    GAsyncQueue *answers; /* (owned) */
    bool look_up;         /* ask whether the content is known */
    bool asks;            /* this message is the question; read.hash */
    int64_t known;        /* the answer: the content's id, 0 if it is to be read */
    struct rag_splitter *splitter;
    struct rag_read_result read;
    GPtrArray *passages; /* (owned) of struct idx_passage */
    GError *error;       /* (owned) a fault of ours, or a cancellation */
    char hash[65];
};

static struct task no_more; /* ends a worker */

static void task_free(struct task *task)
{
    idx_job_clear(&task->job);
    g_async_queue_unref(task->answers);
    rag_read_result_clear(&task->read);
    g_clear_pointer(&task->passages, g_ptr_array_unref);
    g_clear_error(&task->error);
    g_free(task);
}

/* --- a worker -------------------------------------------------------------------------------- */

static bool wanted(void *data, const char *hash)
{
    struct task *task = data;
    if (!task->look_up)
        return true;
    g_strlcpy(task->hash, hash, sizeof task->hash);
    task->asks = true;
    g_async_queue_push(task->pool->messages, task);
    g_async_queue_pop(task->answers);
    return task->known == 0;
}

static void on_block(void *data, const struct rag_block *block)
{
    rag_splitter_add(((struct task *)data)->splitter, block);
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

static void read_task(struct task *task)
{
    const struct rag_ingest *ingest = task->pool->ingest;
    struct engine *embedder = ingest->library->embedder;
    struct rag_read_options options = {
        .reader_argv = (const char *const *)ingest->library->reader_argv,
        .timeout_seconds = ingest->options.read_timeout_seconds,
        .memory_bytes = ingest->options.read_memory_bytes,
        .max_bytes = ingest->options.max_file_bytes,
        .wanted = wanted,
        .on_block = on_block,
        .data = task,
    };
    struct rag_splitter_options split = {.count_tokens = embedder ? count_tokens : NULL,
                                         .data = embedder};
    task->splitter = rag_splitter_new(&split);
    rag_read_file(task->job.path, &options, &task->read, task->pool->cancellable, &task->error);
    task->passages = rag_splitter_finish(task->splitter);
    g_clear_pointer(&task->splitter, rag_splitter_free);
}

static void *worker(void *data)
{
    struct pool *pool = data;
    for (struct task *task; (task = g_async_queue_pop(pool->todo)) != &no_more;) {
        read_task(task);
        g_async_queue_push(pool->messages, task);
    }
    return NULL;
}

/* --- the calling thread ------------------------------------------------------------------------
 */

static IdxStore *store_of(const struct pool *pool)
{
    return pool->ingest->library->store;
}

/* After a fault the question is answered too, so that the worker comes back; the task is not put.
 */
static bool answer(struct pool *pool, struct task *task, GError **error)
{
    g_autoptr(GError) cause = NULL;
    idx_content_known(store_of(pool), task->hash, RAG_READER_VERSION, &task->known, &cause);
    task->asks = false;
    g_async_queue_push(task->answers, task);
    if (!cause)
        return true;
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

static bool store_document(struct pool *pool, const struct task *task, const struct idx_file *file,
                           GError **error)
{
    if (task->passages->len == 0)
        return idx_job_skip(store_of(pool), &task->job, "The file has no text.", error);
    struct idx_document put = {
        .hash = task->read.hash,
        .title = task->read.title,
        .format = task->read.format,
        .size = task->read.size,
        .n_pages = task->read.n_pages,
        .reader_version = RAG_READER_VERSION,
        .note = task->read.note,
        .passages = (const struct idx_passage *const *)task->passages->pdata,
        .n_passages = task->passages->len,
    };
    pool->ingest->result->n_passages += task->passages->len;
    pool->ingest->n_read_bytes += task->read.size;
    return idx_document_put(store_of(pool), &task->job, file, &put, error);
}

static bool store_outcome(struct pool *pool, const struct task *task, GError **error)
{
    IdxStore *store = store_of(pool);
    const struct rag_read_result *read = &task->read;
    struct idx_file file = {.path = task->job.path, .size = read->size, .mtime_ns = read->mtime_ns};
    switch (read->outcome) {
    case RAG_READ_OK:
        return store_document(pool, task, &file, error);
    case RAG_READ_KNOWN:
        return idx_document_same(store, &task->job, &file, task->known, error);
    case RAG_READ_SKIPPED:
        return idx_job_skip(store, &task->job, read->reason, error);
    case RAG_READ_LATER:
        return idx_job_fail(store, &task->job, read->reason, true, error);
    case RAG_READ_GONE:
    case RAG_READ_FAILED:
    default:
        return idx_job_fail(store, &task->job, read->reason, false, error);
    }
}

/* The known content went between the question and its use: the file is read after all. */
static void read_again(struct pool *pool, struct task *task)
{
    rag_read_result_clear(&task->read);
    g_clear_pointer(&task->passages, g_ptr_array_unref);
    task->look_up = false;
    task->known = 0;
    g_async_queue_push(pool->todo, task);
}

/* Takes a task that a worker has ended. */
static bool conclude(struct pool *pool, struct task *task, GError **error)
{
    g_autoptr(GError) cause = g_steal_pointer(&task->error);
    if (!cause)
        store_outcome(pool, task, &cause);
    if (task->known && g_error_matches(cause, IDX_ERROR, IDX_ERROR_NOT_FOUND)) {
        read_again(pool, task);
        return true;
    }
    bool ok = cause == NULL;
    pool->n_in_flight--;
    if (ok) {
        pool->n_done++;
        pool->n_total = MAX(pool->n_total, pool->n_done);
        rag_ingest_progress(pool->ingest, RAG_PHASE_READ, task->job.path, pool->n_done,
                            pool->n_total);
    } else {
        idx_job_release(store_of(pool), &task->job, NULL); /* the first error counts */
        g_propagate_error(error, g_steal_pointer(&cause));
    }
    task_free(task);
    return ok;
}

/* Claims jobs until all workers have one and one waits. */
static bool give_out(struct pool *pool, int n_workers, GError **error)
{
    int lease = pool->ingest->options.read_timeout_seconds + LEASE_MARGIN_SECONDS;
    while (pool->n_in_flight <= n_workers) {
        struct idx_job job;
        g_autoptr(GError) cause = NULL;
        if (!rag_job_queue_claim(pool->jobs, lease, &job, &cause)) {
            if (!cause)
                return true;
            g_propagate_error(error, g_steal_pointer(&cause));
            return false;
        }
        struct task *task = g_new0(struct task, 1);
        *task = (struct task){
            .pool = pool, .job = job, .answers = g_async_queue_new(), .look_up = true};
        pool->n_in_flight++;
        g_async_queue_push(pool->todo, task);
    }
    return true;
}

/* *more: there are jobs that nobody here has, due later or in another process's hands. */
static bool is_more(struct pool *pool, bool *more, GError **error)
{
    g_autoptr(GError) cause = NULL;
    *more = rag_job_queue_pending(pool->jobs, &cause) > 0;
    if (!cause)
        return true;
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

static bool take_message(struct pool *pool, GError **error)
{
    struct task *task = g_async_queue_timeout_pop(pool->messages, POLL_US);
    if (!task)
        return true;
    return task->asks ? answer(pool, task, error) : conclude(pool, task, error);
}

/* Until no job is left, or something is wrong: then until the workers have come back. The first
   error is kept. */
static bool attend(struct pool *pool, int n_workers, GError **error)
{
    bool ok = true, more = true;
    while (pool->n_in_flight || (ok && more)) {
        g_autoptr(GError) cause = NULL;
        if (ok)
            ok = !g_cancellable_set_error_if_cancelled(pool->cancellable, &cause) &&
                 give_out(pool, n_workers, &cause);
        if (!cause && pool->n_in_flight)
            take_message(pool, &cause);
        else if (!cause && is_more(pool, &more, &cause) && more)
            g_usleep(POLL_US);
        if (!cause)
            continue;
        ok = false;
        g_cancellable_cancel(pool->cancellable);
        if (error && !*error)
            *error = g_steal_pointer(&cause);
    }
    return ok;
}

static void cancel_pool(GCancellable *cancellable, gpointer data)
{
    g_cancellable_cancel(data);
}

static bool run_pool(struct pool *pool, int n_workers, GError **error)
{
    GThread *threads[MAX_WORKERS];
    GCancellable *callers = pool->ingest->cancellable;
    gulong handler = 0;
    if (callers)
        handler = g_cancellable_connect(callers, G_CALLBACK(cancel_pool), pool->cancellable, NULL);
    for (int i = 0; i < n_workers; i++)
        threads[i] = g_thread_new("reader", worker, pool);
    bool ok = attend(pool, n_workers, error);
    for (int i = 0; i < n_workers; i++)
        g_async_queue_push(pool->todo, &no_more);
    for (int i = 0; i < n_workers; i++)
        g_thread_join(threads[i]);
    if (handler)
        g_cancellable_disconnect(callers, handler);
    return ok;
}

bool rag_ingest_read(struct rag_ingest *ingest, GError **error)
{
    g_autoptr(RagJobQueue) jobs =
        rag_job_queue_new(ingest->library->store, IDX_JOB_READ, ingest->paths);
    int64_t n = rag_job_queue_pending(jobs, error);
    if (n <= 0)
        return n == 0;
    if (!ingest->library->reader_argv) {
        g_set_error(error, RAG_ERROR, RAG_ERROR_FAILED,
                    "This library was opened without a reader, so it cannot index.");
        return false;
    }
    struct pool pool = {
        .ingest = ingest,
        .jobs = jobs,
        .cancellable = g_cancellable_new(),
        .todo = g_async_queue_new(),
        .messages = g_async_queue_new(),
        .n_total = n,
    };
    int n_workers = (int)CLAMP(MIN((int64_t)g_get_num_processors(), n), 1, MAX_WORKERS);
    rag_ingest_progress(ingest, RAG_PHASE_READ, NULL, 0, n);
    bool ok = run_pool(&pool, n_workers, error);
    g_async_queue_unref(pool.todo);
    g_async_queue_unref(pool.messages);
    g_object_unref(pool.cancellable);
    return ok;
}
