/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frame: what is shown where, and what stands in for it while there is nothing to show.
 *
 * The middle is one of: "opening" (nothing, for the first moment), "welcome" (a library without
 * anything in it), "failed" (a library that cannot be opened), and the two that a person chooses
 * between, "conversation" and "library". update_middle() is the only place that decides.
 *
 * Three panes on a wide window, one on a narrow one. The flap (sidebar) is locked: folding hides it
 * here, and unfolding brings it back as it was wanted, which is what is remembered; a sidebar that
 * was drawn over a narrow window's page goes when something was chosen in it.
 */
#include "ui/window.h"
#include "app/settings.h"
#include "ui/actions.h"
#include "ui/adding.h"
#include "ui/conversation-page.h"
#include "ui/drop-area.h"
#include "ui/library-page.h"
#include "ui/notice-bar.h"
#include "ui/sidebar.h"
#include "ui/undo-toast.h"
#include "ui/viewer-pane.h"
#include "ui/viewer-width.h"
#include <glib/gi18n.h>

struct _LecWindow {
    AdwApplicationWindow parent;

    LecLibrary *library; /* (owned) */
    LecIndexer *indexer; /* (owned) */
    LecChat *chat;       /* (owned) */
    GSettings *settings; /* (owned) NULL: nothing is remembered */

    AdwFlap *flap; /* (borrowed) of the template, as those below */
    LecSidebar *sidebar;
    AdwLeaflet *leaflet;
    GtkWidget *middle;
    GtkStack *stack;
    AdwStatusPage *failed_page;
    LecConversationPage *conversation_page;
    LecLibraryPage *library_page;
    LecNoticeBar *notice;
    LecViewerPane *viewer;
    GtkWidget *viewer_frame, *viewer_edge;

    const char *chosen;      /* "conversation" or "library" */
    gboolean opened;         /* the library was ready once: there is something to show */
    gboolean sidebar_wanted; /* on a wide window */
};

