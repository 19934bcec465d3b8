/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A cache of list items in pages, least recently used out first.
 *
 * 1. A page has all or some of its items; one that was never asked for is not made.
 * 2. "Held" is a reference besides ours. Such an item is what a row shows: letting go of it here
 *    would leave the row with an item that nobody fills any more.
 * 3. At most MAX_PAGES pages are kept besides those that are held (a list view holds some 200
 *    items), so that memory does not grow with the list.
 */
#include "ui/document-pages.h"

#define MAX_PAGES 16

struct page {
    guint index;
    guint64 used; /* when it was asked for last, by the clock below */
    gboolean loaded;
    LecDocumentItem *items[DOCUMENT_PAGE]; /* (owned) NULL: not made */
};

struct document_pages {
    GHashTable *by_index; /* (owned) index → struct page (owned) */
    guint64 clock;
};

static void page_free(gpointer data)
{
    struct page *page = data;

    for (guint i = 0; i < DOCUMENT_PAGE; i++)
        g_clear_object(&page->items[i]);
    g_free(page);
}

DocumentPages *document_pages_new(void)
{
    DocumentPages *pages = g_new0(DocumentPages, 1);

    pages->by_index = g_hash_table_new_full(NULL, NULL, NULL, page_free);
    return pages;
}

void document_pages_free(DocumentPages *pages)
{
    if (!pages)
        return;
    g_hash_table_unref(pages->by_index);
    g_free(pages);
}

static struct page *find(DocumentPages *pages, guint index)
{
    return g_hash_table_lookup(pages->by_index, GUINT_TO_POINTER(index));
}

static struct page *touch(DocumentPages *pages, guint index)
{
    struct page *page = find(pages, index);

    if (!page) {
        page = g_new0(struct page, 1);
        page->index = index;
        g_hash_table_insert(pages->by_index, GUINT_TO_POINTER(index), page);
    }
    page->used = ++pages->clock;
    return page;
}

LecDocumentItem *document_pages_get(DocumentPages *pages, guint position)
{
    struct page *page = touch(pages, position / DOCUMENT_PAGE);
    LecDocumentItem **item = &page->items[position % DOCUMENT_PAGE];

    if (!*item)
        *item = lec_document_item_new();
    return *item;
}

LecDocumentItem *document_pages_peek(DocumentPages *pages, guint position)
{
    struct page *page = find(pages, position / DOCUMENT_PAGE);

    return page ? page->items[position % DOCUMENT_PAGE] : NULL;
}

void document_pages_put(DocumentPages *pages, guint position, LecDocumentItem *item)
{
    struct page *page = touch(pages, position / DOCUMENT_PAGE);

    g_clear_object(&page->items[position % DOCUMENT_PAGE]);
    page->items[position % DOCUMENT_PAGE] = item;
}

gboolean document_pages_is_loaded(DocumentPages *pages, guint index)
{
    struct page *page = find(pages, index);

    return page && page->loaded;
}

void document_pages_set_loaded(DocumentPages *pages, guint index, gboolean loaded)
{
    touch(pages, index)->loaded = loaded;
}

static gboolean item_is_held(LecDocumentItem *item)
{
    return item && G_OBJECT(item)->ref_count > 1;
}

static gboolean page_is_held(struct page *page)
{
    for (guint i = 0; i < DOCUMENT_PAGE; i++)
        if (item_is_held(page->items[i]))
            return TRUE;
    return FALSE;
}

gboolean document_pages_is_held(DocumentPages *pages, guint index)
{
    struct page *page = find(pages, index);

    return page && page_is_held(page);
}

static int compare_guints(gconstpointer a, gconstpointer b)
{
    guint x = *(const guint *)a, y = *(const guint *)b;

    return x < y ? -1 : x > y;
}

/* Indices of the held pages, ascending; of those not loaded only, if wanted. */
static GArray *held_pages(DocumentPages *pages, gboolean missing_only)
{
    GArray *held = g_array_new(FALSE, FALSE, sizeof(guint));
    GHashTableIter iter;
    struct page *page;

    g_hash_table_iter_init(&iter, pages->by_index);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&page))
        if (!(missing_only && page->loaded) && page_is_held(page))
            g_array_append_val(held, page->index);
    g_array_sort(held, compare_guints);
    return held;
}

GArray *document_pages_missing(DocumentPages *pages)
{
    return held_pages(pages, TRUE);
}

guint document_pages_held_run(DocumentPages *pages, guint *first)
{
    g_autoptr(GArray) held = held_pages(pages, FALSE);
    guint best = 0, length = 0;

    for (guint i = 0; i < held->len; i++) {
        guint index = g_array_index(held, guint, i);

        length = i > 0 && index == g_array_index(held, guint, i - 1) + 1 ? length + 1 : 1;
        if (length > best) {
            best = length;
            *first = index + 1 - length;
        }
    }
    return best;
}

void document_pages_shift(DocumentPages *pages, guint position, guint removed, guint added)
{
    GHashTable *before = g_steal_pointer(&pages->by_index);
    GHashTableIter iter;
    struct page *page;

    pages->by_index = g_hash_table_new_full(NULL, NULL, NULL, page_free);
    g_hash_table_iter_init(&iter, before);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&page)) {
        for (guint i = 0; i < DOCUMENT_PAGE; i++) {
            guint at = page->index * DOCUMENT_PAGE + i;

            if (!item_is_held(page->items[i]) || (at >= position && at < position + removed))
                continue;
            document_pages_put(pages, at < position ? at : at - removed + added,
                               g_steal_pointer(&page->items[i]));
        }
    }
    g_hash_table_unref(before);
}

void document_pages_trim(DocumentPages *pages)
{
    while (g_hash_table_size(pages->by_index) > MAX_PAGES) {
        GHashTableIter iter;
        struct page *page, *oldest = NULL;

        g_hash_table_iter_init(&iter, pages->by_index);
        while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&page))
            if ((!oldest || page->used < oldest->used) && !page_is_held(page))
                oldest = page;
        if (!oldest)
            return;
        g_hash_table_remove(pages->by_index, GUINT_TO_POINTER(oldest->index));
    }
}

void document_pages_empty(DocumentPages *pages)
{
    GHashTableIter iter;
    struct page *page;

    g_hash_table_iter_init(&iter, pages->by_index);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&page)) {
        page->loaded = FALSE;
        for (guint i = 0; i < DOCUMENT_PAGE; i++)
            if (page->items[i])
                lec_document_item_empty(page->items[i]);
    }
}

guint document_pages_n_kept(DocumentPages *pages)
{
    GHashTableIter iter;
    struct page *page;
    guint n = 0;

    g_hash_table_iter_init(&iter, pages->by_index);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&page))
        for (guint i = 0; i < DOCUMENT_PAGE; i++)
            n += page->items[i] != NULL;
    return n;
}
