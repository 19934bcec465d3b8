/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-indexer.c: LecIndexer on a folder of fifty small files: progress, pause, resume, cancel,
 * closing in the middle. With the starter embedder where it is on this machine, else by words
 * alone.
 */
#include "loop-watch.h"
#include "services.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define N_FILES 50

/* What a listener saw. */
struct seen {
    guint n_finished, n_ready, n_failed, n_problems;
    guint n_notifies;
    double last_fraction;
    gboolean went_back; /* the fraction, within a request */
    gboolean states[LEC_INDEXER_FAILED + 1];
    char *problem; /* (owned) */
};

static void on_finished(LecIndexer *indexer, guint n_ready, guint n_failed, guint n_skipped,
                        struct seen *seen)
{
    seen->n_finished++;
    seen->n_ready = n_ready;
    seen->n_failed = n_failed;
}

static void on_problem(LecIndexer *indexer, const char *path, const char *reason, struct seen *seen)
{
    seen->n_problems++;
    g_free(seen->problem);
    seen->problem = g_strdup_printf("%s: %s", path, reason);
}

static void on_state(LecIndexer *indexer, GParamSpec *pspec, struct seen *seen)
{
    seen->states[lec_indexer_get_state(indexer)] = TRUE;
}

static void on_fraction(LecIndexer *indexer, GParamSpec *pspec, struct seen *seen)
{
    double fraction = lec_indexer_get_fraction(indexer);

    seen->went_back = seen->went_back || (fraction < seen->last_fraction && fraction > 0);
    seen->last_fraction = fraction;
    seen->n_notifies++;
}

static void watch(struct services *s, struct seen *seen)
{
    *seen = (struct seen){0};
    g_signal_connect(s->indexer, "finished", G_CALLBACK(on_finished), seen);
    g_signal_connect(s->indexer, "problem", G_CALLBACK(on_problem), seen);
    g_signal_connect(s->indexer, "notify::state", G_CALLBACK(on_state), seen);
    g_signal_connect(s->indexer, "notify::fraction", G_CALLBACK(on_fraction), seen);
}

static void write_files(struct services *s, int n)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%02d.txt", i);
        g_autoptr(GString) text = g_string_new(NULL);
        for (int k = 0; k < 8; k++)
            g_string_append_printf(text, "Sentence %d of document %d speaks of matter%d. ", k, i,
                                   k);
        g_free(services_write(s, name, text->str));
    }
}

static void add_docs(struct services *s)
{
    lec_indexer_add(s->indexer, (const char *const[]){s->docs, NULL}, NULL);
}

static gboolean be_busy(gpointer done)
{
    for (clock_t end = clock() + CLOCKS_PER_SEC / 50; clock() < end;)
        ;
    *(gboolean *)done = TRUE;
    return G_SOURCE_REMOVE;
}

/* The limit that the other tests hold is one that can be broken. */
static void test_loop_watch(void)
{
    gboolean done = FALSE;

    loop_watch_start();
    services_wait(0.05);
    g_assert_cmpfloat(loop_watch_worst_ms(), <, 8);
    g_idle_add(be_busy, &done);
    UNTIL(done);
    services_wait(0.05);
    g_assert_cmpfloat(loop_watch_worst_ms(), >, 8);
    g_assert_cmpfloat(loop_watch_worst_wall_ms(), >=, loop_watch_worst_ms() / 2);
    loop_watch_forget();
    g_assert_cmpfloat(loop_watch_worst_ms(), <, 8);
    loop_watch_stop();
}

static void test_progress(void)
{
    struct services s;
    struct seen seen;
    gint64 start;
    double seconds;

    if (!services_bring_model("all-minilm-l6-v2.gguf"))
        g_test_message("the embedder is not on this machine: by words alone");
    services_start(&s);
    watch(&s, &seen);
    write_files(&s, N_FILES);
    loop_watch_start();
    start = g_get_monotonic_time();
    add_docs(&s);
    UNTIL(seen.n_finished);
    seconds = (double)(g_get_monotonic_time() - start) / 1e6;
    g_test_message("worst iteration %.2f ms", loop_watch_worst_ms());
    g_assert_cmpfloat(loop_watch_worst_ms(), <=, 8);
    loop_watch_stop();
    g_assert_cmpint(seen.n_ready, ==, N_FILES);
    g_assert_cmpint(seen.n_failed, ==, 0);
    g_assert_false(seen.went_back);
    g_assert_true(seen.states[LEC_INDEXER_SCANNING] || seen.states[LEC_INDEXER_READING]);
    g_assert_cmpint(seen.n_notifies, <=, (guint)(10 * seconds) + 3);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_IDLE);
    g_assert_cmpfloat(lec_indexer_get_fraction(s.indexer), ==, 0);
    g_assert_cmpfloat(lec_indexer_get_seconds_left(s.indexer), ==, -1);
    g_assert_null(lec_indexer_get_path(s.indexer));
    UNTIL(lec_library_get_n_ready(s.library) == N_FILES);
    services_end(&s);
    services_take_models_away();
}

static void test_problem(void)
{
    struct services s;
    struct seen seen;
    g_autofree char *missing = NULL;

    services_start(&s);
    watch(&s, &seen);
    missing = g_build_filename(s.docs, "missing", NULL);
    lec_indexer_add(s.indexer, (const char *const[]){missing, NULL}, NULL);
    UNTIL(seen.n_finished);
    g_assert_cmpint(seen.n_problems, ==, 1);
    g_assert_nonnull(strstr(seen.problem, missing));
    g_free(seen.problem);
    services_end(&s);
}

