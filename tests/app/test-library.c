/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-library.c: LecLibrary without a window: opening and failing, lists, removal with undo, what
 * others change, what goes away under it. No model is there.
 */
#include "services.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>

static void count(LecLibrary *library, int *n)
{
    ++*n;
}

static gint64 count_documents(struct services *s, const struct rag_document_filter *filter)
{
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;
    gint64 n;

    lec_library_documents_count_async(s->library, filter, NULL, services_on_result, &result);
    UNTIL(result);
    n = lec_library_documents_count_finish(s->library, result, &error);
    g_assert_no_error(error);
    return n;
}

/* The names of the rows, joined by spaces (owned). */
static char *list_documents(struct services *s, gint64 offset, gint64 limit)
{
    const struct rag_document_filter filter = {.size = sizeof filter, .order = RAG_BY_NAME};
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GString) names = g_string_new(NULL);

    lec_library_documents_async(s->library, &filter, offset, limit, NULL, services_on_result,
                                &result);
    UNTIL(result);
    rows = lec_library_documents_finish(s->library, result, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < rows->len; i++) {
        const struct rag_document *row = rows->pdata[i];
        g_autofree char *name = g_path_get_basename(row->path);
        g_string_append_printf(names, "%s%s", i ? " " : "", name);
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

static void expect_list(struct services *s, gint64 offset, gint64 limit, const char *names)
{
    g_autofree char *found = list_documents(s, offset, limit);

    g_assert_cmpstr(found, ==, names);
}

/* a.txt … e.txt, each with a word of its own ("worda" …) */
static void five_documents(struct services *s)
{
    for (char c = 'a'; c <= 'e'; c++) {
        g_autofree char *name = g_strdup_printf("%c.txt", c);
        g_autofree char *text = g_strdup_printf("This document has the word%c in it.", c);
        g_free(services_write(s, name, text));
    }
    services_index(s);
    UNTIL(lec_library_get_n_ready(s->library) == 5);
}

static guint search(struct services *s, const char *words)
{
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hits = NULL;

    lec_library_search_async(s->library, words, NULL, 0, NULL, services_on_result, &result);
    UNTIL(result);
    hits = lec_library_search_finish(s->library, result, &error);
    g_assert_no_error(error);
    return hits->len;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void test_open(void)
{
    struct services s;

    services_start(&s);
    g_assert_cmpint(lec_library_get_state(s.library), ==, LEC_LIBRARY_READY);
    g_assert_null(lec_library_get_error(s.library));
    five_documents(&s);
    g_assert_cmpint(lec_library_get_n_documents(s.library), ==, 5);
    services_close(&s);
    services_open(&s);
    g_assert_cmpint(lec_library_get_state(s.library), ==, LEC_LIBRARY_OPENING);
    UNTIL(lec_library_get_n_ready(s.library) == 5);
    services_end(&s);
}

static void test_failed(void)
{
    struct services s;
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *database = NULL;

    services_start(&s);
    services_close(&s);
    database = g_build_filename(s.dir, "library.db", NULL);
    g_assert_true(g_file_set_contents(database,
                                      "not a database, but longer than one page head "
                                      "of a hundred bytes, so that it is looked at.....",
                                      -1, NULL));
    services_open(&s);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_FAILED);
    g_assert_nonnull(strstr(lec_library_get_error(s.library), database));
    lec_library_collections_async(s.library, NULL, services_on_result, &result);
    UNTIL(result);
    g_assert_null(lec_library_collections_finish(s.library, result, &error));
    g_assert_cmpstr(error->message, ==, lec_library_get_error(s.library));

    g_assert_cmpint(g_remove(database), ==, 0);
    lec_library_reopen(s.library);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_READY);
    g_assert_null(lec_library_get_error(s.library));
    services_end(&s);
}

/* --- lists ------------------------------------------------------------------------------------ */

