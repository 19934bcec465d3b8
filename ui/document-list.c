/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list of any length that is never read as a whole: its length, and the pages that are looked at.
 *
 * Problem: while documents are read, the library changes twice a second. A list that is replaced
 * each time loses the focus, the selection and the place. So a change is found out by comparison:
 *
 *     before  … a b c d e f …      the held pages (what is on the screen), by document
 *     now     … a b d e f …        the same stretch, and the difference in length
 *     common beginning: a b    common end: d e f    → one item removed at c
 *
 * 1. A stretch that changed in several places is told as one change from the first to the last.
 * 2. What changed outside the stretch is not known; items there are let go of, or, if held, kept
 *    and loaded anew. A loaded item never turns into another document: where one stands now that
 *    was not there before, it is told as replaced. A selection thus never moves to a stranger.
 *    Only a new filter makes other documents of them, in place: a view keeps its rows.
 * 3. One refresh and one page are under way at most. A page that comes back after a refresh began
 *    is asked for again: two states of the library are not mixed.
 * 4. What was asked for last is loaded first: pages that flew by while scrolling wait.
 * 5. A view makes some 200 rows of a list that is suddenly there, which takes 90 ms, and 30 ms to
 *    let go of them. So a list that is longer by much than the one before tells of STEP more items
 *    a frame, until a view has as many rows as it will have; then of all. One that is shorter is
 *    told of in steps too, with empty places at its end. A refresh waits until then.
 */
#include "ui/document-list.h"
#include "app/library-queries.h"
#include "ui/document-pages.h"

/* A stretch longer than this many pages is more than any screen holds. */
#define MAX_STRETCH 8
/* Rows that came in between are asked for with the stretch up to this number. */
#define MAX_GROWTH 400
/* Items that come to sight in a frame, and go; a view with ENOUGH of them makes no more rows. */
#define STEP      6
#define STEP_DOWN 24
#define FIRST     2 /* with the first ones comes the rest of the page */
#define ENOUGH    240
#define FRAME_MS  16

struct _LecDocumentList {
    GObject parent;
    LecLibrary *library; /* (owned) */
    struct rag_document_filter filter;
    char *below, *words;       /* (owned) what filter points to */
    DocumentPages *pages;      /* (owned) */
    guint n_items;             /* that the list has */
    guint n_shown;             /* that it tells of: its beginning, or all */
    guint step_id;             /* the timer while these differ */
    GQueue wanted;             /* pages, those asked for last first */
    GCancellable *cancellable; /* (owned) of all that is asked for this filter */
    guint serial;              /* of the last refresh that was begun */
    gboolean fetching, refreshing, stale;
    gboolean asleep;
    gboolean fresh; /* the next refresh replaces the list */
    gboolean loading;
    char *error; /* (owned) */
};

static void lec_document_list_model_init(GListModelInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE(LecDocumentList, lec_document_list, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL,
                                                    lec_document_list_model_init))

enum { PROP_LOADING = 1, PROP_ERROR, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

/* What an answer belongs to. */
struct request {
    LecDocumentList *list; /* (owned) */
    guint serial;
    guint page;     /* of a fetch */
    guint n_now;    /* of a refresh: the length that was counted */
    guint from, to; /* … and the stretch that is compared, in the old list */
};

typedef struct request Request;
static struct request *request_new(LecDocumentList *self)
{
    struct request *request = g_new0(struct request, 1);

    request->list = g_object_ref(self);
    request->serial = self->serial;
    return request;
}

static void request_free(struct request *request)
{
    g_object_unref(request->list);
    g_free(request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)

static void set_outcome(LecDocumentList *self, const char *error)
{
    if (g_strcmp0(self->error, error) != 0) {
        g_free(self->error);
        self->error = g_strdup(error);
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_ERROR]);
    }
    if (self->loading) {
        self->loading = FALSE;
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LOADING]);
    }
}

/* --- pages ------------------------------------------------------------------------------------ */

static void fetch_next(LecDocumentList *self);

static void want(LecDocumentList *self, guint page)
{
    gpointer key = GUINT_TO_POINTER(page);

    if (g_queue_peek_head(&self->wanted) == key && self->wanted.length)
        return;
    g_queue_remove(&self->wanted, key);
    g_queue_push_head(&self->wanted, key);
    fetch_next(self);
}

