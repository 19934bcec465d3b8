/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One place in a list of documents. Its words are made when it is loaded, not when it is drawn: a
 * row that scrolls by only sets labels.
 */
#include "ui/document-item.h"
#include <glib/gi18n.h>

struct _LecDocumentItem {
    GObject parent;
    gint64 id;
    char *path, *name, *folder, *words; /* (owned) NULL: not loaded */
    const char *icon_name;
    enum rag_document_state state;
};

G_DEFINE_FINAL_TYPE(LecDocumentItem, lec_document_item, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

LecDocumentItem *lec_document_item_new(void)
{
    return g_object_new(LEC_TYPE_DOCUMENT_ITEM, NULL);
}

/* "Ready, 42 pages" */
static char *ready_words(const struct rag_document *document)
{
    g_autofree char *number = g_strdup_printf("%'d", document->n_pages);
    g_autofree char *words =
        document->n_pages > 0
            ? g_strdup_printf(
                  ngettext("Ready, %s page", "Ready, %s pages", (gulong)document->n_pages), number)
            : g_strdup(_("Ready"));

    if (document->note && *document->note)
        return g_strdup_printf("%s. %s", words, document->note);
    return g_steal_pointer(&words);
}

static char *words_of(const struct rag_document *document)
{
    const char *reason = document->reason ? document->reason : "";

    switch (document->state) {
    case RAG_WAITING:
        return g_strdup(_("Waiting"));
    case RAG_READING:
        return g_strdup(_("Reading…"));
    case RAG_READY:
        return ready_words(document);
    case RAG_FAILED:
        /* Translators: after it comes a sentence that says why */
        return *reason ? g_strdup_printf(_("Could not be read. %s"), reason)
                       : g_strdup(_("Could not be read"));
    case RAG_SKIPPED:
        /* Translators: after it comes a sentence that says why */
        return *reason ? g_strdup_printf(_("Left out. %s"), reason) : g_strdup(_("Left out"));
    case RAG_OFFLINE:
        break;
    }
    return g_strdup(_("Not there now; what was read is kept"));
}

static const char *icon_of(const struct rag_document *document)
{
    if (g_strcmp0(document->format, "pdf") == 0 || g_str_has_suffix(document->path, ".pdf"))
        return "x-office-document-symbolic";
    return "text-x-generic-symbolic";
}

static char *folder_of(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    const char *home = g_get_home_dir();
    size_t n = strlen(home);

    if (n > 1 && strncmp(folder, home, n) == 0 && (folder[n] == '/' || !folder[n])) {
        g_autofree char *below = g_filename_display_name(folder + n);

        return g_strconcat("~", below, NULL);
    }
    return g_filename_display_name(folder);
}

/* TRUE if it was another string. Takes the new one. */
static gboolean replace(char **field, char *string)
{
    gboolean other = g_strcmp0(*field, string) != 0;

    g_free(*field);
    *field = string;
    return other;
}

void lec_document_item_fill(LecDocumentItem *self, const struct rag_document *document)
{
    gboolean changed;

    g_return_if_fail(LEC_IS_DOCUMENT_ITEM(self));
    changed = self->state != document->state || !self->id;
    self->id = document->id;
    self->state = document->state;
    if (g_strcmp0(self->path, document->path) != 0) {
        replace(&self->path, g_strdup(document->path));
        replace(&self->name, g_filename_display_basename(document->path));
        replace(&self->folder, folder_of(document->path));
        changed = TRUE;
    }
    self->icon_name = icon_of(document);
    changed |= replace(&self->words, words_of(document));
    if (changed)
        g_signal_emit(self, signals[CHANGED], 0);
}

void lec_document_item_empty(LecDocumentItem *self)
{
    g_return_if_fail(LEC_IS_DOCUMENT_ITEM(self));
    if (!self->id)
        return;
    self->id = 0;
    self->state = RAG_WAITING;
    g_clear_pointer(&self->path, g_free);
    g_clear_pointer(&self->name, g_free);
    g_clear_pointer(&self->folder, g_free);
    g_clear_pointer(&self->words, g_free);
    g_signal_emit(self, signals[CHANGED], 0);
}

gint64 lec_document_item_get_id(LecDocumentItem *self)
{
    return self->id;
}

const char *lec_document_item_get_path(LecDocumentItem *self)
{
    return self->path ? self->path : "";
}

const char *lec_document_item_get_name(LecDocumentItem *self)
{
    return self->name ? self->name : "";
}

const char *lec_document_item_get_folder(LecDocumentItem *self)
{
    return self->folder ? self->folder : "";
}

const char *lec_document_item_get_words(LecDocumentItem *self)
{
    return self->words ? self->words : "";
}

const char *lec_document_item_get_icon_name(LecDocumentItem *self)
{
    return self->icon_name ? self->icon_name : "text-x-generic-symbolic";
}

enum rag_document_state lec_document_item_get_state(LecDocumentItem *self)
{
    return self->state;
}

static void lec_document_item_finalize(GObject *object)
{
    LecDocumentItem *self = LEC_DOCUMENT_ITEM(object);

    g_free(self->path);
    g_free(self->name);
    g_free(self->folder);
    g_free(self->words);
    G_OBJECT_CLASS(lec_document_item_parent_class)->finalize(object);
}

static void lec_document_item_class_init(LecDocumentItemClass *class)
{
    G_OBJECT_CLASS(class)->finalize = lec_document_item_finalize;
    signals[CHANGED] = g_signal_new("changed", LEC_TYPE_DOCUMENT_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
}

static void lec_document_item_init(LecDocumentItem *self)
{
    self->state = RAG_WAITING;
}
