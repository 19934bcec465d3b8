/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rag_index on real folders, with the real reader child and a fake embedder. argv[1]: the child.
 */
#include "rag/library.h"

#include "fake-engine.h"
#include "index/find.h"
#include "place.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_life(struct place *place, gconstpointer data)
{
    g_autoptr(RagLibrary) library = open_library(place);
    FILE_IN(place, "a.txt", "The quick brown aardvark jumps over the fence.\n");
    FILE_IN(place, "deep/b.md", "# Birds\n\nThe bustard is a large bird.\n");
    FILE_IN(place, "c.html", "<h1>Cats</h1><p>The caracal is a cat of dry lands.</p>");
    FILE_IN(place, ".hidden.txt", "A hidden hippo.");
    FILE_IN(place, "node_modules/x.txt", "A modular mole.");
    struct rag_index_result result = index_documents(place, library);
    g_assert_cmpint(result.n_new, ==, 3);
    g_assert_cmpint(result.n_ready, ==, 3);
    g_assert_cmpint(result.n_passages, ==, 3);
    g_assert_cmpint(result.n_embedded, ==, 3);
    rag_index_result_clear(&result);
    g_assert_cmpuint(n_found(library, "bustard"), ==, 1);
    g_assert_cmpuint(n_found(library, "hippo"), ==, 0);
    g_assert_cmpuint(n_found(library, "mole"), ==, 0);

    result = index_documents(place, library); /* again: nothing to do */
    g_assert_cmpint(result.n_same, ==, 3);
    g_assert_cmpint(result.n_new + result.n_changed + result.n_passages + result.n_embedded, ==, 0);
    rag_index_result_clear(&result);

    FILE_IN(place, "a.txt", "A slow aardwolf, and that is another animal.\n"); /* changed */
    g_autofree char *c = file(place, "c.html", NULL);
    g_remove(c); /* deleted */
    g_autofree char *b = file(place, "deep/b.md", NULL), *moved = file(place, "moved.md", NULL);
    g_assert_cmpint(g_rename(b, moved), ==, 0); /* moved: not embedded again */
    result = index_documents(place, library);
    g_assert_cmpint(result.n_changed, ==, 1);
    g_assert_cmpint(result.n_removed, ==, 2);
    g_assert_cmpint(result.n_embedded, ==, 1);
    g_assert_cmpint(result.n_ready, ==, 2);
    rag_index_result_clear(&result);
    g_assert_cmpuint(n_found(library, "aardvark"), ==, 0);
    g_assert_cmpuint(n_found(library, "aardwolf"), ==, 1);
    g_assert_cmpuint(n_found(library, "caracal"), ==, 0);
    g_assert_cmpuint(n_found(library, "bustard"), ==, 1);
    assert_sound(library);
}

