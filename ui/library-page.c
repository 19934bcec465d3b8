/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A collection opened: a line on how it stands, a filter, and its documents. The list is a
 * LecDocumentList in a GtkListView; what is typed and chosen becomes its filter.
 *
 * Which state is shown: the library's failure before anything else; a first answer that is not
 * there yet; documents; none in the collection; none that the filter lets through.
 */
#include "ui/library-page.h"
#include "app/library-queries.h"
#include "ui/collection-item.h"
#include "ui/document-actions.h"
#include "ui/document-list.h"
#include "ui/document-row.h"
#include "ui/folders-popover.h"
#include "ui/job-words.h"
#include "ui/row-menu.h"
#include "ui/row-pace.h"
#include "ui/time-words.h"
#include <glib/gi18n.h>

struct _LecLibraryPage {
    AdwBin parent;
    AdwWindowTitle *window_title;
    GtkLabel *state;
    GtkButton *retry_all_button;
    GtkMenuButton *folders_button;
    LecFoldersPopover *folders;
    GtkSearchEntry *filter_entry;
    GtkDropDown *state_filter;
    GtkStack *stack;
    GtkScrolledWindow *scroller;
    GtkListView *list;
    AdwStatusPage *empty, *failed;

    LecLibrary *library;           /* (owned) */
    LecIndexer *indexer;           /* (owned) */
    LecDocumentList *documents;    /* (owned) */
    GtkSingleSelection *selection; /* (owned) over documents */
    LecRowPace *pace;              /* (owned) of the list's rows */
    LecCollectionItem *item;       /* (owned) what is shown; NULL: not known yet */
    gint64 collection;
    enum rag_document_order order;
    gboolean descending;
    gboolean asking, stale;   /* a query for the collections is under way; ask once more */
    guint tick_id, update_id; /* the source that keeps "2 minutes ago" true; the idle one */
};

G_DEFINE_FINAL_TYPE(LecLibraryPage, lec_library_page, ADW_TYPE_BIN)