static void test_documents(void)
{
    const struct rag_document_filter some = {.size = sizeof some, .words = "B"};
    const struct rag_document_filter failed = {.size = sizeof failed, .states = 1 << RAG_FAILED};
    struct services s;

    services_start(&s);
    five_documents(&s);
    expect_list(&s, 0, 100, "a.txt b.txt c.txt d.txt e.txt");
    expect_list(&s, 1, 2, "b.txt c.txt");
    expect_list(&s, 5, 2, "");
    g_assert_cmpint(count_documents(&s, &some), ==, 1);
    g_assert_cmpint(count_documents(&s, &failed), ==, 0);
    services_end(&s);
}

static void test_cancelled_call(void)
{
    struct services s;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;

    services_start(&s);
    lec_library_search_async(s.library, "word", NULL, 0, cancellable, services_on_result, &result);
    g_cancellable_cancel(cancellable);
    g_assert_null(result); /* never from inside the call */
    UNTIL(result);
    g_assert_null(lec_library_search_finish(s.library, result, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    services_end(&s);
}

static void test_text(void)
{
    struct services s;
    g_autoptr(GAsyncResult) result = NULL, state = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(RagDocumentText) text = NULL;
    g_autofree char *path = NULL;

    services_start(&s);
    path = services_write(&s, "a.txt", "First paragraph.\n\nSecond paragraph.\n");
    lec_library_text_async(s.library,
                           &(struct rag_text_request){.path = path, .quote = "Second paragraph."},
                           NULL, services_on_result, &result);
    UNTIL(result);
    text = lec_library_text_finish(s.library, result, &error);
    g_assert_no_error(error);
    g_assert_cmpint(text->blocks->len, ==, 2);
    g_assert_cmpint(text->quote_block, ==, 1);
    lec_library_source_state_async(s.library, path, "0123", NULL, services_on_result, &state);
    UNTIL(state);
    g_assert_cmpint(lec_library_source_state_finish(s.library, state, &error), ==,
                    RAG_SOURCE_FORGOTTEN);
    g_assert_no_error(error);
    services_end(&s);
}

/* --- removal with undo ------------------------------------------------------------------------ */

static void test_undo(void)
{
    const struct rag_document_filter all = {.size = sizeof all};
    struct services s;
    g_autofree char *path = NULL;
    int n_changed = 0;
    guint token;

    services_start(&s);
    five_documents(&s);
    path = g_build_filename(s.docs, "b.txt", NULL);
    g_signal_connect(s.library, "changed", G_CALLBACK(count), &n_changed);
    token = lec_library_removal_begin(s.library, LEC_REMOVE, path, 0);
    g_assert_cmpint(n_changed, ==, 1);
    g_assert_true(lec_library_is_hidden(s.library, path));
    g_assert_false(lec_library_is_hidden(s.library, s.docs));
    expect_list(&s, 0, 100, "a.txt c.txt d.txt e.txt");
    expect_list(&s, 1, 2, "c.txt d.txt");
    g_assert_cmpint(count_documents(&s, &all), ==, 4);
    g_assert_cmpint(search(&s, "wordb"), ==, 0);

    lec_library_removal_undo(s.library, token);
    g_assert_false(lec_library_is_hidden(s.library, path));
    expect_list(&s, 0, 100, "a.txt b.txt c.txt d.txt e.txt");
    g_assert_cmpint(search(&s, "wordb"), ==, 1);
    lec_library_removal_commit(s.library, token); /* too late: nothing happens */
    expect_list(&s, 0, 100, "a.txt b.txt c.txt d.txt e.txt");
    services_end(&s);
}

static void test_hidden_folder(void)
{
    const struct rag_document_filter all = {.size = sizeof all};
    struct rag_document_filter inside = {.size = sizeof inside};
    struct services s;
    g_autofree char *path = NULL;

    services_start(&s);
    five_documents(&s);
    path = g_build_filename(s.docs, "a.txt", NULL);
    inside.below = path;
    lec_library_removal_begin(s.library, LEC_REMOVE, path, 0);
    lec_library_removal_begin(s.library, LEC_REMOVE, s.docs, 0);
    lec_library_removal_begin(s.library, LEC_FORGET, path, 0);
    g_assert_cmpint(count_documents(&s, &all), ==, 0);
    g_assert_cmpint(count_documents(&s, &inside), ==, 0);
    expect_list(&s, 0, 100, "");
    services_end(&s); /* carries them out, in a row */
}

static void test_commit(void)
{
    struct services s;
    g_autofree char *path = NULL;
    guint token;

    services_start(&s);
    five_documents(&s);
    path = g_build_filename(s.docs, "b.txt", NULL);
    token = lec_library_removal_begin(s.library, LEC_FORGET, path, 0);
    lec_library_removal_commit(s.library, token);
    lec_library_removal_undo(s.library, token); /* too late */
    g_assert_true(lec_library_is_hidden(s.library, path));
    UNTIL(!lec_library_is_hidden(s.library, path));
    UNTIL(lec_library_get_n_documents(s.library) == 4);
    expect_list(&s, 0, 100, "a.txt c.txt d.txt e.txt");
    services_end(&s);
}

static void test_close_commits(void)
{
    struct services s;
    g_autofree char *path = NULL;

    services_start(&s);
    five_documents(&s);
    path = g_build_filename(s.docs, "b.txt", NULL);
    lec_library_removal_begin(s.library, LEC_REMOVE, path, 0);
    services_close(&s);
    services_open(&s);
    UNTIL(lec_library_get_n_documents(s.library) == 4);
    expect_list(&s, 0, 100, "a.txt c.txt d.txt e.txt");
    services_end(&s);
}

/* --- what others do --------------------------------------------------------------------------- */

static RagLibrary *open_another(struct services *s)
{
    g_autoptr(GError) error = NULL;
    RagLibrary *library = rag_library_open(
        &(struct rag_library_options){.size = sizeof(struct rag_library_options), .dir = s->dir},
        &error);

    g_assert_no_error(error);
    return library;
}

static void test_changed_by_another(void)
{
    struct services s;
    g_autoptr(RagLibrary) other = NULL;
    g_autofree char *path = NULL;
    int n_changed = 0;
    gint64 start;

    services_start(&s);
    five_documents(&s);
    services_wait(1.2);
    g_signal_connect(s.library, "changed", G_CALLBACK(count), &n_changed);
    services_wait(2.2);
    g_assert_cmpint(n_changed, ==, 0); /* nothing happens, nothing is told */
    other = open_another(&s);
    path = g_build_filename(s.docs, "c.txt", NULL);
    g_assert_cmpint(rag_remove(other, path, NULL), ==, 1);
    start = g_get_monotonic_time();
    UNTIL(lec_library_get_n_documents(s.library) == 4);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 3 * G_USEC_PER_SEC);
    g_assert_cmpint(n_changed, ==, 1);
    services_end(&s);
}

static void test_changed_rate(void)
{
    struct services s;
    int n_changed = 0;

    services_start(&s);
    services_wait(0.6);
    g_signal_connect(s.library, "changed", G_CALLBACK(count), &n_changed);
    for (int i = 0; i < 20; i++) {
        lec_library_refresh(s.library);
        services_wait(0.05);
    }
    g_assert_cmpint(n_changed, >=, 2);
    g_assert_cmpint(n_changed, <=, 3); /* in a second */
    services_end(&s);
}

static void test_vanished(void)
{
    struct services s;
    g_autofree char *away = NULL;

    services_start(&s);
    five_documents(&s);
    away = g_strconcat(s.dir, "-away", NULL);
    g_assert_cmpint(g_rename(s.dir, away), ==, 0);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_FAILED);
    g_assert_nonnull(strstr(lec_library_get_error(s.library), s.dir));
    lec_library_reopen(s.library); /* makes no new one in its place */
    services_wait(0.3);
    g_assert_cmpint(lec_library_get_state(s.library), ==, LEC_LIBRARY_FAILED);
    g_assert_false(g_file_test(s.dir, G_FILE_TEST_EXISTS));
    g_assert_cmpint(g_rename(away, s.dir), ==, 0);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_READY); /* by itself */
    expect_list(&s, 0, 100, "a.txt b.txt c.txt d.txt e.txt");
    services_end(&s);
}

