/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing that a search found. */
#include "ui/result-row.h"

struct _LecResultRow {
    GtkListBoxRow parent;
    GtkLabel *title, *place, *text;
};

G_DEFINE_FINAL_TYPE(LecResultRow, lec_result_row, GTK_TYPE_LIST_BOX_ROW)

char *lec_result_markup(const char *marked)
{
    g_autoptr(GString) markup = g_string_new(NULL);
    gboolean bold = FALSE;

    for (const char *p = marked; *p;) {
        size_t n = strcspn(p, "\x02\x03\n\r\t");
        g_autofree char *plain = g_markup_escape_text(p, (gssize)n);

        g_string_append(markup, plain);
        p += n;
        if (*p == '\x02' && !bold && strchr(p, '\x03')) {
            g_string_append(markup, "<b>");
            bold = TRUE;
        } else if (*p == '\x03' && bold) {
            g_string_append(markup, "</b>");
            bold = FALSE;
        } else if (*p && *p != '\x02' && *p != '\x03') {
            g_string_append_c(markup, ' ');
        }
        p += *p != '\0';
    }
    return g_string_free(g_steal_pointer(&markup), FALSE);
}

LecResultRow *lec_result_row_new(const char *title, const char *place, const char *markup)
{
    LecResultRow *self = g_object_new(LEC_TYPE_RESULT_ROW, NULL);

    gtk_label_set_label(self->title, title);
    /* a file is known by both ends of its name, a question by its beginning */
    gtk_label_set_ellipsize(self->title, *place ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
    gtk_label_set_label(self->place, place);
    gtk_widget_set_visible(GTK_WIDGET(self->place), *place);
    gtk_label_set_label(self->text, markup);
    gtk_widget_set_visible(GTK_WIDGET(self->text), *markup);
    return self;
}

static void lec_result_row_class_init(LecResultRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/result-row.ui");
    gtk_widget_class_bind_template_child(widget_class, LecResultRow, title);
    gtk_widget_class_bind_template_child(widget_class, LecResultRow, place);
    gtk_widget_class_bind_template_child(widget_class, LecResultRow, text);
}

static void lec_result_row_init(LecResultRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
