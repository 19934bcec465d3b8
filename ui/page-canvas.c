/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page is a texture, drawn at the size that the canvas has: while a sharper one is on its way the
 * old one is stretched. Marks are kept in parts of the page, so they fit at every size; they have
 * an outline besides their colour. Paper stays white in the dark: it is a picture of the document.
 */
#include "ui/page-canvas.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MARGIN = LEC_PAGE_CANVAS_MARGIN, MARK_ROOM = 2, DEFAULT_WIDTH = 400 };

struct _LecPageCanvas {
    GtkWidget parent;
    GdkTexture *texture; /* (owned) NULL: no page */
    GArray *marks;       /* (owned) of struct rag_rect, in pixels of the texture */
    int paper_width;     /* 0: as there is room */
    int wanted;          /* the last "width-wanted" */
};

G_DEFINE_FINAL_TYPE(LecPageCanvas, lec_page_canvas, GTK_TYPE_WIDGET)

enum { WIDTH_WANTED, TURN, N_SIGNALS };
static guint signals[N_SIGNALS];

static double aspect(LecPageCanvas *self)
{
    return (double)gdk_texture_get_height(self->texture) / gdk_texture_get_width(self->texture);
}

int lec_page_canvas_get_paper_width(LecPageCanvas *self)
{
    g_return_val_if_fail(LEC_IS_PAGE_CANVAS(self), 0);
    if (self->paper_width)
        return self->paper_width;
    return MAX(1, gtk_widget_get_width(GTK_WIDGET(self)) - 2 * MARGIN);
}

static double scale(LecPageCanvas *self)
{
    return (double)lec_page_canvas_get_paper_width(self) / gdk_texture_get_width(self->texture);
}

static double paper_left(LecPageCanvas *self)
{
    int room = gtk_widget_get_width(GTK_WIDGET(self)) - lec_page_canvas_get_paper_width(self);
    return MAX(MARGIN, room / 2);
}

/* --- size ------------------------------------------------------------------------------------- */

static GtkSizeRequestMode get_request_mode(GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                    int *natural, int *minimum_baseline, int *natural_baseline)
{
    LecPageCanvas *self = LEC_PAGE_CANVAS(widget);
    int paper = self->paper_width;

    if (orientation == GTK_ORIENTATION_HORIZONTAL) {
        *minimum = paper ? paper + 2 * MARGIN : 2 * MARGIN + 1;
        *natural = (paper ? paper : DEFAULT_WIDTH) + 2 * MARGIN;
        return;
    }
    if (!paper)
        paper = MAX(1, (for_size < 0 ? DEFAULT_WIDTH : for_size) - 2 * MARGIN);
    *minimum = *natural =
        self->texture ? (int)ceil(paper * aspect(self)) + 2 * MARGIN : 2 * MARGIN + 1;
}

/* Asks for the page in the screen's own pixels, once for each size. */
static void want_width(LecPageCanvas *self)
{
    int wanted =
        lec_page_canvas_get_paper_width(self) * gtk_widget_get_scale_factor(GTK_WIDGET(self));

    wanted = MIN(wanted, RAG_PAGE_MAX_WIDTH);
    if (!self->texture || wanted == self->wanted ||
        ABS(wanted - gdk_texture_get_width(self->texture)) <= 1)
        return;
    self->wanted = wanted;
    g_signal_emit(self, signals[WIDTH_WANTED], 0, wanted);
}

static void size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    want_width(LEC_PAGE_CANVAS(widget));
}

/* --- drawing ---------------------------------------------------------------------------------- */

static graphene_rect_t mark_on_screen(LecPageCanvas *self, const struct rag_rect *mark)
{
    double s = scale(self);
    graphene_rect_t rect;

    graphene_rect_init(&rect, (float)(paper_left(self) + mark->x * s - MARK_ROOM),
                       (float)(MARGIN + mark->y * s - MARK_ROOM),
                       (float)(mark->width * s + 2 * MARK_ROOM),
                       (float)(mark->height * s + 2 * MARK_ROOM));
    return rect;
}

static void snapshot_marks(LecPageCanvas *self, GtkSnapshot *snapshot)
{
    static const GdkRGBA fill = {1.0f, 0.78f, 0.0f, 0.28f}, line = {0.75f, 0.45f, 0.0f, 1.0f};

    for (guint i = 0; i < self->marks->len; i++) {
        graphene_rect_t rect =
            mark_on_screen(self, &g_array_index(self->marks, struct rag_rect, i));
        GskRoundedRect round;
        gsk_rounded_rect_init_from_rect(&round, &rect, 3);
        gtk_snapshot_append_color(snapshot, &fill, &rect);
        gtk_snapshot_append_border(snapshot, &round, (float[]){1, 1, 1, 1},
                                   (GdkRGBA[]){line, line, line, line});
    }
}

