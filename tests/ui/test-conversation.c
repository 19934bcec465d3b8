/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions and answers as they are shown, each state made by hand: no library, no model. What a
 * person sees is read out of mapped widgets.
 */
#include "../app/services.h"
#include "made-answer.h"
#include "widget-find.h"

#include "ui/answer-view.h"
#include "ui/answer-words.h"
#include "ui/composer.h"
#include "ui/evidence-card.h"
#include "ui/excerpt.h"
#include "ui/question-entry.h"
#include "ui/source-row.h"
#include "ui/transcript.h"
#include <adwaita.h>
#include <string.h>

#define QUESTION "How long is the notice period?"
#define TEXT     "Either side may end the lease with three months’ notice. It is given in writing."

struct stage {
    GtkWidget *window;
    LecTranscript *transcript;
    LecComposer *composer;
    GtkAdjustment *adjustment;
    char *asked; /* (owned) text of the last "ask" */
    gboolean asked_without;
    guint opened; /* position of the last "open-sources", from 1 */
};

static void on_ask(LecTranscript *transcript, LecAnswer *answer, const char *text,
                   gboolean no_documents, struct stage *stage)
{
    g_free(stage->asked);
    stage->asked = g_strdup(text);
    stage->asked_without = no_documents;
}

static void on_open_sources(LecTranscript *transcript, GListModel *sources, guint position,
                            struct stage *stage)
{
    g_assert_cmpuint(position, <, g_list_model_get_n_items(sources));
    stage->opened = position + 1;
}

static void stage_open(struct stage *stage, int width, int height)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

    *stage = (struct stage){.window = adw_window_new()};
    stage->transcript = g_object_new(LEC_TYPE_TRANSCRIPT, "vexpand", TRUE, NULL);
    stage->composer = g_object_new(LEC_TYPE_COMPOSER, NULL);
    g_signal_connect(stage->transcript, "ask", G_CALLBACK(on_ask), stage);
    g_signal_connect(stage->transcript, "open-sources", G_CALLBACK(on_open_sources), stage);
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(stage->transcript));
    gtk_box_append(GTK_BOX(box), GTK_WIDGET(stage->composer));
    gtk_window_set_default_size(GTK_WINDOW(stage->window), width, height);
    adw_window_set_content(ADW_WINDOW(stage->window), box);
    gtk_window_present(GTK_WINDOW(stage->window));
    UNTIL(find_type(stage->window, GTK_TYPE_SCROLLED_WINDOW, 0));
    stage->adjustment = gtk_scrolled_window_get_vadjustment(
        GTK_SCROLLED_WINDOW(find_type(stage->window, GTK_TYPE_SCROLLED_WINDOW, 0)));
    services_wait(0.1);
}

static void stage_close(struct stage *stage)
{
    gtk_window_destroy(GTK_WINDOW(stage->window));
    g_free(stage->asked);
    services_wait(0.05);
}

/* Asked, with its evidence, and the model at work. */
static LecAnswer *start_answer(struct stage *stage, guint n_hits)
{
    LecAnswer *answer = lec_answer_new(QUESTION, 0, 0);
    g_autoptr(GPtrArray) hits = made_hits(n_hits);

    lec_transcript_append(stage->transcript, answer);
    lec_answer_set_passages(answer, hits);
    lec_answer_begin(answer);
    return answer;
}

static gboolean at_end(struct stage *stage)
{
    return gtk_adjustment_get_value(stage->adjustment) >=
           gtk_adjustment_get_upper(stage->adjustment) -
               gtk_adjustment_get_page_size(stage->adjustment) - 4;
}

/* Top of a widget on the screen. */
static double top_of(struct stage *stage, GtkWidget *widget)
{
    graphene_rect_t bounds;

    g_assert_true(gtk_widget_compute_bounds(widget, stage->window, &bounds));
    return bounds.origin.y;
}

/* --- evidence and text ------------------------------------------------------------------------ */

