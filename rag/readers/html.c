/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTML through libxml2's forgiving parser, then one walk over the tree that collects text and
 * closes a block at each block-level element. What a reader does not see (scripts, hidden elements,
 * form controls) or what is there to get elsewhere (nav, footer) is passed by.
 *
 * Much navigation is marked as nothing but lists of links. After the walk, boilerplate goes by its
 * shape (after Kohlschütter et al. 2010, "Boilerplate Detection using Shallow Text Features": link
 * density and length): links, and what is short among them, before the first heading; links after
 * the last text; long runs of nothing but links. A page that is made of links keeps them.
 *
 * The walk is iterative, so that depth cannot overflow the stack; nothing is ever fetched.
 */
#include "rag/readers/encoding.h"
#include "rag/readers/reader.h"

#include "rag/normalize.h"
#include <libxml/HTMLparser.h>
#include <string.h>

enum { LINK_RUN = 6, SHORT_TEXT = 80 };

struct html_block {
    enum rag_block_kind kind;
    int level, from, to;
    unsigned flags;
    char *text;               /* (owned) normalised */
    size_t n_link, n_letters; /* bytes that are no white space; within links */
};

struct html_walk {
    GPtrArray *blocks; /* (owned) of struct html_block */
    GString *text;     /* (owned) of the block in the making */
    size_t n_link, n_letters;
    int from, to;
    int in_link, in_pre, in_item, in_table; /* depths */
    int heading;                            /* level while inside one, else 0 */
    bool term;                  /* a <dt> was read: its <dd> goes on in the same block */
    int n_rows, n_header_cells; /* of the table at work; header cells of its first row */
};

static void html_block_free(gpointer data)
{
    struct html_block *block = data;
    g_free(block->text);
    g_free(block);
}

static bool is_one_of(xmlNode *node, const char *names)
{
    if (node->type != XML_ELEMENT_NODE)
        return false;
    g_autofree char *name = g_strdup_printf(" %s ", (const char *)node->name);
    return strstr(names, name) != NULL;
}

static bool attribute_has(xmlNode *node, const char *name, const char *value)
{
    xmlChar *got = xmlGetProp(node, (const xmlChar *)name);
    bool has = got && (!value || strcasestr((const char *)got, value));
    xmlFree(got);
    return has;
}

static bool is_passed_by(xmlNode *node)
{
    if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE)
        return true;
    if (node->type != XML_ELEMENT_NODE)
        return false;
    return is_one_of(node, " script style noscript template head nav footer select option button "
                           "textarea input svg iframe object embed canvas audio video map ") ||
           attribute_has(node, "hidden", NULL) || attribute_has(node, "aria-hidden", "true") ||
           attribute_has(node, "role", "navigation") ||
           attribute_has(node, "style", "display:none") ||
           attribute_has(node, "style", "display: none") ||
           attribute_has(node, "style", "visibility:hidden");
}

static int heading_level(xmlNode *node)
{
    const char *name = (const char *)node->name;
    return node->type == XML_ELEMENT_NODE && g_ascii_tolower(name[0]) == 'h' && name[1] >= '1' &&
                   name[1] <= '6' && !name[2]
               ? name[1] - '0'
               : 0;
}

/* A table that only places things on the page: there are blocks inside its cells. */
static bool is_layout(xmlNode *table)
{
    for (xmlNode *node = table->children; node && node != table;) {
        if (heading_level(node) || is_one_of(node, " table ul ol dl pre p div form "))
            return true;
        if (node->children) {
            node = node->children;
            continue;
        }
        while (node != table && !node->next)
            node = node->parent;
        if (node != table)
            node = node->next;
    }
    return false;
}

/* --- the walk -------------------------------------------------------------------------------- */

static void close_block(struct html_walk *walk)
{
    if (walk->term && walk->text->len)
        return;
    enum rag_block_kind kind = walk->heading    ? RAG_BLOCK_HEADING
                               : walk->in_table ? RAG_BLOCK_TABLE
                               : walk->in_pre   ? RAG_BLOCK_CODE
                               : walk->in_item  ? RAG_BLOCK_LIST
                                                : RAG_BLOCK_PARAGRAPH;
    bool lined = kind == RAG_BLOCK_TABLE || kind == RAG_BLOCK_CODE;
    char *text = rag_normalize(walk->text->str, (gssize)walk->text->len, lined);
    if (*text) {
        struct html_block *block = g_new0(struct html_block, 1);
        *block = (struct html_block){
            .kind = kind,
            .level = walk->heading,
            .from = walk->from,
            .to = walk->to,
            .text = g_steal_pointer(&text),
            .n_link = walk->n_link,
            .n_letters = walk->n_letters,
        };
        if (kind == RAG_BLOCK_TABLE && walk->n_header_cells)
            block->flags = RAG_BLOCK_TABLE_HEADER;
        g_ptr_array_add(walk->blocks, block);
    }
    g_free(text);
    g_string_truncate(walk->text, 0);
    walk->n_link = walk->n_letters = 0;
    walk->from = 0;
}

