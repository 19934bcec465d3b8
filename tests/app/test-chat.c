/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-chat.c: LecChat with the small starter model: evidence before text, stop in every phase,
 * queueing, models that vanish or do not fit, a conversation found again after a restart. Run with
 * --without-model, only what needs no model.
 */
#include "loop-watch.h"
#include "services.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define CHAT     "smollm2-135m-instruct-q4_1.gguf"
#define EMBEDDER "all-minilm-l6-v2.gguf"
#define QUESTION "How long is the notice period?"

static const char lease[] =
    "The lease of the flat.\n\n"
    "Either side may end the lease. The notice period is three months to the end of a month. "
    "During the first year the lease cannot be ended.\n\n"
    "The deposit is two rents and is paid back within six weeks.\n";

/* --- listening -------------------------------------------------------------------------------- */

struct heard {
    gint64 asked, passages, text; /* monotonic time, 0: not yet */
    guint n_passages, n_texts, n_finished;
    gboolean stored, text_before_passages;
    gint64 conversation, turn;
    gboolean states[LEC_ANSWER_FAILED + 1];
};

static void on_passages(LecAnswer *answer, GPtrArray *hits, struct heard *heard)
{
    heard->passages = g_get_monotonic_time();
    heard->n_passages = hits->len;
}

static void on_text(LecAnswer *answer, const char *added, struct heard *heard)
{
    if (!heard->text)
        heard->text = g_get_monotonic_time();
    heard->n_texts++;
    heard->text_before_passages = heard->text_before_passages || !heard->passages;
    g_assert_true(g_utf8_validate(added, -1, NULL));
}

static void on_stored(LecAnswer *answer, gint64 conversation, gint64 turn, struct heard *heard)
{
    heard->conversation = conversation;
    heard->turn = turn;
}

static void on_state(LecAnswer *answer, GParamSpec *pspec, struct heard *heard)
{
    heard->states[lec_answer_get_state(answer)] = TRUE;
}

static void on_finished(LecAnswer *answer, struct heard *heard)
{
    heard->n_finished++;
}

static LecAnswer *ask(struct services *s, const struct lec_question *question, struct heard *heard)
{
    LecAnswer *answer;

    *heard = (struct heard){.asked = g_get_monotonic_time()};
    answer = lec_chat_ask(s->chat, question);
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_SEARCHING);
    g_signal_connect(answer, "passages", G_CALLBACK(on_passages), heard);
    g_signal_connect(answer, "text", G_CALLBACK(on_text), heard);
    g_signal_connect(answer, "stored", G_CALLBACK(on_stored), heard);
    g_signal_connect(answer, "notify::state", G_CALLBACK(on_state), heard);
    g_signal_connect(answer, "finished", G_CALLBACK(on_finished), heard);
    return answer;
}

static LecAnswer *ask_text(struct services *s, const char *text, struct heard *heard)
{
    return ask(s, &(struct lec_question){.text = text}, heard);
}

static void start(struct services *s)
{
    services_start(s);
    g_free(services_write(s, "lease.txt", lease));
    services_index(s);
    UNTIL(lec_library_get_n_ready(s->library) == 1);
}

static void start_with_model(struct services *s)
{
    g_assert_true(services_bring_model(CHAT));
    g_assert_true(services_bring_model(EMBEDDER));
    start(s);
    UNTIL(lec_chat_get_model(s->chat));
}

static void end(struct services *s)
{
    services_end(s);
    services_take_models_away();
}

/* --- without a model -------------------------------------------------------------------------- */

static void test_no_model(void)
{
    struct services s;
    struct heard heard, second;
    g_autoptr(LecAnswer) answer = NULL, alone = NULL;

    start(&s);
    g_assert_cmpint(lec_chat_get_state(s.chat), ==, LEC_CHAT_NO_MODEL);
    answer = ask_text(&s, "notice period", &heard);
    g_assert_true(lec_chat_get_busy(s.chat));
    UNTIL(heard.n_finished);
    g_assert_false(lec_chat_get_busy(s.chat));
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_DONE);
    g_assert_cmpint(heard.n_passages, ==, 1);
    g_assert_null(lec_answer_get_result(answer));
    alone = ask(&s, &(struct lec_question){.text = "Hello", .no_documents = TRUE}, &second);
    UNTIL(second.n_finished);
    g_assert_cmpint(lec_answer_get_state(alone), ==, LEC_ANSWER_FAILED);
    end(&s);
}