static void test_evidence_first(void)
{
    struct stage stage;

    stage_open(&stage, 800, 900);
    g_autoptr(LecAnswer) answer = lec_answer_new(QUESTION, 0, 0);
    g_autoptr(GPtrArray) hits = made_hits(10);
    lec_transcript_append(stage.transcript, answer);
    UNTIL(find_text(stage.window, "Searching…"));
    lec_answer_set_passages(answer, hits);
    UNTIL(count_type(stage.window, LEC_TYPE_EVIDENCE_CARD) == 3);
    g_assert_null(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0));
    g_assert_nonnull(find_text(stage.window, "contract-1.pdf"));
    g_assert_nonnull(find_text(stage.window, "page 17"));
    g_assert_nonnull(find_button(stage.window, "Show 7 More Passages"));
    lec_answer_begin(answer);
    UNTIL(find_text(stage.window, "Reading 5 passages…"));

    lec_answer_add_text(answer, TEXT);
    UNTIL(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0));
    g_assert_cmpint(count_type(stage.window, LEC_TYPE_EVIDENCE_CARD), ==, 3);
    UNTIL(top_of(&stage, find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0)) >
          top_of(&stage, find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 2)));
    g_assert_nonnull(find_text(stage.window, "Writing…"));
    g_assert_null(find_button(stage.window, "Copy With Sources"));

    lec_answer_finish(answer, made_result(QUESTION, TEXT, TRUE), NULL);
    UNTIL(!find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 0));
    g_assert_cmpint(count_type(stage.window, LEC_TYPE_SOURCE_ROW), ==, 2);
    g_assert_nonnull(find_button(stage.window, "Copy With Sources"));
    g_assert_null(find_text(stage.window, "Writing…"));
    press(stage.window, "Passages");
    UNTIL(count_type(stage.window, LEC_TYPE_EVIDENCE_CARD) == 3);
    stage_close(&stage);
    g_assert_cmpint(G_OBJECT(answer)->ref_count, ==, 1); /* nobody holds on to it */
}

static void test_sources_open(void)
{
    struct stage stage;
    LecAnswerRow *row;

    stage_open(&stage, 800, 900);
    g_autoptr(LecAnswer) answer = start_answer(&stage, 4);
    UNTIL(find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 1));
    g_signal_emit_by_name(find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 1), "activated");
    g_assert_cmpuint(stage.opened, ==, 2);
    row = lec_turn_row_get_answer_row(lec_transcript_get_last(stage.transcript));
    /* Alt+4: the evidence, as long as there is no text */
    g_assert_true(lec_answer_row_activate_source(row, 4));
    g_assert_cmpuint(stage.opened, ==, 4);
    lec_answer_finish(answer, made_result(QUESTION, TEXT, TRUE), NULL);
    g_assert_true(lec_answer_row_activate_source(row, 2));
    g_assert_cmpuint(stage.opened, ==, 2);
    g_assert_false(lec_answer_row_activate_source(row, 3));
    UNTIL(find_type(stage.window, LEC_TYPE_SOURCE_ROW, 0));
    g_signal_emit_by_name(find_type(stage.window, LEC_TYPE_SOURCE_ROW, 0), "clicked");
    g_assert_cmpuint(stage.opened, ==, 1);
    g_signal_emit_by_name(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0), "citation-activated",
                          2u);
    g_assert_cmpuint(stage.opened, ==, 2);
    stage_close(&stage);
}

/* --- how it ends ------------------------------------------------------------------------------ */

static void test_stopped(void)
{
    struct stage stage;
    RagAnswer *part;

    stage_open(&stage, 800, 900);
    g_autoptr(LecAnswer) answer = start_answer(&stage, 4);
    lec_answer_add_text(answer, "Either side may end ");
    lec_answer_stop(answer);
    part = made_result(QUESTION, "Either side may end", TRUE);
    part->stats.stop = ENG_STOP_CANCELLED;
    lec_answer_finish(answer, part, NULL);
    UNTIL(find_text(stage.window, "You stopped this answer."));
    g_assert_nonnull(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0));
    g_assert_nonnull(find_button(stage.window, "Copy With Sources"));

    g_autoptr(LecAnswer) early = start_answer(&stage, 4);
    lec_answer_stop(early);
    lec_answer_finish(early, NULL, NULL);
    UNTIL(find_button(stage.window, "Ask Again"));
    UNTIL(find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 2));
    press(stage.window, "Ask Again");
    g_assert_cmpstr(stage.asked, ==, QUESTION);
    stage_close(&stage);
}

