/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-answer.c: whatever the order in which evidence and text come, a LecAnswer tells them in one;
 * and what is made of a kept turn, a hit and a citation. No threads.
 */
#include "app/answer-feed.h"
#include "app/answer-live.h"
#include "app/estimate.h"
#include "app/memory.h"
#include "app/source.h"

#include <math.h>
#include <string.h>

/* What a listener heard, a letter each: P(assages) T(ext) S(tored) F(inished), state as a digit. */
struct heard {
    GString *story; /* (owned) */
};

static void on_passages(LecAnswer *answer, GPtrArray *hits, struct heard *heard)
{
    g_assert_true(hits == lec_answer_get_passages(answer));
    g_string_append_c(heard->story, 'P');
}

static void on_text(LecAnswer *answer, const char *added, struct heard *heard)
{
    g_string_append_printf(heard->story, "T(%s)", added);
}

static void on_stored(LecAnswer *answer, gint64 conversation, gint64 turn, struct heard *heard)
{
    g_string_append_c(heard->story, 'S');
}

static void on_finished(LecAnswer *answer, struct heard *heard)
{
    g_assert_true(lec_answer_is_finished(answer));
    g_string_append_c(heard->story, 'F');
}

static void on_state(LecAnswer *answer, GParamSpec *pspec, struct heard *heard)
{
    g_string_append_printf(heard->story, "%d", lec_answer_get_state(answer));
}

static LecAnswer *listen(struct heard *heard)
{
    LecAnswer *answer = lec_answer_new("How long?", 3, 7);

    heard->story = g_string_new(NULL);
    g_signal_connect(answer, "passages", G_CALLBACK(on_passages), heard);
    g_signal_connect(answer, "text", G_CALLBACK(on_text), heard);
    g_signal_connect(answer, "stored", G_CALLBACK(on_stored), heard);
    g_signal_connect(answer, "finished", G_CALLBACK(on_finished), heard);
    g_signal_connect(answer, "notify::state", G_CALLBACK(on_state), heard);
    return answer;
}

static void expect(struct heard *heard, const char *story)
{
    g_assert_cmpstr(heard->story->str, ==, story);
    g_string_free(heard->story, TRUE);
}

static RagAnswer *small_answer(const char *text, enum eng_stop stop)
{
    RagAnswer *answer = g_new0(RagAnswer, 1);

    answer->text = g_strdup(text);
    answer->stats.stop = stop;
    answer->citations = g_ptr_array_new_with_free_func(g_free);
    answer->sentences = g_array_new(FALSE, FALSE, sizeof(struct rag_sentence));
    answer->passages = g_ptr_array_new_with_free_func((GDestroyNotify)rag_hit_free);
    answer->dropped = g_ptr_array_new();
    answer->unsupported_values = g_ptr_array_new();
    return answer;
}

static void test_evidence_first(void)
{
    struct heard heard;
    g_autoptr(LecAnswer) answer = listen(&heard);
    g_autoptr(GPtrArray) hits = g_ptr_array_new();

    g_assert_cmpint(lec_answer_get_parent(answer), ==, 7);
    lec_answer_set_passages(answer, hits);
    lec_answer_set_stored(answer, 3, 9);
    lec_answer_begin(answer);
    lec_answer_add_text(answer, "Three ");
    lec_answer_add_text(answer, "months.");
    g_assert_cmpstr(lec_answer_get_text(answer), ==, "Three months.");
    g_assert_null(lec_answer_get_result(answer));
    lec_answer_finish(answer, small_answer("Three months, it says.", ENG_STOP_EOG), NULL);
    g_assert_cmpstr(lec_answer_get_text(answer), ==, "Three months, it says.");
    g_assert_cmpint(lec_answer_get_turn(answer), ==, 9);
    expect(&heard, "1PS23T(Three )T(months.)4F");
}

