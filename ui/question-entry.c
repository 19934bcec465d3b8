/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Enter sends, but an input method comes first: while it composes (the preedit is not empty), Enter
 * chooses a word there and never reaches the question.
 *
 * A text is refused before it is inserted, so that a clipboard of megabytes costs no layout: the
 * field stays as it was, and the sentence says what to do instead. A question of a few pages is
 * already more than a model reads well; what is longer is a document.
 */
#include "ui/question-entry.h"
#include <glib/gi18n.h>
#include <string.h>

#define MAX_LINES 6

struct _LecQuestionEntry {
    GtkWidget parent;
    GtkWidget *overlay;
    GtkScrolledWindow *scroller;
    GtkTextView *view;
    GtkTextBuffer *buffer;
    GtkLabel *placeholder_label;
    gboolean composing;
};

G_DEFINE_FINAL_TYPE(LecQuestionEntry, lec_question_entry, GTK_TYPE_WIDGET)

enum { PROP_TEXT = 1, PROP_PLACEHOLDER, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SEND, CANCEL, REFUSED, TYPED, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *all_text(LecQuestionEntry *self)
{
    GtkTextIter start, end;

    gtk_text_buffer_get_bounds(self->buffer, &start, &end);
    return gtk_text_buffer_get_text(self->buffer, &start, &end, FALSE);
}

char *lec_question_entry_dup_text(LecQuestionEntry *self)
{
    g_return_val_if_fail(LEC_IS_QUESTION_ENTRY(self), NULL);
    return g_strstrip(all_text(self));
}

void lec_question_entry_set_text(LecQuestionEntry *self, const char *text)
{
    GtkTextIter end;

    g_return_if_fail(LEC_IS_QUESTION_ENTRY(self));
    gtk_text_buffer_set_text(self->buffer, text, -1);
    gtk_text_buffer_get_end_iter(self->buffer, &end);
    gtk_text_buffer_place_cursor(self->buffer, &end);
}

GtkTextView *lec_question_entry_get_view(LecQuestionEntry *self)
{
    g_return_val_if_fail(LEC_IS_QUESTION_ENTRY(self), NULL);
    return self->view;
}

static void on_insert(LecQuestionEntry *self, GtkTextIter *at, const char *text, int n_bytes,
                      GtkTextBuffer *buffer)
{
    gsize length = n_bytes < 0 ? strlen(text) : (gsize)n_bytes;
    glong n_chars = gtk_text_buffer_get_char_count(buffer) + g_utf8_strlen(text, length);
    g_autofree char *sentence = NULL;

    if (n_chars <= LEC_QUESTION_MAX_CHARS)
        return;
    g_signal_stop_emission_by_name(buffer, "insert-text");
    sentence =
        g_strdup_printf(_("That would be a question of %'ld characters, and %'d are the most. "
                          "A longer text can be added as a document."),
                        n_chars, LEC_QUESTION_MAX_CHARS);
    g_signal_emit(self, signals[REFUSED], 0, sentence);
}

static void on_changed(LecQuestionEntry *self)
{
    gtk_widget_set_visible(GTK_WIDGET(self->placeholder_label),
                           !self->composing && !gtk_text_buffer_get_char_count(self->buffer));
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TEXT]);
    g_signal_emit(self, signals[TYPED], 0);
}

static void on_preedit(LecQuestionEntry *self, const char *preedit)
{
    self->composing = preedit && *preedit;
    gtk_widget_set_visible(GTK_WIDGET(self->placeholder_label),
                           !self->composing && !gtk_text_buffer_get_char_count(self->buffer));
}

static gboolean on_key(LecQuestionEntry *self, guint key, guint code, GdkModifierType state)
{
    gboolean used = FALSE;

    if (self->composing)
        return GDK_EVENT_PROPAGATE;
    if (key == GDK_KEY_Escape) {
        g_signal_emit(self, signals[CANCEL], 0, &used);
        return used;
    }
    if (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter && key != GDK_KEY_ISO_Enter)
        return GDK_EVENT_PROPAGATE;
    if (state & (GDK_SHIFT_MASK | GDK_ALT_MASK))
        return GDK_EVENT_PROPAGATE;
    {
        g_autofree char *text = lec_question_entry_dup_text(self);

        if (*text)
            g_signal_emit(self, signals[SEND], 0);
    }
    return GDK_EVENT_STOP;
}

