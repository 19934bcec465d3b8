/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scrolled page whose parts change size while it is read: text grows at the end, cards fold in
 * the middle, earlier turns are added above.
 *
 * 1. At the end, the view stays at the end. A turn that has no text yet, or gets none, is shown
 * from its question on: the best passage stands first, and is not to be scrolled away by the
 * others.
 * 2. Elsewhere it keeps an anchor: the part of a turn that the upper edge of the view stands in (or
 *    the next one, where that is the evidence, which folds), and how far its top is from the edge.
 *    GtkViewport tells of a new size when its child has its new place, and lays out again within
 * the same frame if the value is changed then; so nothing is seen to move.
 * 3. Which of the two holds is decided when the person scrolls, not when the content changes.
 * 4. Rows are made one an iteration of the main loop, from the end on, until one page above the
 * view is there: a row takes some milliseconds, a conversation may have hundreds.
 */
#include "ui/transcript.h"
#include "ui/line-width.h"
#include <math.h>

/* Pixels: of the page, both sides; and how near to its end is at the end. */
#define MARGINS 32
#define AT_END  4.0

struct _LecTranscript {
    GtkWidget parent;
    GtkWidget *overlay;
    GtkScrolledWindow *scroller;
    AdwClamp *clamp;
    GtkBox *rows;
    GtkRevealer *end_revealer;
    GtkAdjustment *adjustment; /* (borrowed) of scroller */
    LecLibrary *library;       /* (owned) */
    LecChat *chat;             /* (owned) */
    GPtrArray *answers;        /* (owned) of LecAnswer */
    guint first_made;          /* index of the first answer that has a row */
    guint make_id;             /* (owned) idle source */
    GtkWidget *anchor;         /* (borrowed, weak) */
    double anchor_y;           /* its top below the view's upper edge */
    GdkFrameClock *clock;      /* (borrowed) while mapped */
    gulong clock_id;
    gboolean following, moving, busy;
    gboolean from_question; /* following, and nobody asked for the very end */
    double upper, page;     /* at the last layout */
    gboolean resized;       /* since then */
};

G_DEFINE_FINAL_TYPE(LecTranscript, lec_transcript, GTK_TYPE_WIDGET)

