/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A growing text, of which only the end is parsed again.
 *
 * Block structure in CommonMark is decided line by line, and only the last top-level block can
 * still be changed by a later line. So:
 *  1. Where a top-level block begins on a complete line, or an item of a top-level list does, the
 *     text can be cut, and the pieces, parsed each by itself, are the blocks of the whole. (An
 *     item's number and the empty line above a block are handed on as its context; references,
 *     which would reach across, are not read: markdown-tree.c.)
 *  2. Pieces before the last cut are settled. Appending parses what follows it, and no more.
 *  3. A piece that grows beyond MAX_PIECE bytes is cut there, wherever that is, so the cost of an
 *     append is bounded whatever comes. The place depends on the text alone, not on how it came.
 *
 * Marks (markdown-tree.h) are put into a copy of a piece. They are shaped like punctuation, which
 * leaves the meaning of nearly all emphasis around them as it was; both copies are parsed, and
 * where the marked one reads differently, the other one's block is taken and the marks go behind
 * it. So the text with marks is the text without, always.
 */
#include "ui/markdown-tree.h"

#include <string.h>

#define MAX_PIECE (16 * 1024)

struct markdown_stream {
    GString *source;   /* (owned) cleaned */
    GByteArray *held;  /* (owned) an incomplete character at the end of what came */
    GArray *ends;      /* (owned) of struct markdown_end, `at` in source; empty while streaming */
    guint next_end;    /* the first of them at or after settled */
    size_t settled;    /* bytes of source */
    size_t seen;       /* bytes of source that were looked through for cuts */
    guint number;      /* of the list item that begins at settled, 0 = none */
    GPtrArray *blocks; /* (owned) of struct markdown_block */
    guint n_settled;   /* blocks */
};

static GPtrArray *blocks_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)markdown_block_free);
}

MarkdownStream *markdown_stream_new(void)
{
    MarkdownStream *stream = g_new0(MarkdownStream, 1);

    stream->source = g_string_new(NULL);
    stream->held = g_byte_array_new();
    stream->ends = g_array_new(FALSE, FALSE, sizeof(struct markdown_end));
    stream->blocks = blocks_new();
    return stream;
}

void markdown_stream_free(MarkdownStream *stream)
{
    if (!stream)
        return;
    g_string_free(stream->source, TRUE);
    g_byte_array_unref(stream->held);
    g_array_unref(stream->ends);
    g_ptr_array_unref(stream->blocks);
    g_free(stream);
}

/* --- marks in a piece ---------------------------------------------------------------------------
 */

/* A mark stands before a cell's closing bar, or it would be a cell more. */
static size_t before_bar(const char *text, size_t from, size_t at)
{
    size_t i = at;

    while (i > from && (text[i - 1] == ' ' || text[i - 1] == '\t'))
        i--;
    if (i == from || text[i - 1] != '|' || (text[at] && text[at] != '\n'))
        return at;
    i--;
    while (i > from && (text[i - 1] == ' ' || text[i - 1] == '\t'))
        i--;
    return i;
}

static GString *with_marks(const char *text, size_t from, size_t to, const GArray *ends,
                           guint first, guint last)
{
    GString *out = g_string_sized_new(to - from + 12 * (last - first));
    size_t at = from;

    for (guint i = first; i < last; i++) {
        const struct markdown_end *end = &g_array_index(ends, struct markdown_end, i);
        size_t place = MAX(at, before_bar(text, at, end->at));
        g_string_append_len(out, text + at, (gssize)(place - at));
        g_string_append_unichar(out, MARKDOWN_SHIELD);
        g_string_append_unichar(out, MARKDOWN_FIRST_MARK + end->sentence);
        g_string_append_unichar(out, MARKDOWN_SHIELD);
        at = place;
    }
    g_string_append_len(out, text + at, (gssize)(to - at));
    return out;
}

/* Adds to the block's end the marks of another one, or those listed. */
static void add_marks(struct markdown_block *block, const GArray *marks)
{
    struct markdown_text *text = &block->text;

    if (block->kind == MARKDOWN_TABLE && block->cells->len)
        text = block->cells->pdata[block->cells->len - 1];
    for (guint i = 0; i < marks->len; i++) {
        struct markdown_mark mark = g_array_index(marks, struct markdown_mark, i);
        mark.at = (guint)text->text->len;
        g_array_append_val(text->marks, mark);
    }
}

static void collect_marks(const struct markdown_block *block, GArray *out)
{
    g_array_append_vals(out, block->text.marks->data, block->text.marks->len);
    for (guint i = 0; block->cells && i < block->cells->len; i++) {
        const struct markdown_text *cell = block->cells->pdata[i];
        g_array_append_vals(out, cell->marks->data, cell->marks->len);
    }
}

/* Each mark stands once: takes it out of `missing`, a table of sentences, or out of the text, where
   it stands a second time (a bare address is a text and its link). */