static void test_bad_files(struct place *place, gconstpointer data)
{
    g_autoptr(RagLibrary) library = open_library(place);
    g_autofree char *fifo = file(place, "pipe.txt", NULL);
    g_autofree char *dangling = file(place, "dangling.txt", NULL);
    g_autofree char *loop = file(place, "loop.txt", NULL);
    g_autofree char *up = file(place, "up", NULL), *junk = file(place, "junk.txt", NULL);
    FILE_IN(place, "good.txt", "A good gnu stands here among the bad.\n");
    FILE_IN(place, "empty.txt", "");
    FILE_IN(place, "truncated.pdf", "%PDF-1.4\n1 0 obj\n<< /Type /Cat");
    FILE_IN(place, "picture.png", "\x89PNG");
    FILE_IN(place, "letter.docx", "PK\x03\x04");
    FILE_IN(place, "blank.txt", " \n\n\t\n");
    FILE_IN(place, "bad-utf8.txt",
            "The gazelle \xff\xfe runs, caf\xc3\xa9 in sight, \xc3\xa9t\xc3\xa9"
            " and \xc3\xa9l\xc3\xa9"
            "gance, na\xc3\xafve, \xc3\xa0 la"
            " carte, d\xc3\xa9j\xc3\xa0 vu, cr\xc3\xa8me br\xc3\xbbl\xc3\xa9"
            "e, p\xc3\xa2t\xc3\xa9, fianc\xc3\xa9, r\xc3\xa9sum\xc3\xa9, "
            "touch\xc3\xa9, \xc3\xa9lan, \xc3\xa9"
            "clair.\n");
    guint8 bytes[5000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (guint8)(i * 2654435761u >> 13);
    g_assert_true(g_file_set_contents(junk, (char *)bytes, sizeof bytes, NULL));
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink("nowhere", dangling), ==, 0);
    g_assert_cmpint(symlink("loop.txt", loop), ==, 0);
    g_assert_cmpint(symlink(place->top, up), ==, 0);
    struct rag_index_result result =
        index_paths(library, (const char *[]){place->documents, "/there/is/no/such"}, 2);
    g_assert_cmpint(result.n_ready, ==, 2);
    g_assert_cmpstr(reason_of(&result, "empty.txt"), ==, "The file is empty.");
    g_assert_cmpstr(reason_of(&result, "junk.txt"), ==,
                    "This is not text, nor a format that can be read.");
    g_assert_cmpstr(reason_of(&result, "truncated.pdf"), ==,
                    "The PDF is damaged or cut off and cannot be opened; get it again.");
    g_assert_cmpstr(reason_of(&result, "picture.png"), ==, "Pictures cannot be read.");
    g_assert_cmpstr(reason_of(&result, "letter.docx"), ==,
                    "Word-processor documents cannot be read yet.");
    g_assert_cmpstr(reason_of(&result, "blank.txt"), ==, "The file has no text.");
    g_assert_cmpstr(reason_of(&result, "pipe.txt"), ==, "This is a named pipe, not a file.");
    g_assert_cmpstr(reason_of(&result, "dangling.txt"), ==,
                    "The link points to a file that is not there.");
    g_assert_cmpstr(reason_of(&result, "loop.txt"), ==, "The link leads back to itself.");
    g_assert_cmpstr(reason_of(&result, "up"), ==,
                    "This is a link to a folder; add the folder itself to have it read.");
    g_assert_cmpstr(reason_of(&result, "/there/is/no/such"), ==,
                    "There is no such file or folder; check how its name is written.");
    rag_index_result_clear(&result);
    g_assert_cmpuint(n_found(library, "gnu"), ==, 1);
    g_assert_cmpuint(n_found(library, "gazelle"), ==, 1);
    assert_sound(library);
}

static void test_offline(struct place *place, gconstpointer data)
{
    g_autoptr(RagLibrary) library = open_library(place);
    g_autofree char *away = g_build_filename(place->top, "away", NULL);
    g_autofree char *only G_GNUC_UNUSED =
        file(place, "ibis.txt", "The ibis wades in the shallow water.\n");
    struct rag_index_result result = index_documents(place, library);
    rag_index_result_clear(&result);

    g_assert_cmpint(g_rename(place->documents, away), ==, 0); /* the disk is not plugged in … */
    result = index_paths(library, NULL, 0);
    g_assert_cmpint(result.n_removed, ==, 0);
    rag_index_result_clear(&result);
    g_assert_cmpuint(n_found(library, "ibis"), ==, 1);

    g_assert_cmpint(g_mkdir(place->documents, 0700), ==, 0); /* … its mount point is empty … */
    result = index_paths(library, NULL, 0);
    g_assert_cmpint(result.n_removed, ==, 0);
    rag_index_result_clear(&result);
    struct rag_status status;
    g_assert_true(rag_status(library, &status, NULL));
    g_assert_cmpint(status.offline, ==, 1);
    rag_status_clear(&status);

    g_rmdir(place->documents); /* … or a link to where it was … */
    g_assert_cmpint(symlink("/there/is/no/such", place->documents), ==, 0);
    result = index_paths(library, NULL, 0);
    g_assert_cmpint(result.n_removed, ==, 0);
    rag_index_result_clear(&result);
    g_assert_cmpuint(n_found(library, "ibis"), ==, 1);

    g_unlink(place->documents); /* … and it comes back */
    g_assert_cmpint(g_rename(away, place->documents), ==, 0);
    result = index_paths(library, NULL, 0);
    g_assert_cmpint(result.n_same, ==, 1);
    g_assert_cmpint(result.n_ready, ==, 1);
    rag_index_result_clear(&result);
    assert_sound(library);
}

