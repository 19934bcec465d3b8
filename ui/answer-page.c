/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks become lines: a list marker and a tab before an item, a chip behind each sentence that has
 * a source. Sentences have no beginnings, only ends (the marks): each reaches back to the one
 * before it in its block.
 */
#include "ui/answer-page.h"

#include <string.h>

/* --- texts --------------------------------------------------------------------------------------
 */

static void text_init(struct answer_text *text)
{
    text->text = g_string_new(NULL);
    text->runs = g_array_new(FALSE, FALSE, sizeof(struct markdown_run));
    text->chips = g_array_new(FALSE, FALSE, sizeof(struct answer_chip));
    text->stretches = g_array_new(FALSE, FALSE, sizeof(struct answer_stretch));
}

static void text_clear(struct answer_text *text)
{
    g_string_free(text->text, TRUE);
    g_array_unref(text->runs);
    g_array_unref(text->chips);
    g_array_unref(text->stretches);
}

static void text_free(struct answer_text *text)
{
    if (!text)
        return;
    text_clear(text);
    g_free(text);
}

void answer_line_free(struct answer_line *line)
{
    if (!line)
        return;
    text_clear(&line->text);
    g_clear_pointer(&line->cells, g_ptr_array_unref);
    g_clear_pointer(&line->places, g_ptr_array_unref);
    g_free(line->alignments);
    g_free(line);
}

/* Where the looks of two texts begin to differ. */
static guint runs_common(const GArray *a, const GArray *b)
{
    for (guint i = 0; i < MAX(a->len, b->len); i++) {
        const struct markdown_run *x =
            i < a->len ? &g_array_index(a, struct markdown_run, i) : NULL;
        const struct markdown_run *y =
            i < b->len ? &g_array_index(b, struct markdown_run, i) : NULL;
        if (!x || !y)
            return x ? x->from : y->from;
        if (x->from != y->from || x->style != y->style)
            return MIN(x->from, y->from);
        if (x->to != y->to)
            return MIN(x->to, y->to);
    }
    return G_MAXUINT;
}

static guint chips_common(const GArray *a, const GArray *b)
{
    for (guint i = 0; i < MIN(a->len, b->len); i++) {
        const struct answer_chip *x = &g_array_index(a, struct answer_chip, i);
        const struct answer_chip *y = &g_array_index(b, struct answer_chip, i);
        if (x->at != y->at || x->citation != y->citation)
            return MIN(x->at, y->at);
    }
    return G_MAXUINT;
}

/* The first byte from which one of them is underlined and the other is not. */
static guint stretches_common(const struct answer_text *a, const struct answer_text *b)
{
    g_autoptr(GArray) x = g_array_new(FALSE, FALSE, sizeof(struct markdown_run));
    g_autoptr(GArray) y = g_array_new(FALSE, FALSE, sizeof(struct markdown_run));
    const GArray *const from[] = {a->stretches, b->stretches};
    GArray *const to[] = {x, y};

    for (int k = 0; k < 2; k++) {
        for (guint i = 0; i < from[k]->len; i++) {
            const struct answer_stretch *stretch =
                &g_array_index(from[k], struct answer_stretch, i);
            struct markdown_run run = {stretch->from, stretch->to, 1};
            if (stretch->unsupported)
                g_array_append_val(to[k], run);
        }
    }
    return runs_common(x, y);
}

guint answer_text_common(const struct answer_text *a, const struct answer_text *b)
{
    guint n = (guint)MIN(a->text->len, b->text->len), same = 0;

    while (same < n && a->text->str[same] == b->text->str[same])
        same++;
    same = MIN(same, runs_common(a->runs, b->runs));
    same = MIN(same, chips_common(a->chips, b->chips));
    same = MIN(same, stretches_common(a, b));
    while (same > 0 && same < b->text->len && ((guchar)b->text->str[same] & 0xC0) == 0x80)
        same--;
    return same;
}

bool answer_text_equal(const struct answer_text *a, const struct answer_text *b)
{
    return a->text->len == b->text->len && a->stretches->len == b->stretches->len &&
           answer_text_common(a, b) >= a->text->len &&
           (a->stretches->len == 0 ||
            memcmp(a->stretches->data, b->stretches->data,
                   a->stretches->len * sizeof(struct answer_stretch)) == 0);
}