static void test_text_first(void)
{
    struct heard heard;
    g_autoptr(LecAnswer) answer = listen(&heard);
    g_autoptr(GPtrArray) hits = g_ptr_array_new();

    lec_answer_begin(answer);
    lec_answer_add_text(answer, "Three ");
    lec_answer_add_text(answer, "months.");
    lec_answer_finish(answer, NULL, "It broke.");
    g_assert_cmpstr(heard.story->str, ==, ""); /* all waits for the evidence */
    lec_answer_set_passages(answer, hits);
    lec_answer_set_passages(answer, hits); /* a second time counts for nothing */
    g_assert_cmpstr(lec_answer_get_failure(answer), ==, "It broke.");
    expect(&heard, "2P3T(Three months.)6F");
}

static void test_no_model(void)
{
    struct heard heard;
    g_autoptr(LecAnswer) answer = listen(&heard);
    g_autoptr(GPtrArray) hits = g_ptr_array_new();

    lec_answer_finish(answer, NULL, NULL);
    lec_answer_set_passages(answer, hits);
    g_assert_null(lec_answer_get_result(answer));
    expect(&heard, "1P4F");
}

static void test_search_failed(void)
{
    struct heard heard;
    g_autoptr(LecAnswer) answer = listen(&heard);

    lec_answer_begin(answer);
    lec_answer_fail_search(answer, "The library is gone.");
    lec_answer_finish(answer, small_answer("late", ENG_STOP_EOG), NULL);
    g_assert_null(lec_answer_get_result(answer));
    g_assert_cmpstr(lec_answer_get_failure(answer), ==, "The library is gone.");
    expect(&heard, "2P6F");
}

/* Stopped before the model has it: at once. Later: with what the worker hands over. */
static void test_stop(void)
{
    struct heard heard, second;
    g_autoptr(LecAnswer) early = listen(&heard);
    g_autoptr(LecAnswer) late = NULL;
    g_autoptr(GPtrArray) hits = g_ptr_array_new();

    lec_answer_stop(early);
    lec_answer_stop(early);
    lec_answer_set_passages(early, hits);
    lec_answer_finish(early, small_answer("late", ENG_STOP_EOG), "late");
    g_assert_null(lec_answer_get_result(early));
    g_assert_null(lec_answer_get_failure(early));
    expect(&heard, "5F");

    late = listen(&second);
    lec_answer_set_passages(late, hits);
    lec_answer_begin(late);
    lec_answer_add_text(late, "Three ");
    lec_answer_stop(late);
    g_assert_false(lec_answer_is_finished(late));
    g_assert_true(g_cancellable_is_cancelled(lec_answer_get_cancellable(late)));
    lec_answer_finish(late, small_answer("Three", ENG_STOP_CANCELLED), NULL);
    g_assert_cmpstr(lec_answer_get_result(late)->text, ==, "Three");
    expect(&second, "1P23T(Three )5F");
}

static void let_go(LecAnswer *answer, gpointer data)
{
    LecAnswer **held = data;

    g_clear_object(held);
}

/* A listener that lets go of the answer does not break it. */
static void test_let_go(void)
{
    LecAnswer *answer = lec_answer_new("?", 0, 0);
    gpointer gone = answer;
    g_autoptr(GPtrArray) hits = g_ptr_array_new();

    g_object_add_weak_pointer(G_OBJECT(answer), &gone);
    g_signal_connect(answer, "finished", G_CALLBACK(let_go), &answer);
    lec_answer_finish(answer, NULL, NULL);
    lec_answer_set_passages(answer, hits);
    g_assert_null(gone);
}

static struct rag_turn *turn_of(RagAnswer *answer, const char *failure)
{
    struct rag_turn *turn = g_new0(struct rag_turn, 1);

    *turn = (struct rag_turn){.id = 9,
                              .conversation = 3,
                              .parent = 7,
                              .question = g_strdup("How long?"),
                              .answer = answer,
                              .failure = g_strdup(failure),
                              .sibling = 1,
                              .n_siblings = 2,
                              .made_at = 5};
    return turn;
}

