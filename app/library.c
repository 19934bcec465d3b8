/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main thread's half of a library: what the worker last told, and what a person has removed and
 * may still undo. All fields belong to the main thread.
 *
 * A removal is hidden from its beginning until it is done or undone; one that fails comes back to
 * sight, and "trouble" says why.
 */
#include "app/library.h"
#include "app/library-worker.h"
#include "app/removals.h"
#include <glib/gi18n.h>

struct _LecLibrary {
    GObject parent_instance;
    char *dir;             /* (owned) */
    LibraryWorker *worker; /* (owned) NULL: closed */
    LecLibraryState state;
    char *error; /* (owned) */
    gint64 counts[5];
    Removals *removals; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecLibrary, lec_library, G_TYPE_OBJECT)

enum {
    PROP_STATE = 1,
    PROP_ERROR,
    PROP_N_DOCUMENTS,
    PROP_N_READY,
    PROP_N_FAILED,
    PROP_N_WAITING,
    PROP_N_CONVERSATIONS,
    N_PROPS
};
enum { CHANGED, CONVERSATIONS_CHANGED, TROUBLE, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

#define COUNT(self, prop) ((self)->counts[(prop)-PROP_N_DOCUMENTS])

/* --- what the worker tells -------------------------------------------------------------------- */

static void set_count(LecLibrary *self, guint prop, gint64 n)
{
    if (COUNT(self, prop) == n)
        return;
    COUNT(self, prop) = n;
    g_object_notify_by_pspec(G_OBJECT(self), props[prop]);
}

static void set_state(LecLibrary *self, LecLibraryState state, const char *error)
{
    gboolean other_error = g_strcmp0(self->error, error) != 0;
    gboolean other_state = self->state != state;

    self->state = state;
    if (other_error) {
        g_free(self->error);
        self->error = g_strdup(error);
        g_object_notify_by_pspec(G_OBJECT(self), props[PROP_ERROR]);
    }
    if (other_state)
        g_object_notify_by_pspec(G_OBJECT(self), props[PROP_STATE]);
}

static void on_report(const struct library_report *report, gpointer owner)
{
    LecLibrary *self = LEC_LIBRARY(owner);

    g_object_freeze_notify(G_OBJECT(self));
    set_state(self, report->state, report->error);
    if (report->changed) {
        set_count(self, PROP_N_DOCUMENTS, report->n_documents);
        set_count(self, PROP_N_READY, report->n_ready);
        set_count(self, PROP_N_FAILED, report->n_failed);
        set_count(self, PROP_N_WAITING, report->n_waiting);
        set_count(self, PROP_N_CONVERSATIONS, report->n_conversations);
    }
    g_object_thaw_notify(G_OBJECT(self));
    if (report->changed)
        g_signal_emit(self, signals[CHANGED], 0);
    if (report->conversations_changed)
        g_signal_emit(self, signals[CONVERSATIONS_CHANGED], 0);
    if (report->trouble)
        g_signal_emit(self, signals[TROUBLE], 0, report->trouble);
}

/* --- calls ------------------------------------------------------------------------------------ */

static gboolean refuse_if_closed(LecLibrary *self, GTask *task, const struct library_call *call)
{
    if (self->worker)
        return FALSE;
    if (call->data_free)
        call->data_free(call->data);
    g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The library is closed."));
    return TRUE;
}

void library_run(LecLibrary *self, const struct library_call *call, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);

    g_task_set_source_tag(task, lec_library_run_async);
    if (!refuse_if_closed(self, task, call))
        library_worker_run(self->worker, call, task);
}

void lec_library_run_async(LecLibrary *self, LecLibraryFunc func, gpointer data,
                           GDestroyNotify data_free, GDestroyNotify result_free,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && func);
    const struct library_call call = {func, data, data_free, result_free};

    library_run(self, &call, cancellable, callback, user_data);
}

void lec_library_run_with_embedder_async(LecLibrary *self, LecLibraryFunc func, gpointer data,
                                         GDestroyNotify data_free, GDestroyNotify result_free,
                                         GCancellable *cancellable, GAsyncReadyCallback callback,
                                         gpointer user_data)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && func);
    const struct library_call call = {func, data, data_free, result_free, .with_embedder = TRUE};

    library_run(self, &call, cancellable, callback, user_data);
}

