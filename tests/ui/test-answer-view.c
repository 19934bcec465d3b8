/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer in its view, on a display: text, chips, copying, growing, keys. */
#include "answer-fixture.h"
#include "ui/answer-view.h"

#include <adwaita.h>
#include <string.h>
#include <time.h>

/* --- a window with a view -----------------------------------------------------------------------
 */

struct page {
    GtkWidget *window;
    LecAnswerView *view;
    GtkTextView *text;
    GtkTextBuffer *buffer;
    guint activated;
};

static void wait_ms(guint ms)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

    g_timeout_add_once(ms, (GSourceOnceFunc)g_main_loop_quit, loop);
    g_main_loop_run(loop);
}

static void on_activated(LecAnswerView *view, guint n, struct page *page)
{
    page->activated = n;
}

static void page_open(struct page *page)
{
    GtkWidget *scrolled = gtk_scrolled_window_new();

    memset(page, 0, sizeof *page);
    page->window = gtk_window_new();
    page->view = lec_answer_view_new();
    page->text = GTK_TEXT_VIEW(gtk_widget_get_first_child(GTK_WIDGET(page->view)));
    page->buffer = gtk_text_view_get_buffer(page->text);
    g_signal_connect(page->view, "citation-activated", G_CALLBACK(on_activated), page);
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), GTK_WIDGET(page->view));
    gtk_window_set_child(GTK_WINDOW(page->window), scrolled);
    gtk_window_set_default_size(GTK_WINDOW(page->window), 600, 500);
    gtk_window_present(GTK_WINDOW(page->window));
    wait_ms(100);
}

static void page_close(struct page *page)
{
    gtk_window_destroy(GTK_WINDOW(page->window));
    wait_ms(20);
}

static void collect(GtkWidget *widget, const char *css_class, GPtrArray *out)
{
    if (gtk_widget_has_css_class(widget, css_class))
        g_ptr_array_add(out, widget);
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child))
        collect(child, css_class, out);
}

static GPtrArray *all_of(struct page *page, const char *css_class)
{
    GPtrArray *out = g_ptr_array_new();

    collect(GTK_WIDGET(page->view), css_class, out);
    return out;
}

static char *buffer_text(GtkTextBuffer *buffer)
{
    GtkTextIter from, to;

    gtk_text_buffer_get_bounds(buffer, &from, &to);
    return gtk_text_buffer_get_slice(buffer, &from, &to, TRUE);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The text with the names of the tags that begin or end at each character. */
static char *buffer_looks(GtkTextBuffer *buffer)
{
    GString *out = g_string_new(NULL);
    GtkTextIter iter;

    gtk_text_buffer_get_start_iter(buffer, &iter);
    for (bool end = false; !end; gtk_text_iter_forward_char(&iter)) {
        end = gtk_text_iter_is_end(&iter);
        for (int on = 0; on < 2; on++) {
            g_autoptr(GSList) tags = gtk_text_iter_get_toggled_tags(&iter, on);
            g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
            for (GSList *at = tags; at; at = at->next) {
                char *name;
                g_object_get(at->data, "name", &name, NULL);
                g_ptr_array_add(names, name);
            }
            g_ptr_array_sort(names, by_name);
            for (guint i = 0; i < names->len; i++)
                g_string_append_printf(out, on ? "<%s>" : "</%s>", (char *)names->pdata[i]);
        }
        if (!end)
            g_string_append_unichar(out, gtk_text_iter_get_char(&iter));
    }
    return g_string_free(out, FALSE);
}

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    *(char **)data = gdk_clipboard_read_text_finish(GDK_CLIPBOARD(source), result, NULL);
}

static char *clipboard(struct page *page)
{
    char *text = NULL;

    gdk_clipboard_read_text_async(gtk_widget_get_clipboard(page->window), NULL, on_read, &text);
    for (int i = 0; i < 100 && !text; i++)
        wait_ms(10);
    return text;
}

static void select_text(struct page *page, const char *from, const char *to)
{
    GtkTextIter a, b, end;

    gtk_text_buffer_get_start_iter(page->buffer, &a);
    g_assert_true(gtk_text_iter_forward_search(&a, from, 0, &a, &end, NULL));
    g_assert_true(gtk_text_iter_forward_search(&a, to, 0, &end, &b, NULL));
    gtk_text_buffer_select_range(page->buffer, &a, &b);
}

static char *copy_of(struct page *page, const char *from, const char *to)
{
    select_text(page, from, to);
    g_signal_emit_by_name(page->text, "copy-clipboard");
    return clipboard(page);
}

