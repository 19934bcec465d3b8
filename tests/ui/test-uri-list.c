/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of dropped and pasted files, and the sentence that counts them. One stream behaves as GTK
 * 4.8's of an X11 selection does: a read that is started from the callback of the one before is
 * forgotten.
 */
#include "tests/app/loop-watch.h"
#include "tests/app/services.h"
#include "ui/file-count.h"
#include "ui/uri-list.h"

#include <glib/gstdio.h>

/* --- a stream that forgets -------------------------------------------------------------------- */

#define TEST_TYPE_FORGETFUL (forgetful_get_type())
G_DECLARE_FINAL_TYPE(Forgetful, forgetful, TEST, FORGETFUL, GInputStream)
struct _Forgetful {
    GInputStream parent;
    const char *rest; /* what is still to come */
    void *buffer;
    gsize n;
    GTask *pending; /* (owned) */
};
G_DEFINE_FINAL_TYPE(Forgetful, forgetful, G_TYPE_INPUT_STREAM)

static gboolean feed(gpointer user_data)
{
    Forgetful *self = user_data;
    gsize n = self->pending ? MIN(self->n, strlen(self->rest)) : 0;

    if (!self->pending)
        return G_SOURCE_CONTINUE;
    memcpy(self->buffer, self->rest, n);
    self->rest += n;
    g_task_return_int(self->pending, (gssize)n); /* may call back at once … */
    g_clear_object(&self->pending);              /* … and this forgets what was asked for there */
    return n ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void forgetful_read_async(GInputStream *stream, void *buffer, gsize count, int priority,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
    Forgetful *self = TEST_FORGETFUL(stream);

    self->buffer = buffer;
    self->n = count;
    self->pending = g_task_new(self, cancellable, callback, user_data);
}

static gssize forgetful_read_finish(GInputStream *stream, GAsyncResult *result, GError **error)
{
    return g_task_propagate_int(G_TASK(result), error);
}

static void forgetful_class_init(ForgetfulClass *class)
{
    G_INPUT_STREAM_CLASS(class)->read_async = forgetful_read_async;
    G_INPUT_STREAM_CLASS(class)->read_finish = forgetful_read_finish;
}

static void forgetful_init(Forgetful *self)
{
}

/* --- lists ------------------------------------------------------------------------------------ */

static GPtrArray *read_stream(GInputStream *stream, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    lec_uri_list_read_async(stream, NULL, services_on_result, &result);
    UNTIL(result);
    return lec_uri_list_read_finish(result, error);
}

static GPtrArray *read_text(const char *text, gssize n, GError **error)
{
    g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data(text, n, NULL);
    return read_stream(stream, error);
}

static void assert_path(GPtrArray *files, guint i, const char *path)
{
    g_autofree char *got = g_file_get_path(files->pdata[i]);
    g_assert_cmpstr(got, ==, path);
}

static void test_lines(void)
{
    static const char text[] = "# a comment\r\nfile:///home/ada/a%20b.txt\r\n\r\n"
                               "smb://server/share/c.pdf\nfile:///home/ada/d";
    g_autoptr(GPtrArray) files = read_text(text, -1, NULL);
    g_autoptr(GPtrArray) zero = read_text("file:///a\r\n\0", 12, NULL);
    g_autoptr(GPtrArray) none = read_text("", 0, NULL);

    g_assert_cmpuint(files->len, ==, 3);
    assert_path(files, 0, "/home/ada/a b.txt");
    assert_path(files, 2, "/home/ada/d");
    g_assert_false(g_file_is_native(files->pdata[1]));
    g_assert_cmpuint(zero->len, ==, 1);
    assert_path(zero, 0, "/a");
    g_assert_cmpuint(none->len, ==, 0);
}

static char *many(guint n)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < n; i++)
        g_string_append_printf(text, "file:///home/ada/documents/letters/letter-%05u.txt\r\n", i);
    return g_string_free(text, FALSE);
}

/* In pieces, none of which holds the main loop. */
static void test_many(void)
{
    g_autofree char *text = many(10000);
    g_autoptr(GPtrArray) files = NULL;

    loop_watch_start();
    files = read_text(text, -1, NULL);
    g_assert_cmpuint(files->len, ==, 10000);
    assert_path(files, 9999, "/home/ada/documents/letters/letter-09999.txt");
    g_test_message("worst turn of the main loop: %.1f ms", loop_watch_worst_ms());
    g_assert_cmpfloat(loop_watch_worst_ms(), <=, 8);
    loop_watch_stop();
}

static void test_forgetful(void)
{
    g_autofree char *text = many(3000);
    g_autoptr(Forgetful) stream = g_object_new(TEST_TYPE_FORGETFUL, NULL);
    guint source = g_timeout_add(1, feed, stream);
    g_autoptr(GPtrArray) files = NULL;

    stream->rest = text;
    files = read_stream(G_INPUT_STREAM(stream), NULL);
    g_assert_cmpuint(files->len, ==, 3000);
    if (g_main_context_find_source_by_id(NULL, source))
        g_source_remove(source);
}

static void test_too_long(void)
{
    g_autofree char *text = many(LEC_URI_LIST_MAX_BYTES / 50);
    g_autoptr(GError) error = NULL;

    g_assert_null(read_text(text, -1, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

/* --- counting --------------------------------------------------------------------------------- */

static void assert_sentence(GPtrArray *files, const char *sentence)
{
    g_autoptr(LecFileCount) count = lec_file_count_new(files);
    g_autofree char *got = NULL;

    services_wait(0.3);
    got = lec_file_count_sentence(count);
    g_assert_cmpstr(got, ==, sentence);
    lec_file_count_cancel(count);
}

static void test_count(void)
{
    struct services services = {0};
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_object_unref);

    services_start(&services);
    g_ptr_array_add(files, g_file_new_for_uri("smb://server/share/c.pdf"));
    assert_sentence(files, "Only files on this computer can be added");
    g_free(services_write(&services, "a.txt", "a"));
    g_free(services_write(&services, "b.txt", "b"));
    g_free(services_write(&services, ".hidden", "c"));
    g_ptr_array_add(files, g_file_new_for_path(services.docs));
    assert_sentence(files, "Add 1 folder, 2 files");
    g_ptr_array_add(files, g_file_new_build_filename(services.docs, "a.txt", NULL));
    assert_sentence(files, "Add 1 folder, 3 files");
    for (int i = 0; i < 1000; i++)
        g_ptr_array_add(files, g_file_new_for_path("/nowhere"));
    assert_sentence(files, "Add 1003 files and folders");
    services_end(&services);
}

int main(int argc, char **argv)
{
    services_init(&argc, &argv);
    g_test_add_func("/uri-list/lines", test_lines);
    g_test_add_func("/uri-list/many", test_many);
    g_test_add_func("/uri-list/forgetful", test_forgetful);
    g_test_add_func("/uri-list/too-long", test_too_long);
    g_test_add_func("/file-count/sentence", test_count);
    return g_test_run();
}
