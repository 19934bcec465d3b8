/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zoom is a number of steps from the width that there is room for. At step 0 the page follows the
 * pane's width; at another it keeps its own and can be scrolled sideways. A new width is asked for
 * when it has stood still for a moment, so that dragging the pane's edge draws nothing.
 */
#include "ui/page-view.h"

#include "ui/page-canvas.h"
#include <math.h>

enum { REST_MS = 150, MIN_STEP = -4, MAX_STEP = 8, MIN_PAPER = 80, USUAL_PAPER = 400 };
#define STEP_FACTOR 1.25

struct _LecPageView {
    GtkWidget parent;
    GtkWidget *overlay; /* (borrowed) template children */
    GtkScrolledWindow *scrolled;
    LecPageCanvas *canvas;
    GtkWidget *smaller, *fit, *larger;
    int step;
    int wanted;         /* pixels, asked for when the size rests */
    guint rest, arrive; /* sources; 0: none */
    double scrolled_by; /* parts of a zoom step that a touchpad has gathered */
};

G_DEFINE_FINAL_TYPE(LecPageView, lec_page_view, GTK_TYPE_WIDGET)

enum { WIDTH_WANTED, TURN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- size ------------------------------------------------------------------------------------- */

static gboolean has_rested(gpointer data)
{
    LecPageView *self = data;

    self->rest = 0;
    g_signal_emit(self, signals[WIDTH_WANTED], 0, self->wanted);
    return G_SOURCE_REMOVE;
}

static void on_width_wanted(LecPageView *self, int width)
{
    self->wanted = width;
    g_clear_handle_id(&self->rest, g_source_remove);
    self->rest = g_timeout_add(REST_MS, has_rested, self);
}

/* Logical pixels of paper that there is room for. What is not shown yet has no size, or an old one;
   its parent has. */
static int fitting_width(LecPageView *self)
{
    GtkWidget *parent = gtk_widget_get_parent(GTK_WIDGET(self));
    int width = parent ? gtk_widget_get_width(parent) - 2 * LEC_PAGE_CANVAS_MARGIN : 0;

    return width < MIN_PAPER ? USUAL_PAPER : width;
}

int lec_page_view_get_pixel_width(LecPageView *self)
{
    g_return_val_if_fail(LEC_IS_PAGE_VIEW(self), 1);
    int width = self->step ? lec_page_canvas_get_paper_width(self->canvas) : fitting_width(self);

    return MIN(width * gtk_widget_get_scale_factor(GTK_WIDGET(self)), RAG_PAGE_MAX_WIDTH);
}

static void update_buttons(LecPageView *self)
{
    gtk_widget_set_sensitive(self->smaller, self->step > MIN_STEP);
    gtk_widget_set_sensitive(self->fit, self->step != 0);
    gtk_widget_set_sensitive(self->larger, self->step < MAX_STEP);
}

void lec_page_view_zoom(LecPageView *self, int step)
{
    g_return_if_fail(LEC_IS_PAGE_VIEW(self));
    int before = self->step;

    self->step = step ? CLAMP(before + step, MIN_STEP, MAX_STEP) : 0;
    if (self->step == before)
        return;
    int width = (int)round(fitting_width(self) * pow(STEP_FACTOR, self->step));
    gtk_scrolled_window_set_policy(
        self->scrolled, self->step ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    lec_page_canvas_set_paper_width(self->canvas, self->step ? MAX(width, MIN_PAPER) : 0);
    update_buttons(self);
}

static void on_smaller(LecPageView *self)
{
    lec_page_view_zoom(self, -1);
}

static void on_fit(LecPageView *self)
{
    lec_page_view_zoom(self, 0);
}

static void on_larger(LecPageView *self)
{
    lec_page_view_zoom(self, 1);
}

static gboolean on_scroll(GtkEventControllerScroll *controller, double dx, double dy,
                          LecPageView *self)
{
    GdkModifierType state =
        gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(controller));

    if (!(state & GDK_CONTROL_MASK))
        return GDK_EVENT_PROPAGATE;
    self->scrolled_by += dy;
    if (fabs(self->scrolled_by) >= 1) {
        lec_page_view_zoom(self, self->scrolled_by < 0 ? 1 : -1);
        self->scrolled_by = 0;
    }
    return GDK_EVENT_STOP;
}

/* --- the page --------------------------------------------------------------------------------- */

/* Where the page's start does not show the whole mark, that goes to the upper third. */
static gboolean go_to_mark(gpointer data)
{
    LecPageView *self = data;
    GtkAdjustment *place = gtk_scrolled_window_get_vadjustment(self->scrolled);
    double height = gtk_adjustment_get_page_size(place), top, bottom, value = 0;

    self->arrive = 0;
    if (lec_page_canvas_get_mark(self->canvas, &top, &bottom) && bottom > height)
        value = top - height / 3;
    gtk_adjustment_set_value(place, MAX(value, 0));
    return G_SOURCE_REMOVE;
}

void lec_page_view_set_page(LecPageView *self, RagPage *page, gboolean fresh)
{
    g_return_if_fail(LEC_IS_PAGE_VIEW(self));
    lec_page_canvas_set_page(self->canvas, page);
    if (!fresh)
        return;
    g_clear_handle_id(&self->arrive, g_source_remove);
    /* after the layout, which comes with the next frame */
    self->arrive = g_timeout_add(50, go_to_mark, self);
}

static void on_turn(LecPageView *self, int step)
{
    g_signal_emit(self, signals[TURN], 0, step);
}

/* --- the type --------------------------------------------------------------------------------- */

static gboolean grab_focus(GtkWidget *widget)
{
    return gtk_widget_grab_focus(GTK_WIDGET(LEC_PAGE_VIEW(widget)->canvas));
}

static void dispose(GObject *object)
{
    LecPageView *self = LEC_PAGE_VIEW(object);

    g_clear_handle_id(&self->rest, g_source_remove);
    g_clear_handle_id(&self->arrive, g_source_remove);
    g_clear_pointer(&self->overlay, gtk_widget_unparent);
    G_OBJECT_CLASS(lec_page_view_parent_class)->dispose(object);
}

static void lec_page_view_class_init(LecPageViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(LEC_TYPE_PAGE_CANVAS);
    G_OBJECT_CLASS(class)->dispose = dispose;
    widget_class->grab_focus = grab_focus;
    signals[WIDTH_WANTED] = g_signal_new("width-wanted", LEC_TYPE_PAGE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
    signals[TURN] = g_signal_new("turn", LEC_TYPE_PAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INT);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/page-view.ui");
    gtk_widget_class_bind_template_child(widget_class, LecPageView, overlay);
    gtk_widget_class_bind_template_child(widget_class, LecPageView, scrolled);
    gtk_widget_class_bind_template_child(widget_class, LecPageView, canvas);
    gtk_widget_class_bind_template_child(widget_class, LecPageView, smaller);
    gtk_widget_class_bind_template_child(widget_class, LecPageView, fit);
    gtk_widget_class_bind_template_child(widget_class, LecPageView, larger);
    gtk_widget_class_bind_template_callback(widget_class, on_width_wanted);
    gtk_widget_class_bind_template_callback(widget_class, on_turn);
    gtk_widget_class_bind_template_callback(widget_class, on_smaller);
    gtk_widget_class_bind_template_callback(widget_class, on_fit);
    gtk_widget_class_bind_template_callback(widget_class, on_larger);
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void lec_page_view_init(LecPageView *self)
{
    GtkEventController *scroll =
        gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

    gtk_widget_init_template(GTK_WIDGET(self));
    gtk_event_controller_set_propagation_phase(scroll, GTK_PHASE_CAPTURE);
    g_signal_connect(scroll, "scroll", G_CALLBACK(on_scroll), self);
    gtk_widget_add_controller(GTK_WIDGET(self), scroll);
    update_buttons(self);
}
