/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Markdown (markdown.h) becomes lines (answer-page.h), these the content of one text view
 * (answer-sheet.h), on which the chips, tables and buttons stand as children of this widget
 * (answer-layout.h). One text view, so that a selection goes across the whole answer and a screen
 * reader finds one text.
 *
 *  1. What is appended waits for the next frame; then the stream's unsettled blocks are compared
 *     with the lines that are shown, from `n_final` on. So the cost of a token is that of a block.
 *  2. A finished answer goes through the same comparison as a whole: of a draft that was right only
 *     the chips are new, and a refusal takes its place without the page being empty in between. A
 *     long one is set over several frames, from its head.
 *  3. The caret is shown only when somebody moves it (F7, or Shift and a key), until the focus
 *     leaves: reading is not editing, but a selection can be made without a mouse.
 */
#include "ui/answer-view.h"
#include "app/source.h"
#include "ui/answer-layout.h"
#include "ui/answer-table.h"
#include "ui/markdown.h"

#include <glib/gi18n.h>
#include <string.h>

#define TOOLTIP_CHARS 400
#define SET_BUDGET    1000 /* µs a frame; laying out what was set takes about as much again */

struct _LecAnswerView {
    GtkWidget parent;
    GtkTextView *text; /* (borrowed) template child */

    struct answer_sheet *sheet; /* (owned) */
    MarkdownStream *stream;     /* (owned) of the draft */
    GString *waiting;           /* (owned) appended since the last frame */
    GPtrArray *rest;            /* (owned) lines of a finished answer that do not stand yet */
    guint n_set;                /* those that do */
    guint tick;                 /* callback for the next frame, 0 = none */
    guint n_final;              /* lines that the stream will not change again */
    gboolean finished;
    int height;            /* that it asked for */
    gboolean wrong_height; /* but laid out it is another one */
    gulong on_layout;      /* handler of the frame clock, 0 = none */
    GPtrArray *sources;    /* (owned) of LecSource by number; [0] is NULL */
    GPtrArray *citations;  /* (owned) of strings, the same */
};

G_DEFINE_FINAL_TYPE(LecAnswerView, lec_answer_view, GTK_TYPE_WIDGET)

enum { CITATION_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const struct answer_notes no_notes;

/* --- widgets on the page ------------------------------------------------------------------------
 */

/* A number that no citation has leaves a gap. */
static void source_free(gpointer source)
{
    if (source)
        g_object_unref(source);
}

static LecSource *source_of(LecAnswerView *self, int n)
{
    return n > 0 && (guint)n < self->sources->len ? self->sources->pdata[n] : NULL;
}

static char *short_quote(LecSource *source)
{
    const char *quote = lec_source_get_quote(source);

    if (g_utf8_strlen(quote, -1) <= TOOLTIP_CHARS)
        return g_strdup(quote);
    g_autofree char *start = g_utf8_substring(quote, 0, TOOLTIP_CHARS);
    return g_strconcat(start, "…", NULL);
}

static void on_chip_clicked(GtkButton *button, LecAnswerView *self)
{
    g_signal_emit(self, signals[CITATION_ACTIVATED], 0,
                  GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "citation")));
}

static GtkWidget *make_chip(GtkWidget *view, int citation)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(view);
    LecSource *source = source_of(self, citation);
    g_autofree char *number = g_strdup_printf("%d", citation), *label = NULL, *quote = NULL;
    GtkWidget *chip = gtk_button_new_with_label(number);

    gtk_widget_add_css_class(chip, "flat");
    gtk_widget_add_css_class(chip, "lec-chip");
    g_object_set_data(G_OBJECT(chip), "citation", GUINT_TO_POINTER((guint)citation));
    g_signal_connect_object(chip, "clicked", G_CALLBACK(on_chip_clicked), self, 0);
    if (source) {
        const char *place = lec_source_get_place(source);
        /* Translators: a source's number, its file name, and "page 17" */
        label = *place ? g_strdup_printf(_("Source %d: %s, %s"), citation,
                                         lec_source_get_name(source), place)
                       : g_strdup_printf(_("Source %d: %s"), citation, lec_source_get_name(source));
        quote = short_quote(source);
        gtk_widget_set_tooltip_text(chip, *quote ? quote : label);
        gtk_accessible_update_property(GTK_ACCESSIBLE(chip), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                       -1);
    }
    return chip;
}

