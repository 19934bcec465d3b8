/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The collections of the library. There are few of them, so that all are asked for anew when
 * something changed; rows stay (list-follow.h).
 *
 * Deleting one takes no document away: its folders go back to the whole library. Undo makes it
 * again, under a new id, and moves them into it.
 */
#include "ui/sidebar-collections.h"
#include "app/library-queries.h"
#include "ui/collection-item.h"
#include "ui/collection-row.h"
#include "ui/list-follow.h"
#include "ui/name-popover.h"
#include "ui/row-menu.h"
#include "ui/undo-toast.h"
#include <glib/gi18n.h>

struct _LecSidebarCollections {
    AdwBin parent;
    GtkButton *new_button;
    GtkListBox *list;
    LecLibrary *library; /* (owned) */
    GListStore *items;   /* (owned) of LecCollectionItem */
    gboolean busy, stale;
    gint64 selected;
};

G_DEFINE_FINAL_TYPE(LecSidebarCollections, lec_sidebar_collections, ADW_TYPE_BIN)

enum { PROP_LIBRARY = 1, N_PROPERTIES };
enum { COLLECTION_SELECTED, N_SIGNALS };
static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

/* What an Undo of a deletion needs. */
struct deleted {
    LecLibrary *library;          /* (owned) */
    char *name;                   /* (owned) */
    GArray *roots;                /* (owned) of gint64 */
    LecSidebarCollections *asker; /* (owned) until it is deleted */
};

static void deleted_free(gpointer data, GClosure *closure)
{
    struct deleted *deleted = data;

    g_object_unref(deleted->library);
    g_free(deleted->name);
    g_array_unref(deleted->roots);
    g_clear_object(&deleted->asker);
    g_free(deleted);
}

static gint64 item_key(gpointer item)
{
    return lec_collection_item_get_id(item);
}

static void item_take(gpointer kept, gpointer wanted)
{
    lec_collection_item_take(kept, wanted);
}

static gint64 row_id(GtkListBoxRow *row)
{
    return lec_collection_item_get_id(lec_collection_row_get_item(LEC_COLLECTION_ROW(row)));
}

static void mark(LecSidebarCollections *self)
{
    GtkListBoxRow *row;

    for (int i = 0; (row = gtk_list_box_get_row_at_index(self->list, i)); i++) {
        if (row_id(row) == self->selected) {
            gtk_list_box_select_row(self->list, row);
            return;
        }
    }
    gtk_list_box_unselect_all(self->list);
}

static void query(LecSidebarCollections *self);

static void on_collections(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecSidebarCollections) self = data;
    g_autoptr(GPtrArray) rows = lec_library_collections_finish(LEC_LIBRARY(library), result, NULL);

    self->busy = FALSE;
    if (LEC_LIBRARY(library) != self->library)
        return;
    /* where it could not be asked, the library says so itself ("error") */
    if (rows) {
        g_autoptr(GPtrArray) items = lec_collection_items(rows);

        lec_list_follow(self->items, G_MAXUINT, items, item_key, item_take);
        mark(self);
    }
    if (self->stale)
        query(self);
}

static void query(LecSidebarCollections *self)
{
    self->stale = self->busy;
    if (self->busy || !self->library)
        return;
    self->busy = TRUE;
    lec_library_collections_async(self->library, NULL, on_collections, g_object_ref(self));
}

/* What was changed is asked for anew; what went wrong is said. */
static void conclude(LecSidebarCollections *self, const GError *error)
{
    if (error && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
        gtk_widget_get_root(GTK_WIDGET(self)))
        lec_toast_show(GTK_WIDGET(self), error->message);
    query(self);
}

static void on_made(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecSidebarCollections) self = data;
    g_autoptr(GError) error = NULL;
    gint64 id = lec_library_collection_make_finish(LEC_LIBRARY(library), result, &error);

    conclude(self, error);
    if (id > 0) {
        self->selected = id;
        g_signal_emit(self, signals[COLLECTION_SELECTED], 0, id);
    }
}

