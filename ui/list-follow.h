/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list-follow.h: a list on the screen follows a list that was asked for anew, with the fewest
 * changes: what stays keeps its object, its row, the focus and the selection.
 *
 *     lec_list_follow(store, wanted, conversation_id, conversation_take);
 */
#pragma once

#include <gio/gio.h>

/* What an item is; the same in both lists = the same thing. Unique within a list. */
typedef gint64 (*LecListKey)(gpointer item);
/* Makes `kept` show what `wanted` says. */
typedef void (*LecListTake)(gpointer kept, gpointer wanted);

/* Makes the first `n` items of store those of wanted (objects of the store's type, borrowed), and
   leaves what is behind them. n: how many of the store's are meant, at most all. */
void lec_list_follow(GListStore *store, guint n, GPtrArray *wanted, LecListKey key,
                     LecListTake take);
