/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmark-gfm's tree walked once, in reading order, into flat blocks: containers only leave their
 * depth, and a list item its marker, on the blocks inside them. The walk keeps no stack of its own
 * but the lists' numbers, so nesting of any depth cannot overflow.
 *
 * Before the parser sees a piece, shields are put where its meaning would reach beyond it, cost too
 * much or bring in what was kept out: before a link reference definition (text here), before the
 * delimiter row of a table with more than MAX_COLUMNS columns (cmark-gfm 0.29 fills up every short
 * row to all of them), and into the number of a character that markdown_clean takes out. The walk
 * takes all shields out again, wherever they landed.
 */
#include "ui/markdown-tree.h"

#include <cmark-gfm-core-extensions.h>
#include <string.h>

#define MAX_COLUMNS 32
#define MAX_LABEL   1000 /* bytes between the brackets of a definition, as in CommonMark */
#define N_STYLES    6

/* --- what the parser gets -----------------------------------------------------------------------
 */

/* What to make of a character that a text view would take for more than text; 0 = leave out. */
static gunichar cleaned(gunichar c)
{
    if (c == '\n' || c == '\t')
        return c;
    if (c == 0x2029) /* a text buffer's own end of line */
        return '\n';
    if (c == 0 || c == 0xFFFC) /* the place of a widget */
        return 0xFFFD;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF)
        return 0;
    if (c == MARKDOWN_SHIELD || (c >= MARKDOWN_FIRST_MARK && c < 0x110000))
        return 0;
    return c;
}

size_t markdown_clean(GString *out, const char *text, size_t n, bool more)
{
    size_t i = 0;

    while (i < n) {
        size_t plain = i;
        while (plain < n && ((guchar)text[plain] >= 0x20 || text[plain] == '\n') &&
               (guchar)text[plain] < 0x7F)
            plain++;
        g_string_append_len(out, text + i, (gssize)(plain - i));
        i = plain;
        if (i == n)
            break;
        gunichar c = text[i] ? g_utf8_get_char_validated(text + i, (gssize)(n - i)) : 0;
        if (c == (gunichar)-2 && more)
            break;
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_unichar(out, 0xFFFD);
            i++;
            continue;
        }
        i += text[i] ? (size_t)g_utf8_skip[(guchar)text[i]] : 1;
        if (cleaned(c))
            g_string_append_unichar(out, cleaned(c));
    }
    return i;
}

/* Is this a "[label]:"? */
static bool begins_definition(const char *text, size_t n)
{
    for (size_t i = 1; i + 1 < n && i < MAX_LABEL; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '[')
            return false;
        else if (text[i] == ']')
            return text[i + 1] == ':';
    }
    return false;
}

/* Is this "&#…;" for a character that would not have been let in by itself? */
static bool smuggles(const char *text, size_t n)
{
    bool hex = n > 3 && (text[2] == 'x' || text[2] == 'X');
    size_t i = hex ? 3 : 2;
    gunichar c = 0;

    if (n < 4 || text[1] != '#')
        return false;
    for (; i < n && c < 0x110000 && g_ascii_isxdigit(text[i]); i++)
        c = c * (hex ? 16 : 10) + (gunichar)g_ascii_xdigit_value(text[i]);
    return cleaned(c) != c || c == '\n';
}

static bool is_wide_delimiter_row(const char *line, size_t n)
{
    int n_bars = 0;

    for (size_t i = 0; i < n && line[i] != '\n'; i++) {
        if (g_ascii_isalpha(line[i]))
            return false;
        n_bars += line[i] == '|';
    }
    return n_bars > MAX_COLUMNS;
}

static GString *shielded(const char *text, size_t n)
{
    GString *out = g_string_sized_new(n + 64);
    bool line_begins = true;

    for (size_t i = 0; i < n; i++) {
        if ((text[i] == '[' && begins_definition(text + i, n - i)) ||
            (line_begins && is_wide_delimiter_row(text + i, n - i)))
            g_string_append(out, MARKDOWN_SHIELD_UTF8);
        g_string_append_c(out, text[i]);
        if (text[i] == '&' && smuggles(text + i, n - i))
            g_string_append(out, MARKDOWN_SHIELD_UTF8);
        line_begins = text[i] == '\n';
    }
    return out;
}

static cmark_node *parse(const char *text, size_t n)
{
    static const char *const names[] = {"table", "strikethrough", "autolink", "tasklist"};
    g_autoptr(GString) source = shielded(text, n);

    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser =
        cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(names[i]));
    cmark_parser_feed(parser, source->str, source->len);
    cmark_node *root = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    return root;
}

/* Offsets of the lines of a text, and its end. */
static GArray *line_offsets(const char *text, size_t n)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(size_t));
    size_t at = 0;

    g_array_append_val(lines, at);
    while (at < n) {
        const char *end = memchr(text + at, '\n', n - at);
        at = end ? (size_t)(end - text) + 1 : n;
        g_array_append_val(lines, at);
    }
    return lines;
}

