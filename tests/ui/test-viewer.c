/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The viewer pane in a window of its own, on a library of three samples: a PDF, Markdown, HTML.
 * What it shows is read out of its widgets; keys are pressed by xdotool. Beside a program
 * LECTERN_BINARY lies the reader.
 */
#include "app/library.h"
#include "app/reader-command.h"
#include "app/source.h"
#include "ui/document-view.h"
#include "ui/page-canvas.h"
#include "ui/page-view.h"
#include "ui/viewer-pane.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE (60 * G_USEC_PER_SEC)

static char *folder, *docs;
static LecLibrary *library;

static const struct sample {
    const char *name, *heading, *text, *telling;
    enum rag_position kind;
    int from;
} samples[] = {
    {"lease.pdf", "Rent and costs",
     "It may be paid in three equal parts, the first when the flat is handed over. The landlord "
     "keeps it apart from her own money and pays it back with interest.",
     "It may be paid in three equal parts, the first when the flat is handed over.", RAG_POS_PAGE,
     2},
    {"heating.md", "Topping up the water",
     "If the pressure falls below 0.8 bar, the boiler stops and shows E-04.", NULL, RAG_POS_LINE,
     18},
    {"bicycle.html", "", "", NULL, RAG_POS_LINE, 1}, /* its text is taken from the file */
};

/* --- the library ------------------------------------------------------------------------------ */

static char *path_of(const char *name)
{
    return g_build_filename(docs, name, NULL);
}

static void copy_sample(const char *name)
{
    g_autofree char *from =
        g_build_filename(g_getenv("MESON_SOURCE_ROOT"), "data", "samples", name, NULL);
    g_autofree char *to = path_of(name), *bytes = NULL;
    gsize n;

    g_assert_true(g_file_get_contents(from, &bytes, &n, NULL));
    g_assert_true(g_file_set_contents(to, bytes, (gssize)n, NULL));
}

static void make_library(void)
{
    g_autofree char *dir = g_build_filename(folder, "library", NULL);
    struct rag_library_options options = {
        .size = sizeof options, .dir = dir, .create = true, .reader_argv = reader_command()};
    struct rag_index_options index = {.size = sizeof index};
    struct rag_index_result result;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_mkdir(docs, 0700), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++)
        copy_sample(samples[i].name);
    g_autoptr(RagLibrary) rag = rag_library_open(&options, &error);
    g_assert_no_error(error);
    g_assert_true(rag_index(rag, (const char *[]){docs}, 1, &index, &result, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(result.n_ready, ==, G_N_ELEMENTS(samples));
    rag_index_result_clear(&result);
    g_clear_pointer(&rag, rag_library_close);
    library = lec_library_new(dir);
}

static LecSource *source_of(const struct sample *sample)
{
    g_autofree char *path = path_of(sample->name), *bytes = NULL, *hash = NULL;
    gsize n;
    const char *text = *sample->text ? sample->text : "A tyre that loses air overnight";

    if (g_file_get_contents(path, &bytes, &n, NULL))
        hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, n);
    const char *telling = sample->telling ? strstr(text, sample->telling) : NULL;
    struct rag_hit hit = {
        .path = path,
        .title = (char *)"",
        .heading = (char *)sample->heading,
        .text = (char *)text,
        .hash = hash ? hash : (char *)"0123",
        .pos_kind = sample->kind,
        .pos_from = sample->from,
        .pos_to = sample->from,
        .text_score = 7.25,
        .vector_score = 0.61,
        .text_rank = 2,
        .vector_rank = 1,
        .telling_from = telling ? (size_t)(telling - text) : 0,
        .telling_to = telling ? (size_t)(telling - text) + strlen(sample->telling) : 0,
    };
    return lec_source_from_hit(&hit, 1);
}

/* --- the window ------------------------------------------------------------------------------- */

struct stage {
    GtkWidget *window;
    LecViewerPane *pane;
    GListStore *sources;
    int n_closed;
};

static void on_closed(LecViewerPane *pane, int *n_closed)
{
    ++*n_closed;
}

static void stage_open(struct stage *stage)
{
    *stage = (struct stage){.window = adw_window_new()};
    stage->pane = g_object_new(LEC_TYPE_VIEWER_PANE, "library", library, NULL);
    g_signal_connect(stage->pane, "closed", G_CALLBACK(on_closed), &stage->n_closed);
    gtk_window_set_default_size(GTK_WINDOW(stage->window), 480, 720);
    adw_window_set_content(ADW_WINDOW(stage->window), GTK_WIDGET(stage->pane));
    gtk_window_present(GTK_WINDOW(stage->window));
    stage->sources = g_list_store_new(LEC_TYPE_SOURCE);
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autoptr(LecSource) source = source_of(&samples[i]);
        g_list_store_append(stage->sources, source);
    }
}