/* Asked in the same moment in which the program starts. */
static void test_early_question(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL;

    start(&s);
    services_close(&s);
    services_open(&s);
    answer = ask_text(&s, "notice period", &heard);
    UNTIL(heard.n_finished);
    g_assert_cmpint(heard.n_passages, ==, 1);
    end(&s);
}

static void test_library_gone(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL;
    g_autofree char *away = NULL;

    start(&s);
    away = g_strconcat(s.dir, "-away", NULL);
    g_assert_cmpint(g_rename(s.dir, away), ==, 0);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_FAILED);
    answer = ask_text(&s, "notice period", &heard);
    UNTIL(heard.n_finished);
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_FAILED);
    g_assert_cmpstr(lec_answer_get_failure(answer), ==, lec_library_get_error(s.library));
    g_assert_cmpint(g_rename(away, s.dir), ==, 0);
    end(&s);
}

/* A model larger than this machine's memory is refused, and the evidence stands. */
static void test_too_large(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL;
    g_autofree char *path = services_model_path(CHAT);
    FILE *file = fopen(path, "w");

    g_assert_nonnull(file);
    if (ftruncate(fileno(file), (off_t)1 << 40) != 0) {
        fclose(file);
        g_test_skip("no room for a sparse file of a terabyte");
        return;
    }
    fclose(file);
    start(&s);
    UNTIL(lec_chat_get_model(s.chat));
    answer = ask_text(&s, "notice period", &heard);
    UNTIL(heard.n_finished);
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_FAILED);
    g_assert_nonnull(strstr(lec_answer_get_failure(answer), "memory"));
    g_assert_cmpint(heard.n_passages, ==, 1);
    g_assert_cmpint(lec_chat_get_state(s.chat), ==, LEC_CHAT_FAILED);
    g_assert_cmpstr(lec_chat_get_error(s.chat), ==, lec_answer_get_failure(answer));
    end(&s);
}

static void test_damaged(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL;
    g_autofree char *path = services_model_path(CHAT);

    g_assert_true(g_file_set_contents(path, "GGUF, but not really", -1, NULL));
    start(&s);
    UNTIL(lec_chat_get_model(s.chat));
    answer = ask_text(&s, "notice period", &heard);
    UNTIL(heard.n_finished);
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_FAILED);
    g_assert_cmpint(heard.n_passages, ==, 1);
    end(&s);
}

/* --- with a model ----------------------------------------------------------------------------- */

static void test_answer(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL;
    const RagAnswer *result;

    start_with_model(&s);
    g_assert_cmpint(lec_chat_get_state(s.chat), ==, LEC_CHAT_UNLOADED);
    loop_watch_start();
    answer = ask_text(&s, QUESTION, &heard);
    UNTIL(heard.n_finished);
    g_test_message("evidence after %" G_GINT64_FORMAT " ms, first word after %" G_GINT64_FORMAT
                   " ms, worst iteration %.2f ms",
                   (heard.passages - heard.asked) / 1000, (heard.text - heard.asked) / 1000,
                   loop_watch_worst_ms());
    g_assert_cmpfloat(loop_watch_worst_ms(), <=, 8);
    loop_watch_stop();
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_DONE);
    g_assert_false(heard.text_before_passages);
    g_assert_cmpint(heard.n_passages, >=, 1);
    g_assert_true(heard.states[LEC_ANSWER_LOADING]);
    g_assert_true(heard.states[LEC_ANSWER_READING]);
    result = lec_answer_get_result(answer);
    g_assert_nonnull(result);
    g_assert_cmpstr(lec_answer_get_text(answer), ==, result->text);
    g_assert_cmpint(heard.turn, >, 0);
    g_assert_cmpint(heard.turn, ==, result->id);
    g_assert_cmpint(lec_chat_get_state(s.chat), ==, LEC_CHAT_READY);
    end(&s);
}

static void test_warm(void)
{
    struct services s;

    start_with_model(&s);
    for (int i = 0; i < 10; i++)
        lec_chat_warm(s.chat);
    UNTIL(lec_chat_get_state(s.chat) == LEC_CHAT_READY);
    lec_chat_unload(s.chat);
    UNTIL(lec_chat_get_state(s.chat) == LEC_CHAT_UNLOADED);
    lec_chat_warm(s.chat);
    UNTIL(lec_chat_get_state(s.chat) == LEC_CHAT_READY);
    end(&s);
}

