/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page on a library of two documents: without a model, and with the smallest one, which writes
 * little sense but real tokens. Skipped, and so said, where that model is not on this machine.
 */
#include "../app/services.h"
#include "widget-find.h"

#include "ui/answer-view.h"
#include "ui/composer.h"
#include "ui/conversation-page.h"
#include "ui/evidence-card.h"
#include "ui/question-entry.h"
#include "ui/transcript.h"
#include <adwaita.h>
#include <string.h>

#define QUESTION "How long is the notice period of the lease?"
#define MODEL    "smollm2-135m-instruct-q4_1.gguf"

static struct services services;

struct stage {
    GtkWidget *window;
    LecConversationPage *page;
    gint64 opened; /* of the last "conversation-opened" */
    char *title;   /* (owned) */
};

static void on_opened(LecConversationPage *page, gint64 id, const char *title, struct stage *stage)
{
    stage->opened = id;
    g_free(stage->title);
    stage->title = g_strdup(title);
}

static void stage_open(struct stage *stage)
{
    *stage = (struct stage){.window = adw_window_new(), .opened = -1};
    stage->page = g_object_new(LEC_TYPE_CONVERSATION_PAGE, "library", services.library, "chat",
                               services.chat, "indexer", services.indexer, NULL);
    g_signal_connect(stage->page, "conversation-opened", G_CALLBACK(on_opened), stage);
    gtk_window_set_default_size(GTK_WINDOW(stage->window), 800, 800);
    adw_window_set_content(ADW_WINDOW(stage->window), GTK_WIDGET(stage->page));
    gtk_window_present(GTK_WINDOW(stage->window));
    lec_conversation_page_open(stage->page, 0);
    UNTIL(find_type(stage->window, LEC_TYPE_QUESTION_ENTRY, 0));
}

static void stage_close(struct stage *stage)
{
    LecConversationPage *page = stage->page;

    g_object_add_weak_pointer(G_OBJECT(page), (gpointer *)&page);
    gtk_window_destroy(GTK_WINDOW(stage->window));
    g_free(stage->title);
    services_wait(0.1);
    g_assert_null(page);
}

static LecComposer *composer_of(struct stage *stage)
{
    return LEC_COMPOSER(find_type(stage->window, LEC_TYPE_COMPOSER, 0));
}

static GtkWidget *turns_of(struct stage *stage)
{
    return find_type(stage->window, LEC_TYPE_TRANSCRIPT, 0);
}

static char *text_of(struct stage *stage)
{
    return lec_composer_dup_text(composer_of(stage));
}

static gboolean text_is(struct stage *stage, const char *text)
{
    g_autofree char *shown = text_of(stage);

    return g_str_equal(shown, text);
}

static void ask(struct stage *stage, const char *text)
{
    LecQuestionEntry *entry =
        LEC_QUESTION_ENTRY(find_type(GTK_WIDGET(composer_of(stage)), LEC_TYPE_QUESTION_ENTRY, 0));

    lec_composer_set_text(composer_of(stage), text);
    press_key(GTK_WIDGET(lec_question_entry_get_view(entry)), GDK_KEY_Return, 0);
    g_assert_true(text_is(stage, ""));
}

static gboolean is_idle(struct stage *stage)
{
    return find_button(stage->window, "Ask") != NULL;
}

static void start(void)
{
    services_start(&services);
    g_free(
        services_write(&services, "lease.md",
                       "# Lease\n\nEither side may end the lease with three months’ notice to the "
                       "end of a month. The notice is given in writing.\n"));
    g_free(services_write(&services, "tyres.md",
                          "# Winter tyres\n\nWinter tyres are put on in October and taken off in "
                          "April. They are kept in the cellar.\n"));
    services_index(&services);
}

static void test_without_model(void)
{
    struct stage stage;

    services_take_models_away();
    start();
    stage_open(&stage);
    UNTIL(find_text(stage.window, "Ask about your 2 documents"));
    UNTIL(find_text(stage.window, "Get a model to have answers written."));
    g_assert_nonnull(find_button(stage.window, "Show How"));
    g_assert_cmpint(stage.opened, ==, 0);
    ask(&stage, QUESTION);
    UNTIL(find_type(stage.window, LEC_TYPE_EVIDENCE_CARD, 0));
    UNTIL(is_idle(&stage));
    g_assert_nonnull(find_text(stage.window, "lease.md"));
    g_assert_null(find_type(stage.window, LEC_TYPE_ANSWER_VIEW, 0));
    g_assert_null(find_type(stage.window, GTK_TYPE_SPINNER, 0));
    g_assert_null(find_button(stage.window, "Answer Without Documents"));
    g_assert_false(lec_conversation_page_stop(stage.page));
    stage_close(&stage);
    services_end(&services);
}

