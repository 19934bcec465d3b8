/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows are bound to the settings; what a length in tokens means to a reader is said in words. A
 * length between two steps (set by hand) shows as the shorter step, and is kept until another one
 * is chosen.
 */
#include "ui/preferences.h"
#include "app/settings.h"
#include <glib/gi18n.h>

struct _LecPreferences {
    AdwPreferencesWindow parent;

    LecLibrary *library; /* (owned) */
    LecIndexer *indexer; /* (owned) */

    AdwComboRow *scheme_row; /* (borrowed) of the template, as those below */
    AdwComboRow *length_row;
    AdwActionRow *folder_row, *documents_row;
    GtkWidget *rescan_button;
};

G_DEFINE_FINAL_TYPE(LecPreferences, lec_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the rows in the template. */
static const char *const schemes[] = {"system", "light", "dark"};
static const int lengths[] = {128, 256, 512, 1024};

static gboolean scheme_to_row(GValue *value, GVariant *variant, gpointer user_data)
{
    const char *name = g_variant_get_string(variant, NULL);
    guint i = G_N_ELEMENTS(schemes) - 1;

    while (i > 0 && !g_str_equal(schemes[i], name))
        i--;
    g_value_set_uint(value, i);
    return TRUE;
}

static GVariant *scheme_from_row(const GValue *value, const GVariantType *type, gpointer user_data)
{
    return g_variant_new_string(schemes[g_value_get_uint(value) % G_N_ELEMENTS(schemes)]);
}

static gboolean length_to_row(GValue *value, GVariant *variant, gpointer user_data)
{
    int length = g_variant_get_int32(variant);
    guint i = G_N_ELEMENTS(lengths) - 1;

    while (i > 0 && lengths[i] > length)
        i--;
    g_value_set_uint(value, i);
    return TRUE;
}

static GVariant *length_from_row(const GValue *value, const GVariantType *type, gpointer user_data)
{
    return g_variant_new_int32(lengths[g_value_get_uint(value) % G_N_ELEMENTS(lengths)]);
}

static void bind_settings(LecPreferences *self, GSettings *settings)
{
    gtk_widget_set_sensitive(GTK_WIDGET(self->scheme_row), settings != NULL);
    gtk_widget_set_sensitive(GTK_WIDGET(self->length_row), settings != NULL);
    if (!settings)
        return;
    g_settings_bind_with_mapping(settings, LEC_SETTINGS_COLOR_SCHEME, self->scheme_row, "selected",
                                 G_SETTINGS_BIND_DEFAULT, scheme_to_row, scheme_from_row, NULL,
                                 NULL);
    g_settings_bind_with_mapping(settings, LEC_SETTINGS_ANSWER_LENGTH, self->length_row, "selected",
                                 G_SETTINGS_BIND_DEFAULT, length_to_row, length_from_row, NULL,
                                 NULL);
}

static void on_open_folder(LecPreferences *self)
{
    g_autofree char *uri = g_filename_to_uri(lec_library_get_dir(self->library), NULL, NULL);

    if (uri)
        gtk_show_uri(GTK_WINDOW(self), uri, GDK_CURRENT_TIME);
}

static void on_rescan(LecPreferences *self)
{
    lec_indexer_rescan(self->indexer);
}

static void update_documents(LecPreferences *self)
{
    gint64 n = lec_library_get_n_documents(self->library);
    gint64 n_ready = lec_library_get_n_ready(self->library);
    LecIndexerState state = lec_indexer_get_state(self->indexer);
    g_autofree char *words = g_strdup_printf(
        ngettext("%'ld of %'ld is ready", "%'ld of %'ld are ready", n), (long)n_ready, (long)n);

    adw_action_row_set_subtitle(self->documents_row, n ? words : _("None yet"));
    gtk_widget_set_sensitive(self->rescan_button,
                             n > 0 && (state == LEC_INDEXER_IDLE || state == LEC_INDEXER_FAILED) &&
                                 lec_library_get_state(self->library) == LEC_LIBRARY_READY);
}

static void lec_preferences_dispose(GObject *object)
{
    LecPreferences *self = LEC_PREFERENCES(object);

    g_clear_object(&self->library);
    g_clear_object(&self->indexer);
    G_OBJECT_CLASS(lec_preferences_parent_class)->dispose(object);
}

static void lec_preferences_class_init(LecPreferencesClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = lec_preferences_dispose;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/lectern/Lectern/ui/preferences.ui");
    gtk_widget_class_bind_template_child(widget_class, LecPreferences, scheme_row);
    gtk_widget_class_bind_template_child(widget_class, LecPreferences, length_row);
    gtk_widget_class_bind_template_child(widget_class, LecPreferences, folder_row);
    gtk_widget_class_bind_template_child(widget_class, LecPreferences, documents_row);
    gtk_widget_class_bind_template_child(widget_class, LecPreferences, rescan_button);
    gtk_widget_class_bind_template_callback(widget_class, on_open_folder);
    gtk_widget_class_bind_template_callback(widget_class, on_rescan);
}

static void lec_preferences_init(LecPreferences *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

LecPreferences *lec_preferences_new(LecWindow *parent)
{
    LecPreferences *self = g_object_new(LEC_TYPE_PREFERENCES, "transient-for", parent, NULL);
    g_autofree char *folder = NULL, *markup = NULL;

    self->library = g_object_ref(lec_window_get_library(parent));
    self->indexer = g_object_ref(lec_window_get_indexer(parent));
    folder = g_filename_display_name(lec_library_get_dir(self->library));
    markup = g_markup_escape_text(folder, -1);
    adw_action_row_set_subtitle(self->folder_row, markup);
    bind_settings(self, lec_window_get_settings(parent));
    g_signal_connect_object(self->library, "changed", G_CALLBACK(update_documents), self,
                            G_CONNECT_SWAPPED);
    g_signal_connect_object(self->indexer, "notify::state", G_CALLBACK(update_documents), self,
                            G_CONNECT_SWAPPED);
    update_documents(self);
    return self;
}