enum { ASK, SWITCH, OPEN_SOURCES, CHOOSE_MODEL, REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void make_rows(LecTranscript *self);

/* --- where the view stands ----------------------------------------------------------------------
 */

static double end_value(LecTranscript *self)
{
    return gtk_adjustment_get_upper(self->adjustment) -
           gtk_adjustment_get_page_size(self->adjustment);
}

static void move_to(LecTranscript *self, double value)
{
    self->moving = TRUE;
    gtk_adjustment_set_value(self->adjustment, value);
    self->moving = FALSE;
}

static gboolean place_of(LecTranscript *self, GtkWidget *part, double *top, double *height)
{
    graphene_rect_t bounds;

    if (!gtk_widget_get_visible(part) ||
        !gtk_widget_compute_bounds(part, GTK_WIDGET(self->rows), &bounds))
        return FALSE;
    *top = bounds.origin.y;
    *height = bounds.size.height;
    return TRUE;
}

static void set_anchor(LecTranscript *self, GtkWidget *part, double y)
{
    if (self->anchor != part) {
        g_clear_weak_pointer(&self->anchor);
        g_set_weak_pointer(&self->anchor, part);
    }
    self->anchor_y = y;
}

/* The first part of the turn that ends below the edge, evidence apart; FALSE: none. */
static gboolean anchor_in(LecTranscript *self, LecTurnRow *row, double edge)
{
    GtkWidget *part = GTK_WIDGET(lec_turn_row_get_question_row(row));
    double top, height;

    while (part) {
        if (!GTK_IS_REVEALER(part) && place_of(self, part, &top, &height) && top + height > edge) {
            set_anchor(self, part, top - edge);
            return TRUE;
        }
        if (part == GTK_WIDGET(lec_turn_row_get_question_row(row)))
            part = gtk_widget_get_first_child(GTK_WIDGET(lec_turn_row_get_answer_row(row)));
        else
            part = gtk_widget_get_next_sibling(part);
    }
    return FALSE;
}

static void find_anchor(LecTranscript *self)
{
    double edge = gtk_adjustment_get_value(self->adjustment), top, height;

    set_anchor(self, NULL, 0);
    for (GtkWidget *row = gtk_widget_get_first_child(GTK_WIDGET(self->rows)); row;
         row = gtk_widget_get_next_sibling(row)) {
        if (place_of(self, row, &top, &height) && top + height > edge &&
            anchor_in(self, LEC_TURN_ROW(row), edge))
            return;
    }
}

static void show_end_button(LecTranscript *self)
{
    double left = end_value(self) - gtk_adjustment_get_value(self->adjustment);

    gtk_revealer_set_reveal_child(self->end_revealer, !self->following && left > AT_END);
}

static double value_to_follow(LecTranscript *self)
{
    LecTurnRow *last = lec_transcript_get_last(self);
    double top, height;

    if (last && lec_answer_row_has_text(lec_turn_row_get_answer_row(last)))
        self->from_question = FALSE;
    if (!last || !self->from_question || !place_of(self, GTK_WIDGET(last), &top, &height))
        return end_value(self);
    return MIN(end_value(self), top);
}

static void on_resized(LecTranscript *self)
{
    self->resized = TRUE;
}

static void on_layout_done(LecTranscript *self)
{
    double top, height;

    if (!self->resized)
        return;
    self->resized = FALSE;
    self->upper = gtk_adjustment_get_upper(self->adjustment);
    self->page = gtk_adjustment_get_page_size(self->adjustment);
    if (self->following) {
        move_to(self, value_to_follow(self));
    } else if (self->anchor && place_of(self, self->anchor, &top, &height)) {
        double wanted = top - self->anchor_y;

        if (fabs(wanted - gtk_adjustment_get_value(self->adjustment)) >= 1)
            move_to(self, wanted);
    }
    show_end_button(self);
    make_rows(self);
}

/* With another size the value may be cut: nobody scrolled then. */
static void on_scrolled(LecTranscript *self)
{
    if (!self->moving && self->upper == gtk_adjustment_get_upper(self->adjustment) &&
        self->page == gtk_adjustment_get_page_size(self->adjustment)) {
        self->following = gtk_adjustment_get_value(self->adjustment) >= end_value(self) - AT_END;
        self->from_question = FALSE;
        find_anchor(self);
    }
    show_end_button(self);
    make_rows(self);
}

void lec_transcript_go_to_end(LecTranscript *self)
{
    g_return_if_fail(LEC_IS_TRANSCRIPT(self));
    self->following = TRUE;
    self->from_question = FALSE;
    move_to(self, end_value(self));
    show_end_button(self);
}

static void on_end_clicked(LecTranscript *self)
{
    lec_transcript_go_to_end(self);
}

/* --- rows ---------------------------------------------------------------------------------------
 */

static void on_ask(LecTurnRow *row, const char *text, gboolean no_documents, LecTranscript *self)
{
    g_signal_emit(self, signals[ASK], 0, lec_turn_row_get_answer(row), text, no_documents);
}

static void on_switch(LecTurnRow *row, int step, LecTranscript *self)
{
    g_signal_emit(self, signals[SWITCH], 0, lec_turn_row_get_answer(row), step);
}

static void on_open_sources(LecTranscript *self, GListModel *sources, guint position)
{
    g_signal_emit(self, signals[OPEN_SOURCES], 0, sources, position);
}

static void on_choose_model(LecTranscript *self)
{
    g_signal_emit(self, signals[CHOOSE_MODEL], 0);
}

static void on_refused(LecTranscript *self, const char *sentence)
{
    g_signal_emit(self, signals[REFUSED], 0, sentence);
}

static LecTurnRow *make_row(LecTranscript *self, LecAnswer *answer)
{
    LecTurnRow *row = lec_turn_row_new(answer, self->library, self->chat);

    g_signal_connect(row, "ask", G_CALLBACK(on_ask), self);
    g_signal_connect(row, "switch", G_CALLBACK(on_switch), self);
    g_signal_connect_swapped(row, "open-sources", G_CALLBACK(on_open_sources), self);
    g_signal_connect_swapped(row, "choose-model", G_CALLBACK(on_choose_model), self);
    g_signal_connect_swapped(row, "refused", G_CALLBACK(on_refused), self);
    lec_turn_row_set_busy(row, self->busy);
    return row;
}

static void prepend_row(LecTranscript *self)
{
    LecTurnRow *row = make_row(self, self->answers->pdata[--self->first_made]);

    if (!self->following && !self->anchor)
        find_anchor(self);
    gtk_box_prepend(self->rows, GTK_WIDGET(row));
    /* a page that is not full yet has another row, but no other size */
    self->resized = TRUE;
}

static gboolean on_make(gpointer data)
{
    LecTranscript *self = data;

    self->make_id = 0;
    prepend_row(self);
    /* the layout that follows asks for the next one */
    return G_SOURCE_REMOVE;
}

static void make_rows(LecTranscript *self)
{
    double page = gtk_adjustment_get_page_size(self->adjustment);

    if (self->make_id || !self->first_made || gtk_adjustment_get_value(self->adjustment) > page)
        return;
    self->make_id = g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_make, self, NULL);
}

