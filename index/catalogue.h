/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue.h: a library as a list: documents page by page, collections, taking out, and how fast
 * documents were read so far.
 *
 *     struct idx_filter filter = {.order = IDX_BY_TROUBLE, .states = 1 << IDX_FAILED};
 *     g_autoptr(GPtrArray) page = idx_list(store, &filter, 200, 100, &error);
 *
 * Thread rule and errors: as in index.h.
 */
#pragma once

#include "index/index.h"

/* --- documents -------------------------------------------------------------------------------- */

enum idx_order {
    IDX_BY_TROUBLE, /* failed first, then by path */
    IDX_BY_NAME,    /* of the file, case folded */
    IDX_BY_FOLDER,  /* by path */
    IDX_BY_TIME,    /* last changed first */
    IDX_BY_SIZE     /* largest first */
};

struct idx_filter {
    int64_t collection; /* 0 = all */
    const char *below;  /* NULL, or a path: itself or inside */
    const char *words;  /* NULL, or words that the file's name contains, whatever their case */
    int states;         /* bits 1 << enum idx_state, offline before the state beneath; 0 = all */
    enum idx_order order;
    bool descending; /* the other way round */
};

typedef struct idx_location {
    int64_t id, size, mtime_ns, content;         /* content 0: none */
    char *path, *reason, *note, *title, *format; /* (owned) "" if there is none */
    enum idx_state state;
    int n_pages, n_passages, n_embedded; /* embedded: by whichever embedder */
} IdxLocation;
void idx_location_free(struct idx_location *location);

/* -1 on error. */
int64_t idx_list_count(IdxStore *store, const struct idx_filter *filter, GError **error);
/* GPtrArray of struct idx_location; limit −1: all. */
GPtrArray *idx_list(IdxStore *store, const struct idx_filter *filter, int64_t offset, int64_t limit,
                    GError **error);
/* The location with this path; NULL without error if there is none. */
struct idx_location *idx_location_get(IdxStore *store, const char *path, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IdxLocation, idx_location_free)

/* --- collections ------------------------------------------------------------------------------ */

struct idx_collection {
    int64_t id;
    char *name;            /* (owned) */
    int64_t n_by_state[6]; /* by enum idx_state */
    int64_t checked_at;    /* µs since 1970: every root that is there was scanned since; 0 never */
};
void idx_collection_free(struct idx_collection *collection);
GPtrArray *idx_collections(IdxStore *store, GError **error); /* by name */
/* The id, old or new; -1 on error. */
int64_t idx_collection_make(IdxStore *store, const char *name, GError **error);
/* IDX_ERROR_NOT_FOUND: no such collection; IDX_ERROR_FAILED: the name is taken. */
bool idx_collection_rename(IdxStore *store, int64_t id, const char *name, GError **error);
/* Its roots go to IDX_ALL, which itself stays. */
bool idx_collection_delete(IdxStore *store, int64_t id, GError **error);
bool idx_root_move(IdxStore *store, int64_t root, int64_t collection, GError **error);
/* A scan that began at `start` (idx_time) has seen all of the root. */
bool idx_root_checked(IdxStore *store, int64_t root, int64_t start, GError **error);

/* --- taking out ------------------------------------------------------------------------------- */

/* As idx_forget, but nothing is erased besides, and quotes in answers stay: how many locations, -1
   on error. Cut short, the next scan takes out the rest. */
int64_t idx_remove(IdxStore *store, const char *path, GError **error);
/* What waits and was never read is taken out; kept roots get exclusions that idx_root_resume lifts.
   How many, -1 on error. */
int64_t idx_drop_waiting(IdxStore *store, GError **error);
/* A known root was added again by name: what idx_drop_waiting left out below it is let in. */
bool idx_root_resume(IdxStore *store, const char *path, GError **error);

/* --- rates ------------------------------------------------------------------------------------ */

enum idx_rate { IDX_RATE_READ /* bytes of files */, IDX_RATE_EMBED /* passages */ };
/* So much was done in that time. Older figures count less and less. */
bool idx_rate_add(IdxStore *store, enum idx_rate rate, double amount, double seconds,
                  GError **error);
/* *seconds for one unit (byte, passage); 0 = not known. */
bool idx_rate_get(IdxStore *store, enum idx_rate rate, double *seconds, GError **error);
/* Passages that a byte of a file of this format has become in this library ("" = any format). */
bool idx_passages_per_byte(IdxStore *store, const char *format, double *passages, GError **error);

/* --- a library that stays open ---------------------------------------------------------------- */

/* Is the library still what was opened, and what happened to it? *version: another number than last
   time once another connection has written. Looks at no row. IDX_ERROR_NOT_FOUND: its file is gone,
   or another one; IDX_ERROR_READ_ONLY: it can be written no longer (or, opened IDX_READ_ONLY, it
   can be now). Then close it, and open it again if that can be. */
bool idx_changes(IdxStore *store, int64_t *version, GError **error);
