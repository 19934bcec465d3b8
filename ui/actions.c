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
#include "ui/preferences.h"
#include "ui/uri-list.h"
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

/* --- adding ------------------------------------------------------------------------------------
 */

static void on_chosen(GtkNativeDialog *dialog, int response, LecWindow *window)
{
    g_autoptr(GListModel) chosen = NULL;
    g_autoptr(GPtrArray) files = NULL;

    if (response == GTK_RESPONSE_ACCEPT) {
        chosen = gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog));
        files = g_ptr_array_new_with_free_func(g_object_unref);
        for (guint i = 0; i < g_list_model_get_n_items(chosen); i++)
            g_ptr_array_add(files, g_list_model_get_item(chosen, i));
        lec_window_add_files(window, files);
    }
    g_object_unref(dialog);
}

static void choose(LecWindow *window, const char *title, GtkFileChooserAction what)
{
    GtkFileChooserNative *dialog =
        gtk_file_chooser_native_new(title, GTK_WINDOW(window), what, _("_Add"), NULL);

    gtk_native_dialog_set_modal(GTK_NATIVE_DIALOG(dialog), TRUE);
    gtk_file_chooser_set_select_multiple(GTK_FILE_CHOOSER(dialog), TRUE);
    g_signal_connect_object(dialog, "response", G_CALLBACK(on_chosen), window, 0);
    gtk_native_dialog_show(GTK_NATIVE_DIALOG(dialog));
}

static void on_add_folder(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    choose(window, _("Add Folders"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

static void on_add_files(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    choose(window, _("Add Files"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void on_pasted_files(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecWindow) window = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) files = lec_uri_list_read_finish(result, &error);

    if (files)
        lec_window_add_files(window, files);
    else
        lec_window_say(window, error->message);
}

static void on_clipboard(GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecWindow) window = user_data;
    g_autoptr(GError) error = NULL;
    const char *mime_type;
    g_autoptr(GInputStream) stream =
        gdk_clipboard_read_finish(GDK_CLIPBOARD(clipboard), result, &mime_type, &error);

    if (stream)
        lec_uri_list_read_async(stream, NULL, on_pasted_files, g_object_ref(window));
    else
        lec_window_say(window, error->message);
}

/* Files only: what else the clipboard holds, and how much of it, is not looked at. */
static void on_paste(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    GdkClipboard *clipboard = gtk_widget_get_clipboard(window);
    GdkContentFormats *formats = gdk_clipboard_get_formats(clipboard);
    static const char *mime_types[] = {LEC_URI_LIST_TYPE, NULL};

    if (gdk_content_formats_contain_mime_type(formats, LEC_URI_LIST_TYPE) ||
        gdk_content_formats_contain_gtype(formats, GDK_TYPE_FILE_LIST))
        gdk_clipboard_read_async(clipboard, mime_types, G_PRIORITY_DEFAULT, NULL, on_clipboard,
                                 g_object_ref(window));
    else
        lec_window_say(window, _("There are no files in the clipboard."));
}

/* --- other windows -----------------------------------------------------------------------------
 */

static void on_preferences(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    gtk_window_present(GTK_WINDOW(lec_preferences_new(window)));
}

/* GTK finds gtk/help-overlay.ui in the program's resources, and makes the action. */
static void on_show_shortcuts(GSimpleAction *action, GVariant *parameter, gpointer window)
{
    gtk_widget_activate_action(window, "win.show-help-overlay", NULL);
}

/* --- tables ------------------------------------------------------------------------------------
 */

static const GActionEntry entries[] = {
    {.name = "add-folder", .activate = on_add_folder},
    {.name = "add-files", .activate = on_add_files},
    {.name = "paste", .activate = on_paste},
    {.name = "preferences", .activate = on_preferences},
    {.name = "show-shortcuts", .activate = on_show_shortcuts},
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
    {"win.add-folder", {"<Control>o"}},
    {"win.add-files", {"<Control><Shift>o"}},
    {"win.preferences", {"<Control>comma"}},
    {"win.rescan", {"F5"}},
    {"win.show-shortcuts", {"<Control>question"}},
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
    add_shortcut(late, "<Control>v", "win.paste");
    gtk_widget_add_controller(GTK_WIDGET(window), late);
}
