/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ring in the colour of the text: a faint circle, and over it an arc from the top, clockwise. It
 * does not move by itself: nothing is animated while nothing gets done.
 */
#include "ui/progress-ring.h"
#include <math.h>

#define SIZE  16
#define WIDTH 2.5

struct _LecProgressRing {
    GtkWidget parent;
    double fraction;
};

G_DEFINE_FINAL_TYPE(LecProgressRing, lec_progress_ring, GTK_TYPE_WIDGET)

enum { PROP_FRACTION = 1, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

void lec_progress_ring_set_fraction(LecProgressRing *self, double fraction)
{
    g_return_if_fail(LEC_IS_PROGRESS_RING(self));
    fraction = fraction > 1 ? 1 : fraction < 0 || isnan(fraction) ? -1 : fraction;
    if (self->fraction == fraction)
        return;
    self->fraction = fraction;
    gtk_widget_queue_draw(GTK_WIDGET(self));
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_FRACTION]);
}

static void lec_progress_ring_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    LecProgressRing *self = LEC_PROGRESS_RING(widget);
    const int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
    const double radius = (MIN(width, height) - WIDTH) / 2;
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
    GdkRGBA colour;

    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &colour);
    cairo_translate(cr, width / 2.0, height / 2.0);
    cairo_set_line_width(cr, WIDTH);
    cairo_set_source_rgba(cr, colour.red, colour.green, colour.blue, colour.alpha * 0.25);
    cairo_arc(cr, 0, 0, radius, 0, 2 * G_PI);
    cairo_stroke(cr);
    if (self->fraction > 0) {
        gdk_cairo_set_source_rgba(cr, &colour);
        if (gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL)
            cairo_scale(cr, -1, 1);
        cairo_arc(cr, 0, 0, radius, -G_PI / 2, -G_PI / 2 + 2 * G_PI * self->fraction);
        cairo_stroke(cr);
    }
    cairo_destroy(cr);
}

static void lec_progress_ring_measure(GtkWidget *widget, GtkOrientation orientation, int for_size,
                                      int *minimum, int *natural, int *minimum_baseline,
                                      int *natural_baseline)
{
    *minimum = *natural = SIZE;
}

static void lec_progress_ring_get_property(GObject *object, guint id, GValue *value,
                                           GParamSpec *pspec)
{
    if (id == PROP_FRACTION)
        g_value_set_double(value, LEC_PROGRESS_RING(object)->fraction);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_progress_ring_set_property(GObject *object, guint id, const GValue *value,
                                           GParamSpec *pspec)
{
    if (id == PROP_FRACTION)
        lec_progress_ring_set_fraction(LEC_PROGRESS_RING(object), g_value_get_double(value));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_progress_ring_class_init(LecProgressRingClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_progress_ring_get_property;
    object_class->set_property = lec_progress_ring_set_property;
    widget_class->snapshot = lec_progress_ring_snapshot;
    widget_class->measure = lec_progress_ring_measure;
    properties[PROP_FRACTION] =
        g_param_spec_double("fraction", NULL, NULL, -1, 1, -1,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    /* the word beside it says the same */
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
    gtk_widget_class_set_css_name(widget_class, "progress-ring");
}

static void lec_progress_ring_init(LecProgressRing *self)
{
    self->fraction = -1;
}