G_DEFINE_FINAL_TYPE(LecWindow, lec_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- what is shown -----------------------------------------------------------------------------
 */

static gboolean is_first_start(LecWindow *self)
{
    LecIndexerState work = lec_indexer_get_state(self->indexer);

    return lec_library_get_n_documents(self->library) == 0 &&
           lec_library_get_n_conversations(self->library) == 0 &&
           (work == LEC_INDEXER_IDLE || work == LEC_INDEXER_FAILED || work == LEC_INDEXER_PAUSED);
}

static const char *middle_name(LecWindow *self)
{
    if (lec_library_get_state(self->library) == LEC_LIBRARY_FAILED)
        return "failed";
    if (!self->opened)
        return "opening";
    return is_first_start(self) ? "welcome" : self->chosen;
}

/* The header bars belong to the pages; the buttons of the window stand in the outer ones. */
static void set_title_buttons(GtkWidget *widget, gboolean start, gboolean end)
{
    if (ADW_IS_HEADER_BAR(widget)) {
        adw_header_bar_set_show_start_title_buttons(ADW_HEADER_BAR(widget), start);
        adw_header_bar_set_show_end_title_buttons(ADW_HEADER_BAR(widget), end);
        return;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child;
         child = gtk_widget_get_next_sibling(child))
        set_title_buttons(child, start, end);
}

static void update_title_buttons(LecWindow *self)
{
    gboolean sidebar = adw_flap_get_reveal_flap(self->flap) && !adw_flap_get_folded(self->flap);
    gboolean viewer =
        gtk_widget_get_visible(self->viewer_frame) && !adw_leaflet_get_folded(self->leaflet);

    set_title_buttons(GTK_WIDGET(self->sidebar), TRUE, FALSE);
    set_title_buttons(self->middle, !sidebar, !viewer);
    set_title_buttons(GTK_WIDGET(self->viewer), !viewer && !sidebar, TRUE);
}

/* The sidebar comes with the first document: before that there is nothing in it. */
static void update_flap(LecWindow *self)
{
    const char *name = gtk_stack_get_visible_child_name(self->stack);
    gboolean useful = g_str_equal(name, "conversation") || g_str_equal(name, "library");
    gboolean wanted = self->sidebar_wanted;

    gtk_widget_set_visible(GTK_WIDGET(self->sidebar), useful);
    adw_flap_set_reveal_flap(self->flap, useful && wanted && !adw_flap_get_folded(self->flap));
    self->sidebar_wanted = wanted; /* what the person said, not what there is room for */
    update_title_buttons(self);
}

/* Numbers of conversations mean nothing in another library. */
static gboolean remembers_conversation(LecWindow *self)
{
    GtkApplication *application = gtk_window_get_application(GTK_WINDOW(self));

    return self->settings && application &&
           lec_application_has_own_library(LEC_APPLICATION(application));
}

static void open_last_conversation(LecWindow *self)
{
    gint64 last = remembers_conversation(self)
                      ? g_settings_get_int64(self->settings, LEC_SETTINGS_LAST_CONVERSATION)
                      : 0;

    lec_conversation_page_open(self->conversation_page, last);
}

static void update_middle(LecWindow *self)
{
    const char *name, *before = gtk_stack_get_visible_child_name(self->stack);
    LecLibraryState state = lec_library_get_state(self->library);

    if (!self->opened && (state == LEC_LIBRARY_READY || state == LEC_LIBRARY_READ_ONLY)) {
        self->opened = TRUE;
        open_last_conversation(self);
    }
    name = middle_name(self);
    if (g_strcmp0(name, before) != 0) {
        gtk_stack_set_visible_child_name(self->stack, name);
        update_flap(self);
    }
}

static void on_library_state(LecWindow *self)
{
    LecLibraryState state = lec_library_get_state(self->library);
    const char *error = lec_library_get_error(self->library);
    g_autofree char *markup = g_markup_escape_text(error ? error : "", -1);
    g_autofree char *notice = NULL;

    if (state == LEC_LIBRARY_READ_ONLY)
        notice =
            g_strdup_printf(_("This library can only be read, so what you ask is not kept. %s"),
                            error ? error : "");
    adw_status_page_set_description(self->failed_page, markup);
    lec_notice_bar_set_text(self->notice, notice);
    update_middle(self);
}

/* --- what the panes tell each other ------------------------------------------------------------
 */

static void choose(LecWindow *self, const char *name)
{
    self->chosen = name;
    if (adw_flap_get_folded(self->flap))
        adw_flap_set_reveal_flap(self->flap, FALSE);
    update_middle(self);
}

static void on_conversation_selected(LecWindow *self, gint64 conversation, LecSidebar *sidebar)
{
    lec_window_show_conversation(self, conversation);
}

static void on_collection_selected(LecWindow *self, gint64 collection, LecSidebar *sidebar)
{
    lec_window_show_library(self, collection);
}

static void on_failed_selected(LecWindow *self, LecSidebar *sidebar)
{
    lec_library_page_show_failed(self->library_page, 0);
    choose(self, "library");
}

static void on_conversation_opened(LecWindow *self, gint64 conversation, const char *title,
                                   LecConversationPage *page)
{
    g_autofree char *window_title = g_strdup_printf("%s — %s", title, _("Lectern"));

    gtk_window_set_title(GTK_WINDOW(self), *title ? window_title : _("Lectern"));
    lec_sidebar_select_conversation(self->sidebar, conversation);
    if (remembers_conversation(self))
        g_settings_set_int64(self->settings, LEC_SETTINGS_LAST_CONVERSATION, conversation);
}

static void on_open_sources(LecWindow *self, GListModel *sources, guint position, GtkWidget *from)
{
    lec_viewer_width_apply(self->viewer_frame);
    gtk_widget_set_visible(self->viewer_frame, TRUE);
    lec_viewer_pane_show(self->viewer, sources, position);
    adw_leaflet_set_visible_child(self->leaflet, self->viewer_frame);
    if (adw_flap_get_folded(self->flap))
        adw_flap_set_reveal_flap(self->flap, FALSE);
    update_title_buttons(self);
}

static void on_viewer_closed(LecWindow *self, LecViewerPane *viewer)
{
    adw_leaflet_set_visible_child(self->leaflet, self->middle);
    gtk_widget_set_visible(self->viewer_frame, FALSE);
    update_title_buttons(self);
}

static void on_problem(LecWindow *self, const char *path, const char *reason)
{
    g_autofree char *name = g_filename_display_basename(path);
    /* Translators: a file's name and why it could not be added */
    g_autofree char *sentence = g_strdup_printf(_("“%s” was not added: %s"), name, reason);

    lec_window_say(self, sentence);
}

static void on_leaflet_folded(LecWindow *self)
{
    lec_viewer_width_apply(self->viewer_frame);
    update_title_buttons(self);
}

static void on_folded(LecWindow *self)
{
    update_flap(self);
}

static void on_revealed(LecWindow *self)
{
    if (!adw_flap_get_folded(self->flap))
        self->sidebar_wanted = adw_flap_get_reveal_flap(self->flap);
    update_title_buttons(self);
}

/* --- what it is told to do ---------------------------------------------------------------------
 */

void lec_window_show_conversation(LecWindow *self, gint64 conversation)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    choose(self, "conversation");
    lec_conversation_page_open(self->conversation_page, conversation);
    if (conversation == 0)
        lec_conversation_page_focus_composer(self->conversation_page);
}

