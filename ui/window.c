/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's frame. */
#include "ui/window.h"

struct _LecWindow {
    AdwApplicationWindow parent;
};

G_DEFINE_FINAL_TYPE(LecWindow, lec_window, ADW_TYPE_APPLICATION_WINDOW)

static void lec_window_class_init(LecWindowClass *class)
{
    gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class),
                                                "/org/lectern/Lectern/ui/window.ui");
}

static void lec_window_init(LecWindow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

LecWindow *lec_window_new(LecApplication *application)
{
    return g_object_new(LEC_TYPE_WINDOW, "application", application, NULL);
}
