/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sidebar on a real library: conversations by day, search in both kinds, collections made,
 * renamed, deleted and brought back, the job line while documents are read.
 */
#include "app/source.h"
#include "tests/ui/stocked-library.h"
#include "tests/ui/widget-find.h"
#include "ui/collection-row.h"
#include "ui/conversation-row.h"
#include "ui/job-line.h"
#include "ui/name-popover.h"
#include "ui/result-row.h"
#include "ui/sidebar.h"

#include <string.h>

struct fixture {
    char *dir;
    LecLibrary *library;
    LecIndexer *indexer;
    GtkWidget *window, *overlay;
    LecSidebar *sidebar;
    gint64 conversation, collection;
    GListModel *sources;
    guint position;
    gboolean failed;
};

static const char *const questions[] = {"How long is the notice period?", "Winter tyres",
                                        "Who pays for the water?", NULL};

static void on_conversation(LecSidebar *sidebar, gint64 id, struct fixture *fixture)
{
    fixture->conversation = id;
}

static void on_collection(LecSidebar *sidebar, gint64 id, struct fixture *fixture)
{
    fixture->collection = id;
}

static void on_hits(LecSidebar *sidebar, GListModel *sources, guint position,
                    struct fixture *fixture)
{
    g_set_object(&fixture->sources, sources);
    fixture->position = position;
}

static void on_failed(LecSidebar *sidebar, struct fixture *fixture)
{
    fixture->failed = TRUE;
}

static void set_up(struct fixture *fixture, gconstpointer data)
{
    fixture->dir = stocked_library_new(questions);
    fixture->library = stocked_library_open(fixture->dir);
    fixture->indexer = lec_indexer_new(fixture->library);
    fixture->sidebar = g_object_new(LEC_TYPE_SIDEBAR, "library", fixture->library, "indexer",
                                    fixture->indexer, NULL);
    fixture->conversation = fixture->collection = -1;
    g_signal_connect(fixture->sidebar, "conversation-selected", G_CALLBACK(on_conversation),
                     fixture);
    g_signal_connect(fixture->sidebar, "collection-selected", G_CALLBACK(on_collection), fixture);
    g_signal_connect(fixture->sidebar, "hits-activated", G_CALLBACK(on_hits), fixture);
    g_signal_connect(fixture->sidebar, "failed-selected", G_CALLBACK(on_failed), fixture);
    fixture->overlay = adw_toast_overlay_new();
    adw_toast_overlay_set_child(ADW_TOAST_OVERLAY(fixture->overlay), GTK_WIDGET(fixture->sidebar));
    fixture->window = adw_window_new();
    gtk_window_set_default_size(GTK_WINDOW(fixture->window), 320, 760);
    adw_window_set_content(ADW_WINDOW(fixture->window), fixture->overlay);
    gtk_window_present(GTK_WINDOW(fixture->window));
}

static gboolean is_gone(gpointer pointer)
{
    return !*(gpointer *)pointer;
}

static void tear_down(struct fixture *fixture, gconstpointer data)
{
    g_clear_object(&fixture->sources);
    gtk_window_destroy(GTK_WINDOW(fixture->window));
    run_for(100);
    lec_indexer_stop(fixture->indexer);
    g_object_unref(fixture->indexer);
    lec_library_close(fixture->library);
    g_object_add_weak_pointer(G_OBJECT(fixture->library), (gpointer *)&fixture->library);
    g_object_unref(fixture->library);
    g_assert_true(wait_until(is_gone, &fixture->library));
    stocked_library_remove(fixture->dir);
}

static void wait_for(struct fixture *fixture, const char *words)
{
    wait_text(fixture->overlay, words);
}

static void wait_gone(struct fixture *fixture, const char *words)
{
    wait_text_gone(fixture->overlay, words);
}

/* The row that shows the words, as a click has it. */
static GtkWidget *row_of(struct fixture *fixture, const char *words)
{
    wait_for(fixture, words);
    return gtk_widget_get_ancestor(find_text(fixture->overlay, words), GTK_TYPE_LIST_BOX_ROW);
}

static void choose(struct fixture *fixture, const char *words)
{
    g_signal_emit_by_name(row_of(fixture, words), "activate");
}