bool answer_line_same_look(const struct answer_line *a, const struct answer_line *b)
{
    return a->kind == b->kind && a->gap == b->gap && a->level == b->level && a->depth == b->depth &&
           a->quote == b->quote && a->hanging == b->hanging && a->rtl == b->rtl &&
           a->below_code == b->below_code;
}

static bool cells_equal(const struct answer_line *a, const struct answer_line *b)
{
    if (a->n_columns != b->n_columns || a->cells->len != b->cells->len ||
        memcmp(a->alignments, b->alignments, a->n_columns) != 0)
        return false;
    for (guint i = 0; i < a->cells->len; i++) {
        if (!answer_text_equal(a->cells->pdata[i], b->cells->pdata[i]))
            return false;
    }
    return true;
}

bool answer_line_equal(const struct answer_line *a, const struct answer_line *b)
{
    return answer_line_same_look(a, b) && answer_text_equal(&a->text, &b->text) &&
           (!a->cells || cells_equal(a, b));
}

/* --- from blocks to lines -----------------------------------------------------------------------
 */

/* What fills a text. */
struct filler {
    struct answer_text *to;             /* (borrowed) */
    const struct markdown_text *source; /* (borrowed) */
    const struct answer_notes *notes;   /* (borrowed) */
    bool may_underline;
    bool chips_apart; /* a cell's chips stand beside its text */
};

static void add_chip(const struct filler *filler, int citation, bool again)
{
    struct answer_text *to = filler->to;
    const struct answer_chip *last =
        to->chips->len ? &g_array_index(to->chips, struct answer_chip, to->chips->len - 1) : NULL;

    /* two sentences end at one place, with one source */
    if ((again || filler->chips_apart) && last && last->citation == citation)
        return;
    if (!filler->chips_apart)
        g_string_append(to->text, ANSWER_GLUE);
    struct answer_chip chip = {(guint)to->text->len, citation};
    g_array_append_val(to->chips, chip);
    if (!filler->chips_apart)
        g_string_append(to->text, ANSWER_OBJECT);
}

static guint skip_space(const GString *text, guint from, guint to)
{
    while (from < to && text->str[from] == ' ')
        from++;
    return from;
}

/* Appends bytes [from, to) with their looks. */
static void add_part(const struct filler *filler, guint from, guint end)
{
    struct answer_text *to = filler->to;
    const struct markdown_text *text = filler->source;
    guint base = (guint)to->text->len;

    g_string_append_len(to->text, text->text->str + from, end - from);
    for (guint i = 0; i < text->runs->len; i++) {
        struct markdown_run run = g_array_index(text->runs, struct markdown_run, i);
        run.from = MAX(run.from, from);
        run.to = MIN(run.to, end);
        if (run.from >= run.to)
            continue;
        run.from += base - from;
        run.to += base - from;
        g_array_append_val(to->runs, run);
    }
}

static void fill(const struct filler *filler)
{
    const struct markdown_text *text = filler->source;
    const struct answer_notes *notes = filler->notes;
    GString *out = filler->to->text;
    guint at = 0;

    for (guint i = 0; i < text->marks->len; i++) {
        const struct markdown_mark *mark = &g_array_index(text->marks, struct markdown_mark, i);
        int citation = mark->sentence < notes->n_sentences ? notes->citations[mark->sentence] : 0;
        guint from = skip_space(text->text, at, mark->at);
        add_part(filler, at, from);
        struct answer_stretch stretch = {.from = (guint)out->len, .citation = citation};
        add_part(filler, from, mark->at);
        stretch.to = (guint)out->len;
        stretch.unsupported = citation == 0 && notes->mark_unsupported && filler->may_underline;
        if (stretch.to > stretch.from)
            g_array_append_val(filler->to->stretches, stretch);
        if (citation > 0)
            add_chip(filler, citation, at == mark->at);
        at = mark->at;
    }
    add_part(filler, at, (guint)text->text->len);
}

