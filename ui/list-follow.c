/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From one list to another by single steps. Walking along the wanted list, the item that stands at
 * a place is kept if it is the wanted one; taken out if it is not wanted at all; else the wanted
 * one is put before it, taken from further down if it stands there. A conversation that moves to
 * the top is two steps, whatever the length. O(n) lookups; a move costs the distance.
 */
#include "ui/list-follow.h"

static gint64 key_at(GListStore *store, guint position, LecListKey key)
{
    g_autoptr(GObject) item = g_list_model_get_item(G_LIST_MODEL(store), position);

    return key(item);
}

static void take_at(GListStore *store, guint position, gpointer wanted, LecListTake take)
{
    g_autoptr(GObject) item = g_list_model_get_item(G_LIST_MODEL(store), position);

    take(item, wanted);
}

/* Moves the item with this key, which stands in (position, n), to position. */
static void move_up(GListStore *store, guint position, guint n, gint64 wanted, LecListKey key)
{
    for (guint i = position + 1; i < n; i++) {
        g_autoptr(GObject) item = g_list_model_get_item(G_LIST_MODEL(store), i);

        if (key(item) != wanted)
            continue;
        g_list_store_remove(store, i);
        g_list_store_insert(store, position, item);
        return;
    }
}

static GHashTable *keys_of_store(GListStore *store, guint n, LecListKey key)
{
    GHashTable *keys = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < n; i++) {
        gint64 k = key_at(store, i, key);

        g_hash_table_add(keys, g_memdup2(&k, sizeof k));
    }
    return keys;
}

static GHashTable *keys_of_array(GPtrArray *items, LecListKey key)
{
    GHashTable *keys = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < items->len; i++) {
        gint64 k = key(items->pdata[i]);

        g_hash_table_add(keys, g_memdup2(&k, sizeof k));
    }
    return keys;
}

void lec_list_follow(GListStore *store, guint n, GPtrArray *wanted, LecListKey key,
                     LecListTake take)
{
    guint n_here = MIN(n, g_list_model_get_n_items(G_LIST_MODEL(store)));
    g_autoptr(GHashTable) here = keys_of_store(store, n_here, key);
    g_autoptr(GHashTable) there = keys_of_array(wanted, key);

    for (guint i = 0; i < wanted->len; i++) {
        gint64 want = key(wanted->pdata[i]);

        while (i < n_here) {
            gint64 at = key_at(store, i, key);

            if (g_hash_table_contains(there, &at))
                break;
            g_list_store_remove(store, i);
            n_here--;
        }
        if (i < n_here && key_at(store, i, key) == want) {
            take_at(store, i, wanted->pdata[i], take);
        } else if (g_hash_table_contains(here, &want)) {
            move_up(store, i, n_here, want, key);
            take_at(store, i, wanted->pdata[i], take);
        } else {
            g_list_store_insert(store, i, wanted->pdata[i]);
            n_here++;
        }
    }
    if (n_here > wanted->len)
        g_list_store_splice(store, wanted->len, n_here - wanted->len, NULL, 0);
}
