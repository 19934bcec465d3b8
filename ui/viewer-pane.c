/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One source at a time is shown. Each has a GCancellable of its own: what still comes in for the
 * one before is thrown away. Drawing has another, for a page that is asked for anew makes the one
 * under way needless.
 *
 *     show ── source ──┬── state of the file ── notice ("has changed since …")
 *                      ├── page ── drawn ─┬─ mark found ──────────── shown
 *                      │                  └─ not: the passage's next page, then shown without
 *                      └── or text ────────── shown
 *     the file changes or goes ── its state again; what is shown stays
 *
 * Where nothing can be shown, the passage itself stands in its place, with the reason.
 */
#include "ui/viewer-pane.h"

#include "app/library-queries.h"
#include "app/source.h"
#include "ui/document-view.h"
#include "ui/page-view.h"
#include "ui/source-why.h"
#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

enum { LOADING_AFTER_MS = 200, MAX_PAGES_SOUGHT = 3, NOTICE_CHARS = 280 };

struct _LecViewerPane {
    GtkWidget parent;
    LecLibrary *library; /* (owned) */
    gboolean folded;
    GListModel *sources; /* (owned) of LecSource; NULL: closed */
    guint position;
    LecSource *source;                   /* (owned) the one that is shown */
    GCancellable *cancellable, *drawing; /* (owned) of the source, of the page under way */
    GFileMonitor *monitor;               /* (owned) of the source's file */
    guint loading;                       /* source that shows the spinner; 0: none */
    int page, n_pages;                   /* as shown, from 1; 0: none */
    int sought_to;                       /* last page on which the quote may stand; 0: not sought */
    int width;                           /* pixels in which it was asked for */
    gboolean fresh;                      /* the page under way is another one */
    gboolean shown, marked;              /* a page or text is there; with the quote */
    enum rag_source_state state;
    char *trouble; /* (owned) it could not be opened in its program, or a page not drawn */
    /* template children, borrowed */
    GtkWidget *content, *close, *page_back, *page_on, *sources_box;
    AdwWindowTitle *title;
    GtkLabel *place, *count, *notice_text, *failure, *quoted, *quote, *why_text;
    GtkRevealer *notice;
    GtkStack *stack;
    GtkSpinner *spinner;
    LecPageView *page_view;
    LecDocumentView *document_view;
};

G_DEFINE_FINAL_TYPE(LecViewerPane, lec_viewer_pane, GTK_TYPE_WIDGET)

