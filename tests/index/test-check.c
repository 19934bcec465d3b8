/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test-check.c: each finding of the consistency check can be provoked and repaired.
 */
#include "tests/index/fixture.h"
#include <string.h>

/* A library with a bit of everything. */
static void open_full(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture_open(fixture);
    fixture_put(fixture, "/docs/a", 1, (const char *const[]){"alpha", "beta", NULL});
    fixture_put1(fixture, "/docs/b", "gamma");
    fixture_embed(fixture);
    fixture_see(fixture, "/docs/waiting", 1, 1);
    struct idx_answer_passage passage = {.path = (char *)"/docs/a", .text = (char *)"alpha"};
    g_autoptr(GArray) passages = g_array_new(false, false, sizeof passage);
    g_array_append_val(passages, passage);
    const struct idx_answer answer = {.text = (char *)"answered", .passages = passages};
    int64_t conversation,
        turn = idx_turn_begin(fixture->store, &(struct idx_question){.text = "asked"},
                              &conversation, &error);
    g_assert_true(idx_turn_end(fixture->store, turn, &answer, NULL, &error));
    g_assert_true(idx_vectors_refresh(fixture->store, fixture->embedder, &error));
    g_assert_no_error(error);
    fixture_assert_clean(fixture);
}

static void expect_finding(struct fixture *fixture, bool repair, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = idx_check(fixture->store, repair, &error);
    g_assert_no_error(error);
    bool named = false;
    for (guint i = 0; i < findings->len; i++) {
        const struct idx_finding *finding = findings->pdata[i];
        g_test_message("%s", finding->text);
        g_assert_cmpint(finding->repaired, ==, repair);
        named = named || strstr(finding->text, part);
    }
    g_assert_true(named);
}

struct damage {
    const char *name, *sql, *finding;
};

static const struct damage damages[] = {
    {"location-without-root", "UPDATE locations SET root = 99 WHERE path = CAST('/docs/b' AS BLOB)",
     "belongs to no folder"},
    {"content-gone", "UPDATE locations SET content = 99 WHERE path = CAST('/docs/b' AS BLOB)",
     "has lost its text"},
    {"ready-without-content",
     "UPDATE locations SET content = NULL WHERE path = CAST('/docs/b' AS BLOB)",
     "has lost its text"},
    {"content-without-location", "DELETE FROM locations WHERE path = CAST('/docs/b' AS BLOB)",
     "1 text belongs to no file"},
    {"passages-without-content", "DELETE FROM contents WHERE id = 1", "belong to no text"},
    {"vectors-without-passage",
     "INSERT INTO vectors(embedder, passage, vector) VALUES(1, 99, zeroblob(64))",
     "1 vector belongs to no passage"},
    {"vector-without-embedder",
     "INSERT INTO vectors(embedder, passage, vector) VALUES(9, 1, zeroblob(64))",
     "1 vector belongs to no passage or embedder"},
    {"vector-of-wrong-length",
     "DELETE FROM vectors WHERE passage = 1;"
     "INSERT INTO vectors(embedder, passage, vector) VALUES(1, 1, zeroblob(63))",
     "has a wrong length"},
    {"job-about-nothing", "INSERT INTO jobs(kind, location) VALUES('read', 99)",
     "1 job is about nothing"},
    {"lease-without-end",
     "UPDATE jobs SET state = 'running', owner = 'x', lease_until = 9000000000000000000;"
     "UPDATE locations SET state = 'reading' WHERE path = CAST('/docs/waiting' AS BLOB)",
     "held far into the future"},
    {"job-about-done-file", "INSERT INTO jobs(kind, location) VALUES('read', 1)",
     "about a file that is done"},
    {"read-by-nobody",
     "UPDATE locations SET state = 'reading' WHERE path = CAST('/docs/waiting' AS BLOB)",
     "being read by nobody"},
    {"waits-without-job", "DELETE FROM jobs", "no job will read it"},
    {"not-embedded", "DELETE FROM vectors WHERE passage = 1", "1 text lacks vectors"},
    {"question-without-conversation", "DELETE FROM conversations",
     "1 question belongs to no conversation"},
    {"parent-gone",
     "INSERT INTO turns(id, conversation, parent, question, made_at) VALUES(50, 1, 49, 'x', 0)",
     "1 question follows one that is not there"},
    {"head-gone", "UPDATE conversations SET head = 77", "1 conversation has lost its place"},
    {"head-none", "UPDATE conversations SET head = 0", "1 conversation has lost its place"},
    {"answer-without-question",
     "CREATE TEMP TABLE copy AS SELECT * FROM answers; UPDATE copy SET turn = 99;"
     "INSERT INTO answers SELECT * FROM copy",
     "1 answer belongs to no question"},
    {"quotation-without-answer", "DELETE FROM answers", "1 quotation or note belongs to no answer"},
    {"note-without-answer", "INSERT INTO answer_notes VALUES(99, 'value', 0, 'x')",
     "1 quotation or note belongs to no answer"},
    {"turn-words-lack-answer",
     "INSERT INTO turn_words(turn_words, rowid, question, answer)"
     " VALUES('delete', 1, 'asked', 'answered')",
     "questions and answers"},
    {"title-words-have-too-much", "INSERT INTO title_words(rowid, title) VALUES(77, 'x')",
     "titles of conversations"},
    {"fulltext-lacks-passage",
     "INSERT INTO fulltext(fulltext, rowid, text, heading, title)"
     " SELECT 'delete', id, text, heading, title FROM passage_text WHERE id = 2",
     "full-text index"},
    {"fulltext-has-too-much",
     "INSERT INTO fulltext(rowid, text, heading, title) VALUES(77, 'x', 'y', 'z')",
     "full-text index"},
    {"fulltext-damaged", "UPDATE fulltext_data SET block = zeroblob(20) WHERE id > 10",
     "full-text index"},
    {"erase-unfinished", "UPDATE library SET erase_pending = 1", "not yet wiped"},
};

