/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/stocked-library.h"
#include "app/reader-command.h"
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <time.h>

#define PATIENCE (20 * G_USEC_PER_SEC)

static const char *const samples[] = {"bicycle.html", "heating.md", "lease.pdf", "trip.md",
                                      "water-letter.txt"};

char *stocked_library_documents(const char *dir)
{
    g_autofree char *above = g_path_get_dirname(dir);

    return g_build_filename(above, "Flat", NULL);
}

void stocked_library_sql(const char *dir, const char *sql)
{
    g_autofree char *path = g_build_filename(dir, "library.db", NULL);
    char *message = NULL;
    sqlite3 *db;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_busy_timeout(db, 10000);
    sqlite3_exec(db, sql, NULL, NULL, &message);
    g_assert_cmpstr(message, ==, NULL);
    sqlite3_close(db);
}

static void copy_sample(const char *folder, const char *name)
{
    g_autofree char *from =
        g_build_filename(g_getenv("MESON_SOURCE_ROOT"), "data", "samples", name, NULL);
    g_autofree char *to = g_build_filename(folder, name, NULL), *bytes = NULL;
    gsize n;

    g_assert_true(g_file_get_contents(from, &bytes, &n, NULL));
    g_assert_true(g_file_set_contents(to, bytes, (gssize)n, NULL));
}

static void fill_folder(const char *folder)
{
    g_autofree char *damaged = g_build_filename(folder, "damaged.pdf", NULL);

    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++)
        copy_sample(folder, samples[i]);
    g_assert_true(g_file_set_contents(damaged, "%PDF-1.4\nnothing follows", -1, NULL));
}

static void add_conversations(const char *dir, const char *const *questions)
{
    gint64 now = g_get_real_time();

    for (guint i = 0; questions && questions[i]; i++) {
        gint64 at = now - (gint64)i * 24 * G_TIME_SPAN_HOUR;
        char *sql = sqlite3_mprintf("INSERT INTO conversations(title, made_at, changed_at)"
                                    " VALUES(%Q, %lld, %lld)",
                                    questions[i], (long long)at, (long long)at);
        stocked_library_sql(dir, sql);
        sqlite3_free(sql);
    }
}

char *stocked_library_new(const char *const *questions)
{
    g_autofree char *above = g_dir_make_tmp("lectern-XXXXXX", NULL);
    char *dir = g_build_filename(above, "library", NULL);
    g_autofree char *folder = stocked_library_documents(dir);
    const struct rag_library_options options = {
        .size = sizeof options, .dir = dir, .create = true, .reader_argv = reader_command()};
    const struct rag_index_options index = {.size = sizeof index};
    struct rag_index_result result;
    g_autoptr(GError) error = NULL;
    g_autoptr(RagLibrary) library = NULL;

    fill_folder(folder);
    library = rag_library_open(&options, &error);
    g_assert_no_error(error);
    rag_index(library, (const char *const[]){folder}, 1, &index, &result, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(result.n_ready, ==, G_N_ELEMENTS(samples));
    g_assert_cmpint(result.n_failed, ==, 1);
    rag_index_result_clear(&result);
    g_clear_pointer(&library, rag_library_close);
    add_conversations(dir, questions);
    return dir;
}

void stocked_library_add_entries(const char *dir, int n)
{
    g_autofree char *sql = g_strdup_printf(
        "BEGIN;"
        "INSERT OR IGNORE INTO collections(name) VALUES('Papers');"
        "INSERT INTO roots(path, collection, is_file)"
        " SELECT CAST('/papers' AS BLOB), id, 0 FROM collections WHERE name = 'Papers';"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO contents(hash, reader_version, title, format, size, n_pages, note,"
        "  n_passages)"
        "  SELECT printf('%%064d', i), 1, 'Title ' || i, 'pdf', i, 3, '', 0 FROM n;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO locations(root, path, size, mtime_ns, state, reason, content, seen_at, name)"
        "  SELECT (SELECT id FROM roots WHERE path = CAST('/papers' AS BLOB)),"
        "   CAST(printf('/papers/%%03d/Document %%05d.pdf', i / 200, i) AS BLOB), i, i,"
        "   iif(i %% 50, 'ready', 'failed'),"
        "   iif(i %% 50, '', 'The file is encrypted; save a copy without a password.'),"
        "   iif(i %% 50, (SELECT id FROM contents WHERE hash = printf('%%064d', i)), NULL), 1,"
        "   printf('document %%05d.pdf', i) FROM n;"
        "COMMIT",
        n, n);

    stocked_library_sql(dir, sql);
}

static gboolean is_ready(gpointer library)
{
    return lec_library_get_state(library) == LEC_LIBRARY_READY;
}

LecLibrary *stocked_library_open(const char *dir)
{
    LecLibrary *library = lec_library_new(dir);

    g_assert_true(wait_until(is_ready, library));
    return library;
}

static void remove_below(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        remove_below(child);
    }
    g_remove(path);
}

void stocked_library_remove(char *dir)
{
    g_autofree char *above = g_path_get_dirname(dir);

    remove_below(above);
    g_free(dir);
}

static gboolean on_patience(gpointer over)
{
    *(gboolean *)over = TRUE;
    return G_SOURCE_CONTINUE;
}

gboolean wait_until(gboolean (*condition)(gpointer data), gpointer data)
{
    gint64 end = g_get_monotonic_time() + PATIENCE;
    gboolean tick = FALSE;
    guint id = g_timeout_add(20, on_patience, &tick);
    gboolean holds;

    while (!(holds = condition(data)) && g_get_monotonic_time() < end)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(id);
    return holds;
}

static double cpu_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

double run_for(int ms)
{
    gint64 end = g_get_monotonic_time() + ms * 1000;
    gboolean tick = FALSE;
    guint id = g_timeout_add(10, on_patience, &tick);
    double most = 0;

    while (g_get_monotonic_time() < end) {
        double before = cpu_ms();

        g_main_context_iteration(NULL, TRUE);
        most = MAX(most, cpu_ms() - before);
    }
    g_source_remove(id);
    return most;
}