static void settle(int ms)
{
    gint64 end = g_get_monotonic_time() + ms * 1000;

    while (g_get_monotonic_time() < end)
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(2000);
}

/* Nothing of the pane is left when its window is gone. */
static void stage_close(struct stage *stage)
{
    gpointer left = stage->pane;

    g_object_add_weak_pointer(G_OBJECT(stage->pane), &left);
    gtk_window_destroy(GTK_WINDOW(stage->window));
    for (int i = 0; i < 100 && left; i++)
        settle(20);
    g_assert_null(left);
    g_object_unref(stage->sources);
}

static gpointer child(struct stage *stage, const char *id)
{
    return gtk_widget_get_template_child(GTK_WIDGET(stage->pane), LEC_TYPE_VIEWER_PANE, id);
}

static const char *part(struct stage *stage)
{
    return gtk_stack_get_visible_child_name(child(stage, "stack"));
}

static const char *words(struct stage *stage, const char *id)
{
    return gtk_label_get_text(child(stage, id));
}

#define WAIT(condition)                                                                            \
    do {                                                                                           \
        gint64 end_ = g_get_monotonic_time() + PATIENCE;                                           \
        while (!(condition)) {                                                                     \
            if (g_get_monotonic_time() > end_)                                                     \
                g_error("waited for " #condition);                                                 \
            if (!g_main_context_iteration(NULL, FALSE))                                            \
                g_usleep(2000);                                                                    \
        }                                                                                          \
    } while (0)

static LecPageCanvas *canvas_of(struct stage *stage)
{
    return LEC_PAGE_CANVAS(gtk_widget_get_template_child(GTK_WIDGET(child(stage, "page_view")),
                                                         LEC_TYPE_PAGE_VIEW, "canvas"));
}

/* What is marked in the text view (owned). */
static char *marked_text(struct stage *stage)
{
    GtkTextView *view = GTK_TEXT_VIEW(gtk_widget_get_template_child(
        GTK_WIDGET(child(stage, "document_view")), LEC_TYPE_DOCUMENT_VIEW, "view"));
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(view);
    GtkTextTag *tag = gtk_text_tag_table_lookup(gtk_text_buffer_get_tag_table(buffer), "mark");
    GtkTextIter from, to;

    gtk_text_buffer_get_start_iter(buffer, &from);
    if (!gtk_text_iter_starts_tag(&from, tag) && !gtk_text_iter_forward_to_tag_toggle(&from, tag))
        return g_strdup("");
    to = from;
    gtk_text_iter_forward_to_tag_toggle(&to, tag);
    return gtk_text_buffer_get_text(buffer, &from, &to, FALSE);
}

static void press(const char *key)
{
    g_autofree char *command = g_strdup_printf("xdotool key --clearmodifiers %s", key);
    int status = 1;

    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

static gboolean saved_picture(struct stage *stage, const char *name)
{
    const char *to = g_getenv("LECTERN_PICTURES");
    g_autofree char *command =
        to ? g_strdup_printf("import -window root %s/viewer-%s.png", to, name) : NULL;

    settle(to ? 400 : 0);
    return !command || g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_page(void)
{
    struct stage stage;
    double top, bottom;

    stage_open(&stage);
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 0);
    WAIT(g_strcmp0(part(&stage), "page") == 0);
    g_assert_cmpstr(words(&stage, "place"), ==, "Page 2 of 4");
    g_assert_cmpstr(words(&stage, "count"), ==, "1/3");
    g_assert_cmpstr(adw_window_title_get_title(child(&stage, "title")), ==, "lease.pdf");
    g_assert_nonnull(strstr(words(&stage, "why_text"), "place 2 (score 7.2"));
    g_assert_nonnull(strstr(words(&stage, "why_text"), "“Rent and costs”"));
    settle(300);
    g_assert_true(lec_page_canvas_get_mark(canvas_of(&stage), &top, &bottom));
    g_assert_cmpfloat(bottom, >, top);
    g_assert_cmpfloat(bottom - top, <, 30); /* two lines: the telling sentence, not the passage */
    g_assert_false(gtk_revealer_get_reveal_child(child(&stage, "notice")));
    g_assert_true(saved_picture(&stage, "page"));

    gtk_widget_activate_action(GTK_WIDGET(stage.pane), "viewer.next-page", NULL);
    WAIT(g_strcmp0(words(&stage, "place"), "Page 3 of 4") == 0);
    g_assert_false(lec_page_canvas_get_mark(canvas_of(&stage), &top, &bottom));
    g_assert_false(gtk_revealer_get_reveal_child(child(&stage, "notice")));
    stage_close(&stage);
}

/* Larger, smaller and back, and on, by the keys. */
static void test_keys(void)
{
    struct stage stage;

    stage_open(&stage);
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 0);
    WAIT(g_strcmp0(part(&stage), "page") == 0);
    WAIT(gtk_window_is_active(GTK_WINDOW(stage.window)));
    settle(300);
    int width = lec_page_canvas_get_paper_width(canvas_of(&stage));
    press("ctrl+plus");
    WAIT(lec_page_canvas_get_paper_width(canvas_of(&stage)) > width);
    settle(1000); /* it is drawn anew meanwhile */
    g_assert_cmpstr(part(&stage), ==, "page");
    press("ctrl+minus");
    press("ctrl+minus");
    WAIT(lec_page_canvas_get_paper_width(canvas_of(&stage)) < width);
    press("ctrl+0");
    WAIT(lec_page_canvas_get_paper_width(canvas_of(&stage)) == width);
    for (int i = 0; i < 10 && g_strcmp0(words(&stage, "place"), "Page 3 of 4") != 0; i++) {
        press("Next"); /* down to the page's end, then on */
        settle(600);
    }
    g_assert_cmpstr(words(&stage, "place"), ==, "Page 3 of 4");
    stage_close(&stage);
}

static void test_text(void)
{
    struct stage stage;

    stage_open(&stage);
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 1);
    WAIT(g_strcmp0(part(&stage), "text") == 0);
    g_assert_cmpstr(words(&stage, "place"), ==, "Line 18");
    g_autofree char *marked = marked_text(&stage);
    g_assert_cmpstr(marked, ==,
                    "If the pressure falls below 0.8 bar, the boiler stops and shows "
                    "E-04");
    g_assert_true(saved_picture(&stage, "markdown"));
    gtk_widget_activate_action(GTK_WIDGET(stage.pane), "viewer.next-source", NULL);
    WAIT(g_strcmp0(words(&stage, "count"), "3/3") == 0);
    WAIT(g_strcmp0(part(&stage), "text") == 0 &&
         strstr(words(&stage, "notice_text"), "could not be marked"));
    g_assert_true(saved_picture(&stage, "html"));
    gtk_widget_activate_action(GTK_WIDGET(stage.pane), "viewer.previous-source", NULL);
    gtk_widget_activate_action(GTK_WIDGET(stage.pane), "viewer.previous-source", NULL);
    WAIT(g_strcmp0(part(&stage), "page") == 0);
    lec_viewer_pane_close(stage.pane);
    g_assert_cmpint(stage.n_closed, ==, 1);
    g_assert_cmpstr(part(&stage), ==, "empty");
    settle(100);
    stage_close(&stage);
}