/* --- where pieces may be cut --------------------------------------------------------------------
 */

static void add_start(GArray *starts, const GArray *lines, int line, guint number)
{
    if (line < 1 || (guint)line >= lines->len)
        return;
    struct markdown_start start = {g_array_index(lines, size_t, line - 1), number};
    /* A table's line is wrong where a paragraph was taken from its head: one piece then. */
    if (starts->len == 0 ||
        start.at > g_array_index(starts, struct markdown_start, starts->len - 1).at)
        g_array_append_val(starts, start);
}

GArray *markdown_tree_starts(const char *text, size_t n, guint number)
{
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(struct markdown_start));
    g_autoptr(GArray) lines = line_offsets(text, n);
    cmark_node *root = parse(text, n);

    for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node)) {
        bool first = !cmark_node_previous(node);
        if (cmark_node_get_type(node) == CMARK_NODE_LIST) {
            bool ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
            guint at = first && number ? number : (guint)cmark_node_get_list_start(node);
            for (cmark_node *item = cmark_node_first_child(node); item;
                 item = cmark_node_next(item), at++) {
                bool goes_on = cmark_node_previous(item) || (first && number);
                add_start(starts, lines, cmark_node_get_start_line(item),
                          ordered && goes_on ? at : 0);
            }
        } else {
            add_start(starts, lines, cmark_node_get_start_line(node), 0);
        }
    }
    cmark_node_free(root);
    return starts;
}

/* --- the walk -----------------------------------------------------------------------------------
 */

struct walk {
    const struct markdown_context *context; /* (borrowed) */
    const char *source;                     /* (borrowed) */
    GArray *lines;                          /* (owned) of size_t: where its lines begin */
    GPtrArray *out;                         /* (borrowed) */
    guint n_before;                         /* blocks in out before this piece */
    GArray *numbers;                        /* (owned) of guint: next number of each open list */
    int depth, quote;
    char marker[16];              /* of the item that has no block yet */
    struct markdown_block *block; /* (borrowed) the one being filled */
    struct markdown_text *into;   /* (borrowed) its text, or that of a cell; NULL = none */
    int n_open[N_STYLES];         /* nested openings of each style */
    guint link_from, image_from;  /* bytes of the text before them */
};

/* Appends a literal without its shields to a text; the marks among them to marks. */
static void take_literal(const char *literal, GString *to, GArray *marks)
{
    const char *from = literal;

    for (const char *at = literal; *at; at++) {
        if ((guchar)*at < 0xF0)
            continue;
        gunichar c = g_utf8_get_char(at);
        if (c != MARKDOWN_SHIELD && c < MARKDOWN_FIRST_MARK)
            continue;
        g_string_append_len(to, from, at - from);
        from = g_utf8_next_char(at);
        if (c >= MARKDOWN_FIRST_MARK) {
            struct markdown_mark mark = {(guint)to->len, c - MARKDOWN_FIRST_MARK};
            g_array_append_val(marks, mark);
        }
    }
    g_string_append(to, from);
}

/* Moves the marks from index `first` on to the end of the text. */
static void marks_to_end(struct markdown_text *text, guint first)
{
    for (guint i = first; i < text->marks->len; i++)
        g_array_index(text->marks, struct markdown_mark, i).at = (guint)text->text->len;
}

static void add_run(struct markdown_text *text, guint from, unsigned style)
{
    struct markdown_run run = {from, (guint)text->text->len, style};
    struct markdown_run *last =
        text->runs->len ? &g_array_index(text->runs, struct markdown_run, text->runs->len - 1)
                        : NULL;

    if (run.from == run.to || !style)
        return;
    if (last && last->to == run.from && last->style == style)
        last->to = run.to;
    else
        g_array_append_val(text->runs, run);
}

static void add_text(struct walk *walk, const char *literal, unsigned style)
{
    struct markdown_text *into = walk->into;

    if (!into || !literal)
        return;
    guint from = (guint)into->text->len, n_marks = into->marks->len;
    take_literal(literal, into->text, into->marks);
    for (guint i = from; i < into->text->len; i++) {
        if (into->text->str[i] == '\n') /* "&NewLine;", or HTML over several lines */
            into->text->str[i] = ' ';
    }
    for (int i = 0; i < N_STYLES; i++)
        style |= walk->n_open[i] ? 1u << i : 0;
    add_run(into, from, style);
    if (style & (MARKDOWN_MONO | MARKDOWN_ADDRESS)) /* no mark inside */
        marks_to_end(into, n_marks);
}

/* --- blocks of the walk ------------------------------------------------------------------------
 */

