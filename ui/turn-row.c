/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two rows that belong together; what they ask for is passed on as one wish about the turn. */
#include "ui/turn-row.h"

struct _LecTurnRow {
    GtkBox parent;
    LecQuestionRow *question_row;
    LecAnswerRow *answer_row;
    int n_siblings;
};

G_DEFINE_FINAL_TYPE(LecTurnRow, lec_turn_row, GTK_TYPE_BOX)

enum { ASK, SWITCH, OPEN_SOURCES, CHOOSE_MODEL, REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

LecTurnRow *lec_turn_row_new(LecAnswer *answer, LecLibrary *library, LecChat *chat)
{
    LecTurnRow *self = g_object_new(LEC_TYPE_TURN_ROW, NULL);

    lec_question_row_set_text(self->question_row, lec_answer_get_question(answer));
    lec_turn_row_set_siblings(self, lec_answer_get_sibling(answer),
                              lec_answer_get_n_siblings(answer));
    lec_answer_row_set_services(self->answer_row, library, chat);
    lec_answer_row_set_answer(self->answer_row, answer);
    return self;
}

LecAnswer *lec_turn_row_get_answer(LecTurnRow *self)
{
    g_return_val_if_fail(LEC_IS_TURN_ROW(self), NULL);
    return lec_answer_row_get_answer(self->answer_row);
}

LecAnswerRow *lec_turn_row_get_answer_row(LecTurnRow *self)
{
    g_return_val_if_fail(LEC_IS_TURN_ROW(self), NULL);
    return self->answer_row;
}

LecQuestionRow *lec_turn_row_get_question_row(LecTurnRow *self)
{
    g_return_val_if_fail(LEC_IS_TURN_ROW(self), NULL);
    return self->question_row;
}

void lec_turn_row_set_busy(LecTurnRow *self, gboolean busy)
{
    g_return_if_fail(LEC_IS_TURN_ROW(self));
    lec_question_row_set_editable(self->question_row, !busy);
    lec_answer_row_set_busy(self->answer_row, busy);
}

void lec_turn_row_set_siblings(LecTurnRow *self, int sibling, int n_siblings)
{
    g_return_if_fail(LEC_IS_TURN_ROW(self));
    self->n_siblings = n_siblings;
    lec_question_row_set_siblings(self->question_row, sibling, n_siblings);
}

int lec_turn_row_get_n_siblings(LecTurnRow *self)
{
    g_return_val_if_fail(LEC_IS_TURN_ROW(self), 1);
    return self->n_siblings;
}

static void on_ask(LecTurnRow *self, const char *text)
{
    g_signal_emit(self, signals[ASK], 0, text, FALSE);
}

static void on_again(LecTurnRow *self, gboolean no_documents)
{
    g_signal_emit(self, signals[ASK], 0, lec_answer_get_question(lec_turn_row_get_answer(self)),
                  no_documents);
}

static void on_switch(LecTurnRow *self, int step)
{
    g_signal_emit(self, signals[SWITCH], 0, step);
}

static void on_open_sources(LecTurnRow *self, GListModel *sources, guint position)
{
    g_signal_emit(self, signals[OPEN_SOURCES], 0, sources, position);
}

static void on_choose_model(LecTurnRow *self)
{
    g_signal_emit(self, signals[CHOOSE_MODEL], 0);
}

static void on_refused(LecTurnRow *self, const char *sentence)
{
    g_signal_emit(self, signals[REFUSED], 0, sentence);
}

static void lec_turn_row_class_init(LecTurnRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    signals[ASK] = g_signal_new("ask", LEC_TYPE_TURN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
    signals[SWITCH] = g_signal_new("switch", LEC_TYPE_TURN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_INT);
    signals[OPEN_SOURCES] =
        g_signal_new("open-sources", LEC_TYPE_TURN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    signals[CHOOSE_MODEL] = g_signal_new("choose-model", LEC_TYPE_TURN_ROW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[REFUSED] = g_signal_new("refused", LEC_TYPE_TURN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    g_type_ensure(LEC_TYPE_QUESTION_ROW);
    g_type_ensure(LEC_TYPE_ANSWER_ROW);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/turn-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecTurnRow, question_row);
    gtk_widget_class_bind_template_child(widget_class, LecTurnRow, answer_row);
    gtk_widget_class_bind_template_callback(widget_class, on_ask);
    gtk_widget_class_bind_template_callback(widget_class, on_switch);
    gtk_widget_class_bind_template_callback(widget_class, on_again);
    gtk_widget_class_bind_template_callback(widget_class, on_open_sources);
    gtk_widget_class_bind_template_callback(widget_class, on_choose_model);
    gtk_widget_class_bind_template_callback(widget_class, on_refused);
}

static void lec_turn_row_init(LecTurnRow *self)
{
    self->n_siblings = 1;
    gtk_widget_init_template(GTK_WIDGET(self));
}