enum { PROP_LIBRARY = 1, PROP_FOLDED, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The words to look for: the telling sentence, else the whole passage. */
static const char *passage_of(LecSource *source)
{
    const char *telling = lec_source_get_telling(source);
    return *telling ? telling : lec_source_get_quote(source);
}

/* --- what is said ----------------------------------------------------------------------------- */

static char *shortened(const char *text)
{
    if (g_utf8_strlen(text, -1) <= NOTICE_CHARS)
        return g_strdup(text);
    g_autofree char *start = g_utf8_substring(text, 0, NOTICE_CHARS);
    return g_strconcat(g_strchomp(start), "…", NULL);
}

static const char *sentence_of_state(enum rag_source_state state)
{
    switch (state) {
    case RAG_SOURCE_CHANGED:
        return _("The file has changed since this passage was read.");
    case RAG_SOURCE_GONE:
        return _("The file is no longer there.");
    case RAG_SOURCE_FORGOTTEN:
        return _("The document is no longer in the library.");
    case RAG_SOURCE_SAME:
    case RAG_SOURCE_UNKNOWN:
    default:
        return NULL;
    }
}

/* One notice for all there is to say; none where all is well. */
static void update_notice(LecViewerPane *self)
{
    g_autoptr(GString) text = g_string_new(self->trouble);
    const char *sentence = sentence_of_state(self->state);
    const char *passage = self->source ? passage_of(self->source) : "";
    gboolean lost = self->shown && !self->marked && !self->sought_to && *passage;

    if (sentence)
        g_string_append_printf(text, "%s%s", text->len ? "\n" : "", sentence);
    if (lost && self->state != RAG_SOURCE_CHANGED)
        g_string_append_printf(text, "%s%s", text->len ? "\n" : "",
                               _("The passage could not be marked here."));
    if (lost) {
        g_autofree char *start = shortened(passage);
        g_string_append_c(text, '\n');
        g_string_append_printf(text, _("It read: “%s”"), start);
    }
    gboolean here = self->shown && text->len;
    if (here)
        gtk_label_set_text(self->notice_text, text->str);
    gtk_revealer_set_reveal_child(self->notice, here);
}

static char *place_of(LecSource *source)
{
    int from = lec_source_get_position_from(source), to = lec_source_get_position_to(source);

    switch (lec_source_get_position_kind(source)) {
    case RAG_POS_PAGE:
        return g_strdup_printf(_("Page %d"), from);
    case RAG_POS_LINE:
        return from == to ? g_strdup_printf(_("Line %d"), from)
                          : g_strdup_printf(_("Lines %d–%d"), from, to);
    default:
        return g_strdup(lec_source_get_place(source));
    }
}

static void update_place(LecViewerPane *self, const char *label)
{
    g_autofree char *text = NULL;

    if (self->n_pages && label)
        text = g_strdup_printf(_("Page %s (%d of %d)"), label, self->page, self->n_pages);
    else if (self->n_pages)
        text = g_strdup_printf(_("Page %d of %d"), self->page, self->n_pages);
    else
        text = self->source ? place_of(self->source) : g_strdup("");
    gtk_label_set_text(self->place, text);
    gtk_widget_set_visible(self->page_back, self->n_pages > 1);
    gtk_widget_set_visible(self->page_on, self->n_pages > 1);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "viewer.previous-page", self->page > 1);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "viewer.next-page", self->page < self->n_pages);
}

static void update_way(LecViewerPane *self)
{
    guint n = self->sources ? g_list_model_get_n_items(self->sources) : 0;
    g_autofree char *text = g_strdup_printf("%u/%u", n ? self->position + 1 : 0, n);

    gtk_label_set_text(self->count, text);
    gtk_widget_set_visible(self->sources_box, n > 1);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "viewer.previous-source", self->position > 0);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "viewer.next-source", self->position + 1 < n);
}

/* --- which part is shown ---------------------------------------------------------------------- */

static gboolean show_loading(gpointer data)
{
    LecViewerPane *self = data;

    self->loading = 0;
    gtk_stack_set_visible_child_name(self->stack, "loading");
    gtk_spinner_start(self->spinner);
    return G_SOURCE_REMOVE;
}

static void show_part(LecViewerPane *self, const char *name)
{
    g_clear_handle_id(&self->loading, g_source_remove);
    gtk_spinner_stop(self->spinner);
    gtk_stack_set_visible_child_name(self->stack, name);
}

/* A page or text is there: it takes the focus, if that waits on the close button. */
static void show_document(LecViewerPane *self, const char *name)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(self));
    gboolean waits = root && gtk_root_get_focus(root) == self->close;

    self->shown = TRUE;
    show_part(self, name);
    if (waits)
        gtk_widget_grab_focus(gtk_stack_get_visible_child(self->stack));
    update_notice(self);
}

/* Nothing can be shown but the passage and the reason. */
static void show_passage(LecViewerPane *self, const char *reason)
{
    const char *passage = lec_source_get_quote(self->source);

    self->shown = FALSE;
    gtk_label_set_text(self->failure, reason);
    gtk_label_set_text(self->quote, passage);
    gtk_widget_set_visible(GTK_WIDGET(self->quoted), *passage != '\0');
    show_part(self, "quote");
    update_notice(self);
}

