/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a question is asked about. Files go before the collection: who names one means it. */
#include "ui/scope.h"
#include <glib/gi18n.h>

struct _LecScope {
    GObject parent_instance;
    gint64 collection;
    char *name;        /* (owned) */
    GStrv roots;       /* (owned) NULL: all */
    GListStore *files; /* (owned) of GFile */
};

G_DEFINE_FINAL_TYPE(LecScope, lec_scope, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

LecScope *lec_scope_new(void)
{
    return g_object_new(LEC_TYPE_SCOPE, NULL);
}

void lec_scope_set_collection(LecScope *self, gint64 id, const char *name, const char *const *paths)
{
    g_return_if_fail(LEC_IS_SCOPE(self));
    self->collection = id;
    g_free(self->name);
    self->name = g_strdup(id ? name : NULL);
    g_strfreev(self->roots);
    self->roots = g_strdupv((char **)(id ? paths : NULL));
    g_list_store_remove_all(self->files);
    g_signal_emit(self, signals[CHANGED], 0);
}

gint64 lec_scope_get_collection(LecScope *self)
{
    g_return_val_if_fail(LEC_IS_SCOPE(self), 0);
    return self->collection;
}

void lec_scope_add_file(LecScope *self, const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);

    g_return_if_fail(LEC_IS_SCOPE(self));
    if (g_list_store_find_with_equal_func(self->files, file, (GEqualFunc)g_file_equal, NULL))
        return;
    g_list_store_append(self->files, file);
    g_signal_emit(self, signals[CHANGED], 0);
}

void lec_scope_remove_file(LecScope *self, GFile *file)
{
    guint position;

    g_return_if_fail(LEC_IS_SCOPE(self));
    if (!g_list_store_find(self->files, file, &position))
        return;
    g_list_store_remove(self->files, position);
    g_signal_emit(self, signals[CHANGED], 0);
}

void lec_scope_clear_files(LecScope *self)
{
    g_return_if_fail(LEC_IS_SCOPE(self));
    if (!g_list_model_get_n_items(G_LIST_MODEL(self->files)))
        return;
    g_list_store_remove_all(self->files);
    g_signal_emit(self, signals[CHANGED], 0);
}

GListModel *lec_scope_get_files(LecScope *self)
{
    g_return_val_if_fail(LEC_IS_SCOPE(self), NULL);
    return G_LIST_MODEL(self->files);
}

GStrv lec_scope_dup_paths(LecScope *self)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    guint n;

    g_return_val_if_fail(LEC_IS_SCOPE(self), NULL);
    n = g_list_model_get_n_items(G_LIST_MODEL(self->files));
    if (!n)
        return g_strdupv(self->roots);
    for (guint i = 0; i < n; i++) {
        g_autoptr(GFile) file = g_list_model_get_item(G_LIST_MODEL(self->files), i);

        g_strv_builder_add(builder, g_file_peek_path(file));
    }
    return g_strv_builder_end(builder);
}

char *lec_scope_dup_label(LecScope *self)
{
    guint n;

    g_return_val_if_fail(LEC_IS_SCOPE(self), NULL);
    n = g_list_model_get_n_items(G_LIST_MODEL(self->files));
    if (n)
        return g_strdup_printf(ngettext("%u file", "%u files", n), n);
    return g_strdup(self->collection ? self->name : _("All documents"));
}

static void lec_scope_finalize(GObject *object)
{
    LecScope *self = LEC_SCOPE(object);

    g_free(self->name);
    g_strfreev(self->roots);
    g_object_unref(self->files);
    G_OBJECT_CLASS(lec_scope_parent_class)->finalize(object);
}

static void lec_scope_class_init(LecScopeClass *class)
{
    G_OBJECT_CLASS(class)->finalize = lec_scope_finalize;
    signals[CHANGED] = g_signal_new("changed", LEC_TYPE_SCOPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
}

static void lec_scope_init(LecScope *self)
{
    self->files = g_list_store_new(G_TYPE_FILE);
}
