/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One conversation at a time is shown; others go on. What belongs to which is settled by ids:
 *
 * 1. An answer that is not finished is kept in `running`, whatever is shown. When its conversation
 * is opened again, it takes the place of the unfinished turn that the library has.
 * 2. A new conversation has the id 0 until its first question is stored. Its answers are told from
 *    those of other new ones by being in the transcript.
 * 3. Whatever is asked of the library for a conversation carries the cancellable of its opening:
 *    opening another one cancels it, so that late results cannot mix.
 */
#include "ui/conversation-page.h"
#include "app/indexer.h"
#include "app/library-queries.h"
#include "ui/composer.h"
#include "ui/draft.h"
#include "ui/name-popover.h"
#include "ui/notice-bar.h"
#include "ui/row-menu.h"
#include "ui/transcript.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

/* Titles are looked for among the latest conversations first. */
#define N_LATEST 50

struct _LecConversationPage {
    AdwBin parent;
    LecLibrary *library; /* (owned) */
    LecChat *chat;       /* (owned) */
    LecIndexer *indexer; /* (owned) */
    GSettings *settings; /* (owned) */
    AdwHeaderBar *header;
    GtkWidget *menu_button;
    GtkStack *stack;
    AdwStatusPage *empty_page;
    LecTranscript *transcript;
    LecNoticeBar *model_bar;
    LecComposer *composer;
    gint64 conversation;
    char *title;               /* (owned) */
    GPtrArray *running;        /* (owned) of LecAnswer */
    GCancellable *cancellable; /* (owned) of what was asked for the conversation shown */
    LecDraft *draft;           /* (owned) */
    LecAnswerRow *noted;       /* (borrowed, weak) has the note about documents being read */
};

G_DEFINE_FINAL_TYPE(LecConversationPage, lec_conversation_page, ADW_TYPE_BIN)

enum {
    PROP_LIBRARY = 1,
    PROP_CHAT,
    PROP_INDEXER,
    PROP_SETTINGS,
    PROP_TITLE,
    PROP_CONVERSATION,
    N_PROPS
};
static GParamSpec *properties[N_PROPS];
enum { OPEN_SOURCES, CONVERSATION_OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- what is shown ------------------------------------------------------------------------------
 */

static void set_title(LecConversationPage *self, const char *title)
{
    if (!g_strcmp0(self->title, title))
        return;
    g_free(self->title);
    self->title = g_strdup(title);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TITLE]);
    g_signal_emit(self, signals[CONVERSATION_OPENED], 0, self->conversation, self->title);
}

static void set_conversation(LecConversationPage *self, gint64 conversation)
{
    self->conversation = conversation;
    gtk_widget_set_visible(self->menu_button, conversation != 0);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "conversation.rename", conversation != 0);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "conversation.delete", conversation != 0);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_CONVERSATION]);
}

static char *ready_words(LecConversationPage *self)
{
    gint64 n = self->library ? lec_library_get_n_documents(self->library) : 0;
    gint64 ready = self->library ? lec_library_get_n_ready(self->library) : 0;

    if (!self->library || !lec_library_get_n_waiting(self->library))
        return NULL;
    return g_strdup_printf(
        ngettext("%'" G_GINT64_FORMAT " of %'" G_GINT64_FORMAT " document is ready",
                 "%'" G_GINT64_FORMAT " of %'" G_GINT64_FORMAT " documents are ready", n),
        ready, n);
}

static void update_note(LecConversationPage *self)
{
    LecTurnRow *last = lec_transcript_get_last(self->transcript);
    LecAnswerRow *row = last ? lec_turn_row_get_answer_row(last) : NULL;
    g_autofree char *note = ready_words(self);

    if (self->noted && self->noted != row)
        lec_answer_row_set_note(self->noted, NULL);
    g_set_weak_pointer(&self->noted, row);
    if (row)
        lec_answer_row_set_note(row, note);
}

static void update_empty_page(LecConversationPage *self)
{
    gint64 n = self->library ? lec_library_get_n_ready(self->library) : 0;
    g_autofree char *note = ready_words(self);
    g_autofree char *title = NULL;

    if (note || !n)
        title = g_strdup(_("Ask about your documents"));
    else
        title = g_strdup_printf(ngettext("Ask about your document",
                                         "Ask about your %'" G_GINT64_FORMAT " documents", n),
                                n);
    adw_status_page_set_title(self->empty_page, title);
    adw_status_page_set_description(
        self->empty_page,
        note ? note
             : _("Answers are written on this computer, and name the page that they come from."));
}

