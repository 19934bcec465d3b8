/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why not a GtkTextChildAnchor: a text view lays out every line with an anchored child again each
 * time it is measured, so that a hundred chips cost 18 ms whenever the text grows by a line.
 */
#include "ui/answer-space.h"

struct _LecAnswerSpace {
    GObject parent;
    int width, height;
};

static void paintable_init(GdkPaintableInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE(LecAnswerSpace, lec_answer_space, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(GDK_TYPE_PAINTABLE, paintable_init))

static void snapshot(GdkPaintable *paintable, GdkSnapshot *shot, double width, double height)
{
}

static int intrinsic_width(GdkPaintable *paintable)
{
    return LEC_ANSWER_SPACE(paintable)->width;
}

static int intrinsic_height(GdkPaintable *paintable)
{
    return LEC_ANSWER_SPACE(paintable)->height;
}

static void paintable_init(GdkPaintableInterface *interface)
{
    interface->snapshot = snapshot;
    interface->get_intrinsic_width = intrinsic_width;
    interface->get_intrinsic_height = intrinsic_height;
}

static void lec_answer_space_class_init(LecAnswerSpaceClass *class)
{
}

static void lec_answer_space_init(LecAnswerSpace *self)
{
    self->width = self->height = 1;
}

LecAnswerSpace *lec_answer_space_new(int width, int height)
{
    LecAnswerSpace *self = g_object_new(LEC_TYPE_ANSWER_SPACE, NULL);

    /* zero would mean "any size" */
    self->width = MAX(1, width);
    self->height = MAX(1, height);
    return self;
}

void lec_answer_space_set_size(LecAnswerSpace *self, int width, int height)
{
    g_return_if_fail(LEC_IS_ANSWER_SPACE(self));
    if (self->width == MAX(1, width) && self->height == MAX(1, height))
        return;
    self->width = MAX(1, width);
    self->height = MAX(1, height);
    gdk_paintable_invalidate_size(GDK_PAINTABLE(self));
}

int lec_answer_space_get_width(LecAnswerSpace *self)
{
    return self->width;
}

int lec_answer_space_get_height(LecAnswerSpace *self)
{
    return self->height;
}
