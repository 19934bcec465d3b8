/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text view has no height for a width: asked for its height, it answers with that of the width it
 * has; given another one, it lays out as much as its height shows, and a wish for another height
 * that comes of this is lost, because GTK takes allocation for the last word. So it is given AHEAD
 * pixels more than there are (the view clips them), all of which it lays out at once; the view then
 * compares heights, and has GTK lay out a second time before it draws. What is beyond is laid out
 * when idle. (To lay out when asked for a height would be simpler, but GTK also asks for widths
 * that it never gives.)
 *
 * Lines that are not laid out yet have no height; their widgets wait out of sight. Where a chip
 * stands in its line is found once for a width: with hundreds of them, asking each time would cost
 * more than all else. The text view is never scrolled itself and has no margins, so that its
 * buffer's coordinates are those of this widget.
 */
#include "ui/answer-layout.h"

#define AHEAD 1200

/* --- widgets ------------------------------------------------------------------------------------
 */

static void fit_table(struct answer_sheet *sheet, const struct answer_line *line,
                      const struct answer_place *place, int width)
{
    int minimum, natural, height;
    int room = width - answer_tags_margin(answer_sheet_tags(sheet), line) - 1;

    gtk_widget_measure(place->widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL,
                       NULL);
    natural = MAX(minimum, MIN(natural, room));
    gtk_widget_measure(place->widget, GTK_ORIENTATION_VERTICAL, natural, &height, NULL, NULL, NULL);
    lec_answer_space_set_size(place->space, natural, height);
}

static void fit_tables(struct answer_sheet *sheet, int width)
{
    const GPtrArray *lines = answer_sheet_lines(sheet);

    for (guint i = 0; i < lines->len; i++) {
        const struct answer_line *line = lines->pdata[i];
        if (line->kind == MARKDOWN_TABLE && line->places)
            fit_table(sheet, line, line->places->pdata[0], width);
    }
}

/* From the upper to the lower edge of the text of a line; false: it is not laid out yet. */
static bool text_edges(struct answer_sheet *sheet, GtkTextView *text,
                       const struct answer_line *line, int *top, int *bottom)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(text);
    GtkTextIter iter;
    int y, height;

    gtk_text_buffer_get_iter_at_offset(buffer, &iter, (int)line->offset);
    gtk_text_view_get_line_yrange(text, &iter, &y, &height);
    *top = y + answer_tags_gap(answer_sheet_tags(sheet), line);
    if (height == 0)
        return false;
    if (line->kind == MARKDOWN_CODE) {
        gtk_text_iter_forward_chars(&iter, (int)line->n_chars);
        gtk_text_view_get_line_yrange(text, &iter, &y, &height);
    }
    *bottom = y + height;
    return true;
}

/* Where the widget stands in its line, which begins at `top`. */
static void find_spot(GtkTextView *text, const struct answer_line *line, struct answer_place *place,
                      int top, int width)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(text);
    GdkRectangle at, glue;
    GtkRequisition size;
    GtkTextIter iter;

    gtk_widget_get_preferred_size(place->widget, &size, NULL);
    gtk_text_buffer_get_iter_at_offset(buffer, &iter, (int)(line->offset + place->at));
    gtk_text_view_get_iter_location(text, &iter, &at);
    /* the glue before it has the height of the text */
    gtk_text_iter_backward_char(&iter);
    gtk_text_view_get_iter_location(text, &iter, &glue);
    place->spot.x = MIN(at.x, at.x + at.width); /* negative where text runs to the left */
    place->spot.y = glue.y + (glue.height - size.height) / 2 - top;
    place->spot.width = size.width;
    place->spot.height = size.height;
    place->spot_width = width;
}

static void allocate_at(GtkWidget *widget, int x, int y, int width, int height)
{
    GdkRectangle at = {x, y, width, height};

    gtk_widget_size_allocate(widget, &at, -1);
}

static void place_block(struct answer_sheet *sheet, const struct answer_line *line,
                        const struct answer_place *place, int top, int width)
{
    int start = answer_tags_margin(answer_sheet_tags(sheet), line);
    GtkRequisition size;

    if (place->kind == ANSWER_TABLE) {
        size.width = lec_answer_space_get_width(place->space);
        size.height = lec_answer_space_get_height(place->space);
        allocate_at(place->widget, line->rtl ? width - start - size.width : start, top, size.width,
                    size.height);
    } else {
        gtk_widget_get_preferred_size(place->widget, &size, NULL);
        allocate_at(place->widget, line->rtl ? 0 : width - size.width, top, size.width,
                    size.height);
    }
}