static GtkWidget *make_table(GtkWidget *view)
{
    return answer_table_new();
}

static void fill_table(GtkWidget *view, GtkWidget *table, const struct answer_line *old,
                       const struct answer_line *line)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(view);

    answer_table_fill(table, old, line, answer_sheet_tags(self->sheet), make_chip, view);
}

static void on_copy_clicked(GtkButton *button, LecAnswerView *self)
{
    const struct answer_line *line = answer_sheet_line_of(self->sheet, GTK_WIDGET(button));

    if (line)
        gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), line->text.text->str);
}

static GtkWidget *make_copy(GtkWidget *view)
{
    GtkWidget *button = gtk_button_new_from_icon_name("edit-copy-symbolic");

    gtk_widget_add_css_class(button, "flat");
    gtk_widget_add_css_class(button, "lec-code-copy");
    gtk_widget_set_tooltip_text(button, _("Copy"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   _("Copy this code"), -1);
    g_signal_connect_object(button, "clicked", G_CALLBACK(on_copy_clicked), view, 0);
    return button;
}

/* --- text ---------------------------------------------------------------------------------------
 */

static gboolean on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer data);

static void wait_for_frame(LecAnswerView *self)
{
    if (!self->tick)
        self->tick = gtk_widget_add_tick_callback(GTK_WIDGET(self), on_tick, NULL, NULL);
}

static void set_draft(LecAnswerView *self)
{
    const GPtrArray *shown = answer_sheet_lines(self->sheet);
    guint n_settled;

    markdown_stream_append(self->stream, self->waiting->str, self->waiting->len);
    g_string_truncate(self->waiting, 0);
    GPtrArray *blocks = markdown_stream_blocks(self->stream, &n_settled);
    g_autoptr(GPtrArray) lines = answer_page_lines(
        blocks, self->n_final, self->n_final ? shown->pdata[self->n_final - 1] : NULL, &no_notes);
    answer_sheet_set(self->sheet, self->n_final, lines, 0);
    self->n_final = n_settled;
}

/* Sets what waits: all of it, or as much as `budget` µs allow; the rest with the next frame. */
static void set_waiting(LecAnswerView *self, gint64 budget)
{
    if (self->waiting->len)
        set_draft(self);
    if (self->rest->len)
        self->n_set += answer_sheet_set(self->sheet, self->n_set, self->rest,
                                        budget ? g_get_monotonic_time() + budget : 0);
    if (self->rest->len)
        wait_for_frame(self);
}

static gboolean on_tick(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);

    self->tick = 0; /* removed by what this returns */
    set_waiting(self, SET_BUDGET);
    return G_SOURCE_REMOVE;
}

/* Forgets what waits. */
static void drop_waiting(LecAnswerView *self)
{
    if (self->tick)
        gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->tick);
    self->tick = 0;
    g_string_truncate(self->waiting, 0);
    g_ptr_array_set_size(self->rest, 0);
}

void lec_answer_view_clear(LecAnswerView *self)
{
    g_return_if_fail(LEC_IS_ANSWER_VIEW(self));
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();

    drop_waiting(self);
    answer_sheet_set(self->sheet, 0, nothing, 0);
    markdown_stream_free(self->stream);
    self->stream = markdown_stream_new();
    self->n_final = 0;
    self->finished = FALSE;
    g_ptr_array_set_size(self->sources, 0);
    g_ptr_array_set_size(self->citations, 0);
}

void lec_answer_view_append(LecAnswerView *self, const char *text)
{
    g_return_if_fail(LEC_IS_ANSWER_VIEW(self));
    g_return_if_fail(text != NULL);
    if (self->finished)
        lec_answer_view_clear(self);
    g_string_append(self->waiting, text);
    wait_for_frame(self);
}

static void take_sources(LecAnswerView *self, const RagAnswer *answer)
{
    for (guint i = 0; answer->citations && i < answer->citations->len; i++) {
        LecSource *source = lec_source_from_citation(answer, i);
        guint n = lec_source_get_number(source);
        if (n >= self->sources->len) {
            g_ptr_array_set_size(self->sources, (int)n + 1);
            g_ptr_array_set_size(self->citations, (int)n + 1);
        }
        source_free(self->sources->pdata[n]);
        g_free(self->citations->pdata[n]);
        self->sources->pdata[n] = source;
        self->citations->pdata[n] = lec_source_citation(source);
    }
}

