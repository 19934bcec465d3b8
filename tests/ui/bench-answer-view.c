/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An answer of 5,000 words written token by token (7 bytes, 100 a second) into a view that is
 * followed at its end, then finished with its chips. Printed: processor time of the window's thread
 * per iteration of its main loop, and how long a frame took to come (wall time: other programs
 * count). Run it on a display: tests/ui/with-display bench-answer-view [WORDS [TOKENS-A-SECOND]].
 */
#include "answer-fixture.h"
#include "ui/answer-view.h"

#include <adwaita.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static GPollFunc poll_before;
static double iteration_began, last_frame;
static GArray *iterations, *frames; /* of double, milliseconds */

static LecAnswerView *view;
static GMainLoop *loop;
static GString *text;
static size_t at;

static double thread_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int timed_poll(GPollFD *fds, guint n, int timeout)
{
    double ms = thread_ms() - iteration_began;

    g_array_append_val(iterations, ms);
    int result = poll_before(fds, n, timeout);
    iteration_began = thread_ms();
    return result;
}

static gboolean on_frame(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    double now = (double)g_get_monotonic_time() / 1e3, ms = now - last_frame;

    if (last_frame > 0)
        g_array_append_val(frames, ms);
    last_frame = now;
    return G_SOURCE_CONTINUE;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void report(const char *what, GArray *ms, double limit)
{
    guint n_over = 0;

    qsort(ms->data, ms->len, sizeof(double), compare);
    for (guint i = 0; i < ms->len; i++)
        n_over += g_array_index(ms, double, i) > limit;
    g_print("%s: %u, median %.2f ms, 99 %% within %.2f ms, longest %.2f ms, %u over %.0f ms\n",
            what, ms->len, g_array_index(ms, double, ms->len / 2),
            g_array_index(ms, double, ms->len * 99 / 100), g_array_index(ms, double, ms->len - 1),
            n_over, limit);
    g_array_set_size(ms, 0);
}

/* Paragraphs of 60 words in 5 sentences, now and then a list, a heading, code, a table. */
static void write_answer(GString *template, int n_words)
{
    static const char sentence[] =
        "Either side may end the **lease** with three months' notice, in writing.{1} ";

    for (int i = 0, n = 0; n < n_words; i++) {
        if (i % 8 == 3)
            g_string_append(template, "## What to do\n\n");
        for (int k = 0; k < 5; k++, n += 12) {
            g_string_append(template, i % 4 == 2 ? "- " : "");
            g_string_append(template, sentence);
            g_string_append(template, i % 4 == 2 ? "\n" : "");
        }
        g_string_append(template, "\n\n");
        if (i % 10 == 5)
            g_string_append(template, "```c\nint main(void)\n{\n    return 0;\n}\n```\n\n");
        if (i % 20 == 9)
            g_string_append(template, "| a | b |\n|---|---|\n| one two | three |\n| 4 | 5 |\n\n");
    }
}

static gboolean next_token(gpointer data)
{
    char token[8] = "";

    strncpy(token, text->str + at, 7);
    at += strlen(token);
    lec_answer_view_append(view, token);
    if (at < text->len)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static void follow(GtkAdjustment *adjustment)
{
    gtk_adjustment_set_value(adjustment, gtk_adjustment_get_upper(adjustment));
}

static void run_for(guint ms)
{
    g_timeout_add_once(ms, (GSourceOnceFunc)g_main_loop_quit, loop);
    g_main_loop_run(loop);
}

static GtkWidget *make_window(void)
{
    GtkWidget *window = gtk_window_new(), *scrolled = gtk_scrolled_window_new(),
              *clamp = adw_clamp_new();
    GtkAdjustment *adjustment;

    view = lec_answer_view_new();
    adw_clamp_set_child(ADW_CLAMP(clamp), GTK_WIDGET(view));
    gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scrolled), clamp);
    adjustment = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scrolled));
    g_signal_connect(adjustment, "notify::upper", G_CALLBACK(follow), NULL);
    gtk_window_set_child(GTK_WINDOW(window), scrolled);
    gtk_window_set_default_size(GTK_WINDOW(window), 800, 700);
    return window;
}

int main(int argc, char **argv)
{
    int n_words = argc > 1 ? atoi(argv[1]) : 5000, rate = argc > 2 ? atoi(argv[2]) : 100;
    g_autoptr(GString) template = g_string_new(NULL);

    adw_init();
    g_autoptr(GtkCssProvider) looks = gtk_css_provider_new();
    gtk_css_provider_load_from_resource(looks, "/org/lectern/Lectern/style.css");
    gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(looks),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    write_answer(template, n_words);
    g_autoptr(RagAnswer) answer = answer_fixture(template->str);
    text = g_string_new(answer->text);
    loop = g_main_loop_new(NULL, FALSE);
    iterations = g_array_new(FALSE, FALSE, sizeof(double));
    frames = g_array_new(FALSE, FALSE, sizeof(double));
    GtkWidget *window = make_window();
    gtk_window_present(GTK_WINDOW(window));
    run_for(1000);

    poll_before = g_main_context_get_poll_func(NULL);
    iteration_began = thread_ms();
    g_main_context_set_poll_func(NULL, timed_poll);
    gtk_widget_add_tick_callback(window, on_frame, NULL, NULL);
    double began = thread_ms();
    g_timeout_add((guint)(1000 / rate), next_token, NULL);
    g_main_loop_run(loop);
    g_print("%d words, %zu bytes, %u sentences, %d tokens a second; %.2f ms a token\n", n_words,
            text->len, answer->sentences->len, rate, (thread_ms() - began) * 7 / (double)text->len);
    report("iterations while it is written", iterations, 8);
    report("frames while it is written", frames, 50);
    lec_answer_view_finish(view, answer);
    run_for(1500);
    report("iterations from finish on", iterations, 8);
    report("frames from finish on", frames, 50);
    gtk_window_destroy(GTK_WINDOW(window));
    g_main_loop_unref(loop);
    return 0;
}
