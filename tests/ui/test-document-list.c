/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list of 50,000 documents as a model: its memory, its pages, and how it tells changes. */
#include "tests/ui/stocked-library.h"
#include "ui/document-list.h"
#include "ui/document-pages.h"

#define N 50000

struct fixture {
    char *dir;
    LecLibrary *library;
    LecDocumentList *list;
    guint position, removed, added, n_changes;
};

static void on_items_changed(GListModel *list, guint position, guint removed, guint added,
                             struct fixture *fixture)
{
    fixture->position = position;
    fixture->removed = removed;
    fixture->added = added;
    fixture->n_changes++;
}

static gboolean is_whole(gpointer list)
{
    return !lec_document_list_is_loading(list) &&
           g_list_model_get_n_items(list) == lec_document_list_get_n_documents(list);
}

static void set_up(struct fixture *fixture, gconstpointer n)
{
    const struct rag_document_filter filter = {.size = sizeof filter, .order = RAG_BY_FOLDER};

    fixture->dir = stocked_library_new(NULL);
    stocked_library_sql(fixture->dir, "DELETE FROM locations");
    stocked_library_add_entries(fixture->dir, GPOINTER_TO_INT(n));
    fixture->library = stocked_library_open(fixture->dir);
    fixture->list = lec_document_list_new(fixture->library);
    lec_document_list_set_filter(fixture->list, &filter);
    g_assert_true(wait_until(is_whole, fixture->list));
    g_signal_connect(fixture->list, "items-changed", G_CALLBACK(on_items_changed), fixture);
}

static void tear_down(struct fixture *fixture, gconstpointer n)
{
    g_object_unref(fixture->list);
    lec_library_close(fixture->library);
    g_object_unref(fixture->library);
    stocked_library_remove(fixture->dir);
}

static gboolean item_is_loaded(gpointer item)
{
    return lec_document_item_get_id(item) != 0;
}

static LecDocumentItem *get_loaded(struct fixture *fixture, guint position)
{
    LecDocumentItem *item = g_list_model_get_item(G_LIST_MODEL(fixture->list), position);

    g_assert_true(wait_until(item_is_loaded, item));
    return item;
}

/* Every page is right, and what was left behind is let go of. */
static void test_pages(struct fixture *fixture, gconstpointer n)
{
    double most = 0;

    g_assert_cmpuint(g_list_model_get_n_items(G_LIST_MODEL(fixture->list)), ==, N);
    for (guint position = 37; position < N; position += 997) {
        g_autoptr(LecDocumentItem) item = get_loaded(fixture, position);
        g_autofree char *name = g_strdup_printf("Document %05u.pdf", position + 1);

        g_assert_cmpstr(lec_document_item_get_name(item), ==, name);
        most = MAX(most, lec_document_list_get_n_kept(fixture->list));
    }
    g_test_message("at most %.0f items kept of %d", most, N);
    g_assert_cmpfloat(most, <=, 20 * DOCUMENT_PAGE);
    g_assert_cmpuint(fixture->n_changes, ==, 0);
}

/* Flying over all of it costs little, and what is held at the end is loaded first. */
static void test_scrolling(struct fixture *fixture, gconstpointer n)
{
    g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func(g_object_unref);
    gint64 start = g_get_monotonic_time();
    double most;

    for (guint position = 0; position < N; position++) {
        g_ptr_array_add(held, g_list_model_get_item(G_LIST_MODEL(fixture->list), position));
        if (held->len > 200)
            g_ptr_array_remove_index(held, 0);
    }
    g_test_message("50,000 items asked for in %.1f ms",
                   (double)(g_get_monotonic_time() - start) / 1e3);
    for (guint i = 0; i < held->len; i++)
        g_assert_true(wait_until(item_is_loaded, held->pdata[i]));
    most = run_for(200);
    g_test_message("busiest iteration %.2f ms", most);
    g_assert_cmpuint(lec_document_list_get_n_kept(fixture->list), <=, 30 * DOCUMENT_PAGE);
}

static gboolean has_changed(gpointer data)
{
    return ((struct fixture *)data)->n_changes > 0;
}

