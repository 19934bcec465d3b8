/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Undo instead of "Are you sure?": the removal is pending as long as its toast is there. A toast
 * that waits behind another one keeps its removal pending too; the library commits what is left
 * when it is closed, so that none is lost.
 */
#include "ui/undo-toast.h"
#include <adwaita.h>
#include <glib/gi18n.h>

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

/* The sentence is not markup, names of files are in it. */
static AdwToast *new_toast(const char *title)
{
    g_autofree char *markup = g_markup_escape_text(title, -1);
    return adw_toast_new(markup);
}

/* Takes the toast. */
static gboolean show(GtkWidget *widget, AdwToast *toast)
{
    GtkWidget *overlay = gtk_widget_get_ancestor(widget, ADW_TYPE_TOAST_OVERLAY);

    if (overlay)
        adw_toast_overlay_add_toast(ADW_TOAST_OVERLAY(overlay), toast);
    else
        g_object_unref(toast);
    return overlay != NULL;
}

void lec_toast_show(GtkWidget *anywhere_in_window, const char *title)
{
    g_return_if_fail(GTK_IS_WIDGET(anywhere_in_window));

    show(anywhere_in_window, new_toast(title));
}

void lec_undo_toast_show(GtkWidget *anywhere_in_window, const char *title, LecLibrary *library,
                         guint removal_token)
{
    AdwToast *toast;
    struct removal *removal;

    g_return_if_fail(GTK_IS_WIDGET(anywhere_in_window));
    g_return_if_fail(LEC_IS_LIBRARY(library));

    toast = new_toast(title);
    removal = g_new(struct removal, 1);
    *removal = (struct removal){.library = g_object_ref(library), .token = removal_token};
    adw_toast_set_button_label(toast, _("Undo"));
    g_signal_connect(toast, "button-clicked", G_CALLBACK(on_undo), removal);
    g_signal_connect_data(toast, "dismissed", G_CALLBACK(on_dismissed), removal, removal_free, 0);
    if (!show(anywhere_in_window, toast))
        lec_library_removal_commit(library, removal_token); /* nobody could undo it */
}