static void update_stack(LecConversationPage *self)
{
    gboolean empty = !self->conversation && !lec_transcript_get_n_turns(self->transcript);

    gtk_stack_set_visible_child_name(self->stack, empty ? "empty" : "turns");
    update_note(self);
}

static LecAnswer *running_here(LecConversationPage *self)
{
    for (guint i = 0; i < self->running->len; i++)
        if (lec_transcript_get_row(self->transcript, self->running->pdata[i]))
            return self->running->pdata[i];
    return NULL;
}

static void update_busy(LecConversationPage *self)
{
    gboolean busy = running_here(self) != NULL;

    lec_composer_set_busy(self->composer, busy);
    lec_transcript_set_busy(self->transcript, busy);
}

static void on_library_changed(LecConversationPage *self)
{
    update_empty_page(self);
    update_note(self);
}

static void on_chat_state(LecConversationPage *self)
{
    gboolean none = lec_chat_get_state(self->chat) == LEC_CHAT_NO_MODEL;

    lec_notice_bar_set_text(self->model_bar,
                            none ? _("Get a model to have answers written.") : NULL);
}

static void on_typed(LecConversationPage *self)
{
    if (self->chat)
        lec_chat_warm(self->chat);
    if (self->library)
        lec_library_warm(self->library);
}

/* The model picker says how, and looks for models whenever it is opened. */
static void get_model(GtkWidget *widget, const char *action, GVariant *parameter)
{
    lec_composer_choose_model(LEC_CONVERSATION_PAGE(widget)->composer);
}

/* --- opening ------------------------------------------------------------------------------------
 */

static gboolean find_title(LecConversationPage *self, GPtrArray *conversations)
{
    for (guint i = 0; i < conversations->len; i++) {
        const struct rag_conversation *conversation = conversations->pdata[i];

        if (conversation->id == self->conversation) {
            set_title(self, conversation->title);
            return TRUE;
        }
    }
    return FALSE;
}

static void on_all_conversations(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list =
        lec_library_conversations_finish(LEC_LIBRARY(library), result, &error);

    if (list)
        find_title(data, list);
}

static void on_latest_conversations(GObject *library, GAsyncResult *result, gpointer data)
{
    LecConversationPage *self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list =
        lec_library_conversations_finish(LEC_LIBRARY(library), result, &error);

    if (list && !find_title(self, list) && list->len == N_LATEST)
        lec_library_conversations_async(self->library, N_LATEST, -1, self->cancellable,
                                        on_all_conversations, self);
}

static void load_title(LecConversationPage *self)
{
    if (self->conversation)
        lec_library_conversations_async(self->library, 0, N_LATEST, self->cancellable,
                                        on_latest_conversations, self);
}

/* The turns as answers, with those that are being written in their places. */
static GPtrArray *answers_of(LecConversationPage *self, GPtrArray *turns)
{
    GPtrArray *answers = g_ptr_array_new_with_free_func(g_object_unref);

    while (turns->len) {
        struct rag_turn *turn = g_ptr_array_steal_index(turns, 0);
        LecAnswer *running = NULL;

        for (guint i = 0; i < self->running->len; i++)
            if (lec_answer_get_turn(self->running->pdata[i]) == turn->id)
                running = self->running->pdata[i];
        g_ptr_array_add(answers, running ? g_object_ref(running) : lec_answer_from_turn(turn));
        if (running)
            rag_turn_free(turn);
    }
    return answers;
}

static void on_turns(GObject *library, GAsyncResult *result, gpointer data)
{
    LecConversationPage *self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) turns = lec_library_turns_finish(LEC_LIBRARY(library), result, &error);
    g_autoptr(GPtrArray) answers = NULL;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!turns) {
        lec_conversation_page_open(self, 0);
        lec_composer_set_message(self->composer, error->message);
        return;
    }
    answers = answers_of(self, turns);
    lec_transcript_replace(self->transcript, answers);
    update_stack(self);
    update_busy(self);
}

