/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See services.h. A ticking source lets the loop come round where nothing happens. */
#include "services.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *models, *home; /* folder with the models that can be found; folder of starter models */

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static void remove_root(void)
{
    g_autofree char *root = g_path_get_dirname(models);

    remove_tree(root);
}

void services_init(int *argc, char ***argv)
{
    const char *named = g_getenv("LECTERN_MODELS"), *caches = g_getenv("XDG_CACHE_HOME");
    g_autofree char *root = g_dir_make_tmp("lectern-services-XXXXXX", NULL);
    g_autofree char *data = g_build_filename(root, "data", NULL);
    g_autofree char *cache = g_build_filename(root, "cache", NULL);

    /* not g_get_user_cache_dir: it would remember the folder */
    home = named ? g_strdup(named)
                 : g_build_filename(caches ? caches : g_getenv("HOME"), caches ? "." : ".cache",
                                    "lectern", "models", NULL);
    models = g_build_filename(root, "models", NULL);
    g_assert_cmpint(g_mkdir(models, 0700), ==, 0);
    g_assert_true(g_setenv("LECTERN_MODELS", models, TRUE));
    g_assert_true(g_setenv("XDG_DATA_HOME", data, TRUE));
    g_assert_true(g_setenv("XDG_CACHE_HOME", cache, TRUE));
    g_assert_true(g_setenv("GSETTINGS_BACKEND", "memory", TRUE));
    atexit(remove_root);
    g_test_init(argc, argv, NULL);
}

char *services_model_path(const char *file)
{
    return g_build_filename(models, file, NULL);
}

gboolean services_bring_model(const char *file)
{
    g_autofree char *from = g_build_filename(home, file, NULL);
    g_autofree char *to = services_model_path(file);

    if (!g_file_test(from, G_FILE_TEST_IS_REGULAR))
        return FALSE;
    g_assert_true(symlink(from, to) == 0 || g_file_test(to, G_FILE_TEST_EXISTS));
    return TRUE;
}

void services_take_models_away(void)
{
    g_autoptr(GDir) dir = g_dir_open(models, 0, NULL);

    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = services_model_path(name);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
}

/* --- the loop --------------------------------------------------------------------------------- */

static gboolean tick(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

void services_iterate(gint64 until, const char *file, int line, const char *condition)
{
    guint ticks = g_timeout_add(20, tick, NULL);

    g_main_context_iteration(NULL, TRUE);
    g_source_remove(ticks);
    if (g_get_monotonic_time() > until)
        g_error("%s:%d: a minute is over, and not: %s", file, line, condition);
}

void services_wait(double seconds)
{
    gint64 end = g_get_monotonic_time() + (gint64)(seconds * 1e6);

    UNTIL(g_get_monotonic_time() >= end);
}

void services_on_result(GObject *object, GAsyncResult *result, gpointer where)
{
    *(GAsyncResult **)where = g_object_ref(result);
}

/* --- life ------------------------------------------------------------------------------------- */

void services_open(struct services *services)
{
    services->library = lec_library_new(services->dir);
    services->indexer = lec_indexer_new(services->library);
    services->chat = lec_chat_new(services->library);
}

void services_start(struct services *services)
{
    g_autoptr(GError) error = NULL;

    *services = (struct services){.root = g_dir_make_tmp("lectern-services-XXXXXX", &error)};
    g_assert_no_error(error);
    services->dir = g_build_filename(services->root, "library", NULL);
    services->docs = g_build_filename(services->root, "docs", NULL);
    g_assert_cmpint(g_mkdir(services->docs, 0700), ==, 0);
    services_open(services);
    UNTIL(lec_library_get_state(services->library) != LEC_LIBRARY_OPENING);
}

/* Nobody else keeps it for long: a call that is on its way may. */
static void expect_gone(gpointer object)
{
    g_object_add_weak_pointer(object, &object);
    g_object_unref(object);
    UNTIL(!object);
}

void services_close(struct services *services)
{
    if (!services->library)
        return;
    lec_chat_stop(services->chat);
    lec_indexer_stop(services->indexer);
    lec_library_close(services->library);
    expect_gone(g_steal_pointer(&services->chat));
    expect_gone(g_steal_pointer(&services->indexer));
    g_clear_object(&services->library); /* a result that the test has keeps it longer */
}

void services_end(struct services *services)
{
    services_close(services);
    remove_tree(services->root);
    g_free(services->root);
    g_free(services->dir);
    g_free(services->docs);
}

char *services_write(struct services *services, const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(services->docs, name, NULL);

    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
    return path;
}

void services_index(struct services *services)
{
    lec_indexer_add(services->indexer, (const char *const[]){services->docs, NULL}, NULL);
    g_assert_cmpint(lec_indexer_get_state(services->indexer), !=, LEC_INDEXER_IDLE);
    UNTIL(lec_indexer_get_state(services->indexer) == LEC_INDEXER_IDLE);
}
