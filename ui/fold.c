/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disclosure: its state is said as "expanded" to a screen reader. */
#include "ui/fold.h"

struct _LecFold {
    GtkBox parent;
    GtkWidget *toggle, *arrow;
    GtkRevealer *revealer;
    char *title; /* (owned) */
    gboolean expanded;
};

G_DEFINE_FINAL_TYPE(LecFold, lec_fold, GTK_TYPE_BOX)

enum { PROP_TITLE = 1, PROP_CHILD, PROP_EXPANDED, N_PROPS };
static GParamSpec *properties[N_PROPS];

gboolean lec_fold_get_expanded(LecFold *self)
{
    g_return_val_if_fail(LEC_IS_FOLD(self), FALSE);
    return self->expanded;
}

static void expand(LecFold *self, gboolean expanded, GtkRevealerTransitionType transition)
{
    if (self->expanded == expanded)
        return;
    gtk_revealer_set_transition_type(self->revealer, transition);
    self->expanded = expanded;
    gtk_image_set_from_icon_name(GTK_IMAGE(self->arrow),
                                 expanded ? "pan-down-symbolic" : "pan-end-symbolic");
    gtk_accessible_update_state(GTK_ACCESSIBLE(self->toggle), GTK_ACCESSIBLE_STATE_EXPANDED,
                                expanded, -1);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_EXPANDED]);
}

void lec_fold_set_expanded(LecFold *self, gboolean expanded)
{
    g_return_if_fail(LEC_IS_FOLD(self));
    expand(self, expanded, GTK_REVEALER_TRANSITION_TYPE_NONE);
}

static void on_clicked(LecFold *self)
{
    expand(self, !self->expanded, GTK_REVEALER_TRANSITION_TYPE_SLIDE_DOWN);
}

static void lec_fold_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecFold *self = LEC_FOLD(object);

    switch (id) {
    case PROP_TITLE:
        g_value_set_string(value, self->title);
        break;
    case PROP_CHILD:
        g_value_set_object(value, gtk_revealer_get_child(self->revealer));
        break;
    case PROP_EXPANDED:
        g_value_set_boolean(value, self->expanded);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_fold_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    LecFold *self = LEC_FOLD(object);

    switch (id) {
    case PROP_TITLE:
        g_free(self->title);
        self->title = g_value_dup_string(value);
        break;
    case PROP_CHILD:
        gtk_revealer_set_child(self->revealer, g_value_get_object(value));
        break;
    case PROP_EXPANDED:
        lec_fold_set_expanded(self, g_value_get_boolean(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_fold_finalize(GObject *object)
{
    g_free(LEC_FOLD(object)->title);
    G_OBJECT_CLASS(lec_fold_parent_class)->finalize(object);
}

static void lec_fold_class_init(LecFoldClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_fold_get_property;
    object_class->set_property = lec_fold_set_property;
    object_class->finalize = lec_fold_finalize;
    properties[PROP_TITLE] =
        g_param_spec_string("title", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_CHILD] = g_param_spec_object("child", NULL, NULL, GTK_TYPE_WIDGET,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_EXPANDED] =
        g_param_spec_boolean("expanded", NULL, NULL, FALSE,
                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lectern/Lectern/ui/fold.ui");
    gtk_widget_class_bind_template_child(widget_class, LecFold, toggle);
    gtk_widget_class_bind_template_child(widget_class, LecFold, arrow);
    gtk_widget_class_bind_template_child(widget_class, LecFold, revealer);
    gtk_widget_class_bind_template_callback(widget_class, on_clicked);
}

static void lec_fold_init(LecFold *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    gtk_accessible_update_state(GTK_ACCESSIBLE(self->toggle), GTK_ACCESSIBLE_STATE_EXPANDED, FALSE,
                                -1);
}