enum { PROP_LIBRARY = 1, PROP_INDEXER, PROP_TITLE, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

/* In the order of the drop-down. */
static const int state_bits[] = {
    0,
    1 << RAG_READY,
    1 << RAG_WAITING | 1 << RAG_READING,
    1 << RAG_FAILED,
    1 << RAG_SKIPPED,
    1 << RAG_OFFLINE,
};
#define FAILED_CHOICE 3

static const struct {
    const char *name;
    enum rag_document_order order;
} orders[] = {
    {"trouble", RAG_BY_TROUBLE}, {"name", RAG_BY_NAME}, {"folder", RAG_BY_FOLDER},
    {"time", RAG_BY_TIME},       {"size", RAG_BY_SIZE},
};

/* --- how it stands ---------------------------------------------------------------------------- */

static gint64 n_in(LecLibraryPage *self, enum rag_document_state state)
{
    return self->item ? lec_collection_item_get_n_in_state(self->item, state) : 0;
}

static gboolean is_reading(LecLibraryPage *self, struct lec_job *job)
{
    if (!self->indexer)
        return FALSE;
    job->state = lec_indexer_get_state(self->indexer);
    job->path = lec_indexer_get_path(self->indexer);
    job->error = lec_indexer_get_error(self->indexer);
    job->n_done = lec_indexer_get_n_done(self->indexer);
    job->n_total = lec_indexer_get_n_total(self->indexer);
    job->n_waiting = self->library ? lec_library_get_n_waiting(self->library) : 0;
    return job->state != LEC_INDEXER_IDLE;
}

/* "Up to date, checked 2 minutes ago", "214 of 302 are ready" */
static char *rest_words(LecLibraryPage *self)
{
    gint64 waiting = n_in(self, RAG_WAITING) + n_in(self, RAG_READING);
    gint64 checked = lec_collection_item_get_checked_at(self->item);

    if (waiting > 0 || !checked) {
        gint64 n = lec_collection_item_get_n_documents(self->item);
        g_autofree char *ready = g_strdup_printf("%'" G_GINT64_FORMAT, n_in(self, RAG_READY));
        g_autofree char *all = g_strdup_printf("%'" G_GINT64_FORMAT, n);

        return g_strdup_printf(ngettext("%s of %s is ready", "%s of %s are ready", (gulong)n),
                               ready, all);
    }
    g_autofree char *ago = lec_time_ago(checked, g_get_real_time());

    /* Translators: after it comes "2 minutes ago", "yesterday, 14:05" */
    return g_strdup_printf(_("Up to date, checked %s"), ago);
}

static char *state_words(LecLibraryPage *self)
{
    struct lec_job job = {.n_failed = n_in(self, RAG_FAILED)};
    g_autofree char *failures = lec_job_failures(&job);
    g_autofree char *rest = NULL;

    if (!self->item || !lec_collection_item_get_n_roots(self->item))
        return g_strdup("");
    rest = is_reading(self, &job) ? lec_job_sentence(&job) : rest_words(self);
    if (failures && *rest)
        /* Translators: two parts of one line: how it stands, what failed */
        return g_strdup_printf(_("%s · %s"), rest, failures);
    return g_strdup(failures ? failures : rest);
}

static gboolean is_filtered(LecLibraryPage *self)
{
    return *gtk_editable_get_text(GTK_EDITABLE(self->filter_entry)) ||
           gtk_drop_down_get_selected(self->state_filter) != 0;
}

/* What is being removed is no longer in the list, but still in the collection's count. */
static gint64 n_documents(LecLibraryPage *self)
{
    if (self->documents && !is_filtered(self) && !lec_document_list_is_loading(self->documents))
        return lec_document_list_get_n_documents(self->documents);
    return self->item ? lec_collection_item_get_n_documents(self->item) : 0;
}

static void show_head(LecLibraryPage *self)
{
    gint64 n = n_documents(self);
    guint n_roots = self->item ? lec_collection_item_get_n_roots(self->item) : 0;
    g_autofree char *words = state_words(self);
    g_autofree char *number = g_strdup_printf("%'" G_GINT64_FORMAT, n);
    g_autofree char *subtitle =
        g_strdup_printf(ngettext("%s document", "%s documents", (gulong)n), number);
    g_autofree char *roots = g_strdup_printf("%'u", n_roots);
    g_autofree char *folders = g_strdup_printf(ngettext("%s Folder", "%s Folders", n_roots), roots);

    adw_window_title_set_title(self->window_title,
                               self->item ? lec_collection_item_get_name(self->item) : "");
    adw_window_title_set_subtitle(self->window_title, self->item ? subtitle : "");
    gtk_label_set_label(self->state, words);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->folders_button), folders);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->folders_button),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL, folders, -1);
    gtk_widget_set_visible(GTK_WIDGET(self->folders_button), n_roots > 0);
    gtk_widget_set_visible(GTK_WIDGET(self->retry_all_button), n_in(self, RAG_FAILED) > 0);
}

static void show_stack(LecLibraryPage *self)
{
    const char *error = self->library ? lec_library_get_error(self->library) : NULL;
    gboolean failed = self->library && lec_library_get_state(self->library) == LEC_LIBRARY_FAILED;
    const char *child;

    if (!failed && self->documents && lec_document_list_get_error(self->documents)) {
        error = lec_document_list_get_error(self->documents);
        failed = !g_list_model_get_n_items(G_LIST_MODEL(self->documents));
    }
    if (failed)
        child = "failed";
    else if (self->documents && g_list_model_get_n_items(G_LIST_MODEL(self->documents)))
        child = "list";
    else if (!self->documents || lec_document_list_is_loading(self->documents))
        child = "loading";
    else
        child = is_filtered(self) ? "nothing" : "empty";
    if (failed)
        adw_status_page_set_description(self->failed, error ? error : "");
    adw_status_page_set_title(self->empty, self->collection ? _("This Collection Is Empty")
                                                            : _("No Documents Yet"));
    adw_status_page_set_description(self->empty,
                                    _("Add a folder, or drop files and folders on this window."));
    gtk_stack_set_visible_child_name(self->stack, child);
}

