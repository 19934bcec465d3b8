/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The buffer is the lines' texts with a line break between two. Invariants:
 *  1. line->offset and n_chars say where each line's text is.
 *  2. A line's places are sorted; each has a LecAnswerSpace at its character, but for the button
 *     that copies code, which stands beside it.
 *  3. What is equal at the beginning and at the end of old and new lines is not touched, nor is the
 *     equal beginning of a line that goes on with the same look: the text view lays out only
 *     paragraphs that were touched, and a selection elsewhere stays.
 */
#include "ui/answer-sheet.h"

#include <string.h>

struct answer_sheet {
    GtkTextBuffer *buffer; /* (owned) */
    struct answer_makers makers;
    GtkWidget *parent;        /* (borrowed) */
    struct answer_tags *tags; /* (owned) */
    GPtrArray *lines;         /* (owned) of struct answer_line */
};

struct answer_sheet *answer_sheet_new(GtkTextBuffer *buffer, const struct answer_makers *makers,
                                      GtkWidget *parent)
{
    struct answer_sheet *sheet = g_new0(struct answer_sheet, 1);

    sheet->buffer = g_object_ref(buffer);
    gtk_text_buffer_set_enable_undo(buffer, FALSE); /* it would keep all that ever was */
    sheet->makers = *makers;
    sheet->parent = parent;
    sheet->tags = answer_tags_new(buffer);
    sheet->lines = g_ptr_array_new_with_free_func((GDestroyNotify)answer_line_free);
    return sheet;
}

void answer_sheet_free(struct answer_sheet *sheet)
{
    if (!sheet)
        return;
    g_ptr_array_unref(sheet->lines);
    answer_tags_free(sheet->tags);
    g_object_unref(sheet->buffer);
    g_free(sheet);
}

const GPtrArray *answer_sheet_lines(const struct answer_sheet *sheet)
{
    return sheet->lines;
}

struct answer_tags *answer_sheet_tags(const struct answer_sheet *sheet)
{
    return sheet->tags;
}

const struct answer_line *answer_sheet_line_of(const struct answer_sheet *sheet,
                                               const GtkWidget *widget)
{
    for (guint i = 0; i < sheet->lines->len; i++) {
        const struct answer_line *line = sheet->lines->pdata[i];
        for (guint k = 0; line->places && k < line->places->len; k++) {
            if (((struct answer_place *)line->places->pdata[k])->widget == widget)
                return line;
        }
    }
    return NULL;
}

/* --- places -------------------------------------------------------------------------------------
 */

static void place_free(struct answer_place *place)
{
    gtk_widget_unparent(place->widget);
    g_clear_object(&place->space);
    g_free(place);
}

static struct answer_place *add_place(struct answer_sheet *sheet, struct answer_line *line,
                                      enum answer_place_kind kind, guint at, GtkWidget *widget)
{
    struct answer_place *place = g_new0(struct answer_place, 1);

    place->kind = kind;
    place->at = at;
    place->widget = widget;
    gtk_widget_set_parent(widget, sheet->parent);
    if (!line->places)
        line->places = g_ptr_array_new_with_free_func((GDestroyNotify)place_free);
    g_ptr_array_add(line->places, place);
    return place;
}

static void forget_spots(struct answer_line *line)
{
    for (guint i = 0; line->places && i < line->places->len; i++)
        ((struct answer_place *)line->places->pdata[i])->spot_width = 0;
}

void answer_sheet_forget_spots(struct answer_sheet *sheet)
{
    for (guint i = 0; i < sheet->lines->len; i++)
        forget_spots(sheet->lines->pdata[i]);
}