static void snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    static const GdkRGBA shade = {0, 0, 0, 0.25f};
    LecPageCanvas *self = LEC_PAGE_CANVAS(widget);
    graphene_rect_t paper;
    GskRoundedRect edge;

    if (!self->texture)
        return;
    int width = lec_page_canvas_get_paper_width(self);
    graphene_rect_init(&paper, (float)paper_left(self), MARGIN, (float)width,
                       (float)(width * aspect(self)));
    gsk_rounded_rect_init_from_rect(&edge, &paper, 0);
    gtk_snapshot_append_outset_shadow(snapshot, &edge, &shade, 0, 1, 1, 4);
    gtk_snapshot_append_texture(snapshot, self->texture, &paper);
    snapshot_marks(self, snapshot);
}

/* --- what it shows ---------------------------------------------------------------------------- */

/* A screen reader hears which page it is, and then its text. */
static void describe(LecPageCanvas *self, const RagPage *page)
{
    g_autofree char *name =
        page ? g_strdup_printf(_("Page %d of %d"), page->page, page->n_pages) : g_strdup("");

    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, page ? page->text : "", -1);
}

void lec_page_canvas_set_page(LecPageCanvas *self, RagPage *page)
{
    g_return_if_fail(LEC_IS_PAGE_CANVAS(self));
    g_clear_object(&self->texture);
    g_array_set_size(self->marks, 0);
    if (page) {
        gsize n = (gsize)page->stride * (gsize)page->height;
        g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&page->pixels), n);
        self->texture = gdk_memory_texture_new(page->width, page->height, GDK_MEMORY_DEFAULT, bytes,
                                               (gsize)page->stride);
        g_array_append_vals(self->marks, page->rects->data, page->rects->len);
    } else {
        self->wanted =
            0; /* kept with a page: one that cannot be drawn so large is not asked anew */
    }
    describe(self, page);
    gtk_widget_queue_resize(GTK_WIDGET(self));
}

void lec_page_canvas_set_paper_width(LecPageCanvas *self, int width)
{
    g_return_if_fail(LEC_IS_PAGE_CANVAS(self));
    self->paper_width = width;
    gtk_widget_queue_resize(GTK_WIDGET(self));
}

gboolean lec_page_canvas_get_mark(LecPageCanvas *self, double *top, double *bottom)
{
    g_return_val_if_fail(LEC_IS_PAGE_CANVAS(self), FALSE);
    if (!self->texture || !self->marks->len)
        return FALSE;
    const struct rag_rect *first = &g_array_index(self->marks, struct rag_rect, 0);
    const struct rag_rect *last =
        &g_array_index(self->marks, struct rag_rect, self->marks->len - 1);
    *top = MARGIN + first->y * scale(self);
    *bottom = MARGIN + (last->y + last->height) * scale(self);
    return TRUE;
}

/* --- the type --------------------------------------------------------------------------------- */

/* Page Up and Down scroll; where there is nothing left to scroll they turn the page. */
static gboolean turn(GtkWidget *widget, GVariant *args, gpointer data)
{
    GtkWidget *scrolled = gtk_widget_get_ancestor(widget, GTK_TYPE_SCROLLED_WINDOW);
    int step = g_variant_get_int32(args);

    if (scrolled) {
        GtkAdjustment *place = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scrolled));
        double end = gtk_adjustment_get_upper(place) - gtk_adjustment_get_page_size(place);
        double left = step < 0 ? gtk_adjustment_get_value(place) - gtk_adjustment_get_lower(place)
                               : end - gtk_adjustment_get_value(place);
        if (left > 1)
            return FALSE;
    }
    g_signal_emit(widget, signals[TURN], 0, step);
    return TRUE;
}

static void pressed(GtkGestureClick *gesture, int n, double x, double y, GtkWidget *self)
{
    gtk_widget_grab_focus(self);
}

static void finalize(GObject *object)
{
    LecPageCanvas *self = LEC_PAGE_CANVAS(object);

    g_clear_object(&self->texture);
    g_array_unref(self->marks);
    G_OBJECT_CLASS(lec_page_canvas_parent_class)->finalize(object);
}

static void lec_page_canvas_class_init(LecPageCanvasClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->finalize = finalize;
    widget_class->get_request_mode = get_request_mode;
    widget_class->measure = measure;
    widget_class->size_allocate = size_allocate;
    widget_class->snapshot = snapshot;
    signals[WIDTH_WANTED] = g_signal_new("width-wanted", LEC_TYPE_PAGE_CANVAS, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
    signals[TURN] = g_signal_new("turn", LEC_TYPE_PAGE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_INT);
    gtk_widget_class_add_binding(widget_class, GDK_KEY_Page_Up, 0, turn, "i", -1);
    gtk_widget_class_add_binding(widget_class, GDK_KEY_KP_Page_Up, 0, turn, "i", -1);
    gtk_widget_class_add_binding(widget_class, GDK_KEY_Page_Down, 0, turn, "i", 1);
    gtk_widget_class_add_binding(widget_class, GDK_KEY_KP_Page_Down, 0, turn, "i", 1);
    gtk_widget_class_set_css_name(widget_class, "page-canvas");
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void lec_page_canvas_init(LecPageCanvas *self)
{
    GtkGesture *click = gtk_gesture_click_new();

    self->marks = g_array_new(FALSE, FALSE, sizeof(struct rag_rect));
    gtk_widget_set_focusable(GTK_WIDGET(self), TRUE);
    g_signal_connect(click, "pressed", G_CALLBACK(pressed), self);
    gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(click));
}