/* An answer came for a source that is no longer shown. */
static gboolean is_late(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void show_failure(LecViewerPane *self, const GError *error)
{
    g_autofree char *reason = NULL;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        self->state = RAG_SOURCE_GONE;
    if (self->state == RAG_SOURCE_GONE)
        reason =
            g_strdup_printf(_("“%s” is no longer there. It was in %s."),
                            lec_source_get_name(self->source), lec_source_get_folder(self->source));
    else if (lec_source_get_position_kind(self->source) == RAG_POS_PAGE)
        reason = g_strdup_printf(_("This page cannot be shown: %s"), error->message);
    else
        reason = g_strdup_printf(_("This document cannot be shown: %s"), error->message);
    if (!self->shown) {
        show_passage(self, reason);
        return;
    }
    g_free(self->trouble); /* what is shown stays */
    self->trouble = g_steal_pointer(&reason);
    if (self->state == RAG_SOURCE_GONE)
        g_clear_pointer(&self->trouble, g_free); /* the state says it */
    update_notice(self);
}

/* --- pages ------------------------------------------------------------------------------------ */

static void draw_page(LecViewerPane *self, int page, gboolean fresh);

static void on_page(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecViewerPane) self = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RagPage) page = lec_library_page_finish(LEC_LIBRARY(library), result, &error);

    if (is_late(error))
        return;
    g_clear_object(&self->drawing);
    if (!page) {
        show_failure(self, error);
        return;
    }
    gboolean found = page->rects->len > 0;
    int first = lec_source_get_position_from(self->source);
    if (self->sought_to && !found && page->page < MIN(self->sought_to, page->n_pages)) {
        draw_page(self, page->page + 1, TRUE);
        return;
    }
    if (self->sought_to && !found && page->page > first) {
        self->sought_to = 0;
        draw_page(self, first, TRUE); /* on none of them: where it began */
        return;
    }
    self->sought_to = 0;
    self->marked = self->marked || found;
    self->page = page->page;
    self->n_pages = page->n_pages;
    update_place(self, page->label);
    lec_page_view_set_page(self->page_view, page, self->fresh);
    show_document(self, "page");
    if (lec_page_view_get_pixel_width(self->page_view) != self->width)
        draw_page(self, self->page, FALSE); /* its room has changed meanwhile */
}

/* fresh: another page than the one that is shown. */
static void draw_page(LecViewerPane *self, int page, gboolean fresh)
{
    struct rag_page_request request = {
        .path = lec_source_get_path(self->source),
        .page = page,
        .width = lec_page_view_get_pixel_width(self->page_view),
        .quote = passage_of(self->source),
    };

    self->width = request.width;
    self->fresh = fresh || (self->drawing && self->fresh);
    g_cancellable_cancel(self->drawing);
    g_clear_object(&self->drawing);
    self->drawing = g_cancellable_new();
    lec_library_page_async(self->library, &request, self->drawing, on_page, g_object_ref(self));
}

static void on_width_wanted(LecViewerPane *self, int width)
{
    if (self->page && !self->drawing && width != self->width)
        draw_page(self, self->page, FALSE);
}

static void on_turn(LecViewerPane *self, int step)
{
    int page = self->page + step;

    if (self->page && page >= 1 && page <= self->n_pages)
        draw_page(self, page, TRUE);
}

/* --- text ------------------------------------------------------------------------------------- */

static void on_text(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecViewerPane) self = data;
    g_autoptr(GError) error = NULL;
    RagDocumentText *text = lec_library_text_finish(LEC_LIBRARY(library), result, &error);

    if (is_late(error)) {
        rag_document_text_free(text);
        return;
    }
    if (!text) {
        show_failure(self, error);
        return;
    }
    self->marked = text->quote_block >= 0;
    lec_document_view_set_text(self->document_view, text);
}

static void on_filled(LecViewerPane *self)
{
    show_document(self, "text");
}

static void read_text(LecViewerPane *self)
{
    gboolean lines = lec_source_get_position_kind(self->source) == RAG_POS_LINE;
    struct rag_text_request request = {
        .path = lec_source_get_path(self->source),
        .quote = passage_of(self->source),
        .line = lines ? lec_source_get_position_from(self->source) : 0,
    };

    lec_library_text_async(self->library, &request, self->cancellable, on_text, g_object_ref(self));
}

