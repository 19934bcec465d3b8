/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One process a library, found by its name on the session bus. The person's own library has the
 * program's id; another one has an id made from its folder, so that two starts for one folder meet
 * and two folders do not.
 *
 * Closing: the window goes first, then the name on the bus (g_application_run gives it back), then
 * the services end. So nobody looks at a window that no longer answers, and a start in that moment
 * becomes a process of its own instead of being handed over to one that is leaving. Two processes
 * on one library are fine (ARCHITECTURE.md, "Processes").
 */
#include "ui/application.h"
#include "app/paths.h"
#include "app/settings.h"
#include "ui/about.h"
#include "ui/actions.h"
#include "ui/window.h"
#include <glib-unix.h>
#include <glib/gi18n.h>

#define APPLICATION_ID "org.lectern.Lectern"

struct _LecApplication {
    AdwApplication parent;

    char *folder;        /* (owned) the library's */
    gboolean own;        /* it is the person's */
    GSettings *settings; /* (owned) NULL: no schema */
    LecLibrary *library; /* (owned) from startup on, as those below */
    LecIndexer *indexer; /* (owned) */
    LecChat *chat;       /* (owned) */
    gboolean looked;     /* for changes, since the start */
    guint look_again;    /* source; 0: none */
};

G_DEFINE_FINAL_TYPE(LecApplication, lec_application, ADW_TYPE_APPLICATION)

/* The main window, made where there is none. */
static LecWindow *lec_application_window(LecApplication *self)
{
    for (GList *l = gtk_application_get_windows(GTK_APPLICATION(self)); l; l = l->next)
        if (LEC_IS_WINDOW(l->data))
            return l->data;
    return lec_window_new(self);
}

static void lec_application_activate(GApplication *application)
{
    gtk_window_present(GTK_WINDOW(lec_application_window(LEC_APPLICATION(application))));
}

static void lec_application_open(GApplication *application, GFile **files, int n, const char *hint)
{
    LecWindow *window = lec_application_window(LEC_APPLICATION(application));
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_object_unref);

    for (int i = 0; i < n; i++)
        g_ptr_array_add(list, g_object_ref(files[i]));
    gtk_window_present(GTK_WINDOW(window));
    lec_window_add_files(window, list);
}

static gboolean scheme_from_setting(GValue *value, GVariant *variant, gpointer user_data)
{
    const char *name = g_variant_get_string(variant, NULL);

    g_value_set_enum(value, g_str_equal(name, "dark")    ? ADW_COLOR_SCHEME_FORCE_DARK
                            : g_str_equal(name, "light") ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                                         : ADW_COLOR_SCHEME_DEFAULT);
    return TRUE;
}

static void on_about(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    lec_about_show(gtk_application_get_active_window(self));
}

/* Through the windows: the main one remembers how it looked. */
static void on_quit(GSimpleAction *action, GVariant *parameter, gpointer self)
{
    g_autoptr(GList) windows = g_list_copy(gtk_application_get_windows(self));

    for (GList *l = windows; l; l = l->next)
        gtk_window_close(l->data);
    g_application_quit(self);
}

/* Ended from outside (logging out, Ctrl-C): as if the window was closed. */
static gboolean on_signal(gpointer self)
{
    g_action_group_activate_action(G_ACTION_GROUP(self), "quit", NULL);
    return G_SOURCE_REMOVE; /* a second one ends the program at once */
}

static gboolean look_again(gpointer data)
{
    LecApplication *self = LEC_APPLICATION(data);

    self->look_again = 0;
    lec_indexer_rescan(self->indexer);
    return G_SOURCE_REMOVE;
}

/* Once the library is there: what has changed on disk meanwhile, and what an earlier run left. Not
   at once, for the window comes first. */
