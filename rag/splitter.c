/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Greedy packing along the structure. Blocks become units that are never cut (a sentence, a table
 * row, a line of code); units fill a passage up to the target; a block that would not fit begins a
 * new passage if the present one is already half full, and so does a heading, unless what stands
 * before it is small: short sections share a passage, whose heading path is then what they have in
 * common.
 *
 * Invariants
 *  1. Every unit is in exactly one passage, in order; headings that would open a passage are left
 *     out of its text, for the heading path says them.
 *  2. No passage costs more than max_tokens, a repeated table header included.
 *  3. Cost is tokens, but at least characters / 8: WordPiece makes one token of a "word" of any
 *     length, and base64 would pass for nothing.
 * Linear in the text, but for the tokenizer.
 */
#include "rag/splitter.h"

#include "rag/sentences.h"
#include <string.h>

enum { DEFAULT_TARGET = 256, DEFAULT_MAX = 480, CHARS_PER_TOKEN = 8, MAX_HEADER = 100 };

struct unit {
    char *text;   /* (owned) */
    char *gap;    /* (owned) what stands between the unit before and this one */
    char *path;   /* (owned, g_ref_string) headings above it */
    char *header; /* (owned, g_ref_string) the table's header row, NULL for others */
    bool heading, block_start;
    int cost;
    int64_t char_from, char_to;
    enum rag_position pos_kind;
    int pos_from, pos_to;
};

struct rag_splitter {
    struct rag_splitter_options options;
    char *levels[6];     /* (owned) the headings above, outermost first; NULL: none */
    GPtrArray *units;    /* (owned) of the passage in the making */
    int cost;            /* of these */
    GPtrArray *last;     /* (owned) units of the passage before, not yet written; may be empty */
    GPtrArray *passages; /* (owned) */
    int64_t n_chars;     /* of the document's text so far */
};

static void unit_free(gpointer data)
{
    struct unit *unit = data;
    g_free(unit->text);
    g_free(unit->gap);
    g_clear_pointer(&unit->path, g_ref_string_release);
    g_clear_pointer(&unit->header, g_ref_string_release);
    g_free(unit);
}

struct rag_splitter *rag_splitter_new(const struct rag_splitter_options *options)
{
    struct rag_splitter *splitter = g_new0(struct rag_splitter, 1);
    splitter->options = *options;
    if (!splitter->options.target_tokens)
        splitter->options.target_tokens = DEFAULT_TARGET;
    if (!splitter->options.max_tokens)
        splitter->options.max_tokens = DEFAULT_MAX;
    splitter->units = g_ptr_array_new_with_free_func(unit_free);
    splitter->last = g_ptr_array_new_with_free_func(unit_free);
    splitter->passages = g_ptr_array_new_with_free_func((GDestroyNotify)idx_passage_free);
    return splitter;
}

void rag_splitter_free(struct rag_splitter *splitter)
{
    if (!splitter)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(splitter->levels); i++)
        g_free(splitter->levels[i]);
    g_clear_pointer(&splitter->units, g_ptr_array_unref);
    g_clear_pointer(&splitter->last, g_ptr_array_unref);
    g_clear_pointer(&splitter->passages, g_ptr_array_unref);
    g_free(splitter);
}

/* --- cost ------------------------------------------------------------------------------------ */

/* About 1.35 WordPiece tokens a word in English prose; long words count by their letters. */
static int estimate_tokens(const char *text, size_t n)
{
    size_t n_words = 0, n_bytes = 0;
    bool in_word = false;
    for (size_t i = 0; i < n; i++) {
        bool space = g_ascii_isspace(text[i]);
        n_words += !space && !in_word;
        n_bytes += !space;
        in_word = !space;
    }
    return (int)MAX(n_words * 27 / 20, n_bytes / 5) + 1;
}

static int cost_of(const struct rag_splitter *splitter, const char *text, size_t n)
{
    const struct rag_splitter_options *o = &splitter->options;
    int tokens = o->count_tokens ? o->count_tokens(o->data, text, n) : estimate_tokens(text, n);
    return MAX(tokens, (int)(g_utf8_strlen(text, (gssize)n) / CHARS_PER_TOKEN));
}

/* --- writing passages ------------------------------------------------------------------------ */