/* Would a space here begin a line of a table, or follow another? */
static bool at_edge(const GString *text)
{
    return !text->len || strchr(" \n", text->str[text->len - 1]);
}

static void add_text(struct html_walk *walk, xmlNode *node)
{
    int line = (int)xmlGetLineNo(node);
    bool letters = false;
    for (const char *p = (const char *)node->content; *p; p++) {
        bool space = g_ascii_isspace(*p);
        if (space && walk->in_table && at_edge(walk->text))
            continue;
        g_string_append_c(walk->text, space && !walk->in_pre ? ' ' : *p);
        walk->n_letters += !space;
        walk->n_link += !space && walk->in_link;
        letters |= !space;
    }
    if (!letters)
        return;
    walk->term = false;
    walk->from = walk->from ? walk->from : line;
    walk->to = MAX(line, walk->from);
}

static const char block_elements[] =
    " address article aside blockquote body caption center dd details div dl dt fieldset "
    "figcaption "
    "figure form h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody td "
    "tfoot th thead tr ul ";

static bool is_block(xmlNode *node)
{
    return is_one_of(node, block_elements);
}

static void enter_table(struct html_walk *walk, xmlNode *node)
{
    if (is_one_of(node, " table ") && !walk->in_table && !is_layout(node)) {
        close_block(walk);
        walk->in_table = 1;
        walk->n_rows = walk->n_header_cells = 0;
    } else if (walk->in_table && is_one_of(node, " td th ")) {
        if (g_str_has_suffix(walk->text->str, " "))
            g_string_truncate(walk->text, walk->text->len - 1);
        bool first = !walk->text->len || g_str_has_suffix(walk->text->str, "\n");
        g_string_append(walk->text, first ? "" : " | ");
        walk->n_header_cells += walk->n_rows == 0 && is_one_of(node, " th ");
    }
}

static void leave_table(struct html_walk *walk, xmlNode *node)
{
    if (is_one_of(node, " tr ") && walk->text->len && !g_str_has_suffix(walk->text->str, "\n")) {
        g_string_append_c(walk->text, '\n');
        walk->n_rows++;
    } else if (is_one_of(node, " table ")) {
        close_block(walk);
        walk->in_table = 0;
    }
}

static void enter(struct html_walk *walk, xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        add_text(walk, node);
        return;
    }
    enter_table(walk, node);
    walk->in_link += is_one_of(node, " a ");
    if (is_one_of(node, " br "))
        g_string_append_c(walk->text, walk->in_pre && !walk->in_table ? '\n' : ' ');
    if (walk->in_table || !is_block(node))
        return;
    if (is_one_of(node, " dt li ") || heading_level(node))
        walk->term = false;
    close_block(walk);
    walk->heading = heading_level(node) ? heading_level(node) : walk->heading;
    walk->in_pre += is_one_of(node, " pre ");
    walk->in_item += is_one_of(node, " li dd dt ");
}

static void leave(struct html_walk *walk, xmlNode *node)
{
    walk->in_link -= is_one_of(node, " a ");
    if (walk->in_table) {
        leave_table(walk, node);
        return;
    }
    if (!is_block(node))
        return;
    if (is_one_of(node, " dt ") && walk->text->len) {
        g_string_append(walk->text, ": ");
        walk->term = true;
    } else if (is_one_of(node, " dl dd ")) {
        walk->term = false;
    }
    close_block(walk);
    walk->heading = heading_level(node) ? 0 : walk->heading;
    walk->in_pre -= is_one_of(node, " pre ");
    walk->in_item -= is_one_of(node, " li dd dt ");
}

static void walk_tree(struct html_walk *walk, xmlNode *root)
{
    xmlNode *node = root;
    while (node) {
        bool pass = is_passed_by(node);
        if (!pass)
            enter(walk, node);
        if (!pass && node->children) {
            node = node->children;
            continue;
        }
        while (node) {
            if (!is_passed_by(node) && node->type == XML_ELEMENT_NODE)
                leave(walk, node);
            if (node == root)
                return;
            if (node->next)
                break;
            node = node->parent;
        }
        node = node ? node->next : NULL;
    }
}