/* --- the file --------------------------------------------------------------------------------- */

static void on_state(GObject *library, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecViewerPane) self = data;
    g_autoptr(GError) error = NULL;
    enum rag_source_state state =
        lec_library_source_state_finish(LEC_LIBRARY(library), result, &error);

    if (is_late(error))
        return;
    self->state = state;
    update_notice(self);
}

static void ask_state(LecViewerPane *self)
{
    lec_library_source_state_async(self->library, lec_source_get_path(self->source),
                                   lec_source_get_hash(self->source), self->cancellable, on_state,
                                   g_object_ref(self));
}

static void on_file_changed(LecViewerPane *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
    if (event != G_FILE_MONITOR_EVENT_CHANGED && event != G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
        ask_state(self);
}

static void watch(LecViewerPane *self)
{
    g_autoptr(GFile) file = g_file_new_for_path(lec_source_get_path(self->source));

    self->monitor = g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
    if (self->monitor) /* where it cannot be watched, its state is as it was when it was opened */
        g_signal_connect_object(self->monitor, "changed", G_CALLBACK(on_file_changed), self,
                                G_CONNECT_SWAPPED);
}

/* --- sources ---------------------------------------------------------------------------------- */

/* Lets go of the source that is shown; its picture stays until the next one has come. */
static void let_go(LecViewerPane *self)
{
    g_cancellable_cancel(self->cancellable);
    g_cancellable_cancel(self->drawing);
    g_clear_object(&self->cancellable);
    g_clear_object(&self->drawing);
    g_clear_object(&self->monitor);
    g_clear_object(&self->source);
    g_clear_handle_id(&self->loading, g_source_remove);
    g_clear_pointer(&self->trouble, g_free);
    self->page = self->n_pages = self->sought_to = 0;
    self->shown = self->marked = FALSE;
    self->state = RAG_SOURCE_UNKNOWN;
}

static void describe_source(LecViewerPane *self)
{
    g_autofree char *full = g_filename_display_name(lec_source_get_path(self->source));
    g_autofree char *why = source_why(self->source);

    adw_window_title_set_title(self->title, lec_source_get_name(self->source));
    adw_window_title_set_subtitle(self->title, lec_source_get_folder(self->source));
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->title), full);
    gtk_label_set_text(self->why_text, why);
    update_way(self);
    update_place(self, NULL);
    update_notice(self);
}

static void show_source(LecViewerPane *self)
{
    int from, to;

    let_go(self);
    self->source = g_list_model_get_item(self->sources, self->position);
    self->cancellable = g_cancellable_new();
    self->loading = g_timeout_add(LOADING_AFTER_MS, show_loading, self);
    describe_source(self);
    watch(self);
    ask_state(self);
    if (lec_source_get_position_kind(self->source) != RAG_POS_PAGE) {
        read_text(self);
        return;
    }
    from = MAX(lec_source_get_position_from(self->source), 1);
    to = MAX(lec_source_get_position_to(self->source), from);
    self->sought_to = MIN(to, from + MAX_PAGES_SOUGHT);
    draw_page(self, from, TRUE);
}

void lec_viewer_pane_show(LecViewerPane *self, GListModel *sources, guint position)
{
    g_return_if_fail(LEC_IS_VIEWER_PANE(self) && G_IS_LIST_MODEL(sources) && self->library);
    guint n = g_list_model_get_n_items(sources);

    if (!n)
        return;
    g_set_object(&self->sources, sources);
    self->position = MIN(position, n - 1);
    gtk_widget_grab_focus(self->close);
    show_source(self);
}

static void step_source(LecViewerPane *self, int step)
{
    guint n = self->sources ? g_list_model_get_n_items(self->sources) : 0;
    guint position = self->position + (guint)step;

    if (position >= n)
        return;
    self->position = position;
    show_source(self);
}