static void test_failed(void)
{
    struct stage stage;

    stage_open(&stage, 800, 900);
    g_autoptr(LecAnswer) answer = start_answer(&stage, 4);
    lec_answer_add_text(answer, "Either side may end ");
    lec_answer_finish(answer, NULL, "The model ran out of memory. Choose a smaller one.");
    UNTIL(find_text(stage.window, "The model ran out of memory."));
    /* what was written stays, and so do the passages */
    g_assert_nonnull(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0));
    UNTIL(find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 2));
    press(stage.window, "Ask Again");
    g_assert_cmpstr(stage.asked, ==, QUESTION);
    g_assert_false(stage.asked_without);
    stage_close(&stage);
}

static void test_never_finished(void)
{
    struct stage stage;
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(g_object_unref);

    stage_open(&stage, 800, 900);
    g_ptr_array_add(answers, made_turn(1, 0, QUESTION, NULL));
    lec_transcript_show(stage.transcript, answers);
    UNTIL(find_text(stage.window, "This answer was not finished"));
    g_assert_nonnull(find_text(stage.window, QUESTION));
    g_assert_null(find_type(stage.window, GTK_TYPE_SPINNER, 0));
    press(stage.window, "Ask Again");
    g_assert_cmpstr(stage.asked, ==, QUESTION);
    stage_close(&stage);
}

static void test_refusal(void)
{
    struct stage stage;

    stage_open(&stage, 800, 900);
    g_autoptr(LecAnswer) answer = start_answer(&stage, 4);
    lec_answer_add_text(answer, "The capital of France is Paris.");
    lec_answer_finish(answer, made_result(QUESTION, "I do not know.", FALSE), NULL);
    UNTIL(find_text(stage.window, "Your documents do not seem to say."));
    g_assert_nonnull(find_text(stage.window, "Nearest passages"));
    UNTIL(count_type(stage.window, LEC_TYPE_EVIDENCE_CARD) == 3);
    g_assert_null(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0));
    /* without a model nobody could answer without documents */
    g_assert_null(find_button(stage.window, "Answer Without Documents"));
    stage_close(&stage);
}

static void test_not_from_documents(void)
{
    struct stage stage;
    RagAnswer *result = made_result(QUESTION, "The capital of France is Paris.", FALSE);

    result->from_documents = false;
    result->thinking = g_strdup("The person asks for a capital.");
    stage_open(&stage, 800, 900);
    g_autoptr(LecAnswer) answer = start_answer(&stage, 0);
    lec_answer_finish(answer, result, NULL);
    UNTIL(find_text(stage.window, "Not from your documents"));
    g_assert_nonnull(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0));
    g_assert_null(find_text(stage.window, "do not seem to say"));
    g_assert_null(find_text(stage.window, "The person asks"));
    press(stage.window, "Thoughts");
    UNTIL(find_text(stage.window, "The person asks"));
    stage_close(&stage);
}

static void test_values_named(void)
{
    struct stage stage;
    RagAnswer *result = made_result(QUESTION, TEXT, TRUE);

    g_ptr_array_add(result->unsupported_values, g_strdup("17 March"));
    g_ptr_array_add(result->unsupported_values, g_strdup("1,204"));
    stage_open(&stage, 800, 900);
    g_autoptr(LecAnswer) answer = start_answer(&stage, 4);
    lec_answer_finish(answer, result, NULL);
    UNTIL(find_text(stage.window, "none of the passages: “17 March”, “1,204”."));
    stage_close(&stage);
}

/* --- versions --------------------------------------------------------------------------------- */

