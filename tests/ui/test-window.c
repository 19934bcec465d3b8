/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The window's frame, in the program's own application object: what is shown when, what the actions
 * do, what is remembered, and what happens when it is closed or its library goes. The settings are
 * damaged before the first window is opened.
 */
#include "app/settings.h"
#include "tests/app/services.h"
#include "ui/application.h"
#include "ui/preferences.h"
#include "ui/preview-sheet.h"
#include "ui/window.h"

#include <glib/gstdio.h>
#include <signal.h>

static char *root;       /* (owned) a folder that is thrown away */
static gint64 closed_at; /* when a window was closed */
static int resized_width, resized_height;

struct program {
    LecApplication *application; /* (owned) */
    LecWindow *window;
    void (*use)(struct program *program);
};

static void on_activate(struct program *program)
{
    GtkApplication *application = GTK_APPLICATION(program->application);

    program->window = LEC_WINDOW(gtk_application_get_active_window(application));
    UNTIL(lec_library_get_state(lec_window_get_library(program->window)) != LEC_LIBRARY_OPENING);
    program->use(program);
    if (gtk_application_get_windows(application))
        gtk_window_close(GTK_WINDOW(program->window));
}

/* The program from its start to its end; what is done with its window is done in between. */
static void run(const char *library, void (*use)(struct program *program))
{
    g_autofree char *dir = g_build_filename(root, library, NULL);
    struct program program = {.application = lec_application_new(dir), .use = use};

    g_signal_connect_data(program.application, "activate", G_CALLBACK(on_activate), &program, NULL,
                          G_CONNECT_AFTER | G_CONNECT_SWAPPED);
    g_assert_cmpint(g_application_run(G_APPLICATION(program.application), 0, NULL), ==, 0);
    lec_application_close(program.application);
    g_assert_finalize_object(program.application);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static gpointer part(struct program *program, const char *name)
{
    GObject *object =
        gtk_widget_get_template_child(GTK_WIDGET(program->window), LEC_TYPE_WINDOW, name);

    g_assert_nonnull(object);
    return object;
}

static const char *shown(struct program *program)
{
    return gtk_stack_get_visible_child_name(part(program, "stack"));
}

static void act(struct program *program, const char *name)
{
    g_assert_true(g_action_map_lookup_action(G_ACTION_MAP(program->window), name) != NULL);
    g_action_group_activate_action(G_ACTION_GROUP(program->window), name, NULL);
}

static GtkWindow *window_of_type(GType type)
{
    GListModel *all = gtk_window_get_toplevels();

    for (guint i = 0; i < g_list_model_get_n_items(all); i++) {
        g_autoptr(GtkWindow) window = g_list_model_get_item(all, i);
        if (G_TYPE_CHECK_INSTANCE_TYPE(window, type) && gtk_widget_get_mapped(GTK_WIDGET(window)))
            return window;
    }
    return NULL;
}

/* A folder of n texts, as it is added by a person. */
static GPtrArray *texts(const char *name, int n)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_object_unref);
    g_autofree char *folder = g_build_filename(root, name, NULL);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    for (int i = 0; i < n; i++) {
        g_autofree char *base = g_strdup_printf("text-%d.txt", i);
        g_autofree char *path = g_build_filename(folder, base, NULL);
        g_autofree char *text = g_strdup_printf("The lamp of house number %d is green.\n", i);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
    }
    g_ptr_array_add(files, g_file_new_for_path(folder));
    return files;
}

static void add(struct program *program, GPtrArray *files)
{
    lec_window_add_files(program->window, files);
    g_ptr_array_unref(files);
}

#define N_READY(program)     lec_library_get_n_ready(lec_window_get_library((program)->window))
#define N_DOCUMENTS(program) lec_library_get_n_documents(lec_window_get_library((program)->window))

/* --- tests ------------------------------------------------------------------------------------ */

static void use_first(struct program *program)
{
    int width, height;

    g_assert_nonnull(lec_window_get_settings(program->window));
    gtk_window_get_default_size(GTK_WINDOW(program->window), &width, &height);
    g_assert_cmpint(width, ==, 1200);
    g_assert_cmpint(height, ==, 800);
    g_assert_cmpstr(shown(program), ==, "welcome");
    g_assert_false(gtk_widget_get_visible(part(program, "sidebar")));
}

/* The first: values out of their range, and of the wrong type, read as the defaults. */
static void test_damaged_settings(void)
{
    run("first", use_first);
}

static void use_first_documents(struct program *program)
{
    g_assert_cmpstr(shown(program), ==, "welcome");
    add(program, texts("few", 2));
    UNTIL(g_str_equal(shown(program), "conversation"));
    g_assert_true(adw_flap_get_reveal_flap(part(program, "flap")));
    UNTIL(N_READY(program) == 2);
}