void lec_answer_view_finish(LecAnswerView *self, const RagAnswer *answer)
{
    g_return_if_fail(LEC_IS_ANSWER_VIEW(self));
    g_return_if_fail(answer != NULL);
    guint n = answer->sentences ? answer->sentences->len : 0;
    g_autofree struct markdown_end *ends = g_new0(struct markdown_end, n + 1);
    g_autofree int *citations = g_new0(int, n + 1);
    const struct answer_notes notes = {citations, n, answer->supported && answer->from_documents};

    if (self->finished)
        lec_answer_view_clear(self);
    drop_waiting(self);
    self->finished = TRUE;
    take_sources(self, answer);
    for (guint i = 0; i < n; i++) {
        const struct rag_sentence *sentence =
            &g_array_index(answer->sentences, struct rag_sentence, i);
        citations[i] = sentence->citation;
        ends[i] = (struct markdown_end){sentence->to, i, sentence->citation > 0};
    }
    g_autoptr(GPtrArray) blocks = markdown_blocks(answer->text, strlen(answer->text), ends, n);
    g_ptr_array_unref(self->rest);
    self->rest = answer_page_lines(blocks, 0, NULL, &notes);
    self->n_set = 0;
    set_waiting(self, SET_BUDGET);
}

static char *copy_range(LecAnswerView *self, guint from, guint to, bool whole)
{
    return answer_page_copy(answer_sheet_lines(self->sheet), from, to,
                            (const char *const *)self->citations->pdata, self->citations->len,
                            whole);
}

char *lec_answer_view_copy_text(LecAnswerView *self)
{
    g_return_val_if_fail(LEC_IS_ANSWER_VIEW(self), NULL);
    set_waiting(self, 0);
    return copy_range(self, 0, G_MAXUINT, true);
}

/* --- what the text view is asked ----------------------------------------------------------------
 */

static void on_copy(GtkTextView *text, LecAnswerView *self)
{
    GtkTextIter from, to;

    g_signal_stop_emission_by_name(text, "copy-clipboard");
    if (!gtk_text_buffer_get_selection_bounds(gtk_text_view_get_buffer(text), &from, &to))
        return;
    g_autofree char *copied = copy_range(self, (guint)gtk_text_iter_get_offset(&from),
                                         (guint)gtk_text_iter_get_offset(&to), false);
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(text)), copied);
}

static gboolean on_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard,
                                 GtkTooltip *tooltip, LecAnswerView *self)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->text);
    GtkTextIter iter;

    if (keyboard) {
        gtk_text_buffer_get_iter_at_mark(buffer, &iter, gtk_text_buffer_get_insert(buffer));
    } else {
        gtk_text_view_window_to_buffer_coords(self->text, GTK_TEXT_WINDOW_WIDGET, x, y, &x, &y);
        if (!gtk_text_view_get_iter_at_location(self->text, &iter, x, y))
            return FALSE;
    }
    const struct answer_stretch *stretch = answer_page_stretch(
        answer_sheet_lines(self->sheet), (guint)gtk_text_iter_get_offset(&iter));
    if (!stretch || !stretch->unsupported)
        return FALSE;
    gtk_tooltip_set_text(tooltip, _("No passage supports this sentence."));
    return TRUE;
}

/* Nobody sees the caret where reading began: it starts at the text's head. */
static void show_caret(LecAnswerView *self)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->text);
    GtkTextIter at;

    if (gtk_text_view_get_cursor_visible(self->text))
        return;
    gtk_text_view_set_cursor_visible(self->text, TRUE);
    gtk_text_buffer_get_iter_at_mark(buffer, &at, gtk_text_buffer_get_insert(buffer));
    if (gtk_text_buffer_get_has_selection(buffer) || !gtk_text_iter_is_end(&at))
        return;
    gtk_text_buffer_get_start_iter(buffer, &at);
    gtk_text_buffer_place_cursor(buffer, &at);
}

