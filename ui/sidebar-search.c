/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two searches at once, one cancellable: looking for something else cancels both, and what comes
 * back for it is never shown. Results stay until those of the new words are there, so that the list
 * does not flicker while one types; "Nothing was found" is said only when both have answered.
 */
#include "ui/sidebar-search.h"
#include "app/library-queries.h"
#include "app/source.h"
#include "ui/result-row.h"
#include <glib/gi18n.h>

#define MAX_CONVERSATIONS 8
#define MAX_PASSAGES      20

struct _LecSidebarSearch {
    AdwBin parent;
    GtkLabel *status;
    GtkBox *conversations_group, *documents_group;
    GtkListBox *conversations, *documents;
    LecLibrary *library;       /* (owned) */
    GListStore *sources;       /* (owned) of LecSource: what `documents` shows, in its order */
    GCancellable *cancellable; /* (owned) of the searches under way, or NULL */
    guint n_pending;
};

G_DEFINE_FINAL_TYPE(LecSidebarSearch, lec_sidebar_search, ADW_TYPE_BIN)

enum { PROP_LIBRARY = 1, N_PROPERTIES };
enum { CONVERSATION_SELECTED, HITS_ACTIVATED, N_SIGNALS };
static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

#define ID_KEY "lec-conversation"

static void clear(GtkListBox *list, GtkBox *group)
{
    GtkListBoxRow *row;

    while ((row = gtk_list_box_get_row_at_index(list, 0)))
        gtk_list_box_remove(list, GTK_WIDGET(row));
    gtk_widget_set_visible(GTK_WIDGET(group), FALSE);
}

static gboolean has_results(LecSidebarSearch *self)
{
    return gtk_list_box_get_row_at_index(self->conversations, 0) ||
           gtk_list_box_get_row_at_index(self->documents, 0);
}

static void show_status(LecSidebarSearch *self, const char *sentence)
{
    gtk_label_set_label(self->status, sentence);
    gtk_widget_set_visible(GTK_WIDGET(self->status), *sentence);
}

/* One of the two has answered. FALSE: it was no longer wanted. */
static gboolean answered(LecSidebarSearch *self, const GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return FALSE;
    self->n_pending--;
    return TRUE;
}

static void conclude(LecSidebarSearch *self, const GError *error)
{
    if (error && !g_error_matches(error, RAG_ERROR, RAG_ERROR_EMPTY_LIBRARY) &&
        !g_error_matches(error, RAG_ERROR, RAG_ERROR_EMPTY_QUESTION))
        show_status(self, error->message);
    else if (has_results(self))
        show_status(self, "");
    else if (!self->n_pending)
        show_status(self, _("Nothing was found. Try other words, or fewer."));
}

static void on_conversations(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecSidebarSearch) self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hits =
        lec_library_conversations_search_finish(LEC_LIBRARY(library), result, &error);

    if (!answered(self, error))
        return;
    clear(self->conversations, self->conversations_group);
    for (guint i = 0; hits && i < hits->len; i++) {
        const struct rag_conversation_hit *hit = hits->pdata[i];
        g_autofree char *markup = lec_result_markup(hit->snippet ? hit->snippet : "");
        LecResultRow *row = lec_result_row_new(hit->title, "", markup);
        gint64 id = hit->conversation;

        g_object_set_data_full(G_OBJECT(row), ID_KEY, g_memdup2(&id, sizeof id), g_free);
        gtk_list_box_append(self->conversations, GTK_WIDGET(row));
    }
    gtk_widget_set_visible(GTK_WIDGET(self->conversations_group), hits && hits->len > 0);
    conclude(self, error);
}

/* The sentence that bears on the words, or the beginning of the passage. */
static char *markup_of(LecSource *source)
{
    const char *telling = lec_source_get_telling(source);
    const char *quote = lec_source_get_quote(source);

    return lec_result_markup(telling && *telling ? telling : quote);
}

static void on_passages(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecSidebarSearch) self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hits = lec_library_search_finish(LEC_LIBRARY(library), result, &error);

    if (!answered(self, error))
        return;
    clear(self->documents, self->documents_group);
    g_clear_object(&self->sources); /* whoever opened the former ones may keep them */
    self->sources = g_list_store_new(LEC_TYPE_SOURCE);
    for (guint i = 0; hits && i < hits->len; i++) {
        g_autoptr(LecSource) source = lec_source_from_hit(hits->pdata[i], 0);
        g_autofree char *markup = markup_of(source);

        g_list_store_append(self->sources, source);
        gtk_list_box_append(self->documents,
                            GTK_WIDGET(lec_result_row_new(lec_source_get_name(source),
                                                          lec_source_get_place(source), markup)));
    }
    gtk_widget_set_visible(GTK_WIDGET(self->documents_group), hits && hits->len > 0);
    conclude(self, error);
}