static void test_first_documents(void)
{
    run("first", use_first_documents);
}

static void look_at(struct program *program, const char *action, GType type)
{
    act(program, action);
    UNTIL(window_of_type(type));
    gtk_window_close(window_of_type(type));
    UNTIL(!window_of_type(type));
}

static void use_actions(struct program *program)
{
    static const char *const others[] = {
        "add-folder",
        "add-files",
        "paste",
        "find",
        "focus-composer",
        "source",
        "close-pane-or-stop",
        "show-conversation",
        "rescan",
        "reopen-library",
    };
    AdwFlap *flap = part(program, "flap");

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_nonnull(g_action_map_lookup_action(G_ACTION_MAP(program->window), others[i]));
    UNTIL(adw_flap_get_reveal_flap(flap));
    act(program, "toggle-sidebar");
    g_assert_false(adw_flap_get_reveal_flap(flap));
    act(program, "toggle-sidebar");
    g_assert_true(adw_flap_get_reveal_flap(flap));

    g_action_group_activate_action(G_ACTION_GROUP(program->window), "show-library",
                                   g_variant_new_int64(0));
    g_assert_cmpstr(shown(program), ==, "library");
    act(program, "new-conversation");
    g_assert_cmpstr(shown(program), ==, "conversation");

    look_at(program, "preferences", LEC_TYPE_PREFERENCES);
    look_at(program, "show-shortcuts", GTK_TYPE_SHORTCUTS_WINDOW);
    g_action_group_activate_action(G_ACTION_GROUP(program->application), "about", NULL);
    UNTIL(window_of_type(ADW_TYPE_ABOUT_WINDOW));
    gtk_window_close(window_of_type(ADW_TYPE_ABOUT_WINDOW));
}

static void test_actions(void)
{
    run("first", use_actions);
}

static void use_resized(struct program *program)
{
    int code;

    UNTIL(adw_flap_get_reveal_flap(part(program, "flap")));
    act(program, "toggle-sidebar");
    /* by the window manager, as a person does */
    UNTIL(gtk_window_is_active(GTK_WINDOW(program->window)));
    g_assert_true(g_spawn_command_line_sync("xdotool getactivewindow windowsize 940 700", NULL,
                                            NULL, &code, NULL));
    g_assert_cmpint(code, ==, 0);
    UNTIL(
        (gtk_window_get_default_size(GTK_WINDOW(program->window), &resized_width, &resized_height),
         resized_width < 1000));
}

static void use_again(struct program *program)
{
    int width, height;

    gtk_window_get_default_size(GTK_WINDOW(program->window), &width, &height);
    g_assert_cmpint(width, ==, resized_width);
    g_assert_cmpint(height, ==, resized_height);
    services_wait(0.3);
    g_assert_false(adw_flap_get_reveal_flap(part(program, "flap")));
    act(program, "toggle-sidebar");
}

/* One pane; what is chosen in the sidebar takes it out of the way. */
static void use_narrow(struct program *program)
{
    AdwFlap *flap = part(program, "flap");

    UNTIL(adw_flap_get_folded(flap));
    g_assert_false(adw_flap_get_reveal_flap(flap));
    act(program, "toggle-sidebar");
    g_assert_true(adw_flap_get_reveal_flap(flap));
    act(program, "new-conversation");
    g_assert_false(adw_flap_get_reveal_flap(flap));
}

static void test_remembers(void)
{
    g_autoptr(GSettings) settings = lec_settings_new();

    run("first", use_resized);
    g_assert_cmpint(g_settings_get_int(settings, LEC_SETTINGS_WINDOW_WIDTH), ==, resized_width);
    g_assert_cmpint(resized_width, <, 1000);
    g_assert_false(g_settings_get_boolean(settings, LEC_SETTINGS_SIDEBAR_VISIBLE));
    run("first", use_again);
    g_assert_true(g_settings_get_boolean(settings, LEC_SETTINGS_SIDEBAR_VISIBLE));
    g_settings_set_int(settings, LEC_SETTINGS_WINDOW_WIDTH, 360);
    run("first", use_narrow);
    g_assert_true(g_settings_get_boolean(settings, LEC_SETTINGS_SIDEBAR_VISIBLE));
    g_settings_reset(settings, LEC_SETTINGS_WINDOW_WIDTH);
}

