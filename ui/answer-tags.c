/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line's look is two tags: its paragraph (margins, hanging indent, font) and the gap above it.
 * Both are made when first needed and named after what they are for; when the font changes, all of
 * them are set anew. Margins mirror where the text is written from the right.
 *
 * Sentences without support have GTK's dotted underline (PANGO_UNDERLINE_ERROR: dots since GTK 4).
 */
#include "ui/answer-tags.h"

#include <string.h>

#define N_STYLES 6

/* A paragraph's tag is made from these. */
struct look {
    GtkTextTag *tag; /* (borrowed) of the buffer's table */
    enum markdown_kind kind;
    enum markdown_gap gap;
    int level, depth, quote;
    bool hanging, rtl, below_code, is_gap;
};

struct answer_tags {
    GtkTextBuffer *buffer;        /* (borrowed) */
    GPtrArray *looks;             /* (owned) of struct look */
    GtkTextTag *styles[N_STYLES]; /* (borrowed) by bit of enum markdown_style; NULL = as it is */
    GtkTextTag *unsupported;      /* (borrowed) */
    struct answer_measures measures;
    GdkRGBA dim; /* of what is secondary */
};

struct answer_tags *answer_tags_new(GtkTextBuffer *buffer)
{
    struct answer_tags *tags = g_new0(struct answer_tags, 1);

    tags->buffer = buffer;
    tags->looks = g_ptr_array_new_with_free_func(g_free);
    tags->measures = (struct answer_measures){16, 560, 24, 8, 4};
    tags->styles[0] = gtk_text_buffer_create_tag(buffer, "bold", "weight", PANGO_WEIGHT_BOLD, NULL);
    tags->styles[1] =
        gtk_text_buffer_create_tag(buffer, "italic", "style", PANGO_STYLE_ITALIC, NULL);
    tags->styles[2] = gtk_text_buffer_create_tag(buffer, "mono", "family", "monospace", NULL);
    tags->styles[3] = gtk_text_buffer_create_tag(buffer, "struck", "strikethrough", TRUE, NULL);
    tags->styles[5] = gtk_text_buffer_create_tag(buffer, "address", NULL);
    tags->unsupported =
        gtk_text_buffer_create_tag(buffer, "unsupported", "underline", PANGO_UNDERLINE_ERROR, NULL);
    return tags;
}

void answer_tags_free(struct answer_tags *tags)
{
    if (!tags)
        return;
    g_ptr_array_unref(tags->looks);
    g_free(tags);
}

const struct answer_measures *answer_tags_measures(const struct answer_tags *tags)
{
    return &tags->measures;
}

int answer_tags_gap(const struct answer_tags *tags, const struct answer_line *line)
{
    static const double lines[] = {0, 0.25, 0.6, 1.1};
    int n_pads = (line->below_code ? 1 : 0) + (line->kind == MARKDOWN_CODE ? 1 : 0);

    return (int)(lines[line->gap] * tags->measures.line) + n_pads * tags->measures.pad;
}

int answer_tags_margin(const struct answer_tags *tags, const struct answer_line *line)
{
    int n_indents = line->depth + line->quote - (line->hanging ? 1 : 0);

    return MIN(n_indents, 8) * tags->measures.indent;
}

/* --- paragraphs --------------------------------------------------------------------------------
 */