static void test_damage(gconstpointer data)
{
    const struct damage *damage = data;
    struct fixture fixture;
    open_full(&fixture);
    fixture_spoil(&fixture, damage->sql);
    expect_finding(&fixture, false, damage->finding);
    expect_finding(&fixture, true, damage->finding);
    fixture_assert_clean(&fixture);
    fixture_reopen(&fixture);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* The FAISS file, well sealed, holds other vectors under the ids. */
static void test_other_vectors(void)
{
    struct fixture fixture;
    open_full(&fixture);
    /* Behind the back of the triggers: same ids, same generation, other numbers. */
    fixture_spoil(&fixture, "DROP TRIGGER vectors_update;"
                            "UPDATE vectors SET vector = (SELECT vector FROM vectors v"
                            " WHERE v.id <> vectors.id LIMIT 1) WHERE id = 2;"
                            "CREATE TRIGGER vectors_update BEFORE UPDATE ON vectors BEGIN"
                            " SELECT raise(ABORT, 'vectors are never changed'); END;");
    expect_finding(&fixture, false, "1 different");
    expect_finding(&fixture, true, "1 different");
    fixture_assert_clean(&fixture);
    /* Ids: one that SQLite does not have, one that the file does not have. */
    fixture_spoil(&fixture, "DROP TRIGGER vectors_update;"
                            "UPDATE vectors SET id = 50 WHERE id = 2;"
                            "CREATE TRIGGER vectors_update BEFORE UPDATE ON vectors BEGIN"
                            " SELECT raise(ABORT, 'vectors are never changed'); END;");
    expect_finding(&fixture, true, "1 unknown");
    fixture_assert_clean(&fixture);
    fixture_spoil(&fixture, "DROP TRIGGER vectors_update;"
                            "UPDATE vectors SET id = 2 WHERE id = 50;"
                            "CREATE TRIGGER vectors_update BEFORE UPDATE ON vectors BEGIN"
                            " SELECT raise(ABORT, 'vectors are never changed'); END;");
    expect_finding(&fixture, true, "1 missing");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* An index of a table does not fit the table: SQLite's own check, and REINDEX. */
static void test_index_of_table(void)
{
    struct fixture fixture;
    open_full(&fixture);
    g_clear_pointer(&fixture.store, idx_close);
    fixture_spoil(&fixture, "PRAGMA writable_schema = ON; UPDATE sqlite_schema"
                            " SET sql = 'CREATE INDEX locations_state ON locations(size)'"
                            " WHERE name = 'locations_state';");
    fixture_reopen(&fixture);
    expect_finding(&fixture, false, "locations_state");
    expect_finding(&fixture, true, "locations_state");
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

/* Pages overwritten: every call gives an error or right rows; nothing crashes, doctor names it. */
static void test_damaged_pages(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);
    struct fixture fixture;
    fixture_open(&fixture);
    fixture_put1(&fixture, "/docs/a", "alpha");
    for (int i = 0; i < 60; i++) {
        g_autofree char *path = g_strdup_printf("/docs/n%d", i), *text = NULL;
        text = g_strnfill(900, (char)('a' + i % 26));
        fixture_put1(&fixture, path, text);
    }
    g_clear_pointer(&fixture.store, idx_close);
    g_autofree char *path = g_build_filename(fixture.dir, "library.db", NULL), *whole = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &whole, &n, NULL));
    int n_named = 0, n_found = 0;
    for (int i = 0; i < 40; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *bytes = g_memdup2(whole, n);
        gsize at = (gsize)g_rand_int_range(rand, 100, (gint32)n - 600);
        for (int j = 0; j < 600; j++)
            bytes[at + (gsize)j] = (char)g_rand_int(rand);
        g_assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
        IdxStore *store = idx_open(fixture.dir, NULL, 0, &error);
        if (store) {
            g_autoptr(GArray) hits =
                idx_search_text(store, (const char *const[]){"alpha", NULL}, NULL, 9, NULL, NULL);
            g_autoptr(GPtrArray) findings = idx_check(store, i % 2, &error);
            n_found += hits && hits->len == 1;
            n_named += findings ? findings->len > 0 : error->code == IDX_ERROR_CORRUPT;
        } else {
            n_named += error->code == IDX_ERROR_CORRUPT;
        }
        idx_close(store);
    }
    /* Some blows hit nothing but free space, or the inside of a text. */
    g_test_message("%d of 40 named, %d searched all the same", n_named, n_found);
    g_assert_cmpint(n_named, >=, 10);
    g_assert_true(g_file_set_contents(path, whole, (gssize)n, NULL));
    fixture_reopen(&fixture);
    fixture_assert_clean(&fixture);
    fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autofree char *path = g_strconcat("/index/check/", damages[i].name, NULL);
        g_test_add_data_func(path, &damages[i], test_damage);
    }
    g_test_add_func("/index/check/other-vectors", test_other_vectors);
    g_test_add_func("/index/check/index-of-table", test_index_of_table);
    g_test_add_func("/index/check/damaged-pages", test_damaged_pages);
    return g_test_run();
}
