/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The library as a list: pages, collections, what a folder would bring, taking out, trying again.
 * argv[1]: the reader child.
 */
#include "rag/documents.h"

#include "fake-engine.h"
#include "place.h"
#include "rag/library.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const struct rag_document_filter everything = {.size = sizeof everything};

static GPtrArray *list(RagLibrary *library, const struct rag_document_filter *filter)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *rows = rag_documents(library, filter, 0, 100, &error);
    g_assert_no_error(error);
    g_assert_cmpint(rag_documents_count(library, filter, &error), ==, rows->len);
    return rows;
}

static const struct rag_document *row(GPtrArray *rows, guint i)
{
    return rows->pdata[i];
}

static void test_list(struct place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RagLibrary) library = open_library(place);
    FILE_IN(place, "b/Ärger.txt", "Trouble comes in threes, they say.");
    FILE_IN(place, "a.md", "# Birds\n\nThe bustard is a large bird.");
    FILE_IN(place, "c.pdf", "%PDF-1.4\n1 0 obj\n<< /Type /Cat");
    struct rag_index_result result = index_documents(place, library);
    rag_index_result_clear(&result);
    g_autoptr(GPtrArray) all = list(library, &everything);
    g_assert_cmpuint(all->len, ==, 3);
    g_assert_true(g_str_has_suffix(row(all, 0)->path, "c.pdf")); /* failed first */
    g_assert_cmpint(row(all, 0)->state, ==, RAG_FAILED);
    g_assert_cmpstr(row(all, 0)->reason, !=, "");
    g_assert_cmpstr(row(all, 1)->title, ==, "Birds");
    g_assert_cmpstr(row(all, 1)->format, ==, "markdown");
    g_assert_cmpint(row(all, 1)->state, ==, RAG_READY);
    g_assert_cmpint(row(all, 1)->n_passages, ==, 1);
    g_assert_cmpint(row(all, 1)->n_embedded, ==, 1);
    g_assert_cmpint(row(all, 1)->size, ==, 37);
    struct rag_document_filter filter = everything;
    filter.words = "äRG";
    g_autoptr(GPtrArray) trouble = list(library, &filter);
    g_assert_cmpuint(trouble->len, ==, 1);
    /* Read again on request only, and by name or all at once. */
    g_assert_cmpint(rag_retry(library, place->library, &error), ==, 0);
    g_assert_cmpint(rag_retry(library, NULL, &error), ==, 1);
    filter = everything;
    filter.states = 1 << RAG_WAITING;
    g_autoptr(GPtrArray) waiting = list(library, &filter);
    g_assert_cmpuint(waiting->len, ==, 1);
    g_assert_no_error(error);
}

static const struct rag_collection *named(GPtrArray *all, const char *name)
{
    const struct rag_collection *one = NULL;
    for (guint i = 0; i < all->len; i++) {
        one = all->pdata[i];
        if (strcmp(one->name, name) == 0)
            return one;
    }
    g_error("there is no collection %s", name);
}