static gboolean on_key(GtkEventControllerKey *controller, guint key, guint code,
                       GdkModifierType state, LecAnswerView *self)
{
    static const guint moves[] = {GDK_KEY_Left, GDK_KEY_Right, GDK_KEY_Up,      GDK_KEY_Down,
                                  GDK_KEY_Home, GDK_KEY_End,   GDK_KEY_Page_Up, GDK_KEY_Page_Down};

    if (key == GDK_KEY_F7) {
        if (gtk_text_view_get_cursor_visible(self->text))
            gtk_text_view_set_cursor_visible(self->text, FALSE);
        else
            show_caret(self);
        return GDK_EVENT_STOP;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(moves) && state & GDK_SHIFT_MASK; i++) {
        if (key == moves[i])
            show_caret(self);
    }
    return GDK_EVENT_PROPAGATE;
}

static void on_focus_left(GtkEventControllerFocus *controller, LecAnswerView *self)
{
    gtk_text_view_set_cursor_visible(self->text, FALSE);
}

/* The page follows the end of a selection that is drawn or typed: the text view does not scroll. */
static void on_mark_set(GtkTextBuffer *buffer, const GtkTextIter *at, GtkTextMark *mark,
                        LecAnswerView *self)
{
    GtkWidget *page = gtk_widget_get_ancestor(GTK_WIDGET(self), GTK_TYPE_SCROLLED_WINDOW);
    graphene_point_t point;
    GdkRectangle spot;

    if (mark != gtk_text_buffer_get_insert(buffer) || !page ||
        !gtk_widget_has_focus(GTK_WIDGET(self->text)))
        return;
    gtk_text_view_get_iter_location(self->text, at, &spot);
    if (!gtk_widget_compute_point(GTK_WIDGET(self->text), page,
                                  &GRAPHENE_POINT_INIT((float)spot.x, (float)spot.y), &point))
        return;
    GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(page));
    double y = gtk_adjustment_get_value(adjustment) + point.y;
    gtk_adjustment_clamp_page(adjustment, y, y + spot.height);
}

/* --- the widget --------------------------------------------------------------------------------
 */

static void lec_answer_view_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                                    int *minimum, int *natural, int *minimum_baseline,
                                    int *natural_baseline)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);

    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
        gtk_widget_measure(GTK_WIDGET(self->text), orientation, for_size, minimum, NULL, NULL,
                           NULL);
        *natural = MAX(*minimum, answer_tags_measures(answer_sheet_tags(self->sheet))->measure);
    } else {
        self->height = answer_layout_height(self->sheet, self->text, for_size);
        *minimum = *natural = self->height;
    }
}

static void lec_answer_view_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);

    answer_layout_allocate(self->sheet, widget, self->text, width, height);
    self->wrong_height = answer_layout_height(self->sheet, self->text, width) != self->height;
}

/* Comes after all is allocated: what is asked for now GTK does before it draws. */
static void after_layout(GdkFrameClock *clock, LecAnswerView *self)
{
    if (self->wrong_height)
        gtk_widget_queue_resize(GTK_WIDGET(self));
    self->wrong_height = FALSE;
}

static void lec_answer_view_realize(GtkWidget *widget)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);

    GTK_WIDGET_CLASS(lec_answer_view_parent_class)->realize(widget);
    self->on_layout = g_signal_connect_after(gtk_widget_get_frame_clock(widget), "layout",
                                             G_CALLBACK(after_layout), self);
}

static void lec_answer_view_unrealize(GtkWidget *widget)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);

    g_clear_signal_handler(&self->on_layout, gtk_widget_get_frame_clock(widget));
    GTK_WIDGET_CLASS(lec_answer_view_parent_class)->unrealize(widget);
}

static GtkSizeRequestMode lec_answer_view_get_request_mode(GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void lec_answer_view_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);

    answer_layout_snapshot(self->sheet, widget, self->text, snapshot);
    GTK_WIDGET_CLASS(lec_answer_view_parent_class)->snapshot(widget, snapshot);
}

static void take_measures(LecAnswerView *self)
{
    struct answer_tags *tags = answer_sheet_tags(self->sheet);

    if (!answer_tags_measure(tags, GTK_WIDGET(self)))
        return;
    gtk_text_view_set_pixels_inside_wrap(self->text, answer_tags_measures(tags)->wrap);
    answer_sheet_forget_spots(self->sheet);
}

static void lec_answer_view_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);

    GTK_WIDGET_CLASS(lec_answer_view_parent_class)->css_changed(widget, change);
    if (self->sheet)
        take_measures(self);
}

