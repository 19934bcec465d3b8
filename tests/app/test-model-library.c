/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file a name means: folders in order, ids, prefixes, records of hashes. No model is needed.
 */
#include "app/json-read.h"
#include "app/model-library.h"
#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

struct fixture {
    char *root, *one, *two;
};

static char *put(const char *dir, const char *file, const char *text)
{
    char *path = g_build_filename(dir, file, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void setup(struct fixture *f, gconstpointer data)
{
    g_autofree char *both = NULL;

    f->root = g_dir_make_tmp("lectern-models-XXXXXX", NULL);
    f->one = g_build_filename(f->root, "one", NULL);
    f->two = g_build_filename(f->root, "two", NULL);
    g_assert_cmpint(g_mkdir(f->one, 0700), ==, 0);
    g_assert_cmpint(g_mkdir(f->two, 0700), ==, 0);
    both = g_strdup_printf("%s:%s", f->one, f->two);
    g_setenv("LECTERN_MODELS", both, TRUE);
    g_free(put(f->one, "Alpha-7B.gguf", "one"));
    g_free(put(f->two, "Alpha-7B.gguf", "two: shadowed"));
    g_free(put(f->two, "Alpha-9B.gguf", "nine"));
    g_free(put(f->two, "smollm2-135m-instruct-q4_1.gguf", "a file of the catalogue's name"));
    g_free(put(f->two, "notes.txt", "no model"));
}

static void empty(const char *dir)
{
    g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(folder))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(dir);
}

static void teardown(struct fixture *f, gconstpointer data)
{
    empty(f->one);
    empty(f->two);
    g_rmdir(f->root);
    g_free(f->root);
    g_free(f->one);
    g_free(f->two);
}

static void assert_found(ModelLibrary *models, const char *name, const char *dir, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(dir, file, NULL);
    const struct model *model = model_library_find(models, name, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(model->path, ==, path);
}

static void assert_not_found(ModelLibrary *models, const char *name, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(model_library_find(models, name, &error));
    if (!strstr(error->message, why))
        g_error("\"%s\" is not in: %s", why, error->message);
}

static void test_names(struct fixture *f, gconstpointer data)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    g_autofree char *path = g_build_filename(f->two, "Alpha-7B.gguf", NULL);

    assert_found(models, "Alpha-7B", f->one, "Alpha-7B.gguf");
    assert_found(models, "Alpha-9B.gguf", f->two, "Alpha-9B.gguf");
    assert_found(models, "Alpha-9", f->two, "Alpha-9B.gguf");
    assert_found(models, "smollm2-135m", f->two, "smollm2-135m-instruct-q4_1.gguf");
    assert_found(models, "smol", f->two, "smollm2-135m-instruct-q4_1.gguf");
    assert_found(models, path, f->two, "Alpha-7B.gguf");
    assert_not_found(models, "Alpha", "Alpha-7B, Alpha-9B");
    assert_not_found(models, "Beta", "Alpha-7B");
    assert_not_found(models, "", "Alpha-7B");
}

static void test_list(struct fixture *f, gconstpointer data)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    GPtrArray *all = model_library_list(models);
    int n_seven = 0, n_smol = 0;

    for (guint i = 0; i < all->len; i++) {
        const struct model *model = all->pdata[i];
        g_assert_cmpstr(model->file, !=, "notes.txt");
        n_seven += g_str_equal(model->file, "Alpha-7B.gguf");
        if (g_str_equal(model->id, "smollm2-135m")) {
            n_smol++;
            g_assert_cmpstr(model->role, ==, "chat-small");
            g_assert_cmpint(model->bytes, ==, strlen("a file of the catalogue's name"));
        }
    }
    g_assert_cmpint(n_seven, ==, 1);
    g_assert_cmpint(n_smol, ==, 1);
}

static void test_verify(struct fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->two, "Alpha-9B.gguf", NULL);
    g_autofree char *identity = NULL, *changed = NULL;
    g_autoptr(ModelLibrary) models = NULL;
    g_autoptr(GError) error = NULL;
    const struct model *model;
    bool compared;

    g_assert_true(model_record_sha256(path, NULL, NULL));
    models = model_library_open();
    model = model_library_find(models, "Alpha-9B", NULL);
    identity = model_identity(model, NULL, NULL);
    g_assert_cmpstr(model->sha256, ==, identity);

    /* damaged behind the record's back, with its old time */
    g_free(put(f->two, "Alpha-9B.gguf", "NINE"));
    g_assert_false(model_verify(model, &compared, NULL, &error));
    g_assert_true(compared);
    g_assert_nonnull(strstr(error->message, "SHA-256"));

    /* a file that is newer than its record is hashed anew */
    g_assert_cmpint(g_utime(path, &(struct utimbuf){.actime = G_MAXINT32, .modtime = G_MAXINT32}),
                    ==, 0);
    changed = model_identity(model, NULL, NULL);
    g_assert_cmpstr(changed, !=, identity);
}

static void test_not_a_model(struct fixture *f, gconstpointer data)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    const struct model *model = model_library_find(models, "Alpha-7B", NULL);
    g_autoptr(GError) error = NULL;
    bool compared;

    g_assert_false(model_verify(model, &compared, NULL, &error));
    g_assert_false(compared);
    g_assert_nonnull(strstr(error->message, "Alpha-7B.gguf"));
}

/* What the program expects is what ./run fetches. */
static void test_catalogue_agrees_with_scripts(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "scripts", "models.json", NULL);
    g_autofree char *text = NULL;
    g_autoptr(ModelLibrary) models = model_library_open();
    GPtrArray *all = model_library_list(models);
    gsize n;

    g_assert_true(g_file_get_contents(path, &text, &n, NULL));
    for (guint i = 0; i < all->len; i++) {
        const struct model *model = all->pdata[i];
        if (model->role && !g_str_equal(model->role, "embedder")) /* that one is made here */
            g_assert_true(strstr(text, model->file) && strstr(text, model->sha256));
    }
}

#define ADD(path, test) g_test_add(path, struct fixture, NULL, setup, test, teardown)

int main(int argc, char **argv)
{
    /* no model of this machine but those that the test puts there */
    g_setenv("XDG_DATA_HOME", "/nonexistent", TRUE);
    g_setenv("XDG_CACHE_HOME", "/nonexistent", TRUE);
    g_test_init(&argc, &argv, NULL);
    ADD("/model-library/names", test_names);
    ADD("/model-library/list", test_list);
    ADD("/model-library/verify", test_verify);
    ADD("/model-library/not-a-model", test_not_a_model);
    g_test_add_func("/model-library/catalogue", test_catalogue_agrees_with_scripts);
    return g_test_run();
}