static void tick_off_text(const struct markdown_text *text, GHashTable *missing)
{
    for (guint i = 0; i < text->marks->len;) {
        guint sentence = g_array_index(text->marks, struct markdown_mark, i).sentence;
        if (g_hash_table_remove(missing, GUINT_TO_POINTER(sentence + 1)))
            i++;
        else
            g_array_remove_index(text->marks, i);
    }
}

static void tick_off(const struct markdown_block *block, GHashTable *missing)
{
    tick_off_text(&block->text, missing);
    for (guint i = 0; block->cells && i < block->cells->len; i++)
        tick_off_text(block->cells->pdata[i], missing);
}

/* Blocks of the plain piece, with the marks of the marked one where both read the same. */
static GPtrArray *reconcile(GPtrArray *plain, GPtrArray *marked)
{
    GPtrArray *out = blocks_new();
    bool same_shape = plain->len == marked->len;

    for (guint i = 0; i < plain->len; i++) {
        struct markdown_block *block = plain->pdata[i];
        if (same_shape && markdown_block_equal(block, marked->pdata[i])) {
            g_ptr_array_add(out, g_steal_pointer(&marked->pdata[i]));
        } else {
            if (same_shape) {
                g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(struct markdown_mark));
                collect_marks(marked->pdata[i], marks);
                add_marks(block, marks);
            }
            g_ptr_array_add(out, g_steal_pointer(&plain->pdata[i]));
        }
    }
    return out;
}

/* Code has no marks inside: those that are wanted stand in a paragraph of their own behind it. */
static void add_block(MarkdownStream *stream, struct markdown_block *block, GHashTable *wanted)
{
    g_autoptr(GArray) marks = NULL;

    g_ptr_array_add(stream->blocks, block);
    if (block->kind != MARKDOWN_CODE && block->kind != MARKDOWN_RULE)
        return;
    marks = g_steal_pointer(&block->text.marks);
    block->text.marks = g_array_new(FALSE, FALSE, sizeof(struct markdown_mark));
    for (guint i = marks->len; i-- > 0;) {
        guint sentence = g_array_index(marks, struct markdown_mark, i).sentence;
        if (!g_hash_table_contains(wanted, GUINT_TO_POINTER(sentence + 1)))
            g_array_remove_index(marks, i);
    }
    if (!marks->len)
        return;
    struct markdown_block *after = markdown_block_new(MARKDOWN_PARAGRAPH);
    after->gap = MARKDOWN_GAP_TIGHT;
    after->depth = block->depth;
    after->quote = block->quote;
    add_marks(after, marks);
    g_ptr_array_add(stream->blocks, after);
}

/* --- pieces -------------------------------------------------------------------------------------
 */

static bool is_blank_before(const GString *source, size_t at)
{
    if (at < 1 || source->str[at - 1] != '\n')
        return false;
    for (size_t i = at - 1; i > 0 && source->str[i - 1] != '\n'; i--) {
        if (!strchr(" \t>", source->str[i - 1]))
            return false;
    }
    return true;
}

/* Has it a letter or a digit? What has none ("|---|", "```") is structure, and bears no mark. */
static bool has_words(const char *text, size_t from, size_t to)
{
    for (const char *at = text + from; at < text + to; at = g_utf8_next_char(at)) {
        if (g_unichar_isalnum(g_utf8_get_char(at)))
            return true;
    }
    return false;
}

/* Appends the blocks of bytes [from, to); `last` is the index after the last end in them. */
static void add_marked_piece(MarkdownStream *stream, size_t from, size_t to,
                             const struct markdown_context *context, guint last)
{
    g_autoptr(GPtrArray) plain = blocks_new();
    g_autoptr(GPtrArray) marked = blocks_new();
    g_autoptr(GHashTable) missing = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(struct markdown_mark));
    g_autoptr(GString) source =
        with_marks(stream->source->str, from, to, stream->ends, stream->next_end, last);

    markdown_tree_blocks(stream->source->str + from, to - from, context, plain);
    markdown_tree_blocks(source->str, source->len, context, marked);
    for (guint i = stream->next_end; i < last; i++) {
        const struct markdown_end *end = &g_array_index(stream->ends, struct markdown_end, i);
        g_hash_table_add(missing, GUINT_TO_POINTER(end->sentence + 1));
        if (end->wanted)
            g_hash_table_add(wanted, GUINT_TO_POINTER(end->sentence + 1));
    }
    g_autoptr(GPtrArray) blocks = reconcile(plain, marked);
    for (guint i = 0; i < blocks->len; i++)
        tick_off(blocks->pdata[i], missing);
    for (guint i = stream->next_end; i < last; i++) {
        struct markdown_mark mark = {0,
                                     g_array_index(stream->ends, struct markdown_end, i).sentence};
        if (g_hash_table_contains(missing, GUINT_TO_POINTER(mark.sentence + 1)))
            g_array_append_val(lost, mark);
    }
    if (blocks->len)
        add_marks(blocks->pdata[blocks->len - 1], lost);
    for (guint i = 0; i < blocks->len; i++)
        add_block(stream, g_steal_pointer(&blocks->pdata[i]), wanted);
}

