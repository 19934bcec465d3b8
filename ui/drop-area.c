/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole window is the target, text fields included: a file dropped on the composer shall not
 * write its name there. So drops are taken on their way down, before a child sees them; drags
 * without files go on to the children.
 *
 * The list is read when the drag comes in, to count it, and used when it is dropped. A source that
 * gives it only at the drop is asked again then. One drag = one struct drag, which lives as long as
 * a reading of it.
 */
#include "ui/drop-area.h"
#include "ui/file-count.h"
#include "ui/uri-list.h"
#include <glib/gi18n.h>

struct _LecDropArea {
    AdwBin parent;

    GtkOverlay *overlay; /* (borrowed) of the template, as those below */
    GtkRevealer *revealer;
    GtkLabel *label;

    GdkDrop *drop;             /* (owned) what hovers, or was dropped and is still being read */
    GPtrArray *files;          /* (owned) of GFile, once they are read */
    LecFileCount *count;       /* (owned) */
    GCancellable *cancellable; /* (owned) of the reading */
    gboolean reading, dropped;
};

enum { PROP_CONTENT = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { DROPPED, REFUSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LecDropArea, lec_drop_area, ADW_TYPE_BIN)

static void start_reading(LecDropArea *self);

/* --- what is shown -----------------------------------------------------------------------------
 */

static void show_frame(LecDropArea *self, gboolean shown)
{
    if (shown)
        gtk_widget_set_visible(GTK_WIDGET(self->revealer), TRUE);
    gtk_revealer_set_reveal_child(self->revealer, shown);
}

static void on_faded(LecDropArea *self)
{
    if (!gtk_revealer_get_reveal_child(self->revealer))
        gtk_widget_set_visible(GTK_WIDGET(self->revealer), FALSE);
}

static void on_counted(LecDropArea *self)
{
    g_autofree char *sentence = lec_file_count_sentence(self->count);
    gtk_label_set_text(self->label, sentence);
}

/* --- one drag ----------------------------------------------------------------------------------
 */

static void forget_drag(LecDropArea *self)
{
    show_frame(self, FALSE);
    if (self->cancellable)
        g_cancellable_cancel(self->cancellable);
    if (self->count) {
        g_signal_handlers_disconnect_by_data(self->count, self);
        lec_file_count_cancel(self->count);
    }
    g_clear_object(&self->cancellable);
    g_clear_object(&self->count);
    g_clear_pointer(&self->files, g_ptr_array_unref);
    g_clear_object(&self->drop);
    self->reading = self->dropped = FALSE;
}

static void finish_drop(LecDropArea *self)
{
    g_autoptr(GPtrArray) files = g_steal_pointer(&self->files);

    gdk_drop_finish(self->drop, files ? GDK_ACTION_COPY : 0);
    forget_drag(self);
    if (files)
        g_signal_emit(self, signals[DROPPED], 0, files);
}

static void refuse(LecDropArea *self, const GError *error)
{
    g_autofree char *sentence =
        error->domain == G_IO_ERROR && error->code == G_IO_ERROR_INVALID_DATA
            ? g_strdup(error->message)
            : g_strdup_printf(_("What was dropped could not be read: %s"), error->message);

    finish_drop(self);
    g_signal_emit(self, signals[REFUSED], 0, sentence);
}

static void on_files(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecDropArea) self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) files = lec_uri_list_read_finish(result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* that drag has left */
    self->reading = FALSE;
    self->files = g_steal_pointer(&files);
    if (self->dropped && self->files) {
        finish_drop(self);
    } else if (self->dropped) {
        refuse(self, error);
    } else if (self->files) {
        self->count = lec_file_count_new(self->files);
        g_signal_connect_object(self->count, "notify::sentence", G_CALLBACK(on_counted), self,
                                G_CONNECT_SWAPPED);
        on_counted(self);
    }
}

static void on_stream(GObject *drop, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecDropArea) self = user_data;
    g_autoptr(GError) error = NULL;
    const char *mime_type;
    g_autoptr(GInputStream) stream =
        gdk_drop_read_finish(GDK_DROP(drop), result, &mime_type, &error);

    if (self->drop != GDK_DROP(drop))
        return;
    if (stream) {
        lec_uri_list_read_async(stream, self->cancellable, on_files, g_object_ref(self));
        return;
    }
    self->reading = FALSE;
    if (self->dropped)
        refuse(self, error);
}