static bool is_blank_above(const struct walk *walk, int line)
{
    if (line < 1 || (guint)line >= walk->lines->len)
        return false;
    if (line == 1)
        return walk->context->blank_before;
    size_t from = g_array_index(walk->lines, size_t, line - 2);
    size_t to = g_array_index(walk->lines, size_t, line - 1);
    for (size_t i = from; i < to; i++) {
        if (!strchr(" \t>\n", walk->source[i]))
            return false;
    }
    return true;
}

static void open_block(struct walk *walk, enum markdown_kind kind, int line)
{
    struct markdown_block *block = markdown_block_new(kind);

    block->depth = walk->depth;
    block->quote = walk->quote;
    if (walk->context->first && walk->out->len == walk->n_before)
        block->gap = MARKDOWN_GAP_NONE;
    else if (kind == MARKDOWN_HEADING)
        block->gap = MARKDOWN_GAP_SECTION;
    else if (walk->depth > 0 && !is_blank_above(walk, line))
        block->gap = MARKDOWN_GAP_TIGHT;
    else
        block->gap = MARKDOWN_GAP_NORMAL;
    memcpy(block->marker, walk->marker, sizeof block->marker);
    walk->marker[0] = '\0';
    g_ptr_array_add(walk->out, block);
    walk->block = block;
    walk->into = kind == MARKDOWN_TABLE || kind == MARKDOWN_RULE ? NULL : &block->text;
}

static void begin_item(struct walk *walk, cmark_node *item)
{
    static const char *const bullets[] = {"•", "◦", "▪"};
    guint *number = &g_array_index(walk->numbers, guint, walk->numbers->len - 1);

    if (g_str_equal(cmark_node_get_type_string(item), "tasklist"))
        g_strlcpy(walk->marker, cmark_gfm_extensions_get_tasklist_item_checked(item) ? "☑" : "☐",
                  sizeof walk->marker);
    else if (cmark_node_get_list_type(cmark_node_parent(item)) == CMARK_ORDERED_LIST)
        g_snprintf(walk->marker, sizeof walk->marker, "%u.", *number);
    else
        g_strlcpy(walk->marker, bullets[(walk->depth - 1) % 3], sizeof walk->marker);
    *number += 1;
}

static void begin_list(struct walk *walk, cmark_node *list)
{
    bool goes_on =
        walk->context->number && walk->depth == 0 && walk->quote == 0 && !cmark_node_previous(list);
    guint number = goes_on ? walk->context->number : (guint)cmark_node_get_list_start(list);

    g_array_append_val(walk->numbers, number);
    walk->depth++;
}

static void take_code(struct walk *walk, cmark_node *node)
{
    struct markdown_block *block = walk->block;
    g_autoptr(GString) info = g_string_new(NULL);
    const char *literal = cmark_node_get_literal(node), *words = cmark_node_get_fence_info(node);

    if (cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK) {
        take_literal(words ? words : "", info, block->text.marks);
        g_free(block->language);
        block->language = g_strndup(info->str, strcspn(info->str, " \t,{"));
    }
    take_literal(literal ? literal : "", block->text.text, block->text.marks);
    if (g_str_has_suffix(block->text.text->str, "\n"))
        g_string_truncate(block->text.text, block->text.text->len - 1);
    marks_to_end(&block->text, 0);
}

static void take_html(struct walk *walk, cmark_node *node)
{
    struct markdown_text *text = &walk->block->text;

    take_literal(cmark_node_get_literal(node), text->text, text->marks);
    while (g_str_has_suffix(text->text->str, "\n"))
        g_string_truncate(text->text, text->text->len - 1);
    for (guint i = 0; i < text->marks->len; i++) {
        struct markdown_mark *mark = &g_array_index(text->marks, struct markdown_mark, i);
        mark->at = MIN(mark->at, (guint)text->text->len);
    }
}

static void begin_table(struct walk *walk, cmark_node *node)
{
    struct markdown_block *block = walk->block;
    const guint8 *alignments = cmark_gfm_extensions_get_table_alignments(node);

    block->n_columns = cmark_gfm_extensions_get_table_columns(node);
    block->cells = g_ptr_array_new_with_free_func((GDestroyNotify)markdown_text_free);
    block->alignments = g_new0(char, block->n_columns + 1);
    for (guint i = 0; i < block->n_columns; i++)
        block->alignments[i] = alignments ? (char)alignments[i] : 0;
}

static void begin_cell(struct walk *walk)
{
    struct markdown_text *cell = markdown_text_new();

    g_ptr_array_add(walk->block->cells, cell);
    walk->into = cell;
}