/* The file goes while it is shown: the picture stays, and it is said. Opened again: the passage. */
static void test_gone(void)
{
    struct stage stage;
    g_autofree char *path = path_of("lease.pdf");

    stage_open(&stage);
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 0);
    WAIT(g_strcmp0(part(&stage), "page") == 0);
    settle(300);
    g_remove(path);
    WAIT(strstr(words(&stage, "notice_text"), "no longer there"));
    g_assert_true(gtk_revealer_get_reveal_child(child(&stage, "notice")));
    g_assert_cmpstr(part(&stage), ==, "page");
    g_assert_true(saved_picture(&stage, "gone-shown"));
    gtk_widget_activate_action(GTK_WIDGET(stage.pane), "viewer.next-page", NULL);
    settle(300);
    g_assert_cmpstr(part(&stage), ==, "page");
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 0);
    WAIT(g_strcmp0(part(&stage), "quote") == 0);
    g_assert_nonnull(strstr(words(&stage, "failure"), "“lease.pdf” is no longer there"));
    g_assert_nonnull(strstr(words(&stage, "quote"), "three equal parts"));
    g_assert_true(saved_picture(&stage, "gone"));
    copy_sample("lease.pdf");
    stage_close(&stage);
}

static void test_changed(void)
{
    struct stage stage;
    g_autofree char *path = path_of("heating.md");

    stage_open(&stage);
    g_assert_true(g_file_set_contents(path, "# Another\n\nNothing of it is left.\n", -1, NULL));
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 1);
    WAIT(g_strcmp0(part(&stage), "text") == 0 &&
         strstr(words(&stage, "notice_text"), "has changed since"));
    g_assert_nonnull(strstr(words(&stage, "notice_text"), "“If the pressure falls below"));
    g_assert_true(saved_picture(&stage, "changed"));
    copy_sample("heating.md");
    stage_close(&stage);
}