static void set_paragraph(const struct answer_tags *tags, const struct look *look)
{
    static const double scales[] = {1.45, 1.25, 1.1, 1, 1, 1};
    const struct answer_line line = {
        .depth = look->depth, .quote = look->quote, .hanging = look->hanging};
    const struct answer_measures *measures = &tags->measures;
    bool code = look->kind == MARKDOWN_CODE;
    int margin = answer_tags_margin(tags, &line) + (code ? measures->pad : 0);
    /* the button that copies it stands at its end */
    int end = code ? measures->pad + 2 * measures->line : 0;

    g_object_set(look->tag, look->rtl ? "right-margin" : "left-margin", margin,
                 look->rtl ? "left-margin" : "right-margin", end, NULL);
    if (look->hanging) {
        g_autoptr(PangoTabArray) stops =
            pango_tab_array_new_with_positions(1, TRUE, PANGO_TAB_LEFT, measures->indent);
        g_object_set(look->tag, "indent", -measures->indent, "tabs", stops, NULL);
    }
    if (code)
        g_object_set(look->tag, "family", "monospace", "scale", 0.92, "pixels-inside-wrap", 0,
                     NULL);
    if (look->kind == MARKDOWN_HEADING)
        g_object_set(look->tag, "weight", PANGO_WEIGHT_BOLD, "scale",
                     scales[CLAMP(look->level, 1, 6) - 1], NULL);
}

static void set_look(const struct answer_tags *tags, const struct look *look)
{
    const struct answer_line line = {
        .gap = look->gap, .kind = look->kind, .below_code = look->below_code};

    if (look->is_gap)
        g_object_set(look->tag, "pixels-above-lines", answer_tags_gap(tags, &line), NULL);
    else
        set_paragraph(tags, look);
}

static GtkTextTag *look_tag(struct answer_tags *tags, const char *name, const struct look *like)
{
    GtkTextTag *tag = gtk_text_tag_table_lookup(gtk_text_buffer_get_tag_table(tags->buffer), name);

    if (!tag) {
        struct look *look = g_memdup2(like, sizeof *like);
        look->tag = tag = gtk_text_buffer_create_tag(tags->buffer, name, NULL);
        g_ptr_array_add(tags->looks, look);
        set_look(tags, look);
    }
    return tag;
}

static GtkTextTag *paragraph_tag(struct answer_tags *tags, const struct answer_line *line)
{
    const struct look look = {.kind = line->kind,
                              .level = line->level,
                              .depth = MIN(line->depth, 9),
                              .quote = MIN(line->quote, 9),
                              .hanging = line->hanging,
                              .rtl = line->rtl};
    char name[64];

    g_snprintf(name, sizeof name, "paragraph-%d-%d-%d-%d-%d-%d", look.kind, look.level, look.depth,
               look.quote, look.hanging, look.rtl);
    return look_tag(tags, name, &look);
}

static GtkTextTag *gap_tag(struct answer_tags *tags, const struct answer_line *line)
{
    const struct look look = {
        .is_gap = true, .gap = line->gap, .kind = line->kind, .below_code = line->below_code};
    char name[64];

    g_snprintf(name, sizeof name, "gap-%d-%d-%d", look.gap, look.kind == MARKDOWN_CODE,
               look.below_code);
    return look_tag(tags, name, &look);
}

/* --- from the widget ---------------------------------------------------------------------------
 */

static struct answer_measures measures_of(GtkWidget *widget)
{
    PangoFontMetrics *metrics =
        pango_context_get_metrics(gtk_widget_get_pango_context(widget), NULL, NULL);
    struct answer_measures measures;

    measures.line = PANGO_PIXELS(pango_font_metrics_get_ascent(metrics) +
                                 pango_font_metrics_get_descent(metrics));
    measures.measure = PANGO_PIXELS(70 * pango_font_metrics_get_approximate_char_width(metrics));
    measures.indent = (int)(1.5 * measures.line);
    measures.pad = measures.line / 2;
    measures.wrap = measures.line / 4;
    pango_font_metrics_unref(metrics);
    return measures;
}

/* A tag that is set is laid out anew wherever it stands: so only if something is different. */
bool answer_tags_measure(struct answer_tags *tags, GtkWidget *widget)
{
    struct answer_measures measures = measures_of(widget);
    GdkRGBA dim;

    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &dim);
    dim.alpha *= 0.7f;
    if (memcmp(&measures, &tags->measures, sizeof measures) == 0 &&
        gdk_rgba_equal(&dim, &tags->dim))
        return false;
    tags->measures = measures;
    tags->dim = dim;
    g_object_set(tags->styles[5], "foreground-rgba", &tags->dim, NULL);
    g_object_set(tags->unsupported, "underline-rgba", &tags->dim, NULL);
    for (guint i = 0; i < tags->looks->len; i++)
        set_look(tags, tags->looks->pdata[i]);
    return true;
}