/* Stops a question as soon as it has reached a state; it ends soon, and the next one is answered.
 */
static void stop_in(LecAnswerState state)
{
    struct services s;
    struct heard heard, next;
    g_autoptr(LecAnswer) answer = NULL, after = NULL;
    gint64 stopped;

    start_with_model(&s);
    if (state > LEC_ANSWER_LOADING) {
        lec_chat_warm(s.chat);
        UNTIL(lec_chat_get_state(s.chat) == LEC_CHAT_READY);
    }
    answer = ask_text(&s, QUESTION, &heard);
    UNTIL(lec_answer_get_state(answer) >= state);
    g_assert_cmpint(lec_answer_get_state(answer), ==, state);
    lec_answer_stop(answer);
    stopped = g_get_monotonic_time();
    UNTIL(heard.n_finished);
    g_assert_cmpint(g_get_monotonic_time() - stopped, <, 3 * G_USEC_PER_SEC);
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_STOPPED);
    if (state == LEC_ANSWER_WRITING)
        g_assert_cmpint(lec_answer_get_result(answer)->stats.stop, ==, ENG_STOP_CANCELLED);
    after = ask_text(&s, QUESTION, &next);
    UNTIL(next.n_finished);
    g_assert_cmpint(lec_answer_get_state(after), ==, LEC_ANSWER_DONE);
    g_assert_cmpint(heard.n_finished, ==, 1);
    end(&s);
}

static void test_stop(gconstpointer state)
{
    stop_in((LecAnswerState)GPOINTER_TO_INT(state));
}

static void test_queue(void)
{
    struct services s;
    struct heard heard[3];
    g_autoptr(LecAnswer) first = NULL, second = NULL, third = NULL;

    start_with_model(&s);
    first = ask_text(&s, QUESTION, &heard[0]);
    second = ask_text(&s, "How large is the deposit?", &heard[1]);
    third = ask_text(&s, "When is the deposit paid back?", &heard[2]);
    lec_answer_stop(second); /* the others do not mind */
    UNTIL(heard[0].n_finished && heard[1].n_finished && heard[2].n_finished);
    g_assert_cmpint(lec_answer_get_state(first), ==, LEC_ANSWER_DONE);
    g_assert_cmpint(lec_answer_get_state(second), ==, LEC_ANSWER_STOPPED);
    g_assert_cmpint(lec_answer_get_state(third), ==, LEC_ANSWER_DONE);
    g_assert_cmpint(heard[0].text, <, heard[2].text);
    g_assert_cmpint(heard[2].passages, <, heard[0].text); /* evidence does not queue */
    end(&s);
}

static void test_model_vanishes(void)
{
    struct services s;
    struct heard heard, next;
    g_autoptr(LecAnswer) answer = NULL, again = NULL;
    g_autofree char *path = services_model_path(CHAT);

    start_with_model(&s);
    g_assert_cmpint(g_remove(path), ==, 0);
    answer = ask_text(&s, QUESTION, &heard);
    UNTIL(heard.n_finished);
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_FAILED);
    g_assert_nonnull(strstr(lec_answer_get_failure(answer), path));
    g_assert_cmpint(lec_answer_get_passages(answer)->len, >=, 1);
    g_assert_cmpint(lec_chat_get_state(s.chat), ==, LEC_CHAT_FAILED);
    lec_chat_refresh_models(s.chat);
    UNTIL(lec_chat_get_state(s.chat) == LEC_CHAT_NO_MODEL);
    g_assert_null(lec_chat_get_model(s.chat));

    g_assert_true(services_bring_model(CHAT));
    lec_chat_refresh_models(s.chat);
    UNTIL(lec_chat_get_model(s.chat));
    again = ask_text(&s, QUESTION, &next);
    UNTIL(next.n_finished);
    g_assert_cmpint(lec_answer_get_state(again), ==, LEC_ANSWER_DONE);
    end(&s);
}