/* Writes into the popover that asks for a name, and says yes. */
static void give_name(struct fixture *fixture, const char *name)
{
    GtkWidget *popover, *entry;

    run_for(300);
    popover = find_type(fixture->overlay, LEC_TYPE_NAME_POPOVER, 0);
    g_assert_nonnull(popover);
    entry = find_type(popover, GTK_TYPE_ENTRY, 0);
    gtk_editable_set_text(GTK_EDITABLE(entry), name);
    g_signal_emit_by_name(entry, "activate");
    run_for(300);
}

static void test_conversations(struct fixture *fixture, gconstpointer data)
{
    wait_for(fixture, "Today");
    wait_for(fixture, "Yesterday");
    wait_for(fixture, "Last 7 Days");
    choose(fixture, "Winter tyres");
    g_assert_cmpint(fixture->conversation, ==, 2);
    g_assert_true(gtk_list_box_row_is_selected(GTK_LIST_BOX_ROW(row_of(fixture, "Winter tyres"))));
    lec_sidebar_select_collection(fixture->sidebar, 0);
    g_assert_false(gtk_list_box_row_is_selected(GTK_LIST_BOX_ROW(row_of(fixture, "Winter tyres"))));

    gtk_widget_activate_action(row_of(fixture, "Winter tyres"), "conversation.rename", NULL);
    give_name(fixture, "  Tyres for the winter ");
    wait_for(fixture, "Tyres for the winter");
    wait_gone(fixture, "Winter tyres");
}

/* The open one is deleted: a new one is shown; Undo brings it back. */
static void test_delete(struct fixture *fixture, gconstpointer data)
{
    choose(fixture, "Winter tyres");
    gtk_widget_activate_action(row_of(fixture, "Winter tyres"), "conversation.delete", NULL);
    g_assert_cmpint(fixture->conversation, ==, 0);
    wait_for(fixture, "“Winter tyres” was deleted");
    wait_gone(fixture, "Yesterday");
    press(fixture->overlay, "Undo");
    wait_for(fixture, "Yesterday");
    wait_gone(fixture, "“Winter tyres” was deleted");
    wait_for(fixture, "Winter tyres");
}

static void test_collections(struct fixture *fixture, gconstpointer data)
{
    choose(fixture, "All Documents");
    g_assert_cmpint(fixture->collection, ==, 0);
    press(fixture->overlay, "New Collection…");
    give_name(fixture, "Manuals");
    wait_for(fixture, "Manuals");
    g_assert_cmpint(fixture->collection, >, 0);
    stocked_library_sql(fixture->dir, "UPDATE roots SET collection ="
                                      " (SELECT id FROM collections WHERE name = 'Manuals')");
    lec_library_refresh(fixture->library);
    run_for(500);
    gtk_widget_activate_action(row_of(fixture, "Manuals"), "collection.rename", NULL);
    give_name(fixture, "Handbooks");
    wait_gone(fixture, "Manuals");

    gtk_widget_activate_action(row_of(fixture, "Handbooks"), "collection.delete", NULL);
    wait_for(fixture, "“Handbooks” was deleted; its documents stay");
    g_assert_cmpint(fixture->collection, ==, 0);
    press(fixture->overlay, "Undo");
    wait_gone(fixture, "its documents stay");
    g_assert_nonnull(
        gtk_widget_get_ancestor(find_text(fixture->overlay, "Handbooks"), LEC_TYPE_COLLECTION_ROW));
    run_for(500);
    g_assert_cmpint(lec_collection_item_get_n_roots(lec_collection_row_get_item(
                        LEC_COLLECTION_ROW(row_of(fixture, "Handbooks")))),
                    ==, 1);
}

static void test_search(struct fixture *fixture, gconstpointer data)
{
    GtkWidget *entry = find_type(fixture->overlay, GTK_TYPE_SEARCH_ENTRY, 0);
    g_autoptr(LecSource) source = NULL;

    wait_for(fixture, "Winter tyres");
    gtk_editable_set_text(GTK_EDITABLE(entry), "notice period");
    wait_for(fixture, "lease.pdf");
    wait_for(fixture, "How long is the notice period?");
    g_assert_null(find_text(fixture->overlay, "Winter tyres"));
    choose(fixture, "How long is the notice period?");
    g_assert_cmpint(fixture->conversation, ==, 1);
    choose(fixture, "lease.pdf");
    g_assert_nonnull(fixture->sources);
    source = g_list_model_get_item(fixture->sources, fixture->position);
    g_assert_cmpstr(lec_source_get_name(source), ==, "lease.pdf");

    gtk_editable_set_text(GTK_EDITABLE(entry), "qqxzzy");
    wait_gone(fixture, "How long is the notice period?");
    gtk_editable_set_text(GTK_EDITABLE(entry), "");
    wait_for(fixture, "Winter tyres");
}