/* --- use ----------------------------------------------------------------------------------------
 */

static void apply_bytes(struct answer_tags *tags, const struct answer_line *line, GtkTextTag *tag,
                        guint from, guint to)
{
    const char *text = line->text.text->str;
    glong first = g_utf8_strlen(text, from);
    GtkTextIter a, b;

    if (!tag || from >= to)
        return;
    gtk_text_buffer_get_iter_at_offset(tags->buffer, &a, (int)(line->offset + first));
    b = a;
    gtk_text_iter_forward_chars(&b, (int)g_utf8_strlen(text + from, to - from));
    gtk_text_buffer_apply_tag(tags->buffer, tag, &a, &b);
}

void answer_tags_apply(struct answer_tags *tags, const struct answer_line *line, guint from)
{
    const struct answer_text *text = &line->text;
    guint n = (guint)text->text->len;
    const char *end = strchr(text->text->str, '\n'); /* code only */

    apply_bytes(tags, line, paragraph_tag(tags, line), from, n);
    apply_bytes(tags, line, gap_tag(tags, line), from,
                end ? (guint)(end - text->text->str) + 1 : n);
    for (guint i = 0; i < text->runs->len; i++) {
        const struct markdown_run *run = &g_array_index(text->runs, struct markdown_run, i);
        for (int k = 0; k < N_STYLES && run->to > from; k++) {
            if (run->style & 1u << k)
                apply_bytes(tags, line, tags->styles[k], MAX(run->from, from), run->to);
        }
    }
    for (guint i = 0; i < text->stretches->len; i++) {
        const struct answer_stretch *stretch =
            &g_array_index(text->stretches, struct answer_stretch, i);
        if (stretch->unsupported && stretch->to > from)
            apply_bytes(tags, line, tags->unsupported, MAX(stretch->from, from), stretch->to);
    }
}

static void add_attribute(PangoAttrList *list, PangoAttribute *attribute, guint from, guint to)
{
    attribute->start_index = from;
    attribute->end_index = to;
    pango_attr_list_insert(list, attribute);
}

PangoAttrList *answer_tags_attributes(const struct answer_tags *tags,
                                      const struct answer_text *text, bool heading)
{
    PangoAttrList *list = pango_attr_list_new();

    if (heading)
        pango_attr_list_insert(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
    for (guint i = 0; i < text->runs->len; i++) {
        const struct markdown_run *run = &g_array_index(text->runs, struct markdown_run, i);
        PangoAttribute *const attributes[] = {
            run->style & MARKDOWN_BOLD ? pango_attr_weight_new(PANGO_WEIGHT_BOLD) : NULL,
            run->style & MARKDOWN_ITALIC ? pango_attr_style_new(PANGO_STYLE_ITALIC) : NULL,
            run->style & MARKDOWN_MONO ? pango_attr_family_new("monospace") : NULL,
            run->style & MARKDOWN_STRUCK ? pango_attr_strikethrough_new(TRUE) : NULL,
            run->style & MARKDOWN_ADDRESS
                ? pango_attr_foreground_alpha_new((guint16)(0.7 * G_MAXUINT16))
                : NULL,
        };
        for (gsize k = 0; k < G_N_ELEMENTS(attributes); k++) {
            if (attributes[k])
                add_attribute(list, attributes[k], run->from, run->to);
        }
    }
    for (guint i = 0; i < text->stretches->len; i++) {
        const struct answer_stretch *stretch =
            &g_array_index(text->stretches, struct answer_stretch, i);
        if (stretch->unsupported)
            add_attribute(list, pango_attr_underline_new(PANGO_UNDERLINE_ERROR), stretch->from,
                          stretch->to);
    }
    return list;
}