static gboolean on_update(gpointer data)
{
    LecLibraryPage *self = data;

    self->update_id = 0;
    show_head(self);
    show_stack(self);
    return G_SOURCE_REMOVE;
}

/* However many things were notified, all is laid out once. */
static void update(LecLibraryPage *self)
{
    if (!self->update_id)
        self->update_id = g_idle_add(on_update, self);
}

static void ask(LecLibraryPage *self);

static void take_items(LecLibraryPage *self, GPtrArray *items)
{
    LecCollectionItem *found = NULL;

    for (guint i = 0; i < items->len; i++)
        if (lec_collection_item_get_id(items->pdata[i]) == self->collection)
            found = items->pdata[i];
    if (!found && items->len && self->collection) {
        lec_library_page_show(self, 0); /* it was deleted: the whole library is still there */
        return;
    }
    g_set_object(&self->item, found);
    lec_folders_popover_set_item(self->folders, found);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TITLE]);
    update(self);
}

static void on_collections(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecLibraryPage) self = data;
    g_autoptr(GPtrArray) rows = lec_library_collections_finish(LEC_LIBRARY(library), result, NULL);

    self->asking = FALSE;
    if (LEC_LIBRARY(library) != self->library)
        return;
    if (rows) {
        g_autoptr(GPtrArray) items = lec_collection_items(rows);

        take_items(self, items);
    }
    if (self->stale)
        ask(self);
}

static void ask(LecLibraryPage *self)
{
    self->stale = self->asking;
    if (self->asking || !self->library)
        return;
    self->asking = TRUE;
    lec_library_collections_async(self->library, NULL, on_collections, g_object_ref(self));
}

/* --- which documents -------------------------------------------------------------------------- */

static void on_filter_changed(LecLibraryPage *self)
{
    const char *words = gtk_editable_get_text(GTK_EDITABLE(self->filter_entry));
    guint choice = gtk_drop_down_get_selected(self->state_filter);
    const struct rag_document_filter filter = {
        .size = sizeof filter,
        .collection = self->collection,
        .words = *words ? words : NULL,
        .states = choice < G_N_ELEMENTS(state_bits) ? state_bits[choice] : 0,
        .order = self->order,
        .descending = self->descending,
    };

    gtk_single_selection_set_selected(self->selection, GTK_INVALID_LIST_POSITION);
    if (self->documents)
        lec_document_list_set_filter(self->documents, &filter);
    update(self);
}

static void show_collection(LecLibraryPage *self, gint64 collection, guint choice)
{
    g_signal_handlers_block_by_func(self->state_filter, on_filter_changed, self);
    gtk_editable_set_text(GTK_EDITABLE(self->filter_entry), "");
    gtk_drop_down_set_selected(self->state_filter, choice);
    g_signal_handlers_unblock_by_func(self->state_filter, on_filter_changed, self);
    if (self->collection != collection)
        g_clear_object(&self->item);
    self->collection = collection;
    gtk_adjustment_set_value(gtk_scrolled_window_get_vadjustment(self->scroller), 0);
    on_filter_changed(self);
    ask(self);
}

void lec_library_page_show(LecLibraryPage *self, gint64 collection)
{
    g_return_if_fail(LEC_IS_LIBRARY_PAGE(self));
    show_collection(self, collection, 0);
}

void lec_library_page_show_failed(LecLibraryPage *self, gint64 collection)
{
    g_return_if_fail(LEC_IS_LIBRARY_PAGE(self));
    show_collection(self, collection, FAILED_CHOICE);
}

gint64 lec_library_page_get_collection(LecLibraryPage *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY_PAGE(self), 0);
    return self->collection;
}

