/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.h: what both searches share: the best k, and the scope. Internal to index/.
 */
#pragma once

#include "index/find.h"
#include "index/store.h"

/* The best k hits so far: higher score first, ties by lower passage. */
struct top {
    GArray *heap; /* (owned) of struct idx_hit, the worst first */
    guint k;
};
void top_init(struct top *top, int k);
void top_clear(struct top *top);
/* Whether a hit of that score would be among the best now: asked before what is costly. */
bool top_wants(const struct top *top, int64_t passage, double score);
void top_add(struct top *top, int64_t passage, double score);
GArray *top_steal(struct top *top); /* sorted, best first */

/* Where a hit must stand: at or below one of these paths. */
struct scope {
    GHashTable *paths; /* (owned) a set of cleaned paths, none below another; NULL: everywhere */
};
void scope_init(struct scope *scope, const char *const *paths);
void scope_clear(struct scope *scope);
/* Whether the passage's content has a location in the scope. */
bool scope_has(IdxStore *store, const struct scope *scope, int64_t passage, bool *has,
               GError **error);