static void test_pause(void)
{
    struct services s;
    struct seen seen;

    services_start(&s);
    watch(&s, &seen);
    write_files(&s, N_FILES);
    add_docs(&s);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_READING);
    lec_indexer_pause(s.indexer);
    g_assert_cmpint(lec_indexer_get_state(s.indexer), ==, LEC_INDEXER_PAUSED);
    services_wait(1.5);
    g_assert_cmpint(lec_indexer_get_state(s.indexer), ==, LEC_INDEXER_PAUSED);
    g_assert_cmpint(seen.n_finished, ==, 0);
    gint64 n_ready = lec_library_get_n_ready(s.library);
    g_assert_cmpint(n_ready, <, N_FILES);
    lec_indexer_rescan(s.indexer); /* waits as well */
    services_wait(0.7);
    g_assert_cmpint(lec_library_get_n_ready(s.library), ==, n_ready);
    lec_indexer_resume(s.indexer);
    UNTIL(seen.n_finished == 2);
    g_assert_cmpint(seen.n_ready, ==, N_FILES);
    services_end(&s);
}

/* A pause that is taken back before the work has ended loses no request. */
static void test_short_pause(void)
{
    struct services s;
    struct seen seen;

    services_start(&s);
    watch(&s, &seen);
    write_files(&s, N_FILES);
    add_docs(&s);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_READING);
    for (int i = 0; i < 5; i++) {
        lec_indexer_pause(s.indexer);
        lec_indexer_resume(s.indexer);
    }
    UNTIL(seen.n_finished);
    g_assert_cmpint(seen.n_ready, ==, N_FILES);
    services_end(&s);
}

static void test_cancel(void)
{
    struct services s;
    struct seen seen;
    gint64 n;

    services_start(&s);
    watch(&s, &seen);
    write_files(&s, N_FILES);
    add_docs(&s);
    lec_indexer_rescan(s.indexer);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_READING);
    lec_indexer_cancel(s.indexer);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_IDLE);
    g_assert_cmpint(seen.n_finished, ==, 0);
    services_wait(1.2);
    n = lec_library_get_n_documents(s.library);
    g_assert_cmpint(n, <, N_FILES);
    g_assert_cmpint(lec_library_get_n_waiting(s.library), ==, 0);
    lec_indexer_rescan(s.indexer); /* they do not come back by themselves */
    UNTIL(seen.n_finished);
    UNTIL(lec_library_get_n_waiting(s.library) == 0);
    g_assert_cmpint(lec_library_get_n_documents(s.library), ==, n);
    services_end(&s);
}

static void test_cancel_while_paused(void)
{
    struct services s;

    services_start(&s);
    write_files(&s, N_FILES);
    add_docs(&s);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_READING);
    lec_indexer_pause(s.indexer);
    lec_indexer_cancel(s.indexer);
    services_wait(1.5);
    UNTIL(lec_library_get_n_waiting(s.library) == 0);
    g_assert_cmpint(lec_indexer_get_state(s.indexer), ==, LEC_INDEXER_PAUSED);
    g_assert_cmpint(lec_library_get_n_documents(s.library), <, N_FILES);
    services_end(&s);
}

/* Closed in the middle of it: soon, and the next start goes on. */
static void test_close(void)
{
    struct services s;
    struct seen seen;
    gint64 start;

    services_start(&s);
    write_files(&s, N_FILES);
    add_docs(&s);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_READING);
    start = g_get_monotonic_time();
    services_close(&s);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
    services_open(&s);
    watch(&s, &seen);
    lec_indexer_rescan(s.indexer); /* before the library is open */
    UNTIL(seen.n_finished);
    g_assert_cmpint(seen.n_ready, ==, N_FILES);
    services_end(&s);
}

static void test_failed(void)
{
    struct services s;
    g_autofree char *away = NULL;

    services_start(&s);
    away = g_strconcat(s.dir, "-away", NULL);
    g_assert_cmpint(rename(s.dir, away), ==, 0);
    UNTIL(lec_library_get_state(s.library) == LEC_LIBRARY_FAILED);
    add_docs(&s);
    g_assert_cmpint(lec_indexer_get_state(s.indexer), ==, LEC_INDEXER_FAILED);
    g_assert_nonnull(strstr(lec_indexer_get_error(s.indexer), s.dir));
    g_assert_cmpint(rename(away, s.dir), ==, 0);
    UNTIL(lec_indexer_get_state(s.indexer) == LEC_INDEXER_IDLE);
    g_assert_null(lec_indexer_get_error(s.indexer));
    services_end(&s);
}

int main(int argc, char **argv)
{
    services_init(&argc, &argv);
    g_test_add_func("/app/loop-watch", test_loop_watch);
    g_test_add_func("/app/indexer/progress", test_progress);
    g_test_add_func("/app/indexer/problem", test_problem);
    g_test_add_func("/app/indexer/pause", test_pause);
    g_test_add_func("/app/indexer/short-pause", test_short_pause);
    g_test_add_func("/app/indexer/cancel", test_cancel);
    g_test_add_func("/app/indexer/cancel-while-paused", test_cancel_while_paused);
    g_test_add_func("/app/indexer/close", test_close);
    g_test_add_func("/app/indexer/failed", test_failed);
    return g_test_run();
}