/* --- boilerplate ----------------------------------------------------------------------------- */

static bool mostly_links(const struct html_block *block)
{
    return block->kind != RAG_BLOCK_HEADING && block->n_link * 10 >= block->n_letters * 7;
}

static void mark_runs(GPtrArray *blocks, bool *drop)
{
    for (guint i = 0, run = 0; i <= blocks->len; i++) {
        const struct html_block *block = i < blocks->len ? blocks->pdata[i] : NULL;
        if (block && mostly_links(block) && block->n_link == block->n_letters) {
            run++;
            continue;
        }
        for (guint k = i - run; run >= LINK_RUN && k < i; k++)
            drop[k] = true;
        run = 0;
    }
}

static void mark_edges(GPtrArray *blocks, bool *drop)
{
    guint heading = 0;
    bool navigation = false;
    while (heading < blocks->len &&
           ((struct html_block *)blocks->pdata[heading])->kind != RAG_BLOCK_HEADING)
        navigation |= mostly_links(blocks->pdata[heading++]);
    for (guint i = 0; heading < blocks->len && navigation && i < heading; i++) {
        const struct html_block *block = blocks->pdata[i];
        drop[i] |= mostly_links(block) || block->n_letters < SHORT_TEXT;
    }
    for (guint i = blocks->len; i-- > 0 && mostly_links(blocks->pdata[i]);)
        drop[i] = true;
}

static void put_blocks(struct rag_reading *reading, GPtrArray *blocks)
{
    g_autofree bool *drop = g_new0(bool, blocks->len + 1);
    size_t n_all = 0, n_kept = 0;
    mark_runs(blocks, drop);
    mark_edges(blocks, drop);
    for (guint i = 0; i < blocks->len; i++) {
        const struct html_block *block = blocks->pdata[i];
        n_all += block->n_letters;
        n_kept += drop[i] ? 0 : block->n_letters;
    }
    bool keep_all = n_kept * 4 < n_all;
    for (guint i = 0; i < blocks->len; i++) {
        const struct html_block *block = blocks->pdata[i];
        if ((keep_all || !drop[i]) &&
            !rag_reading_block(reading, block->kind, block->level, block->from, block->to,
                               block->flags, block->text, -1))
            return;
    }
}

/* --- the document ---------------------------------------------------------------------------- */

static void take_title(struct rag_reading *reading, xmlNode *root)
{
    for (xmlNode *head = root ? root->children : NULL; head; head = head->next) {
        for (xmlNode *at = is_one_of(head, " head ") ? head->children : NULL; at; at = at->next) {
            xmlChar *title = is_one_of(at, " title ") ? xmlNodeGetContent(at) : NULL;
            if (title && !reading->title->len)
                g_string_assign(reading->title, (const char *)title);
            xmlFree(title);
        }
    }
}

/* NULL lets libxml2 look at the document's own declaration. Without one, and for text that is UTF-8
   anyhow, our guess is better than its default of Latin-1. */
static char *choose_encoding(const guint8 *data, size_t n)
{
    size_t n_bom;
    g_autofree char *guess = rag_encoding_guess(data, n, &n_bom);
    g_autofree char *head = g_ascii_strdown((const char *)data, (gssize)MIN(n, 2048));
    if (n_bom || !strstr(head, "charset="))
        return g_steal_pointer(&guess);
    return NULL;
}

bool rag_reader_html(struct rag_reading *reading, GError **error)
{
    g_autoptr(GBytes) bytes = rag_reading_bytes(reading, error);
    if (!bytes)
        return false;
    size_t n;
    const guint8 *data = g_bytes_get_data(bytes, &n);
    g_autofree char *encoding = choose_encoding(data, n);
    reading->format = "html";
    reading->pos_kind = RAG_POS_LINE;
    htmlDocPtr document = n > G_MAXINT
                              ? NULL
                              : htmlReadMemory((const char *)data, (int)n, NULL, encoding,
                                               HTML_PARSE_RECOVER | HTML_PARSE_NONET |
                                                   HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (root) {
        struct html_walk walk = {.blocks = g_ptr_array_new_with_free_func(html_block_free),
                                 .text = g_string_new(NULL)};
        take_title(reading, root);
        walk_tree(&walk, root);
        walk.term = false;
        close_block(&walk);
        put_blocks(reading, walk.blocks);
        g_ptr_array_unref(walk.blocks);
        g_string_free(walk.text, TRUE);
    }
    xmlFreeDoc(document);
    return true;
}
