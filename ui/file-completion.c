/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The word that begins with "@" and ends at the cursor is looked up among the file names of the
 * library. The popover takes no focus: typing goes on, and Up, Down, Enter, Tab and Esc are its own
 * while it is there. A newer word cancels the older question, so that answers never come out of
 * order.
 */
#include "ui/file-completion.h"
#include "app/library-queries.h"
#include "ui/picker-row.h"
#include <glib/gi18n.h>

#define MAX_ROWS 8

struct _LecFileCompletion {
    GtkPopover parent;
    GtkTextView *view; /* (borrowed) the popover's parent */
    GtkListBox *list;
    LecLibrary *library;       /* (owned) */
    GCancellable *cancellable; /* (owned) */
    GtkEventController *keys;  /* (borrowed) of view */
};

G_DEFINE_FINAL_TYPE(LecFileCompletion, lec_file_completion, GTK_TYPE_POPOVER)

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

void lec_file_completion_set_library(LecFileCompletion *self, LecLibrary *library)
{
    g_return_if_fail(LEC_IS_FILE_COMPLETION(self));
    g_set_object(&self->library, library);
}

/* *start is before the "@" of the word at the cursor; FALSE: there is none. */
static gboolean word_at_cursor(LecFileCompletion *self, GtkTextIter *start, GtkTextIter *end)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);

    gtk_text_buffer_get_iter_at_mark(buffer, end, gtk_text_buffer_get_insert(buffer));
    *start = *end;
    while (gtk_text_iter_backward_char(start)) {
        gunichar c = gtk_text_iter_get_char(start);
        GtkTextIter before = *start;

        if (g_unichar_isspace(c))
            return FALSE;
        if (c == '@')
            return !gtk_text_iter_backward_char(&before) ||
                   g_unichar_isspace(gtk_text_iter_get_char(&before));
    }
    return FALSE;
}

static void hide(LecFileCompletion *self)
{
    g_cancellable_cancel(self->cancellable);
    gtk_popover_popdown(GTK_POPOVER(self));
}

static void point_at(LecFileCompletion *self, const GtkTextIter *word)
{
    GdkRectangle place;

    gtk_text_view_get_iter_location(self->view, word, &place);
    gtk_text_view_buffer_to_window_coords(self->view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y,
                                          &place.x, &place.y);
    gtk_popover_set_pointing_to(GTK_POPOVER(self), &place);
}

static void on_documents(GObject *library, GAsyncResult *result, gpointer data)
{
    LecFileCompletion *self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) documents =
        lec_library_documents_finish(LEC_LIBRARY(library), result, &error);
    GtkTextIter start, end;
    GtkWidget *row;

    if (!documents)
        return; /* cancelled by a newer word, or the library cannot be read */
    while ((row = gtk_widget_get_first_child(GTK_WIDGET(self->list))))
        gtk_list_box_remove(self->list, row);
    for (guint i = 0; i < documents->len; i++) {
        const struct rag_document *document = documents->pdata[i];
        g_autofree char *name = g_filename_display_basename(document->path);
        g_autofree char *folder = g_path_get_dirname(document->path);
        g_autofree char *folder_name = g_filename_display_basename(folder);
        g_autoptr(GFile) file = g_file_new_for_path(document->path);

        gtk_list_box_append(
            self->list, GTK_WIDGET(lec_picker_row_new(name, folder_name, FALSE, G_OBJECT(file))));
    }
    if (!documents->len || !word_at_cursor(self, &start, &end)) {
        hide(self);
        return;
    }
    gtk_list_box_select_row(self->list, gtk_list_box_get_row_at_index(self->list, 0));
    point_at(self, &start);
    gtk_popover_popup(GTK_POPOVER(self));
}

static void on_typed(LecFileCompletion *self)
{
    struct rag_document_filter filter = {
        .size = sizeof filter, .states = 1 << RAG_READY, .order = RAG_BY_NAME};
    GtkTextIter start, end;
    g_autofree char *words = NULL;

    if (!self->library || !word_at_cursor(self, &start, &end)) {
        hide(self);
        return;
    }
    gtk_text_iter_forward_char(&start);
    words = gtk_text_iter_get_text(&start, &end);
    filter.words = *words ? words : NULL;
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    self->cancellable = g_cancellable_new();
    lec_library_documents_async(self->library, &filter, 0, MAX_ROWS, self->cancellable,
                                on_documents, self);
}