void library_run_beside(LecLibrary *self, const struct library_call *call,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = NULL;

    if (!cancellable && self->worker)
        cancellable = library_worker_closing(self->worker);
    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, lec_library_run_async);
    if (!refuse_if_closed(self, task, call))
        library_worker_run_beside(self->worker, call, task);
}

void lec_library_run_beside_async(LecLibrary *self, LecLibraryFunc func, gpointer data,
                                  GDestroyNotify data_free, GDestroyNotify result_free,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
    g_return_if_fail(LEC_IS_LIBRARY(self) && func);
    const struct library_call call = {func, data, data_free, result_free};

    library_run_beside(self, &call, cancellable, callback, user_data);
}

gpointer lec_library_run_finish(LecLibrary *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* --- removal with undo ------------------------------------------------------------------------ */

static void tell_hidden(LecLibrary *self, LecRemoval kind)
{
    g_signal_emit(self, signals[kind == LEC_DELETE_CONVERSATION ? CONVERSATIONS_CHANGED : CHANGED],
                  0);
}

guint lec_library_removal_begin(LecLibrary *self, LecRemoval kind, const char *path,
                                gint64 conversation)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), 0);
    g_return_val_if_fail(kind == LEC_DELETE_CONVERSATION ? conversation > 0 : path != NULL, 0);
    guint token = removals_add(self->removals, kind, path, conversation)->token;

    tell_hidden(self, kind);
    return token;
}

void lec_library_removal_undo(LecLibrary *self, guint token)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    const struct removal *removal = removals_find(self->removals, token);
    LecRemoval kind;

    if (!removal || removal->committed)
        return;
    kind = removal->kind;
    removals_drop(self->removals, token);
    tell_hidden(self, kind);
}

/* What a commit hands to the worker. */
struct order {
    guint token;
    LecRemoval kind;
    char *path; /* (owned) */
    gint64 conversation;
};

static void order_free(gpointer data)
{
    struct order *order = data;

    g_free(order->path);
    g_free(order);
}

static gpointer carry_out(RagLibrary *library, gpointer data, GCancellable *cancellable,
                          GError **error)
{
    const struct order *order = data;

    switch (order->kind) {
    case LEC_REMOVE:
        rag_remove(library, order->path, error);
        break;
    case LEC_FORGET:
        rag_forget(library, order->path, error);
        break;
    case LEC_DELETE_CONVERSATION:
        rag_conversation_delete(library, order->conversation, error);
        break;
    }
    return NULL;
}

static void on_carried_out(GObject *object, GAsyncResult *result, gpointer user_data)
{
    LecLibrary *self = LEC_LIBRARY(object);
    g_autoptr(GError) error = NULL;
    guint token = GPOINTER_TO_UINT(user_data);
    LecRemoval kind = removals_find(self->removals, token)->kind;

    lec_library_run_finish(self, result, &error);
    removals_drop(self->removals, token);
    if (error)
        g_signal_emit(self, signals[TROUBLE], 0, error->message);
    tell_hidden(self, kind);
    lec_library_refresh(self);
}

static void commit(LecLibrary *self, struct removal *removal)
{
    struct order *order = g_new0(struct order, 1);

    if (removal->committed) {
        g_free(order);
        return;
    }
    removal->committed = TRUE;
    *order = (struct order){removal->token, removal->kind, g_strdup(removal->path),
                            removal->conversation};
    lec_library_run_async(self, carry_out, order, order_free, NULL, NULL, on_carried_out,
                          GUINT_TO_POINTER(removal->token));
}

void lec_library_removal_commit(LecLibrary *self, guint token)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    struct removal *removal = removals_find(self->removals, token);

    if (removal)
        commit(self, removal);
}

gboolean lec_library_is_hidden(LecLibrary *self, const char *path)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), FALSE);
    return removals_hide_path(self->removals, path);
}