static void test_restart(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL, kept = NULL;
    g_autoptr(GAsyncResult) list = NULL, path = NULL;
    g_autoptr(GPtrArray) rows = NULL, turns = NULL;
    const struct rag_conversation *row;

    start_with_model(&s);
    answer = ask_text(&s, QUESTION, &heard);
    UNTIL(heard.n_finished);
    services_close(&s);
    services_open(&s);
    lec_library_conversations_async(s.library, 0, 10, NULL, services_on_result, &list);
    UNTIL(list);
    rows = lec_library_conversations_finish(s.library, list, NULL);
    g_assert_cmpint(rows->len, ==, 1);
    row = rows->pdata[0];
    g_assert_cmpint(row->id, ==, heard.conversation);
    lec_library_turns_async(s.library, row->id, NULL, services_on_result, &path);
    UNTIL(path);
    turns = lec_library_turns_finish(s.library, path, NULL);
    g_assert_cmpint(turns->len, ==, 1);
    kept = lec_answer_from_turn(g_ptr_array_steal_index(turns, 0));
    g_assert_cmpint(lec_answer_get_state(kept), ==, LEC_ANSWER_DONE);
    g_assert_cmpstr(lec_answer_get_text(kept), ==, lec_answer_get_text(answer));
    g_assert_cmpint(lec_answer_get_turn(kept), ==, heard.turn);
    g_assert_cmpint(lec_answer_get_passages(kept)->len, >=, 1);
    end(&s);
}

/* Closing while it writes waits for no answer, and the question is kept. */
static void test_close(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL;
    gint64 start_of_end;

    start_with_model(&s);
    answer = ask_text(&s, QUESTION, &heard);
    UNTIL(lec_answer_get_state(answer) >= LEC_ANSWER_READING);
    start_of_end = g_get_monotonic_time();
    services_close(&s);
    g_assert_cmpint(g_get_monotonic_time() - start_of_end, <, 3 * G_USEC_PER_SEC);
    UNTIL(heard.n_finished);
    services_open(&s);
    UNTIL(lec_library_get_n_conversations(s.library) == 1);
    end(&s);
}

/* The window's limit, while documents are read and an answer is written at once. */
static void test_load_on_loop(void)
{
    struct services s;
    struct heard heard;
    g_autoptr(LecAnswer) answer = NULL;

    start_with_model(&s);
    for (int i = 0; i < 50; i++) {
        g_autofree char *name = g_strdup_printf("%02d.txt", i);
        g_autofree char *text = g_strdup_printf("Document %d.\n\n%s", i, lease);
        g_free(services_write(&s, name, text));
    }
    loop_watch_start();
    lec_indexer_rescan(s.indexer);
    answer = ask_text(&s, QUESTION, &heard);
    UNTIL(heard.n_finished);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_IDLE);
    g_test_message("evidence after %" G_GINT64_FORMAT " ms, worst iteration %.2f ms of %u",
                   (heard.passages - heard.asked) / 1000, loop_watch_worst_ms(),
                   loop_watch_n_iterations());
    g_assert_cmpfloat(loop_watch_worst_ms(), <=, 8);
    loop_watch_stop();
    g_assert_cmpint(lec_answer_get_state(answer), ==, LEC_ANSWER_DONE);
    end(&s);
}

static void add_tests_with_model(void)
{
    static const char *const names[] = {"searching", "loading", "reading", "writing"};

    g_test_add_func("/app/chat/answer", test_answer);
    g_test_add_func("/app/chat/warm", test_warm);
    for (int state = LEC_ANSWER_SEARCHING; state <= LEC_ANSWER_WRITING; state++) {
        g_autofree char *name = g_strconcat("/app/chat/stop-", names[state], NULL);
        g_test_add_data_func(name, GINT_TO_POINTER(state), test_stop);
    }
    g_test_add_func("/app/chat/queue", test_queue);
    g_test_add_func("/app/chat/model-vanishes", test_model_vanishes);
    g_test_add_func("/app/chat/restart", test_restart);
    g_test_add_func("/app/chat/close", test_close);
    g_test_add_func("/app/chat/load-on-loop", test_load_on_loop);
}

int main(int argc, char **argv)
{
    gboolean without = argc > 1 && g_str_equal(argv[1], "--without-model");

    services_init(&argc, &argv);
    if (without) {
        g_test_add_func("/app/chat/no-model", test_no_model);
        g_test_add_func("/app/chat/early-question", test_early_question);
        g_test_add_func("/app/chat/library-gone", test_library_gone);
        g_test_add_func("/app/chat/too-large", test_too_large);
        g_test_add_func("/app/chat/damaged", test_damaged);
        return g_test_run();
    }
    if (!services_bring_model(CHAT) || !services_bring_model(EMBEDDER)) {
        g_printerr("%s and %s are not on this machine: fetch them with ./run\n", CHAT, EMBEDDER);
        return 77;
    }
    services_take_models_away();
    add_tests_with_model();
    return g_test_run();
}