static void remove_rows(LecTranscript *self, guint first)
{
    GtkWidget *row;

    for (guint n = self->answers->len; n > first && n > self->first_made; n--) {
        row = gtk_widget_get_last_child(GTK_WIDGET(self->rows));
        gtk_box_remove(self->rows, row);
    }
    self->first_made = MIN(self->first_made, first);
    g_ptr_array_set_size(self->answers, first);
}

void lec_transcript_show(LecTranscript *self, GPtrArray *answers)
{
    g_return_if_fail(LEC_IS_TRANSCRIPT(self));
    g_clear_handle_id(&self->make_id, g_source_remove);
    remove_rows(self, 0);
    set_anchor(self, NULL, 0);
    self->following = self->from_question = TRUE;
    for (guint i = 0; i < answers->len; i++)
        g_ptr_array_add(self->answers, g_object_ref(answers->pdata[i]));
    self->first_made = answers->len;
    if (answers->len)
        prepend_row(self);
    show_end_button(self);
}

static gboolean same_turn(LecAnswer *a, LecAnswer *b)
{
    return a == b || (lec_answer_get_turn(a) && lec_answer_get_turn(a) == lec_answer_get_turn(b));
}

/* Whether the keyboard is in the row of that turn or in a later one. */
static gboolean has_focus_from(LecTranscript *self, guint first)
{
    for (guint i = first; i < self->answers->len; i++) {
        LecTurnRow *row = lec_transcript_get_row(self, self->answers->pdata[i]);

        if (row && gtk_widget_get_focus_child(GTK_WIDGET(self->rows)) == GTK_WIDGET(row))
            return TRUE;
    }
    return FALSE;
}

void lec_transcript_replace(LecTranscript *self, GPtrArray *answers)
{
    gboolean had_focus;
    guint same = 0;

    g_return_if_fail(LEC_IS_TRANSCRIPT(self));
    while (same < MIN(answers->len, self->answers->len) &&
           same_turn(answers->pdata[same], self->answers->pdata[same]))
        same++;
    if (same < self->first_made) {
        lec_transcript_show(self, answers);
        return;
    }
    self->following = FALSE;
    find_anchor(self);
    had_focus = has_focus_from(self, same);
    remove_rows(self, same);
    for (guint i = same; i < answers->len; i++) {
        g_ptr_array_add(self->answers, g_object_ref(answers->pdata[i]));
        gtk_box_append(self->rows, GTK_WIDGET(make_row(self, answers->pdata[i])));
    }
    if (had_focus && same < answers->len)
        gtk_widget_child_focus(GTK_WIDGET(lec_transcript_get_row(self, answers->pdata[same])),
                               GTK_DIR_TAB_FORWARD);
}

void lec_transcript_append(LecTranscript *self, LecAnswer *answer)
{
    g_return_if_fail(LEC_IS_TRANSCRIPT(self));
    g_ptr_array_add(self->answers, g_object_ref(answer));
    gtk_box_append(self->rows, GTK_WIDGET(make_row(self, answer)));
    self->following = self->from_question = TRUE;
    self->resized = TRUE;
    show_end_button(self);
}

void lec_transcript_truncate(LecTranscript *self, LecAnswer *from)
{
    guint index;

    g_return_if_fail(LEC_IS_TRANSCRIPT(self));
    if (g_ptr_array_find(self->answers, from, &index))
        remove_rows(self, index);
}

guint lec_transcript_get_n_turns(LecTranscript *self)
{
    g_return_val_if_fail(LEC_IS_TRANSCRIPT(self), 0);
    return self->answers->len;
}

LecTurnRow *lec_transcript_get_last(LecTranscript *self)
{
    GtkWidget *row;

    g_return_val_if_fail(LEC_IS_TRANSCRIPT(self), NULL);
    row = gtk_widget_get_last_child(GTK_WIDGET(self->rows));
    return row ? LEC_TURN_ROW(row) : NULL;
}

LecTurnRow *lec_transcript_get_row(LecTranscript *self, LecAnswer *answer)
{
    g_return_val_if_fail(LEC_IS_TRANSCRIPT(self), NULL);
    for (GtkWidget *row = gtk_widget_get_last_child(GTK_WIDGET(self->rows)); row;
         row = gtk_widget_get_prev_sibling(row))
        if (lec_turn_row_get_answer(LEC_TURN_ROW(row)) == answer)
            return LEC_TURN_ROW(row);
    return NULL;
}

