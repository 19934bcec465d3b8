/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rag_ask stores, and how it comes back: nothing that was asked or written is lost. */
#include "rag/conversations.h"

#include "fake-chat.h"
#include "fake-engine.h"
#include "small-library.h"
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUESTION "How long is the notice period?"

static const char *const passages[] = {
    "Moving out. The notice period is 3 months to the end of a quarter. Leave the keys.",
    "The rent includes heating and water.",
    NULL,
};

struct seen {
    GString *streamed; /* (owned) */
    int64_t conversation, turn;
    int n_passages;
};

static void on_text(void *data, const char *text, size_t n)
{
    g_string_append_len(((struct seen *)data)->streamed, text, (gssize)n);
}

static void on_turn(void *data, int64_t conversation, int64_t turn)
{
    struct seen *seen = data;
    g_assert_cmpuint(seen->streamed->len, ==, 0);
    seen->conversation = conversation;
    seen->turn = turn;
}

static void on_passages(void *data, GPtrArray *hits)
{
    ((struct seen *)data)->n_passages = (int)hits->len;
}

static struct rag_ask_options options_of(struct seen *seen)
{
    return (struct rag_ask_options){.size = sizeof(struct rag_ask_options),
                                    .max_tokens = 20,
                                    .model_hash = "beef",
                                    .on_turn = on_turn,
                                    .on_text = on_text,
                                    .on_passages = on_passages,
                                    .data = seen};
}

static RagAnswer *ask(RagLibrary *library, const char *question, const char *reply,
                      const struct rag_ask_options *options, GCancellable *cancellable,
                      GError **error)
{
    struct eng_session *session = fake_session(600);
    fake_chat_answer = reply;
    RagAnswer *answer =
        rag_ask(library, fake_engine(), session, question, options, cancellable, error);
    free(session);
    return answer;
}

static const struct rag_turn *last_turn(GPtrArray *turns)
{
    g_assert_cmpuint(turns->len, >, 0);
    return turns->pdata[turns->len - 1];
}

static GPtrArray *turns_of(RagLibrary *library, int64_t conversation)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *turns = rag_turns(library, conversation, &error);
    g_assert_no_error(error);
    return turns;
}

static void check_same(const RagAnswer *a, const RagAnswer *b)
{
    g_assert_cmpstr(a->question, ==, b->question);
    g_assert_cmpstr(a->text, ==, b->text);
    g_assert_cmpstr(a->query, ==, b->query);
    g_assert_cmpstr(a->thinking, ==, b->thinking);
    g_assert_cmpstr(a->model, ==, b->model);
    g_assert_cmpstr(a->model_hash, ==, b->model_hash);
    g_assert_cmpint(a->supported, ==, b->supported);
    g_assert_cmpint(a->from_documents, ==, b->from_documents);
    g_assert_cmpint(a->stats.stop, ==, b->stats.stop);
    g_assert_cmpint(a->stats.generated_tokens, ==, b->stats.generated_tokens);
    g_assert_cmpint(a->conversation, ==, b->conversation);
    g_assert_cmpint(a->id, ==, b->id);
    g_assert_cmpuint(a->sentences->len, ==, b->sentences->len);
    for (guint i = 0; i < a->sentences->len; i++) {
        const struct rag_sentence *x = &g_array_index(a->sentences, struct rag_sentence, i);
        const struct rag_sentence *y = &g_array_index(b->sentences, struct rag_sentence, i);
        g_assert_true(x->from == y->from && x->to == y->to && x->citation == y->citation);
    }
    g_assert_cmpuint(a->unsupported_values->len, ==, b->unsupported_values->len);
    g_assert_cmpuint(a->dropped->len, ==, b->dropped->len);
    g_assert_cmpuint(a->citations->len, ==, b->citations->len);
    for (guint i = 0; i < a->citations->len; i++) {
        const struct rag_citation *x = a->citations->pdata[i], *y = b->citations->pdata[i];
        const struct rag_hit *p = a->passages->pdata[x->passage];
        const struct rag_hit *q = b->passages->pdata[y->passage];
        g_assert_cmpint(x->n, ==, y->n);
        g_assert_cmpstr(x->path, ==, y->path);
        g_assert_cmpstr(x->quote, ==, y->quote);
        g_assert_cmpstr(x->hash, ==, y->hash);
        g_assert_cmpstr(x->hash, ==, p->hash);
        g_assert_cmpstr(p->text, ==, q->text);
        g_assert_cmpfloat(x->text_score, ==, p->text_score);
        g_assert_cmpfloat(x->text_score, ==, y->text_score);
        g_assert_true(isnan(x->vector_score) == isnan(y->vector_score));
        g_assert_cmpfloat(x->score, ==, y->score);
        g_assert_cmpint(p->in_prompt, ==, q->in_prompt);
        g_assert_cmpint(p->telling_from, ==, q->telling_from);
        g_assert_cmpint(p->telling_to, ==, q->telling_to);
    }
}

