/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An answer has two sources that know nothing of each other: the search, which brings the evidence,
 * and the model's worker. Whatever their order, a listener sees one: passages, text, finished.
 *
 * 1. The state only moves forward, and not at all once it is DONE, STOPPED or FAILED.
 * 2. "passages" comes once, before "text" and "finished": what the model says earlier is held back.
 *    Only a stop does not wait for it.
 * 3. "finished" comes once. A stop before the model has the question finishes at once; later it
 *    waits for the worker, which hands over what was written.
 */
#include "app/answer-live.h"
#include <glib/gi18n.h>

struct _LecAnswer {
    GObject parent_instance;
    LecAnswerState state;
    char *failure, *question;  /* (owned) */
    GCancellable *cancellable; /* (owned) NULL: made of a turn */
    GPtrArray *passages;       /* (owned) */
    GString *text;             /* (owned) drafted and told */
    GString *held;             /* (owned) drafted, but the evidence is not there yet */
    RagAnswer *result;         /* (owned) */
    gint64 conversation, turn, parent, made_at;
    int sibling, n_siblings;
    gboolean begun; /* the model has it */
    gboolean ended; /* the worker is done with it: finished as soon as evidence is there */
};

G_DEFINE_FINAL_TYPE(LecAnswer, lec_answer, G_TYPE_OBJECT)

enum { PROP_STATE = 1, PROP_FAILURE, N_PROPS };
enum { PASSAGES, TEXT, STORED, FINISHED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* --- its course ------------------------------------------------------------------------------- */

static void set_state(LecAnswer *self, LecAnswerState state)
{
    if (self->state >= state)
        return;
    self->state = state;
    g_object_notify_by_pspec(G_OBJECT(self), props[PROP_STATE]);
}

gboolean lec_answer_is_finished(LecAnswer *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER(self), TRUE);
    return self->state >= LEC_ANSWER_DONE;
}

static void end(LecAnswer *self, LecAnswerState state)
{
    if (self->failure)
        g_object_notify_by_pspec(G_OBJECT(self), props[PROP_FAILURE]);
    set_state(self, state);
    g_signal_emit(self, signals[FINISHED], 0);
}

static LecAnswerState last_state(const LecAnswer *self)
{
    if (self->failure)
        return LEC_ANSWER_FAILED;
    if (g_cancellable_is_cancelled(self->cancellable))
        return LEC_ANSWER_STOPPED;
    return LEC_ANSWER_DONE;
}

/* Tells what came while the evidence was awaited. */
static void go_on(LecAnswer *self)
{
    if (!self->passages || lec_answer_is_finished(self))
        return;
    set_state(self, self->begun ? LEC_ANSWER_READING : LEC_ANSWER_LOADING);
    if (self->held->len > 0) {
        g_autoptr(GString) added = g_steal_pointer(&self->held);

        self->held = g_string_new(NULL);
        g_string_append_len(self->text, added->str, (gssize)added->len);
        set_state(self, LEC_ANSWER_WRITING);
        g_signal_emit(self, signals[TEXT], 0, added->str);
    }
    if (self->ended && !lec_answer_is_finished(self))
        end(self, last_state(self));
}

LecAnswer *lec_answer_new(const char *question, gint64 conversation, gint64 parent)
{
    LecAnswer *self = g_object_new(LEC_TYPE_ANSWER, NULL);

    self->question = g_strdup(question);
    self->conversation = conversation;
    self->parent = parent;
    self->cancellable = g_cancellable_new();
    return self;
}

GCancellable *lec_answer_get_cancellable(LecAnswer *self)
{
    return self->cancellable;
}

/* Handlers may let go of the answer: each of these keeps it until it returns. */

void lec_answer_set_passages(LecAnswer *self, GPtrArray *hits)
{
    G_GNUC_UNUSED g_autoptr(LecAnswer) kept = g_object_ref(self);

    if (self->passages || lec_answer_is_finished(self))
        return;
    self->passages = g_ptr_array_ref(hits);
    set_state(self, self->begun ? LEC_ANSWER_READING : LEC_ANSWER_LOADING);
    g_signal_emit(self, signals[PASSAGES], 0, hits);
    go_on(self);
}

void lec_answer_fail_search(LecAnswer *self, const char *failure)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    if (self->passages || lec_answer_is_finished(self))
        return;
    self->ended = TRUE;
    g_clear_pointer(&self->result, rag_answer_free);
    g_free(self->failure);
    self->failure = g_strdup(failure);
    lec_answer_set_passages(self, none);
}

void lec_answer_set_stored(LecAnswer *self, gint64 conversation, gint64 turn)
{
    self->conversation = conversation;
    self->turn = turn;
    g_signal_emit(self, signals[STORED], 0, conversation, turn);
}

void lec_answer_begin(LecAnswer *self)
{
    G_GNUC_UNUSED g_autoptr(LecAnswer) kept = g_object_ref(self);

    self->begun = TRUE;
    go_on(self);
}

void lec_answer_add_text(LecAnswer *self, const char *text)
{
    G_GNUC_UNUSED g_autoptr(LecAnswer) kept = g_object_ref(self);

    g_string_append(self->held, text);
    go_on(self);
}