/* What two heading paths have in common, whole headings only. */
static char *common_path(const char *a, const char *b)
{
    g_auto(GStrv) parts_a = g_strsplit(a, " › ", -1), parts_b = g_strsplit(b, " › ", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; parts_a[i] && parts_b[i] && strcmp(parts_a[i], parts_b[i]) == 0; i++)
        g_string_append_printf(out, "%s%s", i ? " › " : "", parts_a[i]);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static bool needs_header(const struct unit *first)
{
    return first->header && !first->block_start;
}

/* What follows the text stands at another page, line … */
static void add_break(GString *breaks, const char *text, int position)
{
    g_string_append_printf(breaks, "%s%ld:%d", breaks->len ? " " : "", g_utf8_strlen(text, -1),
                           position);
}

static void write_passage(struct rag_splitter *splitter, GPtrArray *units)
{
    const struct unit *first = units->pdata[0], *last = units->pdata[units->len - 1];
    struct idx_passage *passage = g_new0(struct idx_passage, 1);
    g_autoptr(GString) text = g_string_new(NULL), breaks = g_string_new(NULL);
    g_autofree char *path = g_strdup(first->path);
    if (needs_header(first))
        g_string_append_printf(text, "%s\n", first->header);
    int position = first->pos_from;
    for (guint i = 0; i < units->len; i++) {
        const struct unit *unit = units->pdata[i];
        g_string_append(text, i ? unit->gap : "");
        if (unit->pos_from != position)
            add_break(breaks, text->str, position = unit->pos_from);
        g_string_append(text, unit->text);
        passage->n_tokens += unit->cost;
        if (!unit->heading && strcmp(path, unit->path) != 0) {
            char *common = common_path(path, unit->path);
            g_free(path);
            path = common;
        }
    }
    passage->ord = (int)splitter->passages->len;
    passage->text = g_string_free(g_steal_pointer(&text), FALSE);
    passage->heading = g_steal_pointer(&path);
    passage->breaks = g_string_free(g_steal_pointer(&breaks), FALSE);
    passage->char_from = first->char_from;
    passage->char_to = last->char_to;
    passage->pos_kind = (enum idx_position)first->pos_kind;
    passage->pos_from = first->pos_from;
    passage->pos_to = MAX(first->pos_to, last->pos_to);
    g_ptr_array_add(splitter->passages, passage);
}

static int total_cost(const GPtrArray *units)
{
    int cost = 0;
    for (guint i = 0; i < units->len; i++)
        cost += ((const struct unit *)units->pdata[i])->cost;
    return cost;
}

static void move_units(GPtrArray *to, GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, from->pdata[i]);
    g_ptr_array_set_free_func(from, NULL);
    g_ptr_array_set_size(from, 0);
    g_ptr_array_set_free_func(from, unit_free);
}

static void write_last(struct rag_splitter *splitter)
{
    if (splitter->last->len)
        write_passage(splitter, splitter->last);
    g_ptr_array_set_size(splitter->last, 0);
}

static int join_limit(const struct rag_splitter *splitter)
{
    return MIN(splitter->options.target_tokens * 3 / 2, splitter->options.max_tokens - MAX_HEADER);
}

/* Headings at the end open what comes next: they move there. */
static void take_trailing_headings(GPtrArray *units, GPtrArray *to)
{
    guint n = units->len;
    while (n && ((struct unit *)units->pdata[n - 1])->heading)
        n--;
    while (units->len > n)
        g_ptr_array_add(to, g_ptr_array_steal_index(units, n));
}

/* Headings that open a passage are in its heading path, unless they were cut there or stand above
   nothing ("Part one", directly followed by another heading of its level). What stays must be one
   stretch of the document, so the first that is needed keeps those after it. */
static void drop_leading_headings(GPtrArray *units)
{
    guint n = 0;
    while (n < units->len && ((struct unit *)units->pdata[n])->heading)
        n++;
    for (; n > 0 && n < units->len; n--) {
        const struct unit *heading = units->pdata[0], *content = units->pdata[n];
        if (!strstr(content->path, heading->text))
            return;
        g_ptr_array_remove_index(units, 0);
    }
}

