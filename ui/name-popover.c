/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One name is asked for; a name of nothing but spaces is none. */
#include "ui/name-popover.h"

struct _LecNamePopover {
    GtkPopover parent;
    GtkLabel *title;
    GtkEntry *entry;
    GtkButton *button;
};

G_DEFINE_FINAL_TYPE(LecNamePopover, lec_name_popover, GTK_TYPE_POPOVER)

enum { NAMED, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *name_of(LecNamePopover *self)
{
    return g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(self->entry))));
}

static void on_changed(LecNamePopover *self)
{
    g_autofree char *name = name_of(self);

    gtk_widget_set_sensitive(GTK_WIDGET(self->button), *name != '\0');
}

static void on_confirmed(LecNamePopover *self)
{
    g_autofree char *name = name_of(self);

    if (!*name)
        return;
    g_signal_emit(self, signals[NAMED], 0, name);
    gtk_popover_popdown(GTK_POPOVER(self));
}

LecNamePopover *lec_name_popover_new(const char *title, const char *name, const char *confirm)
{
    LecNamePopover *self = g_object_new(LEC_TYPE_NAME_POPOVER, NULL);

    gtk_label_set_label(self->title, title);
    gtk_button_set_label(self->button, confirm);
    gtk_editable_set_text(GTK_EDITABLE(self->entry), name);
    on_changed(self);
    return self;
}

static void lec_name_popover_class_init(LecNamePopoverClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    signals[NAMED] = g_signal_new("named", LEC_TYPE_NAME_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/name-popover.ui");
    gtk_widget_class_bind_template_child(widget_class, LecNamePopover, title);
    gtk_widget_class_bind_template_child(widget_class, LecNamePopover, entry);
    gtk_widget_class_bind_template_child(widget_class, LecNamePopover, button);
    gtk_widget_class_bind_template_callback(widget_class, on_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_confirmed);
}

static void lec_name_popover_init(LecNamePopover *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