static const char lease[] =
    "Either side may end the *lease* in three months.{1} The first year is fixed.{2} It rains.{0}"
    "\n\n- Write a letter.{1}\n- Sign it.{1} Keep a copy.{3}\n\n"
    "| Step | Day |\n|---|--:|\n| Notice | third{1} |\n| Keys | last{2} |\n\n"
    "```sh\nls -l\ncat a\n```\n\nEnd.{0}";

/* Sets all of it now, not over several frames. */
static void finish(struct page *page, const RagAnswer *answer)
{
    lec_answer_view_finish(page->view, answer);
    G_GNUC_UNUSED g_autofree char *copied = lec_answer_view_copy_text(page->view);
}

/* --- chips --------------------------------------------------------------------------------------
 */

static void test_chips(void)
{
    g_autoptr(RagAnswer) answer = answer_fixture(lease);
    struct page page;

    page_open(&page);
    finish(&page, answer);
    wait_ms(100);
    g_autoptr(GPtrArray) chips = all_of(&page, "lec-chip");
    g_assert_cmpuint(chips->len, ==, 7);
    gtk_test_accessible_assert_property(GTK_ACCESSIBLE(chips->pdata[0]),
                                        GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        "Source 1: contract.pdf, page 17");
    g_autofree char *label = gtk_test_accessible_check_property(GTK_ACCESSIBLE(chips->pdata[4]),
                                                                GTK_ACCESSIBLE_PROPERTY_LABEL,
                                                                "Source 3: letter.txt, line 19");
    g_assert_null(label);
    g_assert_cmpstr(gtk_widget_get_tooltip_text(chips->pdata[0]), ==,
                    "Either side may end the lease.");
    g_signal_emit_by_name(chips->pdata[1], "clicked");
    g_assert_cmpuint(page.activated, ==, 2);
    /* On the page, one after the other. */
    for (guint i = 0; i < 4; i++) {
        graphene_rect_t at;
        g_assert_true(gtk_widget_compute_bounds(chips->pdata[i], GTK_WIDGET(page.view), &at));
        g_assert_cmpfloat(at.origin.x, >, 20);
        g_assert_cmpfloat(at.origin.x, <, 600);
        g_assert_cmpfloat(at.origin.y, >=, -4);
        g_assert_cmpfloat(at.origin.y, <, 300);
    }
    lec_answer_view_clear(page.view);
    g_autoptr(GPtrArray) none = all_of(&page, "lec-chip");
    g_assert_cmpuint(none->len, ==, 0);
    page_close(&page);
}

static gboolean has_tag(struct page *page, const char *name, const char *word)
{
    GtkTextTag *tag = gtk_text_tag_table_lookup(gtk_text_buffer_get_tag_table(page->buffer), name);
    GtkTextIter at;

    gtk_text_buffer_get_start_iter(page->buffer, &at);
    g_assert_true(gtk_text_iter_forward_search(&at, word, 0, &at, NULL, NULL));
    return gtk_text_iter_has_tag(&at, tag);
}

static void test_unsupported(void)
{
    g_autoptr(RagAnswer) answer = answer_fixture(lease);
    struct page page;

    page_open(&page);
    lec_answer_view_append(page.view, answer->text);
    wait_ms(60);
    g_assert_false(has_tag(&page, "unsupported", "It rains."));
    finish(&page, answer);
    g_assert_true(has_tag(&page, "unsupported", "It rains."));
    g_assert_true(has_tag(&page, "unsupported", "End."));
    g_assert_false(has_tag(&page, "unsupported", "The first"));
    g_assert_false(has_tag(&page, "unsupported", "ls -l"));
    /* Where no documents were asked, or they do not say, there is nothing to be told apart. */
    answer->from_documents = false;
    finish(&page, answer);
    g_assert_false(has_tag(&page, "unsupported", "It rains."));
    page_close(&page);
}

static void test_tooltip(void)
{
    g_autoptr(RagAnswer) answer = answer_fixture(lease);
    struct page page;
    gboolean shown = FALSE;

    page_open(&page);
    finish(&page, answer);
    wait_ms(60);
    GtkTooltip *tooltip = g_object_new(GTK_TYPE_TOOLTIP, NULL);
    select_text(&page, "rains", "rains");
    g_signal_emit_by_name(page.text, "query-tooltip", 0, 0, TRUE, tooltip, &shown);
    g_assert_true(shown);
    select_text(&page, "Either", "Either");
    g_signal_emit_by_name(page.text, "query-tooltip", 0, 0, TRUE, tooltip, &shown);
    g_assert_false(shown);
    g_object_unref(tooltip);
    page_close(&page);
}

