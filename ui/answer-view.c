/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of one answer. */
#include "ui/answer-view.h"

struct _LecAnswerView {
    GtkWidget parent;
    GtkTextView *text; /* (borrowed) template child */
};

G_DEFINE_FINAL_TYPE(LecAnswerView, lec_answer_view, GTK_TYPE_WIDGET)

enum { CITATION_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void lec_answer_view_dispose(GObject *object)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(object);

    g_clear_pointer((GtkWidget **)&self->text, gtk_widget_unparent);
    G_OBJECT_CLASS(lec_answer_view_parent_class)->dispose(object);
}

static void lec_answer_view_class_init(LecAnswerViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_answer_view_dispose;
    signals[CITATION_ACTIVATED] =
        g_signal_new("citation-activated", LEC_TYPE_ANSWER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                     NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/answer-view.ui");
    gtk_widget_class_bind_template_child(widget_class, LecAnswerView, text);
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void lec_answer_view_init(LecAnswerView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

LecAnswerView *lec_answer_view_new(void)
{
    return g_object_new(LEC_TYPE_ANSWER_VIEW, NULL);
}

void lec_answer_view_append(LecAnswerView *self, const char *text)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->text);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GtkTextIter end;

    gtk_text_buffer_get_end_iter(buffer, &end);
    gtk_text_buffer_insert(buffer, &end, valid, -1);
}

void lec_answer_view_finish(LecAnswerView *self, const RagAnswer *answer)
{
    g_autofree char *valid = g_utf8_make_valid(answer->text, -1);

    gtk_text_buffer_set_text(gtk_text_view_get_buffer(self->text), valid, -1);
}

void lec_answer_view_clear(LecAnswerView *self)
{
    gtk_text_buffer_set_text(gtk_text_view_get_buffer(self->text), "", 0);
}

char *lec_answer_view_copy_text(LecAnswerView *self)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->text);
    GtkTextIter from, to;

    gtk_text_buffer_get_bounds(buffer, &from, &to);
    return gtk_text_buffer_get_text(buffer, &from, &to, FALSE);
}