void lec_answer_finish(LecAnswer *self, RagAnswer *result, const char *failure)
{
    G_GNUC_UNUSED g_autoptr(LecAnswer) kept = g_object_ref(self);

    if (self->ended || lec_answer_is_finished(self)) {
        rag_answer_free(result);
        return;
    }
    self->ended = TRUE;
    self->result = result;
    self->failure = g_strdup(failure);
    if (g_cancellable_is_cancelled(self->cancellable))
        end(self, last_state(self));
    else
        go_on(self);
}

void lec_answer_stop(LecAnswer *self)
{
    g_return_if_fail(LEC_IS_ANSWER(self));
    G_GNUC_UNUSED g_autoptr(LecAnswer) kept = g_object_ref(self);

    if (lec_answer_is_finished(self))
        return;
    g_cancellable_cancel(self->cancellable);
    if (!self->begun || self->ended) {
        self->ended = TRUE;
        end(self, last_state(self));
    }
}

/* --- as it was kept --------------------------------------------------------------------------- */

LecAnswer *lec_answer_from_turn(struct rag_turn *turn)
{
    g_return_val_if_fail(turn, NULL);
    LecAnswer *self = g_object_new(LEC_TYPE_ANSWER, NULL);

    self->question = g_steal_pointer(&turn->question);
    self->result = g_steal_pointer(&turn->answer);
    self->failure = g_steal_pointer(&turn->failure);
    self->conversation = turn->conversation;
    self->turn = turn->id;
    self->parent = turn->parent;
    self->sibling = turn->sibling;
    self->n_siblings = turn->n_siblings;
    self->made_at = turn->made_at;
    rag_turn_free(turn);
    if (self->result && self->result->passages)
        self->passages = g_ptr_array_ref(self->result->passages);
    if (!self->result && !self->failure)
        self->failure = g_strdup(_("This answer was not finished, because Lectern was closed. Ask "
                                   "again to have it written."));
    if (self->result && self->result->stats.stop == ENG_STOP_CANCELLED)
        self->state = LEC_ANSWER_STOPPED;
    else
        self->state = self->failure ? LEC_ANSWER_FAILED : LEC_ANSWER_DONE;
    return self;
}

/* --- reading ---------------------------------------------------------------------------------- */

LecAnswerState lec_answer_get_state(LecAnswer *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER(self), LEC_ANSWER_FAILED);
    return self->state;
}

const char *lec_answer_get_failure(LecAnswer *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER(self), NULL);
    return self->failure;
}

const char *lec_answer_get_question(LecAnswer *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER(self), NULL);
    return self->question;
}

const char *lec_answer_get_text(LecAnswer *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER(self), NULL);
    return self->result && lec_answer_is_finished(self) ? self->result->text : self->text->str;
}

const RagAnswer *lec_answer_get_result(LecAnswer *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER(self), NULL);
    return lec_answer_is_finished(self) ? self->result : NULL;
}

GPtrArray *lec_answer_get_passages(LecAnswer *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER(self), NULL);
    return self->passages;
}

#define ANSWER_GETTER(type, field)                                                                 \
    type lec_answer_get_##field(LecAnswer *self)                                                   \
    {                                                                                              \
        g_return_val_if_fail(LEC_IS_ANSWER(self), 0);                                              \
        return self->field;                                                                        \
    }
ANSWER_GETTER(gint64, conversation)
ANSWER_GETTER(gint64, turn)
ANSWER_GETTER(gint64, parent)
ANSWER_GETTER(gint64, made_at)
ANSWER_GETTER(int, sibling)
ANSWER_GETTER(int, n_siblings)

/* --- the type --------------------------------------------------------------------------------- */

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecAnswer *self = LEC_ANSWER(object);

    if (id == PROP_STATE)
        g_value_set_int(value, (int)self->state);
    else
        g_value_set_string(value, self->failure);
}

static void finalize(GObject *object)
{
    LecAnswer *self = LEC_ANSWER(object);

    g_free(self->failure);
    g_free(self->question);
    g_clear_object(&self->cancellable);
    g_clear_pointer(&self->passages, g_ptr_array_unref);
    g_string_free(self->text, TRUE);
    g_string_free(self->held, TRUE);
    rag_answer_free(self->result);
    G_OBJECT_CLASS(lec_answer_parent_class)->finalize(object);
}

static void lec_answer_class_init(LecAnswerClass *class)
{
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
    const GType type = G_TYPE_FROM_CLASS(class);
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = get_property;
    object_class->finalize = finalize;
    props[PROP_STATE] =
        g_param_spec_int("state", NULL, NULL, 0, LEC_ANSWER_FAILED, LEC_ANSWER_SEARCHING, flags);
    props[PROP_FAILURE] = g_param_spec_string("failure", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPS, props);
    signals[PASSAGES] = g_signal_new("passages", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
    signals[TEXT] = g_signal_new("text", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
    signals[STORED] = g_signal_new("stored", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
    signals[FINISHED] =
        g_signal_new("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void lec_answer_init(LecAnswer *self)
{
    self->text = g_string_new(NULL);
    self->held = g_string_new(NULL);
    self->n_siblings = 1;
    self->made_at = g_get_real_time();
}