/* --- copying ------------------------------------------------------------------------------------
 */

static void test_copy_whole(void)
{
    g_autoptr(RagAnswer) answer = answer_fixture(lease);
    struct page page;

    page_open(&page);
    finish(&page, answer);
    g_autofree char *copied = lec_answer_view_copy_text(page.view);
    g_assert_cmpstr(copied, ==,
                    "Either side may end the lease in three months. (contract.pdf, p. 17) "
                    "The first year is fixed. (addendum.odt, p. 18) It rains.\n\n"
                    "• Write a letter. (contract.pdf, p. 17)\n"
                    "• Sign it. (contract.pdf, p. 17) Keep a copy. (letter.txt, line 19)\n\n"
                    "| Step | Day |\n|---|---|\n"
                    "| Notice | third (contract.pdf, p. 17) |\n"
                    "| Keys | last (addendum.odt, p. 18) |\n\n"
                    "ls -l\ncat a\n\nEnd.");
    page_close(&page);
}

static void test_copy_selection(void)
{
    g_autoptr(RagAnswer) answer = answer_fixture(lease);
    struct page page;

    page_open(&page);
    finish(&page, answer);
    wait_ms(60);
    g_autofree char *part = copy_of(&page, "may end", "three");
    g_assert_cmpstr(part, ==, "“may end the lease in three” (contract.pdf, p. 17)");
    g_autofree char *two = copy_of(&page, "months", "fixed.");
    g_assert_cmpstr(
        two, ==, "“months. The first year is fixed.” (contract.pdf, p. 17; addendum.odt, p. 18)");
    g_autofree char *none = copy_of(&page, "It rains", ".");
    g_assert_cmpstr(none, ==, "It rains.");
    g_autofree char *across = copy_of(&page, "year is", "letter.");
    g_assert_cmpstr(across, ==,
                    "year is fixed. (addendum.odt, p. 18) It rains.\n\n"
                    "• Write a letter. (contract.pdf, p. 17)");
    g_autofree char *code = copy_of(&page, "-l", "cat");
    g_assert_cmpstr(code, ==, "-l\ncat");
    g_autoptr(GPtrArray) buttons = all_of(&page, "lec-code-copy");
    g_assert_cmpuint(buttons->len, ==, 1);
    g_signal_emit_by_name(buttons->pdata[0], "clicked");
    g_autofree char *all_code = clipboard(&page);
    g_assert_cmpstr(all_code, ==, "ls -l\ncat a");
    page_close(&page);
}

/* --- growing ------------------------------------------------------------------------------------
 */

static const char *const pieces[] = {
    "word ",
    "two words ",
    "\n\n",
    "\n",
    "- item",
    "\n- ",
    "1. ",
    "**bold** ",
    "**",
    "*it* ",
    "`c`",
    "\n```\ncode\n",
    "```\n",
    "\n| a | b |\n|---|---|\n| c | d |\n",
    "| e |",
    "\n> ",
    "\n# ",
    "~~x~~",
    "[l](http://x.y) ",
    "שלום ",
    "\n\n---\n\n",
};

/* What grew is what stands at once, characters and looks. */
static void test_growing(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    struct page grown, whole;

    page_open(&grown);
    page_open(&whole);
    for (int round = 0; round < 40; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int i = 0; i < 25; i++) {
            const char *piece = pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))];
            g_string_append(text, piece);
            lec_answer_view_append(grown.view, piece);
            if (i % 3 == 0) { /* as a frame does */
                G_GNUC_UNUSED g_autofree char *copied = lec_answer_view_copy_text(grown.view);
            }
        }
        g_autoptr(RagAnswer) answer = answer_fixture(text->str);
        finish(&whole, answer);
        g_autofree char *a = lec_answer_view_copy_text(grown.view);
        g_autofree char *b = lec_answer_view_copy_text(whole.view);
        g_assert_cmpstr(a, ==, b);
        g_autofree char *x = buffer_looks(grown.buffer), *y = buffer_looks(whole.buffer);
        g_assert_cmpstr(x, ==, y);
        lec_answer_view_clear(grown.view);
    }
    page_close(&grown);
    page_close(&whole);
}

static guint n_deleted;

