/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A walk with one request at a time: what was dragged first, then folder by folder. GIO makes the
 * calls in threads of its own, so a slow disk delays the number and nothing else.
 *
 * It is a number to look at while dragging, not the preview: hidden files are left out, links are
 * not followed, and nothing is asked of other computers. Beyond MAX_FILES, and for more than
 * MAX_NAMED named at once, counting costs more than it says.
 */
#include "ui/file-count.h"
#include <glib/gi18n.h>

#define MAX_FILES  100000
#define MAX_NAMED  1000
#define BATCH      200
#define TELL_EVERY (100 * G_TIME_SPAN_MILLISECOND)
#define ATTRIBUTES                                                                                 \
    G_FILE_ATTRIBUTE_STANDARD_NAME                                                                 \
    "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_IS_HIDDEN

struct _LecFileCount {
    GObject parent;

    GPtrArray *files;          /* (owned) of GFile: what was named on this computer */
    guint n_named;             /* remote ones too */
    guint next;                /* of files */
    GQueue folders;            /* (owned) of GFile: still to be walked */
    GCancellable *cancellable; /* (owned) */
    gint64 told_at;
    guint n_folders; /* named ones */
    gint64 n_files;  /* with those in folders */
};

enum { PROP_SENTENCE = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE(LecFileCount, lec_file_count, G_TYPE_OBJECT)

static void go_on(LecFileCount *self);

static void tell(LecFileCount *self, gboolean now)
{
    gint64 time = g_get_monotonic_time();

    if (!now && time - self->told_at < TELL_EVERY)
        return;
    self->told_at = time;
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_SENTENCE]);
}

char *lec_file_count_sentence(LecFileCount *self)
{
    g_autofree char *folders = NULL, *files = NULL;

    g_return_val_if_fail(LEC_IS_FILE_COUNT(self), NULL);

    if (self->files->len == 0)
        return g_strdup(_("Only files on this computer can be added"));
    if (self->n_named > MAX_NAMED)
        return g_strdup_printf(_("Add %'u files and folders"), self->n_named);
    folders =
        g_strdup_printf(ngettext("%'u folder", "%'u folders", self->n_folders), self->n_folders);
    files =
        g_strdup_printf(ngettext("%'ld file", "%'ld files", self->n_files), (long)self->n_files);
    if (self->n_folders == 0 && self->n_files == 0)
        return g_strdup(_("Add to your documents"));
    if (self->n_folders == 0)
        /* Translators: “Add 12 files” */
        return g_strdup_printf(_("Add %s"), files);
    if (self->n_files == 0)
        return g_strdup_printf(_("Add %s"), folders);
    /* Translators: “Add 3 folders, 1,204 files” */
    return g_strdup_printf(_("Add %s, %s"), folders, files);
}

static void on_batch(GObject *enumerator, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecFileCount) self = user_data;
    GList *infos = g_file_enumerator_next_files_finish(G_FILE_ENUMERATOR(enumerator), result, NULL);

    for (GList *l = infos; l; l = l->next) {
        if (g_file_info_get_is_hidden(l->data))
            continue;
        if (g_file_info_get_file_type(l->data) == G_FILE_TYPE_DIRECTORY)
            g_queue_push_tail(&self->folders,
                              g_file_enumerator_get_child(G_FILE_ENUMERATOR(enumerator), l->data));
        else if (g_file_info_get_file_type(l->data) == G_FILE_TYPE_REGULAR)
            self->n_files++;
    }
    if (infos)
        g_file_enumerator_next_files_async(G_FILE_ENUMERATOR(enumerator), BATCH,
                                           G_PRIORITY_DEFAULT_IDLE, self->cancellable, on_batch,
                                           g_object_ref(self));
    else
        go_on(self);
    g_list_free_full(infos, g_object_unref);
}

static void on_enumerator(GObject *folder, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecFileCount) self = user_data;
    g_autoptr(GFileEnumerator) enumerator =
        g_file_enumerate_children_finish(G_FILE(folder), result, NULL);

    if (enumerator)
        g_file_enumerator_next_files_async(enumerator, BATCH, G_PRIORITY_DEFAULT_IDLE,
                                           self->cancellable, on_batch, g_object_ref(self));
    else
        go_on(self); /* one that cannot be looked into */
}

static void on_named(GObject *file, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LecFileCount) self = user_data;
    g_autoptr(GFileInfo) info = g_file_query_info_finish(G_FILE(file), result, NULL);

    if (info && g_file_info_get_file_type(info) == G_FILE_TYPE_DIRECTORY) {
        self->n_folders++;
        g_queue_push_tail(&self->folders, g_object_ref(G_FILE(file)));
    } else if (info) {
        self->n_files++;
    }
    go_on(self);
}

static void go_on(LecFileCount *self)
{
    g_autoptr(GFile) folder = NULL;

    if (g_cancellable_is_cancelled(self->cancellable))
        return;
    if (self->next < self->files->len) {
        tell(self, FALSE);
        g_file_query_info_async(self->files->pdata[self->next++], ATTRIBUTES,
                                G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT_IDLE, self->cancellable,
                                on_named, g_object_ref(self));
        return;
    }
    folder = self->n_files < MAX_FILES ? g_queue_pop_head(&self->folders) : NULL;
    tell(self, !folder);
    if (folder)
        g_file_enumerate_children_async(folder, ATTRIBUTES, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS,
                                        G_PRIORITY_DEFAULT_IDLE, self->cancellable, on_enumerator,
                                        g_object_ref(self));
}

static void lec_file_count_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    if (id == PROP_SENTENCE)
        g_value_take_string(value, lec_file_count_sentence(LEC_FILE_COUNT(object)));
    else
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void lec_file_count_finalize(GObject *object)
{
    LecFileCount *self = LEC_FILE_COUNT(object);

    g_queue_clear_full(&self->folders, g_object_unref);
    g_clear_pointer(&self->files, g_ptr_array_unref);
    g_clear_object(&self->cancellable);
    G_OBJECT_CLASS(lec_file_count_parent_class)->finalize(object);
}

static void lec_file_count_class_init(LecFileCountClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = lec_file_count_get_property;
    object_class->finalize = lec_file_count_finalize;
    properties[PROP_SENTENCE] = g_param_spec_string("sentence", NULL, NULL, NULL,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
}

static void lec_file_count_init(LecFileCount *self)
{
    g_queue_init(&self->folders);
    self->cancellable = g_cancellable_new();
}

LecFileCount *lec_file_count_new(GPtrArray *files)
{
    LecFileCount *self = g_object_new(LEC_TYPE_FILE_COUNT, NULL);

    self->files = g_ptr_array_new_with_free_func(g_object_unref);
    self->n_named = files->len;
    for (guint i = 0; i < files->len; i++)
        if (g_file_is_native(files->pdata[i]))
            g_ptr_array_add(self->files, g_object_ref(files->pdata[i]));
    if (self->n_named <= MAX_NAMED)
        go_on(self);
    return self;
}

void lec_file_count_cancel(LecFileCount *self)
{
    g_return_if_fail(LEC_IS_FILE_COUNT(self));

    g_cancellable_cancel(self->cancellable);
}