static void test_turns(void)
{
    const struct {
        RagAnswer *answer;
        const char *failure;
        LecAnswerState state;
    } cases[] = {
        {small_answer("Yes.", ENG_STOP_EOG), NULL, LEC_ANSWER_DONE},
        {small_answer("Ye", ENG_STOP_CANCELLED), NULL, LEC_ANSWER_STOPPED},
        {NULL, "No memory.", LEC_ANSWER_FAILED},
        {NULL, NULL, LEC_ANSWER_FAILED},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(LecAnswer) answer =
            lec_answer_from_turn(turn_of(cases[i].answer, cases[i].failure));
        g_assert_cmpint(lec_answer_get_state(answer), ==, cases[i].state);
        g_assert_cmpstr(lec_answer_get_question(answer), ==, "How long?");
        g_assert_cmpint(lec_answer_get_turn(answer), ==, 9);
        g_assert_cmpint(lec_answer_get_sibling(answer), ==, 1);
        g_assert_cmpint(lec_answer_get_n_siblings(answer), ==, 2);
        g_assert_true((lec_answer_get_failure(answer) != NULL) ==
                      (cases[i].state == LEC_ANSWER_FAILED));
        g_assert_cmpstr(lec_answer_get_text(answer), ==,
                        cases[i].answer ? cases[i].answer->text : "");
        lec_answer_stop(answer); /* nothing happens */
    }
}

/* --- the feed --------------------------------------------------------------------------------- */

#define N_WORDS 400

static gpointer feed_words(gpointer data)
{
    AnswerFeed *feed = data;

    answer_feed_stored(feed, 3, 9);
    answer_feed_begin(feed);
    for (int i = 0; i < N_WORDS; i++) {
        answer_feed_text(feed, "word ", 5);
        g_usleep(1000);
    }
    answer_feed_finish(feed, NULL, NULL);
    answer_feed_unref(feed);
    return NULL;
}

static void count_text(LecAnswer *answer, const char *added, guint *n)
{
    ++*n;
}

/* A thread that writes a thousand words a second: all arrive, in order, at most 60 times a second.
 */
static void test_feed(void)
{
    struct heard heard;
    g_autoptr(LecAnswer) answer = listen(&heard);
    g_autoptr(GPtrArray) hits = g_ptr_array_new();
    AnswerFeed *feed = answer_feed_new(answer, &(struct lec_question){.text = "?"}, 0);
    gint64 start = g_get_monotonic_time();
    GThread *thread;
    guint n = 0;

    g_signal_connect(answer, "text", G_CALLBACK(count_text), &n);
    lec_answer_set_passages(answer, hits);
    thread = g_thread_new("feed", feed_words, feed);
    while (!lec_answer_is_finished(answer))
        g_main_context_iteration(NULL, TRUE);
    g_thread_join(thread);
    g_assert_cmpint(strlen(lec_answer_get_text(answer)), ==, 5 * N_WORDS);
    g_assert_cmpint(n, >, 2);
    g_assert_cmpint(n, <=, (guint)((g_get_monotonic_time() - start) * 62 / G_USEC_PER_SEC) + 2);
    g_assert_true(g_str_has_prefix(heard.story->str, "1PS2"));
    g_assert_true(g_str_has_suffix(heard.story->str, "4F"));
    g_string_free(heard.story, TRUE);
}

/* --- sources ---------------------------------------------------------------------------------- */