static void on_new_named(LecSidebarCollections *self, const char *name)
{
    if (self->library)
        lec_library_collection_make_async(self->library, name, NULL, on_made, g_object_ref(self));
}

static void on_new_clicked(LecSidebarCollections *self)
{
    LecNamePopover *popover = lec_name_popover_new(_("New Collection"), "", _("_Create"));

    g_signal_connect_object(popover, "named", G_CALLBACK(on_new_named), self, G_CONNECT_SWAPPED);
    lec_row_menu_show_popover(GTK_WIDGET(self->new_button), GTK_POPOVER(popover), NULL);
}

static void on_renamed(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecSidebarCollections) self = data;
    g_autoptr(GError) error = NULL;

    lec_library_collection_rename_finish(LEC_LIBRARY(library), result, &error);
    conclude(self, error);
}

static void on_rename(LecCollectionRow *row, const char *name, LecSidebarCollections *self)
{
    lec_library_collection_rename_async(self->library, row_id(GTK_LIST_BOX_ROW(row)), name, NULL,
                                        on_renamed, g_object_ref(self));
}

static void on_remade(GObject *object, GAsyncResult *result, gpointer data)
{
    LecLibrary *library = LEC_LIBRARY(object);
    g_autoptr(GArray) roots = data;
    gint64 id = lec_library_collection_make_finish(library, result, NULL);

    /* calls are queued: the refresh comes after the last move */
    for (guint i = 0; id > 0 && i < roots->len; i++)
        lec_library_root_move_async(library, g_array_index(roots, gint64, i), id, NULL, NULL, NULL);
    lec_library_refresh(library);
}

static void on_undo(AdwToast *toast, struct deleted *deleted)
{
    lec_library_collection_make_async(deleted->library, deleted->name, NULL, on_remade,
                                      g_array_ref(deleted->roots));
}

static void show_undo(LecSidebarCollections *self, struct deleted *deleted)
{
    GtkWidget *overlay = gtk_widget_get_ancestor(GTK_WIDGET(self), ADW_TYPE_TOAST_OVERLAY);
    g_autofree char *title =
        g_strdup_printf(_("“%s” was deleted; its documents stay"), deleted->name);
    g_autofree char *markup = g_markup_escape_text(title, -1);
    AdwToast *toast = adw_toast_new(markup);

    adw_toast_set_button_label(toast, _("Undo"));
    g_signal_connect_data(toast, "button-clicked", G_CALLBACK(on_undo), deleted, deleted_free, 0);
    if (overlay)
        adw_toast_overlay_add_toast(ADW_TOAST_OVERLAY(overlay), toast);
    else
        g_object_unref(toast);
}

static void on_deleted(GObject *library, GAsyncResult *result, gpointer data)
{
    struct deleted *deleted = data;
    g_autoptr(LecSidebarCollections) self = g_steal_pointer(&deleted->asker);
    g_autoptr(GError) error = NULL;

    if (lec_library_collection_delete_finish(LEC_LIBRARY(library), result, &error))
        show_undo(self, deleted);
    else
        deleted_free(deleted, NULL);
    conclude(self, error);
}

static void on_delete(LecCollectionRow *row, LecSidebarCollections *self)
{
    LecCollectionItem *item = lec_collection_row_get_item(row);
    gint64 id = lec_collection_item_get_id(item);
    struct deleted *deleted = g_new0(struct deleted, 1);

    deleted->library = g_object_ref(self->library);
    deleted->asker = g_object_ref(self);
    deleted->name = g_strdup(lec_collection_item_get_name(item));
    deleted->roots = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < lec_collection_item_get_n_roots(item); i++) {
        gint64 root = lec_collection_item_get_root(item, i)->id;

        g_array_append_val(deleted->roots, root);
    }
    lec_library_collection_delete_async(self->library, id, NULL, on_deleted, deleted);
    if (id == self->selected) {
        self->selected = 0;
        mark(self);
        g_signal_emit(self, signals[COLLECTION_SELECTED], 0, (gint64)0);
    }
}