static void choose(LecFileCompletion *self, GtkListBoxRow *row)
{
    g_autoptr(GFile) file = g_object_ref(G_FILE(lec_picker_row_get_item(LEC_PICKER_ROW(row))));
    GtkTextIter start, end;

    if (word_at_cursor(self, &start, &end))
        gtk_text_buffer_delete(gtk_text_view_get_buffer(self->view), &start, &end);
    hide(self);
    g_signal_emit(self, signals[CHOSEN], 0, g_file_peek_path(file));
}

static void on_row_activated(LecFileCompletion *self, GtkListBoxRow *row)
{
    choose(self, row);
}

static gboolean on_key(LecFileCompletion *self, guint key)
{
    GtkListBoxRow *row = gtk_list_box_get_selected_row(self->list);
    GtkListBoxRow *next;

    if (!gtk_widget_get_visible(GTK_WIDGET(self)) || !row)
        return GDK_EVENT_PROPAGATE;
    switch (key) {
    case GDK_KEY_Escape:
        hide(self);
        return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
        next = gtk_list_box_get_row_at_index(self->list, gtk_list_box_row_get_index(row) +
                                                             (key == GDK_KEY_Down ? 1 : -1));
        if (next)
            gtk_list_box_select_row(self->list, next);
        return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
    case GDK_KEY_Tab:
        choose(self, row);
        return GDK_EVENT_STOP;
    default:
        return GDK_EVENT_PROPAGATE;
    }
}

LecFileCompletion *lec_file_completion_new(GtkTextView *view)
{
    LecFileCompletion *self = g_object_new(LEC_TYPE_FILE_COMPLETION, NULL);

    self->view = view;
    gtk_widget_set_parent(GTK_WIDGET(self), GTK_WIDGET(view));
    g_signal_connect_object(gtk_text_view_get_buffer(view), "notify::cursor-position",
                            G_CALLBACK(on_typed), self, G_CONNECT_SWAPPED);
    /* added last, it sees a key before the view's other controllers */
    self->keys = gtk_event_controller_key_new();
    gtk_event_controller_set_propagation_phase(self->keys, GTK_PHASE_CAPTURE);
    g_signal_connect_object(self->keys, "key-pressed", G_CALLBACK(on_key), self, G_CONNECT_SWAPPED);
    gtk_widget_add_controller(GTK_WIDGET(view), self->keys);
    return self;
}

void lec_file_completion_detach(LecFileCompletion *self)
{
    g_return_if_fail(LEC_IS_FILE_COMPLETION(self));
    gtk_widget_remove_controller(GTK_WIDGET(self->view), self->keys);
    gtk_widget_unparent(GTK_WIDGET(self));
}

static void lec_file_completion_dispose(GObject *object)
{
    LecFileCompletion *self = LEC_FILE_COMPLETION(object);

    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->library);
    G_OBJECT_CLASS(lec_file_completion_parent_class)->dispose(object);
}

static void lec_file_completion_finalize(GObject *object)
{
    g_object_unref(LEC_FILE_COMPLETION(object)->cancellable);
    G_OBJECT_CLASS(lec_file_completion_parent_class)->finalize(object);
}

static void lec_file_completion_class_init(LecFileCompletionClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_file_completion_dispose;
    G_OBJECT_CLASS(class)->finalize = lec_file_completion_finalize;
    signals[CHOSEN] = g_signal_new("chosen", LEC_TYPE_FILE_COMPLETION, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/file-completion.ui");
    gtk_widget_class_bind_template_child(widget_class, LecFileCompletion, list);
    gtk_widget_class_bind_template_callback(widget_class, on_row_activated);
}

static void lec_file_completion_init(LecFileCompletion *self)
{
    self->cancellable = g_cancellable_new();
    gtk_widget_init_template(GTK_WIDGET(self));
}