/* The object at character `at` of the line, whose byte is `byte`; NULL: only a rule is drawn. */
static LecAnswerSpace *make_object(struct answer_sheet *sheet, struct answer_line *line, guint at,
                                   guint byte)
{
    struct answer_place *place;
    int width = 1;

    if (line->kind == MARKDOWN_RULE)
        return lec_answer_space_new(1, 1);
    if (line->kind == MARKDOWN_TABLE) {
        place = add_place(sheet, line, ANSWER_TABLE, at, sheet->makers.table(sheet->parent));
        sheet->makers.fill_table(sheet->parent, place->widget, NULL, line);
    } else {
        int citation = 0;
        for (guint i = 0; i < line->text.chips->len; i++) {
            const struct answer_chip *chip =
                &g_array_index(line->text.chips, struct answer_chip, i);
            citation = chip->at == byte ? chip->citation : citation;
        }
        place =
            add_place(sheet, line, ANSWER_CHIP, at, sheet->makers.chip(sheet->parent, citation));
        gtk_widget_measure(place->widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
    }
    /* One pixel high: a chip is set into the line and must not make it higher. */
    place->space = lec_answer_space_new(width, 1);
    return g_object_ref(place->space);
}

/* --- the buffer ---------------------------------------------------------------------------------
 */

/* Inserts the line's text from a byte on, where the buffer already has what is before it. */
static void insert_text(struct answer_sheet *sheet, struct answer_line *line, guint from)
{
    const char *text = line->text.text->str, *at = text + from, *object;
    guint n_chars = (guint)g_utf8_strlen(text, from);
    GtkTextIter iter;

    gtk_text_buffer_get_iter_at_offset(sheet->buffer, &iter, (int)(line->offset + n_chars));
    while ((object = strstr(at, ANSWER_OBJECT))) {
        n_chars += (guint)g_utf8_strlen(at, object - at);
        g_autoptr(LecAnswerSpace) space = make_object(sheet, line, n_chars, (guint)(object - text));
        gtk_text_buffer_insert(sheet->buffer, &iter, at, (int)(object - at));
        gtk_text_buffer_insert_paintable(sheet->buffer, &iter, GDK_PAINTABLE(space));
        n_chars++;
        at = object + strlen(ANSWER_OBJECT);
    }
    gtk_text_buffer_insert(sheet->buffer, &iter, at, -1);
    answer_tags_apply(sheet->tags, line, from);
    if (line->kind == MARKDOWN_CODE && !line->places)
        add_place(sheet, line, ANSWER_COPY, 0, sheet->makers.copy(sheet->parent));
}

/* Has the text view lay out the line of `at` again. */
static void touch_line(struct answer_sheet *sheet, GtkTextIter *at)
{
    GtkTextIter from;

    gtk_text_buffer_insert(sheet->buffer, at, " ", 1);
    from = *at;
    gtk_text_iter_backward_char(&from);
    gtk_text_buffer_delete(sheet->buffer, &from, at);
}

/*
 * Line by line from the end: a change that spans two lines, the first of which is not laid out but
 * the second is (or the other way round), makes GTK 4.8 forget the layout of all lines above (or
 * below). So the lines at both sides of a break are touched before it is changed.
 */
static void delete_chars(struct answer_sheet *sheet, guint from, guint to)
{
    GtkTextIter a, b, line;

    gtk_text_buffer_get_iter_at_offset(sheet->buffer, &b, (int)to);
    gtk_text_buffer_get_iter_at_offset(sheet->buffer, &a, (int)from);
    while (gtk_text_iter_get_line(&a) < gtk_text_iter_get_line(&b)) {
        touch_line(sheet, &b);
        line = b;
        gtk_text_iter_set_line_offset(&line, 0);
        gtk_text_buffer_delete(sheet->buffer, &line, &b);
        gtk_text_iter_backward_char(&line);
        touch_line(sheet, &line);
        b = line;
        gtk_text_iter_forward_char(&b);
        gtk_text_buffer_delete(sheet->buffer, &line, &b);
        gtk_text_buffer_get_iter_at_offset(sheet->buffer, &a, (int)from);
    }
    gtk_text_buffer_delete(sheet->buffer, &a, &b);
}

static guint place_of(const struct answer_sheet *sheet, guint index)
{
    const struct answer_line *above = index ? sheet->lines->pdata[index - 1] : NULL;

    return above ? above->offset + above->n_chars + 1 : 0;
}

static void insert_line(struct answer_sheet *sheet, guint index, struct answer_line *line)
{
    bool last = index == sheet->lines->len;
    guint offset = place_of(sheet, index);
    GtkTextIter iter;

    gtk_text_buffer_get_iter_at_offset(sheet->buffer, &iter,
                                       (int)(last && index ? offset - 1 : offset));
    if (index || !last) {
        touch_line(sheet, &iter);
        gtk_text_buffer_insert(sheet->buffer, &iter, "\n", 1);
    }
    line->offset = offset;
    insert_text(sheet, line, 0);
    g_ptr_array_insert(sheet->lines, (int)index, line);
}

static void delete_line(struct answer_sheet *sheet, guint index)
{
    const struct answer_line *line = sheet->lines->pdata[index];
    bool last = index + 1 == sheet->lines->len;
    guint from = last && index ? line->offset - 1 : line->offset;

    delete_chars(sheet, from, line->offset + line->n_chars + !last);
    g_ptr_array_remove_index(sheet->lines, index);
}

/* Gives the new line those places of the old one that are before a character. */
static void hand_over(struct answer_line *old, struct answer_line *line, guint n_chars)
{
    guint n = 0;

    if (!old->places)
        return;
    while (n < old->places->len) {
        const struct answer_place *place = old->places->pdata[n];
        if (place->kind != ANSWER_COPY && place->at >= n_chars)
            break;
        n++;
    }
    g_ptr_array_set_size(old->places, (int)n);
    line->places = g_steal_pointer(&old->places);
    forget_spots(line);
}

static void replace_line(struct answer_sheet *sheet, guint index, struct answer_line *line)
{
    struct answer_line *old = sheet->lines->pdata[index];
    bool goes_on = answer_line_same_look(old, line);
    guint same = goes_on ? answer_text_common(&old->text, &line->text) : 0;
    guint n_chars = (guint)g_utf8_strlen(line->text.text->str, same);

    line->offset = old->offset;
    if (goes_on)
        hand_over(old, line, n_chars);
    if (goes_on && line->kind == MARKDOWN_TABLE) {
        const struct answer_place *place = line->places->pdata[0];
        sheet->makers.fill_table(sheet->parent, place->widget, old, line);
    } else {
        delete_chars(sheet, line->offset + n_chars, old->offset + old->n_chars);
        insert_text(sheet, line, same);
    }
    answer_line_free(old);
    sheet->lines->pdata[index] = line;
}

static void number_lines(struct answer_sheet *sheet, guint first)
{
    for (guint i = first; i < sheet->lines->len; i++)
        ((struct answer_line *)sheet->lines->pdata[i])->offset = place_of(sheet, i);
}

/* Number of lines at the end of both that are equal, when the first `at` are dealt with. */
static guint n_equal_at_end(const struct answer_sheet *sheet, guint first, const GPtrArray *lines,
                            guint at)
{
    guint n = 0, n_old = sheet->lines->len - first, n_new = lines->len;

    while (
        n_new > at + n && n_old > at + n &&
        answer_line_equal(sheet->lines->pdata[first + n_old - 1 - n], lines->pdata[n_new - 1 - n]))
        n++;
    return n;
}

guint answer_sheet_set(struct answer_sheet *sheet, guint first, GPtrArray *lines, gint64 deadline)
{
    guint at = 0, n_new = lines->len, n_old = sheet->lines->len - first;

    while (at < MIN(n_new, n_old) &&
           answer_line_equal(sheet->lines->pdata[first + at], lines->pdata[at]))
        at++;
    guint n_equal = n_equal_at_end(sheet, first, lines, at);
    n_new -= n_equal;
    n_old -= n_equal;
    bool in_time = true;
    for (; at < MIN(n_new, n_old) && in_time; at++) {
        replace_line(sheet, first + at, g_steal_pointer(&lines->pdata[at]));
        number_lines(sheet, first + at + 1);
        in_time = !deadline || g_get_monotonic_time() < deadline;
    }
    for (guint i = n_old; i > at && at == n_new; i--)
        delete_line(sheet, first + i - 1);
    for (; at < n_new && at >= n_old && in_time; at++) {
        insert_line(sheet, first + at, g_steal_pointer(&lines->pdata[at]));
        number_lines(sheet, first + at + 1);
        in_time = !deadline || g_get_monotonic_time() < deadline;
    }
    number_lines(sheet, first);
    if (at == n_new)
        at += n_equal;
    g_ptr_array_remove_range(lines, 0, at);
    return at;
}
