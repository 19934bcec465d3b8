/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-erase.c: what is forgotten is in no file of the library any more.
 */
#include "index/store.h"
#include "tests/index/fixture.h"
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Texts long enough that rows move between pages when the tree is balanced. */
static char *long_text(GRand *rand, const char *planted)
{
    GString *text = g_string_new(NULL);
    int n = g_rand_int_range(rand, 20, 300), at = g_rand_int_range(rand, 0, n);
    for (int i = 0; i < n; i++) {
        if (i == at)
            g_string_append_printf(text, "%s ", planted);
        for (int j = g_rand_int_range(rand, 2, 9); j > 0; j--)
            g_string_append_c(text, (char)('a' + g_rand_int_range(rand, 0, 26)));
        g_string_append_c(text, ' ');
    }
    return g_string_free(text, false);
}

static void test_planted_string(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    struct fixture fixture;
    fixture_open(&fixture);
    for (int i = 0; i < 300; i++) {
        g_autofree char *path = g_strdup_printf("/docs/%s/%d", i % 3 == 0 ? "secret" : "open", i);
        g_autofree char *word = g_strdup_printf(i % 3 == 0 ? "zanzibar%d" : "harmless%d", i);
        g_autofree char *a = long_text(rand, word), *b = long_text(rand, word);
        fixture_put(&fixture, path, 1, (const char *const[]){a, b, NULL});
    }
    fixture_embed(&fixture);
    g_assert_true(idx_vectors_refresh(fixture.store, fixture.embedder, &error));
    g_assert_true(folder_holds(fixture.dir, "zanzibar"));

    g_assert_cmpint(idx_forget(fixture.store, "/docs/secret/", &error), ==, 100);
    g_assert_no_error(error);
    g_assert_false(folder_holds(fixture.dir, "zanzibar"));
    g_assert_true(folder_holds(fixture.dir, "harmless"));
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM passages"), ==, 400);
    g_assert_cmpint(fixture_see(&fixture, "/docs/secret/7", 1, 1), ==, IDX_SEEN_EXCLUDED);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Rows move through pages when trees are balanced. What is left where a row has been is not freed
   space, so secure_delete does not see it: only VACUUM does. */
static void test_moved_rows(void)
{
    enum { N_PATHS = 300, N_CHANGES = 3000 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    int latest[N_PATHS] = {0};
    struct fixture fixture;
    fixture_open(&fixture);
    for (int i = 1; i <= N_CHANGES; i++) {
        int at = g_rand_int_range(rand, 0, N_PATHS);
        g_autofree char *path = g_strdup_printf("/docs/%d", at);
        g_autofree char *filler = g_strnfill((gsize)g_rand_int_range(rand, 1, 1500), '.');
        g_autofree char *text = g_strdup_printf("tag%06dz %s", i, filler);
        latest[at] = i;
        fixture_put(&fixture, path, i, (const char *const[]){text, NULL});
    }
    g_assert_cmpint(idx_forget(fixture.store, "/docs/0", &error), ==, 1);
    g_assert_no_error(error);
    latest[0] = 0;
    int n_left = 0;
    for (int i = 1; i <= N_CHANGES; i++) {
        bool live = false;
        for (int at = 0; at < N_PATHS; at++)
            live = live || latest[at] == i;
        g_autofree char *tag = g_strdup_printf("tag%06dz", i);
        n_left += !live && folder_holds(fixture.dir, tag);
    }
    g_assert_cmpint(n_left, ==, 0);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* The copy that VACUUM makes of a large library never leaves its folder. */
static void test_copy_in_folder(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    char events[65536];
    int n_copies = 0;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "zanzibar");
    fixture_spoil(&fixture, "CREATE TABLE ballast(b);" /* more than the cache holds */
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                            " WHERE i < 48) INSERT INTO ballast SELECT randomblob(1000000) FROM n");
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    g_assert_cmpint(inotify_add_watch(watch, fixture.dir, IN_CREATE), >=, 0);
    int64_t usual = erase_copy_in_memory_bytes;
    erase_copy_in_memory_bytes = 1;
    g_assert_cmpint(idx_forget(fixture.store, "/docs/a", &error), ==, 1);
    g_assert_no_error(error);
    erase_copy_in_memory_bytes = usual;
    for (ssize_t n; (n = read(watch, events, sizeof events)) > 0;) {
        for (char *p = events; p < events + n;) {
            struct inotify_event event;
            memcpy(&event, p, sizeof event);
            n_copies += strncmp(p + sizeof event, "etilqs", 6) == 0;
            p += sizeof event + event.len;
        }
    }
    close(watch);
    g_assert_cmpint(n_copies, >, 0);
    g_autoptr(GDir) left = g_dir_open(fixture.dir, 0, &error);
    for (const char *name; (name = g_dir_read_name(left));)
        g_assert_true(g_str_has_prefix(name, "library.db"));
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/erase/planted-string", test_planted_string);
    g_test_add_func("/index/erase/moved-rows", test_moved_rows);
    g_test_add_func("/index/erase/copy-in-folder", test_copy_in_folder);
    return g_test_run();
}