gint64 lec_transcript_get_last_turn(LecTranscript *self)
{
    g_return_val_if_fail(LEC_IS_TRANSCRIPT(self), 0);
    for (guint i = self->answers->len; i > 0; i--)
        if (lec_answer_get_turn(self->answers->pdata[i - 1]))
            return lec_answer_get_turn(self->answers->pdata[i - 1]);
    return 0;
}

void lec_transcript_set_busy(LecTranscript *self, gboolean busy)
{
    g_return_if_fail(LEC_IS_TRANSCRIPT(self));
    if (self->busy == busy)
        return;
    self->busy = busy;
    for (GtkWidget *row = gtk_widget_get_first_child(GTK_WIDGET(self->rows)); row;
         row = gtk_widget_get_next_sibling(row))
        lec_turn_row_set_busy(LEC_TURN_ROW(row), busy);
}

void lec_transcript_set_services(LecTranscript *self, LecLibrary *library, LecChat *chat)
{
    g_return_if_fail(LEC_IS_TRANSCRIPT(self));
    g_set_object(&self->library, library);
    g_set_object(&self->chat, chat);
}

/* --- the type -----------------------------------------------------------------------------------
 */

static void lec_transcript_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(lec_transcript_parent_class)->css_changed(widget, change);
    lec_line_width_apply(LEC_TRANSCRIPT(widget)->clamp, MARGINS);
}

static void lec_transcript_map(GtkWidget *widget)
{
    LecTranscript *self = LEC_TRANSCRIPT(widget);

    GTK_WIDGET_CLASS(lec_transcript_parent_class)->map(widget);
    self->clock = gtk_widget_get_frame_clock(widget);
    self->clock_id = g_signal_connect_object(self->clock, "layout", G_CALLBACK(on_layout_done),
                                             self, G_CONNECT_AFTER | G_CONNECT_SWAPPED);
}

static void lec_transcript_unmap(GtkWidget *widget)
{
    LecTranscript *self = LEC_TRANSCRIPT(widget);

    g_clear_signal_handler(&self->clock_id, self->clock);
    self->clock = NULL;
    GTK_WIDGET_CLASS(lec_transcript_parent_class)->unmap(widget);
}

static void lec_transcript_dispose(GObject *object)
{
    LecTranscript *self = LEC_TRANSCRIPT(object);

    g_clear_handle_id(&self->make_id, g_source_remove);
    g_clear_weak_pointer(&self->anchor);
    if (self->adjustment)
        g_signal_handlers_disconnect_by_data(self->adjustment, self);
    self->adjustment = NULL;
    g_clear_pointer(&self->overlay, gtk_widget_unparent);
    g_clear_object(&self->library);
    g_clear_object(&self->chat);
    g_clear_pointer(&self->answers, g_ptr_array_unref);
    G_OBJECT_CLASS(lec_transcript_parent_class)->dispose(object);
}

static void lec_transcript_class_init(LecTranscriptClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_transcript_dispose;
    widget_class->css_changed = lec_transcript_css_changed;
    widget_class->map = lec_transcript_map;
    widget_class->unmap = lec_transcript_unmap;
    signals[ASK] = g_signal_new("ask", LEC_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 3, LEC_TYPE_ANSWER, G_TYPE_STRING, G_TYPE_BOOLEAN);
    signals[SWITCH] = g_signal_new("switch", LEC_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, LEC_TYPE_ANSWER, G_TYPE_INT);
    signals[OPEN_SOURCES] =
        g_signal_new("open-sources", LEC_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                     G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    signals[CHOOSE_MODEL] = g_signal_new("choose-model", LEC_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[REFUSED] = g_signal_new("refused", LEC_TYPE_TRANSCRIPT, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/transcript.ui");
    gtk_widget_class_bind_template_child(widget_class, LecTranscript, overlay);
    gtk_widget_class_bind_template_child(widget_class, LecTranscript, scroller);
    gtk_widget_class_bind_template_child(widget_class, LecTranscript, clamp);
    gtk_widget_class_bind_template_child(widget_class, LecTranscript, rows);
    gtk_widget_class_bind_template_child(widget_class, LecTranscript, end_revealer);
    gtk_widget_class_bind_template_callback(widget_class, on_end_clicked);
}

static void lec_transcript_init(LecTranscript *self)
{
    self->answers = g_ptr_array_new_with_free_func(g_object_unref);
    self->following = TRUE;
    gtk_widget_init_template(GTK_WIDGET(self));
    self->adjustment = gtk_scrolled_window_get_vadjustment(self->scroller);
    g_signal_connect_swapped(self->adjustment, "changed", G_CALLBACK(on_resized), self);
    g_signal_connect_swapped(self->adjustment, "value-changed", G_CALLBACK(on_scrolled), self);
    lec_line_width_apply(self->clamp, MARGINS);
}