/* Is the passage in the making so small that it may join the one before? */
static bool joins_last(const struct rag_splitter *splitter, bool at_end)
{
    int cost = total_cost(splitter->units);
    if (!splitter->last->len || cost >= splitter->options.target_tokens / 5 ||
        cost + total_cost(splitter->last) > join_limit(splitter))
        return false;
    const struct unit *first = splitter->units->pdata[0];
    const struct unit *before = splitter->last->pdata[splitter->last->len - 1];
    return before->pos_kind == first->pos_kind &&
           (at_end || strcmp(before->path, first->path) == 0);
}

/* Ends the passage in the making. One passage is held back, so that a tiny one can join it. */
static void end_passage(struct rag_splitter *splitter, bool at_end)
{
    g_autoptr(GPtrArray) headings = g_ptr_array_new_with_free_func(unit_free);
    if (!at_end)
        take_trailing_headings(splitter->units, headings);
    if (splitter->units->len) {
        if (!joins_last(splitter, at_end)) {
            drop_leading_headings(splitter->units);
            write_last(splitter);
        }
        move_units(splitter->last, splitter->units);
    }
    move_units(splitter->units, headings);
    splitter->cost = total_cost(splitter->units);
}

static bool has_content(const GPtrArray *units)
{
    for (guint i = 0; i < units->len; i++) {
        if (!((const struct unit *)units->pdata[i])->heading)
            return true;
    }
    return false;
}

/* Would the unit make the passage in the making too long? Headings alone stay with what follows if
   they can. */
static bool is_too_much(const struct rag_splitter *splitter, const struct unit *unit, int limit)
{
    const struct unit *first = splitter->units->len ? splitter->units->pdata[0] : unit;
    int header = needs_header(first) ? cost_of(splitter, first->header, strlen(first->header)) : 0;
    int most = has_content(splitter->units) ? limit : splitter->options.max_tokens;
    return splitter->units->len && splitter->cost + unit->cost + header > most;
}

static void append_unit(struct rag_splitter *splitter, struct unit *unit, int limit)
{
    while (is_too_much(splitter, unit, limit))
        end_passage(splitter, !has_content(splitter->units));
    splitter->cost += unit->cost;
    g_ptr_array_add(splitter->units, unit);
}

/* --- blocks to units ------------------------------------------------------------------------- */

/* A place to cut a long unit: the white space nearest to its middle, else the middle. */
static size_t middle(const char *text, size_t n)
{
    size_t half = n / 2;
    for (size_t i = 0; i < half / 2; i++) {
        if (text[half + i] == ' ')
            return half + i;
        if (text[half - i] == ' ')
            return half - i;
    }
    while (half > 0 && (text[half] & 0xc0) == 0x80)
        half--;
    return half;
}

/* Cuts [from, to) until each piece fits, and appends the pieces as ranges. */
static void cut_range(struct rag_splitter *splitter, const char *text, struct rag_range range,
                      GArray *out)
{
    size_t n = range.to - range.from;
    size_t cut = middle(text + range.from, n);
    if (cut == 0 || cost_of(splitter, text + range.from, n) <= splitter->options.target_tokens) {
        g_array_append_val(out, range);
        return;
    }
    size_t next = text[range.from + cut] == ' ' ? cut + 1 : cut;
    if (next == n) /* the space is the last byte */
        next = cut;
    cut_range(splitter, text, (struct rag_range){range.from, range.from + cut}, out);
    cut_range(splitter, text, (struct rag_range){range.from + next, range.to}, out);
}

/* The lines of a text, indentation kept, empty ones left out. */
static void lines_of(const char *text, GArray *out)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        struct rag_range range = {(size_t)(p - text), (size_t)(p - text) + n};
        if (n)
            g_array_append_val(out, range);
        p += n + (p[n] == '\n');
    }
}

static GArray *ranges_of(struct rag_splitter *splitter, const struct rag_block *block,
                         const char *text)
{
    g_autoptr(GArray) whole = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    GArray *out = g_array_new(FALSE, FALSE, sizeof(struct rag_range));
    struct rag_range all = {0, block->n_bytes};
    if (block->kind == RAG_BLOCK_HEADING)
        g_array_append_val(whole, all);
    else if (block->kind == RAG_BLOCK_TABLE || block->kind == RAG_BLOCK_CODE)
        lines_of(text, whole);
    else
        rag_sentences(text, whole);
    for (guint i = 0; i < whole->len; i++)
        cut_range(splitter, text, g_array_index(whole, struct rag_range, i), out);
    return out;
}

