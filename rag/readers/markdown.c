/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Markdown with the GitHub extensions (cmark-gfm): a walk over the tree, one block per leaf block.
 * Lists give an item a block, tables all rows in one; the line positions are those of the source.
 * A YAML front matter is no Markdown: its title is taken, the rest left out.
 */
#include "rag/readers/encoding.h"
#include "rag/readers/reader.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <string.h>

/* The text of a node and all below it, marks left out. */
static void collect(cmark_node *node, GString *out)
{
    cmark_iter *iter = cmark_iter_new(node);
    for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        if (event != CMARK_EVENT_ENTER)
            continue;
        cmark_node *at = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(at);
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
            g_string_append(out, cmark_node_get_literal(at));
        else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK ||
                 type == CMARK_NODE_PARAGRAPH)
            g_string_append_c(out, ' ');
    }
    cmark_iter_free(iter);
}

static bool put(struct rag_reading *reading, cmark_node *node, enum rag_block_kind kind,
                unsigned flags, const char *text)
{
    int level = kind == RAG_BLOCK_HEADING ? cmark_node_get_heading_level(node) : 0;
    return rag_reading_block(reading, kind, level, cmark_node_get_start_line(node),
                             cmark_node_get_end_line(node), flags, text, -1);
}

static bool put_text(struct rag_reading *reading, cmark_node *node, enum rag_block_kind kind)
{
    g_autoptr(GString) text = g_string_new(NULL);
    collect(node, text);
    return put(reading, node, kind, 0, text->str);
}

static bool put_table(struct rag_reading *reading, cmark_node *table)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (cmark_node *row = cmark_node_first_child(table); row; row = cmark_node_next(row)) {
        for (cmark_node *cell = cmark_node_first_child(row); cell; cell = cmark_node_next(cell)) {
            collect(cell, text);
            g_string_append(text, cmark_node_next(cell) ? " | " : "\n");
        }
    }
    return put(reading, table, RAG_BLOCK_TABLE, RAG_BLOCK_TABLE_HEADER, text->str);
}

/* Raw HTML: its text, tags and comments left out. */
static bool put_html(struct rag_reading *reading, cmark_node *node)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *p = cmark_node_get_literal(node); *p;) {
        const char *end = NULL;
        if (g_str_has_prefix(p, "<!--"))
            end = strstr(p, "-->") ? strstr(p, "-->") + 3 : p + strlen(p);
        else if (*p == '<' && (g_ascii_isalpha(p[1]) || p[1] == '/'))
            end = strchr(p, '>') ? strchr(p, '>') + 1 : p + strlen(p);
        if (end)
            g_string_append_c(text, ' ');
        else
            g_string_append_c(text, *p);
        p = end ? end : p + 1;
    }
    return put(reading, node, RAG_BLOCK_PARAGRAPH, 0, text->str);
}

/* Writes this node if it is a leaf block: *leaf. false: stop reading. */
static bool put_node(struct rag_reading *reading, cmark_node *node, bool *leaf)
{
    cmark_node *parent = cmark_node_parent(node);
    *leaf = true;
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        return put_text(reading, node, RAG_BLOCK_HEADING);
    case CMARK_NODE_PARAGRAPH:
        return put_text(reading, node,
                        parent && cmark_node_get_type(parent) == CMARK_NODE_ITEM
                            ? RAG_BLOCK_LIST
                            : RAG_BLOCK_PARAGRAPH);
    case CMARK_NODE_CODE_BLOCK:
        return put(reading, node, RAG_BLOCK_CODE, 0, cmark_node_get_literal(node));
    case CMARK_NODE_HTML_BLOCK:
        return put_html(reading, node);
    default:
        *leaf = strcmp(cmark_node_get_type_string(node), "table") == 0;
        return !*leaf || put_table(reading, node);
    }
}

static void walk(struct rag_reading *reading, cmark_node *document)
{
    cmark_iter *iter = cmark_iter_new(document);
    bool ok = true;
    for (cmark_event_type event; ok && (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        bool leaf = false;
        cmark_node *node = cmark_iter_get_node(iter);
        if (event == CMARK_EVENT_ENTER)
            ok = put_node(reading, node, &leaf);
        if (leaf && cmark_node_first_child(node)) /* on to what comes after it */
            cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
    }
    cmark_iter_free(iter);
}

/* Blanks a front matter ("---" … "---") out, so that line numbers stay; takes its title. */
static void take_front_matter(struct rag_reading *reading, char *text)
{
    char *end = g_str_has_prefix(text, "---\n") ? strstr(text + 3, "\n---\n") : NULL;
    if (!end)
        return;
    char *title = strstr(text, "\ntitle:");
    if (title && title < end) {
        title += strlen("\ntitle:");
        g_autofree char *line = g_strndup(title, strcspn(title, "\n"));
        g_strstrip(line);
        size_t n = strlen(line);
        bool quoted = n > 1 && (*line == '"' || *line == '\'') && line[n - 1] == *line;
        g_string_append_len(reading->title, line + quoted, (gssize)(n - 2 * quoted));
    }
    for (char *p = text; p < end + 4; p++)
        *p = *p == '\n' ? '\n' : ' ';
}

bool rag_reader_markdown(struct rag_reading *reading, GError **error)
{
    g_autoptr(GBytes) bytes = rag_reading_bytes(reading, error);
    if (!bytes)
        return false;
    size_t n, n_bom;
    const guint8 *data = g_bytes_get_data(bytes, &n);
    g_autofree char *encoding = rag_encoding_guess(data, n, &n_bom);
    struct rag_decoder decoder;
    g_autoptr(GString) text = g_string_sized_new(n);
    if (!encoding || !rag_decoder_init(&decoder, encoding)) {
        g_set_error(error, RAG_READ_ERROR, RAG_READ_ERROR_SKIPPED,
                    "The encoding of this text is not known.");
        return false;
    }
    rag_decoder_push(&decoder, data + n_bom, n - n_bom, true, text);
    rag_decoder_clear(&decoder);
    g_string_replace(text, "\r\n", "\n", 0);
    reading->format = "markdown";
    reading->pos_kind = RAG_POS_LINE;
    take_front_matter(reading, text->str);
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
    cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("strikethrough"));
    cmark_parser_feed(parser, text->str, text->len);
    cmark_node *document = cmark_parser_finish(parser);
    walk(reading, document);
    cmark_node_free(document);
    cmark_parser_free(parser);
    return true;
}