void lec_viewer_pane_close(LecViewerPane *self)
{
    g_return_if_fail(LEC_IS_VIEWER_PANE(self));
    let_go(self);
    g_clear_object(&self->sources);
    lec_page_view_set_page(self->page_view, NULL, FALSE);
    lec_document_view_set_text(self->document_view, NULL);
    show_part(self, "empty");
    g_signal_emit(self, signals[CLOSED], 0);
}

/* --- its own program -------------------------------------------------------------------------- */

static void on_launched(GObject *window, GAsyncResult *result, gpointer data)
{
    g_autoptr(LecViewerPane) self = data;
    g_autoptr(GError) error = NULL;

    if (gtk_show_uri_full_finish(window ? GTK_WINDOW(window) : NULL, result, &error) ||
        is_late(error) || !self->source)
        return;
    g_free(self->trouble);
    self->trouble = g_strdup_printf(_("No program could open it: %s"), error->message);
    update_notice(self);
}

static void open_outside(LecViewerPane *self)
{
    GtkRoot *root = gtk_widget_get_root(GTK_WIDGET(self));
    g_autofree char *uri =
        self->source ? g_filename_to_uri(lec_source_get_path(self->source), NULL, NULL) : NULL;

    if (uri)
        gtk_show_uri_full(GTK_IS_WINDOW(root) ? GTK_WINDOW(root) : NULL, uri, GDK_CURRENT_TIME,
                          self->cancellable, on_launched, g_object_ref(self));
}

/* --- actions ---------------------------------------------------------------------------------- */

static void zoom(LecViewerPane *self, int step)
{
    if (g_strcmp0(gtk_stack_get_visible_child_name(self->stack), "page") == 0)
        lec_page_view_zoom(self->page_view, step);
    else
        lec_document_view_zoom(self->document_view, step);
}

static void act(GtkWidget *widget, const char *name, GVariant *parameter)
{
    LecViewerPane *self = LEC_VIEWER_PANE(widget);
    const char *what = name + strlen("viewer.");

    if (g_str_equal(what, "close"))
        lec_viewer_pane_close(self);
    else if (g_str_equal(what, "open"))
        open_outside(self);
    else if (g_str_equal(what, "next-page") || g_str_equal(what, "previous-page"))
        on_turn(self, *what == 'n' ? 1 : -1);
    else if (g_str_equal(what, "next-source") || g_str_equal(what, "previous-source"))
        step_source(self, *what == 'n' ? 1 : -1);
    else
        zoom(self, g_str_equal(what, "zoom-in") ? 1 : g_str_equal(what, "zoom-out") ? -1 : 0);
}

/* --- the type --------------------------------------------------------------------------------- */

static void set_folded(LecViewerPane *self, gboolean folded)
{
    const char *name = folded ? _("Back") : _("Close");

    self->folded = folded;
    gtk_button_set_icon_name(GTK_BUTTON(self->close),
                             folded ? "go-previous-symbolic" : "window-close-symbolic");
    gtk_widget_set_tooltip_text(self->close, name);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->close), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                   -1);
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
    LecViewerPane *self = LEC_VIEWER_PANE(object);

    if (id == PROP_LIBRARY)
        g_set_object(&self->library, g_value_get_object(value));
    else
        set_folded(self, g_value_get_boolean(value));
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecViewerPane *self = LEC_VIEWER_PANE(object);

    if (id == PROP_LIBRARY)
        g_value_set_object(value, self->library);
    else
        g_value_set_boolean(value, self->folded);
}

static void dispose(GObject *object)
{
    LecViewerPane *self = LEC_VIEWER_PANE(object);

    let_go(self);
    g_clear_object(&self->sources);
    g_clear_object(&self->library);
    g_clear_pointer(&self->content, gtk_widget_unparent);
    G_OBJECT_CLASS(lec_viewer_pane_parent_class)->dispose(object);
}

