/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text stays while the bar folds away, so that it does not go empty before it is gone. */
#include "ui/notice-bar.h"

struct _LecNoticeBar {
    AdwBin parent;

    GtkRevealer *revealer; /* (borrowed) of the template, as those below */
    GtkLabel *label;
    GtkButton *button;
};

enum { PROP_TEXT = 1, PROP_BUTTON_LABEL, PROP_ACTION_NAME, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE(LecNoticeBar, lec_notice_bar, ADW_TYPE_BIN)

void lec_notice_bar_set_text(LecNoticeBar *self, const char *text)
{
    gboolean shown = text && *text;

    g_return_if_fail(LEC_IS_NOTICE_BAR(self));

    if (shown)
        gtk_label_set_text(self->label, text);
    gtk_revealer_set_reveal_child(self->revealer, shown);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TEXT]);
}

static void lec_notice_bar_set_property(GObject *object, guint id, const GValue *value,
                                        GParamSpec *pspec)
{
    LecNoticeBar *self = LEC_NOTICE_BAR(object);

    switch (id) {
    case PROP_TEXT:
        lec_notice_bar_set_text(self, g_value_get_string(value));
        break;
    case PROP_BUTTON_LABEL:
        gtk_button_set_label(self->button, g_value_get_string(value));
        break;
    case PROP_ACTION_NAME:
        gtk_actionable_set_action_name(GTK_ACTIONABLE(self->button), g_value_get_string(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_notice_bar_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecNoticeBar *self = LEC_NOTICE_BAR(object);

    switch (id) {
    case PROP_TEXT:
        g_value_set_string(value, gtk_revealer_get_reveal_child(self->revealer)
                                      ? gtk_label_get_text(self->label)
                                      : NULL);
        break;
    case PROP_BUTTON_LABEL:
        g_value_set_string(value, gtk_button_get_label(self->button));
        break;
    case PROP_ACTION_NAME:
        g_value_set_string(value, gtk_actionable_get_action_name(GTK_ACTIONABLE(self->button)));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_notice_bar_dispose(GObject *object)
{
    adw_bin_set_child(ADW_BIN(object), NULL);
    G_OBJECT_CLASS(lec_notice_bar_parent_class)->dispose(object);
}

static void lec_notice_bar_class_init(LecNoticeBarClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

    object_class->set_property = lec_notice_bar_set_property;
    object_class->get_property = lec_notice_bar_get_property;
    object_class->dispose = lec_notice_bar_dispose;
    properties[PROP_TEXT] = g_param_spec_string("text", NULL, NULL, NULL, flags);
    properties[PROP_BUTTON_LABEL] = g_param_spec_string("button-label", NULL, NULL, NULL, flags);
    properties[PROP_ACTION_NAME] = g_param_spec_string("action-name", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPS, properties);

    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/notice-bar.ui");
    gtk_widget_class_bind_template_child(widget_class, LecNoticeBar, revealer);
    gtk_widget_class_bind_template_child(widget_class, LecNoticeBar, label);
    gtk_widget_class_bind_template_child(widget_class, LecNoticeBar, button);
}

static void lec_notice_bar_init(LecNoticeBar *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