static guint count_rows(struct fixture *fixture, const char *title)
{
    guint n = 0;

    for (guint i = 0; i < count_type(fixture->overlay, LEC_TYPE_RESULT_ROW); i++)
        n += find_text(find_type(fixture->overlay, LEC_TYPE_RESULT_ROW, i), title) != NULL;
    return n;
}

static gboolean no_result(gpointer below)
{
    return !find_text(below, "How long is the notice period?");
}

/* Each letter narrows what is found; the results before it go when those after it are there. */
static void test_search_typing(struct fixture *fixture, gconstpointer data)
{
    GtkWidget *entry = find_type(fixture->overlay, GTK_TYPE_SEARCH_ENTRY, 0);

    wait_for(fixture, "Winter tyres");
    for (const char *p = "notice"; *p; p++) {
        int position = -1;

        gtk_editable_insert_text(GTK_EDITABLE(entry), p, 1, &position);
        run_for(170); /* past the delay: each is begun */
    }
    wait_for(fixture, "How long is the notice period?");
    g_assert_null(find_text(fixture->overlay, "Winter tyres"));
    g_assert_cmpuint(count_rows(fixture, "How long is the notice period?"), ==, 1);
    gtk_editable_insert_text(GTK_EDITABLE(entry), "zzq", 3, &(int){6});
    g_assert_true(wait_until(no_result, fixture->overlay));
}

static gboolean is_busy(gpointer indexer)
{
    LecIndexerState state = lec_indexer_get_state(indexer);

    return state == LEC_INDEXER_SCANNING || state == LEC_INDEXER_READING ||
           state == LEC_INDEXER_EMBEDDING;
}

static gboolean is_paused(gpointer indexer)
{
    return lec_indexer_get_state(indexer) == LEC_INDEXER_PAUSED;
}

static gboolean is_idle(gpointer indexer)
{
    return lec_indexer_get_state(indexer) == LEC_INDEXER_IDLE;
}

static void test_jobs(struct fixture *fixture, gconstpointer data)
{
    GtkWidget *line, *button;

    wait_for(fixture, "1 could not be read");
    line = find_type(fixture->overlay, LEC_TYPE_JOB_LINE, 0);
    button = find_type(line, GTK_TYPE_MENU_BUTTON, 0);
    gtk_menu_button_popup(GTK_MENU_BUTTON(button));
    wait_for(fixture, "All documents were read");
    press(fixture->overlay, "1 could not be read: show them");
    g_assert_true(fixture->failed);

    lec_indexer_pause(fixture->indexer);
    g_assert_true(wait_until(is_paused, fixture->indexer));
    wait_for(fixture, "Paused");
    gtk_menu_button_popup(GTK_MENU_BUTTON(button));
    run_for(300);
    press(fixture->overlay, "Resume");
    g_assert_true(wait_until(is_idle, fixture->indexer));
    wait_for(fixture, "1 could not be read");
    gtk_menu_button_popdown(GTK_MENU_BUTTON(button));
    run_for(300);

    stocked_library_sql(fixture->dir, "DELETE FROM locations WHERE state = 'failed'");
    lec_library_refresh(fixture->library);
    wait_gone(fixture, "1 could not be read");
    g_assert_false(gtk_widget_get_mapped(line));
    lec_indexer_rescan(fixture->indexer);
    g_assert_true(wait_until(is_busy, fixture->indexer));
    run_for(50);
    g_assert_true(wait_until(is_idle, fixture->indexer));
    wait_for(fixture, "1 could not be read");
}

static void add(const char *path, void (*test)(struct fixture *, gconstpointer))
{
    g_test_add(path, struct fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    adw_init();
    add("/sidebar/conversations", test_conversations);
    add("/sidebar/delete", test_delete);
    add("/sidebar/collections", test_collections);
    add("/sidebar/search", test_search);
    add("/sidebar/search-typing", test_search_typing);
    add("/sidebar/jobs", test_jobs);
    return g_test_run();
}