void lec_window_show_library(LecWindow *self, gint64 collection)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    lec_library_page_show(self->library_page, collection);
    lec_sidebar_select_collection(self->sidebar, collection);
    choose(self, "library");
}

void lec_window_find(LecWindow *self)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    if (!gtk_widget_get_visible(GTK_WIDGET(self->sidebar)))
        return;
    adw_flap_set_reveal_flap(self->flap, TRUE);
    lec_sidebar_focus_search(self->sidebar);
}

void lec_window_focus_composer(LecWindow *self)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    choose(self, "conversation");
    lec_conversation_page_focus_composer(self->conversation_page);
}

void lec_window_activate_source(LecWindow *self, guint number)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    lec_conversation_page_activate_source(self->conversation_page, number);
}

void lec_window_close_pane_or_stop(LecWindow *self)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    if (gtk_widget_get_visible(self->viewer_frame))
        lec_viewer_pane_close(self->viewer);
    else
        lec_conversation_page_stop(self->conversation_page);
}

/* What is added while a collection is shown belongs to it. */
static const char *shown_collection(LecWindow *self)
{
    return g_str_equal(gtk_stack_get_visible_child_name(self->stack), "library")
               ? lec_library_page_get_collection_name(self->library_page)
               : NULL;
}

void lec_window_add_files(LecWindow *self, GPtrArray *files)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    lec_adding_start(GTK_WIDGET(self->stack), self->library, self->indexer, files,
                     shown_collection(self));
}

void lec_window_say(LecWindow *self, const char *sentence)
{
    g_return_if_fail(LEC_IS_WINDOW(self));

    lec_toast_show(GTK_WIDGET(self->stack), sentence);
}

/* --- life --------------------------------------------------------------------------------------
 */

static gboolean lec_window_close_request(GtkWindow *window)
{
    LecWindow *self = LEC_WINDOW(window);
    int width, height;

    gtk_window_get_default_size(window, &width, &height);
    if (self->settings) {
        gboolean maximized = gtk_window_is_maximized(window);

        g_settings_set_boolean(self->settings, LEC_SETTINGS_WINDOW_MAXIMIZED, maximized);
        if (!maximized) {
            g_settings_set_int(self->settings, LEC_SETTINGS_WINDOW_WIDTH, width);
            g_settings_set_int(self->settings, LEC_SETTINGS_WINDOW_HEIGHT, height);
        }
        g_settings_set_boolean(self->settings, LEC_SETTINGS_SIDEBAR_VISIBLE, self->sidebar_wanted);
    }
    return GTK_WINDOW_CLASS(lec_window_parent_class)->close_request(window);
}

static void restore(LecWindow *self)
{
    self->sidebar_wanted = TRUE;
    if (!self->settings)
        return;
    gtk_window_set_default_size(GTK_WINDOW(self),
                                g_settings_get_int(self->settings, LEC_SETTINGS_WINDOW_WIDTH),
                                g_settings_get_int(self->settings, LEC_SETTINGS_WINDOW_HEIGHT));
    if (g_settings_get_boolean(self->settings, LEC_SETTINGS_WINDOW_MAXIMIZED))
        gtk_window_maximize(GTK_WINDOW(self));
    self->sidebar_wanted = g_settings_get_boolean(self->settings, LEC_SETTINGS_SIDEBAR_VISIBLE);
}

static void lec_window_dispose(GObject *object)
{
    LecWindow *self = LEC_WINDOW(object);

    g_clear_object(&self->library);
    g_clear_object(&self->indexer);
    g_clear_object(&self->chat);
    g_clear_object(&self->settings);
    G_OBJECT_CLASS(lec_window_parent_class)->dispose(object);
}