static char *heading_path(const struct rag_splitter *splitter)
{
    g_autoptr(GString) path = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(splitter->levels); i++) {
        if (splitter->levels[i])
            g_string_append_printf(path, "%s%s", path->len ? " › " : "", splitter->levels[i]);
    }
    return g_ref_string_new(path->str);
}

static void enter_heading(struct rag_splitter *splitter, const struct rag_block *block)
{
    enum { MAX_BYTES = 200 };
    size_t n = MIN(block->n_bytes, MAX_BYTES);
    while (n < block->n_bytes && n && (block->text[n] & 0xc0) == 0x80)
        n--;
    for (size_t i = (size_t)block->level - 1; i < G_N_ELEMENTS(splitter->levels); i++)
        g_clear_pointer(&splitter->levels[i], g_free);
    splitter->levels[block->level - 1] = g_strndup(block->text, n);
}

/* Units of a block, with their places in the document's text. */
static GPtrArray *units_of(struct rag_splitter *splitter, const struct rag_block *block,
                           const char *text)
{
    GPtrArray *units = g_ptr_array_new();
    g_autoptr(GArray) ranges = ranges_of(splitter, block, text);
    char *shared = heading_path(splitter), *header = NULL;
    int64_t at = splitter->n_chars;
    size_t done = 0;
    for (guint i = 0; i < ranges->len; i++) {
        struct rag_range r = g_array_index(ranges, struct rag_range, i);
        struct unit *unit = g_new0(struct unit, 1);
        unit->text = g_strndup(text + r.from, r.to - r.from);
        unit->gap = i ? g_strndup(text + done, r.from - done) : g_strdup("\n\n");
        at += g_utf8_strlen(text + done, (gssize)(r.from - done));
        unit->char_from = at;
        at += g_utf8_strlen(unit->text, -1);
        unit->char_to = at;
        done = r.to;
        if (i == 0 && (block->flags & RAG_BLOCK_TABLE_HEADER) && block->kind == RAG_BLOCK_TABLE &&
            cost_of(splitter, unit->text, r.to - r.from) <= MAX_HEADER)
            header = g_ref_string_new(unit->text);
        unit->path = g_ref_string_acquire(shared);
        unit->header = header ? g_ref_string_acquire(header) : NULL;
        unit->heading = block->kind == RAG_BLOCK_HEADING;
        unit->block_start = i == 0;
        unit->cost = cost_of(splitter, unit->text, r.to - r.from);
        unit->pos_kind = block->pos_kind;
        unit->pos_from = block->pos_from;
        unit->pos_to = block->pos_to;
        g_ptr_array_add(units, unit);
    }
    splitter->n_chars = at + 2; /* the empty line */
    g_ref_string_release(shared);
    g_clear_pointer(&header, g_ref_string_release);
    return units;
}

void rag_splitter_add(struct rag_splitter *splitter, const struct rag_block *block)
{
    int target = splitter->options.target_tokens;
    g_autofree char *text = g_strndup(block->text, block->n_bytes);
    if (block->kind == RAG_BLOCK_HEADING) {
        if (splitter->cost >= target / 2)
            end_passage(splitter, false);
        enter_heading(splitter, block);
    }
    g_autoptr(GPtrArray) units = units_of(splitter, block, text);
    int cost = total_cost(units);
    bool code = block->kind == RAG_BLOCK_CODE && cost <= splitter->options.max_tokens;
    int limit = code ? splitter->options.max_tokens : target;
    if (splitter->cost + cost > target && splitter->cost >= target / 2 &&
        (cost <= limit || splitter->cost >= target * 3 / 4))
        end_passage(splitter, false);
    if (code && splitter->cost + cost > limit && has_content(splitter->units))
        end_passage(splitter, false);
    for (guint i = 0; i < units->len; i++)
        append_unit(splitter, units->pdata[i], limit);
}

GPtrArray *rag_splitter_finish(struct rag_splitter *splitter)
{
    end_passage(splitter, true);
    write_last(splitter);
    return g_steal_pointer(&splitter->passages);
}
