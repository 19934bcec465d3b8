/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A question, right-aligned and tinted. The pencil puts a field in its place; what is sent from
 * there is asked beside the old question, which stays as another version of it.
 */
#include "ui/question-row.h"
#include "ui/question-entry.h"
#include <glib/gi18n.h>

struct _LecQuestionRow {
    GtkBox parent;
    GtkWidget *shown_box, *edit_box, *siblings_box;
    GtkWidget *edit_button, *previous_button, *next_button;
    GtkLabel *text_label, *siblings_label;
    LecQuestionEntry *entry;
    int sibling, n_siblings;
    gboolean editable;
};

G_DEFINE_FINAL_TYPE(LecQuestionRow, lec_question_row, GTK_TYPE_BOX)

enum { ASK, SWITCH, REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void update(LecQuestionRow *self)
{
    g_autofree char *words = g_strdup_printf(_("%d of %d"), self->sibling + 1, self->n_siblings);

    gtk_label_set_text(self->siblings_label, words);
    gtk_widget_set_visible(self->siblings_box, self->n_siblings > 1);
    gtk_widget_set_sensitive(self->edit_button, self->editable);
    gtk_widget_set_sensitive(self->previous_button, self->editable && self->sibling > 0);
    gtk_widget_set_sensitive(self->next_button,
                             self->editable && self->sibling + 1 < self->n_siblings);
}

void lec_question_row_set_text(LecQuestionRow *self, const char *text)
{
    g_return_if_fail(LEC_IS_QUESTION_ROW(self));
    gtk_label_set_text(self->text_label, text);
}

void lec_question_row_set_siblings(LecQuestionRow *self, int sibling, int n_siblings)
{
    g_return_if_fail(LEC_IS_QUESTION_ROW(self));
    self->sibling = sibling;
    self->n_siblings = n_siblings;
    update(self);
}

void lec_question_row_set_editable(LecQuestionRow *self, gboolean editable)
{
    g_return_if_fail(LEC_IS_QUESTION_ROW(self));
    self->editable = editable;
    update(self);
}

static void set_editing(LecQuestionRow *self, gboolean editing)
{
    gtk_widget_set_visible(self->shown_box, !editing);
    gtk_widget_set_visible(self->siblings_box, !editing && self->n_siblings > 1);
    gtk_widget_set_visible(self->edit_box, editing);
    if (editing) {
        lec_question_entry_set_text(self->entry, gtk_label_get_text(self->text_label));
        gtk_widget_grab_focus(GTK_WIDGET(self->entry));
    } else {
        gtk_widget_grab_focus(self->edit_button);
    }
}

static void on_edit(LecQuestionRow *self)
{
    set_editing(self, TRUE);
}

static gboolean on_cancel(LecQuestionRow *self)
{
    set_editing(self, FALSE);
    return TRUE;
}

static void on_cancel_clicked(LecQuestionRow *self)
{
    set_editing(self, FALSE);
}

static void on_send(LecQuestionRow *self)
{
    g_autofree char *text = lec_question_entry_dup_text(self->entry);

    if (!*text || !self->editable)
        return;
    set_editing(self, FALSE);
    g_signal_emit(self, signals[ASK], 0, text);
}

static void on_refused(LecQuestionRow *self, const char *sentence)
{
    g_signal_emit(self, signals[REFUSED], 0, sentence);
}

static void on_previous(LecQuestionRow *self)
{
    g_signal_emit(self, signals[SWITCH], 0, -1);
}

static void on_next(LecQuestionRow *self)
{
    g_signal_emit(self, signals[SWITCH], 0, 1);
}

static void lec_question_row_class_init(LecQuestionRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    signals[ASK] = g_signal_new("ask", LEC_TYPE_QUESTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[SWITCH] = g_signal_new("switch", LEC_TYPE_QUESTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
    signals[REFUSED] = g_signal_new("refused", LEC_TYPE_QUESTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    g_type_ensure(LEC_TYPE_QUESTION_ENTRY);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/question-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, shown_box);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, edit_box);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, siblings_box);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, edit_button);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, previous_button);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, next_button);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, text_label);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, siblings_label);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionRow, entry);
    gtk_widget_class_bind_template_callback(widget_class, on_edit);
    gtk_widget_class_bind_template_callback(widget_class, on_cancel);
    gtk_widget_class_bind_template_callback(widget_class, on_cancel_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_send);
    gtk_widget_class_bind_template_callback(widget_class, on_refused);
    gtk_widget_class_bind_template_callback(widget_class, on_previous);
    gtk_widget_class_bind_template_callback(widget_class, on_next);
}

static void lec_question_row_init(LecQuestionRow *self)
{
    self->n_siblings = 1;
    self->editable = TRUE;
    gtk_widget_init_template(GTK_WIDGET(self));
    update(self);
}
