/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application object: presents its one window when it is started, or started again. */
#include "ui/application.h"
#include "ui/window.h"

struct _LecApplication {
    AdwApplication parent;
};

G_DEFINE_FINAL_TYPE(LecApplication, lec_application, ADW_TYPE_APPLICATION)

static void lec_application_activate(GApplication *application)
{
    GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(application));

    if (!window)
        window = GTK_WINDOW(lec_window_new(LEC_APPLICATION(application)));
    gtk_window_present(window);
}

static void lec_application_class_init(LecApplicationClass *class)
{
    G_APPLICATION_CLASS(class)->activate = lec_application_activate;
}

static void lec_application_init(LecApplication *self)
{
}

LecApplication *lec_application_new(void)
{
    return g_object_new(LEC_TYPE_APPLICATION, "application-id", "org.lectern.Lectern", NULL);
}