gboolean lec_library_is_conversation_hidden(LecLibrary *self, gint64 conversation)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), FALSE);
    return removals_hide_conversation(self->removals, conversation);
}

Removals *library_removals(LecLibrary *self)
{
    return self->removals;
}

void library_tell_conversations(LecLibrary *self)
{
    g_signal_emit(self, signals[CONVERSATIONS_CHANGED], 0);
}

/* --- life ------------------------------------------------------------------------------------- */

LecLibrary *lec_library_new(const char *dir)
{
    g_return_val_if_fail(dir, NULL);
    LecLibrary *self = g_object_new(LEC_TYPE_LIBRARY, NULL);

    self->dir = g_canonicalize_filename(dir, NULL);
    self->worker = library_worker_new(self->dir, on_report, G_OBJECT(self));
    return self;
}

void lec_library_reopen(LecLibrary *self)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    if (self->worker)
        library_worker_reopen(self->worker);
}

void lec_library_refresh(LecLibrary *self)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    if (self->worker)
        library_worker_refresh(self->worker);
}

void lec_library_warm(LecLibrary *self)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    if (self->worker)
        library_worker_warm(self->worker);
}

void lec_library_close(LecLibrary *self)
{
    g_return_if_fail(LEC_IS_LIBRARY(self));
    GPtrArray *list = removals_list(self->removals);
    LibraryWorker *worker;

    if (!self->worker)
        return;
    for (guint i = 0; i < list->len; i++)
        commit(self, list->pdata[i]);
    worker = g_steal_pointer(&self->worker);
    library_worker_end(worker);
}

const char *lec_library_get_dir(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), NULL);
    return self->dir;
}

LecLibraryState lec_library_get_state(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), LEC_LIBRARY_FAILED);
    return self->state;
}

const char *lec_library_get_error(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), NULL);
    return self->error;
}

gint64 lec_library_get_n_documents(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), 0);
    return COUNT(self, PROP_N_DOCUMENTS);
}

gint64 lec_library_get_n_ready(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), 0);
    return COUNT(self, PROP_N_READY);
}

gint64 lec_library_get_n_failed(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), 0);
    return COUNT(self, PROP_N_FAILED);
}

gint64 lec_library_get_n_waiting(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), 0);
    return COUNT(self, PROP_N_WAITING);
}

gint64 lec_library_get_n_conversations(LecLibrary *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY(self), 0);
    return COUNT(self, PROP_N_CONVERSATIONS);
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecLibrary *self = LEC_LIBRARY(object);

    if (id == PROP_STATE)
        g_value_set_int(value, (int)self->state);
    else if (id == PROP_ERROR)
        g_value_set_string(value, self->error);
    else
        g_value_set_int64(value, COUNT(self, id));
}

static void finalize(GObject *object)
{
    LecLibrary *self = LEC_LIBRARY(object);

    g_free(self->dir);
    g_free(self->error);
    removals_free(self->removals);
    G_OBJECT_CLASS(lec_library_parent_class)->finalize(object);
}

static void lec_library_class_init(LecLibraryClass *class)
{
    static const char *const counts[] = {"n-documents", "n-ready", "n-failed", "n-waiting",
                                         "n-conversations"};
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
    const GType type = G_TYPE_FROM_CLASS(class);
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = get_property;
    object_class->finalize = finalize;
    props[PROP_STATE] =
        g_param_spec_int("state", NULL, NULL, 0, LEC_LIBRARY_FAILED, LEC_LIBRARY_OPENING, flags);
    props[PROP_ERROR] = g_param_spec_string("error", NULL, NULL, NULL, flags);
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        props[PROP_N_DOCUMENTS + i] =
            g_param_spec_int64(counts[i], NULL, NULL, 0, G_MAXINT64, 0, flags);
    g_object_class_install_properties(object_class, N_PROPS, props);
    signals[CHANGED] =
        g_signal_new("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[CONVERSATIONS_CHANGED] = g_signal_new("conversations-changed", type, G_SIGNAL_RUN_LAST,
                                                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[TROUBLE] = g_signal_new("trouble", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void lec_library_init(LecLibrary *self)
{
    self->removals = removals_new();
}