/* Much is shown before it is read; Cancel leaves the library as it was. */
static void use_preview(struct program *program)
{
    GtkWidget *start;

    add(program, texts("many", 250));
    UNTIL(window_of_type(LEC_TYPE_PREVIEW_SHEET));
    gtk_window_close(window_of_type(LEC_TYPE_PREVIEW_SHEET));
    services_wait(0.5);
    g_assert_cmpint(N_DOCUMENTS(program), ==, 0);
    g_assert_cmpstr(shown(program), ==, "welcome");

    add(program, texts("many", 250));
    UNTIL(window_of_type(LEC_TYPE_PREVIEW_SHEET));
    start = gtk_window_get_default_widget(window_of_type(LEC_TYPE_PREVIEW_SHEET));
    UNTIL(gtk_widget_is_sensitive(start));
    gtk_widget_activate(start);
    UNTIL(!window_of_type(LEC_TYPE_PREVIEW_SHEET));
    UNTIL(N_READY(program) > 0);
    g_assert_cmpint(N_READY(program), <, 250);
    gtk_window_close(GTK_WINDOW(program->window)); /* while it is being read */
    g_assert_null(window_of_type(LEC_TYPE_WINDOW));
    closed_at = g_get_monotonic_time();
}

static void test_preview_and_closing(void)
{
    gint64 took;

    run("large", use_preview);
    took = g_get_monotonic_time() - closed_at;
    g_test_message("ended %.2f s after the window had gone", (double)took / 1e6);
    g_assert_cmpint(took, <, 10 * G_USEC_PER_SEC);
}

/* As when its disk is unplugged, and plugged in again. */
static void use_gone(struct program *program)
{
    LecLibrary *library = lec_window_get_library(program->window);
    g_autofree char *elsewhere = g_strconcat(lec_library_get_dir(library), "-elsewhere", NULL);

    g_assert_cmpstr(shown(program), ==, "welcome");
    g_assert_cmpint(g_rename(lec_library_get_dir(library), elsewhere), ==, 0);
    lec_library_refresh(library);
    UNTIL(g_str_equal(shown(program), "failed"));
    g_assert_cmpstr(adw_status_page_get_description(part(program, "failed_page")), !=, "");
    g_assert_cmpint(g_rename(elsewhere, lec_library_get_dir(library)), ==, 0);
    act(program, "reopen-library");
    UNTIL(g_str_equal(shown(program), "welcome"));
}

static void test_library_gone(void)
{
    run("gone", use_gone);
}

/* Of two starts for one library, one hands over and ends well; the other closes when told to. */
static void test_two_starts(void)
{
    g_autofree char *dir = g_build_filename(root, "two", NULL);
    const char *argv[] = {g_getenv("LECTERN_BINARY"), "--library", dir, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) a = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_NONE, &error);
    g_autoptr(GSubprocess) b = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_NONE, NULL);
    GSubprocess *first, *second;
    g_autoptr(GAsyncResult) ended_a = NULL, ended_b = NULL;

    g_assert_no_error(error);
    g_subprocess_wait_async(a, NULL, services_on_result, &ended_a);
    g_subprocess_wait_async(b, NULL, services_on_result, &ended_b);
    UNTIL(ended_a || ended_b);
    services_wait(1);
    g_assert_false(ended_a && ended_b);
    second = ended_a ? a : b;
    first = ended_a ? b : a;
    g_assert_cmpint(g_subprocess_get_exit_status(second), ==, 0);
    g_subprocess_send_signal(first, SIGTERM);
    UNTIL(ended_a && ended_b);
    g_assert_true(g_subprocess_get_if_exited(first));
    g_assert_cmpint(g_subprocess_get_exit_status(first), ==, 0);
}

/* In the folder of the keyfile backend (with-display chooses it). */
static void damage_settings(void)
{
    g_autofree char *folder =
        g_build_filename(g_get_user_config_dir(), "glib-2.0", "settings", NULL);
    g_autofree char *path = g_build_filename(folder, "keyfile", NULL);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path,
                                      "[org/lectern/Lectern]\n"
                                      "window-width=-5\nwindow-height='tall'\n"
                                      "color-scheme='purple'\nlast-conversation=int64 -9\n"
                                      "answer-length=99999999999999\nsidebar-visible=7\n",
                                      -1, NULL));
}

int main(int argc, char **argv)
{
    int code;

    g_test_init(&argc, &argv, NULL);
    damage_settings();
    root = g_dir_make_tmp("lectern-window-XXXXXX", NULL);
    g_test_add_func("/window/damaged-settings", test_damaged_settings);
    g_test_add_func("/window/first-documents", test_first_documents);
    g_test_add_func("/window/actions", test_actions);
    g_test_add_func("/window/remembers", test_remembers);
    g_test_add_func("/window/preview-and-closing", test_preview_and_closing);
    g_test_add_func("/window/library-gone", test_library_gone);
    g_test_add_func("/window/two-starts", test_two_starts);
    code = g_test_run();
    remove_tree(root);
    g_free(root);
    return code;
}