/* Six lines of the font in use, whatever its size. */
static void set_heights(LecQuestionEntry *self)
{
    PangoContext *context = gtk_widget_get_pango_context(GTK_WIDGET(self->view));
    PangoFontMetrics *metrics = pango_context_get_metrics(context, NULL, NULL);
    int line = PANGO_PIXELS_CEIL(pango_font_metrics_get_height(metrics));
    int margins =
        gtk_text_view_get_top_margin(self->view) + gtk_text_view_get_bottom_margin(self->view);

    pango_font_metrics_unref(metrics);
    gtk_scrolled_window_set_max_content_height(self->scroller, MAX_LINES * line + margins);
}

static void lec_question_entry_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(lec_question_entry_parent_class)->css_changed(widget, change);
    set_heights(LEC_QUESTION_ENTRY(widget));
}

static gboolean lec_question_entry_grab_focus(GtkWidget *widget)
{
    return gtk_widget_grab_focus(GTK_WIDGET(LEC_QUESTION_ENTRY(widget)->view));
}

static void lec_question_entry_get_property(GObject *object, guint id, GValue *value,
                                            GParamSpec *pspec)
{
    LecQuestionEntry *self = LEC_QUESTION_ENTRY(object);

    switch (id) {
    case PROP_TEXT:
        g_value_take_string(value, all_text(self));
        break;
    case PROP_PLACEHOLDER:
        g_value_set_string(value, gtk_label_get_text(self->placeholder_label));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_question_entry_set_property(GObject *object, guint id, const GValue *value,
                                            GParamSpec *pspec)
{
    LecQuestionEntry *self = LEC_QUESTION_ENTRY(object);
    const char *text = g_value_get_string(value);

    switch (id) {
    case PROP_TEXT:
        lec_question_entry_set_text(self, text ? text : "");
        break;
    case PROP_PLACEHOLDER:
        gtk_label_set_text(self->placeholder_label, text ? text : "");
        gtk_accessible_update_property(GTK_ACCESSIBLE(self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       text ? text : "", -1);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_question_entry_dispose(GObject *object)
{
    g_clear_pointer(&LEC_QUESTION_ENTRY(object)->overlay, gtk_widget_unparent);
    G_OBJECT_CLASS(lec_question_entry_parent_class)->dispose(object);
}

static void lec_question_entry_class_init(LecQuestionEntryClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_question_entry_get_property;
    object_class->set_property = lec_question_entry_set_property;
    object_class->dispose = lec_question_entry_dispose;
    widget_class->css_changed = lec_question_entry_css_changed;
    widget_class->grab_focus = lec_question_entry_grab_focus;
    properties[PROP_TEXT] =
        g_param_spec_string("text", NULL, NULL, "",
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    properties[PROP_PLACEHOLDER] = g_param_spec_string("placeholder", NULL, NULL, "",
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
    signals[SEND] = g_signal_new("send", LEC_TYPE_QUESTION_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
    signals[CANCEL] =
        g_signal_new("cancel", LEC_TYPE_QUESTION_ENTRY, G_SIGNAL_RUN_LAST, 0,
                     g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 0);
    signals[REFUSED] = g_signal_new("refused", LEC_TYPE_QUESTION_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[TYPED] = g_signal_new("typed", LEC_TYPE_QUESTION_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/question-entry.ui");
    gtk_widget_class_bind_template_child(widget_class, LecQuestionEntry, overlay);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionEntry, scroller);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionEntry, view);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionEntry, buffer);
    gtk_widget_class_bind_template_child(widget_class, LecQuestionEntry, placeholder_label);
    gtk_widget_class_bind_template_callback(widget_class, on_insert);
    gtk_widget_class_bind_template_callback(widget_class, on_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_preedit);
    gtk_widget_class_bind_template_callback(widget_class, on_key);
}

static void lec_question_entry_init(LecQuestionEntry *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    set_heights(self);
}
