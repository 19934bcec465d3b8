/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cell is a box as high as its row, in it one as high as its content: the label, then chips.
 * While an answer is written a table grows by cells, so a grid is kept and only what differs is
 * set; another number of columns begins a new one.
 */
#include "ui/answer-table.h"

#include <glib/gi18n.h>

GtkWidget *answer_table_new(void)
{
    GtkWidget *table =
        g_object_new(GTK_TYPE_GRID, "accessible-role", GTK_ACCESSIBLE_ROLE_GROUP, NULL);

    gtk_widget_add_css_class(table, "lec-answer-table");
    return table;
}

static void clear(GtkGrid *grid, guint n_columns, guint n_cells, guint from)
{
    for (guint i = from; i < n_cells; i++)
        gtk_grid_remove(grid,
                        gtk_grid_get_child_at(grid, (int)(i % n_columns), (int)(i / n_columns)));
}

static GtkWidget *make_cell(const struct answer_line *line, guint i)
{
    GtkWidget *cell = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *content = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
    GtkWidget *label = gtk_label_new(NULL);
    char alignment = line->alignments[i % line->n_columns];
    float xalign = alignment == 'c' ? 0.5f : alignment == 'r' ? 1.0f : 0.0f;

    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_xalign(GTK_LABEL(label), xalign);
    gtk_label_set_justify(GTK_LABEL(label), alignment == 'c'   ? GTK_JUSTIFY_CENTER
                                            : alignment == 'r' ? GTK_JUSTIFY_RIGHT
                                                               : GTK_JUSTIFY_LEFT);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_box_append(GTK_BOX(content), label);
    gtk_widget_set_valign(content, GTK_ALIGN_START);
    gtk_box_append(GTK_BOX(cell), content);
    gtk_widget_add_css_class(cell, i < line->n_columns ? "lec-answer-head" : "lec-answer-cell");
    return cell;
}

static bool is_unsupported(const struct answer_text *text)
{
    for (guint i = 0; i < text->stretches->len; i++) {
        if (g_array_index(text->stretches, struct answer_stretch, i).unsupported)
            return true;
    }
    return false;
}

void answer_table_fill(GtkWidget *table, const struct answer_line *old,
                       const struct answer_line *line, const struct answer_tags *tags,
                       GtkWidget *(*make_chip)(GtkWidget *parent, int citation), GtkWidget *parent)
{
    GtkGrid *grid = GTK_GRID(table);
    guint n_old = old ? old->cells->len : 0, n_columns = line->n_columns;
    g_autofree char *name = NULL;

    if (old && old->n_columns != n_columns) {
        clear(grid, old->n_columns, n_old, 0);
        n_old = 0;
    }
    if (n_old > line->cells->len) {
        clear(grid, n_columns, n_old, line->cells->len);
        n_old = line->cells->len;
    }
    for (guint i = 0; i < line->cells->len; i++) {
        const struct answer_text *text = line->cells->pdata[i];
        int column = (int)(i % n_columns), row = (int)(i / n_columns);
        if (i < n_old && answer_text_equal(old->cells->pdata[i], text) &&
            old->alignments[column] == line->alignments[column])
            continue;
        if (i < n_old)
            gtk_grid_remove(grid, gtk_grid_get_child_at(grid, column, row));
        GtkWidget *cell = make_cell(line, i), *content = gtk_widget_get_first_child(cell);
        GtkWidget *label = gtk_widget_get_first_child(content);
        g_autoptr(PangoAttrList) looks = answer_tags_attributes(tags, text, i < n_columns);
        gtk_label_set_text(GTK_LABEL(label), text->text->str);
        gtk_label_set_attributes(GTK_LABEL(label), looks);
        if (is_unsupported(text))
            gtk_widget_set_tooltip_text(label, _("No passage supports this sentence."));
        for (guint k = 0; k < text->chips->len; k++) {
            const struct answer_chip *chip = &g_array_index(text->chips, struct answer_chip, k);
            GtkWidget *button = make_chip(parent, chip->citation);
            gtk_widget_set_valign(button, GTK_ALIGN_END);
            gtk_box_append(GTK_BOX(content), button);
        }
        gtk_grid_attach(grid, cell, column, row, 1, 1);
    }
    gtk_widget_set_direction(table, line->rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
    /* Translators: what a screen reader says of a table: rows, then columns */
    name = g_strdup_printf(_("Table of %u × %u"), n_columns ? line->cells->len / n_columns : 0,
                           n_columns);
    gtk_accessible_update_property(GTK_ACCESSIBLE(table), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