/* Is its first letter of a script that is written from the right? */
static bool begins_rtl(const char *text)
{
    static const GUnicodeScript scripts[] = {
        G_UNICODE_SCRIPT_ARABIC,  G_UNICODE_SCRIPT_HEBREW, G_UNICODE_SCRIPT_SYRIAC,
        G_UNICODE_SCRIPT_THAANA,  G_UNICODE_SCRIPT_NKO,    G_UNICODE_SCRIPT_SAMARITAN,
        G_UNICODE_SCRIPT_MANDAIC, G_UNICODE_SCRIPT_ADLAM,  G_UNICODE_SCRIPT_HANIFI_ROHINGYA,
    };

    while (*text && !g_unichar_isalpha(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    for (gsize i = 0; *text && i < G_N_ELEMENTS(scripts); i++) {
        if (g_unichar_get_script(g_utf8_get_char(text)) == scripts[i])
            return true;
    }
    return false;
}

static void fill_table(struct answer_line *line, const struct markdown_block *block,
                       const struct answer_notes *notes)
{
    line->n_columns = block->n_columns;
    line->alignments = g_new0(char, block->n_columns + 1);
    if (block->n_columns)
        memcpy(line->alignments, block->alignments, block->n_columns);
    line->cells = g_ptr_array_new_with_free_func((GDestroyNotify)text_free);
    for (guint i = 0; i < block->cells->len; i++) {
        const struct markdown_text *cell = block->cells->pdata[i];
        struct answer_text *to = g_new(struct answer_text, 1);
        text_init(to);
        fill(&(struct filler){to, cell, notes, i >= block->n_columns, true});
        line->rtl |= begins_rtl(cell->text->str);
        g_ptr_array_add(line->cells, to);
    }
    g_string_append(line->text.text, ANSWER_OBJECT);
}

static struct answer_line *line_new(const struct markdown_block *block,
                                    const struct answer_line *above,
                                    const struct answer_notes *notes)
{
    struct answer_line *line = g_new0(struct answer_line, 1);

    text_init(&line->text);
    line->kind = block->kind;
    line->gap = block->gap;
    line->level = block->level;
    line->depth = block->depth;
    line->quote = block->quote;
    line->below_code = above && above->kind == MARKDOWN_CODE;
    line->rtl = block->kind != MARKDOWN_CODE && begins_rtl(block->text.text->str);
    if (block->kind == MARKDOWN_TABLE) {
        fill_table(line, block, notes);
    } else if (block->kind == MARKDOWN_RULE) {
        g_string_append(line->text.text, ANSWER_OBJECT);
    } else {
        line->hanging = block->marker[0] && block->kind != MARKDOWN_CODE;
        if (line->hanging)
            g_string_printf(line->text.text, "%s\t", block->marker);
        fill(&(struct filler){&line->text, &block->text, notes, block->kind == MARKDOWN_PARAGRAPH,
                              false});
    }
    line->n_chars = (guint)g_utf8_strlen(line->text.text->str, (gssize)line->text.text->len);
    return line;
}

GPtrArray *answer_page_lines(const GPtrArray *blocks, guint first, const struct answer_line *above,
                             const struct answer_notes *notes)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)answer_line_free);

    for (guint i = first; i < blocks->len; i++) {
        struct answer_line *line = line_new(blocks->pdata[i], above, notes);
        g_ptr_array_add(lines, line);
        above = line;
    }
    return lines;
}

const struct answer_stretch *answer_page_stretch(const GPtrArray *lines, guint offset)
{
    for (guint i = 0; i < lines->len; i++) {
        const struct answer_line *line = lines->pdata[i];
        if (offset < line->offset || offset >= line->offset + line->n_chars)
            continue;
        guint at = (guint)(g_utf8_offset_to_pointer(line->text.text->str, offset - line->offset) -
                           line->text.text->str);
        for (guint k = 0; k < line->text.stretches->len; k++) {
            const struct answer_stretch *stretch =
                &g_array_index(line->text.stretches, struct answer_stretch, k);
            if (at >= stretch->from && at < stretch->to)
                return stretch;
        }
    }
    return NULL;
}
