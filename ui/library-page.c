/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A collection opened. */
#include "ui/library-page.h"
#include <glib/gi18n.h>

struct _LecLibraryPage {
    AdwBin parent;
    LecLibrary *library; /* (owned) */
    LecIndexer *indexer; /* (owned) */
    gint64 collection;
    char *name; /* (owned) NULL: All */
};

G_DEFINE_FINAL_TYPE(LecLibraryPage, lec_library_page, ADW_TYPE_BIN)

enum { PROP_LIBRARY = 1, PROP_INDEXER, PROP_TITLE, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

void lec_library_page_show(LecLibraryPage *self, gint64 collection)
{
    g_return_if_fail(LEC_IS_LIBRARY_PAGE(self));
    self->collection = collection;
}

void lec_library_page_show_failed(LecLibraryPage *self, gint64 collection)
{
    lec_library_page_show(self, collection);
}

gint64 lec_library_page_get_collection(LecLibraryPage *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY_PAGE(self), 0);
    return self->collection;
}

const char *lec_library_page_get_collection_name(LecLibraryPage *self)
{
    g_return_val_if_fail(LEC_IS_LIBRARY_PAGE(self), NULL);
    return self->name;
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
        g_value_set_string(value, self->name ? self->name : _("All Documents"));
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
        g_set_object(&self->library, g_value_get_object(value));
        break;
    case PROP_INDEXER:
        g_set_object(&self->indexer, g_value_get_object(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_library_page_dispose(GObject *object)
{
    LecLibraryPage *self = LEC_LIBRARY_PAGE(object);

    g_clear_object(&self->library);
    g_clear_object(&self->indexer);
    g_clear_pointer(&self->name, g_free);
    G_OBJECT_CLASS(lec_library_page_parent_class)->dispose(object);
}

static void lec_library_page_class_init(LecLibraryPageClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = lec_library_page_get_property;
    object_class->set_property = lec_library_page_set_property;
    object_class->dispose = lec_library_page_dispose;
    properties[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_INDEXER] = g_param_spec_object("indexer", NULL, NULL, LEC_TYPE_INDEXER,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_TITLE] =
        g_param_spec_string("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class),
                                                "/org/lectern/Lectern/ui/library-page.ui");
}

static void lec_library_page_init(LecLibraryPage *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}