static void start_reading(LecDropArea *self)
{
    static const char *mime_types[] = {LEC_URI_LIST_TYPE, NULL};

    self->reading = TRUE;
    gdk_drop_read_async(self->drop, mime_types, G_PRIORITY_DEFAULT, self->cancellable, on_stream,
                        g_object_ref(self));
}

/* --- events ------------------------------------------------------------------------------------
 */

static gboolean on_accept(LecDropArea *self, GdkDrop *drop)
{
    GdkContentFormats *formats = gdk_drop_get_formats(drop);

    return (gdk_drop_get_actions(drop) & GDK_ACTION_COPY) &&
           (gdk_content_formats_contain_mime_type(formats, LEC_URI_LIST_TYPE) ||
            gdk_content_formats_contain_gtype(formats, GDK_TYPE_FILE_LIST));
}

static GdkDragAction on_enter(LecDropArea *self, GdkDrop *drop)
{
    if (self->dropped) /* of a source that never gave its list */
        gdk_drop_finish(self->drop, 0);
    forget_drag(self);
    self->drop = g_object_ref(drop);
    self->cancellable = g_cancellable_new();
    gtk_label_set_text(self->label, _("Add to your documents"));
    show_frame(self, TRUE);
    start_reading(self);
    return GDK_ACTION_COPY;
}

static GdkDragAction on_motion(LecDropArea *self, GdkDrop *drop)
{
    return self->drop == drop ? GDK_ACTION_COPY : 0;
}

static void on_leave(LecDropArea *self, GdkDrop *drop)
{
    if (self->drop == drop && !self->dropped)
        forget_drag(self);
}

static gboolean on_drop(LecDropArea *self, GdkDrop *drop)
{
    if (self->drop != drop)
        on_enter(self, drop);
    self->dropped = TRUE;
    show_frame(self, FALSE);
    if (self->files)
        finish_drop(self);
    else if (!self->reading)
        start_reading(self);
    return TRUE;
}

/* --- life --------------------------------------------------------------------------------------
 */

static void lec_drop_area_set_property(GObject *object, guint id, const GValue *value,
                                       GParamSpec *pspec)
{
    LecDropArea *self = LEC_DROP_AREA(object);

    switch (id) {
    case PROP_CONTENT:
        gtk_overlay_set_child(self->overlay, g_value_get_object(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_drop_area_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecDropArea *self = LEC_DROP_AREA(object);

    switch (id) {
    case PROP_CONTENT:
        g_value_set_object(value, gtk_overlay_get_child(self->overlay));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_drop_area_dispose(GObject *object)
{
    LecDropArea *self = LEC_DROP_AREA(object);

    if (self->revealer)
        forget_drag(self);
    self->revealer = NULL;
    adw_bin_set_child(ADW_BIN(self), NULL);
    G_OBJECT_CLASS(lec_drop_area_parent_class)->dispose(object);
}

static void lec_drop_area_class_init(LecDropAreaClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->set_property = lec_drop_area_set_property;
    object_class->get_property = lec_drop_area_get_property;
    object_class->dispose = lec_drop_area_dispose;
    properties[PROP_CONTENT] = g_param_spec_object("content", NULL, NULL, GTK_TYPE_WIDGET,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
    signals[DROPPED] = g_signal_new("dropped", LEC_TYPE_DROP_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
    signals[REFUSED] = g_signal_new("refused", LEC_TYPE_DROP_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/drop-area.ui");
    gtk_widget_class_bind_template_child(widget_class, LecDropArea, overlay);
    gtk_widget_class_bind_template_child(widget_class, LecDropArea, revealer);
    gtk_widget_class_bind_template_child(widget_class, LecDropArea, label);
}

static void lec_drop_area_init(LecDropArea *self)
{
    GtkDropTargetAsync *target = gtk_drop_target_async_new(NULL, GDK_ACTION_COPY);

    gtk_widget_init_template(GTK_WIDGET(self));
    g_signal_connect_swapped(self->revealer, "notify::child-revealed", G_CALLBACK(on_faded), self);
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(target), GTK_PHASE_CAPTURE);
    g_signal_connect_swapped(target, "accept", G_CALLBACK(on_accept), self);
    g_signal_connect_swapped(target, "drag-enter", G_CALLBACK(on_enter), self);
    g_signal_connect_swapped(target, "drag-motion", G_CALLBACK(on_motion), self);
    g_signal_connect_swapped(target, "drag-leave", G_CALLBACK(on_leave), self);
    g_signal_connect_swapped(target, "drop", G_CALLBACK(on_drop), self);
    gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(target));
}
