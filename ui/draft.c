/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A draft belongs to the conversation in which it was typed. It is stored half a second after the
 * last key, and before another conversation is opened, so that not even a crash costs a sentence.
 */
#include "ui/draft.h"
#include "app/library-queries.h"

#define DELAY_MS 500

struct _LecDraft {
    GObject parent_instance;
    LecComposer *composer;     /* (borrowed) */
    LecLibrary *library;       /* (owned) */
    GCancellable *cancellable; /* (owned) of the draft that is being read */
    gint64 conversation;
    guint timeout_id; /* (owned) there is something to store */
    gboolean showing; /* the text is being set here */
};

G_DEFINE_FINAL_TYPE(LecDraft, lec_draft, G_TYPE_OBJECT)

enum { TYPED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void store(LecDraft *self)
{
    g_autofree char *text = lec_composer_dup_text(self->composer);

    g_clear_handle_id(&self->timeout_id, g_source_remove);
    if (self->library)
        lec_library_draft_set_async(self->library, self->conversation, text, NULL, NULL, NULL);
}

static gboolean on_timeout(gpointer data)
{
    LecDraft *self = data;

    self->timeout_id = 0;
    store(self);
    return G_SOURCE_REMOVE;
}

void lec_draft_flush(LecDraft *self)
{
    g_return_if_fail(LEC_IS_DRAFT(self));
    if (self->timeout_id)
        store(self);
}

static void on_typed(LecDraft *self)
{
    if (self->showing)
        return;
    g_clear_handle_id(&self->timeout_id, g_source_remove);
    self->timeout_id = g_timeout_add(DELAY_MS, on_timeout, self);
    g_signal_emit(self, signals[TYPED], 0);
}

static void show(LecDraft *self, const char *text)
{
    self->showing = TRUE;
    lec_composer_set_text(self->composer, text);
    self->showing = FALSE;
}

static void on_draft(GObject *library, GAsyncResult *result, gpointer data)
{
    LecDraft *self = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *draft = lec_library_draft_get_finish(LEC_LIBRARY(library), result, &error);
    g_autofree char *text = NULL;

    if (!draft || !*draft)
        return;
    /* who was faster than the library goes on typing */
    text = lec_composer_dup_text(self->composer);
    if (!*text)
        show(self, draft);
}

void lec_draft_open(LecDraft *self, LecLibrary *library, gint64 conversation)
{
    g_return_if_fail(LEC_IS_DRAFT(self));
    lec_draft_flush(self);
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    self->cancellable = g_cancellable_new();
    g_set_object(&self->library, library);
    self->conversation = conversation;
    show(self, "");
    if (library)
        lec_library_draft_get_async(library, conversation, self->cancellable, on_draft, self);
}

void lec_draft_set_conversation(LecDraft *self, gint64 conversation)
{
    g_return_if_fail(LEC_IS_DRAFT(self));
    self->conversation = conversation;
}

void lec_draft_clear(LecDraft *self)
{
    g_return_if_fail(LEC_IS_DRAFT(self));
    show(self, "");
    store(self);
}

LecDraft *lec_draft_new(LecComposer *composer)
{
    LecDraft *self = g_object_new(LEC_TYPE_DRAFT, NULL);

    self->composer = composer;
    g_signal_connect_object(composer, "typed", G_CALLBACK(on_typed), self, G_CONNECT_SWAPPED);
    return self;
}

static void lec_draft_finalize(GObject *object)
{
    LecDraft *self = LEC_DRAFT(object);

    g_clear_handle_id(&self->timeout_id, g_source_remove);
    g_object_unref(self->cancellable);
    g_clear_object(&self->library);
    G_OBJECT_CLASS(lec_draft_parent_class)->finalize(object);
}

static void lec_draft_dispose(GObject *object)
{
    g_cancellable_cancel(LEC_DRAFT(object)->cancellable);
    G_OBJECT_CLASS(lec_draft_parent_class)->dispose(object);
}

static void lec_draft_class_init(LecDraftClass *class)
{
    G_OBJECT_CLASS(class)->dispose = lec_draft_dispose;
    G_OBJECT_CLASS(class)->finalize = lec_draft_finalize;
    signals[TYPED] = g_signal_new("typed", LEC_TYPE_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
}

static void lec_draft_init(LecDraft *self)
{
    self->cancellable = g_cancellable_new();
}