static void test_forget(struct place *place, gconstpointer data)
{
    g_autoptr(RagLibrary) library = open_library(place);
    g_autofree char *path = file(place, "okapi.txt", "The okapi lives in the forest.\n");
    FILE_IN(place, "other.txt", "The otter lives in the river.\n");
    struct rag_index_result result = index_documents(place, library);
    rag_index_result_clear(&result);
    g_assert_cmpint(rag_forget(library, path, NULL), ==, 1);
    g_assert_cmpuint(n_found(library, "okapi"), ==, 0);
    result = index_documents(place, library); /* the rescan does not bring it back */
    g_assert_cmpint(result.n_ready, ==, 1);
    rag_index_result_clear(&result);
    g_assert_cmpuint(n_found(library, "okapi"), ==, 0);
    assert_sound(library);
}

/* A long document and many short ones: batches are full all the same. */
static size_t largest_batch, n_batches;
static void note_batch(size_t n)
{
    largest_batch = MAX(largest_batch, n);
    n_batches += n > 0;
}

static void test_batches(struct place *place, gconstpointer data)
{
    g_autoptr(RagLibrary) library = open_library(place);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 6000; i++)
        g_string_append_printf(text, "Sentence number %d says nothing of weight at all.%s", i,
                               i % 10 ? " " : "\n\n");
    FILE_IN(place, "long.txt", text->str);
    for (int i = 0; i < 40; i++) {
        g_autofree char *name = g_strdup_printf("short-%d.txt", i);
        g_autofree char *line = g_strdup_printf("Short document %d.\n", i);
        FILE_IN(place, name, line);
    }
    largest_batch = n_batches = 0;
    fake_engine_on_embed = note_batch;
    struct rag_index_result result = index_documents(place, library);
    fake_engine_on_embed = NULL;
    g_assert_cmpint(result.n_embedded, ==, result.n_passages);
    g_assert_cmpint(result.n_passages, >, 200);
    g_assert_cmpuint(largest_batch, ==, 64);
    g_assert_cmpuint(n_batches, <=, (size_t)result.n_passages / 64 + 2);
    rag_index_result_clear(&result);
    assert_sound(library);
}

/* Cancelled in the middle of embedding: what is done stays, the rest is done by the next call. */
static GCancellable *to_cancel;
static void cancel_second_batch(size_t n)
{
    if (++n_batches == 2)
        g_cancellable_cancel(to_cancel);
}

static void test_cancel(struct place *place, gconstpointer data)
{
    g_autoptr(RagLibrary) library = open_library(place);
    g_autoptr(GError) error = NULL;
    g_autoptr(GCancellable) cancellable = to_cancel = g_cancellable_new();
    struct rag_index_result result;
    for (int i = 0; i < 150; i++) {
        g_autofree char *name = g_strdup_printf("%d.txt", i);
        g_autofree char *line = g_strdup_printf("Document number %d.\n", i);
        FILE_IN(place, name, line);
    }
    n_batches = 0;
    fake_engine_on_embed = cancel_second_batch;
    g_assert_false(rag_index(library, (const char *[]){place->documents}, 1, NULL, &result,
                             cancellable, &error));
    fake_engine_on_embed = NULL;
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    result = index_documents(place, library);
    g_assert_cmpint(result.n_ready, ==, 150);
    g_assert_cmpint(result.n_passages, ==, 0);
    g_assert_cmpint(result.n_embedded, ==, 150 - 64);
    rag_index_result_clear(&result);
    assert_sound(library);
}