/* The library's folder looks read-only from now on. Not by remounting it: that is refused where a
   file is open for writing, so a read-only view of it is laid over it. FALSE: no right to mount. */
static gboolean lock_up(struct services *s)
{
    g_autofree char *view = g_build_filename(s->root, "view", NULL);

    g_assert_cmpint(g_mkdir(view, 0700), ==, 0);
    if (mount(s->dir, view, NULL, MS_BIND, NULL) != 0)
        return FALSE;
    g_assert_cmpint(mount(NULL, view, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
    g_assert_cmpint(mount(view, s->dir, NULL, MS_BIND, NULL), ==, 0);
    g_assert_cmpint(umount2(view, MNT_DETACH), ==, 0);
    return TRUE;
}

static void test_read_only(void)
{
    struct services s;
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;

    services_start(&s);
    five_documents(&s);
    services_close(&s); /* nothing is left in its log */
    services_open(&s);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_READY);
    if (!lock_up(&s)) {
        services_end(&s);
        g_test_skip("no right to mount");
        return;
    }
    UNTIL(lec_library_get_state(s.library) != LEC_LIBRARY_READY);
    g_assert_cmpint(lec_library_get_state(s.library), ==, LEC_LIBRARY_READ_ONLY);
    g_assert_nonnull(lec_library_get_error(s.library));
    expect_list(&s, 0, 100, "a.txt b.txt c.txt d.txt e.txt");
    g_assert_cmpint(search(&s, "worda"), ==, 1);
    lec_library_collection_make_async(s.library, "New", NULL, services_on_result, &result);
    UNTIL(result);
    g_assert_cmpint(lec_library_collection_make_finish(s.library, result, &error), ==, -1);
    g_assert_nonnull(error);
    lec_indexer_rescan(s.indexer);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_FAILED);
    g_assert_cmpstr(lec_indexer_get_error(s.indexer), ==, lec_library_get_error(s.library));

    g_assert_cmpint(umount2(s.dir, MNT_DETACH), ==, 0);
    lec_library_reopen(s.library);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_READY);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_IDLE); /* what waited is done */
    services_end(&s);
}

