/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said: days and times, the indexer's states, matches; and how a list follows another. */
#include "ui/job-words.h"
#include "ui/list-follow.h"
#include "ui/result-row.h"
#include "ui/time-words.h"

#define MINUTE G_TIME_SPAN_MINUTE
#define HOUR   G_TIME_SPAN_HOUR

static gint64 at(int year, int month, int day, int hour, int minute)
{
    g_autoptr(GDateTime) time = g_date_time_new_local(year, month, day, hour, minute, 0);

    return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

static void test_days(void)
{
    gint64 now = at(2026, 3, 1, 0, 10);

    g_assert_cmpint(lec_day_of(now, now), ==, LEC_DAY_TODAY);
    g_assert_cmpint(lec_day_of(now + HOUR, now), ==, LEC_DAY_TODAY);
    g_assert_cmpint(lec_day_of(at(2026, 2, 28, 23, 50), now), ==, LEC_DAY_YESTERDAY);
    g_assert_cmpint(lec_day_of(at(2026, 2, 27, 23, 50), now), ==, LEC_DAY_WEEK);
    g_assert_cmpint(lec_day_of(at(2026, 2, 22, 0, 0), now), ==, LEC_DAY_WEEK);
    g_assert_cmpint(lec_day_of(at(2026, 2, 21, 23, 59), now), ==, LEC_DAY_EARLIER);
    g_assert_cmpint(lec_day_of(0, now), ==, LEC_DAY_EARLIER);
}

static void check_ago(gint64 time, gint64 now, const char *expected)
{
    g_autofree char *words = lec_time_ago(time, now);

    g_assert_cmpstr(words, ==, expected);
}

static void test_ago(void)
{
    gint64 now = at(2026, 3, 1, 12, 0);

    check_ago(now - 5 * G_USEC_PER_SEC, now, "just now");
    check_ago(now + HOUR, now, "just now");
    check_ago(now - MINUTE, now, "1 minute ago");
    check_ago(now - 59 * MINUTE, now, "59 minutes ago");
    check_ago(at(2026, 3, 1, 9, 5), now, "today, 09:05");
    check_ago(at(2026, 2, 28, 9, 5), now, "yesterday, 09:05");
}

static void check_left(double seconds, const char *expected)
{
    g_autofree char *words = lec_time_left(seconds);

    g_assert_cmpstr(words, ==, expected);
}

static void test_left(void)
{
    check_left(-1, NULL);
    check_left(0.0 / 0.0, NULL);
    check_left(3, "A few seconds left");
    check_left(41, "About 50 seconds left");
    check_left(56, "About 1 minute left");
    check_left(200, "About 3 minutes left");
    check_left(7300, "About 2 hours left");
}

static void check_job(struct lec_job job, const char *sentence, const char *line)
{
    g_autofree char *long_words = lec_job_sentence(&job);
    g_autofree char *short_words = lec_job_short(&job);

    g_assert_cmpstr(long_words, ==, sentence);
    g_assert_cmpstr(short_words, ==, line);
}

static void test_jobs(void)
{
    check_job((struct lec_job){.state = LEC_INDEXER_IDLE}, "All documents were read", NULL);
    check_job((struct lec_job){.state = LEC_INDEXER_IDLE, .n_failed = 4}, "All documents were read",
              "4 could not be read");
    check_job((struct lec_job){.state = LEC_INDEXER_SCANNING, .n_done = 1},
              "Looking for documents: 1 file seen", "Looking for documents");
    check_job(
        (struct lec_job){
            .state = LEC_INDEXER_READING, .path = "contract.pdf", .n_done = 214, .n_total = 302},
        "Reading contract.pdf", "214 of 302");
    check_job((struct lec_job){.state = LEC_INDEXER_EMBEDDING, .n_done = 204, .n_total = 409},
              "Understanding passages: 204 of 409", "204 of 409 passages");
    check_job((struct lec_job){.state = LEC_INDEXER_PAUSED, .n_waiting = 88},
              "Paused: 88 documents wait", "Paused: 88 documents wait");
    check_job((struct lec_job){.state = LEC_INDEXER_PAUSED, .n_waiting = 1},
              "Paused: 1 document waits", "Paused: 1 document waits");
    check_job((struct lec_job){.state = LEC_INDEXER_FAILED, .error = "The disk is full."},
              "The disk is full.", "Reading has stopped");
}

static void check_markup(const char *marked, const char *expected)
{
    g_autofree char *markup = lec_result_markup(marked);

    g_assert_cmpstr(markup, ==, expected);
    g_assert_true(pango_parse_markup(markup, -1, 0, NULL, NULL, NULL, NULL));
}

static void test_markup(void)
{
    check_markup("", "");
    check_markup("the \x02notice\x03 period", "the <b>notice</b> period");
    check_markup("a\nb\tc", "a b c");
    check_markup("<b> & \x02x<y\x03", "&lt;b&gt; &amp; <b>x&lt;y</b>");
    check_markup("cut \x02off", "cut off");
    check_markup("cut\x03 off \x02twice \x02in\x03 a row\x03", "cut off <b>twice in</b> a row");
}

/* --- following -------------------------------------------------------------------------------- */

static gint64 key_of(gpointer item)
{
    return GPOINTER_TO_INT(g_object_get_data(item, "key"));
}

static void take(gpointer kept, gpointer wanted)
{
}

static GObject *item_new(int key)
{
    GObject *item = g_object_new(G_TYPE_OBJECT, NULL);

    g_object_set_data(item, "key", GINT_TO_POINTER(key));
    return item;
}

static void count(GListModel *list, guint position, guint removed, guint added, guint *n)
{
    *n += removed + added;
}

/* One letter an item. Returns how many items were removed and added on the way. */
static guint follow(const char *before, const char *after)
{
    g_autoptr(GListStore) store = g_list_store_new(G_TYPE_OBJECT);
    g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GString) got = g_string_new(NULL);
    guint n = 0;

    for (const char *p = before; *p; p++) {
        g_autoptr(GObject) item = item_new(*p);

        g_list_store_append(store, item);
    }
    for (const char *p = after; *p; p++)
        g_ptr_array_add(wanted, item_new(*p));
    g_signal_connect(store, "items-changed", G_CALLBACK(count), &n);
    lec_list_follow(store, G_MAXUINT, wanted, key_of, take);
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(store)); i++) {
        g_autoptr(GObject) item = g_list_model_get_item(G_LIST_MODEL(store), i);

        g_string_append_c(got, (char)key_of(item));
    }
    g_assert_cmpstr(got->str, ==, after);
    return n;
}

static void test_follow(void)
{
    g_assert_cmpuint(follow("abcdef", "abcdef"), ==, 0);
    g_assert_cmpuint(follow("abcdef", "eabcdf"), ==, 2);
    g_assert_cmpuint(follow("abcdef", "xabcdef"), ==, 1);
    g_assert_cmpuint(follow("abcdef", "abdef"), ==, 1);
    g_assert_cmpuint(follow("abcdef", ""), ==, 6);
    g_assert_cmpuint(follow("", "abc"), ==, 3);
    follow("abcdef", "fedcba");
    follow("abcdef", "xfyazb");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/words/days", test_days);
    g_test_add_func("/words/ago", test_ago);
    g_test_add_func("/words/left", test_left);
    g_test_add_func("/words/jobs", test_jobs);
    g_test_add_func("/words/markup", test_markup);
    g_test_add_func("/list-follow", test_follow);
    return g_test_run();
}