/* A process killed at random moments: the next run ends the work, nothing is lost or doubled. Fewer
   kills than IDX_MAX_ATTEMPTS, for a file that is at work at each of so many is set aside. */
static void test_killed(struct place *place, gconstpointer data)
{
    for (int i = 0; i < 60; i++) {
        g_autofree char *name = g_strdup_printf("%d.txt", i);
        g_autofree char *line = g_strdup_printf("Document number %d.\n", i);
        FILE_IN(place, name, line);
    }
    rag_library_close(open_library(place));
    for (int round = 0; round < IDX_MAX_ATTEMPTS - 1; round++) {
        pid_t pid = fork();
        if (pid == 0) {
            RagLibrary *library = open_library(place);
            struct rag_index_result result = index_documents(place, library);
            rag_index_result_clear(&result);
            _exit(0);
        }
        g_usleep((gulong)g_test_rand_int_range(5000, 120000));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    g_autoptr(RagLibrary) library = open_library(place);
    struct rag_index_result result = index_documents(place, library);
    g_assert_cmpint(result.n_ready, ==, 60);
    rag_index_result_clear(&result);
    struct rag_status status;
    g_assert_true(rag_status(library, &status, NULL));
    g_assert_cmpint(status.contents, ==, 60);
    g_assert_cmpint(status.passages, ==, 60);
    g_assert_cmpint(status.embedded, ==, 60);
    rag_status_clear(&status);
    assert_sound(library);
}

/* Another process opens and closes the library all the while. SQLite's last connection to leave
   clears the log away: ours must not have lost the locks that tell it that we are there. */
static char *this_program;
static int n_visits;

static void visit(const struct rag_progress *progress, void *data)
{
    const struct place *place = data;
    g_autoptr(GError) error = NULL;
    char *argv[] = {this_program, (char *)"--visit", place->library, NULL};
    int status = -1;
    if (progress->phase != RAG_PHASE_READ || ++n_visits > 12)
        return;
    g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                 &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
}

static int visit_main(const char *dir)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RagLibrary) library = rag_library_open(
        &(struct rag_library_options){.size = sizeof(struct rag_library_options), .dir = dir},
        &error);
    struct rag_status status;
    if (!library || !rag_status(library, &status, &error))
        return 1;
    rag_status_clear(&status);
    return 0;
}

static void test_visited(struct place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    struct rag_index_result result;
    struct rag_index_options options = {
        .size = sizeof options, .on_progress = visit, .data = place};
    for (int i = 0; i < 30; i++) {
        g_autofree char *name = g_strdup_printf("%d.txt", i);
        g_autofree char *line = g_strdup_printf("Document number %d.\n", i);
        FILE_IN(place, name, line);
    }
    RagLibrary *library = open_library(place);
    g_assert_true(
        rag_index(library, (const char *[]){place->documents}, 1, &options, &result, NULL, &error));
    g_assert_no_error(error);
    rag_index_result_clear(&result);
    /* What another process sees while we are still there, and what is there when we are not. */
    g_autofree char *wal = g_build_filename(place->library, "library.db-wal", NULL);
    g_assert_true(g_file_test(wal, G_FILE_TEST_EXISTS));
    rag_library_close(library);
    library = open_library(place);
    struct rag_status status;
    g_assert_true(rag_status(library, &status, NULL));
    g_assert_cmpint(status.ready, ==, 30);
    g_assert_cmpint(status.embedded, ==, 30);
    rag_status_clear(&status);
    assert_sound(library);
    rag_library_close(library);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--visit") == 0)
        return visit_main(argv[2]);
    this_program = argv[0];
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >=, 2);
    place_reader = argv[1];
#define ADD(name, function) PLACE_TEST("/rag/ingest/" name, function)
    ADD("life", test_life);
    ADD("bad-files", test_bad_files);
    ADD("offline", test_offline);
    ADD("forget", test_forget);
    ADD("batches", test_batches);
    ADD("cancel", test_cancel);
    ADD("killed", test_killed);
    ADD("visited", test_visited);
    return g_test_run();
}
