/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-migration.c: a library of version 1 (data/version-1.sql, argv[1]) becomes one of today, with
 * everything in it.
 */
#include "tests/index/fixture.h"
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static const char *data_dir;

/* A folder with the old library in it, after `change` (SQL, may be NULL). (owned) */
static char *old_library(const char *change)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *source = g_build_filename(data_dir, "version-1.sql", NULL), *sql = NULL;
    char *dir = scratch_new(), *message = NULL;
    g_autofree char *path = g_build_filename(dir, "library.db", NULL);
    sqlite3 *db = NULL;
    g_file_get_contents(source, &sql, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    if (sqlite3_exec(db, "PRAGMA synchronous = OFF; BEGIN", NULL, NULL, &message) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK ||
        sqlite3_exec(db, "COMMIT", NULL, NULL, &message) != SQLITE_OK ||
        (change && sqlite3_exec(db, change, NULL, NULL, &message) != SQLITE_OK))
        g_error("%s", message);
    sqlite3_close(db);
    g_assert_cmpint(chmod(path, 0600), ==, 0);
    return dir;
}

static struct fixture open_old(const char *change)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture = {.dir = old_library(change)};
    fixture.store = idx_open(fixture.dir, NULL, 0, &error);
    g_assert_no_error(error);
    return fixture;
}

static void check_answer(const struct idx_turn *turn)
{
    const struct idx_answer *answer = turn->answer;
    g_assert_cmpstr(answer->text, ==,
                    "The fitter will change the water meter on Tuesday, 5 March 2024, between 9 "
                    "and 11 o'clock.");
    g_assert_cmpstr(answer->query, ==, turn->question);
    g_assert_cmpstr(answer->model, ==, "Qwen2.5 Coder 0.5B Instruct AWQ");
    g_assert_true(answer->supported && answer->from_documents);
    g_assert_cmpuint(answer->n_tokens, >, 10);
    g_assert_cmpuint(answer->sentences->len, ==, 0);
    g_assert_cmpuint(answer->passages->len, ==, 4);
    const struct idx_answer_passage *first =
        &g_array_index(answer->passages, struct idx_answer_passage, 0);
    g_assert_cmpstr(first->path, ==, "/home/ada/papers/water-letter.txt");
    g_assert_nonnull(strstr(first->shown, "Our fitter, Ms Adeyemi"));
    g_assert_cmpstr(first->text, ==, first->shown);
    g_assert_cmpint(first->shown_ord, ==, 1);
    g_assert_true(isnan(first->text_score) && isnan(first->vector_score));
    g_assert_cmpuint(answer->citations->len, ==, 1);
    const struct idx_answer_citation *citation =
        &g_array_index(answer->citations, struct idx_answer_citation, 0);
    g_assert_cmpint(citation->n, ==, 1);
    g_assert_cmpint(citation->passage, ==, 0);
    g_assert_cmpstr(citation->path, ==, first->path);
    g_assert_cmpstr(citation->hash, ==, first->hash);
    g_assert_true(g_str_has_prefix(citation->quote, "the water meter in your flat"));
    g_assert_cmpint(citation->pos_kind, ==, IDX_POS_LINE);
    g_assert_cmpint(citation->pos_from, ==, 1);
    g_assert_cmpint(citation->pos_to, ==, 30);
    g_assert_cmpfloat(citation->score, >, 0.5);
}