static void on_switch(LecTranscript *transcript, LecAnswer *answer, int step, int *steps)
{
    *steps += step;
}

static void test_versions(void)
{
    struct stage stage;
    int steps = 0;
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(g_object_unref);

    stage_open(&stage, 800, 900);
    g_signal_connect(stage.transcript, "switch", G_CALLBACK(on_switch), &steps);
    g_ptr_array_add(answers, made_turn(1, 0, QUESTION, TEXT));
    lec_transcript_show(stage.transcript, answers);
    UNTIL(find_text(stage.window, "2 of 3"));
    press(stage.window, "Earlier Version");
    press(stage.window, "Earlier Version");
    press(stage.window, "Later Version");
    g_assert_cmpint(steps, ==, -1);

    press(stage.window, "Edit the Question");
    UNTIL(find_button(stage.window, "Cancel"));
    GtkWidget *entry = find_type(stage.window, LEC_TYPE_QUESTION_ENTRY, 0);
    g_object_set(entry, "text", "  How long is the notice period in the first year?\n", NULL);
    press_key(GTK_WIDGET(lec_question_entry_get_view(LEC_QUESTION_ENTRY(entry))), GDK_KEY_Return,
              0);
    g_assert_cmpstr(stage.asked, ==, "How long is the notice period in the first year?");
    UNTIL(!find_button(stage.window, "Cancel"));

    /* no version is chosen while one is written */
    lec_transcript_set_busy(stage.transcript, TRUE);
    g_assert_false(gtk_widget_is_sensitive(find_button(stage.window, "Edit the Question")));
    g_assert_false(gtk_widget_is_sensitive(find_button(stage.window, "Earlier Version")));
    stage_close(&stage);
}

/* --- following -------------------------------------------------------------------------------- */

static GPtrArray *many_turns(int n)
{
    GPtrArray *answers = g_ptr_array_new_with_free_func(g_object_unref);

    for (int i = 1; i <= n; i++) {
        g_autofree char *question = g_strdup_printf("Question %d: " QUESTION, i);

        g_ptr_array_add(answers, made_turn(i, i - 1, question, TEXT));
    }
    return answers;
}

static void test_follows_only_at_end(void)
{
    struct stage stage;
    g_autoptr(GPtrArray) answers = many_turns(12);
    double before;

    stage_open(&stage, 600, 500);
    lec_transcript_show(stage.transcript, answers);
    UNTIL(find_text(stage.window, "Question 12") && at_end(&stage));
    services_wait(0.3);
    g_assert_true(at_end(&stage));

    g_autoptr(LecAnswer) answer = start_answer(&stage, 4);
    for (int i = 0; i < 30; i++) {
        lec_answer_add_text(answer, TEXT "\n\n");
        services_wait(0.02);
    }
    UNTIL(at_end(&stage));
    g_assert_null(find_button(stage.window, "Go to End"));

    gtk_adjustment_set_value(stage.adjustment, gtk_adjustment_get_value(stage.adjustment) - 200);
    UNTIL(find_button(stage.window, "Go to End"));
    before = gtk_adjustment_get_value(stage.adjustment);
    for (int i = 0; i < 10; i++) {
        lec_answer_add_text(answer, TEXT "\n\n");
        services_wait(0.02);
    }
    services_wait(0.2);
    g_assert_cmpfloat_with_epsilon(gtk_adjustment_get_value(stage.adjustment), before, 1.5);
    press(stage.window, "Go to End");
    UNTIL(at_end(&stage));
    UNTIL(!find_button(stage.window, "Go to End"));
    stage_close(&stage);
}

