/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text may have megabytes, and the window's thread a few milliseconds. So
 *  1. at most SHOWN_BYTES around the passage are shown, and it is said where something is left out;
 *  2. they are put in by an idle source that stops after SLICE_US and goes on in the next round;
 *  3. a paragraph that is longer than PIECE_BYTES is set in several, for a line of text is laid out
 *     at once, however long.
 * The view stands at the passage when the last part is in. The passage is marked by an underline
 * besides its colour; the colours follow light and dark. A text view can still be moved sideways
 * where no scroll bar is, by a mark that it scrolls to and by a touchpad; this one is put back.
 */
#include "ui/document-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

enum { SHOWN_BYTES = 1 << 20, PIECE_BYTES = 4000, SLICE_US = 3000, MIN_STEP = -3, MAX_STEP = 8 };

struct _LecDocumentView {
    GtkWidget parent;
    GtkWidget *scrolled; /* (borrowed) template children */
    GtkTextView *view;
    RagDocumentText *text;                      /* (owned) NULL: none, or all of it is in */
    guint next, end;                            /* blocks still to be put in */
    gsize at;                                   /* bytes of the next block that are in */
    GtkTextMark *quote;                         /* (borrowed) of the buffer */
    GtkTextTag *mark_tag, *code_tag, *note_tag; /* (borrowed) of the buffer */
    GtkCssProvider *font;                       /* (owned) */
    guint fill;                                 /* source; 0: none */
    int step;
};

G_DEFINE_FINAL_TYPE(LecDocumentView, lec_document_view, GTK_TYPE_WIDGET)

enum { FILLED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- how parts look --------------------------------------------------------------------------- */

static void make_tags(LecDocumentView *self)
{
    static const double sizes[] = {1.5, 1.3, 1.15, 1.05, 1.0, 1.0};
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *name = g_strdup_printf("heading-%u", i + 1);
        gtk_text_buffer_create_tag(buffer, name, "weight", PANGO_WEIGHT_BOLD, "scale", sizes[i],
                                   "pixels-above-lines", 14, "pixels-below-lines", 6, NULL);
    }
    gtk_text_buffer_create_tag(buffer, "paragraph", "pixels-above-lines", 2, "pixels-below-lines",
                               8, NULL);
    gtk_text_buffer_create_tag(buffer, "list", "left-margin", 36, "indent", -14,
                               "pixels-below-lines", 4, NULL);
    gtk_text_buffer_create_tag(buffer, "table", "family", "monospace", "scale", 0.9, "left-margin",
                               24, NULL);
    self->code_tag = gtk_text_buffer_create_tag(buffer, "code", "family", "monospace", "scale", 0.9,
                                                "left-margin", 24, NULL);
    self->note_tag = gtk_text_buffer_create_tag(buffer, "note", "style", PANGO_STYLE_ITALIC,
                                                "pixels-below-lines", 8, NULL);
    self->mark_tag =
        gtk_text_buffer_create_tag(buffer, "mark", "underline", PANGO_UNDERLINE_SINGLE, NULL);
}

static void set_colours(LecDocumentView *self)
{
    gboolean dark = adw_style_manager_get_dark(adw_style_manager_get_default());

    g_object_set(self->mark_tag, "background", dark ? "#5c4813" : "#fdedb5", NULL);
    g_object_set(self->code_tag, "paragraph-background", dark ? "#2b2b2b" : "#f3f3f3", NULL);
}

static const char *tag_of(const struct rag_text_block *block)
{
    static const char *const headings[] = {"heading-1", "heading-2", "heading-3",
                                           "heading-4", "heading-5", "heading-6"};

    switch (block->kind) {
    case RAG_TEXT_HEADING:
        return headings[CLAMP(block->level, 1, 6) - 1];
    case RAG_TEXT_LIST:
        return "list";
    case RAG_TEXT_TABLE:
        return "table";
    case RAG_TEXT_CODE:
        return "code";
    case RAG_TEXT_PARAGRAPH:
    default:
        return "paragraph";
    }
}