/* Tab goes to the text, then through chips and buttons in reading order. */
static gboolean lec_answer_view_focus(GtkWidget *widget, GtkDirectionType direction)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(widget);
    g_autoptr(GPtrArray) chain = g_ptr_array_new();
    const GPtrArray *lines = answer_sheet_lines(self->sheet);
    int step = direction == GTK_DIR_TAB_BACKWARD ? -1 : 1;
    guint at;

    if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
        return GTK_WIDGET_CLASS(lec_answer_view_parent_class)->focus(widget, direction);
    g_ptr_array_add(chain, self->text);
    for (guint i = 0; i < lines->len; i++) {
        const struct answer_line *line = lines->pdata[i];
        for (guint k = 0; line->places && k < line->places->len; k++)
            g_ptr_array_add(chain, ((struct answer_place *)line->places->pdata[k])->widget);
    }
    if (!g_ptr_array_find(chain, gtk_widget_get_focus_child(widget), &at))
        at = step > 0 ? 0 : chain->len - 1;
    for (; at < chain->len; at += (guint)step) { /* below 0 it wraps, and ends */
        if (gtk_widget_child_focus(chain->pdata[at], direction))
            return TRUE;
    }
    return FALSE;
}

static void lec_answer_view_dispose(GObject *object)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(object);

    drop_waiting(self);
    g_clear_pointer(&self->sheet, answer_sheet_free);
    if (self->text)
        gtk_widget_unparent(GTK_WIDGET(g_steal_pointer(&self->text)));
    G_OBJECT_CLASS(lec_answer_view_parent_class)->dispose(object);
}

static void lec_answer_view_finalize(GObject *object)
{
    LecAnswerView *self = LEC_ANSWER_VIEW(object);

    markdown_stream_free(self->stream);
    g_string_free(self->waiting, TRUE);
    g_ptr_array_unref(self->rest);
    g_ptr_array_unref(self->sources);
    g_ptr_array_unref(self->citations);
    G_OBJECT_CLASS(lec_answer_view_parent_class)->finalize(object);
}

static void lec_answer_view_class_init(LecAnswerViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_answer_view_dispose;
    G_OBJECT_CLASS(class)->finalize = lec_answer_view_finalize;
    widget_class->measure = lec_answer_view_measure;
    widget_class->realize = lec_answer_view_realize;
    widget_class->unrealize = lec_answer_view_unrealize;
    widget_class->get_request_mode = lec_answer_view_get_request_mode;
    widget_class->size_allocate = lec_answer_view_size_allocate;
    widget_class->snapshot = lec_answer_view_snapshot;
    widget_class->css_changed = lec_answer_view_css_changed;
    widget_class->focus = lec_answer_view_focus;
    signals[CITATION_ACTIVATED] =
        g_signal_new("citation-activated", LEC_TYPE_ANSWER_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                     NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/answer-view.ui");
    gtk_widget_class_bind_template_child(widget_class, LecAnswerView, text);
    gtk_widget_class_bind_template_callback(widget_class, on_copy);
    gtk_widget_class_bind_template_callback(widget_class, on_query_tooltip);
    gtk_widget_class_bind_template_callback(widget_class, on_key);
    gtk_widget_class_bind_template_callback(widget_class, on_focus_left);
    gtk_widget_class_set_css_name(widget_class, "lec-answer");
}

static void lec_answer_view_init(LecAnswerView *self)
{
    static const struct answer_makers makers = {make_chip, make_table, make_copy, fill_table};

    self->stream = markdown_stream_new();
    self->waiting = g_string_new(NULL);
    self->rest = g_ptr_array_new_with_free_func((GDestroyNotify)answer_line_free);
    self->sources = g_ptr_array_new_with_free_func(source_free);
    self->citations = g_ptr_array_new_with_free_func(g_free);
    gtk_widget_init_template(GTK_WIDGET(self));
    self->sheet = answer_sheet_new(gtk_text_view_get_buffer(self->text), &makers, GTK_WIDGET(self));
    g_signal_connect_object(gtk_text_view_get_buffer(self->text), "mark-set",
                            G_CALLBACK(on_mark_set), self, 0);
    take_measures(self);
    gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
}

LecAnswerView *lec_answer_view_new(void)
{
    return g_object_new(LEC_TYPE_ANSWER_VIEW, NULL);
}