void lec_conversation_page_open(LecConversationPage *self, gint64 conversation)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    g_return_if_fail(LEC_IS_CONVERSATION_PAGE(self));
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    self->cancellable = g_cancellable_new();
    if (gtk_widget_get_focus_child(GTK_WIDGET(self->transcript)))
        lec_conversation_page_focus_composer(self);
    lec_transcript_show(self->transcript, none);
    lec_draft_open(self->draft, self->library, conversation);
    lec_composer_set_message(self->composer, NULL);
    set_conversation(self, conversation);
    g_clear_pointer(&self->title, g_free);
    set_title(self, conversation ? "" : _("New Conversation"));
    update_stack(self);
    update_busy(self);
    if (!self->library)
        return;
    if (conversation)
        lec_library_turns_async(self->library, conversation, self->cancellable, on_turns, self);
    load_title(self);
}

static void on_conversations_changed(LecConversationPage *self)
{
    if (self->conversation && lec_library_is_conversation_hidden(self->library, self->conversation))
        lec_conversation_page_open(self, 0);
    else
        load_title(self);
}

/* --- asking -------------------------------------------------------------------------------------
 */

static void on_stored(LecAnswer *answer, gint64 conversation, gint64 turn,
                      LecConversationPage *self)
{
    if (self->conversation || !lec_transcript_get_row(self->transcript, answer))
        return;
    set_conversation(self, conversation);
    lec_draft_set_conversation(self->draft, conversation);
    g_clear_pointer(&self->title, g_free);
    set_title(self, lec_answer_get_question(answer));
    load_title(self);
}

static void on_finished(LecAnswer *answer, LecConversationPage *self)
{
    G_GNUC_UNUSED g_autoptr(LecAnswer) kept = g_object_ref(answer);

    g_signal_handlers_disconnect_by_data(answer, self);
    g_ptr_array_remove(self->running, answer);
    update_busy(self);
}

/* parent: of the turn that is to be made. */
static LecTurnRow *ask(LecConversationPage *self, const char *text, gint64 parent,
                       gboolean no_documents)
{
    g_auto(GStrv) scope = lec_scope_dup_paths(lec_composer_get_scope(self->composer));
    struct lec_question question = {.text = text,
                                    .scope = (const char *const *)scope,
                                    .conversation = self->conversation,
                                    .parent = parent,
                                    .no_documents = no_documents};
    LecAnswer *answer = lec_chat_ask(self->chat, &question);

    g_ptr_array_add(self->running, answer);
    g_signal_connect(answer, "stored", G_CALLBACK(on_stored), self);
    g_signal_connect(answer, "finished", G_CALLBACK(on_finished), self);
    lec_transcript_append(self->transcript, answer);
    update_stack(self);
    update_busy(self);
    return lec_transcript_get_last(self->transcript);
}

static void on_ask(LecConversationPage *self, const char *text)
{
    g_autofree char *question = g_strdup(text);

    if (!self->chat)
        return;
    lec_draft_clear(self->draft);
    ask(self, question, lec_transcript_get_last_turn(self->transcript), FALSE);
}

/* Beside the turn, with the same parent: what is shown from there on becomes another version. */
static void on_ask_instead(LecConversationPage *self, LecAnswer *answer, const char *text,
                           gboolean no_documents)
{
    G_GNUC_UNUSED g_autoptr(LecAnswer) kept = g_object_ref(answer);
    g_autofree char *question = g_strdup(text);
    LecTurnRow *row = lec_transcript_get_row(self->transcript, answer);
    int n = row ? lec_turn_row_get_n_siblings(row) : 1;

    if (!self->chat || running_here(self))
        return;
    lec_conversation_page_focus_composer(self); /* the row with the keyboard goes */
    lec_transcript_truncate(self->transcript, answer);
    row = ask(self, question, lec_answer_get_parent(answer), no_documents);
    if (lec_answer_get_turn(answer))
        lec_turn_row_set_siblings(row, n, n + 1);
}

static void on_switched(GObject *library, GAsyncResult *result, gpointer data)
{
    LecConversationPage *self = data;
    g_autoptr(GError) error = NULL;

    if (lec_library_turn_switch_finish(LEC_LIBRARY(library), result, &error))
        lec_library_turns_async(self->library, self->conversation, self->cancellable, on_turns,
                                self);
    else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        lec_composer_set_message(self->composer, error->message);
}

static void on_switch(LecConversationPage *self, LecAnswer *answer, int step)
{
    if (lec_answer_get_turn(answer))
        lec_library_turn_switch_async(self->library, lec_answer_get_turn(answer), step,
                                      self->cancellable, on_switched, self);
}

gboolean lec_conversation_page_stop(LecConversationPage *self)
{
    LecAnswer *answer;

    g_return_val_if_fail(LEC_IS_CONVERSATION_PAGE(self), FALSE);
    answer = running_here(self);
    if (answer)
        lec_answer_stop(answer);
    return answer != NULL;
}