static gboolean has_words(gpointer item)
{
    return g_str_equal(lec_document_item_get_words(item), "Waiting");
}

/* One document less in the middle of what is held: one item is removed, no other one touched. */
static void test_removal(struct fixture *fixture, gconstpointer n)
{
    g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(LecDocumentItem) after = NULL;
    guint token;

    for (guint i = 300; i < 500; i++)
        g_ptr_array_add(held, get_loaded(fixture, i));
    token = lec_library_removal_begin(fixture->library, LEC_REMOVE,
                                      lec_document_item_get_path(held->pdata[42]), 0);
    g_assert_true(wait_until(has_changed, fixture));
    g_assert_cmpuint(fixture->position, ==, 342);
    g_assert_cmpuint(fixture->removed, ==, 1);
    g_assert_cmpuint(fixture->added, ==, 0);
    after = g_list_model_get_item(G_LIST_MODEL(fixture->list), 342);
    g_assert_true(after == held->pdata[43]);

    fixture->n_changes = 0;
    lec_library_removal_undo(fixture->library, token);
    g_assert_true(wait_until(has_changed, fixture));
    g_assert_cmpuint(fixture->position, ==, 342);
    g_assert_cmpuint(fixture->removed, ==, 0);
    g_assert_cmpuint(fixture->added, ==, 1);
    g_assert_cmpuint(g_list_model_get_n_items(G_LIST_MODEL(fixture->list)), ==,
                     GPOINTER_TO_UINT(n));
}

/* Another state: the item stays, and says so. */
static void test_state(struct fixture *fixture, gconstpointer n)
{
    g_autoptr(LecDocumentItem) item = get_loaded(fixture, 7);

    g_assert_cmpstr(lec_document_item_get_words(item), ==, "Ready, 3 pages");
    stocked_library_sql(fixture->dir, "UPDATE locations SET state = 'waiting', content = NULL"
                                      " WHERE name = 'document 00008.pdf'");
    lec_library_refresh(fixture->library);
    g_assert_true(wait_until(has_words, item));
    g_assert_cmpuint(fixture->n_changes, ==, 0);
}

static gboolean is_replaced(gpointer data)
{
    struct fixture *fixture = data;

    return fixture->n_changes && fixture->position <= 900 &&
           fixture->position + fixture->removed > 900;
}

/* What is held far from the rest never turns into another document: as many as before, but one from
   the middle is at the end now. */
static void test_stranger(struct fixture *fixture, gconstpointer n)
{
    g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(LecDocumentItem) far = get_loaded(fixture, 900);
    g_autoptr(LecDocumentItem) there = NULL;

    g_assert_cmpstr(lec_document_item_get_name(far), ==, "Document 00901.pdf");
    for (guint i = 0; i < 200; i++)
        g_ptr_array_add(held, get_loaded(fixture, i));
    stocked_library_sql(fixture->dir,
                        "UPDATE locations SET path = CAST('/papers/zz/Last.pdf' AS BLOB),"
                        " name = 'last.pdf' WHERE name = 'document 00500.pdf'");
    lec_library_refresh(fixture->library);
    g_assert_true(wait_until(is_replaced, fixture));
    g_assert_cmpstr(lec_document_item_get_name(far), ==, "Document 00901.pdf");
    there = get_loaded(fixture, 900);
    g_assert_cmpstr(lec_document_item_get_name(there), ==, "Document 00902.pdf");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/document-list/pages", struct fixture, GINT_TO_POINTER(N), set_up, test_pages,
               tear_down);
    g_test_add("/document-list/scrolling", struct fixture, GINT_TO_POINTER(N), set_up,
               test_scrolling, tear_down);
    g_test_add("/document-list/removal", struct fixture, GINT_TO_POINTER(1000), set_up,
               test_removal, tear_down);
    g_test_add("/document-list/state", struct fixture, GINT_TO_POINTER(1000), set_up, test_state,
               tear_down);
    g_test_add("/document-list/stranger", struct fixture, GINT_TO_POINTER(1000), set_up,
               test_stranger, tear_down);
    return g_test_run();
}