/* Puts the rows where the page stands. An item of another document is replaced, and it is told. */
static void fill_page(LecDocumentList *self, guint page, GPtrArray *rows)
{
    guint start = page * DOCUMENT_PAGE, first = G_MAXUINT, last = 0;

    for (guint i = 0; i < rows->len && start + i < self->n_items; i++) {
        const struct rag_document *row = rows->pdata[i];
        LecDocumentItem *item = document_pages_get(self->pages, start + i);
        gint64 id = lec_document_item_get_id(item);

        if (id && id != row->id) {
            item = lec_document_item_new();
            document_pages_put(self->pages, start + i, item);
            if (start + i < self->n_shown) {
                first = MIN(first, i);
                last = i;
            }
        }
        lec_document_item_fill(item, row);
    }
    document_pages_set_loaded(self->pages, page, TRUE);
    if (first != G_MAXUINT)
        g_list_model_items_changed(G_LIST_MODEL(self), start + first, last - first + 1,
                                   last - first + 1);
}

static void on_page(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(Request) request = data;
    LecDocumentList *self = request->list;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = lec_library_documents_finish(LEC_LIBRARY(library), result, &error);

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* for another filter; or the library is closed */
    self->fetching = FALSE;
    if (error)
        set_outcome(self, error->message);
    else if (request->serial == self->serial)
        fill_page(self, request->page, rows);
    else if (document_pages_is_held(self->pages, request->page))
        want(self, request->page);
    document_pages_trim(self->pages);
    fetch_next(self);
}

static void fetch_next(LecDocumentList *self)
{
    while (!self->fetching && !self->refreshing && self->wanted.length) {
        guint page = GPOINTER_TO_UINT(g_queue_pop_head(&self->wanted));
        struct request *request;

        /* what flew by is no longer of interest; it is asked for again when it is looked at */
        if (document_pages_is_loaded(self->pages, page) || page * DOCUMENT_PAGE >= self->n_items ||
            (self->wanted.length > 4 && !document_pages_is_held(self->pages, page)))
            continue;
        request = request_new(self);
        request->page = page;
        self->fetching = TRUE;
        lec_library_documents_async(self->library, &self->filter, (gint64)page * DOCUMENT_PAGE,
                                    DOCUMENT_PAGE, self->cancellable, on_page, request);
    }
}

/* --- refreshing ------------------------------------------------------------------------------- */

static void refresh(LecDocumentList *self);

/* Marks the pages that lie in [from, to) as a whole, and asks for the rest of what is held. */
static void settle(LecDocumentList *self, guint from, guint to)
{
    g_autoptr(GArray) missing = NULL;

    for (guint page = (from + DOCUMENT_PAGE - 1) / DOCUMENT_PAGE; page * DOCUMENT_PAGE < to; page++)
        if (MIN((page + 1) * DOCUMENT_PAGE, self->n_items) <= to)
            document_pages_set_loaded(self->pages, page, TRUE);
    document_pages_trim(self->pages);
    missing = document_pages_missing(self->pages);
    for (guint i = 0; i < missing->len; i++)
        want(self, g_array_index(missing, guint, i));
}

static void put_rows(LecDocumentList *self, guint from, GPtrArray *rows, guint n)
{
    for (guint i = 0; i < n; i++)
        lec_document_item_fill(document_pages_get(self->pages, from + i), rows->pdata[i]);
}

/* One step of what the list tells towards what it has. */
static void step(LecDocumentList *self)
{
    guint before = self->n_shown, now = self->n_items;

    if (before < now && before + STEP < ENOUGH)
        now = MIN(now, before ? before + STEP : FIRST);
    else if (before > now)
        now = MAX(now, MIN(before, ENOUGH) - MIN(before, STEP_DOWN));
    self->n_shown = now;
    if (before != now)
        g_list_model_items_changed(G_LIST_MODEL(self), MIN(before, now), before - MIN(before, now),
                                   now - MIN(before, now));
}

static gboolean on_step(gpointer data)
{
    LecDocumentList *self = data;

    step(self);
    if (self->n_shown != self->n_items)
        return G_SOURCE_CONTINUE;
    self->step_id = 0;
    if (self->stale)
        refresh(self);
    return G_SOURCE_REMOVE;
}

static void step_if_needed(LecDocumentList *self)
{
    if (self->n_shown != self->n_items && !self->step_id)
        self->step_id = g_timeout_add(FRAME_MS, on_step, self);
}

/* Another list: places stay, as far as both reach, so that a view keeps its rows. */
static void replace_all(LecDocumentList *self, guint n_now, GPtrArray *rows)
{
    guint n_before = self->n_items, both = MIN(n_before, n_now), n = MIN(rows->len, n_now);

    document_pages_empty(self->pages);
    document_pages_shift(self->pages, both, n_before - both, n_now - both);
    g_queue_clear(&self->wanted);
    self->n_items = n_now;
    put_rows(self, 0, rows, n);
    settle(self, 0, n);
    step(self);
    step_if_needed(self);
}