static void on_library_state(LecApplication *self)
{
    if (lec_library_get_state(self->library) != LEC_LIBRARY_READY || self->looked)
        return;
    self->looked = TRUE;
    if (lec_library_get_n_documents(self->library) > 0)
        self->look_again = g_timeout_add_seconds(1, look_again, self);
}

static void lec_application_startup(GApplication *application)
{
    LecApplication *self = LEC_APPLICATION(application);
    static const GActionEntry actions[] = {
        {.name = "about", .activate = on_about},
        {.name = "quit", .activate = on_quit},
    };

    G_APPLICATION_CLASS(lec_application_parent_class)->startup(application);
    gtk_window_set_default_icon_name(APPLICATION_ID);
    g_action_map_add_action_entries(G_ACTION_MAP(self), actions, G_N_ELEMENTS(actions), self);
    lec_actions_set_accelerators(GTK_APPLICATION(self));

    g_unix_signal_add(SIGINT, on_signal, self);
    g_unix_signal_add(SIGTERM, on_signal, self);

    self->settings = lec_settings_new();
    if (self->settings)
        g_settings_bind_with_mapping(self->settings, LEC_SETTINGS_COLOR_SCHEME,
                                     adw_style_manager_get_default(), "color-scheme",
                                     G_SETTINGS_BIND_GET, scheme_from_setting, NULL, NULL, NULL);
    self->library = lec_library_new(self->folder);
    self->indexer = lec_indexer_new(self->library);
    self->chat = lec_chat_new(self->library);
    g_signal_connect_object(self->library, "notify::state", G_CALLBACK(on_library_state), self,
                            G_CONNECT_SWAPPED);
}

static void lec_application_finalize(GObject *object)
{
    LecApplication *self = LEC_APPLICATION(object);

    g_clear_pointer(&self->folder, g_free);
    g_clear_object(&self->settings);
    G_OBJECT_CLASS(lec_application_parent_class)->finalize(object);
}

static void lec_application_class_init(LecApplicationClass *class)
{
    GApplicationClass *application_class = G_APPLICATION_CLASS(class);

    G_OBJECT_CLASS(class)->finalize = lec_application_finalize;
    application_class->startup = lec_application_startup;
    application_class->activate = lec_application_activate;
    application_class->open = lec_application_open;
}

static void lec_application_init(LecApplication *self)
{
}

LecApplication *lec_application_new(const char *library)
{
    g_autofree char *own = paths_library();
    g_autofree char *folder = g_canonicalize_filename(library ? library : own, NULL);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, folder, -1);
    g_autofree char *id = g_str_equal(folder, own)
                              ? g_strdup(APPLICATION_ID)
                              : g_strdup_printf(APPLICATION_ID ".Library%.16s", sum);
    LecApplication *self = g_object_new(LEC_TYPE_APPLICATION, "application-id", id, "flags",
                                        G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                                        "/org/lectern/Lectern", NULL);

    self->own = g_str_equal(folder, own);
    self->folder = g_steal_pointer(&folder);
    return self;
}

gboolean lec_application_has_own_library(LecApplication *self)
{
    return self->own;
}

LecLibrary *lec_application_get_library(LecApplication *self)
{
    return self->library;
}

LecIndexer *lec_application_get_indexer(LecApplication *self)
{
    return self->indexer;
}

LecChat *lec_application_get_chat(LecApplication *self)
{
    return self->chat;
}

GSettings *lec_application_get_settings(LecApplication *self)
{
    return self->settings;
}

void lec_application_close(LecApplication *self)
{
    g_return_if_fail(LEC_IS_APPLICATION(self));

    if (!self->library)
        return; /* handed over to another process */
    g_clear_handle_id(&self->look_again, g_source_remove);
    gdk_display_flush(gdk_display_get_default());
    lec_chat_stop(self->chat);
    lec_indexer_stop(self->indexer);
    lec_library_close(self->library);
    g_clear_object(&self->chat);
    g_clear_object(&self->indexer);
    g_clear_object(&self->library);
}
