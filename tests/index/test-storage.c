/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-storage.c: files of a library: modes, sealed files, versions, what is no library.
 */
#include "index/schema.h"
#include "index/storage.h"
#include "tests/index/fixture.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* An empty folder that was there is closed to others too. */
static void test_folder_was_there(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = scratch_new();
    struct stat status;
    g_assert_cmpint(chmod(dir, 0755), ==, 0);
    idx_close(idx_open(dir, NULL, IDX_CREATE, &error));
    g_assert_no_error(error);
    g_assert_cmpint(stat(dir, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0700);
    scratch_remove(dir);
}

static void test_modes(void)
{
    g_autoptr(GError) error = NULL;
    char *scratch = scratch_new();
    g_autofree char *dir = g_build_filename(scratch, "new", "library", NULL);
    mode_t before = umask(0);
    g_autoptr(IdxStore) store = idx_open(dir, NULL, IDX_CREATE, &error);
    umask(before);
    g_assert_no_error(error);
    g_assert_cmpint(idx_root_add(store, "/docs", false, NULL, &error), >, 0);
    struct stat status;
    g_assert_cmpint(stat(dir, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0700);
    g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
    const char *name;
    int n = 0;
    for (; (name = g_dir_read_name(list)); n++) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    }
    g_assert_cmpint(n, >=, 2); /* the database and its log */
    g_clear_pointer(&store, idx_close);
    g_autofree char *new_dir = g_build_filename(scratch, "new", NULL);
    g_clear_pointer(&list, g_dir_close);
    scratch_remove(g_strdup(dir));
    g_rmdir(new_dir);
    scratch_remove(scratch);
}

/* --- sealed files
 * --------------------------------------------------------------------------------- */

static void write_sealed(const char *dir, const char *bytes, size_t n)
{
    g_autoptr(GError) error = NULL;
    struct storage_writer *writer = storage_write(dir, "x.faiss", NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(writer);
    g_assert_cmpuint(fwrite(bytes, 1, n, storage_writer_file(writer)), ==, n);
    storage_writer_end(writer, true, &error);
    g_assert_no_error(error);
}

static bool readable(const char *dir, const char *expected, size_t n)
{
    g_autoptr(GError) error = NULL;
    FILE *file = storage_read(dir, "x.faiss", NULL, true, &error);
    if (!file) {
        g_assert_error(error, IDX_ERROR, IDX_ERROR_CORRUPT);
        return false;
    }
    g_autofree char *bytes = g_malloc(n + 1);
    g_assert_cmpuint(fread(bytes, 1, n + 1, file), ==, n);
    g_assert_cmpmem(bytes, n, expected, n);
    fclose(file);
    return true;
}

static void test_sealed(void)
{
    char *dir = scratch_new();
    char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    for (size_t n = 0; n <= sizeof bytes; n += 33) {
        write_sealed(dir, bytes, n);
        g_assert_true(readable(dir, bytes, n));
    }
    write_sealed(dir, bytes, sizeof bytes);
    g_autofree char *path = g_build_filename(dir, "x.faiss", NULL), *whole = NULL;
    gsize n_whole;
    g_assert_true(g_file_get_contents(path, &whole, &n_whole, NULL));
    for (gsize i = 0; i < n_whole; i++) { /* each bit of some byte, everywhere */
        whole[i] = (char)(whole[i] ^ 1 << i % 8);
        g_assert_true(g_file_set_contents(path, whole, (gssize)n_whole, NULL));
        g_assert_false(readable(dir, bytes, sizeof bytes));
        whole[i] = (char)(whole[i] ^ 1 << i % 8);
    }
    for (gsize n = 0; n < n_whole; n++) { /* each length */
        g_assert_true(g_file_set_contents(path, whole, (gssize)n, NULL));
        g_assert_false(readable(dir, bytes, sizeof bytes));
    }
    scratch_remove(dir);
}

static void test_one_writer(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = scratch_new();
    write_sealed(dir, "old", 3);
    struct storage_writer *first = storage_write(dir, "x.faiss", NULL, &error);
    g_assert_nonnull(first);
    g_assert_null(storage_write(dir, "x.faiss", NULL, &error));
    g_assert_no_error(error);
    fputs("half", storage_writer_file(first));
    g_assert_true(readable(dir, "old", 3));
    g_assert_false(storage_writer_end(first, false, &error));
    g_assert_no_error(error);
    g_assert_true(readable(dir, "old", 3));
    /* What a killed process left half-written is in nobody's way. */
    g_autofree char *left = g_build_filename(dir, "x.faiss.new", NULL);
    g_assert_true(g_file_set_contents(left, "rubbish", -1, NULL));
    write_sealed(dir, "newer", 5);
    g_assert_true(readable(dir, "newer", 5));
    g_assert_cmpint(g_access(left, F_OK), !=, 0);
    scratch_remove(dir);
}

/* What is being written when everything of that name is erased does not come back. */
static void test_removed_meanwhile(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = scratch_new();
    struct storage_writer *writer = storage_write(dir, "x.faiss", NULL, &error);
    fputs("forgotten", storage_writer_file(writer));
    storage_remove(dir, "*.faiss", false);
    storage_remove(dir, "*.faiss", true);
    g_assert_true(storage_writer_end(writer, true, &error));
    g_assert_no_error(error);
    g_assert_false(folder_holds(dir, "forgotten"));
    scratch_remove(dir);
}

static void test_link_in_place(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = scratch_new();
    g_autofree char *full = g_build_filename(dir, "x.faiss.new", NULL);
    if (symlink("/dev/full", full) != 0) {
        g_test_skip("no symbolic links");
    } else {
        /* A link in the place of the file is not followed. */
        g_assert_null(storage_write(dir, "x.faiss", NULL, &error));
        g_assert_error(error, IDX_ERROR, IDX_ERROR_IO);
    }
    scratch_remove(dir);
}

/* --- what is opened
 * ---------------------------------------------------------------------------------- */

static void expect_refused(const char *dir, unsigned flags, enum idx_error code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(idx_open(dir, NULL, flags, &error));
    g_assert_error(error, IDX_ERROR, (int)code);
    g_test_message("%s", error->message);
}

static void test_missing(void)
{
    char *dir = scratch_new();
    expect_refused(dir, 0, IDX_ERROR_NOT_FOUND);
    expect_refused("/proc/no/such/place", IDX_CREATE, IDX_ERROR_NOT_FOUND);
    scratch_remove(dir);
}

static void test_no_database(void)
{
    char *dir = scratch_new();
    g_autofree char *path = g_build_filename(dir, "library.db", NULL), *after = NULL;
    g_assert_true(g_file_set_contents(path, "Dear diary", -1, NULL));
    expect_refused(dir, IDX_CREATE, IDX_ERROR_CORRUPT);
    g_assert_true(g_file_get_contents(path, &after, NULL, NULL));
    g_assert_cmpstr(after, ==, "Dear diary");
    scratch_remove(dir);
}

static void test_another_program(void)
{
    char *dir = scratch_new();
    struct fixture fixture = {.dir = dir};
    fixture_spoil(&fixture, "CREATE TABLE recipes(cake)");
    expect_refused(dir, IDX_CREATE, IDX_ERROR_CORRUPT);
    fixture_spoil(&fixture, "PRAGMA application_id = 7");
    expect_refused(dir, IDX_CREATE, IDX_ERROR_CORRUPT);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM sqlite_schema"), ==, 1);
    scratch_remove(dir);
}

/* Names, sizes, times and bytes of a folder's files. (owned) */
static char *folder_print(const char *dir)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GDir) list = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(list))) {
        g_autofree char *path = g_build_filename(dir, name, NULL), *bytes = NULL, *sum = NULL;
        gsize n;
        struct stat status;
        g_assert_cmpint(stat(path, &status), ==, 0);
        g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
        sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)bytes, n);
        g_string_append_printf(out, "%s %s %ld.%09ld\n", name, sum, (long)status.st_mtim.tv_sec,
                               status.st_mtim.tv_nsec);
    }
    return g_string_free(out, false);
}