static void add_piece(MarkdownStream *stream, size_t from, size_t to, guint number)
{
    const struct markdown_context context = {.number = number,
                                             .first = stream->blocks->len == 0,
                                             .blank_before = is_blank_before(stream->source, from)};
    guint last = stream->next_end;

    while (last < stream->ends->len &&
           g_array_index(stream->ends, struct markdown_end, last).at <= to)
        last++;
    if (last > stream->next_end)
        add_marked_piece(stream, from, to, &context, last);
    else
        markdown_tree_blocks(stream->source->str + from, to - from, &context, stream->blocks);
    stream->next_end = last;
}

static void settle_to(MarkdownStream *stream, size_t to, guint number)
{
    add_piece(stream, stream->settled, to, stream->number);
    stream->settled = to;
    stream->number = number;
    stream->n_settled = stream->blocks->len;
}

/* Settles what is certain of bytes [settled, end), which are whole lines. */
static void settle_lines(MarkdownStream *stream, size_t end)
{
    size_t base = stream->settled;
    g_autoptr(GArray) starts =
        markdown_tree_starts(stream->source->str + base, end - base, stream->number);

    for (guint i = 1; i < starts->len; i++) {
        const struct markdown_start *start = &g_array_index(starts, struct markdown_start, i);
        settle_to(stream, base + start->at, start->number);
    }
}

/* After the last line break within `n` bytes from `from`, 0 = there is none. */
static size_t lines_end(const MarkdownStream *stream, size_t from, size_t n)
{
    const char *end = memrchr(stream->source->str + from, '\n', n);

    return end ? (size_t)(end - stream->source->str) + 1 : 0;
}

/* Where to cut a piece that is too long: behind a line, else a word, else a character. */
static size_t forced_cut(const MarkdownStream *stream)
{
    const char *text = stream->source->str + stream->settled;
    size_t cut = MAX_PIECE;

    for (size_t i = MAX_PIECE; i > MAX_PIECE / 2; i--) {
        if (text[i - 1] == '\n')
            return stream->settled + i;
        if (text[i - 1] == ' ' && cut == MAX_PIECE)
            cut = i;
    }
    while (((guchar)text[cut] & 0xC0) == 0x80)
        cut--;
    return stream->settled + cut;
}

static void settle(MarkdownStream *stream)
{
    size_t n = stream->source->len;

    while (n - stream->settled > MAX_PIECE) {
        size_t before = stream->settled;
        size_t end = lines_end(stream, before, MAX_PIECE);
        if (end)
            settle_lines(stream, end);
        if (stream->settled == before)
            settle_to(stream, forced_cut(stream), 0);
        stream->seen = stream->settled;
    }
    size_t end = lines_end(stream, stream->settled, n - stream->settled);
    if (end > stream->seen) {
        settle_lines(stream, end);
        stream->seen = end;
    }
}

static void take(MarkdownStream *stream, const char *text, size_t n, bool more)
{
    g_byte_array_append(stream->held, (const guint8 *)text, (guint)n);
    size_t used =
        markdown_clean(stream->source, (const char *)stream->held->data, stream->held->len, more);
    g_byte_array_remove_range(stream->held, 0, (guint)used);
}

static void parse_all(MarkdownStream *stream)
{
    if (stream->blocks->len > stream->n_settled)
        g_ptr_array_remove_range(stream->blocks, stream->n_settled,
                                 stream->blocks->len - stream->n_settled);
    settle(stream);
    guint next_end = stream->next_end;
    add_piece(stream, stream->settled, stream->source->len, stream->number);
    stream->next_end = next_end;
}

void markdown_stream_append(MarkdownStream *stream, const char *text, size_t n)
{
    take(stream, text, n, true);
    parse_all(stream);
}

GPtrArray *markdown_stream_blocks(MarkdownStream *stream, guint *n_settled)
{
    if (n_settled)
        *n_settled = stream->n_settled;
    return stream->blocks;
}

GPtrArray *markdown_blocks(const char *text, size_t n, const struct markdown_end *ends,
                           size_t n_ends)
{
    g_autoptr(MarkdownStream) stream = markdown_stream_new();
    size_t at = 0;

    for (size_t i = 0; i < n_ends; i++) {
        struct markdown_end end = ends[i];
        if (end.at < at || end.at > n || end.sentence >= MARKDOWN_N_MARKS)
            continue;
        size_t from = stream->source->len;
        take(stream, text + at, end.at - at, false);
        at = end.at;
        end.at = stream->source->len;
        if (has_words(stream->source->str, from, end.at))
            g_array_append_val(stream->ends, end);
    }
    take(stream, text + at, n - at, false);
    settle(stream);
    settle_lines(stream, stream->source->len); /* no more comes: its last line is whole, too */
    add_piece(stream, stream->settled, stream->source->len, stream->number);
    return g_ptr_array_ref(stream->blocks);
}