/* Tells of a change; all was told of before. */
static void tell(LecDocumentList *self, guint position, guint removed, guint added)
{
    guint before = self->n_shown, limit = before ? before + STEP : FIRST;

    self->n_shown = limit < ENOUGH ? MIN(self->n_items, limit) : self->n_items;
    if (self->n_shown != self->n_items) { /* all behind the place, as far as it is told of */
        removed = before - position;
        added = self->n_shown - position;
        step_if_needed(self);
    }
    if (removed || added)
        g_list_model_items_changed(G_LIST_MODEL(self), position, removed, added);
}

/* Whether the item at this place of the old list can be the document of the row: one that was not
   loaded can be any. */
static gboolean same(LecDocumentList *self, guint position, const struct rag_document *row)
{
    LecDocumentItem *item = document_pages_peek(self->pages, position);
    gint64 id = item ? lec_document_item_get_id(item) : 0;

    return !id || id == row->id;
}

/* The stretch [from, to) of the list is now `rows` (n of them); the list is n_now long. */
static void apply(LecDocumentList *self, guint from, guint to, GPtrArray *rows, guint n,
                  guint n_now)
{
    guint n_old = to - from, n_before = self->n_items, begin = 0, end = 0, removed, added;

    while (begin < MIN(n_old, n) && same(self, from + begin, rows->pdata[begin]))
        begin++;
    while (end < MIN(n_old, n) - begin && same(self, to - 1 - end, rows->pdata[n - 1 - end]))
        end++;
    removed = n_old - begin - end;
    added = n - begin - end;
    /* where the stretch does not explain the change of length, all behind its beginning is new */
    if (n_before - removed + added != n_now) {
        removed = n_before - from - begin;
        added = n_now - from - begin;
    }
    document_pages_shift(self->pages, from + begin, removed, added);
    self->n_items = n_now;
    put_rows(self, from, rows, n);
    settle(self, from, from + n);
    tell(self, from + begin, removed, added);
}

static void end_refresh(LecDocumentList *self, const GError *error)
{
    self->refreshing = FALSE;
    set_outcome(self, error ? error->message : NULL);
    if (self->stale)
        refresh(self);
    fetch_next(self);
}

static void on_stretch(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(Request) request = data;
    LecDocumentList *self = request->list;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = lec_library_documents_finish(LEC_LIBRARY(library), result, &error);
    gint64 n_old = request->to - request->from, n;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (!rows) {
        end_refresh(self, error);
        return;
    }
    n = CLAMP(n_old + (gint64)request->n_now - self->n_items, 0, rows->len);
    if (self->fresh || request->n_now < request->from)
        replace_all(self, request->n_now, rows);
    else
        apply(self, request->from, request->to, rows, (guint)n, request->n_now);
    self->fresh = FALSE;
    end_refresh(self, NULL);
}

/* The stretch to compare: the held pages, the first one where there are none or all is new. */
static void choose_stretch(LecDocumentList *self, struct request *request)
{
    guint first = 0, n_pages = self->fresh ? 1 : document_pages_held_run(self->pages, &first);

    if (request->n_now < first * DOCUMENT_PAGE) { /* cut off above what is on the screen */
        self->fresh = TRUE;
        first = 0;
    }
    n_pages = CLAMP(n_pages, 1, MAX_STRETCH);
    request->from = MIN(first * DOCUMENT_PAGE, self->n_items);
    request->to = MIN((first + n_pages) * DOCUMENT_PAGE, self->n_items);
}

static void on_count(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(Request) request = data;
    LecDocumentList *self = request->list;
    g_autoptr(GError) error = NULL;
    gint64 n = lec_library_documents_count_finish(LEC_LIBRARY(library), result, &error);
    gint64 offset, growth, limit;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (n < 0) {
        end_refresh(self, error);
        return;
    }
    request->n_now = (guint)MIN(n, G_MAXINT);
    choose_stretch(self, request);
    offset = self->fresh ? 0 : request->from;
    growth = CLAMP(n - self->n_items, 0, MAX_GROWTH);
    limit = self->fresh ? DOCUMENT_PAGE : request->to - request->from + growth;
    lec_library_documents_async(self->library, &self->filter, offset, limit, self->cancellable,
                                on_stretch, g_steal_pointer(&request));
}