static void on_delete(GtkTextBuffer *buffer, GtkTextIter *from, GtkTextIter *to, gpointer data)
{
    n_deleted += (guint)(gtk_text_iter_get_offset(to) - gtk_text_iter_get_offset(from));
}

static void test_finish_changes_little(void)
{
    g_autoptr(RagAnswer) answer =
        answer_fixture("# Lease\n\nNo chip here.\n\nA sentence.{1}\n\nNor here.");
    struct page page;

    page_open(&page);
    lec_answer_view_append(page.view, answer->text);
    G_GNUC_UNUSED g_autofree char *draft = lec_answer_view_copy_text(page.view);
    select_text(&page, "chip", "here");
    n_deleted = 0;
    g_signal_connect(page.buffer, "delete-range", G_CALLBACK(on_delete), NULL);
    finish(&page, answer);
    g_assert_cmpuint(n_deleted, ==, 0);
    g_autofree char *copied = copy_of(&page, "chip", "here");
    g_assert_cmpstr(copied, ==, "chip here");
    g_autofree char *text = buffer_text(page.buffer);
    g_assert_cmpstr(text, ==, "Lease\nNo chip here.\nA sentence.\u202F\uFFFC\nNor here.");
    page_close(&page);
}

static void test_refusal(void)
{
    g_autoptr(RagAnswer) answer = answer_fixture("Your documents do not seem to say.");
    struct page page;

    answer->supported = false;
    page_open(&page);
    lec_answer_view_append(page.view,
                           "The moon is made of cheese.\n\n- Green\n- Old\n\n```\nx\n```");
    wait_ms(60);
    finish(&page, answer);
    g_autofree char *text = buffer_text(page.buffer);
    g_assert_cmpstr(text, ==, answer->text);
    g_autoptr(GPtrArray) buttons = all_of(&page, "lec-code-copy");
    g_assert_cmpuint(buttons->len, ==, 0);
    /* What comes then is another answer. */
    lec_answer_view_append(page.view, "New");
    g_autofree char *copied = lec_answer_view_copy_text(page.view);
    g_assert_cmpstr(copied, ==, "New");
    page_close(&page);
}

/* A long answer's chips come over several frames; nobody finds half of them. */
static void test_long(void)
{
    g_autoptr(GString) template = g_string_new(NULL);
    struct page page;

    for (int i = 0; i < 150; i++)
        g_string_append(template, "A sentence of several words.{1} And one more.{2}\n\n");
    g_autoptr(RagAnswer) answer = answer_fixture(template->str);
    page_open(&page);
    lec_answer_view_append(page.view, answer->text);
    wait_ms(60);
    lec_answer_view_finish(page.view, answer);
    for (int i = 0; i < 300; i++) {
        wait_ms(20);
        g_autoptr(GPtrArray) chips = all_of(&page, "lec-chip");
        if (chips->len == 300)
            break;
    }
    g_autoptr(GPtrArray) chips = all_of(&page, "lec-chip");
    g_assert_cmpuint(chips->len, ==, 300);
    lec_answer_view_finish(page.view, answer);
    G_GNUC_UNUSED g_autofree char *copied = lec_answer_view_copy_text(page.view);
    g_autoptr(GPtrArray) again = all_of(&page, "lec-chip");
    g_assert_cmpuint(again->len, ==, 300);
    page_close(&page);
}

/* --- form and keys ------------------------------------------------------------------------------
 */

static int text_height(struct page *page)
{
    GtkTextIter end;
    GdkRectangle at;

    gtk_text_buffer_get_end_iter(page->buffer, &end);
    gtk_text_view_get_iter_location(page->text, &end, &at);
    return at.y + at.height;
}

static void check_height(struct page *page)
{
    int height = gtk_widget_get_height(GTK_WIDGET(page->view)), text = text_height(page);

    g_test_message("%d wide, %d high, text %d", gtk_widget_get_width(GTK_WIDGET(page->view)),
                   height, text);
    g_assert_cmpint(height, >=, text);
    g_assert_cmpint(height, <, text + 12);
}

static void on_drawn(GdkFrameClock *clock, struct page *page)
{
    if (gtk_widget_get_width(GTK_WIDGET(page->view)) > 0)
        check_height(page);
    page->activated++;
}

