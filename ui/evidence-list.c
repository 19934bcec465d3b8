/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cards of a question's evidence. Three are shown: they fit beside an answer. The best is there
 * within a frame of the moment in which the passages are, each other one a frame later: to lay out
 * three cards at once would take more of a frame than it may. A folded list has no cards
 * until it is opened, as most answers of a long conversation are never unfolded.
 */
#include "ui/evidence-list.h"
#include "rag/rag.h"
#include "ui/evidence-card.h"
#include "ui/fold.h"
#include <glib/gi18n.h>

#define N_FIRST 3

struct _LecEvidenceList {
    GtkBox parent;
    LecFold *fold;
    GtkBox *cards;
    GtkWidget *more_button;
    GListStore *sources; /* (owned) of LecSource */
    guint n_cards, n_wanted;
    guint tick; /* makes the next card in the next frame; 0: none is wanted */
};

G_DEFINE_FINAL_TYPE(LecEvidenceList, lec_evidence_list, GTK_TYPE_BOX)

enum { ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void on_card_activated(LecEvidenceCard *card, LecEvidenceList *self)
{
    guint position;

    if (g_list_store_find(self->sources, lec_evidence_card_get_source(card), &position))
        g_signal_emit(self, signals[ACTIVATED], 0, self->sources, position);
}

static void make_card(LecEvidenceList *self)
{
    g_autoptr(LecSource) source = g_list_model_get_item(G_LIST_MODEL(self->sources), self->n_cards);
    GtkWidget *card = GTK_WIDGET(lec_evidence_card_new(source));

    g_signal_connect(card, "activated", G_CALLBACK(on_card_activated), self);
    gtk_box_insert_child_after(self->cards, card, gtk_widget_get_prev_sibling(self->more_button));
    self->n_cards++;
}

static gboolean on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
    LecEvidenceList *self = LEC_EVIDENCE_LIST(widget);

    if (self->n_cards < self->n_wanted)
        make_card(self);
    if (self->n_cards < self->n_wanted)
        return G_SOURCE_CONTINUE;
    self->tick = 0;
    return G_SOURCE_REMOVE;
}

static void make_cards(LecEvidenceList *self, guint n_wanted)
{
    guint n = g_list_model_get_n_items(G_LIST_MODEL(self->sources));

    self->n_wanted = MIN(n, n_wanted);
    if (self->n_cards < self->n_wanted)
        make_card(self);
    if (self->n_cards < self->n_wanted && !self->tick)
        self->tick = gtk_widget_add_tick_callback(GTK_WIDGET(self), on_tick, NULL, NULL);
    gtk_widget_set_visible(self->more_button, self->n_wanted < n);
    if (self->n_wanted < n) {
        g_autofree char *label = g_strdup_printf(
            ngettext("Show %u More Passage", "Show %u More Passages", n - self->n_wanted),
            n - self->n_wanted);
        gtk_button_set_label(GTK_BUTTON(self->more_button), label);
    }
}

static void on_expanded(LecEvidenceList *self)
{
    if (lec_fold_get_expanded(self->fold))
        make_cards(self, MAX(self->n_wanted, N_FIRST));
}

static void on_more(LecEvidenceList *self)
{
    make_cards(self, G_MAXUINT);
}

void lec_evidence_list_show(LecEvidenceList *self, GPtrArray *hits, gboolean expanded)
{
    GtkWidget *child;

    g_return_if_fail(LEC_IS_EVIDENCE_LIST(self));
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->cards))) != self->more_button)
        gtk_box_remove(self->cards, child);
    self->n_cards = self->n_wanted = 0;
    /* a new list: the viewer may still leaf through the old one */
    g_object_unref(self->sources);
    self->sources = g_list_store_new(LEC_TYPE_SOURCE);
    for (guint i = 0; hits && i < hits->len; i++) {
        g_autoptr(LecSource) source = lec_source_from_hit(hits->pdata[i], i + 1);

        g_list_store_append(self->sources, source);
    }
    gtk_widget_set_visible(GTK_WIDGET(self), hits && hits->len);
    lec_fold_set_expanded(self->fold, expanded);
    on_expanded(self);
}

void lec_evidence_list_set_expanded(LecEvidenceList *self, gboolean expanded)
{
    g_return_if_fail(LEC_IS_EVIDENCE_LIST(self));
    lec_fold_set_expanded(self->fold, expanded);
}

void lec_evidence_list_set_title(LecEvidenceList *self, const char *title)
{
    g_return_if_fail(LEC_IS_EVIDENCE_LIST(self));
    g_object_set(self->fold, "title", title, NULL);
}

GListModel *lec_evidence_list_get_sources(LecEvidenceList *self)
{
    g_return_val_if_fail(LEC_IS_EVIDENCE_LIST(self), NULL);
    return G_LIST_MODEL(self->sources);
}

static void lec_evidence_list_dispose(GObject *object)
{
    g_clear_object(&LEC_EVIDENCE_LIST(object)->sources);
    G_OBJECT_CLASS(lec_evidence_list_parent_class)->dispose(object);
}

static void lec_evidence_list_class_init(LecEvidenceListClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_evidence_list_dispose;
    signals[ACTIVATED] =
        g_signal_new("activated", LEC_TYPE_EVIDENCE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    g_type_ensure(LEC_TYPE_FOLD);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/evidence-list.ui");
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceList, fold);
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceList, cards);
    gtk_widget_class_bind_template_child(widget_class, LecEvidenceList, more_button);
    gtk_widget_class_bind_template_callback(widget_class, on_expanded);
    gtk_widget_class_bind_template_callback(widget_class, on_more);
}

static void lec_evidence_list_init(LecEvidenceList *self)
{
    self->sources = g_list_store_new(LEC_TYPE_SOURCE);
    gtk_widget_init_template(GTK_WIDGET(self));
}