/* What is no PDF any more, and what nothing can be made of. */
static void test_broken(void)
{
    struct stage stage;
    g_autofree char *path = path_of("lease.pdf");

    stage_open(&stage);
    g_assert_true(g_file_set_contents(path, "%PDF-1.4 and no more", -1, NULL));
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 0);
    WAIT(g_strcmp0(part(&stage), "quote") == 0);
    g_assert_nonnull(strstr(words(&stage, "failure"), "This page cannot be shown: The PDF is"));
    g_assert_true(saved_picture(&stage, "broken"));
    copy_sample("lease.pdf");
    stage_close(&stage);
}

/* A program that is registered for PDF, and none for what nobody knows. */
static void test_outside(void)
{
    struct stage stage;
    g_autofree char *apps = g_build_filename(g_get_user_data_dir(), "applications", NULL);
    g_autofree char *entry = g_build_filename(apps, "org.lectern.Test.desktop", NULL);
    g_autofree char *list = g_build_filename(apps, "mimeapps.list", NULL);
    g_autofree char *opened = g_build_filename(folder, "opened", NULL);
    g_autofree char *program = g_strdup_printf("[Desktop Entry]\nType=Application\nName=Test\n"
                                               "Exec=cp %%f %s\nMimeType=application/pdf;\n",
                                               opened);

    g_assert_cmpint(g_mkdir_with_parents(apps, 0700), ==, 0);
    g_assert_true(g_file_set_contents(entry, program, -1, NULL));
    g_assert_true(g_file_set_contents(
        list, "[Default Applications]\napplication/pdf=org.lectern.Test.desktop\n", -1, NULL));
    stage_open(&stage);
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 0);
    WAIT(g_strcmp0(part(&stage), "page") == 0);
    gtk_widget_activate_action(GTK_WIDGET(stage.pane), "viewer.open", NULL);
    WAIT(g_file_test(opened, G_FILE_TEST_EXISTS));
    g_assert_false(gtk_revealer_get_reveal_child(child(&stage, "notice")));

    g_remove(entry);
    g_remove(list);
    settle(300); /* GIO looks at the folders again */
    gtk_widget_activate_action(GTK_WIDGET(stage.pane), "viewer.open", NULL);
    WAIT(strstr(words(&stage, "notice_text"), "No program could open it"));
    g_assert_cmpstr(part(&stage), ==, "page");
    g_assert_true(saved_picture(&stage, "no-program"));
    stage_close(&stage);
}

/* From source to source without waiting, closed under way: nothing late comes in, nothing leaks. */
static void test_hurry(void)
{
    struct stage stage;

    stage_open(&stage);
    for (guint i = 0; i < 12; i++) {
        lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), i % 3);
        settle((int)(i * 7 % 20));
    }
    lec_viewer_pane_close(stage.pane);
    settle(500);
    g_assert_cmpstr(part(&stage), ==, "empty");
    lec_viewer_pane_show(stage.pane, G_LIST_MODEL(stage.sources), 2);
    stage_close(&stage);
}

/* This machine's icons and types of files, without its programs. */
static void hide_programs(void)
{
    static const char *const kept[] = {"glib-2.0", "icons", "mime"};
    g_autofree char *share = g_build_filename(folder, "share", NULL);

    g_assert_cmpint(g_mkdir(share, 0700), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *from = g_build_filename("/usr/share", kept[i], NULL);
        g_autofree char *to = g_build_filename(share, kept[i], NULL);
        g_assert_cmpint(symlink(from, to), ==, 0);
    }
    g_setenv("XDG_DATA_DIRS", share, TRUE);
}

int main(int argc, char **argv)
{
    g_autofree char *beside = g_path_get_dirname(g_getenv("LECTERN_BINARY"));
    g_autofree char *reader = g_build_filename(beside, "lectern-reader", NULL);

    g_setenv("LECTERN_READER", reader, TRUE);
    folder = g_dir_make_tmp("lectern-ui-viewer-XXXXXX", NULL);
    hide_programs();
    gtk_test_init(&argc, &argv, NULL);
    adw_init();
    docs = g_build_filename(folder, "documents", NULL);
    make_library();
    g_test_add_func("/ui/viewer/page", test_page);
    g_test_add_func("/ui/viewer/keys", test_keys);
    g_test_add_func("/ui/viewer/text", test_text);
    g_test_add_func("/ui/viewer/gone", test_gone);
    g_test_add_func("/ui/viewer/changed", test_changed);
    g_test_add_func("/ui/viewer/broken", test_broken);
    g_test_add_func("/ui/viewer/outside", test_outside);
    g_test_add_func("/ui/viewer/hurry", test_hurry);
    int rc = g_test_run();
    lec_library_close(library);
    g_object_unref(library);
    g_autofree char *remove = g_strdup_printf("rm -rf '%s'", folder);
    if (!g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL))
        g_warning("%s is left", folder);
    g_free(docs);
    g_free(folder);
    return rc;
}