/* --- putting it in ---------------------------------------------------------------------------- */

static void put_note(LecDocumentView *self, const char *note)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);
    GtkTextIter end;

    gtk_text_buffer_get_end_iter(buffer, &end);
    gtk_text_buffer_insert_with_tags(buffer, &end, note, -1, self->note_tag, NULL);
    gtk_text_buffer_insert(buffer, &end, "\n", 1);
}

/* Bytes of the next piece: all that is left, or up to a line's end or space. */
static gsize piece_of(const char *text, gsize n)
{
    if (n <= PIECE_BYTES)
        return n;
    for (gsize i = PIECE_BYTES; i > PIECE_BYTES / 2; i--)
        if (text[i] == '\n' || text[i] == ' ')
            return i;
    return (gsize)(g_utf8_find_prev_char(text, text + PIECE_BYTES) - text);
}

/* The part of the quote that stands in bytes [at, at + n) of the block, put in from `start`. */
static void mark(LecDocumentView *self, const struct rag_text_block *block, gsize at, gsize n,
                 int start)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);
    gsize from = MAX(block->quote_from, at), to = MIN(block->quote_to, at + n);
    GtkTextIter first, last;

    if (from >= to)
        return;
    int skip = (int)g_utf8_strlen(block->text + at, (gssize)(from - at));
    gtk_text_buffer_get_iter_at_offset(buffer, &first, start + skip);
    gtk_text_buffer_get_iter_at_offset(
        buffer, &last, start + skip + (int)g_utf8_strlen(block->text + from, (gssize)(to - from)));
    gtk_text_buffer_apply_tag(buffer, self->mark_tag, &first, &last);
    if (!self->quote)
        self->quote = gtk_text_buffer_create_mark(buffer, NULL, &first, TRUE);
}

/* The next piece of the next block. */
static void put_piece(LecDocumentView *self)
{
    const struct rag_text_block *block = self->text->blocks->pdata[self->next];
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);
    gsize left = strlen(block->text + self->at), n = piece_of(block->text + self->at, left);
    const char *tag = tag_of(block);
    GtkTextIter end;

    gtk_text_buffer_get_end_iter(buffer, &end);
    if (block->kind == RAG_TEXT_LIST && self->at == 0)
        gtk_text_buffer_insert_with_tags_by_name(buffer, &end, "• ", -1, tag, NULL);
    int start = gtk_text_iter_get_offset(&end);
    gtk_text_buffer_insert_with_tags_by_name(buffer, &end, block->text + self->at, (int)n, tag,
                                             NULL);
    mark(self, block, self->at, n, start);
    gtk_text_buffer_get_end_iter(buffer, &end);
    gtk_text_buffer_insert_with_tags_by_name(buffer, &end, "\n", 1, tag, NULL);
    self->at += n + (n < left && strchr(" \n", block->text[self->at + n]) ? 1 : 0);
    if (n == left) {
        self->at = 0;
        self->next++;
    }
}

static void finish(LecDocumentView *self)
{
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);
    GtkTextIter start;

    if (self->text->cut || self->end < self->text->blocks->len)
        put_note(self, _("The text goes on. Open the document in its own program to see all."));
    gtk_text_buffer_get_start_iter(buffer, &start);
    gtk_text_buffer_place_cursor(buffer, &start);
    if (self->quote)
        gtk_text_view_scroll_to_mark(self->view, self->quote, 0, TRUE, 0, 0.3);
    g_clear_pointer(&self->text, rag_document_text_free);
    g_signal_emit(self, signals[FILLED], 0);
}

static gboolean fill(gpointer data)
{
    LecDocumentView *self = data;
    gint64 until = g_get_monotonic_time() + SLICE_US;

    while (self->next < self->end && g_get_monotonic_time() < until)
        put_piece(self);
    if (self->next < self->end)
        return G_SOURCE_CONTINUE;
    self->fill = 0;
    finish(self);
    return G_SOURCE_REMOVE;
}