static void test_sources(void)
{
    struct rag_hit *hit = g_new0(struct rag_hit, 1);
    struct rag_citation *citation = g_new0(struct rag_citation, 1);
    g_autoptr(RagAnswer) answer = small_answer("Three months.", ENG_STOP_EOG);
    g_autoptr(LecSource) found = NULL, cited = NULL;
    g_autofree char *words = NULL, *line = NULL;

    *hit = (struct rag_hit){.path = g_strdup("/docs/\xff.txt"),
                            .text = g_strdup("One. Three months. Four."),
                            .telling_from = 5,
                            .telling_to = 18,
                            .pos_kind = RAG_POS_LINE,
                            .pos_from = 3,
                            .pos_to = 4,
                            .heading = g_strdup("Lease"),
                            .vector_score = NAN,
                            .text_score = 2.5,
                            .text_rank = 1};
    found = lec_source_from_hit(hit, 2);
    g_assert_cmpstr(lec_source_get_telling(found), ==, "Three months.");
    g_assert_cmpstr(lec_source_get_place(found), ==, "lines 3–4");
    g_assert_true(g_utf8_validate(lec_source_get_name(found), -1, NULL));
    g_assert_cmpstr(lec_source_get_path(found), ==, "/docs/\xff.txt");
    g_assert_cmpstr(lec_source_get_folder(found), ==, "/docs");
    g_assert_true(isnan(lec_source_get_vector_score(found)));
    g_object_get(found, "telling", &words, NULL);
    g_assert_cmpstr(words, ==, "Three months.");

    g_ptr_array_add(answer->passages, hit);
    *citation = (struct rag_citation){.n = 1,
                                      .path = (char *)"/docs/contract.pdf",
                                      .pos_kind = RAG_POS_PAGE,
                                      .pos_from = 17,
                                      .pos_to = 17,
                                      .quote = (char *)"Three months.",
                                      .hash = (char *)"ab",
                                      .passage = 0};
    g_ptr_array_add(answer->citations, citation);
    cited = lec_source_from_citation(answer, 0);
    g_assert_cmpint(lec_source_get_number(cited), ==, 1);
    g_assert_cmpstr(lec_source_get_quote(cited), ==, "Three months.");
    g_assert_cmpstr(lec_source_get_heading(cited), ==, "Lease");
    g_assert_cmpint(lec_source_get_text_rank(cited), ==, 1);
    line = lec_source_citation(cited);
    g_assert_cmpstr(line, ==, "contract.pdf, p. 17");
}

/* --- figures ---------------------------------------------------------------------------------- */

static void test_estimate(void)
{
    struct estimate estimate;
    struct rag_progress progress = {.phase = RAG_PHASE_READ, .n_done = 50, .n_total = 100};

    estimate_start(&estimate, true, 0);
    estimate_update(&estimate, &progress, 1000000);
    g_assert_cmpfloat(estimate.seconds_left, ==, -1); /* too early to tell */
    estimate_update(&estimate, &progress, 10000000);
    g_assert_cmpfloat_with_epsilon(estimate.fraction, 0.025, 1e-9);
    g_assert_cmpfloat_with_epsilon(estimate.seconds_left, 390, 1e-6);
    progress = (struct rag_progress){.phase = RAG_PHASE_EMBED, .n_done = 0, .n_total = 1000};
    estimate_update(&estimate, &progress, 20000000);
    progress.n_done = 250;
    estimate_update(&estimate, &progress, 30000000);
    g_assert_cmpfloat_with_epsilon(estimate.seconds_left, 30, 1e-6);
    g_assert_cmpfloat_with_epsilon(estimate.fraction, 0.05 + 0.95 / 4, 1e-9);
    progress.n_total = 5000; /* another process added some: the bar does not go back */
    estimate_update(&estimate, &progress, 30000000);
    g_assert_cmpfloat_with_epsilon(estimate.fraction, 0.05 + 0.95 / 4, 1e-9);
    progress.n_done = 9000; /* nonsense is passed over */
    estimate_update(&estimate, &progress, 30000000);
    g_assert_cmpfloat(estimate.fraction, <=, 1);
}

static void test_memory(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(memory_available(), >, 1000000);
    g_assert_true(memory_fits("Small", 1000, memory_available(), &error));
    g_assert_true(memory_fits("Unknown", G_MAXINT64, -1, &error));
    g_assert_false(memory_fits("Huge", 40000000000, 8000000000, &error));
    g_assert_nonnull(strstr(error->message, "Huge"));
    g_assert_nonnull(strstr(error->message, "8.0"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/answer/evidence-first", test_evidence_first);
    g_test_add_func("/app/answer/text-first", test_text_first);
    g_test_add_func("/app/answer/no-model", test_no_model);
    g_test_add_func("/app/answer/search-failed", test_search_failed);
    g_test_add_func("/app/answer/stop", test_stop);
    g_test_add_func("/app/answer/let-go", test_let_go);
    g_test_add_func("/app/answer/turns", test_turns);
    g_test_add_func("/app/answer/feed", test_feed);
    g_test_add_func("/app/answer/sources", test_sources);
    g_test_add_func("/app/answer/estimate", test_estimate);
    g_test_add_func("/app/answer/memory", test_memory);
    return g_test_run();
}
