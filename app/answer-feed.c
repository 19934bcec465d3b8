/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the worker brings is collected under a lock, and one source of the main context takes all of
 * it at once: a model that writes 500 tokens a second wakes the window 60 times.
 *
 * 1. At most one source is on its way; it comes PERIOD_US after the last one, at once if that is
 *    over. So the first token waits for nothing, and none longer than PERIOD_US.
 * 2. What it takes is told in the order stored, begun, text, finished, which is that of a
 * question's life.
 * 3. `answer` is touched in the main thread alone, and let go there with the end.
 */
#include "app/answer-feed.h"
#include "app/answer-live.h"

#define PERIOD_US (G_USEC_PER_SEC / 60)

/* What has not been told yet. */
struct outbox {
    gint64 conversation, turn; /* turn 0: not stored */
    gboolean begun;
    GString *text; /* (owned) NULL: none */
    gboolean finished;
    RagAnswer *result; /* (owned) */
    char *failure;     /* (owned) */
};

struct answer_feed {
    struct lec_question question; /* its strings are owned; constant, as the next two */
    int max_tokens;
    GCancellable *cancellable; /* (owned) */
    LecAnswer *answer;         /* (owned) main thread */

    GMutex lock; /* of all that follows */
    struct outbox outbox;
    gboolean scheduled;
    gint64 told_at;
};

static void clear(gpointer data)
{
    AnswerFeed *feed = data;

    g_free((char *)feed->question.text);
    g_strfreev((char **)feed->question.scope);
    g_object_unref(feed->cancellable);
    g_clear_object(&feed->answer);
    if (feed->outbox.text)
        g_string_free(feed->outbox.text, TRUE);
    rag_answer_free(feed->outbox.result);
    g_free(feed->outbox.failure);
    g_mutex_clear(&feed->lock);
}

AnswerFeed *answer_feed_new(LecAnswer *answer, const struct lec_question *question, int max_tokens)
{
    AnswerFeed *feed = g_atomic_rc_box_new0(AnswerFeed);

    feed->question = *question;
    feed->question.text = g_strdup(question->text);
    feed->question.scope = (const char *const *)g_strdupv((char **)question->scope);
    feed->max_tokens = max_tokens;
    feed->answer = g_object_ref(answer);
    feed->cancellable = g_object_ref(lec_answer_get_cancellable(answer));
    g_mutex_init(&feed->lock);
    return feed;
}

AnswerFeed *answer_feed_ref(AnswerFeed *feed)
{
    return g_atomic_rc_box_acquire(feed);
}

void answer_feed_unref(AnswerFeed *feed)
{
    g_atomic_rc_box_release_full(feed, clear);
}

const struct lec_question *answer_feed_question(const AnswerFeed *feed)
{
    return &feed->question;
}

int answer_feed_max_tokens(const AnswerFeed *feed)
{
    return feed->max_tokens;
}

GCancellable *answer_feed_cancellable(const AnswerFeed *feed)
{
    return feed->cancellable;
}

/* --- telling ---------------------------------------------------------------------------------- */

static gboolean tell(gpointer data)
{
    AnswerFeed *feed = data;
    struct outbox outbox;

    g_mutex_lock(&feed->lock);
    outbox = feed->outbox;
    feed->outbox = (struct outbox){0};
    feed->scheduled = FALSE;
    feed->told_at = g_get_monotonic_time();
    g_mutex_unlock(&feed->lock);

    if (outbox.turn)
        lec_answer_set_stored(feed->answer, outbox.conversation, outbox.turn);
    if (outbox.begun)
        lec_answer_begin(feed->answer);
    if (outbox.text) {
        lec_answer_add_text(feed->answer, outbox.text->str);
        g_string_free(outbox.text, TRUE);
    }
    if (outbox.finished) {
        lec_answer_finish(feed->answer, outbox.result, outbox.failure);
        g_clear_object(&feed->answer);
    }
    g_free(outbox.failure);
    return G_SOURCE_REMOVE;
}

static void unref(gpointer feed)
{
    answer_feed_unref(feed);
}

/* The lock is held. */
static void schedule(AnswerFeed *feed)
{
    gint64 wait = feed->told_at + PERIOD_US - g_get_monotonic_time();
    GSource *source;

    if (feed->scheduled)
        return;
    feed->scheduled = TRUE;
    source = g_timeout_source_new((guint)(CLAMP(wait, 0, PERIOD_US) / 1000));
    g_source_set_callback(source, tell, answer_feed_ref(feed), unref);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

void answer_feed_begin(AnswerFeed *feed)
{
    g_mutex_lock(&feed->lock);
    feed->outbox.begun = TRUE;
    schedule(feed);
    g_mutex_unlock(&feed->lock);
}

void answer_feed_stored(AnswerFeed *feed, gint64 conversation, gint64 turn)
{
    g_mutex_lock(&feed->lock);
    feed->outbox.conversation = conversation;
    feed->outbox.turn = turn;
    schedule(feed);
    g_mutex_unlock(&feed->lock);
}

void answer_feed_text(AnswerFeed *feed, const char *text, size_t n)
{
    g_mutex_lock(&feed->lock);
    if (!feed->outbox.text)
        feed->outbox.text = g_string_new(NULL);
    g_string_append_len(feed->outbox.text, text, (gssize)n);
    schedule(feed);
    g_mutex_unlock(&feed->lock);
}

void answer_feed_finish(AnswerFeed *feed, RagAnswer *result, const char *failure)
{
    g_mutex_lock(&feed->lock);
    feed->outbox.finished = TRUE;
    feed->outbox.result = result;
    feed->outbox.failure = g_strdup(failure);
    schedule(feed);
    g_mutex_unlock(&feed->lock);
}
