/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-conversations.c: a conversation is a tree of turns that keeps what was said, is found again,
 * and leaves nothing behind when it is deleted.
 */
#include "tests/index/fixture.h"
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t begin(struct fixture *fixture, int64_t *conversation, int64_t parent,
                     const char *text)
{
    g_autoptr(GError) error = NULL;
    const struct idx_question question = {
        .conversation = *conversation, .parent = parent, .text = text};
    int64_t turn = idx_turn_begin(fixture->store, &question, conversation, &error);
    g_assert_no_error(error);
    g_assert_cmpint(turn, >, 0);
    return turn;
}

static void end(struct fixture *fixture, int64_t turn, const char *text)
{
    g_autoptr(GError) error = NULL;
    const struct idx_answer answer = {.text = (char *)text, .stop = (char *)"eog"};
    g_assert_true(idx_turn_end(fixture->store, turn, &answer, NULL, &error));
    g_assert_no_error(error);
}

static int64_t say(struct fixture *fixture, int64_t *conversation, int64_t parent,
                   const char *question, const char *answer)
{
    int64_t turn = begin(fixture, conversation, parent, question);
    end(fixture, turn, answer);
    return turn;
}

/* The ids of the current path, "1 3 4". (owned) */
static char *path_of(struct fixture *fixture, int64_t conversation)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) turns = idx_turns(fixture->store, conversation, &error);
    g_assert_no_error(error);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < turns->len; i++) {
        const struct idx_turn *turn = turns->pdata[i];
        g_string_append_printf(out, "%s%d", i ? " " : "", (int)turn->id);
        if (turn->n_siblings > 1)
            g_string_append_printf(out, "(%d/%d)", turn->sibling + 1, turn->n_siblings);
    }
    return g_string_free(out, false);
}

#define ASSERT_PATH(fixture, conversation, expected)                                               \
    do {                                                                                           \
        g_autofree char *path = path_of(fixture, conversation);                                    \
        g_assert_cmpstr(path, ==, expected);                                                       \
    } while (0)

static void step(struct fixture *fixture, int64_t turn, int by)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(idx_turn_switch(fixture->store, turn, by, &error));
    g_assert_no_error(error);
}

