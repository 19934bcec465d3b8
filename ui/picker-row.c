/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mark keeps its room where it is not shown, so that the details stand in one column. */
#include "ui/picker-row.h"
#include <glib/gi18n.h>

struct _LecPickerRow {
    GtkListBoxRow parent;
    GtkLabel *title_label, *detail_label;
    GtkWidget *mark;
    GObject *item; /* (owned) */
};

G_DEFINE_FINAL_TYPE(LecPickerRow, lec_picker_row, GTK_TYPE_LIST_BOX_ROW)

LecPickerRow *lec_picker_row_new(const char *title, const char *detail, gboolean chosen,
                                 GObject *item)
{
    LecPickerRow *self = g_object_new(LEC_TYPE_PICKER_ROW, NULL);

    self->item = item ? g_object_ref(item) : NULL;
    gtk_label_set_text(self->title_label, title);
    gtk_label_set_text(self->detail_label, detail);
    gtk_widget_set_opacity(self->mark, chosen ? 1 : 0);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   chosen ? _("Chosen") : detail, -1);
    return self;
}

GObject *lec_picker_row_get_item(LecPickerRow *self)
{
    g_return_val_if_fail(LEC_IS_PICKER_ROW(self), NULL);
    return self->item;
}

static void lec_picker_row_dispose(GObject *object)
{
    g_clear_object(&LEC_PICKER_ROW(object)->item);
    G_OBJECT_CLASS(lec_picker_row_parent_class)->dispose(object);
}

static void lec_picker_row_class_init(LecPickerRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_picker_row_dispose;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/picker-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecPickerRow, title_label);
    gtk_widget_class_bind_template_child(widget_class, LecPickerRow, detail_label);
    gtk_widget_class_bind_template_child(widget_class, LecPickerRow, mark);
}

static void lec_picker_row_init(LecPickerRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
