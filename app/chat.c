/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main thread's half of asking. All fields belong to the main thread.
 *
 * A question goes two ways at once: a search on the library's worker brings the evidence, the
 * chat's worker the text. LecAnswer puts them in order. Without a model only the first way is
 * taken.
 *
 * The list of models is kept in place when it is looked at anew: a model that is still there stays
 * the same object, so that what a picker shows does not jump.
 */
#include "app/chat.h"
#include "app/answer-live.h"
#include "app/chat-worker.h"
#include "app/library-queries.h"
#include "app/library-worker.h"
#include "app/model-library.h"
#include "app/settings.h"
#include <glib/gi18n.h>

#define STOP_US    (2 * G_USEC_PER_SEC)
#define N_EVIDENCE 10

struct _LecChat {
    GObject parent_instance;
    LecLibrary *library; /* (owned) */
    GSettings *settings; /* (owned) NULL: none */
    ChatWorker *worker;  /* (owned) NULL: stopped */
    LecChatState state;
    char *error;           /* (owned) */
    GListStore *models;    /* (owned) of LecModel */
    LecModel *model;       /* (owned) NULL: none */
    GPtrArray *answers;    /* (owned) of LecAnswer, not finished */
    GPtrArray *early;      /* (owned) of AnswerFeed: asked before the models were known */
    gboolean looked;       /* the models are known */
    GCancellable *stopped; /* (owned) of looking for models */
    gboolean warming;      /* a model was asked for that is not there yet */
};

G_DEFINE_FINAL_TYPE(LecChat, lec_chat, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_ERROR, PROP_MODEL, PROP_MODELS, PROP_BUSY, N_PROPS };
static GParamSpec *props[N_PROPS];

static void notify(LecChat *self, guint prop)
{
    g_object_notify_by_pspec(G_OBJECT(self), props[prop]);
}

/* --- state ------------------------------------------------------------------------------------ */

static void on_state(LecChatState state, const char *error, gpointer owner)
{
    LecChat *self = LEC_CHAT(owner);
    gboolean other_error = g_strcmp0(self->error, error) != 0;
    gboolean other_state = self->state != state;

    self->state = state;
    self->warming = self->warming && state == LEC_CHAT_UNLOADED;
    if (other_error) {
        g_free(self->error);
        self->error = g_strdup(error);
        notify(self, PROP_ERROR);
    }
    if (other_state)
        notify(self, PROP_STATE);
}

static void ask_model(LecChat *self, AnswerFeed *feed)
{
    if (self->worker && self->model)
        chat_worker_ask(self->worker, feed);
    else if (answer_feed_question(feed)->no_documents)
        answer_feed_finish(feed, NULL, _("There is no model here that could write an answer."));
    else
        answer_feed_finish(feed, NULL, NULL);
}

/* --- models ----------------------------------------------------------------------------------- */

static void use_model(LecChat *self, LecModel *model)
{
    if (!g_set_object(&self->model, model))
        return;
    if (self->worker)
        chat_worker_choose(self->worker, model);
    self->warming = FALSE;
    notify(self, PROP_MODEL);
}

void lec_chat_set_model(LecChat *self, LecModel *model)
{
    g_return_if_fail(LEC_IS_CHAT(self) && (!model || LEC_IS_MODEL(model)));
    if (self->settings && model)
        g_settings_set_string(self->settings, LEC_SETTINGS_CHAT_MODEL, lec_model_get_id(model));
    use_model(self, model);
}

/* In a thread: of LecModel, the default one first. */
static void look_for_models(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    g_autoptr(ModelLibrary) library = model_library_open();
    const struct model *first = model_library_default(library, MODEL_CHAT, NULL);
    GPtrArray *list = model_library_list(library);
    GPtrArray *found = g_ptr_array_new_with_free_func(g_object_unref);

    for (guint i = 0; i < list->len; i++) {
        const struct model *model = list->pdata[i];
        LecModel *item;

        if (!model->path || !model_serves(model, MODEL_CHAT))
            continue;
        item = lec_model_new(model->id, model->title, model->path, model->bytes);
        g_ptr_array_insert(found, model == first ? 0 : -1, item);
    }
    g_task_return_pointer(task, found, (GDestroyNotify)g_ptr_array_unref);
}

static LecModel *find_model(LecChat *self, const char *path, const char *id)
{
    guint n = g_list_model_get_n_items(G_LIST_MODEL(self->models));

    for (guint i = 0; i < n; i++) {
        g_autoptr(LecModel) model = g_list_model_get_item(G_LIST_MODEL(self->models), i);
        if (g_strcmp0(lec_model_get_path(model), path) == 0 ||
            g_strcmp0(lec_model_get_id(model), id) == 0)
            return model; /* the list keeps it */
    }
    return NULL;
}

