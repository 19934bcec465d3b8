/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other programs are asked over the session bus: the one that opens such files, and the file
 * manager (org.freedesktop.FileManager1, which marks the file). Where no file manager answers to
 * that, the folder is opened like a file.
 */
#include "ui/open-file.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

struct opening {
    GtkWidget *widget; /* (owned) */
    char *path;        /* (owned) */
};

static struct opening *opening_new(GtkWidget *widget, const char *path)
{
    struct opening *opening = g_new(struct opening, 1);

    *opening = (struct opening){.widget = g_object_ref(widget), .path = g_strdup(path)};
    return opening;
}

static void opening_free(struct opening *opening)
{
    g_object_unref(opening->widget);
    g_free(opening->path);
    g_free(opening);
}

static void on_opened(GObject *window, GAsyncResult *result, gpointer data)
{
    struct opening *opening = data;
    g_autoptr(GError) error = NULL;

    if (!gtk_show_uri_full_finish(window ? GTK_WINDOW(window) : NULL, result, &error) &&
        !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
        gtk_widget_get_root(opening->widget)) {
        g_autofree char *name = g_filename_display_basename(opening->path);
        g_autofree char *sentence =
            g_strdup_printf(_("“%s” could not be opened: %s"), name, error->message);

        lec_toast_show(opening->widget, sentence);
    }
    opening_free(opening);
}

void lec_open_file(GtkWidget *widget, const char *path)
{
    GtkRoot *root = gtk_widget_get_root(widget);
    g_autofree char *uri = g_filename_to_uri(path, NULL, NULL);

    g_return_if_fail(uri);
    gtk_show_uri_full(GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL, uri, GDK_CURRENT_TIME, NULL,
                      on_opened, opening_new(widget, path));
}

static void on_shown(GObject *bus, GAsyncResult *result, gpointer data)
{
    struct opening *opening = data;
    g_autoptr(GVariant) answer =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, NULL);
    g_autofree char *folder = g_path_get_dirname(opening->path);

    if (!answer && gtk_widget_get_root(opening->widget))
        lec_open_file(opening->widget, folder);
    opening_free(opening);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data)
{
    struct opening *opening = data;
    g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, NULL);
    g_autofree char *folder = g_path_get_dirname(opening->path);
    g_autofree char *uri = g_filename_to_uri(opening->path, NULL, NULL);

    if (bus && uri) {
        const char *const uris[] = {uri, NULL};

        g_dbus_connection_call(bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                               "org.freedesktop.FileManager1", "ShowItems",
                               g_variant_new("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                               NULL, on_shown, opening);
        return;
    }
    if (gtk_widget_get_root(opening->widget))
        lec_open_file(opening->widget, folder);
    opening_free(opening);
}

void lec_show_in_folder(GtkWidget *widget, const char *path)
{
    g_bus_get(G_BUS_TYPE_SESSION, NULL, on_bus, opening_new(widget, path));
}