const char *lec_library_page_get_collection_name(LecLibraryPage *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY_PAGE(self), NULL);
    return self->collection && self->item ? lec_collection_item_get_name(self->item) : NULL;
}

static void on_show_all_clicked(LecLibraryPage *self)
{
    show_collection(self, self->collection, 0);
}

static void set_sort(GSimpleAction *action, GVariant *value, LecLibraryPage *self)
{
    const char *name = g_variant_get_string(value, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
        if (g_str_equal(orders[i].name, name))
            self->order = orders[i].order;
    g_simple_action_set_state(action, value);
    on_filter_changed(self);
}

static void set_descending(GSimpleAction *action, GVariant *value, LecLibraryPage *self)
{
    self->descending = g_variant_get_boolean(value);
    g_simple_action_set_state(action, value);
    on_filter_changed(self);
}

/* --- what is done with them ------------------------------------------------------------------- */

static void on_row_act(LecLibraryPage *self, const char *action, LecDocumentRow *row)
{
    lec_document_act(GTK_WIDGET(self), self->library, self->indexer, lec_document_row_get_item(row),
                     action);
}

static void on_activated(LecLibraryPage *self, guint position)
{
    g_autoptr(LecDocumentItem) item =
        g_list_model_get_item(G_LIST_MODEL(self->selection), position);

    if (item)
        lec_document_act(GTK_WIDGET(self), self->library, self->indexer, item, "open");
}

/* Keys on the list mean the row that has the focus. */
static LecDocumentRow *focused_row(LecLibraryPage *self)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(self));
    GtkWidget *focus = root ? gtk_root_get_focus(root) : NULL;
    GtkWidget *row = focus ? gtk_widget_get_first_child(focus) : NULL;

    return row && LEC_IS_DOCUMENT_ROW(row) ? LEC_DOCUMENT_ROW(row) : NULL;
}

static void on_key_action(GtkWidget *widget, const char *action, GVariant *parameter)
{
    LecDocumentRow *row = focused_row(LEC_LIBRARY_PAGE(widget));

    if (row && g_str_has_suffix(action, ".menu"))
        lec_row_menu_popup(GTK_WIDGET(row), NULL);
    else if (row)
        on_row_act(LEC_LIBRARY_PAGE(widget), strchr(action, '.') + 1, row);
}

static void on_retry_all_clicked(LecLibraryPage *self)
{
    guint n_roots = self->item ? lec_collection_item_get_n_roots(self->item) : 0;

    if (!self->collection) {
        lec_documents_retry(GTK_WIDGET(self), self->library, self->indexer, NULL);
        return;
    }
    for (guint i = 0; i < n_roots; i++)
        lec_documents_retry(GTK_WIDGET(self), self->library, self->indexer,
                            lec_collection_item_get_root(self->item, i)->path);
}

static void on_root_remove(LecLibraryPage *self, const char *path)
{
    lec_root_remove(GTK_WIDGET(self), self->library, path);
}

static void on_rescan(LecLibraryPage *self)
{
    if (self->indexer)
        lec_indexer_rescan(self->indexer);
}