static void test_everything_is_kept(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture = open_old(NULL);
    fixture_assert_clean(&fixture);
    struct idx_status status;
    g_assert_true(idx_status(fixture.store, 1, &status, &error));
    g_assert_cmpint(status.schema_version, ==, 2);
    g_assert_cmpint(status.n_conversations, ==, 2);
    g_assert_cmpint(status.n_answers, ==, 3);
    g_assert_cmpint(status.n_by_state[IDX_READY], ==, 2);
    g_assert_cmpint(status.n_passages, ==, 4);
    g_assert_cmpint(status.n_embedded, ==, 4);

    g_autoptr(GPtrArray) list = idx_conversations(fixture.store, 0, -1, &error);
    g_assert_cmpuint(list->len, ==, 2);
    const struct idx_conversation *two = list->pdata[1];
    g_assert_cmpstr(two->title, ==, "What pressure should the heating circuit have?");
    g_assert_cmpint(two->n_turns, ==, 2);
    g_assert_cmpstr(two->draft, ==, "");
    g_autoptr(GPtrArray) turns = idx_turns(fixture.store, two->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(turns->len, ==, 2);
    const struct idx_turn *first = turns->pdata[0], *second = turns->pdata[1];
    g_assert_cmpint(first->id, ==, 1); /* the ids that answers had */
    g_assert_cmpint(second->id, ==, 2);
    g_assert_cmpint(second->parent, ==, 1);
    g_assert_cmpstr(second->question, ==, "When will the fitter change the water meter?");
    g_assert_cmpint(second->made_at, ==, 1795376740100042);
    check_answer(second);
    const struct idx_answer_citation *cited =
        &g_array_index(first->answer->citations, struct idx_answer_citation, 0);
    const struct idx_answer_passage *from =
        &g_array_index(first->answer->passages, struct idx_answer_passage, cited->passage);
    g_assert_nonnull(strstr(from->text, cited->quote)); /* of four, three from the same file */

    const struct idx_conversation *other = list->pdata[0];
    g_autoptr(GPtrArray) refused = idx_turns(fixture.store, other->id, &error);
    g_assert_cmpuint(refused->len, ==, 1);
    const struct idx_turn *turn = refused->pdata[0];
    g_assert_false(turn->answer->supported);
    g_assert_cmpuint(turn->answer->citations->len, ==, 0);

    g_autoptr(GPtrArray) hits =
        idx_conversations_search(fixture.store, "fitter tuesday", 9, &error);
    g_assert_cmpuint(hits->len, ==, 1);
    fixture_close(&fixture);
}

/* It goes on as a new one does: new ids lie beyond the old ones, and its words can be erased. */
static void test_goes_on(void)
{
    g_autoptr(GError) error = NULL;
    struct fixture fixture = open_old(NULL);
    int64_t conversation;
    const struct idx_question question = {.conversation = 1, .parent = 2, .text = "And then?"};
    g_assert_cmpint(idx_turn_begin(fixture.store, &question, &conversation, &error), ==, 4);
    g_assert_no_error(error);
    g_assert_true(folder_holds(fixture.dir, "The fitter will change"));
    g_assert_true(idx_conversation_delete(fixture.store, 1, &error));
    g_assert_no_error(error);
    g_assert_false(folder_holds(fixture.dir, "And then?"));
    g_assert_false(folder_holds(fixture.dir, "The fitter will change"));
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* What only a damaged library can hold does not keep it from being opened. */
static void test_damaged(void)
{
    static const char *const damages[] = {
        "UPDATE answers SET citations = 'no json' WHERE id = 1",
        "UPDATE answers SET citations = '[{\"n\":1},{\"path\":7,\"position\":[9,1,2]},3,[]]'",
        "DELETE FROM answers WHERE id = 1",
        "DELETE FROM messages WHERE id = 2",
        "DELETE FROM messages WHERE role = 'assistant'",
        "DELETE FROM answers",
        "DELETE FROM conversations",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", damages[i]);
        struct fixture fixture = open_old(damages[i]);
        g_autoptr(GPtrArray) mended = idx_check(fixture.store, true, &error);
        g_assert_nonnull(mended);
        g_assert_no_error(error);
        fixture_assert_clean(&fixture);
        fixture_close(&fixture);
    }
}

/* An unanswered question in the middle: a turn without an answer. */
static void test_unanswered(void)
{
    struct fixture fixture = open_old("DELETE FROM answer_passages WHERE answer = 1;"
                                      "DELETE FROM answers WHERE id = 1;"
                                      "DELETE FROM messages WHERE id = 2;");
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM turns"), ==, 3);
    g_assert_cmpint(fixture_count(&fixture, "SELECT count(*) FROM answers"), ==, 2);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* A library that only looks things up is not changed, and says so. */
static void test_read_only(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = old_library(NULL);
    g_assert_null(idx_open(dir, NULL, IDX_READ_ONLY, &error));
    g_assert_error(error, IDX_ERROR, IDX_ERROR_READ_ONLY);
    scratch_remove(g_steal_pointer(&dir));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    data_dir = argv[1];
    g_test_add_func("/index/migration/everything-is-kept", test_everything_is_kept);
    g_test_add_func("/index/migration/goes-on", test_goes_on);
    g_test_add_func("/index/migration/damaged", test_damaged);
    g_test_add_func("/index/migration/unanswered", test_unanswered);
    g_test_add_func("/index/migration/read-only", test_read_only);
    return g_test_run();
}