static void place_widgets(struct answer_sheet *sheet, GtkTextView *text,
                          const struct answer_line *line, int width)
{
    int top, bottom;
    bool ready = line->places->len && text_edges(sheet, text, line, &top, &bottom);

    for (guint i = 0; i < line->places->len; i++) {
        struct answer_place *place = line->places->pdata[i];
        GtkRequisition size;
        if (!ready) {
            gtk_widget_get_preferred_size(place->widget, &size, NULL);
            allocate_at(place->widget, -10000, 0, size.width, size.height);
        } else if (place->kind == ANSWER_CHIP) {
            if (place->spot_width != width)
                find_spot(text, line, place, top, width);
            allocate_at(place->widget, place->spot.x, top + place->spot.y, place->spot.width,
                        place->spot.height);
        } else {
            place_block(sheet, line, place, top, width);
        }
    }
}

static void give_width(struct answer_sheet *sheet, GtkTextView *text, int width, int height)
{
    fit_tables(sheet, width);
    /* GTK wants a widget to be asked before it is given something */
    gtk_widget_measure(GTK_WIDGET(text), GTK_ORIENTATION_VERTICAL, width, NULL, NULL, NULL, NULL);
    allocate_at(GTK_WIDGET(text), 0, 0, width, height + AHEAD);
}

int answer_layout_height(struct answer_sheet *sheet, GtkTextView *text, int width)
{
    const GPtrArray *lines = answer_sheet_lines(sheet);
    const struct answer_line *last = lines->len ? lines->pdata[lines->len - 1] : NULL;
    int height;

    if (width > 0 && gtk_widget_get_width(GTK_WIDGET(text)) == 0)
        give_width(sheet, text, width, 0);
    gtk_widget_measure(GTK_WIDGET(text), GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL,
                       NULL);
    /* The ground of code reaches below it. (The text view's bottom margin would do, but setting it
       lays out all of the text again.) */
    if (last && last->kind == MARKDOWN_CODE)
        height += answer_tags_measures(answer_sheet_tags(sheet))->pad;
    return height;
}

void answer_layout_allocate(struct answer_sheet *sheet, GtkWidget *view, GtkTextView *text,
                            int width, int height)
{
    const GPtrArray *lines = answer_sheet_lines(sheet);

    give_width(sheet, text, width, height);
    for (guint i = 0; i < lines->len; i++) {
        const struct answer_line *line = lines->pdata[i];
        if (line->places)
            place_widgets(sheet, text, line, width);
    }
}

/* --- painting -----------------------------------------------------------------------------------
 */

static void fill(GtkSnapshot *snapshot, const GdkRGBA *color, float x, float y, float width,
                 float height, float radius)
{
    graphene_rect_t bounds = GRAPHENE_RECT_INIT(x, y, width, height);
    GskRoundedRect rounded;

    if (width <= 0 || height <= 0)
        return;
    gsk_rounded_rect_init_from_rect(&rounded, &bounds, radius);
    gtk_snapshot_push_rounded_clip(snapshot, &rounded);
    gtk_snapshot_append_color(snapshot, color, &bounds);
    gtk_snapshot_pop(snapshot);
}

void answer_layout_snapshot(struct answer_sheet *sheet, GtkWidget *view, GtkTextView *text,
                            GtkSnapshot *snapshot)
{
    const GPtrArray *lines = answer_sheet_lines(sheet);
    const struct answer_tags *tags = answer_sheet_tags(sheet);
    int pad = answer_tags_measures(tags)->pad, indent = answer_tags_measures(tags)->indent;
    float width = (float)gtk_widget_get_width(view);
    GdkRGBA color;
    int top, bottom;

    gtk_style_context_get_color(gtk_widget_get_style_context(view), &color);
    for (guint i = 0; i < lines->len; i++) {
        const struct answer_line *line = lines->pdata[i];
        bool plain = line->kind != MARKDOWN_CODE && line->kind != MARKDOWN_RULE;
        GdkRGBA faint = color, line_color = color;
        faint.alpha *= 0.07f;
        line_color.alpha *= 0.25f;
        if ((plain && !line->quote) || !text_edges(sheet, text, line, &top, &bottom))
            continue;
        float start = (float)answer_tags_margin(tags, line), room = width - start;
        float left = line->rtl ? 0 : start;
        if (line->kind == MARKDOWN_CODE)
            fill(snapshot, &faint, left, (float)(top - pad), room, (float)(bottom - top + 2 * pad),
                 8);
        if (line->kind == MARKDOWN_RULE)
            fill(snapshot, &line_color, left, (float)(top + bottom) / 2, room, 1, 0);
        for (int k = 0; k < MIN(line->quote, 8); k++) {
            float x = (float)(k * indent + indent / 4);
            fill(snapshot, &line_color, line->rtl ? width - x - 3 : x, (float)top, 3,
                 (float)(bottom - top), 1.5f);
        }
    }
}
