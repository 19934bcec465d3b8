/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parent makes of a child that crashes, hangs, eats memory or lies, and of files that are
 * none. argv[1]: the reader; argv[3]: the one that plays these parts (bad-reader.c).
 */
#include "config.h"
#include "rag/reader-process.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *reader, *bad_reader;
static char *folder, *document; /* a small text file */

static void count_block(void *data, const struct rag_block *block)
{
    ++*(int *)data;
}

/* Reads `path` with a child that plays `part` (NULL: the real reader). */
static struct rag_read_result read_with(const char *path, const char *part, int timeout,
                                        int *n_blocks, GCancellable *cancellable, GError **error)
{
    int ignored = 0;
    struct rag_read_result result;
    struct rag_read_options options = {
        .reader_argv = part ? (const char *[]){bad_reader, part, NULL}
                            : (const char *[]){reader, LECTERN_VERSION " " LECTERN_COMMIT, NULL},
        .timeout_seconds = timeout,
        .memory_bytes = 256 << 20,
        .max_bytes = 1000000,
        .on_block = count_block,
        .data = n_blocks ? n_blocks : &ignored,
    };
    rag_read_file(path, &options, &result, cancellable, error);
    return result;
}

static void expect(const char *path, const char *part, enum rag_read_outcome outcome,
                   const char *reason)
{
    g_autoptr(GError) error = NULL;
    bool waits = part && (strcmp(part, "--hang") == 0 || strcmp(part, "--flood") == 0);
    struct rag_read_result result = read_with(path, part, waits ? 1 : 20, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(result.outcome, ==, outcome);
    if (!reason || !result.reason || !strstr(result.reason, reason))
        g_assert_cmpstr(result.reason, ==, reason);
    rag_read_result_clear(&result);
}

static void test_real(void)
{
    int n_blocks = 0;
    struct rag_read_result result = read_with(document, NULL, 20, &n_blocks, NULL, NULL);
    g_assert_cmpint(result.outcome, ==, RAG_READ_OK);
    g_assert_cmpint(n_blocks, ==, 2);
    g_assert_cmpstr(result.title, ==, "Title");
    g_assert_cmpstr(result.format, ==, "text");
    g_assert_cmpstr(result.hash, ==,
                    "d03205299e9423ed8c708349ea19ca14e58ebf9417f7ff53f94c08071cf91220");
    rag_read_result_clear(&result);
}

static void test_misbehaviour(void)
{
    expect(document, "--crash", RAG_READ_FAILED, "The reader crashed on this file");
    expect(document, "--abort", RAG_READ_FAILED, "The reader gave up on this file");
#ifndef __SANITIZE_ADDRESS__ /* there is no limit of address space then (confine.c) */
    expect(document, "--memory", RAG_READ_FAILED, "The reader gave up on this file");
#endif
    expect(document, "--garbage", RAG_READ_FAILED, "The reader sent something");
    expect(document, "--flood", RAG_READ_FAILED, "took longer than 1 seconds");
    expect(document, "--silent", RAG_READ_FAILED, "The reader ended without a result");
    expect(document, "--hang", RAG_READ_FAILED, "took longer than 1 seconds");
}

/* A child that closes the stream and stays is not waited for. */
static void test_close(void)
{
    gint64 start = g_get_monotonic_time();
    expect(document, "--close", RAG_READ_FAILED, "was stopped");
    g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

static gpointer cancel_soon(gpointer data)
{
    g_usleep(100000);
    g_cancellable_cancel(data);
    return NULL;
}

static void test_cancel(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
    gint64 start = g_get_monotonic_time();
    struct rag_read_result result = read_with(document, "--hang", 60, NULL, cancellable, &error);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
    rag_read_result_clear(&result);
    g_thread_join(thread);
}

static char *in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void test_no_files(void)
{
    g_autofree char *fifo = in_folder("fifo"), *link = in_folder("link"), *loop = in_folder("loop");
    g_autofree char *none = in_folder("none"), *empty = in_folder("empty"), *big = in_folder("big");
    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    g_assert_cmpint(symlink("none", link), ==, 0);
    g_assert_cmpint(symlink("loop", loop), ==, 0);
    g_assert_true(g_file_set_contents(empty, "", 0, NULL));
    g_assert_true(g_file_set_contents(big, "x", 1, NULL));
    g_assert_cmpint(truncate(big, 2000000), ==, 0);
    expect(fifo, NULL, RAG_READ_SKIPPED, "This is a named pipe, not a file.");
    expect("/dev/zero", NULL, RAG_READ_SKIPPED, "This is a device, not a file.");
    expect(folder, NULL, RAG_READ_SKIPPED, "This is a folder, not a file.");
    expect(link, NULL, RAG_READ_FAILED, "The link points to a file that is not there.");
    expect(loop, NULL, RAG_READ_FAILED, "The link leads back to itself.");
    expect(none, NULL, RAG_READ_GONE, "The file is not there any more.");
    expect(empty, NULL, RAG_READ_SKIPPED, "The file is empty.");
    expect(big, NULL, RAG_READ_SKIPPED, "The file has 2 MB, more than the limit of 1 MB.");
}

/* Someone writes to the file while the child has it. */
static gpointer change_soon(gpointer path)
{
    g_usleep(200000);
    FILE *file = fopen(path, "a");
    fputs("more\n", file);
    fclose(file);
    return NULL;
}

static void test_changed(void)
{
    g_autofree char *path = in_folder("changing.txt");
    g_assert_true(g_file_set_contents(path, "Some text.\n", -1, NULL));
    GThread *thread = g_thread_new("change", change_soon, path);
    expect(path, "--hang", RAG_READ_LATER, "The file changed while it was read");
    g_thread_join(thread);
}

static void test_no_program(void)
{
    g_autoptr(GError) error = NULL;
    struct rag_read_result result;
    struct rag_read_options options = {
        .reader_argv = (const char *[]){"/no/such/reader", NULL},
        .timeout_seconds = 5,
        .memory_bytes = 256 << 20,
        .max_bytes = 1000000,
    };
    g_assert_false(rag_read_file(document, &options, &result, NULL, &error));
    g_assert_error(error, RAG_ERROR, RAG_ERROR_FAILED);
    rag_read_result_clear(&result);
}

/* A reader of another version is no fault of the document. */
static void test_versions(void)
{
    static const char *const versions[] = {"0.0.1 other", "", LECTERN_VERSION};
    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(GError) error = NULL;
        struct rag_read_result result;
        struct rag_read_options options = {
            .reader_argv = (const char *[]){reader, versions[i], NULL},
            .timeout_seconds = 5,
            .memory_bytes = 256 << 20,
            .max_bytes = 1000000,
        };
        g_assert_false(rag_read_file(document, &options, &result, NULL, &error));
        g_assert_error(error, RAG_ERROR, RAG_ERROR_FAILED);
        g_assert_cmpstr(error->message, ==,
                        "Lectern has been updated while it ran: start it again.");
        rag_read_result_clear(&result);
    }
}

static void test_no_descriptor_leaks(void)
{
    int before = dup(0);
    close(before);
    for (int i = 0; i < 3; i++) {
        expect(document, "--crash", RAG_READ_FAILED, "The reader crashed");
        expect("/dev/zero", NULL, RAG_READ_SKIPPED, "This is a device");
    }
    int after = dup(0);
    close(after);
    g_assert_cmpint(after, ==, before);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >=, 4);
    reader = argv[1];
    bad_reader = argv[3];
    folder = g_dir_make_tmp("lectern-reader-XXXXXX", NULL);
    document = in_folder("document.txt");
    g_assert_true(g_file_set_contents(document, "Title\n=====\n\nSome text.\n", -1, NULL));
    g_test_add_func("/rag/reader-process/real", test_real);
    g_test_add_func("/rag/reader-process/misbehaviour", test_misbehaviour);
    g_test_add_func("/rag/reader-process/close", test_close);
    g_test_add_func("/rag/reader-process/cancel", test_cancel);
    g_test_add_func("/rag/reader-process/no-files", test_no_files);
    g_test_add_func("/rag/reader-process/changed", test_changed);
    g_test_add_func("/rag/reader-process/no-program", test_no_program);
    g_test_add_func("/rag/reader-process/versions", test_versions);
    g_test_add_func("/rag/reader-process/descriptors", test_no_descriptor_leaks);
    int rc = g_test_run();
    static const char *const names[] = {"fifo", "link",         "loop",        "empty",
                                        "big",  "changing.txt", "document.txt"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = in_folder(names[i]);
        g_remove(path);
    }
    g_rmdir(folder);
    g_free(document);
    g_free(folder);
    return rc;
}
