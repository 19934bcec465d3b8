/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An answer in the order in which it is useful. While it is on its way: what is being done in
 * words, the best passages, and below them the text as it is written. When it stands: the text,
 * what can be done with it, its sources, and the passages folded away.
 *
 * 1. What stands above the text leaves it in one movement, when the text is finished: state line
 * and cards slide away together. They stay while somebody is reading there (focus or pointer), and
 *    where no text follows: without a model, or where the documents do not say.
 * 2. The draft is not what counts: a refusal takes its place.
 * 3. A kept answer looks as it did when it was finished.
 */
#include "ui/answer-row.h"
#include "ui/answer-view.h"
#include "ui/answer-words.h"
#include "ui/evidence-list.h"
#include "ui/fold.h"
#include "ui/source-row.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

struct _LecAnswerRow {
    GtkBox parent;
    LecLibrary *library; /* (owned) */
    LecChat *chat;       /* (owned) */
    LecAnswer *answer;   /* (owned) */
    GListStore *sources; /* (owned) of LecSource: the citations */
    GtkRevealer *live_revealer;
    GtkWidget *status_box, *refusal_label, *origin_box, *thoughts, *ending_box, *ending_buttons;
    GtkWidget *values_box, *without_button, *actions_box, *sources_box;
    GtkWidget *again_button, *model_button, *regenerate_button, *menu_button;
    GtkSpinner *spinner;
    GtkImage *ending_icon;
    GtkLabel *status_label, *thoughts_label, *ending_label, *values_label, *note_label;
    LecEvidenceList *evidence, *passages;
    LecAnswerView *view;
    gsize said; /* bytes of the draft whose sentences were said to a screen reader */
    gboolean busy;
};

G_DEFINE_FINAL_TYPE(LecAnswerRow, lec_answer_row, GTK_TYPE_BOX)

enum { OPEN_SOURCES, AGAIN, CHOOSE_MODEL, N_SIGNALS };
static guint signals[N_SIGNALS];

LecAnswer *lec_answer_row_get_answer(LecAnswerRow *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER_ROW(self), NULL);
    return self->answer;
}

gboolean lec_answer_row_has_text(LecAnswerRow *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER_ROW(self), FALSE);
    return gtk_widget_get_visible(GTK_WIDGET(self->view));
}

void lec_answer_row_set_services(LecAnswerRow *self, LecLibrary *library, LecChat *chat)
{
    g_return_if_fail(LEC_IS_ANSWER_ROW(self));
    g_set_object(&self->library, library);
    g_set_object(&self->chat, chat);
}

static gboolean has_model(LecAnswerRow *self)
{
    return self->chat && lec_chat_get_model(self->chat);
}

static void update_sensitivity(LecAnswerRow *self)
{
    gboolean can = !self->busy && self->answer && lec_answer_is_finished(self->answer);

    gtk_widget_set_sensitive(self->again_button, can);
    gtk_widget_set_sensitive(self->regenerate_button, can && has_model(self));
    gtk_widget_set_sensitive(self->without_button, can);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "answer.without-documents",
                                  can && has_model(self));
}

void lec_answer_row_set_busy(LecAnswerRow *self, gboolean busy)
{
    g_return_if_fail(LEC_IS_ANSWER_ROW(self));
    self->busy = busy;
    update_sensitivity(self);
}

void lec_answer_row_set_note(LecAnswerRow *self, const char *note)
{
    g_return_if_fail(LEC_IS_ANSWER_ROW(self));
    gtk_label_set_text(self->note_label, note ? note : "");
    gtk_widget_set_visible(GTK_WIDGET(self->note_label), note != NULL);
}

/* --- while it is on its way ---------------------------------------------------------------------
 */

static void show_status(LecAnswerRow *self)
{
    g_autofree char *words = lec_answer_state_words(self->answer, self->chat);

    if (g_str_equal(words, gtk_label_get_text(self->status_label)))
        return;
    gtk_label_set_text(self->status_label, words);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->status_label),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void on_passages(LecAnswerRow *self, GPtrArray *hits)
{
    lec_evidence_list_show(self->evidence, hits, TRUE);
}