/* The chosen one if it is still there, else that of the settings, else the default. */
static void choose_model(LecChat *self)
{
    g_autofree char *id =
        self->settings ? g_settings_get_string(self->settings, LEC_SETTINGS_CHAT_MODEL) : NULL;
    g_autoptr(LecModel) first = g_list_model_get_item(G_LIST_MODEL(self->models), 0);
    LecModel *model = NULL;

    if (self->model)
        model = find_model(self, lec_model_get_path(self->model), NULL);
    if (!model && id && *id)
        model = find_model(self, NULL, id);
    use_model(self, model ? model : first);
}

static gboolean same_file(LecModel *a, LecModel *b)
{
    return g_strcmp0(lec_model_get_path(a), lec_model_get_path(b)) == 0 &&
           lec_model_get_size(a) == lec_model_get_size(b);
}

static void on_models(GObject *object, GAsyncResult *result, gpointer user_data)
{
    LecChat *self = LEC_CHAT(object);
    g_autoptr(GPtrArray) found = g_task_propagate_pointer(G_TASK(result), NULL);
    GListModel *list = G_LIST_MODEL(self->models);

    if (!found)
        return;
    for (guint i = 0; i < found->len; i++) {
        g_autoptr(LecModel) now = g_list_model_get_item(list, i);
        if (now && same_file(now, found->pdata[i]))
            continue;
        /* all from here on is replaced, but for what is the same file */
        for (guint k = i; k < found->len; k++) {
            LecModel *old = find_model(self, lec_model_get_path(found->pdata[k]), NULL);
            if (old && same_file(old, found->pdata[k]))
                g_set_object((LecModel **)&found->pdata[k], old);
        }
        break;
    }
    g_list_store_splice(self->models, 0, g_list_model_get_n_items(list), found->pdata, found->len);
    choose_model(self);
    self->looked = TRUE;
    for (guint i = 0; i < self->early->len; i++)
        ask_model(self, self->early->pdata[i]);
    g_ptr_array_set_size(self->early, 0);
}

void lec_chat_refresh_models(LecChat *self)
{
    g_return_if_fail(LEC_IS_CHAT(self));
    g_autoptr(GTask) task = g_task_new(self, self->stopped, on_models, NULL);

    g_task_run_in_thread(task, look_for_models);
}

void lec_chat_warm(LecChat *self)
{
    g_return_if_fail(LEC_IS_CHAT(self));
    lec_library_warm(self->library);
    if (!self->worker || self->state != LEC_CHAT_UNLOADED || self->warming)
        return;
    self->warming = TRUE;
    chat_worker_load(self->worker);
}

void lec_chat_unload(LecChat *self)
{
    g_return_if_fail(LEC_IS_CHAT(self));
    if (self->worker)
        chat_worker_unload(self->worker);
}

/* --- questions -------------------------------------------------------------------------------- */

static void on_finished(LecAnswer *answer, LecChat *self)
{
    G_GNUC_UNUSED g_autoptr(LecChat) kept = g_object_ref(self);

    g_signal_handlers_disconnect_by_data(answer, self);
    g_ptr_array_remove(self->answers, answer);
    if (lec_answer_get_turn(answer))
        library_tell_conversations(self->library);
    if (self->answers->len == 0)
        notify(self, PROP_BUSY);
}

static void on_stored(LecAnswer *answer, gint64 conversation, gint64 turn, LecChat *self)
{
    library_tell_conversations(self->library);
}

static void on_evidence(GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecAnswer) answer = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hits = lec_library_search_finish(LEC_LIBRARY(object), result, &error);

    if (hits)
        lec_answer_set_passages(answer, hits);
    else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        lec_answer_fail_search(answer, error->message);
}

static gboolean without_evidence(gpointer data)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    lec_answer_set_passages(data, none);
    return G_SOURCE_REMOVE;
}

static int answer_length(LecChat *self)
{
    return self->settings ? g_settings_get_int(self->settings, LEC_SETTINGS_ANSWER_LENGTH) : 0;
}

LecAnswer *lec_chat_ask(LecChat *self, const struct lec_question *question)
{
    g_return_val_if_fail(LEC_IS_CHAT(self) && question && question->text, NULL);
    LecAnswer *answer = lec_answer_new(question->text, question->conversation, question->parent);
    AnswerFeed *feed = answer_feed_new(answer, question, answer_length(self));

    g_signal_connect_object(answer, "finished", G_CALLBACK(on_finished), self, 0);
    g_signal_connect_object(answer, "stored", G_CALLBACK(on_stored), self, 0);
    g_ptr_array_add(self->answers, g_object_ref(answer));
    if (question->no_documents)
        g_idle_add_full(G_PRIORITY_DEFAULT, without_evidence, g_object_ref(answer), g_object_unref);
    else
        lec_library_search_async(self->library, question->text, question->scope, N_EVIDENCE,
                                 lec_answer_get_cancellable(answer), on_evidence,
                                 g_object_ref(answer));
    if (self->looked)
        ask_model(self, feed);
    else
        g_ptr_array_add(self->early, answer_feed_ref(feed));
    answer_feed_unref(feed);
    if (self->answers->len == 1)
        notify(self, PROP_BUSY);
    return answer;
}