/* Its height is right in the first frame that is drawn, and when the width changes. */
static void test_height(void)
{
    g_autoptr(GString) template = g_string_new(NULL);
    struct page page;

    for (int i = 0; i < 60; i++)
        g_string_append(template, "either side may end the lease ");
    g_autoptr(RagAnswer) answer = answer_fixture(template->str);
    page_open(&page);
    g_signal_connect(gtk_widget_get_frame_clock(page.window), "after-paint", G_CALLBACK(on_drawn),
                     &page);
    gtk_widget_set_valign(GTK_WIDGET(page.view), GTK_ALIGN_START);
    wait_ms(60);
    finish(&page, answer);
    wait_ms(60);
    int wide = text_height(&page);
    gtk_widget_set_size_request(page.window, 330, -1);
    gtk_window_set_default_size(GTK_WINDOW(page.window), 330, 500);
    wait_ms(400);
    g_assert_cmpint(text_height(&page), >, wide);
    g_assert_cmpuint(page.activated, >, 2);
    check_height(&page);
    page_close(&page);
}

static void test_tab(void)
{
    g_autoptr(RagAnswer) answer = answer_fixture(lease);
    struct page page;

    page_open(&page);
    finish(&page, answer);
    wait_ms(60);
    g_autoptr(GPtrArray) chips = all_of(&page, "lec-chip");
    g_autoptr(GPtrArray) buttons = all_of(&page, "lec-code-copy");
    gtk_widget_grab_focus(GTK_WIDGET(page.text));
    g_assert_true(gtk_widget_is_focus(GTK_WIDGET(page.text)));
    for (guint i = 0; i < 7; i++) {
        gtk_widget_child_focus(GTK_WIDGET(page.view), GTK_DIR_TAB_FORWARD);
        g_assert_true(gtk_widget_is_focus(chips->pdata[i]));
    }
    gtk_widget_child_focus(GTK_WIDGET(page.view), GTK_DIR_TAB_FORWARD);
    g_assert_true(gtk_widget_is_focus(buttons->pdata[0]));
    g_assert_false(gtk_widget_child_focus(GTK_WIDGET(page.view), GTK_DIR_TAB_FORWARD));
    for (int i = 6; i >= 0; i--) {
        gtk_widget_child_focus(GTK_WIDGET(page.view), GTK_DIR_TAB_BACKWARD);
        g_assert_true(gtk_widget_is_focus(chips->pdata[i]));
    }
    page_close(&page);
}

static void move(struct page *page, GtkMovementStep step, int count)
{
    g_signal_emit_by_name(page->text, "move-cursor", step, count, TRUE);
}

static gboolean press(struct page *page, guint key, GdkModifierType state)
{
    g_autoptr(GListModel) controllers = gtk_widget_observe_controllers(GTK_WIDGET(page->text));
    gboolean stopped = FALSE;

    for (guint i = 0; i < g_list_model_get_n_items(controllers); i++) {
        g_autoptr(GtkEventController) controller = g_list_model_get_item(controllers, i);
        if (GTK_IS_EVENT_CONTROLLER_KEY(controller) &&
            gtk_event_controller_get_propagation_phase(controller) == GTK_PHASE_CAPTURE)
            g_signal_emit_by_name(controller, "key-pressed", key, 0, state, &stopped);
    }
    return stopped;
}

/* Without a mouse: the caret comes with Shift and a key, starts at the head, the page follows. */
static void test_keys(void)
{
    g_autoptr(GString) template = g_string_new("Head.\n\n");
    struct page page;

    for (int i = 0; i < 60; i++)
        g_string_append(template, "Another paragraph.{1}\n\n");
    g_autoptr(RagAnswer) answer = answer_fixture(template->str);
    page_open(&page);
    finish(&page, answer);
    wait_ms(100);
    gtk_widget_grab_focus(GTK_WIDGET(page.text));
    g_assert_false(gtk_text_view_get_cursor_visible(page.text));
    g_assert_false(press(&page, GDK_KEY_Right, 0));
    g_assert_false(gtk_text_view_get_cursor_visible(page.text));
    g_assert_false(press(&page, GDK_KEY_Right, GDK_SHIFT_MASK));
    g_assert_true(gtk_text_view_get_cursor_visible(page.text));
    move(&page, GTK_MOVEMENT_LOGICAL_POSITIONS, 4);
    g_signal_emit_by_name(page.text, "copy-clipboard");
    g_autofree char *head = clipboard(&page);
    g_assert_cmpstr(head, ==, "Head");
    GtkWidget *scrolled = gtk_widget_get_ancestor(GTK_WIDGET(page.view), GTK_TYPE_SCROLLED_WINDOW);
    GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scrolled));
    g_assert_cmpfloat(gtk_adjustment_get_value(adjustment), ==, 0);
    move(&page, GTK_MOVEMENT_BUFFER_ENDS, 1);
    g_assert_cmpfloat(gtk_adjustment_get_value(adjustment), >, 500);
    g_assert_true(press(&page, GDK_KEY_F7, 0));
    g_assert_false(gtk_text_view_get_cursor_visible(page.text));
    page_close(&page);
}

