/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The foot of the page. One button sends or stops: where an answer is being written, Enter does not
 * send a second question over it, but says so, and the text stays.
 */
#include "ui/composer.h"
#include "ui/file-completion.h"
#include "ui/line-width.h"
#include "ui/model-picker.h"
#include "ui/question-entry.h"
#include "ui/scope-picker.h"
#include <glib/gi18n.h>

/* Pixels, both sides: the field is as wide as the text above it. */
#define MARGINS 24

struct _LecComposer {
    GtkWidget parent;
    AdwClamp *clamp;
    GtkWidget *send_button, *chips;
    LecQuestionEntry *entry;
    LecScopePicker *scope_picker;
    LecModelPicker *model_picker;
    GtkRevealer *message_revealer;
    GtkLabel *message_label;
    LecFileCompletion *completion; /* (borrowed) child of the entry's view */
    gboolean busy;
};

G_DEFINE_FINAL_TYPE(LecComposer, lec_composer, GTK_TYPE_WIDGET)

enum { PROP_TEXT = 1, PROP_BUSY, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { ASK, STOP, TYPED, N_SIGNALS };
static guint signals[N_SIGNALS];

char *lec_composer_dup_text(LecComposer *self)
{
    char *text = NULL;

    g_return_val_if_fail(LEC_IS_COMPOSER(self), NULL);
    g_object_get(self->entry, "text", &text, NULL);
    return text;
}

void lec_composer_set_text(LecComposer *self, const char *text)
{
    g_return_if_fail(LEC_IS_COMPOSER(self));
    lec_question_entry_set_text(self->entry, text);
}

LecScope *lec_composer_get_scope(LecComposer *self)
{
    g_return_val_if_fail(LEC_IS_COMPOSER(self), NULL);
    return lec_scope_picker_get_scope(self->scope_picker);
}

void lec_composer_set_message(LecComposer *self, const char *message)
{
    g_return_if_fail(LEC_IS_COMPOSER(self));
    if (message)
        gtk_label_set_text(self->message_label, message);
    gtk_revealer_set_reveal_child(self->message_revealer, message != NULL);
}

void lec_composer_choose_model(LecComposer *self)
{
    g_return_if_fail(LEC_IS_COMPOSER(self));
    lec_model_picker_open(self->model_picker);
}

static void update_button(LecComposer *self)
{
    g_autofree char *text = lec_question_entry_dup_text(self->entry);
    const char *label = self->busy ? _("Stop") : _("Ask");

    gtk_button_set_icon_name(GTK_BUTTON(self->send_button),
                             self->busy ? "media-playback-stop-symbolic" : "go-up-symbolic");
    gtk_widget_set_tooltip_text(self->send_button, label);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->send_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   label, -1);
    gtk_widget_set_sensitive(self->send_button, self->busy || *text);
    if (self->busy)
        gtk_widget_remove_css_class(self->send_button, "suggested-action");
    else
        gtk_widget_add_css_class(self->send_button, "suggested-action");
}

void lec_composer_set_busy(LecComposer *self, gboolean busy)
{
    g_return_if_fail(LEC_IS_COMPOSER(self));
    if (self->busy == busy)
        return;
    self->busy = busy;
    lec_composer_set_message(self, NULL);
    update_button(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_BUSY]);
}

static void on_send(LecComposer *self)
{
    g_autofree char *text = lec_question_entry_dup_text(self->entry);

    if (self->busy)
        lec_composer_set_message(
            self, _("An answer is being written. Stop it, or wait until it is finished."));
    else if (*text)
        g_signal_emit(self, signals[ASK], 0, text);
}

static void on_button(LecComposer *self)
{
    if (self->busy)
        g_signal_emit(self, signals[STOP], 0);
    else
        on_send(self);
}

static void on_typed(LecComposer *self)
{
    lec_composer_set_message(self, NULL);
    update_button(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TEXT]);
    g_signal_emit(self, signals[TYPED], 0);
}

static void on_refused(LecComposer *self, const char *sentence)
{
    lec_composer_set_message(self, sentence);
}

/* --- files that were named ----------------------------------------------------------------------
 */

static void on_chip_clicked(GtkButton *button, GFile *file)
{
    GtkWidget *self = gtk_widget_get_ancestor(GTK_WIDGET(button), LEC_TYPE_COMPOSER);

    lec_scope_remove_file(lec_composer_get_scope(LEC_COMPOSER(self)), file);
    gtk_widget_grab_focus(self);
}

static GtkWidget *make_chip(gpointer item, gpointer data)
{
    GFile *file = item;
    g_autofree char *name = g_filename_display_basename(g_file_peek_path(file));
    g_autofree char *tooltip = g_strdup_printf(_("Do Not Limit the Question to %s"), name);
    GtkWidget *button = gtk_button_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *label = gtk_label_new(name);

    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_MIDDLE);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 28);
    gtk_box_append(GTK_BOX(box), label);
    gtk_box_append(GTK_BOX(box), gtk_image_new_from_icon_name("window-close-symbolic"));
    gtk_button_set_child(GTK_BUTTON(button), box);
    gtk_widget_add_css_class(button, "lec-file-chip");
    gtk_widget_set_halign(button, GTK_ALIGN_START);
    gtk_widget_set_tooltip_text(button, tooltip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                   -1);
    g_signal_connect_object(button, "clicked", G_CALLBACK(on_chip_clicked), file, 0);
    return button;
}

