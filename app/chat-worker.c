/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who owns what: `dir`, `on_state` and `owner` never change; `queue` has a lock of its own; the
 * rest belongs to the thread. Questions, chosen models and the wish to load come in one queue, so
 * that a question is answered by the model that was chosen when it was asked.
 *
 * A question that was stopped while others were before it, or while the model was loaded, is passed
 * over: the window has said so already.
 */
#include "app/chat-worker.h"
#include "app/embedder.h"
#include "app/error.h"
#include "app/memory.h"
#include "app/model-library.h"
#include "app/reader-command.h"
#include "app/worker-thread.h"
#include "rag/changes.h"
#include <glib/gi18n.h>
#include <glib/gstdio.h>

enum order { CHOOSE, LOAD, UNLOAD, ASK, QUIT };
struct item {
    enum order order;
    LecModel *model;  /* (owned) CHOOSE; NULL: none */
    AnswerFeed *feed; /* (owned) ASK */
};

struct chat_worker {
    char *dir; /* (owned) */
    ChatStateFunc on_state;
    GObject *owner;       /* (owned) */
    WorkerThread *thread; /* (owned) main thread */
    GAsyncQueue *queue;   /* (owned) of struct item */

    LecModel *model;             /* (owned) the chosen one; its properties never change */
    struct engine *engine;       /* (owned) NULL: not loaded */
    struct eng_session *session; /* (owned) NULL: not loaded */
    char *model_hash;            /* (owned) NULL: not known */
    Embedder *embedder;          /* (owned) shared with the library's worker */
    RagLibrary *library;         /* (owned) NULL: not open */
};

/* --- telling ---------------------------------------------------------------------------------- */

struct message {
    ChatStateFunc on_state;
    GObject *owner; /* (owned) */
    LecChatState state;
    char *error; /* (owned) */
};

static gboolean deliver(gpointer data)
{
    struct message *message = data;

    message->on_state(message->state, message->error, message->owner);
    return G_SOURCE_REMOVE;
}

static void message_free(gpointer data)
{
    struct message *message = data;

    g_object_unref(message->owner);
    g_free(message->error);
    g_free(message);
}

static void tell(ChatWorker *worker, LecChatState state, const char *error)
{
    GSource *source = g_idle_source_new();
    struct message *message = g_new0(struct message, 1);

    *message =
        (struct message){worker->on_state, g_object_ref(worker->owner), state, g_strdup(error)};
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, deliver, message, message_free);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

/* --- the model -------------------------------------------------------------------------------- */

static void close_model(ChatWorker *worker)
{
    if (!worker->engine)
        return;
    g_clear_pointer(&worker->session, eng_session_free);
    g_clear_pointer(&worker->engine, eng_close);
    g_clear_pointer(&worker->model_hash, g_free);
    memory_give_back();
}

/* As the catalogue or a record beside the file says; it is not computed for this. */
static char *known_hash(const char *path)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    GPtrArray *list = model_library_list(models);

    for (guint i = 0; i < list->len; i++) {
        const struct model *model = list->pdata[i];
        if (g_strcmp0(model->path, path) == 0)
            return g_strdup(model->sha256);
    }
    return NULL;
}

static bool engine_error(GError **error, const struct eng_err *err)
{
    g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, err->text);
    return false;
}

static bool open_model(ChatWorker *worker, GError **error)
{
    const char *path = lec_model_get_path(worker->model);
    const char *title = lec_model_get_title(worker->model);
    struct eng_options options = {.size = sizeof options};
    struct eng_err err;
    GStatBuf st;

    if (g_stat(path, &st) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("The model %s cannot be loaded, because its file %s is not there any more. "
                      "Put it back, or choose another model."),
                    title, path);
        return false;
    }
    if (!memory_fits(title, st.st_size, memory_available(), error))
        return false;
    if (eng_open(&worker->engine, path, &options, &err) != ENG_OK)
        return engine_error(error, &err);
    if (eng_model_info(worker->engine)->kind != ENG_MODEL_DECODER) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("The model %s makes vectors and cannot write. Choose another model."), title);
        return false;
    }
    if (eng_session_new(&worker->session, worker->engine, NULL, &err) != ENG_OK)
        return engine_error(error, &err);
    worker->model_hash = known_hash(path);
    return true;
}