/* A finished sentence becomes the name of the status line, which a screen reader speaks. */
static void say_sentence(LecAnswerRow *self)
{
    gsize end = 0;
    g_autofree char *sentence =
        lec_answer_last_sentence(lec_answer_get_text(self->answer), self->said, &end);

    if (!sentence)
        return;
    self->said = end;
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->status_label),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}

static void on_text(LecAnswerRow *self, const char *added)
{
    gtk_widget_set_visible(GTK_WIDGET(self->view), TRUE);
    lec_answer_view_append(self->view, added);
    say_sentence(self);
}

/* --- when it stands -----------------------------------------------------------------------------
 */

static void on_source_clicked(LecSourceRow *row, LecAnswerRow *self)
{
    guint position;

    if (g_list_store_find(self->sources, lec_source_row_get_source(row), &position))
        g_signal_emit(self, signals[OPEN_SOURCES], 0, self->sources, position);
}

static LecSourceRow *row_at_place(LecAnswerRow *self, LecSource *source)
{
    for (GtkWidget *row = gtk_widget_get_first_child(self->sources_box); row;
         row = gtk_widget_get_next_sibling(row)) {
        LecSource *other = lec_source_row_get_source(LEC_SOURCE_ROW(row));

        if (g_str_equal(lec_source_get_path(other), lec_source_get_path(source)) &&
            g_str_equal(lec_source_get_place(other), lec_source_get_place(source)))
            return LEC_SOURCE_ROW(row);
    }
    return NULL;
}

/* Sentences of one place are one row with several numbers. */
static void show_sources(LecAnswerRow *self, const RagAnswer *result)
{
    for (guint i = 0; i < result->citations->len; i++) {
        g_autoptr(LecSource) source = lec_source_from_citation(result, i);
        LecSourceRow *row = row_at_place(self, source);

        g_list_store_append(self->sources, source);
        if (row) {
            lec_source_row_add_number(row, lec_source_get_number(source));
            continue;
        }
        row = lec_source_row_new(source);
        g_signal_connect(row, "clicked", G_CALLBACK(on_source_clicked), self);
        gtk_box_append(GTK_BOX(self->sources_box), GTK_WIDGET(row));
        if (self->library)
            lec_source_row_check(row, self->library);
    }
    gtk_widget_set_visible(self->sources_box, result->citations->len > 0);
}

static void show_ending(LecAnswerRow *self)
{
    LecAnswerState state = lec_answer_get_state(self->answer);
    g_autofree char *words = lec_answer_ending_words(self->answer);
    gboolean failed = state == LEC_ANSWER_FAILED;
    gboolean can_ask =
        failed || (state == LEC_ANSWER_STOPPED && !lec_answer_get_result(self->answer));

    gtk_widget_set_visible(self->ending_box, words != NULL);
    if (!words)
        return;
    gtk_label_set_text(self->ending_label, words);
    gtk_image_set_from_icon_name(self->ending_icon, failed ? "dialog-warning-symbolic"
                                                           : "dialog-information-symbolic");
    gtk_widget_set_visible(self->ending_buttons, can_ask);
    gtk_widget_set_visible(self->model_button,
                           failed && self->chat &&
                               lec_chat_get_state(self->chat) == LEC_CHAT_FAILED);
}

static gboolean is_refusal(const RagAnswer *result)
{
    return result && result->from_documents && !result->supported;
}

static void show_result(LecAnswerRow *self, const RagAnswer *result)
{
    g_autofree char *values = lec_answer_values_words(result);

    gtk_widget_set_visible(GTK_WIDGET(self->view), *result->text != '\0');
    lec_answer_view_finish(self->view, result);
    gtk_widget_set_visible(self->origin_box, !result->from_documents);
    gtk_widget_set_visible(self->thoughts, result->thinking && *result->thinking);
    gtk_label_set_text(self->thoughts_label, result->thinking ? result->thinking : "");
    gtk_widget_set_visible(self->values_box, values != NULL);
    gtk_label_set_text(self->values_label, values ? values : "");
    gtk_widget_set_visible(self->actions_box, TRUE);
    show_sources(self, result);
}

/* Somebody points at a card, or the keyboard is in one. */
static gboolean somebody_reads(LecEvidenceList *evidence)
{
    return (gtk_widget_get_state_flags(GTK_WIDGET(evidence)) &
            (GTK_STATE_FLAG_PRELIGHT | GTK_STATE_FLAG_FOCUS_WITHIN)) != 0;
}