static void test_draft(void)
{
    struct stage stage;

    services_take_models_away();
    start();
    stage_open(&stage);
    lec_composer_set_text(composer_of(&stage), "What was I going to");
    services_wait(0.8);
    stage_close(&stage);

    /* another window, as after a start */
    services_close(&services);
    services_open(&services);
    stage_open(&stage);
    UNTIL(text_is(&stage, "What was I going to"));
    /* closed before the half second is over */
    lec_composer_set_text(composer_of(&stage), "What was I going to ask?");
    stage_close(&stage);
    stage_open(&stage);
    UNTIL(text_is(&stage, "What was I going to ask?"));
    ask(&stage, QUESTION);
    UNTIL(is_idle(&stage));
    lec_conversation_page_open(stage.page, 0);
    services_wait(0.2);
    g_assert_true(text_is(&stage, ""));
    stage_close(&stage);
    services_end(&services);
}

/* Asked, stored, edited, switched, left and opened again. */
static void test_versions(struct stage *stage)
{
    gint64 conversation;

    ask(stage, QUESTION);
    g_assert_nonnull(find_button(stage->window, "Stop"));
    UNTIL(find_type(stage->window, LEC_TYPE_EVIDENCE_CARD, 0));
    UNTIL(is_idle(stage));
    UNTIL(stage->opened > 0 && !g_strcmp0(stage->title, QUESTION));
    conversation = stage->opened;

    press(stage->window, "Edit the Question");
    UNTIL(find_button(stage->window, "Cancel"));
    g_object_set(find_type(stage->window, LEC_TYPE_QUESTION_ENTRY, 0), "text",
                 "When are winter tyres put on?", NULL);
    UNTIL(find_type(stage->window, LEC_TYPE_QUESTION_ENTRY, 1));
    press(gtk_widget_get_parent(find_button(stage->window, "Cancel")), "Ask");
    UNTIL(find_text(stage->window, "2 of 2"));
    g_assert_null(find_text(turns_of(stage), QUESTION));
    UNTIL(is_idle(stage) && !find_button(stage->window, "Stop"));
    press(stage->window, "Earlier Version");
    UNTIL(find_text(stage->window, "1 of 2"));
    g_assert_nonnull(find_text(turns_of(stage), QUESTION));

    lec_composer_set_text(composer_of(stage), "And in writing?");
    lec_conversation_page_open(stage->page, 0);
    g_assert_true(text_is(stage, ""));
    g_assert_cmpint(stage->opened, ==, 0);
    lec_conversation_page_open(stage->page, conversation);
    UNTIL(find_text(stage->window, "1 of 2"));
    UNTIL(text_is(stage, "And in writing?"));
    UNTIL(!g_strcmp0(stage->title, QUESTION));
}

/* Without documents the model goes on for as long as it may. Left while it is written, the answer
   goes on; opened again, it is stopped there. */
static void test_running(struct stage *stage)
{
    gint64 conversation = stage->opened;

    ask(stage, "Write a long story about pirates on the moon.");
    UNTIL(is_idle(stage));
    if (!find_button(stage->window, "Answer Without Documents"))
        gtk_widget_activate_action(GTK_WIDGET(lec_turn_row_get_answer_row(
                                       lec_transcript_get_last(LEC_TRANSCRIPT(turns_of(stage))))),
                                   "answer.without-documents", NULL);
    else
        press(stage->window, "Answer Without Documents");
    UNTIL(find_text(stage->window, "Writing…"));
    lec_conversation_page_open(stage->page, 0);
    g_assert_true(is_idle(stage));
    lec_conversation_page_open(stage->page, conversation);
    UNTIL(find_text(stage->window, "Writing…"));
    g_assert_nonnull(find_button(stage->window, "Stop"));
    g_assert_true(lec_conversation_page_stop(stage->page));
    UNTIL(is_idle(stage));
    UNTIL(find_text(stage->window, "You stopped this answer."));
    g_assert_nonnull(find_text(stage->window, "Not from your documents"));
    g_assert_false(lec_conversation_page_stop(stage->page));
    gtk_widget_activate_action(GTK_WIDGET(stage->page), "conversation.delete", NULL);
    g_assert_cmpint(stage->opened, ==, 0);
    UNTIL(find_text(stage->window, "Ask about your 2 documents"));
    g_assert_true(lec_library_is_conversation_hidden(services.library, conversation));
}

static void test_with_model(void)
{
    struct stage stage;

    if (!services_bring_model(MODEL)) {
        g_test_skip(MODEL " is not on this machine");
        return;
    }
    start();
    stage_open(&stage);
    UNTIL(lec_chat_get_model(services.chat));
    g_assert_nonnull(find_text(stage.window, "SmolLM2"));
    test_versions(&stage);
    test_running(&stage);
    stage_close(&stage);
    services_end(&services);
}

int main(int argc, char **argv)
{
    services_init(&argc, &argv);
    adw_init();
    g_test_add_func("/conversation-page/without-model", test_without_model);
    g_test_add_func("/conversation-page/draft", test_draft);
    g_test_add_func("/conversation-page/with-model", test_with_model);
    return g_test_run();
}
