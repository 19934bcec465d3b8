/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * index.h: what a library remembers: places, jobs, documents, and how it is. find.h has
 * vectors and search, catalogue.h lists and collections, conversations.h what was asked and
 * answered.
 *
 * SQLite is the truth. The FAISS file is a cache that can be rebuilt from it at any time. This
 * folder takes `const float *` and never calls the engine, nor opens a document.
 *
 *     g_autoptr(IdxStore) store = idx_open(dir, NULL, IDX_CREATE, &error);
 *     idx_root_add(store, "/home/ada/papers", NULL, &error);
 *     idx_location_seen(store, &(struct idx_file){.path = …}, &error);
 *     while (idx_job_claim(store, kinds, &job, &error)) …  idx_document_put(store, …);
 *
 * Thread rule: a store (one SQLite connection) belongs to one thread at a time; open one a thread.
 * Several processes may work on one library: writes are short transactions in WAL mode with a busy
 * timeout, jobs are claimed by lease, the FAISS file is replaced by rename.
 * Errors: GError of IDX_ERROR.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define IDX_ERROR idx_error_quark()
GQuark idx_error_quark(void);
enum idx_error {
    IDX_ERROR_FAILED,    /* anything else; the message says what */
    IDX_ERROR_IO,        /* the folder or a file cannot be opened, read or written */
    IDX_ERROR_FULL,      /* disk full */
    IDX_ERROR_BUSY,      /* another process kept it locked past the timeout */
    IDX_ERROR_CORRUPT,   /* not a database, or malformed: run `lectern doctor` */
    IDX_ERROR_NEWER,     /* written by a newer Lectern: left untouched */
    IDX_ERROR_NOT_FOUND, /* no such library (without IDX_CREATE) or row */
    IDX_ERROR_READ_ONLY,
};

/* Encryption key of a library: none today, storage.c is the one place that will use it. */
struct idx_key;
enum idx_open_flags { IDX_CREATE = 1, IDX_READ_ONLY = 2 };

typedef struct idx_store IdxStore;
/* The folder is created 0700, files in it 0600. */
IdxStore *idx_open(const char *dir, const struct idx_key *key, unsigned flags, GError **error);
void idx_close(IdxStore *store); /* NULL is legal */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IdxStore, idx_close)
const char *idx_dir(const IdxStore *store);
/* A file that other readers looked at counts as changed. 0 (the default): any will do. */
void idx_set_reader_version(IdxStore *store, int version);
int64_t idx_time(IdxStore *store); /* µs since 1970; never runs backwards within a store */

/* --- places: collections, roots, exclusions, locations ------------------------------------- */

/* States of a location (a path). Stored as text in the database. */
enum idx_state {
    IDX_WAITING, /* known, not read yet */
    IDX_READING,
    IDX_READY,   /* text can be searched (vectors may still be under way) */
    IDX_FAILED,  /* reason says why; retried by `index` when the file changes or on request */
    IDX_SKIPPED, /* by rule: binary, unknown kind, empty, excluded */
    IDX_OFFLINE, /* its root is not there now: kept, still searchable */
};
const char *idx_state_name(enum idx_state state); /* "waiting" … */

/* A file as seen on disk. */
struct idx_file {
    const char *path; /* absolute, bytes as the file system has them */
    int64_t root;     /* idx_root_add's id */
    int64_t size;     /* bytes */
    int64_t mtime_ns;
};

struct idx_root {
    int64_t id;
    char *path;       /* (owned) */
    char *collection; /* (owned) its name */
    int64_t collection_id;
    bool is_file;
    bool offline;
};
void idx_root_free(struct idx_root *root);

/* A folder or single file that the person added; the id of the row, old or new; -1 on error. A root
   inside a known root is legal (its files keep their first root). collection NULL = "All". Removes
   exclusions at or below the path. */
int64_t idx_root_add(IdxStore *store, const char *path, bool is_file, const char *collection,
                     GError **error);
/* A disk is mounted at this path within the root: from now on a root of its own, with what is known
   below it. Its id, old or new; 0 if the path is excluded; -1 on error. */
int64_t idx_root_split(IdxStore *store, const struct idx_root *root, const char *path,
                       GError **error);