/* The passages: beside the text they are folded below it; where there is none they are the answer.
 */
static void settle_evidence(LecAnswerRow *self, gboolean written, gboolean live)
{
    GPtrArray *hits = lec_answer_get_passages(self->answer);
    const RagAnswer *result = lec_answer_get_result(self->answer);
    gboolean stays = !written || (live && somebody_reads(self->evidence));

    if (!hits && result)
        hits = result->passages;
    gtk_widget_set_visible(self->status_box, FALSE);
    if (is_refusal(result))
        lec_evidence_list_set_title(self->evidence, _("Nearest passages"));
    if (stays && !live)
        lec_evidence_list_show(self->evidence, hits, TRUE);
    if (!stays)
        lec_evidence_list_show(self->passages, hits, FALSE);
    gtk_revealer_set_reveal_child(self->live_revealer, stays);
}

static void settle(LecAnswerRow *self, gboolean live)
{
    const RagAnswer *result = lec_answer_get_result(self->answer);
    gboolean refused = is_refusal(result), written = result && !refused && *result->text;
    gboolean drafted = !result && live && *lec_answer_get_text(self->answer);
    g_autofree char *summary = lec_answer_summary(self->answer);
    gboolean had_focus = gtk_widget_has_focus(GTK_WIDGET(self->status_label));

    gtk_spinner_stop(self->spinner);
    if (result && !refused) {
        show_result(self, result);
    } else if (!drafted) {
        lec_answer_view_clear(self->view);
        gtk_widget_set_visible(GTK_WIDGET(self->view), FALSE);
    }
    gtk_widget_set_visible(self->refusal_label, refused);
    gtk_widget_set_visible(self->without_button, refused && has_model(self));
    show_ending(self);
    settle_evidence(self, written, live);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->status_label),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, summary, -1);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   summary, -1);
    if (had_focus)
        gtk_widget_child_focus(GTK_WIDGET(self), GTK_DIR_TAB_FORWARD);
    update_sensitivity(self);
}

static void on_finished(LecAnswerRow *self)
{
    settle(self, TRUE);
}

static void follow(LecAnswerRow *self)
{
    GPtrArray *hits = lec_answer_get_passages(self->answer);
    const char *text = lec_answer_get_text(self->answer);

    g_signal_connect_object(self->answer, "notify::state", G_CALLBACK(show_status), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->answer, "passages", G_CALLBACK(on_passages), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->answer, "text", G_CALLBACK(on_text), self, G_CONNECT_SWAPPED);
    g_signal_connect_object(self->answer, "finished", G_CALLBACK(on_finished), self,
                            G_CONNECT_SWAPPED);
    if (self->chat)
        g_signal_connect_object(self->chat, "notify::state", G_CALLBACK(show_status), self,
                                G_CONNECT_SWAPPED);
    gtk_spinner_start(self->spinner);
    show_status(self);
    if (hits)
        on_passages(self, hits);
    if (*text)
        on_text(self, text);
}

void lec_answer_row_set_answer(LecAnswerRow *self, LecAnswer *answer)
{
    g_return_if_fail(LEC_IS_ANSWER_ROW(self) && !self->answer);
    self->answer = g_object_ref(answer);
    if (lec_answer_is_finished(answer)) {
        settle(self, FALSE);
    } else {
        gtk_revealer_set_reveal_child(self->live_revealer, TRUE);
        follow(self);
    }
    update_sensitivity(self);
}

/* --- what can be done with it -------------------------------------------------------------------
 */

gboolean lec_answer_row_activate_source(LecAnswerRow *self, guint n)
{
    GListModel *list = G_LIST_MODEL(self->sources);

    g_return_val_if_fail(LEC_IS_ANSWER_ROW(self), FALSE);
    if (!g_list_model_get_n_items(list))
        list = lec_evidence_list_get_sources(self->evidence);
    if (!n || n > g_list_model_get_n_items(list))
        return FALSE;
    g_signal_emit(self, signals[OPEN_SOURCES], 0, list, n - 1);
    return TRUE;
}

static void on_sources_activated(LecAnswerRow *self, GListModel *sources, guint position)
{
    g_signal_emit(self, signals[OPEN_SOURCES], 0, sources, position);
}

