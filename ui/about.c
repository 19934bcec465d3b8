/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The libraries are those of README.md, "Libraries used"; each with its licence. */
#include "ui/about.h"
#include "config.h"
#include <adwaita.h>
#include <glib/gi18n.h>

static const struct {
    const char *name, *copyright;
    GtkLicense licence;
    const char *text; /* where GTK has no text of it */
} libraries[] = {
    {"poppler", "© The Poppler developers and Derek Noonburg", GTK_LICENSE_GPL_2_0, NULL},
    {"GTK, GLib, libadwaita, JSON-GLib", "© The GNOME project", GTK_LICENSE_LGPL_2_1, NULL},
    {"libseccomp", "© The libseccomp authors", GTK_LICENSE_LGPL_2_1_ONLY, NULL},
    {"libxml2", "© Daniel Veillard and others", GTK_LICENSE_MIT_X11, NULL},
    {"cmark-gfm", "© John MacFarlane, GitHub and others", GTK_LICENSE_BSD, NULL},
    {"uchardet", "© Netscape Communications and others", GTK_LICENSE_MPL_2_0, NULL},
    {"FAISS", "© Meta Platforms and affiliates", GTK_LICENSE_MIT_X11, NULL},
    {"OpenBLAS", "© The OpenBLAS project", GTK_LICENSE_BSD_3, NULL},
    {"SQLite", "D. Richard Hipp and others", GTK_LICENSE_CUSTOM,
     N_("SQLite is in the public domain.")},
};

static GtkWidget *new_about(GtkWindow *parent)
{
    g_autofree char *version =
        g_strdup_printf("%s%s%s", LECTERN_VERSION, *LECTERN_COMMIT ? ", " : "", LECTERN_COMMIT);
    GtkWidget *about = adw_about_window_new();
    AdwAboutWindow *window = ADW_ABOUT_WINDOW(about);

    g_object_set(about, "transient-for", parent, "modal", parent != NULL, "application-name",
                 _("Lectern"), "application-icon", "org.lectern.Lectern", "developer-name",
                 _("The Lectern developers"), "version", version, "license-type",
                 GTK_LICENSE_GPL_3_0, "copyright", _("© 2026 The Lectern developers"), "comments",
                 _("Lectern answers questions from your own documents and shows the page that "
                   "each sentence stands on. Nothing leaves this computer: the program cannot "
                   "open a connection to the internet."),
                 /* Translators: your names, a line each */
                 "translator-credits", _("translator-credits"), NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(libraries); i++)
        adw_about_window_add_legal_section(window, libraries[i].name, libraries[i].copyright,
                                           libraries[i].licence,
                                           libraries[i].text ? _(libraries[i].text) : NULL);
    return about;
}

void lec_about_show(GtkWindow *parent)
{
    gtk_window_present(GTK_WINDOW(new_about(parent)));
}