static void test_conversations(void)
{
    struct services s;
    g_autoptr(GAsyncResult) set = NULL, get = NULL, list = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    g_autofree char *draft = NULL;

    services_start(&s);
    lec_library_draft_set_async(s.library, 0, "half a question", NULL, services_on_result, &set);
    lec_library_draft_get_async(s.library, 0, NULL, services_on_result, &get);
    UNTIL(get);
    g_assert_true(lec_library_draft_set_finish(s.library, set, &error));
    draft = lec_library_draft_get_finish(s.library, get, &error);
    g_assert_cmpstr(draft, ==, "half a question");
    lec_library_conversations_async(s.library, 0, -1, NULL, services_on_result, &list);
    UNTIL(list);
    rows = lec_library_conversations_finish(s.library, list, &error);
    g_assert_no_error(error);
    g_assert_cmpint(rows->len, ==, 0);
    services_end(&s);
}

int main(int argc, char **argv)
{
    services_init(&argc, &argv);
    g_test_add_func("/app/library/open", test_open);
    g_test_add_func("/app/library/failed", test_failed);
    g_test_add_func("/app/library/documents", test_documents);
    g_test_add_func("/app/library/cancelled-call", test_cancelled_call);
    g_test_add_func("/app/library/text", test_text);
    g_test_add_func("/app/library/conversations", test_conversations);
    g_test_add_func("/app/library/undo", test_undo);
    g_test_add_func("/app/library/hidden-folder", test_hidden_folder);
    g_test_add_func("/app/library/commit", test_commit);
    g_test_add_func("/app/library/close-commits", test_close_commits);
    g_test_add_func("/app/library/changed-by-another", test_changed_by_another);
    g_test_add_func("/app/library/changed-rate", test_changed_rate);
    g_test_add_func("/app/library/vanished", test_vanished);
    g_test_add_func("/app/library/read-only", test_read_only);
    return g_test_run();
}