static void on_chosen(LecComposer *self, const char *path)
{
    lec_scope_add_file(lec_composer_get_scope(self), path);
}

static void on_scope_changed(LecComposer *self)
{
    GListModel *files = lec_scope_get_files(lec_composer_get_scope(self));

    gtk_widget_set_visible(self->chips, g_list_model_get_n_items(files) > 0);
}

void lec_composer_set_services(LecComposer *self, LecLibrary *library, LecChat *chat)
{
    g_return_if_fail(LEC_IS_COMPOSER(self));
    if (library) {
        lec_scope_picker_set_library(self->scope_picker, library);
        lec_file_completion_set_library(self->completion, library);
    }
    if (chat)
        lec_model_picker_set_chat(self->model_picker, chat);
}

/* --- the type -----------------------------------------------------------------------------------
 */

static gboolean lec_composer_grab_focus(GtkWidget *widget)
{
    return gtk_widget_grab_focus(GTK_WIDGET(LEC_COMPOSER(widget)->entry));
}

static void lec_composer_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(lec_composer_parent_class)->css_changed(widget, change);
    lec_line_width_apply(LEC_COMPOSER(widget)->clamp, MARGINS);
}

static void lec_composer_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecComposer *self = LEC_COMPOSER(object);

    if (id == PROP_TEXT)
        g_value_take_string(value, lec_composer_dup_text(self));
    else if (id == PROP_BUSY)
        g_value_set_boolean(value, self->busy);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_composer_set_property(GObject *object, guint id, const GValue *value,
                                      GParamSpec *pspec)
{
    LecComposer *self = LEC_COMPOSER(object);

    if (id == PROP_TEXT)
        lec_composer_set_text(self, g_value_get_string(value) ? g_value_get_string(value) : "");
    else if (id == PROP_BUSY)
        lec_composer_set_busy(self, g_value_get_boolean(value));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_composer_dispose(GObject *object)
{
    LecComposer *self = LEC_COMPOSER(object);

    if (self->completion)
        lec_file_completion_detach(self->completion);
    self->completion = NULL;
    if (self->clamp)
        gtk_widget_unparent(GTK_WIDGET(self->clamp));
    self->clamp = NULL;
    G_OBJECT_CLASS(lec_composer_parent_class)->dispose(object);
}

static void lec_composer_class_init(LecComposerClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_composer_get_property;
    object_class->set_property = lec_composer_set_property;
    object_class->dispose = lec_composer_dispose;
    widget_class->css_changed = lec_composer_css_changed;
    widget_class->grab_focus = lec_composer_grab_focus;
    properties[PROP_TEXT] =
        g_param_spec_string("text", NULL, NULL, "",
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    properties[PROP_BUSY] =
        g_param_spec_boolean("busy", NULL, NULL, FALSE,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
    signals[ASK] = g_signal_new("ask", LEC_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[STOP] = g_signal_new("stop", LEC_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
    signals[TYPED] = g_signal_new("typed", LEC_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
    g_type_ensure(LEC_TYPE_QUESTION_ENTRY);
    g_type_ensure(LEC_TYPE_SCOPE_PICKER);
    g_type_ensure(LEC_TYPE_MODEL_PICKER);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/composer.ui");
    gtk_widget_class_bind_template_child(widget_class, LecComposer, clamp);
    gtk_widget_class_bind_template_child(widget_class, LecComposer, send_button);
    gtk_widget_class_bind_template_child(widget_class, LecComposer, chips);
    gtk_widget_class_bind_template_child(widget_class, LecComposer, entry);
    gtk_widget_class_bind_template_child(widget_class, LecComposer, scope_picker);
    gtk_widget_class_bind_template_child(widget_class, LecComposer, model_picker);
    gtk_widget_class_bind_template_child(widget_class, LecComposer, message_revealer);
    gtk_widget_class_bind_template_child(widget_class, LecComposer, message_label);
    gtk_widget_class_bind_template_callback(widget_class, on_send);
    gtk_widget_class_bind_template_callback(widget_class, on_button);
    gtk_widget_class_bind_template_callback(widget_class, on_typed);
    gtk_widget_class_bind_template_callback(widget_class, on_refused);
}

static void lec_composer_init(LecComposer *self)
{
    LecScope *scope;

    gtk_widget_init_template(GTK_WIDGET(self));
    lec_line_width_apply(self->clamp, MARGINS);
    self->completion = lec_file_completion_new(lec_question_entry_get_view(self->entry));
    g_signal_connect_object(self->completion, "chosen", G_CALLBACK(on_chosen), self,
                            G_CONNECT_SWAPPED);
    scope = lec_composer_get_scope(self);
    gtk_flow_box_bind_model(GTK_FLOW_BOX(self->chips), lec_scope_get_files(scope), make_chip, NULL,
                            NULL);
    g_signal_connect_object(scope, "changed", G_CALLBACK(on_scope_changed), self,
                            G_CONNECT_SWAPPED);
    update_button(self);
}