/* Citations are numbered from 1 in their order. */
static void on_citation(LecAnswerRow *self, guint n)
{
    if (n && n <= g_list_model_get_n_items(G_LIST_MODEL(self->sources)))
        g_signal_emit(self, signals[OPEN_SOURCES], 0, self->sources, n - 1);
}

static void on_again(LecAnswerRow *self)
{
    const RagAnswer *result = lec_answer_get_result(self->answer);

    g_signal_emit(self, signals[AGAIN], 0, result && !result->from_documents);
}

static void on_without_documents(LecAnswerRow *self)
{
    g_signal_emit(self, signals[AGAIN], 0, TRUE);
}

static void on_choose_model(LecAnswerRow *self)
{
    g_signal_emit(self, signals[CHOOSE_MODEL], 0);
}

static void copy(LecAnswerRow *self, const char *text)
{
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), text);
    lec_toast_show(GTK_WIDGET(self), _("The answer was copied."));
}

static void on_copy(LecAnswerRow *self)
{
    g_autofree char *text = lec_answer_view_copy_text(self->view);

    copy(self, text);
}

static void copy_markdown(GtkWidget *widget, const char *action, GVariant *parameter)
{
    LecAnswerRow *self = LEC_ANSWER_ROW(widget);
    const RagAnswer *result = self->answer ? lec_answer_get_result(self->answer) : NULL;
    g_autofree char *text = result ? lec_answer_markdown(result) : NULL;

    if (text)
        copy(self, text);
}

static void without_documents(GtkWidget *widget, const char *action, GVariant *parameter)
{
    on_without_documents(LEC_ANSWER_ROW(widget));
}

/* --- the type -----------------------------------------------------------------------------------
 */

static void lec_answer_row_dispose(GObject *object)
{
    LecAnswerRow *self = LEC_ANSWER_ROW(object);

    g_clear_object(&self->library);
    g_clear_object(&self->chat);
    g_clear_object(&self->answer);
    g_clear_object(&self->sources);
    G_OBJECT_CLASS(lec_answer_row_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *class)
{
    gtk_widget_class_bind_template_child(class, LecAnswerRow, live_revealer);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, status_box);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, refusal_label);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, origin_box);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, thoughts);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, ending_box);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, ending_buttons);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, values_box);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, without_button);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, actions_box);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, sources_box);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, again_button);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, model_button);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, regenerate_button);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, menu_button);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, spinner);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, ending_icon);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, status_label);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, thoughts_label);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, ending_label);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, values_label);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, note_label);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, evidence);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, passages);
    gtk_widget_class_bind_template_child(class, LecAnswerRow, view);
}

static void lec_answer_row_class_init(LecAnswerRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_answer_row_dispose;
    signals[OPEN_SOURCES] =
        g_signal_new("open-sources", LEC_TYPE_ANSWER_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    signals[AGAIN] = g_signal_new("again", LEC_TYPE_ANSWER_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
    signals[CHOOSE_MODEL] = g_signal_new("choose-model", LEC_TYPE_ANSWER_ROW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_install_action(widget_class, "answer.copy-markdown", NULL, copy_markdown);
    gtk_widget_class_install_action(widget_class, "answer.without-documents", NULL,
                                    without_documents);
    g_type_ensure(LEC_TYPE_ANSWER_VIEW);
    g_type_ensure(LEC_TYPE_EVIDENCE_LIST);
    g_type_ensure(LEC_TYPE_FOLD);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/answer-row.ui");
    bind_children(widget_class);
    gtk_widget_class_bind_template_callback(widget_class, on_sources_activated);
    gtk_widget_class_bind_template_callback(widget_class, on_citation);
    gtk_widget_class_bind_template_callback(widget_class, on_again);
    gtk_widget_class_bind_template_callback(widget_class, on_without_documents);
    gtk_widget_class_bind_template_callback(widget_class, on_choose_model);
    gtk_widget_class_bind_template_callback(widget_class, on_copy);
}

static void lec_answer_row_init(LecAnswerRow *self)
{
    self->sources = g_list_store_new(LEC_TYPE_SOURCE);
    gtk_widget_init_template(GTK_WIDGET(self));
}