GPtrArray *idx_roots(IdxStore *store, GError **error); /* of struct idx_root, owned */
bool idx_root_set_offline(IdxStore *store, int64_t root, bool offline, GError **error);
bool idx_excluded(IdxStore *store, const char *path, GError **error);

/* What became of a file that a scan has seen. */
enum idx_seen {
    IDX_SEEN_ERROR = -1,
    IDX_SEEN_SAME,
    IDX_SEEN_NEW,
    IDX_SEEN_CHANGED,
    IDX_SEEN_EXCLUDED
};
/* Records the file; NEW and CHANGED enqueue a read job. SAME = size and mtime as known and the
   state is final. */
enum idx_seen idx_location_seen(IdxStore *store, const struct idx_file *file, GError **error);
/* *known: nothing would be read again; records nothing. */
bool idx_location_known(IdxStore *store, const struct idx_file *file, bool *known, GError **error);
/* Removes locations below `root` that the scan (idx_time at its start) did not see:
   returns how many, -1 on error. Contents without a location go too (text, full text, vectors). */
int64_t idx_root_sweep(IdxStore *store, int64_t root, int64_t scan_start, GError **error);
bool idx_location_skip(IdxStore *store, const struct idx_file *file, const char *reason,
                       GError **error);
/* It cannot be read now, which may pass. *kept: what was read before stays, with the reason beside
   it; else it is skipped. */
bool idx_location_block(IdxStore *store, const struct idx_file *file, const char *reason,
                        bool *kept, GError **error);

/* Removes everything at or below path everywhere: locations, text, full text, vectors; files inside
   a kept root get an exclusion, a root itself is removed. Erases freed pages (secure_delete, FTS
   optimize, WAL truncated, FAISS cache removed). Answers' quotes are part of conversations and
   stay. Returns number of locations removed, -1 on error; IDX_ERROR_BUSY: removed, but a reader
   was in the way of erasing, which the next opening finishes. */
int64_t idx_forget(IdxStore *store, const char *path, GError **error);

/* --- jobs ----------------------------------------------------------------------------------- */

enum idx_job_kind { IDX_JOB_READ = 1, IDX_JOB_EMBED = 2 }; /* bits: kinds can be ored in a claim */

struct idx_job {
    int64_t id;
    enum idx_job_kind kind;
    int64_t location; /* READ */
    int64_t content;  /* EMBED */
    char *path;       /* (owned) READ: the file; EMBED: a file with that content */
    int attempts;     /* this one included */
};
void idx_job_clear(struct idx_job *job);

/* Claims the next job that is due: true and *job filled, or false (error set only on error). The
   lease names this process and its start time and expires after lease_seconds; a job whose owner is
   dead or whose lease is over can be claimed by anyone. A job that was claimed IDX_MAX_ATTEMPTS
   times without an end (it killed its process) fails its location instead. */
#define IDX_MAX_ATTEMPTS 3
bool idx_job_claim(IdxStore *store, unsigned kinds, int lease_seconds, struct idx_job *job,
                   GError **error);
/* Ids (int64_t) of the unfinished jobs of this kind on files at or below one of these paths
   (NULL-terminated), the next to be done first. */
GArray *idx_jobs_below(IdxStore *store, enum idx_job_kind kind, const char *const *paths,
                       GError **error);
enum idx_claim {
    IDX_CLAIM_ERROR = -1,
    IDX_CLAIM_TAKEN,
    IDX_CLAIM_LATER, /* not due yet, or in another process's hands */
    IDX_CLAIM_OVER   /* done, given up, forgotten, or its root is offline */
};
/* As idx_job_claim, of this job alone. */
enum idx_claim idx_job_claim_one(IdxStore *store, int64_t id, int lease_seconds,
                                 struct idx_job *job, GError **error);
bool idx_job_renew(IdxStore *store, const struct idx_job *job, int lease_seconds, GError **error);
/* Job done or given up: for READ success comes from idx_document_put, failure from here. retry: try
   again later (back-off 2, 4, 8 … s) unless attempts are used up. Whoever ends a job that is no
   longer his (lease over and taken by another, document forgotten or gone meanwhile) changes and
   stores nothing, and that is no error; idx_job_renew tells (IDX_ERROR_NOT_FOUND). */
