/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents are put into the store as the ingest would, without files or reader children. */
#include "small-library.h"

#include <glib/gstdio.h>
#include <string.h>

static void put_document(IdxStore *store, int64_t root, int number, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("/docs/%d.txt", number);
    g_autofree char *title = g_strdup_printf("Title %d", number);
    g_autofree char *hash = g_strdup_printf("%064d", number);
    const struct idx_file file = {.path = path, .root = root, .size = 1, .mtime_ns = 1};
    struct idx_job job;
    g_assert_cmpint(idx_location_seen(store, &file, &error), ==, IDX_SEEN_NEW);
    g_assert_no_error(error);
    g_assert_true(idx_job_claim(store, IDX_JOB_READ, 60, &job, &error));
    const struct idx_passage passage = {.text = (char *)text,
                                        .heading = (char *)"",
                                        .pos_kind = IDX_POS_PAGE,
                                        .pos_from = number + 1,
                                        .pos_to = number + 1,
                                        .char_to = g_utf8_strlen(text, -1),
                                        .n_tokens = 10};
    const struct idx_passage *const passages[] = {&passage};
    const struct idx_document document = {.hash = hash,
                                          .title = title,
                                          .format = "text",
                                          .size = 1,
                                          .reader_version = 1,
                                          .note = "",
                                          .passages = passages,
                                          .n_passages = 1};
    g_assert_true(idx_document_put(store, &job, &file, &document, &error));
    g_assert_no_error(error);
    idx_job_clear(&job);
}

RagLibrary *small_library(const char *const *passages, struct engine *embedder)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("lectern-test-XXXXXX", &error);
    g_assert_no_error(error);
    RagLibrary *library =
        rag_library_open(&(struct rag_library_options){.size = sizeof(struct rag_library_options),
                                                       .dir = dir,
                                                       .create = true,
                                                       .embedder = embedder},
                         &error);
    g_assert_no_error(error);
    int64_t root = idx_root_add(library->store, "/docs", false, NULL, &error);
    g_assert_cmpint(root, >, 0);
    for (int i = 0; passages[i]; i++)
        put_document(library->store, root, i, passages[i]);
    return library;
}

void small_library_free(RagLibrary *library)
{
    g_autofree char *dir = g_strdup(idx_dir(library->store));
    rag_library_close(library);
    g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
    for (const char *name; files && (name = g_dir_read_name(files));) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_remove(path);
    }
    g_rmdir(dir);
}
