/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "place.h"

#include "config.h"
#include "fake-engine.h"
#include "index/find.h"
#include "rag/library.h"
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

const char *place_reader;

void place_set_up(struct place *place, gconstpointer data)
{
    place->top = g_dir_make_tmp("lectern-ingest-XXXXXX", NULL);
    place->documents = g_build_filename(place->top, "documents", NULL);
    place->library = g_build_filename(place->top, "library", NULL);
    g_assert_cmpint(g_mkdir(place->documents, 0700), ==, 0);
}

static void remove_tree(const char *path)
{
    struct stat st;
    GDir *dir = lstat(path, &st) == 0 && S_ISDIR(st.st_mode) ? g_dir_open(path, 0, NULL) : NULL;
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    if (dir)
        g_dir_close(dir);
    g_remove(path);
}

void place_tear_down(struct place *place, gconstpointer data)
{
    remove_tree(place->top);
    g_free(place->top);
    g_free(place->documents);
    g_free(place->library);
}

char *file(const struct place *place, const char *name, const char *text)
{
    char *path = g_build_filename(place->documents, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_mkdir_with_parents(parent, 0700);
    if (text)
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

RagLibrary *open_library(const struct place *place)
{
    g_autoptr(GError) error = NULL;
    struct rag_library_options options = {
        .size = sizeof options,
        .dir = place->library,
        .create = true,
        .embedder = fake_engine(),
        .reader_argv = (const char *[]){place_reader, LECTERN_VERSION " " LECTERN_COMMIT, NULL},
    };
    RagLibrary *library = rag_library_open(&options, &error);
    g_assert_no_error(error);
    return library;
}

struct rag_index_result index_paths(RagLibrary *library, const char *const *paths, size_t n)
{
    g_autoptr(GError) error = NULL;
    struct rag_index_result result;
    bool ok = rag_index(library, paths, n, NULL, &result, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    return result;
}

struct rag_index_result index_documents(const struct place *place, RagLibrary *library)
{
    return index_paths(library, (const char *[]){place->documents}, 1);
}

guint n_found(RagLibrary *library, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) hits =
        idx_search_text(library->store, (const char *[]){word, NULL}, NULL, 50, NULL, &error);
    g_assert_no_error(error);
    return hits->len;
}

void assert_sound(RagLibrary *library)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = rag_doctor(library, false, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < findings->len; i++)
        g_test_message("%s", ((struct rag_finding *)findings->pdata[i])->text);
    g_assert_cmpuint(findings->len, ==, 0);
}

const char *reason_of(const struct rag_index_result *result, const char *name)
{
    for (guint i = 0; i < result->problems->len; i++) {
        const struct rag_problem *problem = result->problems->pdata[i];
        if (g_str_has_suffix(problem->path, name))
            return problem->reason;
    }
    return "";
}