static void test_comes_back(void)
{
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(passages, NULL);
    struct seen seen = {.streamed = g_string_new(NULL)};
    const struct rag_ask_options options = options_of(&seen);
    g_autoptr(RagAnswer) answer = ask(
        library, QUESTION, "The notice period is 3 months. Bring cake.", &options, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(answer->citations->len, ==, 1);
    g_assert_cmpint(seen.turn, ==, answer->id);
    g_assert_cmpint(seen.conversation, ==, answer->conversation);
    g_assert_true(answer->from_documents);
    g_assert_cmpstr(answer->model_hash, ==, "beef");
    g_autoptr(GPtrArray) turns = turns_of(library, answer->conversation);
    const struct rag_turn *turn = last_turn(turns);
    g_assert_cmpint(turn->id, ==, answer->id);
    g_assert_cmpint(turn->conversation, ==, answer->conversation);
    g_assert_null(turn->failure);
    check_same(answer, turn->answer);

    g_autoptr(GPtrArray) list = rag_conversations(library, 0, -1, &error);
    g_assert_cmpuint(list->len, ==, 1);
    const struct rag_conversation *one = list->pdata[0];
    g_assert_cmpstr(one->title, ==, QUESTION);
    g_autoptr(GPtrArray) hits = rag_conversations_search(library, "cake", 9, &error);
    g_assert_cmpuint(hits->len, ==, 1);
    g_assert_true(rag_conversation_rename(library, one->id, "Lease", &error));
    g_assert_true(rag_draft_set(library, one->id, "And", &error));
    g_autofree char *draft = rag_draft_get(library, one->id, &error);
    g_assert_cmpstr(draft, ==, "And");
    g_assert_true(rag_conversation_delete(library, one->id, &error));
    g_assert_null(rag_turns(library, one->id, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_string_free(seen.streamed, TRUE);
    small_library_free(library);
}

static int64_t quick(RagLibrary *library, int64_t conversation, int64_t parent)
{
    g_autoptr(GError) error = NULL;
    const struct rag_ask_options options = {
        .size = sizeof options, .conversation = conversation, .parent = parent};
    g_autoptr(RagAnswer) answer =
        ask(library, QUESTION, "The notice period is 3 months.", &options, NULL, &error);
    g_assert_no_error(error);
    return answer->id;
}

static void test_branches(void)
{
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(passages, NULL);
    int64_t first = quick(library, 0, 0), second = quick(library, 1, first);
    int64_t again = quick(library, 1, first);
    g_autoptr(GPtrArray) turns = turns_of(library, 1);
    g_assert_cmpuint(turns->len, ==, 2);
    g_assert_cmpint(last_turn(turns)->id, ==, again);
    g_assert_cmpint(last_turn(turns)->sibling, ==, 1);
    g_assert_cmpint(last_turn(turns)->n_siblings, ==, 2);
    g_assert_true(rag_turn_switch(library, again, -1, &error));
    g_autoptr(GPtrArray) before = turns_of(library, 1);
    g_assert_cmpint(last_turn(before)->id, ==, second);
    /* a conversation that has gone: the question is not answered into nowhere */
    const struct rag_ask_options lost = {.size = sizeof lost, .conversation = 99};
    int calls = fake_chat_calls;
    g_assert_null(ask(library, QUESTION, "x", &lost, NULL, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_assert_cmpint(fake_chat_calls, ==, calls);
    small_library_free(library);
}

/* --- ended early
 * ------------------------------------------------------------------------------------ */

static GCancellable *to_cancel;
static int words_left;
static void count_down(void)
{
    if (words_left-- == 0)
        g_cancellable_cancel(to_cancel);
}

/* Cancelled after so many words. */
static RagAnswer *ask_cancelled(RagLibrary *library, const char *reply, int words, bool keep,
                                GError **error)
{
    g_autoptr(GCancellable) cancellable = to_cancel = g_cancellable_new();
    const struct rag_ask_options options = {.size = sizeof options, .keep_partial = keep};
    words_left = words;
    if (words < 0)
        g_cancellable_cancel(cancellable);
    fake_chat_on_word = count_down;
    RagAnswer *answer = ask(library, QUESTION, reply, &options, cancellable, error);
    fake_chat_on_word = NULL;
    return answer;
}

static void test_partial(void)
{
    static const char reply[] = "The notice period is 3 months. Then you may and must go.";
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(passages, NULL);
    g_autoptr(RagAnswer) answer = ask_cancelled(library, reply, 9, true, &error);
    g_assert_no_error(error);
    g_assert_cmpint(answer->stats.stop, ==, ENG_STOP_CANCELLED);
    g_assert_cmpstr(answer->text, ==, "The notice period is 3 months. Then you may");
    g_assert_cmpuint(answer->citations->len, ==, 1); /* what stands there is cited */
    g_autoptr(GPtrArray) turns = turns_of(library, answer->conversation);
    check_same(answer, last_turn(turns)->answer);

    /* half a sentence has no support, and is no refusal */
    g_autoptr(RagAnswer) half = ask_cancelled(library, reply, 1, true, &error);
    g_assert_cmpstr(half->text, ==, "The");
    g_assert_false(half->supported);

    /* before the first word, and before anything was found */
    for (int words = -1; words < 1; words++) {
        g_autoptr(RagAnswer) nothing = ask_cancelled(library, reply, words, true, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(nothing->text, ==, "");
        g_assert_cmpint(nothing->stats.stop, ==, ENG_STOP_CANCELLED);
        g_autoptr(GPtrArray) kept = turns_of(library, nothing->conversation);
        g_assert_cmpint(last_turn(kept)->answer->stats.stop, ==, ENG_STOP_CANCELLED);
        g_assert_cmpuint(last_turn(kept)->answer->passages->len, ==, words < 0 ? 0 : 1);
    }
    small_library_free(library);
}

static void test_not_kept(void)
{
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(passages, NULL);
    g_assert_null(ask_cancelled(library, "The notice period is 3 months.", 3, false, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_autoptr(GPtrArray) turns = turns_of(library, 1);
    g_assert_cmpstr(last_turn(turns)->question, ==, QUESTION);
    g_assert_null(last_turn(turns)->answer);
    g_assert_nonnull(last_turn(turns)->failure);
    small_library_free(library);
}

static void test_engine_breaks(void)
{
    RagLibrary *library = small_library(passages, NULL);
    const struct rag_ask_options options = {.size = sizeof options};
    for (int words = 0; words < 8; words += 7) {
        g_autoptr(GError) error = NULL;
        fake_chat_breaks_after = words;
        g_assert_null(ask(library, QUESTION, "The notice period is 3 months. And then it breaks.",
                          &options, NULL, &error));
        g_assert_error(error, RAG_ERROR, RAG_ERROR_MODEL);
        g_autoptr(GPtrArray) turns = turns_of(library, words ? 2 : 1);
        const struct rag_turn *turn = last_turn(turns);
        g_assert_cmpstr(turn->failure, ==, "The device is gone.");
        if (words == 0) {
            g_assert_null(turn->answer);
            continue;
        }
        g_assert_cmpstr(turn->answer->text, ==, "The notice period is 3 months. And");
        g_assert_cmpuint(turn->answer->citations->len, ==, 1);
        g_assert_cmpint(turn->answer->stats.stop, ==, ENG_STOP_ERROR);
    }
    fake_chat_breaks_after = -1;
    small_library_free(library);
}

static void kill_at_third(void)
{
    if (words_left-- == 0)
        kill(getpid(), SIGKILL);
}

static void test_killed(void)
{
    RagLibrary *library = small_library(passages, NULL);
    g_autofree char *dir = g_strdup(idx_dir(library->store));
    const struct rag_library_options open = {.size = sizeof open, .dir = dir};
    rag_library_close(library);
    pid_t child = fork();
    if (child == 0) {
        const struct rag_ask_options options = {.size = sizeof options};
        words_left = 3;
        fake_chat_on_word = kill_at_third;
        ask(rag_library_open(&open, NULL), QUESTION, "The notice period is 3 months.", &options,
            NULL, NULL);
        _exit(0);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status));
    library = rag_library_open(&open, NULL);
    g_autoptr(GPtrArray) turns = turns_of(library, 1);
    g_assert_cmpstr(last_turn(turns)->question, ==, QUESTION);
    g_assert_null(last_turn(turns)->answer);
    g_assert_null(last_turn(turns)->failure);
    small_library_free(library);
}

static void test_refused(void)
{
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(passages, NULL);
    const struct rag_ask_options options = {.size = sizeof options};
    g_autoptr(RagAnswer) answer =
        ask(library, QUESTION, "Forty-two weeks after Bob has won.", &options, NULL, &error);
    g_assert_false(answer->supported);
    g_autoptr(GPtrArray) turns = turns_of(library, answer->conversation);
    const RagAnswer *back = last_turn(turns)->answer;
    check_same(answer, back);
    g_assert_cmpuint(back->passages->len, ==, answer->passages->len);
    /* nothing that bears on it: the model is not asked, the nearest passages are kept */
    g_autoptr(RagAnswer) unknown =
        ask(library, "How long is the notice period at MongoDB?", "x", &options, NULL, &error);
    g_autoptr(GPtrArray) other = turns_of(library, unknown->conversation);
    check_same(unknown, last_turn(other)->answer);
    g_assert_cmpuint(last_turn(other)->answer->passages->len, ==, 1);
    /* an empty library: the question is kept with the reason */
    static const char *const nothing[] = {NULL};
    RagLibrary *empty = small_library(nothing, NULL);
    g_assert_null(ask(empty, QUESTION, "x", &options, NULL, &error));
    g_assert_error(error, RAG_ERROR, RAG_ERROR_EMPTY_LIBRARY);
    g_autoptr(GPtrArray) failed = turns_of(empty, 1);
    g_assert_cmpstr(last_turn(failed)->failure, ==, error->message);
    small_library_free(empty);
    small_library_free(library);
}

/* --- without documents, and thinking
 * ---------------------------------------------------------------- */

static void test_no_documents(void)
{
    static const char *const nothing[] = {NULL};
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(nothing, NULL);
    struct seen seen = {.streamed = g_string_new(NULL), .n_passages = -1};
    struct rag_ask_options options = options_of(&seen);
    options.no_documents = true;
    g_autoptr(RagAnswer) answer =
        ask(library, QUESTION, "I do not know. Ask Bob, in 42 days.", &options, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(answer->text, ==, "I do not know. Ask Bob, in 42 days.");
    g_assert_false(answer->supported || answer->from_documents);
    g_assert_cmpuint(answer->passages->len, ==, 0);
    g_assert_cmpuint(answer->citations->len, ==, 0);
    g_assert_cmpuint(answer->unsupported_values->len, ==, 0);
    g_assert_cmpuint(answer->sentences->len, ==, 2);
    g_assert_cmpint(seen.n_passages, ==, -1);
    g_assert_null(strstr(fake_chat_prompt, "assage"));
    g_assert_nonnull(strstr(fake_chat_prompt, QUESTION));
    g_autoptr(GPtrArray) turns = turns_of(library, answer->conversation);
    check_same(answer, last_turn(turns)->answer);
    g_string_truncate(seen.streamed, 0);
    g_assert_null(ask(library, QUESTION, "", &options, NULL, &error));
    g_assert_error(error, RAG_ERROR, RAG_ERROR_MODEL);
    g_string_free(seen.streamed, TRUE);
    small_library_free(library);
}

static void test_thinking(void)
{
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(passages, NULL);
    struct seen seen = {.streamed = g_string_new(NULL)};
    struct rag_ask_options options = options_of(&seen);
    options.max_tokens = 8; /* of the answer: thinking takes none of them */
    g_autoptr(GString) reply = g_string_new("<think> Let me see,");
    for (int i = 0; i < 50; i++)
        g_string_append_printf(reply, " %d", i);
    g_string_append(reply, " done. </think> The notice period is 3 months. Then one two three.");
    g_autoptr(RagAnswer) answer = ask(library, QUESTION, reply->str, &options, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(answer->thinking, "Let me see, 0 1"));
    g_assert_true(g_str_has_suffix(answer->thinking, "49 done."));
    g_assert_cmpstr(answer->text, ==, "The notice period is 3 months.");
    g_assert_true(g_str_has_prefix(seen.streamed->str, "The notice period"));
    g_assert_cmpint(answer->stats.stop, ==, ENG_STOP_LENGTH);
    g_assert_true(answer->supported);
    g_autoptr(GPtrArray) turns = turns_of(library, answer->conversation);
    check_same(answer, last_turn(turns)->answer);

    /* it never comes to an answer: no refusal in the documents' name */
    g_string_truncate(seen.streamed, 0);
    g_assert_null(ask(library, QUESTION, "<think> and so on", &options, NULL, &error));
    g_assert_error(error, RAG_ERROR, RAG_ERROR_MODEL);
    g_autoptr(GPtrArray) stuck = turns_of(library, 2);
    g_assert_cmpstr(last_turn(stuck)->answer->thinking, ==, "and so on");
    g_assert_cmpstr(last_turn(stuck)->answer->text, ==, "");
    g_assert_cmpstr(last_turn(stuck)->failure, ==, error->message);
    g_string_free(seen.streamed, TRUE);
    small_library_free(library);
}

static void test_not_recorded(void)
{
    g_autoptr(GError) error = NULL;
    RagLibrary *library = small_library(passages, NULL);
    struct seen seen = {.streamed = g_string_new(NULL)};
    struct rag_ask_options options = options_of(&seen);
    options.no_record = true;
    g_autoptr(RagAnswer) answer =
        ask(library, QUESTION, "The notice period is 3 months.", &options, NULL, &error);
    g_assert_cmpint(answer->id, ==, 0);
    g_assert_cmpint(seen.turn, ==, 0);
    g_autofree char *dir = g_strdup(idx_dir(library->store));
    rag_library_close(library);
    const struct rag_library_options look = {.size = sizeof look, .dir = dir, .read_only = true};
    library = rag_library_open(&look, &error);
    g_assert_no_error(error);
    options.no_record = false;
    g_string_truncate(seen.streamed, 0);
    g_autoptr(RagAnswer) read =
        ask(library, QUESTION, "The notice period is 3 months.", &options, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(read->id, ==, 0);
    g_autoptr(GPtrArray) list = rag_conversations(library, 0, -1, &error);
    g_assert_cmpuint(list->len, ==, 0);
    g_string_free(seen.streamed, TRUE);
    small_library_free(library);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/conversations/comes-back", test_comes_back);
    g_test_add_func("/conversations/branches", test_branches);
    g_test_add_func("/conversations/partial", test_partial);
    g_test_add_func("/conversations/not-kept", test_not_kept);
    g_test_add_func("/conversations/engine-breaks", test_engine_breaks);
    g_test_add_func("/conversations/killed", test_killed);
    g_test_add_func("/conversations/refused", test_refused);
    g_test_add_func("/conversations/no-documents", test_no_documents);
    g_test_add_func("/conversations/thinking", test_thinking);
    g_test_add_func("/conversations/not-recorded", test_not_recorded);
    return g_test_run();
}