static void test_table(void)
{
    struct page page;

    page_open(&page);
    lec_answer_view_append(page.view, "| a | b |\n|---|---|\n| c");
    wait_ms(60);
    g_autoptr(GPtrArray) tables = all_of(&page, "lec-answer-table");
    g_assert_cmpuint(tables->len, ==, 1);
    GtkGrid *grid = tables->pdata[0];
    GtkWidget *first = gtk_grid_get_child_at(grid, 0, 0);
    lec_answer_view_append(page.view, " | d |\n| e | f |\n");
    wait_ms(60);
    g_autoptr(GPtrArray) still = all_of(&page, "lec-answer-table");
    g_assert_true(still->pdata[0] == grid && gtk_grid_get_child_at(grid, 0, 0) == first);
    g_assert_nonnull(gtk_grid_get_child_at(grid, 1, 2));
    g_assert_cmpint(gtk_widget_get_height(GTK_WIDGET(grid)), >, 40);
    page_close(&page);
}

static void test_hostile(void)
{
    g_autoptr(GString) brackets = g_string_new(NULL);
    struct page page;

    page_open(&page);
    for (int i = 0; i < 50000; i++)
        g_string_append(brackets, "[");
    lec_answer_view_append(page.view, brackets->str);
    lec_answer_view_append(page.view, "\xFF\xC3\x28\x01\xEF\xBF\xBC\xE2\x80\xA9 end\xF0\x9F");
    g_autofree char *copied = lec_answer_view_copy_text(page.view);
    g_assert_true(g_utf8_validate(copied, -1, NULL));
    wait_ms(60);
    g_autoptr(RagAnswer) answer = answer_fixture("One\xFF.{1} Two\xC3.{9}");
    struct rag_sentence beyond = {5, 4000, 1};
    g_array_append_val(answer->sentences, beyond);
    finish(&page, answer);
    wait_ms(60);
    g_autoptr(GPtrArray) chips = all_of(&page, "lec-chip");
    g_assert_cmpuint(chips->len, ==, 2);
    page_close(&page);
}

static double thread_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A token costs the same behind 5,000 words; bench-answer-view has the figures. */
static void test_cost_of_a_token(void)
{
    double ms[2];
    struct page page;

    page_open(&page);
    for (int part = 0; part < 2; part++) {
        for (int i = 0; i < 500 && part == 1; i++)
            lec_answer_view_append(page.view, "Either side may end the lease so.\n\nAnd ");
        wait_ms(1500);
        double began = thread_ms();
        for (int i = 0; i < 100; i++) {
            lec_answer_view_append(page.view, "letter ");
            wait_ms(17);
        }
        ms[part] = (thread_ms() - began) / 100;
    }
    g_test_message("%.2f and %.2f ms a token", ms[0], ms[1]);
    g_assert_cmpfloat(ms[1], <, 3 * ms[0] + 4);
    page_close(&page);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    adw_init();
    g_autoptr(GtkCssProvider) looks = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(looks, "/org/lectern/Lectern/style.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(looks),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_test_add_func("/answer-view/chips", test_chips);
    g_test_add_func("/answer-view/unsupported", test_unsupported);
    g_test_add_func("/answer-view/tooltip", test_tooltip);
    g_test_add_func("/answer-view/copy-whole", test_copy_whole);
    g_test_add_func("/answer-view/copy-selection", test_copy_selection);
    g_test_add_func("/answer-view/growing", test_growing);
    g_test_add_func("/answer-view/finish-changes-little", test_finish_changes_little);
    g_test_add_func("/answer-view/refusal", test_refusal);
    g_test_add_func("/answer-view/long", test_long);
    g_test_add_func("/answer-view/height", test_height);
    g_test_add_func("/answer-view/tab", test_tab);
    g_test_add_func("/answer-view/keys", test_keys);
    g_test_add_func("/answer-view/table", test_table);
    g_test_add_func("/answer-view/hostile", test_hostile);
    g_test_add_func("/answer-view/cost-of-a-token", test_cost_of_a_token);
    return g_test_run();
}
