/* SPDX-License-Identifier: GPL-3.0-or-later */
/* There are never more than a handful of them: as many as toasts are waiting. */
#include "app/removals.h"
#include <string.h>

struct removals {
    GPtrArray *list; /* (owned) of struct removal */
    guint last_token;
};

static void removal_free(gpointer data)
{
    struct removal *removal = data;

    g_free(removal->path);
    g_free(removal);
}

Removals *removals_new(void)
{
    Removals *removals = g_new0(Removals, 1);

    removals->list = g_ptr_array_new_with_free_func(removal_free);
    return removals;
}

void removals_free(Removals *removals)
{
    g_ptr_array_unref(removals->list);
    g_free(removals);
}

static char *without_slashes(const char *path)
{
    gsize n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    return g_strndup(path, n);
}

const struct removal *removals_add(Removals *removals, LecRemoval kind, const char *path,
                                   gint64 conversation)
{
    struct removal *removal = g_new0(struct removal, 1);

    *removal = (struct removal){
        .token = ++removals->last_token,
        .kind = kind,
        .path = kind == LEC_DELETE_CONVERSATION ? NULL : without_slashes(path),
        .conversation = conversation,
    };
    g_ptr_array_add(removals->list, removal);
    return removal;
}

struct removal *removals_find(Removals *removals, guint token)
{
    for (guint i = 0; i < removals->list->len; i++) {
        struct removal *removal = removals->list->pdata[i];
        if (removal->token == token)
            return removal;
    }
    return NULL;
}

void removals_drop(Removals *removals, guint token)
{
    struct removal *removal = removals_find(removals, token);

    if (removal)
        g_ptr_array_remove(removals->list, removal);
}

GPtrArray *removals_list(Removals *removals)
{
    return removals->list;
}

static bool is_below(const char *above, const char *path)
{
    gsize n = strlen(above);

    return strncmp(path, above, n) == 0 && (!path[n] || path[n] == '/' || above[n - 1] == '/');
}

bool removals_covers(const char *const *hidden, const char *path)
{
    for (; hidden && *hidden; hidden++)
        if (is_below(*hidden, path))
            return true;
    return false;
}

bool removals_hide_path(const Removals *removals, const char *path)
{
    for (guint i = 0; i < removals->list->len; i++) {
        const struct removal *removal = removals->list->pdata[i];
        if (removal->path && is_below(removal->path, path))
            return true;
    }
    return false;
}

bool removals_hide_conversation(const Removals *removals, gint64 conversation)
{
    for (guint i = 0; i < removals->list->len; i++) {
        const struct removal *removal = removals->list->pdata[i];
        if (removal->kind == LEC_DELETE_CONVERSATION && removal->conversation == conversation)
            return true;
    }
    return false;
}

GArray *removals_conversations(const Removals *removals)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (guint i = 0; i < removals->list->len; i++) {
        const struct removal *removal = removals->list->pdata[i];
        if (removal->kind == LEC_DELETE_CONVERSATION)
            g_array_append_val(ids, removal->conversation);
    }
    if (ids->len == 0)
        g_clear_pointer(&ids, g_array_unref);
    return ids;
}

GStrv removals_paths(const Removals *removals)
{
    g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
    bool any = false;

    for (guint i = 0; i < removals->list->len; i++) {
        const struct removal *removal = removals->list->pdata[i];
        if (removal->path)
            g_strv_builder_add(paths, removal->path);
        any = any || removal->path;
    }
    return any ? g_strv_builder_end(paths) : NULL;
}
