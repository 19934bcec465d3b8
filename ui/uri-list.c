/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GDK can turn such a list into a GdkFileList, all of it in one turn of the main loop; 10,000 names
 * are tens of milliseconds of a window that stands still. Here the list is read in pieces, and a
 * piece is turned into files before the next one is asked for.
 *
 * The next one is asked for in another turn: GTK 4.8's stream of an X11 selection forgets a read
 * that is started from the callback of the read before (it clears the pending one after calling
 * back), and a list that comes in several pieces would never end.
 */
#include "ui/uri-list.h"
#include <glib/gi18n.h>

#define PIECE_BYTES (32 << 10) /* some 400 names, one or two milliseconds */

struct reading {
    GInputStream *stream; /* (owned) */
    GPtrArray *files;     /* (owned) of GFile */
    GString *rest;        /* (owned) a line that has not ended yet */
    gsize n_bytes;
};

static void reading_free(struct reading *reading)
{
    g_object_unref(reading->stream);
    g_clear_pointer(&reading->files, g_ptr_array_unref);
    g_string_free(reading->rest, TRUE);
    g_free(reading);
}

static void take_line(struct reading *reading, char *line)
{
    g_strstrip(line);
    if (*line && *line != '#') /* a comment */
        g_ptr_array_add(reading->files, g_file_new_for_uri(line));
}

/* Takes all lines of rest that have ended, or at_end what is left. */
static void take_lines(struct reading *reading, gboolean at_end)
{
    char *line = reading->rest->str, *end;

    while ((end = strchr(line, '\n'))) {
        *end = '\0';
        take_line(reading, line);
        line = end + 1;
    }
    if (at_end)
        take_line(reading, line);
    g_string_erase(reading->rest, 0, at_end ? -1 : line - reading->rest->str);
}

static void on_piece(GObject *stream, GAsyncResult *result, gpointer user_data);

static gboolean ask_piece(gpointer user_data)
{
    GTask *task = user_data;
    struct reading *reading = g_task_get_task_data(task);

    g_input_stream_read_bytes_async(reading->stream, PIECE_BYTES, G_PRIORITY_DEFAULT,
                                    g_task_get_cancellable(task), on_piece, g_object_ref(task));
    return G_SOURCE_REMOVE;
}

static void on_piece(GObject *stream, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    struct reading *reading = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(GBytes) piece =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(stream), result, &error);
    gsize n = piece ? g_bytes_get_size(piece) : 0;

    if (!piece) {
        g_task_return_error(task, error);
        return;
    }
    reading->n_bytes += n;
    if (reading->n_bytes > LEC_URI_LIST_MAX_BYTES) {
        g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                _("These are too many files at once: add the folder that they are "
                                  "in."));
        return;
    }
    /* a list that ends in a zero byte, as some programs send it, ends before it */
    g_string_append_len(reading->rest, g_bytes_get_data(piece, NULL),
                        n ? strnlen(g_bytes_get_data(piece, NULL), n) : 0);
    take_lines(reading, n == 0);
    if (n == 0)
        g_task_return_pointer(task, g_steal_pointer(&reading->files),
                              (GDestroyNotify)g_ptr_array_unref);
    else
        g_idle_add_full(G_PRIORITY_DEFAULT, ask_piece, g_object_ref(task), g_object_unref);
}

void lec_uri_list_read_async(GInputStream *stream, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    struct reading *reading;

    g_return_if_fail(G_IS_INPUT_STREAM(stream));

    task = g_task_new(NULL, cancellable, callback, user_data);
    reading = g_new0(struct reading, 1);
    reading->stream = g_object_ref(stream);
    reading->files = g_ptr_array_new_with_free_func(g_object_unref);
    reading->rest = g_string_new(NULL);
    g_task_set_source_tag(task, lec_uri_list_read_async);
    g_task_set_task_data(task, reading, (GDestroyNotify)reading_free);
    ask_piece(task);
}

GPtrArray *lec_uri_list_read_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(G_IS_TASK(result), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}