static void bind_template(GtkWidgetClass *class)
{
    static const struct {
        const char *name;
        gssize offset;
    } children[] = {
        {"content", G_STRUCT_OFFSET(LecViewerPane, content)},
        {"close", G_STRUCT_OFFSET(LecViewerPane, close)},
        {"page_back", G_STRUCT_OFFSET(LecViewerPane, page_back)},
        {"page_on", G_STRUCT_OFFSET(LecViewerPane, page_on)},
        {"sources_box", G_STRUCT_OFFSET(LecViewerPane, sources_box)},
        {"title", G_STRUCT_OFFSET(LecViewerPane, title)},
        {"place", G_STRUCT_OFFSET(LecViewerPane, place)},
        {"count", G_STRUCT_OFFSET(LecViewerPane, count)},
        {"notice", G_STRUCT_OFFSET(LecViewerPane, notice)},
        {"notice_text", G_STRUCT_OFFSET(LecViewerPane, notice_text)},
        {"failure", G_STRUCT_OFFSET(LecViewerPane, failure)},
        {"quoted", G_STRUCT_OFFSET(LecViewerPane, quoted)},
        {"quote", G_STRUCT_OFFSET(LecViewerPane, quote)},
        {"why_text", G_STRUCT_OFFSET(LecViewerPane, why_text)},
        {"stack", G_STRUCT_OFFSET(LecViewerPane, stack)},
        {"spinner", G_STRUCT_OFFSET(LecViewerPane, spinner)},
        {"page_view", G_STRUCT_OFFSET(LecViewerPane, page_view)},
        {"document_view", G_STRUCT_OFFSET(LecViewerPane, document_view)},
    };

    gtk_widget_class_set_template_from_resource(class, "/org/lectern/Lectern/ui/viewer-pane.ui");
    for (guint i = 0; i < G_N_ELEMENTS(children); i++)
        gtk_widget_class_bind_template_child_full(class, children[i].name, FALSE,
                                                  children[i].offset);
    gtk_widget_class_bind_template_callback(class, on_width_wanted);
    gtk_widget_class_bind_template_callback(class, on_turn);
    gtk_widget_class_bind_template_callback(class, on_filled);
}

static void bind_actions(GtkWidgetClass *class)
{
    static const char *const actions[] = {
        "viewer.close",         "viewer.open",        "viewer.next-page",
        "viewer.previous-page", "viewer.next-source", "viewer.previous-source",
        "viewer.zoom-in",       "viewer.zoom-out",    "viewer.zoom-fit"};
    static const struct {
        guint key;
        const char *action;
    } keys[] = {
        {GDK_KEY_plus, "viewer.zoom-in"},         {GDK_KEY_KP_Add, "viewer.zoom-in"},
        {GDK_KEY_equal, "viewer.zoom-in"},        {GDK_KEY_minus, "viewer.zoom-out"},
        {GDK_KEY_KP_Subtract, "viewer.zoom-out"}, {GDK_KEY_0, "viewer.zoom-fit"},
        {GDK_KEY_KP_0, "viewer.zoom-fit"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
        gtk_widget_class_install_action(class, actions[i], NULL, act);
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        gtk_widget_class_add_binding_action(class, keys[i].key, GDK_CONTROL_MASK, keys[i].action,
                                            NULL);
}

static void lec_viewer_pane_class_init(LecViewerPaneClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(LEC_TYPE_PAGE_VIEW);
    g_type_ensure(LEC_TYPE_DOCUMENT_VIEW);
    object_class->set_property = set_property;
    object_class->get_property = get_property;
    object_class->dispose = dispose;
    props[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    props[PROP_FOLDED] = g_param_spec_boolean("folded", NULL, NULL, FALSE,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, props);
    signals[CLOSED] = g_signal_new("closed", LEC_TYPE_VIEWER_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
    bind_template(widget_class);
    bind_actions(widget_class);
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_REGION);
}

static void lec_viewer_pane_init(LecViewerPane *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->state = RAG_SOURCE_UNKNOWN;
    set_folded(self, FALSE);
}
