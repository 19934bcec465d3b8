/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file behind a source is looked at (in app/, beside the window's thread) when the row is first
 * on the screen: opening a long conversation touches no file that is not seen.
 */
#include "ui/source-row.h"
#include "app/library-queries.h"
#include <glib/gi18n.h>

struct _LecSourceRow {
    GtkButton parent;
    LecSource *source;         /* (owned) */
    LecLibrary *library;       /* (owned) until the file was looked at */
    GCancellable *cancellable; /* (owned) */
    GtkLabel *name_label, *place_label, *state_label;
    GtkWidget *numbers, *state_box;
    GString *also; /* (owned) the other numbers, in words */
    char *state;   /* (owned) "": the file is as it was */
};

G_DEFINE_FINAL_TYPE(LecSourceRow, lec_source_row, GTK_TYPE_BUTTON)

enum { PROP_SOURCE = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];

LecSourceRow *lec_source_row_new(LecSource *source)
{
    g_return_val_if_fail(LEC_IS_SOURCE(source), NULL);
    return g_object_new(LEC_TYPE_SOURCE_ROW, "source", source, NULL);
}

/* What a screen reader says, state included. */
static void say(LecSourceRow *self)
{
    const char *place = lec_source_get_place(self->source);
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_printf(text, _("Source %u: %s"), lec_source_get_number(self->source),
                    lec_source_get_name(self->source));
    if (*place)
        g_string_append_printf(text, ", %s", place);
    if (self->also->len)
        g_string_append_printf(text, ", %s", self->also->str);
    if (*self->state)
        g_string_append_printf(text, ", %s", self->state);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str,
                                   -1);
}

LecSource *lec_source_row_get_source(LecSourceRow *self)
{
    g_return_val_if_fail(LEC_IS_SOURCE_ROW(self), NULL);
    return self->source;
}

void lec_source_row_add_number(LecSourceRow *self, guint number)
{
    g_autofree char *words = g_strdup_printf("%u", number);
    GtkWidget *label = gtk_label_new(words);

    g_return_if_fail(LEC_IS_SOURCE_ROW(self));
    if (number != lec_source_get_number(self->source))
        g_string_append_printf(self->also, self->also->len ? ", %u" : _("also %u"), number);
    gtk_widget_add_css_class(label, "lec-number");
    gtk_widget_add_css_class(label, "numeric");
    gtk_box_append(GTK_BOX(self->numbers), label);
    say(self);
}

static void on_state(GObject *library, GAsyncResult *result, gpointer data)
{
    LecSourceRow *self = data;
    g_autoptr(GError) error = NULL;
    enum rag_source_state state =
        lec_library_source_state_finish(LEC_LIBRARY(library), result, &error);
    const char *words = "";

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (state == RAG_SOURCE_CHANGED)
        words = _("changed since");
    else if (state == RAG_SOURCE_GONE)
        words = _("no longer there");
    else if (state == RAG_SOURCE_FORGOTTEN)
        words = _("forgotten");
    g_free(self->state);
    self->state = g_strdup(words);
    gtk_label_set_text(self->state_label, words);
    gtk_widget_set_visible(self->state_box, *words != '\0');
    say(self);
}

static void look(LecSourceRow *self)
{
    g_autoptr(LecLibrary) library = g_steal_pointer(&self->library);

    if (library)
        lec_library_source_state_async(library, lec_source_get_path(self->source),
                                       lec_source_get_hash(self->source), self->cancellable,
                                       on_state, self);
}

void lec_source_row_check(LecSourceRow *self, LecLibrary *library)
{
    g_return_if_fail(LEC_IS_SOURCE_ROW(self));
    g_set_object(&self->library, library);
    if (gtk_widget_get_mapped(GTK_WIDGET(self)))
        look(self);
}

static void lec_source_row_map(GtkWidget *widget)
{
    GTK_WIDGET_CLASS(lec_source_row_parent_class)->map(widget);
    look(LEC_SOURCE_ROW(widget));
}

static void lec_source_row_constructed(GObject *object)
{
    LecSourceRow *self = LEC_SOURCE_ROW(object);
    const char *place = lec_source_get_place(self->source);
    const char *folder = lec_source_get_folder(self->source);

    G_OBJECT_CLASS(lec_source_row_parent_class)->constructed(object);
    gtk_label_set_text(self->name_label, lec_source_get_name(self->source));
    gtk_label_set_text(self->place_label, place);
    gtk_widget_set_visible(GTK_WIDGET(self->place_label), *place != '\0');
    gtk_widget_set_tooltip_text(GTK_WIDGET(self), *folder ? folder : NULL);
    lec_source_row_add_number(self, lec_source_get_number(self->source));
}

static void lec_source_row_set_property(GObject *object, guint id, const GValue *value,
                                        GParamSpec *pspec)
{
    if (id == PROP_SOURCE)
        LEC_SOURCE_ROW(object)->source = g_value_dup_object(value);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_source_row_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    if (id == PROP_SOURCE)
        g_value_set_object(value, LEC_SOURCE_ROW(object)->source);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_source_row_dispose(GObject *object)
{
    LecSourceRow *self = LEC_SOURCE_ROW(object);

    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_object(&self->library);
    g_clear_object(&self->source);
    G_OBJECT_CLASS(lec_source_row_parent_class)->dispose(object);
}

static void lec_source_row_finalize(GObject *object)
{
    LecSourceRow *self = LEC_SOURCE_ROW(object);

    g_string_free(self->also, TRUE);
    g_free(self->state);
    G_OBJECT_CLASS(lec_source_row_parent_class)->finalize(object);
}

static void lec_source_row_class_init(LecSourceRowClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->constructed = lec_source_row_constructed;
    object_class->get_property = lec_source_row_get_property;
    object_class->set_property = lec_source_row_set_property;
    object_class->dispose = lec_source_row_dispose;
    object_class->finalize = lec_source_row_finalize;
    widget_class->map = lec_source_row_map;
    properties[PROP_SOURCE] =
        g_param_spec_object("source", NULL, NULL, LEC_TYPE_SOURCE,
                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/source-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecSourceRow, numbers);
    gtk_widget_class_bind_template_child(widget_class, LecSourceRow, name_label);
    gtk_widget_class_bind_template_child(widget_class, LecSourceRow, place_label);
    gtk_widget_class_bind_template_child(widget_class, LecSourceRow, state_label);
    gtk_widget_class_bind_template_child(widget_class, LecSourceRow, state_box);
}

static void lec_source_row_init(LecSourceRow *self)
{
    self->cancellable = g_cancellable_new();
    self->also = g_string_new(NULL);
    self->state = g_strdup("");
    gtk_widget_init_template(GTK_WIDGET(self));
}