/* The blocks around the quote that are shown: a third of the room before it. */
static void choose_blocks(LecDocumentView *self)
{
    const GPtrArray *blocks = self->text->blocks;
    guint from = (guint)MAX(self->text->quote_block, 0);
    gsize n = 0;

    while (from > 0 && n < SHOWN_BYTES / 3)
        n += strlen(((struct rag_text_block *)blocks->pdata[--from])->text);
    self->next = self->end = from;
    for (n = 0; self->end < blocks->len && n < SHOWN_BYTES; self->end++)
        n += strlen(((struct rag_text_block *)blocks->pdata[self->end])->text);
}

void lec_document_view_set_text(LecDocumentView *self, RagDocumentText *text)
{
    g_return_if_fail(LEC_IS_DOCUMENT_VIEW(self));
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(self->view);

    g_clear_handle_id(&self->fill, g_source_remove);
    g_clear_pointer(&self->text, rag_document_text_free);
    if (self->quote)
        gtk_text_buffer_delete_mark(buffer, self->quote);
    self->quote = NULL;
    self->at = 0;
    gtk_text_buffer_set_text(buffer, "", 0);
    if (!text)
        return;
    self->text = text;
    choose_blocks(self);
    if (self->next > 0)
        put_note(self, _("This is a part of a long text. Open the document in its own program to "
                         "see all."));
    self->fill = g_idle_add(fill, self);
}

void lec_document_view_zoom(LecDocumentView *self, int step)
{
    g_return_if_fail(LEC_IS_DOCUMENT_VIEW(self));
    char size[G_ASCII_DTOSTR_BUF_SIZE];

    self->step = step ? CLAMP(self->step + step, MIN_STEP, MAX_STEP) : 0;
    g_ascii_formatd(size, sizeof size, "%.3f", pow(1.125, self->step));
    g_autofree char *css = g_strdup_printf("textview { font-size: %sem; }", size);
    gtk_css_provider_load_from_data(self->font, css, -1);
}

static void keep_left(GtkAdjustment *sideways)
{
    gtk_adjustment_set_value(sideways, gtk_adjustment_get_lower(sideways));
}

/* --- the type --------------------------------------------------------------------------------- */

static gboolean grab_focus(GtkWidget *widget)
{
    return gtk_widget_grab_focus(GTK_WIDGET(LEC_DOCUMENT_VIEW(widget)->view));
}

static void dispose(GObject *object)
{
    LecDocumentView *self = LEC_DOCUMENT_VIEW(object);

    g_clear_handle_id(&self->fill, g_source_remove);
    g_clear_pointer(&self->text, rag_document_text_free);
    g_clear_pointer(&self->scrolled, gtk_widget_unparent);
    g_clear_object(&self->font);
    G_OBJECT_CLASS(lec_document_view_parent_class)->dispose(object);
}

static void lec_document_view_class_init(LecDocumentViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = dispose;
    widget_class->grab_focus = grab_focus;
    signals[FILLED] = g_signal_new("filled", LEC_TYPE_DOCUMENT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/document-view.ui");
    gtk_widget_class_bind_template_child(widget_class, LecDocumentView, scrolled);
    gtk_widget_class_bind_template_child(widget_class, LecDocumentView, view);
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void lec_document_view_init(LecDocumentView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->font = gtk_css_provider_new();
    gtk_style_context_add_provider(gtk_widget_get_style_context(GTK_WIDGET(self->view)),
                                   GTK_STYLE_PROVIDER(self->font),
                                   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_signal_connect(gtk_scrollable_get_hadjustment(GTK_SCROLLABLE(self->view)), "value-changed",
                     G_CALLBACK(keep_left), NULL);
    make_tags(self);
    set_colours(self);
    g_signal_connect_object(adw_style_manager_get_default(), "notify::dark",
                            G_CALLBACK(set_colours), self, G_CONNECT_SWAPPED);
}