/* What it points to, in parentheses, unless the text says so itself. */
static void add_address(struct walk *walk, cmark_node *node, guint from)
{
    struct markdown_text *into = walk->into;
    g_autoptr(GString) address = g_string_new(" (");
    const char *url = cmark_node_get_url(node);

    if (!into || !url || !*url)
        return;
    guint n_marks = into->marks->len;
    take_literal(url, address, into->marks);
    const char *text = into->text->str + MIN(from, into->text->len);
    if (!*text || !g_str_has_suffix(address->str, text)) {
        g_string_append_c(address, ')');
        add_text(walk, address->str + (*text ? 0 : 1), MARKDOWN_ADDRESS);
    }
    marks_to_end(into, n_marks);
}

/* --- the walk's steps --------------------------------------------------------------------------
 */

static int style_of(cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_STRONG:
        return 0;
    case CMARK_NODE_EMPH:
    case CMARK_NODE_IMAGE:
        return 1;
    case CMARK_NODE_LINK:
        return 4;
    default:
        return g_str_equal(cmark_node_get_type_string(node), "strikethrough") ? 3 : -1;
    }
}

static void enter_block(struct walk *walk, cmark_node *node)
{
    const char *name = cmark_node_get_type_string(node);
    int line = cmark_node_get_start_line(node);

    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_BLOCK_QUOTE:
        walk->quote++;
        return;
    case CMARK_NODE_LIST:
        begin_list(walk, node);
        return;
    case CMARK_NODE_ITEM:
        begin_item(walk, node);
        return;
    case CMARK_NODE_PARAGRAPH:
        open_block(walk, MARKDOWN_PARAGRAPH, line);
        return;
    case CMARK_NODE_HEADING:
        open_block(walk, MARKDOWN_HEADING, line);
        walk->block->level = cmark_node_get_heading_level(node);
        return;
    case CMARK_NODE_CODE_BLOCK:
        open_block(walk, MARKDOWN_CODE, line);
        take_code(walk, node);
        return;
    case CMARK_NODE_HTML_BLOCK:
        open_block(walk, MARKDOWN_CODE, line);
        take_html(walk, node);
        return;
    case CMARK_NODE_THEMATIC_BREAK:
        open_block(walk, MARKDOWN_RULE, line);
        return;
    default:
        break;
    }
    if (g_str_equal(name, "table")) {
        open_block(walk, MARKDOWN_TABLE, line);
        begin_table(walk, node);
    } else if (g_str_equal(name, "table_cell")) {
        begin_cell(walk);
    }
}

static void leave_block(struct walk *walk, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_BLOCK_QUOTE:
        walk->quote--;
        break;
    case CMARK_NODE_LIST:
        walk->depth--;
        g_array_set_size(walk->numbers, walk->numbers->len - 1);
        break;
    case CMARK_NODE_ITEM:
        if (walk->marker[0]) /* nothing in it */
            open_block(walk, MARKDOWN_PARAGRAPH, cmark_node_get_start_line(node));
        break;
    default:
        break;
    }
}

static void enter_inline(struct walk *walk, cmark_node *node)
{
    int style = style_of(node);

    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_HTML_INLINE:
        add_text(walk, cmark_node_get_literal(node), 0);
        return;
    case CMARK_NODE_CODE:
        add_text(walk, cmark_node_get_literal(node), MARKDOWN_MONO);
        return;
    case CMARK_NODE_SOFTBREAK:
        add_text(walk, " ", 0);
        return;
    case CMARK_NODE_LINEBREAK:
        add_text(walk, "\u2028", 0);
        return;
    case CMARK_NODE_LINK:
        walk->link_from = walk->into ? (guint)walk->into->text->len : 0;
        break;
    case CMARK_NODE_IMAGE:
        walk->image_from = walk->into ? (guint)walk->into->text->len : 0;
        break;
    default:
        break;
    }
    if (style >= 0)
        walk->n_open[style]++;
}

static void leave_inline(struct walk *walk, cmark_node *node)
{
    int style = style_of(node);

    if (style >= 0)
        walk->n_open[style]--;
    if (cmark_node_get_type(node) == CMARK_NODE_LINK)
        add_address(walk, node, walk->link_from);
    else if (cmark_node_get_type(node) == CMARK_NODE_IMAGE && walk->into &&
             walk->into->text->len <= walk->image_from)
        add_address(walk, node, walk->image_from);
}

void markdown_tree_blocks(const char *text, size_t n, const struct markdown_context *context,
                          GPtrArray *out)
{
    g_autoptr(GArray) lines = line_offsets(text, n);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    struct walk walk = {.context = context,
                        .source = text,
                        .lines = lines,
                        .out = out,
                        .n_before = out->len,
                        .numbers = numbers};
    cmark_node *root = parse(text, n);
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        bool is_inline =
            (cmark_node_get_type(node) & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_INLINE;
        if (event == CMARK_EVENT_ENTER)
            (is_inline ? enter_inline : enter_block)(&walk, node);
        else
            (is_inline ? leave_inline : leave_block)(&walk, node);
    }
    cmark_iter_free(iter);
    cmark_node_free(root);
}
