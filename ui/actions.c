/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All that the window can be told to do, in one table, with its keys in another.
 *
 * Keys of the application are taken before the widget with the focus sees them. That is wrong for
 * Esc (which closes a popover or empties a search first) and for Ctrl+V (which pastes text where
 * there is a text field): these two are shortcuts of the window, and reached only by what no widget
 * wanted.
 */
#include "ui/actions.h"
#include <glib/gi18n.h>

static void on_new_conversation(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_window_show_conversation(window, 0);
}

static void on_show_conversation(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_window_show_conversation(window, g_variant_get_int64(parameter));
}

static void on_show_library(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_window_show_library(window, g_variant_get_int64(parameter));
}

static void on_find(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_window_find(window);
}

static void on_focus_composer(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_window_focus_composer(window);
}

static void on_source(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_window_activate_source(window, g_variant_get_int32(parameter));
}

static void on_close_pane_or_stop(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_window_close_pane_or_stop(window);
}

static void on_rescan(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_indexer_rescan(lec_window_get_indexer(window));
}

static void on_reopen_library(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    lec_library_reopen(lec_window_get_library(window));
}

static const GActionEntry entries[] = {
    {.name = "new-conversation", .activate = on_new_conversation},
    {.name = "show-conversation", .activate = on_show_conversation, .parameter_type = "x"},
    {.name = "show-library", .activate = on_show_library, .parameter_type = "x"},
    {.name = "find", .activate = on_find},
    {.name = "focus-composer", .activate = on_focus_composer},
    {.name = "source", .activate = on_source, .parameter_type = "i"},
    {.name = "close-pane-or-stop", .activate = on_close_pane_or_stop},
    {.name = "rescan", .activate = on_rescan},
    {.name = "reopen-library", .activate = on_reopen_library},
};

static const struct {
    const char *action;
    const char *keys[3];
} accelerators[] = {
    {"app.quit", {"<Control>q"}},
    {"window.close", {"<Control>w"}},
    {"win.new-conversation", {"<Control>n"}},
    {"win.find", {"<Control>f"}},
    {"win.focus-composer", {"<Control>l"}},
    {"win.toggle-sidebar", {"F9"}},
};

void lec_actions_set_accelerators(GtkApplication *application)
{
    for (size_t i = 0; i < G_N_ELEMENTS(accelerators); i++)
        gtk_application_set_accels_for_action(application, accelerators[i].action,
                                              (const char *const *)accelerators[i].keys);
    for (int n = 1; n <= 9; n++) {
        g_autofree char *action = g_strdup_printf("win.source(%d)", n);
        g_autofree char *key = g_strdup_printf("<Alt>%d", n);
        gtk_application_set_accels_for_action(application, action, (const char *[]){key, NULL});
    }
}

static void add_shortcut(GtkEventController *controller, const char *keys, const char *action)
{
    gtk_shortcut_controller_add_shortcut(
        GTK_SHORTCUT_CONTROLLER(controller),
        gtk_shortcut_new(gtk_shortcut_trigger_parse_string(keys), gtk_named_action_new(action)));
}

void lec_actions_install(LecWindow *window)
{
    GtkEventController *late = gtk_shortcut_controller_new();

    g_action_map_add_action_entries(G_ACTION_MAP(window), entries, G_N_ELEMENTS(entries), window);
    add_shortcut(late, "Escape", "win.close-pane-or-stop");
    gtk_widget_add_controller(GTK_WIDGET(window), late);
}
