/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Undo instead of "Are you sure?": the removal is pending as long as its toast is there. A toast
 * that waits behind another one keeps its removal pending too; the library commits what is left
 * when it is closed, so that none is lost.
 */
#include "ui/undo-toast.h"
#include <adwaita.h>
#include <glib/gi18n.h>

#define NARROW 700 /* pixels */

struct removal {
    LecLibrary *library; /* (owned) */
    guint token;
};

static void removal_free(gpointer data, GClosure *closure)
{
    struct removal *removal = data;

    g_object_unref(removal->library);
    g_free(removal);
}

static void on_undo(AdwToast *toast, struct removal *removal)
{
    lec_library_removal_undo(removal->library, removal->token);
}

/* After Undo too, where the token is no longer pending. */
static void on_dismissed(AdwToast *toast, struct removal *removal)
{
    lec_library_removal_commit(removal->library, removal->token);
}

/* Takes the toast. A toast's own title is one line, which is less than a sentence on a narrow
   window; a label of its own wraps, but a toast asks for its height before it knows its width, so
   the width is told in characters. */
static gboolean show(GtkWidget *widget, AdwToast *toast, const char *title)
{
    GtkWidget *overlay = gtk_widget_get_ancestor(widget, ADW_TYPE_TOAST_OVERLAY);
    GtkWidget *label;
    gboolean narrow;

    if (!overlay) {
        g_object_unref(toast);
        return FALSE;
    }
    narrow = gtk_widget_get_width(overlay) < NARROW;
    label = gtk_label_new(title);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars(GTK_LABEL(label),
                                  narrow ? (adw_toast_get_button_label(toast) ? 16 : 26) : 60);
    gtk_label_set_lines(GTK_LABEL(label), 5);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_widget_add_css_class(label, "heading");
    adw_toast_set_custom_title(toast, label);
    adw_toast_overlay_add_toast(ADW_TOAST_OVERLAY(overlay), toast);
    return TRUE;
}

void lec_toast_show(GtkWidget *anywhere_in_window, const char *title)
{
    g_return_if_fail(GTK_IS_WIDGET(anywhere_in_window));

    show(anywhere_in_window, adw_toast_new(""), title);
}

void lec_undo_toast_show(GtkWidget *anywhere_in_window, const char *title, LecLibrary *library,
                         guint removal_token)
{
    AdwToast *toast;
    struct removal *removal;

    g_return_if_fail(GTK_IS_WIDGET(anywhere_in_window));
    g_return_if_fail(LEC_IS_LIBRARY(library));

    toast = adw_toast_new("");
    removal = g_new(struct removal, 1);
    *removal = (struct removal){.library = g_object_ref(library), .token = removal_token};
    adw_toast_set_button_label(toast, _("Undo"));
    g_signal_connect(toast, "button-clicked", G_CALLBACK(on_undo), removal);
    g_signal_connect_data(toast, "dismissed", G_CALLBACK(on_dismissed), removal, removal_free, 0);
    if (!show(anywhere_in_window, toast, title))
        lec_library_removal_commit(library, removal_token); /* nobody could undo it */
}