/* Told to the window besides. */
static bool need_model(ChatWorker *worker, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (worker->session)
        return true;
    tell(worker, LEC_CHAT_LOADING, NULL);
    if (open_model(worker, &problem)) {
        tell(worker, LEC_CHAT_READY, NULL);
        return true;
    }
    close_model(worker);
    tell(worker, LEC_CHAT_FAILED, problem->message);
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

/* --- the library ------------------------------------------------------------------------------ */

static void close_library(ChatWorker *worker)
{
    g_clear_pointer(&worker->library, rag_library_close);
    g_clear_pointer(&worker->embedder, embedder_unref);
}

/* For writing, else for reading: then the answer is not kept. */
static bool need_library(ChatWorker *worker, GError **error)
{
    struct rag_library_options options = {
        .size = sizeof options, .dir = worker->dir, .reader_argv = reader_command()};
    gint64 version;

    if (worker->library && !rag_library_changes(worker->library, &version, NULL))
        close_library(worker);
    if (worker->library)
        return true;
    worker->embedder = embedder_share(NULL); /* the library's worker tells what is wrong with it */
    options.embedder = embedder_engine(worker->embedder);
    options.embedder_hash = embedder_hash(worker->embedder);
    worker->library = rag_library_open(&options, error);
    if (!worker->library) {
        options.read_only = true;
        worker->library = rag_library_open(&options, NULL);
    }
    if (!worker->library) {
        close_library(worker);
        return false;
    }
    g_clear_error(error);
    return true;
}

/* --- questions -------------------------------------------------------------------------------- */

static void on_turn(void *data, int64_t conversation, int64_t turn)
{
    answer_feed_stored(data, conversation, turn);
}

static void on_text(void *data, const char *text, size_t n)
{
    answer_feed_text(data, text, n);
}

static RagAnswer *answer(ChatWorker *worker, AnswerFeed *feed, GError **error)
{
    const struct lec_question *question = answer_feed_question(feed);
    const struct rag_ask_options options = {
        .size = sizeof options,
        .max_tokens = answer_feed_max_tokens(feed),
        .scope = question->scope,
        .keep_partial = true,
        .no_documents = question->no_documents,
        .model_hash = worker->model_hash,
        .conversation = question->conversation,
        .parent = question->parent,
        .on_turn = on_turn,
        .on_text = on_text,
        .data = feed,
    };

    if (!worker->model || !need_model(worker, error) || !need_library(worker, error) ||
        g_cancellable_set_error_if_cancelled(answer_feed_cancellable(feed), error))
        return NULL;
    answer_feed_begin(feed);
    return rag_ask(worker->library, worker->engine, worker->session, question->text, &options,
                   answer_feed_cancellable(feed), error);
}

static void ask(ChatWorker *worker, AnswerFeed *feed)
{
    g_autoptr(GError) error = NULL;
    RagAnswer *result = NULL;

    if (!g_cancellable_is_cancelled(answer_feed_cancellable(feed)))
        result = answer(worker, feed, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_clear_error(&error);
    answer_feed_finish(feed, result, error ? error->message : NULL);
}

/* --- work ------------------------------------------------------------------------------------- */

static void choose(ChatWorker *worker, LecModel *model)
{
    close_model(worker);
    g_set_object(&worker->model, model);
    tell(worker, model ? LEC_CHAT_UNLOADED : LEC_CHAT_NO_MODEL, NULL);
}

static void unload(ChatWorker *worker)
{
    close_model(worker);
    close_library(worker);
    if (worker->model)
        tell(worker, LEC_CHAT_UNLOADED, NULL);
}

static void do_item(ChatWorker *worker, struct item *item)
{
    switch (item->order) {
    case CHOOSE:
        choose(worker, item->model);
        break;
    case LOAD:
        if (worker->model && need_model(worker, NULL))
            need_library(worker, NULL);
        break;
    case UNLOAD:
        unload(worker);
        break;
    case ASK:
        ask(worker, item->feed);
        break;
    case QUIT:
        close_model(worker);
        close_library(worker);
        g_clear_object(&worker->model);
        break;
    }
}

static gpointer work(gpointer data)
{
    ChatWorker *worker = data;
    gboolean go_on = TRUE;

    while (go_on) {
        struct item *item = g_async_queue_pop(worker->queue);

        do_item(worker, item);
        go_on = item->order != QUIT;
        g_clear_object(&item->model);
        g_clear_pointer(&item->feed, answer_feed_unref);
        g_free(item);
    }
    return NULL;
}

/* --- the main thread's side ------------------------------------------------------------------- */

ChatWorker *chat_worker_new(const char *dir, ChatStateFunc on_state, GObject *owner)
{
    ChatWorker *worker = g_new0(ChatWorker, 1);

    worker->dir = g_strdup(dir);
    worker->on_state = on_state;
    worker->owner = g_object_ref(owner);
    worker->queue = g_async_queue_new();
    worker->thread = worker_thread_new("chat", work, worker);
    return worker;
}

static void push(ChatWorker *worker, const struct item *item)
{
    g_async_queue_push(worker->queue, g_memdup2(item, sizeof *item));
}

void chat_worker_choose(ChatWorker *worker, LecModel *model)
{
    push(worker, &(struct item){.order = CHOOSE, .model = model ? g_object_ref(model) : NULL});
}

void chat_worker_load(ChatWorker *worker)
{
    push(worker, &(struct item){.order = LOAD});
}

void chat_worker_unload(ChatWorker *worker)
{
    push(worker, &(struct item){.order = UNLOAD});
}

void chat_worker_ask(ChatWorker *worker, AnswerFeed *feed)
{
    push(worker, &(struct item){.order = ASK, .feed = answer_feed_ref(feed)});
}

void chat_worker_end(ChatWorker *worker, gint64 timeout_us)
{
    push(worker, &(struct item){.order = QUIT});
    if (!worker_thread_end(worker->thread, timeout_us))
        return; /* it still uses all of this, and the program is about to end */
    g_async_queue_unref(worker->queue);
    g_object_unref(worker->owner);
    g_free(worker->dir);
    g_free(worker);
}