static void refresh(LecDocumentList *self)
{
    if (!self->cancellable)
        return; /* it has no filter yet */
    self->stale = self->refreshing || self->asleep || (self->step_id && !self->fresh);
    if (self->stale)
        return;
    self->refreshing = TRUE;
    self->serial++;
    lec_library_documents_count_async(self->library, &self->filter, self->cancellable, on_count,
                                      request_new(self));
}

void lec_document_list_set_filter(LecDocumentList *self, const struct rag_document_filter *filter)
{
    g_return_if_fail(LEC_IS_DOCUMENT_LIST(self) && filter);
    if (self->cancellable)
        g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    self->cancellable = g_cancellable_new();
    g_free(self->below);
    g_free(self->words);
    self->filter = *filter;
    self->filter.size = sizeof self->filter;
    self->filter.below = self->below = g_strdup(filter->below);
    self->filter.words = self->words = g_strdup(filter->words);
    self->fetching = self->refreshing = self->stale = FALSE;
    self->fresh = TRUE;
    if (!self->loading) {
        self->loading = TRUE;
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LOADING]);
    }
    refresh(self);
}

void lec_document_list_set_awake(LecDocumentList *self, gboolean awake)
{
    g_return_if_fail(LEC_IS_DOCUMENT_LIST(self));
    self->asleep = !awake;
    if (awake && self->stale)
        refresh(self);
}

/* --- the object ------------------------------------------------------------------------------- */

LecDocumentList *lec_document_list_new(LecLibrary *library)
{
    LecDocumentList *self = g_object_new(LEC_TYPE_DOCUMENT_LIST, NULL);

    self->library = g_object_ref(library);
    g_signal_connect_object(library, "changed", G_CALLBACK(refresh), self, G_CONNECT_SWAPPED);
    return self;
}

guint lec_document_list_get_n_documents(LecDocumentList *self)
{
    return self->n_items;
}

gboolean lec_document_list_is_loading(LecDocumentList *self)
{
    return self->loading;
}

const char *lec_document_list_get_error(LecDocumentList *self)
{
    return self->error;
}

guint lec_document_list_get_n_kept(LecDocumentList *self)
{
    return document_pages_n_kept(self->pages);
}

static GType model_get_item_type(GListModel *model)
{
    return LEC_TYPE_DOCUMENT_ITEM;
}

static guint model_get_n_items(GListModel *model)
{
    return LEC_DOCUMENT_LIST(model)->n_shown;
}

static gpointer model_get_item(GListModel *model, guint position)
{
    LecDocumentList *self = LEC_DOCUMENT_LIST(model);
    LecDocumentItem *item;

    if (position >= self->n_shown)
        return NULL;
    item = g_object_ref(document_pages_get(self->pages, position));
    if (!document_pages_is_loaded(self->pages, position / DOCUMENT_PAGE))
        want(self, position / DOCUMENT_PAGE);
    return item;
}

static void lec_document_list_model_init(GListModelInterface *interface)
{
    interface->get_item_type = model_get_item_type;
    interface->get_n_items = model_get_n_items;
    interface->get_item = model_get_item;
}

static void lec_document_list_get_property(GObject *object, guint id, GValue *value,
                                           GParamSpec *pspec)
{
    LecDocumentList *self = LEC_DOCUMENT_LIST(object);

    switch (id) {
    case PROP_LOADING:
        g_value_set_boolean(value, self->loading);
        break;
    case PROP_ERROR:
        g_value_set_string(value, self->error);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_document_list_finalize(GObject *object)
{
    LecDocumentList *self = LEC_DOCUMENT_LIST(object);

    g_clear_handle_id(&self->step_id, g_source_remove);
    document_pages_free(self->pages);
    g_queue_clear(&self->wanted);
    g_clear_object(&self->cancellable);
    g_clear_object(&self->library);
    g_free(self->below);
    g_free(self->words);
    g_free(self->error);
    G_OBJECT_CLASS(lec_document_list_parent_class)->finalize(object);
}

static void lec_document_list_class_init(LecDocumentListClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = lec_document_list_get_property;
    object_class->finalize = lec_document_list_finalize;
    properties[PROP_LOADING] = g_param_spec_boolean("loading", NULL, NULL, TRUE, flags);
    properties[PROP_ERROR] = g_param_spec_string("error", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void lec_document_list_init(LecDocumentList *self)
{
    self->pages = document_pages_new();
    self->loading = TRUE;
    g_queue_init(&self->wanted);
}