/* The cards above fold away while somebody reads the text in the middle of the view. */
static void test_nothing_jumps(void)
{
    struct stage stage;
    g_autoptr(GString) text = g_string_new(NULL);
    GtkWidget *view;
    double before;

    for (int i = 0; i < 80; i++)
        g_string_append(text, TEXT "\n\n");
    stage_open(&stage, 600, 500);
    g_autoptr(LecAnswer) answer = start_answer(&stage, 10);
    lec_answer_add_text(answer, text->str);
    UNTIL(gtk_adjustment_get_upper(stage.adjustment) > 2500);
    services_wait(0.3);
    view = find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0);
    gtk_adjustment_set_value(stage.adjustment, gtk_adjustment_get_upper(stage.adjustment) - 1000);
    services_wait(0.2);
    before = top_of(&stage, view);
    lec_answer_finish(answer, made_result(QUESTION, text->str, TRUE), NULL);
    for (int i = 0; i < 40; i++) {
        services_wait(0.02);
        g_assert_cmpfloat_with_epsilon(top_of(&stage, view), before, 1.5);
    }
    g_assert_null(find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 0));
    stage_close(&stage);
}

static void test_long_conversation(void)
{
    struct stage stage;
    g_autoptr(GPtrArray) answers = many_turns(300);
    GtkWidget *row;
    double before;

    stage_open(&stage, 600, 500);
    lec_transcript_show(stage.transcript, answers);
    UNTIL(find_text(stage.window, "Question 300"));
    services_wait(0.5);
    g_assert_true(at_end(&stage));
    /* what is far above is not made */
    g_assert_null(lec_transcript_get_row(stage.transcript, answers->pdata[0]));
    g_assert_nonnull(lec_transcript_get_row(stage.transcript, answers->pdata[298]));

    row = GTK_WIDGET(lec_transcript_get_row(stage.transcript, answers->pdata[298]));
    before = top_of(&stage, row) + gtk_adjustment_get_value(stage.adjustment) - 50;
    gtk_adjustment_set_value(stage.adjustment, 50);
    UNTIL(gtk_adjustment_get_value(stage.adjustment) > 400); /* rows were added above */
    g_assert_cmpfloat_with_epsilon(top_of(&stage, row), before, 1.5);
    stage_close(&stage);
}

/* --- the composer ----------------------------------------------------------------------------- */

static void on_composer_ask(LecComposer *composer, const char *text, int *n)
{
    g_assert_cmpstr(text, ==, QUESTION);
    ++*n;
}

static void test_composer(void)
{
    struct stage stage;
    int n_asked = 0;
    g_autofree char *huge = g_strnfill(200 * 1024, 'a');
    g_autofree char *text = NULL;
    GtkTextView *view;
    gint64 start;

    stage_open(&stage, 600, 500);
    g_signal_connect(stage.composer, "ask", G_CALLBACK(on_composer_ask), &n_asked);
    view = lec_question_entry_get_view(
        LEC_QUESTION_ENTRY(find_type(stage.window, LEC_TYPE_QUESTION_ENTRY, 0)));
    g_assert_false(gtk_widget_is_sensitive(find_button(stage.window, "Ask")));
    press_key(GTK_WIDGET(view), GDK_KEY_Return, 0);
    g_assert_cmpint(n_asked, ==, 0);
    lec_composer_set_text(stage.composer, QUESTION);
    press_key(GTK_WIDGET(view), GDK_KEY_Return, GDK_SHIFT_MASK);
    g_assert_cmpint(n_asked, ==, 0);
    /* an input method is at work: Enter is its own */
    g_signal_emit_by_name(view, "preedit-changed", "ni");
    press_key(GTK_WIDGET(view), GDK_KEY_Return, 0);
    g_assert_cmpint(n_asked, ==, 0);
    g_signal_emit_by_name(view, "preedit-changed", "");
    press_key(GTK_WIDGET(view), GDK_KEY_Return, 0);
    g_assert_cmpint(n_asked, ==, 1);
    press(stage.window, "Ask");
    g_assert_cmpint(n_asked, ==, 2);

    lec_composer_set_busy(stage.composer, TRUE);
    press_key(GTK_WIDGET(view), GDK_KEY_Return, 0);
    g_assert_cmpint(n_asked, ==, 2);
    UNTIL(find_text(stage.window, "An answer is being written."));
    g_assert_nonnull(find_button(stage.window, "Stop"));
    lec_composer_set_busy(stage.composer, FALSE);

    start = g_get_monotonic_time();
    gtk_text_buffer_insert_at_cursor(gtk_text_view_get_buffer(view), huge, -1);
    g_assert_cmpint(g_get_monotonic_time() - start, <, G_USEC_PER_SEC / 20);
    UNTIL(find_text(stage.window, "8,000 are the most") || find_text(stage.window, "8000 are"));
    text = lec_composer_dup_text(stage.composer);
    g_assert_cmpstr(text, ==, QUESTION);
    stage_close(&stage);
}