static void stop(LecSidebarSearch *self)
{
    if (self->cancellable)
        g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    self->n_pending = 0;
}

void lec_sidebar_search_look_for(LecSidebarSearch *self, const char *words)
{
    g_autofree char *stripped = g_strstrip(g_strdup(words));

    g_return_if_fail(LEC_IS_SIDEBAR_SEARCH(self));
    stop(self);
    if (!*stripped || !self->library) {
        clear(self->conversations, self->conversations_group);
        clear(self->documents, self->documents_group);
        show_status(self, "");
        return;
    }
    if (!has_results(self))
        show_status(self, _("Searching…"));
    self->cancellable = g_cancellable_new();
    self->n_pending = 2;
    lec_library_conversations_search_async(self->library, stripped, MAX_CONVERSATIONS,
                                           self->cancellable, on_conversations, g_object_ref(self));
    lec_library_search_async(self->library, stripped, NULL, MAX_PASSAGES, self->cancellable,
                             on_passages, g_object_ref(self));
}

gboolean lec_sidebar_search_focus_first(LecSidebarSearch *self)
{
    GtkListBoxRow *row = gtk_list_box_get_row_at_index(self->conversations, 0);

    if (!row)
        row = gtk_list_box_get_row_at_index(self->documents, 0);
    return row && gtk_widget_grab_focus(GTK_WIDGET(row));
}

static void on_conversation_activated(LecSidebarSearch *self, GtkListBoxRow *row)
{
    const gint64 *id = g_object_get_data(G_OBJECT(row), ID_KEY);

    g_signal_emit(self, signals[CONVERSATION_SELECTED], 0, *id);
}

static void on_document_activated(LecSidebarSearch *self, GtkListBoxRow *row)
{
    g_signal_emit(self, signals[HITS_ACTIVATED], 0, self->sources,
                  (guint)gtk_list_box_row_get_index(row));
}

static void lec_sidebar_search_get_property(GObject *object, guint id, GValue *value,
                                            GParamSpec *pspec)
{
    if (id == PROP_LIBRARY)
        g_value_set_object(value, LEC_SIDEBAR_SEARCH(object)->library);
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_sidebar_search_set_property(GObject *object, guint id, const GValue *value,
                                            GParamSpec *pspec)
{
    LecSidebarSearch *self = LEC_SIDEBAR_SEARCH(object);

    if (id == PROP_LIBRARY) {
        stop(self);
        g_set_object(&self->library, g_value_get_object(value));
    } else {
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_sidebar_search_dispose(GObject *object)
{
    LecSidebarSearch *self = LEC_SIDEBAR_SEARCH(object);

    stop(self);
    g_clear_object(&self->library);
    g_clear_object(&self->sources);
    G_OBJECT_CLASS(lec_sidebar_search_parent_class)->dispose(object);
}

static void lec_sidebar_search_class_init(LecSidebarSearchClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    object_class->get_property = lec_sidebar_search_get_property;
    object_class->set_property = lec_sidebar_search_set_property;
    object_class->dispose = lec_sidebar_search_dispose;
    properties[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    signals[CONVERSATION_SELECTED] =
        g_signal_new("conversation-selected", LEC_TYPE_SIDEBAR_SEARCH, G_SIGNAL_RUN_LAST, 0, NULL,
                     NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
    signals[HITS_ACTIVATED] =
        g_signal_new("hits-activated", LEC_TYPE_SIDEBAR_SEARCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                     NULL, G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_UINT);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/sidebar-search.ui");
    gtk_widget_class_bind_template_child(widget_class, LecSidebarSearch, status);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarSearch, conversations_group);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarSearch, documents_group);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarSearch, conversations);
    gtk_widget_class_bind_template_child(widget_class, LecSidebarSearch, documents);
    gtk_widget_class_bind_template_callback(widget_class, on_conversation_activated);
    gtk_widget_class_bind_template_callback(widget_class, on_document_activated);
}

static void lec_sidebar_search_init(LecSidebarSearch *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
