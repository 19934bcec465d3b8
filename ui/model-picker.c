/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The label is the state: the model's name, "Loading …", or that there is none. The folders are
 * looked at again whenever the list is opened, so that a model that was just put there is in it.
 */
#include "ui/model-picker.h"
#include "app/paths.h"
#include "ui/picker-row.h"
#include <glib/gi18n.h>
#include <string.h>

struct _LecModelPicker {
    GtkWidget parent;
    GtkWidget *button, *warning;
    GtkLabel *label, *hint_label;
    GtkPopover *popover;
    GtkListBox *list;
    LecChat *chat; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecModelPicker, lec_model_picker, GTK_TYPE_WIDGET)

/* Where models are looked for, and the command. */
static char *advice(void)
{
    g_autofree char *folder = paths_models();
    const char *home = g_get_home_dir();
    g_autofree char *shown =
        g_str_has_prefix(folder, home) && folder[strlen(home)] == G_DIR_SEPARATOR
            ? g_strconcat("~", folder + strlen(home), NULL)
            : g_filename_display_name(folder);

    return g_strdup_printf(_("Put a GGUF file of a chat model into %s, or run “lectern models "
                             "import” with a model’s folder."),
                           shown);
}

void lec_model_picker_open(LecModelPicker *self)
{
    g_return_if_fail(LEC_IS_MODEL_PICKER(self));
    gtk_menu_button_popup(GTK_MENU_BUTTON(self->button));
}

static char *state_words(LecChat *chat)
{
    LecModel *model = lec_chat_get_model(chat);

    if (!model)
        return g_strdup(_("No model"));
    if (lec_chat_get_state(chat) == LEC_CHAT_LOADING)
        return g_strdup_printf(_("Loading %s…"), lec_model_get_title(model));
    return g_strdup(lec_model_get_title(model));
}

static void on_state(LecModelPicker *self)
{
    gboolean failed = lec_chat_get_state(self->chat) == LEC_CHAT_FAILED;
    g_autofree char *words = state_words(self->chat);
    g_autofree char *hint = NULL;

    if (!lec_chat_get_model(self->chat)) {
        g_autofree char *how = advice();

        hint = g_strdup_printf("%s %s", _("There is no chat model on this computer."), how);
    } else if (failed) {
        hint = g_strdup(lec_chat_get_error(self->chat));
    }
    gtk_label_set_text(self->label, words);
    gtk_widget_set_visible(self->warning, failed);
    gtk_label_set_text(self->hint_label, hint ? hint : "");
    gtk_widget_set_visible(GTK_WIDGET(self->hint_label), hint != NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   words, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, hint ? hint : "",
                                   -1);
}

static GtkWidget *make_row(gpointer item, gpointer data)
{
    LecModelPicker *self = data;
    LecModel *model = item;
    LecModel *chosen = lec_chat_get_model(self->chat);
    g_autofree char *size = g_format_size(lec_model_get_size(model));

    return GTK_WIDGET(lec_picker_row_new(
        lec_model_get_title(model), size,
        chosen && !strcmp(lec_model_get_id(model), lec_model_get_id(chosen)), G_OBJECT(model)));
}

static void on_popover_map(LecModelPicker *self)
{
    if (!self->chat)
        return;
    gtk_list_box_bind_model(self->list, lec_chat_get_models(self->chat), make_row, self, NULL);
    lec_chat_refresh_models(self->chat);
}

static void on_row_activated(LecModelPicker *self, GtkListBoxRow *row)
{
    lec_chat_set_model(self->chat, LEC_MODEL(lec_picker_row_get_item(LEC_PICKER_ROW(row))));
    gtk_popover_popdown(self->popover);
}

void lec_model_picker_set_chat(LecModelPicker *self, LecChat *chat)
{
    g_return_if_fail(LEC_IS_MODEL_PICKER(self) && !self->chat);
    if (!g_set_object(&self->chat, chat))
        return;
    g_signal_connect_object(chat, "notify::state", G_CALLBACK(on_state), self, G_CONNECT_SWAPPED);
    g_signal_connect_object(chat, "notify::model", G_CALLBACK(on_state), self, G_CONNECT_SWAPPED);
    on_state(self);
}

static void lec_model_picker_dispose(GObject *object)
{
    LecModelPicker *self = LEC_MODEL_PICKER(object);

    if (self->list)
        gtk_list_box_bind_model(self->list, NULL, NULL, NULL, NULL);
    self->list = NULL;
    g_clear_object(&self->chat);
    g_clear_pointer(&self->button, gtk_widget_unparent);
    G_OBJECT_CLASS(lec_model_picker_parent_class)->dispose(object);
}

static void lec_model_picker_class_init(LecModelPickerClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_model_picker_dispose;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/model-picker.ui");
    gtk_widget_class_bind_template_child(widget_class, LecModelPicker, button);
    gtk_widget_class_bind_template_child(widget_class, LecModelPicker, warning);
    gtk_widget_class_bind_template_child(widget_class, LecModelPicker, label);
    gtk_widget_class_bind_template_child(widget_class, LecModelPicker, hint_label);
    gtk_widget_class_bind_template_child(widget_class, LecModelPicker, popover);
    gtk_widget_class_bind_template_child(widget_class, LecModelPicker, list);
    gtk_widget_class_bind_template_callback(widget_class, on_popover_map);
    gtk_widget_class_bind_template_callback(widget_class, on_row_activated);
}

static void lec_model_picker_init(LecModelPicker *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