static void on_stop(LecConversationPage *self)
{
    lec_conversation_page_stop(self);
}

static void on_open_sources(LecConversationPage *self, GListModel *sources, guint position)
{
    g_signal_emit(self, signals[OPEN_SOURCES], 0, sources, position);
}

static void on_choose_model(LecConversationPage *self)
{
    lec_composer_choose_model(self->composer);
}

static void on_refused(LecConversationPage *self, const char *sentence)
{
    lec_composer_set_message(self->composer, sentence);
}

void lec_conversation_page_focus_composer(LecConversationPage *self)
{
    g_return_if_fail(LEC_IS_CONVERSATION_PAGE(self));
    gtk_widget_grab_focus(GTK_WIDGET(self->composer));
}

void lec_conversation_page_activate_source(LecConversationPage *self, guint n)
{
    LecTurnRow *row;

    g_return_if_fail(LEC_IS_CONVERSATION_PAGE(self));
    row = lec_transcript_get_last(self->transcript);
    if (row)
        lec_answer_row_activate_source(lec_turn_row_get_answer_row(row), n);
}

AdwHeaderBar *lec_conversation_page_get_header(LecConversationPage *self)
{
    g_return_val_if_fail(LEC_IS_CONVERSATION_PAGE(self), NULL);
    return self->header;
}

/* --- the conversation itself --------------------------------------------------------------------
 */

static void on_renamed(GObject *library, GAsyncResult *result, gpointer data)
{
    LecConversationPage *self = data;
    g_autoptr(GError) error = NULL;

    if (lec_library_conversation_rename_finish(LEC_LIBRARY(library), result, &error))
        load_title(self);
    else if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        lec_composer_set_message(self->composer, error->message);
}

static void on_named(LecConversationPage *self, const char *name)
{
    lec_library_conversation_rename_async(self->library, self->conversation, name,
                                          self->cancellable, on_renamed, self);
}

static void rename_conversation(GtkWidget *widget, const char *action, GVariant *parameter)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(widget);
    LecNamePopover *popover = lec_name_popover_new(_("Rename"), self->title, _("_Rename"));

    g_signal_connect_object(popover, "named", G_CALLBACK(on_named), self, G_CONNECT_SWAPPED);
    lec_row_menu_show_popover(self->menu_button, GTK_POPOVER(popover), NULL);
}

static void delete_conversation(GtkWidget *widget, const char *action, GVariant *parameter)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(widget);
    gint64 conversation = self->conversation;
    guint token;

    lec_conversation_page_stop(self);
    lec_conversation_page_open(self, 0);
    token = lec_library_removal_begin(self->library, LEC_DELETE_CONVERSATION, NULL, conversation);
    lec_undo_toast_show(widget, _("The conversation was deleted."), self->library, token);
}

/* --- the type -----------------------------------------------------------------------------------
 */