/* --- life ------------------------------------------------------------------------------------- */

LecChat *lec_chat_new(LecLibrary *library)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(library), NULL);
    LecChat *self = g_object_new(LEC_TYPE_CHAT, NULL);

    self->library = g_object_ref(library);
    self->settings = lec_settings_new();
    self->worker = chat_worker_new(lec_library_get_dir(library), on_state, G_OBJECT(self));
    lec_chat_refresh_models(self);
    return self;
}

static gpointer keep(gconstpointer answer, gpointer data)
{
    return g_object_ref((gpointer)answer);
}

void lec_chat_stop(LecChat *self)
{
    g_return_if_fail(LEC_IS_CHAT(self));
    ChatWorker *worker = g_steal_pointer(&self->worker);
    g_autoptr(GPtrArray) answers = NULL;

    if (!worker)
        return;
    g_cancellable_cancel(self->stopped);
    answers = g_ptr_array_copy(self->answers, keep, NULL);
    g_ptr_array_set_free_func(answers, g_object_unref);
    for (guint i = 0; i < answers->len; i++)
        lec_answer_stop(answers->pdata[i]);
    chat_worker_end(worker, STOP_US);
}

LecChatState lec_chat_get_state(LecChat *self)
{
    g_return_val_if_fail(LEC_IS_CHAT(self), LEC_CHAT_FAILED);
    return self->state;
}

const char *lec_chat_get_error(LecChat *self)
{
    g_return_val_if_fail(LEC_IS_CHAT(self), NULL);
    return self->error;
}

gboolean lec_chat_get_busy(LecChat *self)
{
    g_return_val_if_fail(LEC_IS_CHAT(self), FALSE);
    return self->answers->len > 0;
}

GListModel *lec_chat_get_models(LecChat *self)
{
    g_return_val_if_fail(LEC_IS_CHAT(self), NULL);
    return G_LIST_MODEL(self->models);
}

LecModel *lec_chat_get_model(LecChat *self)
{
    g_return_val_if_fail(LEC_IS_CHAT(self), NULL);
    return self->model;
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    lec_chat_set_model(LEC_CHAT(object), g_value_get_object(value)); /* the only one */
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecChat *self = LEC_CHAT(object);

    switch (id) {
    case PROP_STATE:
        g_value_set_int(value, (int)self->state);
        break;
    case PROP_ERROR:
        g_value_set_string(value, self->error);
        break;
    case PROP_MODEL:
        g_value_set_object(value, self->model);
        break;
    case PROP_MODELS:
        g_value_set_object(value, self->models);
        break;
    case PROP_BUSY:
        g_value_set_boolean(value, lec_chat_get_busy(self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void finalize(GObject *object)
{
    LecChat *self = LEC_CHAT(object);

    g_clear_object(&self->settings);
    g_clear_object(&self->model);
    g_clear_object(&self->models);
    g_clear_object(&self->stopped);
    g_clear_object(&self->library);
    g_ptr_array_unref(self->answers);
    g_ptr_array_unref(self->early);
    g_free(self->error);
    G_OBJECT_CLASS(lec_chat_parent_class)->finalize(object);
}

static void lec_chat_class_init(LecChatClass *class)
{
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->set_property = set_property;
    object_class->get_property = get_property;
    object_class->finalize = finalize;
    props[PROP_STATE] =
        g_param_spec_int("state", NULL, NULL, 0, LEC_CHAT_FAILED, LEC_CHAT_NO_MODEL, flags);
    props[PROP_ERROR] = g_param_spec_string("error", NULL, NULL, NULL, flags);
    props[PROP_MODEL] =
        g_param_spec_object("model", NULL, NULL, LEC_TYPE_MODEL, flags | G_PARAM_WRITABLE);
    props[PROP_MODELS] = g_param_spec_object("models", NULL, NULL, G_TYPE_LIST_MODEL, flags);
    props[PROP_BUSY] = g_param_spec_boolean("busy", NULL, NULL, FALSE, flags);
    g_object_class_install_properties(object_class, N_PROPS, props);
}

static void lec_chat_init(LecChat *self)
{
    self->models = g_list_store_new(LEC_TYPE_MODEL);
    self->answers = g_ptr_array_new_with_free_func(g_object_unref);
    self->early = g_ptr_array_new_with_free_func((GDestroyNotify)answer_feed_unref);
    self->stopped = g_cancellable_new();
}
