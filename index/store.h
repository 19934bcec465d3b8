/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h: what the modules of index/ know of one another. Internal to index/.
 */
#pragma once

#include "index/sql.h"

struct storage_header;
struct vector_cache;

struct idx_store {
    sqlite3 *db;                   /* (owned) */
    struct storage_header *header; /* (owned) its database file, held open */
    char *dir;                     /* (owned) */
    char *owner;                   /* (owned) this process, as jobs name it */
    bool read_only;                /* no write of any kind */
    int reader_version;            /* of who reads documents now; 0: any will do */
    int64_t last_time;             /* µs: time never runs backwards within a store */
    GHashTable *statements;        /* (owned) address of the SQL text → prepared statement */
    GArray *seen;               /* (owned) int64_t ids of locations seen again, not yet written */
    struct vector_cache *cache; /* (owned) NULL until a search by vectors needs it */
};

/* Microseconds since 1970. */
int64_t store_now(IdxStore *store);

/* places.c */
/* Deletes the row and, if nobody else has it, its content. Inside a transaction. */
bool places_remove_location(IdxStore *store, int64_t location, GError **error);
bool places_flush_seen(IdxStore *store, GError **error);
/* `path` without slashes at its end: the form in which paths are stored. */
char *places_clean(const char *path);
/* Bounds of what lies below a cleaned path: from ≤ x < to, bytewise. (owned) both */
void places_below(const char *path, char **from, char **to);

/* catalogue.c: by what a file is sorted and found: its name, case folded. (owned) */
char *catalogue_name(const char *path);
/* The same for the step to version 2, as an SQL function. */
bool catalogue_function(sqlite3 *db);

/* collections.c */
bool collections_make(IdxStore *store, const char *name, int64_t *id, GError **error);
typedef void (*states_func)(void *data, int64_t collection, enum idx_state state, int64_t n);
/* How many locations are in each state, as shown (offline first), root by root. */
bool collections_count_states(IdxStore *store, states_func add, void *data, GError **error);

/* documents.c: the location no longer has this content (0: none had); it goes if nobody else has
   it. */
bool documents_drop_if_orphan(IdxStore *store, int64_t content, GError **error);
bool documents_remove(IdxStore *store, int64_t content, GError **error);
const char *documents_position_name(enum idx_position position);
enum idx_position documents_position_of(const char *name);
bool documents_detach(IdxStore *store, int64_t location, GError **error);

/* jobs.c */
bool jobs_enqueue_read(IdxStore *store, int64_t location, GError **error);
bool jobs_enqueue_embed(IdxStore *store, int64_t content, GError **error);
/* *ours: the job is still claimed by this process. */
bool jobs_ours(IdxStore *store, const struct idx_job *job, bool *ours, GError **error);
/* The file was read, or given up: the job goes, or waits again if the file changed meanwhile. */
bool jobs_finish_read(IdxStore *store, const struct idx_job *job, GError **error);
/* This process: machine start, pid namespace, pid and its start time. (owned) */
char *jobs_owner(void);

/* vectors.c */
struct vectors_embedder {
    int64_t id, generation;
    int dim;
    char hash[65], library[33]; /* library: which one it is, random */
};
/* IDX_ERROR_NOT_FOUND if there is no such embedder. */
bool vectors_embedder_get(IdxStore *store, int64_t embedder, struct vectors_embedder *out,
                          GError **error);

/* answers.c: quotes of files at or below a path (bounds as of places_below) leave the answers.
   Tells in *any whether there were some. */
bool answers_forget(IdxStore *store, const char *path, const char *from, const char *to, bool *any,
                    GError **error);

/* erase.c: whose words are still in the files after rows were deleted (bits of a mark, set in the
   transaction that deletes). */
enum erase_what { ERASE_DOCUMENTS = 1, ERASE_TALK = 2 };
bool erase_mark(IdxStore *store, enum erase_what what, GError **error);
/* Finishes what a deletion has begun; *done false if another process is in the way (wait: only
   after the usual time-out). */
bool erase_finish(IdxStore *store, bool wait, bool *done, GError **error);
bool erase_pending(IdxStore *store, bool *pending, GError **error);
extern int64_t erase_copy_in_memory_bytes; /* for tests */
/* After the deletion: erases, or says IDX_ERROR_BUSY. */
bool erase_now(IdxStore *store, enum erase_what what, GError **error);