static void test_tree(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t c = 0;
    int64_t one = say(&fixture, &c, 0, "one", "1");
    int64_t two = say(&fixture, &c, one, "two", "2");
    say(&fixture, &c, two, "three", "3");
    ASSERT_PATH(&fixture, c, "1 2 3");
    say(&fixture, &c, one, "two, edited", "2b"); /* 4 */
    ASSERT_PATH(&fixture, c, "1 4(2/2)");
    say(&fixture, &c, one, "two", "2c"); /* 5: regenerated */
    ASSERT_PATH(&fixture, c, "1 5(3/3)");
    step(&fixture, 5, -2);
    ASSERT_PATH(&fixture, c, "1 2(1/3) 3");
    step(&fixture, 2, -1); /* there is none */
    step(&fixture, 2, 3);
    ASSERT_PATH(&fixture, c, "1 2(1/3) 3");
    say(&fixture, &c, two, "three, other", "3b"); /* 6 */
    step(&fixture, 2, 1);
    ASSERT_PATH(&fixture, c, "1 4(2/3)");
    step(&fixture, 4, -1); /* on to its newest end */
    ASSERT_PATH(&fixture, c, "1 2(1/3) 6(2/2)");
    say(&fixture, &c, 0, "one, edited", "1b"); /* 7: first turns are siblings too */
    ASSERT_PATH(&fixture, c, "7(2/2)");
    step(&fixture, 7, -1);
    ASSERT_PATH(&fixture, c, "1(1/2) 5(3/3)");
    int64_t other = 0;
    say(&fixture, &other, 0, "elsewhere", "x");
    ASSERT_PATH(&fixture, other, "8");
    ASSERT_PATH(&fixture, c, "1(1/2) 5(3/3)");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void expect_no_place(struct fixture *fixture, int64_t conversation, int64_t parent)
{
    g_autoptr(GError) error = NULL;
    const struct idx_question question = {
        .conversation = conversation, .parent = parent, .text = "lost"};
    int64_t out;
    g_assert_cmpint(idx_turn_begin(fixture->store, &question, &out, &error), ==, -1);
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
}

static void test_wrong_places(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t a = 0, b = 0;
    int64_t in_a = say(&fixture, &a, 0, "a", "a");
    say(&fixture, &b, 0, "b", "b");
    expect_no_place(&fixture, b, in_a);
    expect_no_place(&fixture, a, 99);
    expect_no_place(&fixture, 99, 0);
    expect_no_place(&fixture, 0, in_a);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM turns"), ==, 2);
    g_assert_null(idx_turns(fixture.store, 99, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(idx_conversation_rename(fixture.store, 99, "x", &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(idx_conversation_delete(fixture.store, 99, &error));
    step(&fixture, 99, 1);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* An answer comes back as it was stored, byte for byte. */
static void test_answer_is_kept(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    int32_t tokens[] = {5, -1, 70000};
    struct idx_answer_passage passages[] = {
        {.passage = 7,
         .path = (char *)"/docs/\xff.pdf",
         .hash = (char *)"h",
         .title = (char *)"T",
         .heading = (char *)"A › B",
         .text = (char *)"The whole.",
         .shown = (char *)"whole",
         .shown_ord = 1,
         .pos_kind = IDX_POS_PAGE,
         .pos_from = 3,
         .pos_to = 4,
         .char_from = 10,
         .char_to = 20,
         .telling_from = 4,
         .telling_to = 9,
         .score = 0.5,
         .text_score = 2.5,
         .vector_score = NAN,
         .text_rank = 1},
        {.path = (char *)"/docs/b", .score = 0.25, .text_score = NAN, .vector_score = 0.75},
    };
    struct idx_answer_citation citation = {.n = 1,
                                           .passage = 0,
                                           .path = (char *)"/docs/\xff.pdf",
                                           .hash = (char *)"h",
                                           .quote = (char *)"The whole.",
                                           .pos_kind = IDX_POS_PAGE,
                                           .pos_from = 3,
                                           .pos_to = 4,
                                           .score = 0.875};
    struct idx_answer_sentence sentences[] = {{0, 5, 1}, {6, 11, 0}};
    g_autoptr(GPtrArray) dropped = g_ptr_array_new();
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    g_ptr_array_add(dropped, (char *)"b was left out");
    g_ptr_array_add(values, (char *)"42");
    g_ptr_array_add(values, (char *)"43");
    g_autoptr(GArray) p = g_array_new(false, false, sizeof *passages);
    g_autoptr(GArray) c = g_array_new(false, false, sizeof citation);
    g_autoptr(GArray) s = g_array_new(false, false, sizeof *sentences);
    g_array_append_vals(p, passages, 2);
    g_array_append_vals(c, &citation, 1);
    g_array_append_vals(s, sentences, 2);
    const struct idx_answer answer = {.text = (char *)"Whole. Yes.",
                                      .thinking = (char *)"Hm.",
                                      .query = (char *)"query",
                                      .stop = (char *)"cancelled",
                                      .model = (char *)"m",
                                      .model_hash = (char *)"beef",
                                      .settings_json = (char *)"{}",
                                      .supported = true,
                                      .from_documents = true,
                                      .seed = UINT64_MAX,
                                      .tokens = tokens,
                                      .n_tokens = 3,
                                      .prompt_tokens = 99,
                                      .seconds = 1.5,
                                      .search_seconds = 0.5,
                                      .passages = p,
                                      .citations = c,
                                      .sentences = s,
                                      .dropped = dropped,
                                      .values = values};
    int64_t conversation = 0, turn = begin(&fixture, &conversation, 0, "What?\nReally?");
    g_assert_true(idx_turn_end(fixture.store, turn, &answer, "It broke.", &error));
    fixture_reopen(&fixture);
    g_autoptr(GPtrArray) turns = idx_turns(fixture.store, conversation, &error);
    g_assert_no_error(error);
    const struct idx_turn *back = turns->pdata[0];
    g_assert_cmpstr(back->question, ==, "What?\nReally?");
    g_assert_cmpstr(back->failure, ==, "It broke.");
    const struct idx_answer *a = back->answer;
    g_assert_cmpstr(a->text, ==, answer.text);
    g_assert_cmpstr(a->thinking, ==, answer.thinking);
    g_assert_cmpstr(a->stop, ==, "cancelled");
    g_assert_cmpstr(a->model_hash, ==, "beef");
    g_assert_true(a->supported && a->from_documents && a->seed == UINT64_MAX);
    g_assert_cmpmem(a->tokens, a->n_tokens * 4, tokens, sizeof tokens);
    g_assert_cmpint(a->prompt_tokens, ==, 99);
    const struct idx_answer_passage *one =
        &g_array_index(a->passages, struct idx_answer_passage, 0);
    g_assert_cmpstr(one->path, ==, "/docs/\xff.pdf");
    g_assert_cmpstr(one->heading, ==, "A › B");
    g_assert_cmpstr(one->shown, ==, "whole");
    g_assert_cmpint(one->telling_to, ==, 9);
    g_assert_cmpint(one->passage, ==, 7);
    g_assert_cmpfloat(one->text_score, ==, 2.5);
    g_assert_true(isnan(one->vector_score));
    g_assert_cmpint(g_array_index(a->passages, struct idx_answer_passage, 1).shown_ord, ==, 0);
    const struct idx_answer_citation *cited =
        &g_array_index(a->citations, struct idx_answer_citation, 0);
    g_assert_cmpstr(cited->quote, ==, "The whole.");
    g_assert_cmpstr(cited->path, ==, one->path);
    g_assert_cmpint(cited->pos_to, ==, 4);
    g_assert_cmpfloat(cited->score, ==, 0.875);
    g_assert_cmpuint(a->sentences->len, ==, 2);
    g_assert_cmpint(g_array_index(a->sentences, struct idx_answer_sentence, 1).to, ==, 11);
    g_assert_cmpstr(a->dropped->pdata[0], ==, "b was left out");
    g_assert_cmpstr(a->values->pdata[1], ==, "43");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* A process that is killed between question and answer leaves the question. */
static void test_killed(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    idx_close(g_steal_pointer(&fixture.store));
    pid_t child = fork();
    if (child == 0) {
        struct fixture own = {.dir = fixture.dir};
        int64_t conversation = 0;
        own.store = idx_open(own.dir, NULL, 0, NULL);
        begin(&own, &conversation, 0, "Is anything lost?");
        kill(getpid(), SIGKILL);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status));
    fixture_reopen(&fixture);
    g_autoptr(GPtrArray) turns = idx_turns(fixture.store, 1, NULL);
    g_assert_cmpuint(turns->len, ==, 1);
    const struct idx_turn *turn = turns->pdata[0];
    g_assert_cmpstr(turn->question, ==, "Is anything lost?");
    g_assert_null(turn->answer);
    g_assert_cmpstr(turn->failure, ==, "");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void test_deleted_meanwhile(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t c = 0, turn = begin(&fixture, &c, 0, "q");
    g_assert_true(idx_conversation_delete(fixture.store, c, &error));
    end(&fixture, turn, "too late");
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM answers"), ==, 0);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* --- list and drafts
 * -------------------------------------------------------------------------------- */

static void test_list(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t a = 0, b = 0;
    g_autofree char *long_question = g_strnfill(500, 'x');
    long_question[3] = '\n';
    int64_t first = say(&fixture, &a, 0, long_question, "1");
    say(&fixture, &b, 0, "second \xff", "2");
    say(&fixture, &a, first, "again", "3");
    g_autoptr(GPtrArray) list = idx_conversations(fixture.store, 0, -1, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
    const struct idx_conversation *newest = list->pdata[0], *older = list->pdata[1];
    g_assert_cmpint(newest->id, ==, a);
    g_assert_cmpint(newest->n_turns, ==, 2);
    g_assert_cmpint(newest->changed_at, >, newest->made_at);
    g_assert_cmpint(g_utf8_strlen(newest->title, -1), ==, 80);
    g_assert_null(strchr(newest->title, '\n'));
    g_assert_true(g_utf8_validate(older->title, -1, NULL));
    g_autoptr(GPtrArray) page = idx_conversations(fixture.store, 1, 5, &error);
    g_assert_cmpuint(page->len, ==, 1);
    g_assert_true(idx_conversation_rename(fixture.store, b, "A name", &error));
    g_autoptr(GPtrArray) renamed = idx_conversations(fixture.store, 1, 1, &error);
    const struct idx_conversation *named = renamed->pdata[0];
    g_assert_cmpstr(named->title, ==, "A name");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

static void expect_draft(struct fixture *fixture, int64_t conversation, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *draft = idx_draft_get(fixture->store, conversation, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(draft, ==, text);
}

static void test_drafts(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t c = 0;
    say(&fixture, &c, 0, "q", "a");
    expect_draft(&fixture, 0, "");
    expect_draft(&fixture, c, "");
    g_assert_true(idx_draft_set(fixture.store, 0, "of none yet", &error));
    g_assert_true(idx_draft_set(fixture.store, c, "half a quest", &error));
    fixture_reopen(&fixture);
    expect_draft(&fixture, 0, "of none yet");
    expect_draft(&fixture, c, "half a quest");
    g_assert_true(idx_draft_set(fixture.store, c, "", &error));
    expect_draft(&fixture, c, "");
    g_assert_false(idx_draft_set(fixture.store, 99, "x", &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_NOT_FOUND);
    fixture_close(&fixture);
}

/* --- search
 * ----------------------------------------------------------------------------------------- */

/* "conversation:turn" of each hit. */
static void expect_hits(struct fixture *fixture, const char *words, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hits = idx_conversations_search(fixture->store, words, 20, &error);
    g_assert_no_error(error);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < hits->len; i++) {
        const struct idx_conversation_hit *hit = hits->pdata[i];
        g_string_append_printf(out, "%s%d:%d", i ? " " : "", (int)hit->conversation,
                               (int)hit->turn);
    }
    if (strcmp(out->str, expected) != 0)
        g_error("“%s” found “%s”, not “%s”", words, out->str, expected);
}

static void test_search(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t a = 0, b = 0;
    int64_t first =
        say(&fixture, &a, 0, "Wie lange ist die Kündigungsfrist?", "Drei Monate, laut Müller.");
    int64_t asked = begin(&fixture, &a, first, "Ποιος είναι ο Άγγελος;");
    say(&fixture, &b, 0, "Winter tyres", "From October on; see “--dry-run” for more.");
    expect_hits(&fixture, "kundigungsfrist", "1:1");
    expect_hits(&fixture, "KÜNDIG", "1:1"); /* the beginning of a word */
    expect_hits(&fixture, "muller drei", "1:1");
    expect_hits(&fixture, "άγγελος", "1:2");
    expect_hits(&fixture, "october", "2:3");
    expect_hits(&fixture, "frist", ""); /* not the beginning */
    expect_hits(&fixture, "drei october", "");
    expect_hits(&fixture, "", "");
    expect_hits(&fixture, " \" * -- ( ", "");
    expect_hits(&fixture, "dry-run\" OR NEAR(x", "");
    expect_hits(&fixture, "--dry-run", "2:3");
    expect_hits(&fixture, "\xff\xfe", "");
    g_autofree char *huge = g_strnfill(1 << 20, 'x');
    expect_hits(&fixture, huge, "");
    end(&fixture, asked, "Angelos wohnt in Köln.");
    expect_hits(&fixture, "koln", "1:2");
    g_assert_true(idx_conversation_rename(fixture.store, b, "Räder", &error));
    expect_hits(&fixture, "rader", "2:0");
    expect_hits(&fixture, "tyres", "2:3"); /* the question still says it, the title no more */
    g_autoptr(GPtrArray) hits = idx_conversations_search(fixture.store, "october", 9, &error);
    const struct idx_conversation_hit *hit = hits->pdata[0];
    g_assert_cmpstr(hit->title, ==, "Räder");
    g_assert_nonnull(strstr(hit->snippet, "\x02October\x03"));
    g_autoptr(GPtrArray) titled = idx_conversations_search(fixture.store, "rad", 9, &error);
    hit = titled->pdata[0];
    g_assert_cmpstr(hit->snippet, ==, "\x02Räder\x03");
    g_assert_true(idx_conversation_delete(fixture.store, a, &error));
    expect_hits(&fixture, "koln", "");
    expect_hits(&fixture, "kundigungsfrist", "");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* --- deletion
 * --------------------------------------------------------------------------------------- */

/* Answers that come in any order, so that rows move between pages; a path longer than SQLite's
   triggers may nest. */
static void test_delete_erases(void)
{
    enum { N = 2600 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t secret = 0, open = 0, turns[N], secret_turn = 0, open_turn = 0;
    for (int i = 0; i < N; i++) {
        bool is_open = i % 2;
        turns[i] = is_open ? begin(&fixture, &open, open_turn, "harmless?")
                           : begin(&fixture, &secret, secret_turn, "zanzibar?");
        *(is_open ? &open_turn : &secret_turn) = turns[i];
    }
    for (int n = N; n > 0; n--) {
        int at = g_rand_int_range(rand, 0, n);
        g_autofree char *filler = g_strnfill((gsize)g_rand_int_range(rand, 1, 900), '.');
        g_autofree char *text = g_strdup_printf("%s %d %s", turns[at] % 2 ? "zanzibar" : "harmless",
                                                (int)turns[at], filler);
        end(&fixture, turns[at], text);
        turns[at] = turns[n - 1];
    }
    g_assert_true(idx_draft_set(fixture.store, secret, "zanzibar draft", &error));
    g_assert_true(folder_holds(fixture.dir, "zanzibar"));
    g_assert_true(idx_conversation_delete(fixture.store, secret, &error));
    g_assert_no_error(error);
    g_assert_false(folder_holds(fixture.dir, "zanzibar"));
    g_assert_true(folder_holds(fixture.dir, "harmless"));
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM turns"), ==, N / 2);
    g_assert_cmpint(fixture_count(&fixture, "SELECT erase_pending FROM library"), ==, 0);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Deletion that another process was in the way of is ended by the next opening. */
static void test_delete_in_the_way(void)
{
    struct fixture fixture;
    fixture_open(&fixture);
    int64_t c = 0;
    say(&fixture, &c, 0, "zanzibar", "zanzibar");
    fixture_spoil(&fixture, "DELETE FROM conversations; DELETE FROM turns;"
                            "UPDATE library SET erase_pending = 2");
    fixture_reopen(&fixture);
    g_assert_false(folder_holds(fixture.dir, "zanzibar"));
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* A forgotten document takes its quotes along; the place that was cited stays. */
static void test_forget_takes_quotes(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/secret/a", "zanzibar");
    struct idx_answer_passage passages[] = {
        {.path = (char *)"/docs/secret/a",
         .text = (char *)"zanzibar",
         .shown = (char *)"zanzibar",
         .heading = (char *)"zanzibar",
         .telling_to = 8,
         .shown_ord = 1},
        {.path = (char *)"/docs/secret-not/a", .text = (char *)"open", .shown_ord = 2},
    };
    struct idx_answer_citation citation = {
        .n = 1, .path = (char *)"/docs/secret/a", .quote = (char *)"zanzibar", .pos_from = 3};
    g_autoptr(GArray) p = g_array_new(false, false, sizeof *passages);
    g_autoptr(GArray) c = g_array_new(false, false, sizeof citation);
    g_array_append_vals(p, passages, 2);
    g_array_append_vals(c, &citation, 1);
    const struct idx_answer answer = {.text = (char *)"It is.", .passages = p, .citations = c};
    int64_t conversation = 0, turn = begin(&fixture, &conversation, 0, "Is it?");
    g_assert_true(idx_turn_end(fixture.store, turn, &answer, NULL, &error));
    g_assert_cmpint(idx_forget(fixture.store, "/docs/secret", &error), ==, 1);
    g_assert_no_error(error);
    g_assert_false(folder_holds(fixture.dir, "zanzibar"));
    g_autoptr(GPtrArray) turns = idx_turns(fixture.store, conversation, &error);
    const struct idx_answer *left = ((struct idx_turn *)turns->pdata[0])->answer;
    g_assert_cmpstr(g_array_index(left->passages, struct idx_answer_passage, 0).text, ==, "");
    g_assert_cmpstr(g_array_index(left->passages, struct idx_answer_passage, 1).text, ==, "open");
    g_assert_cmpstr(g_array_index(left->citations, struct idx_answer_citation, 0).quote, ==, "");
    g_assert_cmpint(g_array_index(left->citations, struct idx_answer_citation, 0).pos_from, ==, 3);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/conversations/tree", test_tree);
    g_test_add_func("/index/conversations/wrong-places", test_wrong_places);
    g_test_add_func("/index/conversations/answer-is-kept", test_answer_is_kept);
    g_test_add_func("/index/conversations/killed", test_killed);
    g_test_add_func("/index/conversations/deleted-meanwhile", test_deleted_meanwhile);
    g_test_add_func("/index/conversations/list", test_list);
    g_test_add_func("/index/conversations/drafts", test_drafts);
    g_test_add_func("/index/conversations/search", test_search);
    g_test_add_func("/index/conversations/delete-erases", test_delete_erases);
    g_test_add_func("/index/conversations/delete-in-the-way", test_delete_in_the_way);
    g_test_add_func("/index/conversations/forget-takes-quotes", test_forget_takes_quotes);
    return g_test_run();
}