static void lec_conversation_page_get_property(GObject *object, guint id, GValue *value,
                                               GParamSpec *pspec)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(object);

    switch (id) {
    case PROP_LIBRARY:
        g_value_set_object(value, self->library);
        break;
    case PROP_CHAT:
        g_value_set_object(value, self->chat);
        break;
    case PROP_INDEXER:
        g_value_set_object(value, self->indexer);
        break;
    case PROP_SETTINGS:
        g_value_set_object(value, self->settings);
        break;
    case PROP_TITLE:
        g_value_set_string(value, self->title);
        break;
    case PROP_CONVERSATION:
        g_value_set_int64(value, self->conversation);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_conversation_page_set_property(GObject *object, guint id, const GValue *value,
                                               GParamSpec *pspec)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(object);

    switch (id) {
    case PROP_LIBRARY:
        if (!g_set_object(&self->library, g_value_get_object(value)) || !self->library)
            break;
        g_signal_connect_object(self->library, "changed", G_CALLBACK(on_library_changed), self,
                                G_CONNECT_SWAPPED);
        g_signal_connect_object(self->library, "conversations-changed",
                                G_CALLBACK(on_conversations_changed), self, G_CONNECT_SWAPPED);
        lec_transcript_set_services(self->transcript, self->library, self->chat);
        lec_composer_set_services(self->composer, self->library, NULL);
        on_library_changed(self);
        break;
    case PROP_CHAT:
        if (!g_set_object(&self->chat, g_value_get_object(value)) || !self->chat)
            break;
        g_signal_connect_object(self->chat, "notify::state", G_CALLBACK(on_chat_state), self,
                                G_CONNECT_SWAPPED);
        lec_transcript_set_services(self->transcript, self->library, self->chat);
        lec_composer_set_services(self->composer, NULL, self->chat);
        on_chat_state(self);
        break;
    case PROP_INDEXER:
        g_set_object(&self->indexer, g_value_get_object(value));
        break;
    case PROP_SETTINGS:
        g_set_object(&self->settings, g_value_get_object(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_conversation_page_dispose(GObject *object)
{
    LecConversationPage *self = LEC_CONVERSATION_PAGE(object);

    if (self->draft)
        lec_draft_flush(self->draft);
    g_clear_object(&self->draft);
    for (guint i = 0; self->running && i < self->running->len; i++)
        g_signal_handlers_disconnect_by_data(self->running->pdata[i], self);
    g_clear_pointer(&self->running, g_ptr_array_unref);
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_weak_pointer(&self->noted);
    g_clear_object(&self->library);
    g_clear_object(&self->chat);
    g_clear_object(&self->indexer);
    g_clear_object(&self->settings);
    g_clear_pointer(&self->title, g_free);
    G_OBJECT_CLASS(lec_conversation_page_parent_class)->dispose(object);
}

static void install_properties(GObjectClass *class)
{
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

    properties[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY, flags);
    properties[PROP_CHAT] = g_param_spec_object("chat", NULL, NULL, LEC_TYPE_CHAT, flags);
    properties[PROP_INDEXER] = g_param_spec_object("indexer", NULL, NULL, LEC_TYPE_INDEXER, flags);
    properties[PROP_SETTINGS] = g_param_spec_object("settings", NULL, NULL, G_TYPE_SETTINGS, flags);
    properties[PROP_TITLE] =
        g_param_spec_string("title", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_CONVERSATION] = g_param_spec_int64("conversation", NULL, NULL, 0, G_MAXINT64, 0,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(class, N_PROPS, properties);
}

static void lec_conversation_page_class_init(LecConversationPageClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_conversation_page_get_property;
    object_class->set_property = lec_conversation_page_set_property;
    object_class->dispose = lec_conversation_page_dispose;
    install_properties(object_class);
    signals[OPEN_SOURCES] =
        g_signal_new("open-sources", LEC_TYPE_CONVERSATION_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                     NULL, G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    signals[CONVERSATION_OPENED] =
        g_signal_new("conversation-opened", LEC_TYPE_CONVERSATION_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                     NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_STRING);
    gtk_widget_class_install_action(widget_class, "conversation.rename", NULL, rename_conversation);
    gtk_widget_class_install_action(widget_class, "conversation.delete", NULL, delete_conversation);
    gtk_widget_class_install_action(widget_class, "conversation.get-model", NULL, get_model);
    g_type_ensure(LEC_TYPE_COMPOSER);
    g_type_ensure(LEC_TYPE_NOTICE_BAR);
    g_type_ensure(LEC_TYPE_TRANSCRIPT);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/conversation-page.ui");
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, header);
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, menu_button);
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, stack);
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, empty_page);
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, transcript);
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, model_bar);
    gtk_widget_class_bind_template_child(widget_class, LecConversationPage, composer);
    gtk_widget_class_bind_template_callback(widget_class, on_ask);
    gtk_widget_class_bind_template_callback(widget_class, on_ask_instead);
    gtk_widget_class_bind_template_callback(widget_class, on_switch);
    gtk_widget_class_bind_template_callback(widget_class, on_open_sources);
    gtk_widget_class_bind_template_callback(widget_class, on_choose_model);
    gtk_widget_class_bind_template_callback(widget_class, on_refused);
    gtk_widget_class_bind_template_callback(widget_class, on_stop);
}

static void lec_conversation_page_init(LecConversationPage *self)
{
    self->running = g_ptr_array_new_with_free_func(g_object_unref);
    self->cancellable = g_cancellable_new();
    gtk_widget_init_template(GTK_WIDGET(self));
    self->draft = lec_draft_new(self->composer);
    g_signal_connect_object(self->draft, "typed", G_CALLBACK(on_typed), self, G_CONNECT_SWAPPED);
    set_conversation(self, 0);
    set_title(self, _("New Conversation"));
    update_empty_page(self);
    update_stack(self);
}