static void on_reopen_clicked(LecLibraryPage *self)
{
    lec_library_reopen(self->library);
    on_filter_changed(self);
    ask(self);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void setup_row(GtkSignalListItemFactory *factory, GtkListItem *list_item,
                      LecLibraryPage *self)
{
    GtkWidget *row = lec_document_row_new(self->pace);

    g_signal_connect_object(row, "act", G_CALLBACK(on_row_act), self, G_CONNECT_SWAPPED);
    gtk_list_item_set_child(list_item, row);
}

static void bind_row(GtkSignalListItemFactory *factory, GtkListItem *list_item,
                     LecLibraryPage *self)
{
    lec_document_row_set_item(LEC_DOCUMENT_ROW(gtk_list_item_get_child(list_item)),
                              gtk_list_item_get_item(list_item));
}

static void unbind_row(GtkSignalListItemFactory *factory, GtkListItem *list_item,
                       LecLibraryPage *self)
{
    lec_document_row_set_item(LEC_DOCUMENT_ROW(gtk_list_item_get_child(list_item)), NULL);
}

/* --- the services ----------------------------------------------------------------------------- */

static void set_library(LecLibraryPage *self, LecLibrary *library)
{
    if (self->library == library)
        return;
    if (self->library)
        g_signal_handlers_disconnect_by_data(self->library, self);
    if (self->documents)
        g_signal_handlers_disconnect_by_data(self->documents, self);
    gtk_single_selection_set_model(self->selection, NULL);
    g_clear_object(&self->documents);
    g_clear_object(&self->item);
    g_set_object(&self->library, library);
    if (!library)
        return;
    self->documents = lec_document_list_new(library);
    lec_document_list_set_awake(self->documents, gtk_widget_get_mapped(GTK_WIDGET(self)));
    gtk_single_selection_set_model(self->selection, G_LIST_MODEL(self->documents));
    g_signal_connect_object(self->documents, "notify", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
    g_signal_connect_object(self->documents, "items-changed", G_CALLBACK(update), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(library, "changed", G_CALLBACK(ask), self, G_CONNECT_SWAPPED);
    g_signal_connect_object(library, "notify", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
    on_filter_changed(self);
    ask(self);
}

static void set_indexer(LecLibraryPage *self, LecIndexer *indexer)
{
    if (self->indexer)
        g_signal_handlers_disconnect_by_data(self->indexer, self);
    g_set_object(&self->indexer, indexer);
    if (indexer)
        g_signal_connect_object(indexer, "notify", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
}

static gboolean on_tick(gpointer data)
{
    update(data);
    return G_SOURCE_CONTINUE;
}

static void lec_library_page_map(GtkWidget *widget)
{
    LecLibraryPage *self = LEC_LIBRARY_PAGE(widget);

    GTK_WIDGET_CLASS(lec_library_page_parent_class)->map(widget);
    if (self->documents)
        lec_document_list_set_awake(self->documents, TRUE);
    self->tick_id = g_timeout_add_seconds(60, on_tick, self);
    update(self);
}

static void lec_library_page_unmap(GtkWidget *widget)
{
    LecLibraryPage *self = LEC_LIBRARY_PAGE(widget);

    g_clear_handle_id(&self->tick_id, g_source_remove);
    if (self->documents) /* rows that are made unseen are all laid out when they are seen */
        lec_document_list_set_awake(self->documents, FALSE);
    GTK_WIDGET_CLASS(lec_library_page_parent_class)->unmap(widget);
}

static void lec_library_page_get_property(GObject *object, guint id, GValue *value,
                                          GParamSpec *pspec)
{
    LecLibraryPage *self = LEC_LIBRARY_PAGE(object);

    switch (id) {
    case PROP_LIBRARY:
        g_value_set_object(value, self->library);
        break;
    case PROP_INDEXER:
        g_value_set_object(value, self->indexer);
        break;
    case PROP_TITLE:
        g_value_set_string(value, self->item ? lec_collection_item_get_name(self->item) : "");
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_library_page_set_property(GObject *object, guint id, const GValue *value,
                                          GParamSpec *pspec)
{
    LecLibraryPage *self = LEC_LIBRARY_PAGE(object);

    switch (id) {
    case PROP_LIBRARY:
        set_library(self, g_value_get_object(value));
        break;
    case PROP_INDEXER:
        set_indexer(self, g_value_get_object(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_library_page_dispose(GObject *object)
{
    LecLibraryPage *self = LEC_LIBRARY_PAGE(object);

    g_clear_handle_id(&self->update_id, g_source_remove);
    g_clear_handle_id(&self->tick_id, g_source_remove);
    if (self->selection)
        set_library(self, NULL);
    set_indexer(self, NULL);
    g_clear_object(&self->selection);
    g_clear_object(&self->item);
    G_OBJECT_CLASS(lec_library_page_parent_class)->dispose(object);
}

static void lec_library_page_finalize(GObject *object)
{
    lec_row_pace_unref(LEC_LIBRARY_PAGE(object)->pace);
    G_OBJECT_CLASS(lec_library_page_parent_class)->finalize(object);
}

static void bind_template(GtkWidgetClass *class)
{
    g_type_ensure(LEC_TYPE_FOLDERS_POPOVER);
    gtk_widget_class_set_template_from_resource(class, "/org/lectern/Lectern/ui/library-page.ui");
    gtk_widget_class_bind_template_child(class, LecLibraryPage, window_title);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, state);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, retry_all_button);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, folders_button);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, folders);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, filter_entry);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, state_filter);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, stack);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, scroller);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, list);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, empty);
    gtk_widget_class_bind_template_child(class, LecLibraryPage, failed);
    gtk_widget_class_bind_template_callback(class, on_filter_changed);
    gtk_widget_class_bind_template_callback(class, on_show_all_clicked);
    gtk_widget_class_bind_template_callback(class, on_activated);
    gtk_widget_class_bind_template_callback(class, on_retry_all_clicked);
    gtk_widget_class_bind_template_callback(class, on_root_remove);
    gtk_widget_class_bind_template_callback(class, on_rescan);
    gtk_widget_class_bind_template_callback(class, on_reopen_clicked);
}

static void lec_library_page_class_init(LecLibraryPageClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_library_page_get_property;
    object_class->set_property = lec_library_page_set_property;
    object_class->dispose = lec_library_page_dispose;
    object_class->finalize = lec_library_page_finalize;
    widget_class->map = lec_library_page_map;
    widget_class->unmap = lec_library_page_unmap;
    properties[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_INDEXER] = g_param_spec_object("indexer", NULL, NULL, LEC_TYPE_INDEXER,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_TITLE] =
        g_param_spec_string("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    gtk_widget_class_install_action(widget_class, "document.remove", NULL, on_key_action);
    gtk_widget_class_install_action(widget_class, "document.menu", NULL, on_key_action);
    bind_template(widget_class);
}

static void lec_library_page_init(LecLibraryPage *self)
{
    g_autoptr(GSimpleActionGroup) group = g_simple_action_group_new();
    g_autoptr(GSimpleAction) sort = g_simple_action_new_stateful(
        "sort", G_VARIANT_TYPE_STRING, g_variant_new_string(orders[0].name));
    g_autoptr(GSimpleAction) descending =
        g_simple_action_new_stateful("descending", NULL, g_variant_new_boolean(FALSE));
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();

    gtk_widget_init_template(GTK_WIDGET(self));
    g_signal_connect_object(sort, "change-state", G_CALLBACK(set_sort), self, 0);
    g_signal_connect_object(descending, "change-state", G_CALLBACK(set_descending), self, 0);
    g_action_map_add_action(G_ACTION_MAP(group), G_ACTION(sort));
    g_action_map_add_action(G_ACTION_MAP(group), G_ACTION(descending));
    gtk_widget_insert_action_group(GTK_WIDGET(self), "library", G_ACTION_GROUP(group));

    g_signal_connect_object(factory, "setup", G_CALLBACK(setup_row), self, 0);
    g_signal_connect_object(factory, "bind", G_CALLBACK(bind_row), self, 0);
    g_signal_connect_object(factory, "unbind", G_CALLBACK(unbind_row), self, 0);
    self->pace = lec_row_pace_new(lec_document_row_show_item);
    self->selection = gtk_single_selection_new(NULL);
    gtk_single_selection_set_autoselect(self->selection, FALSE);
    gtk_single_selection_set_can_unselect(self->selection, TRUE);
    gtk_list_view_set_model(self->list, GTK_SELECTION_MODEL(self->selection));
    gtk_list_view_set_factory(self->list, factory);
    g_object_unref(factory);
    show_head(self);
    show_stack(self);
}