static void test_collections(struct place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RagLibrary) library = open_library(place);
    g_autofree char *flat = file(place, "flat", NULL), *garden = file(place, "garden", NULL);
    FILE_IN(place, "flat/lease.txt", "The notice period of the flat is three months.");
    FILE_IN(place, "garden/lease.txt", "The notice period of the garden is one year.");
    struct rag_index_options options = {.size = sizeof options, .collection = "Flat"};
    struct rag_index_result result;
    g_assert_true(rag_index(library, (const char *[]){flat}, 1, &options, &result, NULL, &error));
    rag_index_result_clear(&result);
    options.collection = NULL;
    int64_t before = g_get_real_time();
    g_assert_true(rag_index(library, (const char *[]){garden}, 1, &options, &result, NULL, &error));
    rag_index_result_clear(&result);
    g_autoptr(GPtrArray) all = rag_collections(library, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 2);
    const struct rag_collection *one = named(all, "Flat");
    g_assert_cmpint(one->n_documents, ==, 1);
    g_assert_cmpint(one->n_by_state[RAG_READY], ==, 1);
    g_assert_cmpuint(one->roots->len, ==, 1);
    g_assert_cmpint(one->checked_at, >, 0);
    g_assert_cmpint(one->checked_at, <, before);
    g_assert_cmpint(named(all, "All")->checked_at, >=, before);
    /* Scope: a collection, several, none. */
    g_auto(GStrv) scope = rag_collection_scope(library, one->id, &error);
    struct rag_search_options search = {.size = sizeof search, .scope = (const char *const *)scope};
    g_autoptr(GPtrArray) hits = rag_search(library, "notice period", &search, NULL, &error);
    g_assert_cmpuint(hits->len, ==, 1);
    g_assert_true(g_str_has_suffix(((struct rag_hit *)hits->pdata[0])->path, "flat/lease.txt"));
    search.scope = (const char *const[]){flat, garden, NULL};
    g_autoptr(GPtrArray) both = rag_search(library, "notice period", &search, NULL, &error);
    g_assert_cmpuint(both->len, ==, 2);
    int64_t empty = rag_collection_make(library, "  Empty ", &error);
    g_auto(GStrv) nowhere = rag_collection_scope(library, empty, &error);
    search.scope = (const char *const *)nowhere;
    g_autoptr(GPtrArray) none = rag_search(library, "notice period", &search, NULL, &error);
    g_assert_cmpuint(none->len, ==, 0);
    /* Named again with another collection, the folder goes there. */
    options.collection = "Empty";
    g_assert_true(rag_index(library, (const char *[]){garden}, 1, &options, &result, NULL, &error));
    g_assert_cmpint(result.n_same, ==, 1);
    rag_index_result_clear(&result);
    g_assert_true(rag_collection_delete(library, one->id, &error));
    g_autoptr(GPtrArray) then = rag_collections(library, &error);
    g_assert_cmpuint(named(then, "Empty")->roots->len, ==, 1);
    g_assert_cmpint(named(then, "All")->n_documents, ==, 1);
    g_assert_no_error(error);
}

static void preview(RagLibrary *library, const char *const *paths, size_t n,
                    struct rag_preview *out)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(rag_preview(library, paths, n, out, NULL, &error));
    g_assert_no_error(error);
}