static void test_newer(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "words");
    g_clear_pointer(&fixture.store, idx_close);
    fixture_spoil(&fixture, "PRAGMA user_version = 99");
    g_autofree char *before = folder_print(fixture.dir);
    expect_refused(fixture.dir, 0, IDX_ERROR_NEWER);
    expect_refused(fixture.dir, IDX_CREATE, IDX_ERROR_NEWER);
    expect_refused(fixture.dir, IDX_READ_ONLY, IDX_ERROR_NEWER);
    g_autofree char *after = folder_print(fixture.dir);
    g_assert_cmpstr(before, ==, after);
    fixture_close(&fixture);
}

/* Several processes make the same library at the same instant. */
static void test_made_at_once(void)
{
    char *scratch = scratch_new();
    g_autofree char *dir = g_build_filename(scratch, "library", NULL);
    pid_t children[6];
    for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
        children[i] = fork();
        if (children[i] == 0) {
            g_autoptr(GError) error = NULL;
            IdxStore *store = idx_open(dir, NULL, IDX_CREATE, &error);
            bool ok = store && idx_root_add(store, "/docs", false, NULL, &error) > 0;
            if (!ok)
                g_printerr("# %s\n", error->message);
            idx_close(store);
            _exit(ok ? 0 : 1);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
        int status;
        g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
        g_assert_cmpint(status, ==, 0);
    }
    struct fixture fixture = {.dir = dir};
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM roots"), ==, 1);
    scratch_remove(g_strdup(dir));
    scratch_remove(scratch);
}

/* Descriptors of this process on files of the folder. */
static int n_descriptors(const char *dir)
{
    int n = 0;
    g_autoptr(GDir) list = g_dir_open("/proc/self/fd", 0, NULL);
    for (const char *name; list && (name = g_dir_read_name(list));) {
        g_autofree char *link = g_build_filename("/proc/self/fd", name, NULL);
        g_autofree char *path = g_file_read_link(link, NULL);
        n += path && g_str_has_prefix(path, dir);
    }
    return n;
}

/* A closed library can be unmounted; one that is still open elsewhere keeps its locks. */
static void test_nothing_held(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    IdxStore *second = idx_open(fixture.dir, NULL, 0, &error);
    g_assert_no_error(error);
    g_clear_pointer(&fixture.store, idx_close);
    g_assert_cmpint(n_descriptors(fixture.dir), >, 0);
    idx_close(second);
    g_assert_cmpint(n_descriptors(fixture.dir), ==, 0);
    fixture_reopen(&fixture);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/storage/folder-was-there", test_folder_was_there);
    g_test_add_func("/index/storage/modes", test_modes);
    g_test_add_func("/index/storage/sealed", test_sealed);
    g_test_add_func("/index/storage/one-writer", test_one_writer);
    g_test_add_func("/index/storage/removed-meanwhile", test_removed_meanwhile);
    g_test_add_func("/index/storage/link-in-place", test_link_in_place);
    g_test_add_func("/index/storage/missing", test_missing);
    g_test_add_func("/index/storage/no-database", test_no_database);
    g_test_add_func("/index/storage/another-program", test_another_program);
    g_test_add_func("/index/storage/newer", test_newer);
    g_test_add_func("/index/storage/made-at-once", test_made_at_once);
    g_test_add_func("/index/storage/nothing-held", test_nothing_held);
    return g_test_run();
}