/* --- words ------------------------------------------------------------------------------------ */

static void test_excerpt(void)
{
    g_auto(LecExcerpt) excerpt = {0}, whole = {0}, plain = {0};
    g_autoptr(GPtrArray) hits = made_hits(1);
    const struct rag_hit *hit = hits->pdata[0];
    g_autofree char *telling =
        g_strndup(hit->text + hit->telling_from, hit->telling_to - hit->telling_from);
    g_autofree char *marked = NULL;

    lec_excerpt_make(&excerpt, hit->text, telling, 200);
    g_assert_true(excerpt.cut);
    g_assert_true(g_str_has_prefix(excerpt.text, "… "));
    g_assert_true(g_str_has_suffix(excerpt.text, " …"));
    g_assert_cmpint(g_utf8_strlen(excerpt.text, -1), <=, 240);
    marked = g_strndup(excerpt.text + excerpt.from, excerpt.to - excerpt.from);
    g_assert_cmpstr(marked, ==, telling);

    lec_excerpt_make(&whole, "One\n  two.\n\n\n\nThree", "two.", 0);
    g_assert_cmpstr(whole.text, ==, "One\ntwo.\n\nThree");
    g_assert_cmpint(whole.from, ==, 4);
    g_assert_cmpint(whole.to, ==, 8);
    g_assert_false(whole.cut);
    lec_excerpt_make(&plain, "  äöü ", "", 3);
    g_assert_cmpstr(plain.text, ==, "äöü");
    g_assert_cmpint(plain.from, ==, plain.to);
}

static void test_words(void)
{
    RagAnswer *answer = made_result(QUESTION, TEXT, TRUE);
    g_autofree char *markdown = lec_answer_markdown(answer);
    gsize end = 0;
    g_autofree char *sentence = lec_answer_last_sentence("One. Two is 1.5 long. Thr", 0, &end);

    g_assert_cmpstr(markdown, ==,
                    "**" QUESTION "**\n\nEither side may end the lease with three months’ notice. "
                    "[1] It is given in writing. [2]\n\n[1] contract-1.pdf, p. 17\n"
                    "[2] contract-2.pdf, p. 18\n");
    g_assert_cmpstr(sentence, ==, "Two is 1.5 long.");
    g_assert_cmpint(end, ==, 21);
    g_assert_null(lec_answer_last_sentence("Thr", 0, &end));
    rag_answer_free(answer);
}

int main(int argc, char **argv)
{
    services_init(&argc, &argv);
    adw_init();
    g_test_add_func("/conversation/excerpt", test_excerpt);
    g_test_add_func("/conversation/words", test_words);
    g_test_add_func("/conversation/evidence-first", test_evidence_first);
    g_test_add_func("/conversation/sources-open", test_sources_open);
    g_test_add_func("/conversation/stopped", test_stopped);
    g_test_add_func("/conversation/failed", test_failed);
    g_test_add_func("/conversation/never-finished", test_never_finished);
    g_test_add_func("/conversation/refusal", test_refusal);
    g_test_add_func("/conversation/not-from-documents", test_not_from_documents);
    g_test_add_func("/conversation/values-named", test_values_named);
    g_test_add_func("/conversation/versions", test_versions);
    g_test_add_func("/conversation/follows-only-at-end", test_follows_only_at_end);
    g_test_add_func("/conversation/nothing-jumps", test_nothing_jumps);
    g_test_add_func("/conversation/long-conversation", test_long_conversation);
    g_test_add_func("/conversation/composer", test_composer);
    return g_test_run();
}