bool idx_job_fail(IdxStore *store, const struct idx_job *job, const char *reason, bool retry,
                  GError **error);
bool idx_job_skip(IdxStore *store, const struct idx_job *job, const char *reason, GError **error);
bool idx_job_release(IdxStore *store, const struct idx_job *job,
                     GError **error); /* back, uncounted */
/* Failed files at or below path (NULL: all) are read again, however often they have failed: how
   many. -1 on error. */
int64_t idx_retry(IdxStore *store, const char *path, GError **error);
/* Jobs not finished, by kind; due_in (may be NULL): seconds until the next is due, 0 = now. */
int64_t idx_jobs_pending(IdxStore *store, unsigned kinds, double *due_in, GError **error);

/* --- documents ------------------------------------------------------------------------------ */

enum idx_position {
    IDX_POS_NONE,
    IDX_POS_PAGE,
    IDX_POS_LINE,
    IDX_POS_SLIDE,
    IDX_POS_SHEET,
    IDX_POS_CHAPTER
};

/* A passage to store, or one that was found. */
struct idx_passage {
    int64_t id;           /* 0 when storing */
    int64_t content;      /* 0 when storing */
    int ord;              /* 0, 1, 2 … within the document */
    char *text, *heading; /* (owned by whoever made it) heading path "A › B", "" if none */
    enum idx_position pos_kind;
    int pos_from, pos_to;       /* pages and lines from 1 */
    int64_t char_from, char_to; /* code points in the document's normalised text */
    int n_tokens;               /* of the embedder, title and heading not counted */
    /* (owned) "12:4 40:6": at code point 12 of its text position 4 begins, at 40 position 6; "" or
       NULL if all of it is at pos_from */
    char *breaks;
};
void idx_passage_free(struct idx_passage *passage);

struct idx_document {
    const char *hash;   /* SHA-256 of the file, lower-case hex */
    const char *title;  /* may be "" */
    const char *format; /* "pdf", "html", "markdown", "text" */
    int64_t size;
    int n_pages; /* 0: none */
    int reader_version;
    const char *note; /* "" or e.g. "12 of 40 pages have no text" */
    const struct idx_passage *const *passages;
    size_t n_passages;
};
/* A content with this hash and reader version is already stored: then the READ job is finished by
   idx_document_same (the location points at it) without reading again; IDX_ERROR_NOT_FOUND if the
   content has gone in between: read the file. */
bool idx_content_known(IdxStore *store, const char *hash, int reader_version, int64_t *content,
                       GError **error);
bool idx_document_same(IdxStore *store, const struct idx_job *job, const struct idx_file *file,
                       int64_t content, GError **error);
/* One transaction: content, passages, full text, location ready, READ job done, EMBED job queued;
   the location's former content goes if nobody else has it. `file` is what was read (size and
   mtime). */
bool idx_document_put(IdxStore *store, const struct idx_job *job, const struct idx_file *file,
                      const struct idx_document *document, GError **error);

/* --- state and health ------------------------------------------------------------------------- */

struct idx_status {
    int64_t n_by_state[6]; /* by enum idx_state */
    int64_t n_contents, n_passages, n_embedded, n_jobs, n_quarantined;
    int64_t n_roots, n_conversations, n_answers;
    int64_t database_bytes, faiss_bytes;
    int64_t generation, faiss_generation; /* faiss_generation -1: no cache */
    int schema_version;
};
/* embedder 0: none, its numbers stay 0. */
bool idx_status(IdxStore *store, int64_t embedder, struct idx_status *out, GError **error);

/* One finding of the consistency check. */
struct idx_finding {
    char *text; /* (owned) one sentence */
    bool repaired;
};
void idx_finding_free(struct idx_finding *finding);
/* Checks SQLite integrity and foreign keys, full text against passages, vectors against passages,
   FAISS ids and values against vectors, orphans, stale leases. With repair, mends what can be
   mended (rebuilds full text and FAISS, drops orphans, re-queues). Empty array = all agree. */
GPtrArray *idx_check(IdxStore *store, bool repair, GError **error);