static void lec_window_class_init(LecWindowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_window_dispose;
    GTK_WINDOW_CLASS(class)->close_request = lec_window_close_request;

    g_type_ensure(LEC_TYPE_CONVERSATION_PAGE);
    g_type_ensure(LEC_TYPE_DROP_AREA);
    g_type_ensure(LEC_TYPE_LIBRARY_PAGE);
    g_type_ensure(LEC_TYPE_NOTICE_BAR);
    g_type_ensure(LEC_TYPE_SIDEBAR);
    g_type_ensure(LEC_TYPE_VIEWER_PANE);
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lectern/Lectern/ui/window.ui");
    gtk_widget_class_bind_template_child(widget_class, LecWindow, flap);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, sidebar);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, leaflet);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, middle);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, stack);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, failed_page);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, conversation_page);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, library_page);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, notice);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, viewer);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, viewer_frame);
    gtk_widget_class_bind_template_child(widget_class, LecWindow, viewer_edge);
    gtk_widget_class_bind_template_callback(widget_class, on_conversation_selected);
    gtk_widget_class_bind_template_callback(widget_class, on_collection_selected);
    gtk_widget_class_bind_template_callback(widget_class, on_failed_selected);
    gtk_widget_class_bind_template_callback(widget_class, on_conversation_opened);
    gtk_widget_class_bind_template_callback(widget_class, on_open_sources);
    gtk_widget_class_bind_template_callback(widget_class, on_viewer_closed);
    gtk_widget_class_bind_template_callback(widget_class, lec_window_add_files);
    gtk_widget_class_bind_template_callback(widget_class, lec_window_say);
}

static void lec_window_init(LecWindow *self)
{
    g_autoptr(GPropertyAction) toggle = NULL;

    self->chosen = "conversation";
    gtk_widget_init_template(GTK_WIDGET(self));
    lec_actions_install(self);
    toggle = g_property_action_new("toggle-sidebar", self->flap, "reveal-flap");
    g_action_map_add_action(G_ACTION_MAP(self), G_ACTION(toggle));
}

static void connect_services(LecWindow *self)
{
    g_object_set(self->sidebar, "library", self->library, "indexer", self->indexer, NULL);
    g_object_set(self->library_page, "library", self->library, "indexer", self->indexer, NULL);
    g_object_set(self->viewer, "library", self->library, NULL);
    g_object_set(self->conversation_page, "library", self->library, "chat", self->chat, "indexer",
                 self->indexer, "settings", self->settings, NULL);
    g_signal_connect_object(self->library, "notify::state", G_CALLBACK(on_library_state), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->library, "changed", G_CALLBACK(update_middle), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->library, "conversations-changed", G_CALLBACK(update_middle), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->library, "trouble", G_CALLBACK(lec_window_say), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->indexer, "notify::state", G_CALLBACK(update_middle), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->indexer, "problem", G_CALLBACK(on_problem), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->flap, "notify::folded", G_CALLBACK(on_folded), self,
                            G_CONNECT_SWAPPED);
    lec_viewer_width_install(self->viewer_frame, self->viewer_edge, self->leaflet, self->settings);
    g_signal_connect_object(self->leaflet, "notify::folded", G_CALLBACK(on_leaflet_folded), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->flap, "notify::reveal-flap", G_CALLBACK(on_revealed), self,
                            G_CONNECT_SWAPPED);
}

LecWindow *lec_window_new(LecApplication *application)
{
    LecWindow *self = g_object_new(LEC_TYPE_WINDOW, "application", application, NULL);

    self->library = g_object_ref(lec_application_get_library(application));
    self->indexer = g_object_ref(lec_application_get_indexer(application));
    self->chat = g_object_ref(lec_application_get_chat(application));
    g_set_object(&self->settings, lec_application_get_settings(application));
    restore(self);
    connect_services(self);
    on_library_state(self);
    update_flap(self);
    return self;
}

LecLibrary *lec_window_get_library(LecWindow *self)
{
    return self->library;
}

LecIndexer *lec_window_get_indexer(LecWindow *self)
{
    return self->indexer;
}

LecChat *lec_window_get_chat(LecWindow *self)
{
    return self->chat;
}

GSettings *lec_window_get_settings(LecWindow *self)
{
    return self->settings;
}