static GtkWidget *make_row(gpointer item, gpointer data)
{
    LecCollectionRow *row = lec_collection_row_new(item);

    g_signal_connect_object(row, "rename", G_CALLBACK(on_rename), data, 0);
    g_signal_connect_object(row, "delete", G_CALLBACK(on_delete), data, 0);
    return GTK_WIDGET(row);
}

static void on_row_activated(LecSidebarCollections *self, GtkListBoxRow *row)
{
    self->selected = row_id(row);
    g_signal_emit(self, signals[COLLECTION_SELECTED], 0, self->selected);
}

void lec_sidebar_collections_select(LecSidebarCollections *self, gint64 collection)
{
    g_return_if_fail(LEC_IS_SIDEBAR_COLLECTIONS(self));
    self->selected = collection;
    mark(self);
}

static void set_library(LecSidebarCollections *self, LecLibrary *library)
{
    if (self->library == library)
        return;
    if (self->library)
        g_signal_handlers_disconnect_by_data(self->library, self);
    g_set_object(&self->library, library);
    g_list_store_remove_all(self->items);
    gtk_widget_set_sensitive(GTK_WIDGET(self->new_button), library != NULL);
    if (library)
        g_signal_connect_object(library, "changed", G_CALLBACK(query), self, G_CONNECT_SWAPPED);
    query(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LIBRARY]);
}

static void lec_sidebar_collections_get_property(GObject *object, guint id, GValue *value,
                                                 GParamSpec *pspec)
{
    if (id == PROP_LIBRARY)
        g_value_set_object(value, LEC_SIDEBAR_COLLECTIONS(object)->library);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_sidebar_collections_set_property(GObject *object, guint id, const GValue *value,
                                                 GParamSpec *pspec)
{
    if (id == PROP_LIBRARY)
        set_library(LEC_SIDEBAR_COLLECTIONS(object), g_value_get_object(value));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_sidebar_collections_dispose(GObject *object)
{
    LecSidebarCollections *self = LEC_SIDEBAR_COLLECTIONS(object);

    if (self->library)
        g_signal_handlers_disconnect_by_data(self->library, self);
    g_clear_object(&self->library);
    G_OBJECT_CLASS(lec_sidebar_collections_parent_class)->dispose(object);
}

static void lec_sidebar_collections_finalize(GObject *object)
{
    g_object_unref(LEC_SIDEBAR_COLLECTIONS(object)->items);
    G_OBJECT_CLASS(lec_sidebar_collections_parent_class)->finalize(object);
}

static void lec_sidebar_collections_class_init(LecSidebarCollectionsClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_sidebar_collections_get_property;
    object_class->set_property = lec_sidebar_collections_set_property;
    object_class->dispose = lec_sidebar_collections_dispose;
    object_class->finalize = lec_sidebar_collections_finalize;
    properties[PROP_LIBRARY] =
        g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    signals[COLLECTION_SELECTED] =
        g_signal_new("collection-selected", LEC_TYPE_SIDEBAR_COLLECTIONS, G_SIGNAL_RUN_LAST, 0,
                     NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/sidebar-collections.ui");
    gtk_widget_class_bind_template_child(widget_class, LecSidebarCollections, new_button);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarCollections, list);
    gtk_widget_class_bind_template_callback(widget_class, on_new_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_row_activated);
}

static void lec_sidebar_collections_init(LecSidebarCollections *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->selected = -1;
    self->items = g_list_store_new(LEC_TYPE_COLLECTION_ITEM);
    gtk_list_box_bind_model(self->list, G_LIST_MODEL(self->items), make_row, self, NULL);
}