static void test_preview(struct place *place, gconstpointer data)
{
    g_autoptr(RagLibrary) library = open_library(place);
    g_autofree char *inner = file(place, "inner", NULL);
    g_autofree char *gone = g_build_filename(place->top, "gone.txt", NULL);
    FILE_IN(place, "inner/a.txt", "The aardvark.");
    FILE_IN(place, "inner/b.pdf", "not a PDF at all, but nobody opens it");
    FILE_IN(place, "c.txt", "The caracal.");
    FILE_IN(place, "p.png", "P");
    FILE_IN(place, "q.jpg", "Q");
    FILE_IN(place, "r.zip", "R");
    const char *const paths[] = {place->documents, inner, gone, place->library};
    struct rag_preview told;
    preview(library, paths, 4, &told);
    g_assert_cmpint(told.n_files, ==, 3);
    g_assert_cmpint(told.n_bytes, ==, 13 + 37 + 12);
    g_assert_cmpint(told.n_known, ==, 0);
    g_assert_cmpint(told.n_left_out, ==, 3);
    g_assert_cmpuint(told.left_out->len, ==, 2);
    g_assert_cmpstr(told.left_out->pdata[0], ==, "2 files: pictures cannot be read");
    g_assert_cmpstr(told.left_out->pdata[1], ==,
                    "1 file: archives are not opened; unpack it to have its documents read");
    g_assert_cmpuint(told.kinds->len, ==, 2);
    g_assert_cmpstr(told.kinds->pdata[0], ==, "Text: 2");
    g_assert_cmpstr(told.kinds->pdata[1], ==, "PDF: 1");
    g_assert_cmpuint(told.problems->len, ==, 2); /* what is gone, and the library itself */
    g_assert_cmpfloat(told.seconds, ==, 0);      /* nothing was ever read */
    rag_preview_clear(&told);
    g_autoptr(GPtrArray) still = list(library, &everything);
    g_assert_cmpuint(still->len, ==, 0);

    struct rag_index_result result = index_documents(place, library);
    rag_index_result_clear(&result);
    FILE_IN(place, "d.txt", "The dingo is new.");
    FILE_IN(place, "c.txt", "The caracal has changed.");
    preview(library, paths, 1, &told);
    g_assert_cmpint(told.n_files, ==, 2);
    g_assert_cmpint(told.n_known, ==, 2);
    g_assert_cmpfloat(told.seconds, >, 0);
    rag_preview_clear(&told);
    g_autoptr(GError) error = NULL;
    g_autoptr(GCancellable) cancelled = g_cancellable_new();
    g_cancellable_cancel(cancelled);
    g_assert_false(rag_preview(library, paths, 1, &told, cancelled, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void test_remove(struct place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RagLibrary) library = open_library(place);
    g_autofree char *inner = file(place, "inner", NULL);
    FILE_IN(place, "inner/a.txt", "The aardvark.");
    FILE_IN(place, "inner/b.txt", "The bustard.");
    FILE_IN(place, "c.txt", "The caracal.");
    struct rag_index_result result = index_documents(place, library);
    rag_index_result_clear(&result);
    g_assert_cmpint(rag_remove(library, inner, &error), ==, 2);
    result = index_documents(place, library);
    g_assert_cmpint(result.n_ready, ==, 1); /* not added again with its folder */
    rag_index_result_clear(&result);
    g_autofree char *by_name = file(place, "inner/b.txt", NULL);
    result = index_paths(library, (const char *[]){by_name}, 1);
    g_assert_cmpint(result.n_new, ==, 1);
    rag_index_result_clear(&result);
    g_assert_cmpuint(n_found(library, "bustard"), ==, 1);
    g_assert_cmpuint(n_found(library, "aardvark"), ==, 0);
    assert_sound(library);
}

/* "Cancel" while the second of three is at work; adding the folder again brings what was left. */
static GCancellable *stop;
static void stop_at_second(const struct rag_progress *progress, void *data)
{
    if (progress->phase == RAG_PHASE_READ && progress->n_done == 1)
        g_cancellable_cancel(stop);
}

static void test_drop_waiting(struct place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RagLibrary) library = open_library(place);
    struct rag_index_options options = {.size = sizeof options, .on_progress = stop_at_second};
    struct rag_index_result result;
    for (int i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("%d.txt", i);
        FILE_IN(place, name, name);
    }
    g_autoptr(GCancellable) cancellable = stop = g_cancellable_new();
    g_assert_false(rag_index(library, (const char *[]){place->documents}, 1, &options, &result,
                             cancellable, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    int64_t dropped = rag_drop_waiting(library, &error);
    g_assert_cmpint(dropped, >, 5);
    g_autoptr(GPtrArray) left = list(library, &everything);
    g_assert_cmpuint(left->len, ==, 20 - dropped);
    result = index_paths(library, NULL, 0);
    g_assert_cmpint(result.n_ready, ==, 20 - dropped);
    rag_index_result_clear(&result);
    result = index_documents(place, library);
    g_assert_cmpint(result.n_ready, ==, 20);
    rag_index_result_clear(&result);
    assert_sound(library);
}

/* What is named now does not wait for what an earlier call has left. */
static void test_named_first(struct place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RagLibrary) library = open_library(place);
    struct rag_index_options options = {.size = sizeof options, .on_progress = stop_at_second};
    struct rag_index_result result;
    g_autofree char *large = file(place, "large", NULL);
    g_autofree char *small = file(place, "small.txt", NULL);
    for (int i = 0; i < 20; i++) {
        g_autofree char *name = g_strdup_printf("large/%d.txt", i);
        FILE_IN(place, name, name);
    }
    FILE_IN(place, "small.txt", "A small shrew.");
    g_autoptr(GCancellable) cancellable = stop = g_cancellable_new();
    g_assert_false(
        rag_index(library, (const char *[]){large}, 1, &options, &result, cancellable, &error));
    g_clear_error(&error);
    result = index_paths(library, (const char *[]){small}, 1);
    g_assert_cmpint(result.n_ready, ==, 1);
    g_assert_cmpint(result.n_passages, ==, 1);
    g_assert_cmpint(result.n_embedded, ==, 1);
    g_assert_cmpint(result.n_waiting, >, 5);
    rag_index_result_clear(&result);
    result = index_paths(library, NULL, 0);
    g_assert_cmpint(result.n_ready, ==, 21);
    g_assert_cmpint(result.n_waiting, ==, 0);
    rag_index_result_clear(&result);
    assert_sound(library);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >=, 2);
    place_reader = argv[1];
    PLACE_TEST("/rag/documents/list", test_list);
    PLACE_TEST("/rag/documents/collections", test_collections);
    PLACE_TEST("/rag/documents/preview", test_preview);
    PLACE_TEST("/rag/documents/remove", test_remove);
    PLACE_TEST("/rag/documents/drop-waiting", test_drop_waiting);
    PLACE_TEST("/rag/documents/named-first", test_named_first);
    return g_test_run();
}
