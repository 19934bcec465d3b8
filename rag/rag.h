/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rag.h: documents in, answers with pages out. The one header that the program above includes.
 *
 *     g_autoptr(RagLibrary) library = rag_library_open(&(struct rag_library_options){…}, &error);
 *     rag_index(library, paths, n, &(struct rag_index_options){…}, &result, cancellable, &error);
 *     g_autoptr(RagAnswer) answer = rag_ask(library, engine, "How long …?", &options, cancellable,
 * &error);
 *
 * Thread rule: a library belongs to one thread at a time; open one a thread. All calls block: they
 * are for workers, never for the window's thread. GCancellable is looked at per token, passage,
 * document. Errors: RAG_ERROR, IDX_ERROR, G_IO_ERROR_CANCELLED.
 */
#pragma once

#include "engine/embed.h"
#include "engine/engine.h"
#include <gio/gio.h>

#define RAG_ERROR rag_error_quark()
GQuark rag_error_quark(void);
enum rag_error {
    RAG_ERROR_FAILED,
    RAG_ERROR_EMPTY_QUESTION,
    RAG_ERROR_LONG_QUESTION, /* the question alone does not fit the context */
    RAG_ERROR_EMPTY_LIBRARY, /* nothing is ready to be searched */
    RAG_ERROR_MODEL,         /* the engine's message */
    RAG_ERROR_READ_ONLY,     /* the library cannot be written: it may be opened read_only */
};

struct rag_library_options {
    size_t size;
    const char *dir;                /* the library's folder */
    bool create;                    /* make it if it is not there */
    struct engine *embedder;        /* borrowed, must outlive the library; NULL: full text only */
    const char *embedder_hash;      /* SHA-256 of its file; NULL: by name */
    const char *const *reader_argv; /* NULL-terminated command of the reader child, borrowed */
    bool read_only; /* look things up only, as on a medium that cannot be written: nothing is
                       recorded, no vector is added */
};

typedef struct rag_library RagLibrary;
RagLibrary *rag_library_open(const struct rag_library_options *options, GError **error);
void rag_library_close(RagLibrary *library);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagLibrary, rag_library_close)

/* --- documents ------------------------------------------------------------------------------- */

enum rag_index_phase { RAG_PHASE_SCAN, RAG_PHASE_READ, RAG_PHASE_EMBED };
struct rag_progress {
    enum rag_index_phase phase;
    const char *path;        /* the file at work, may be NULL */
    int64_t n_done, n_total; /* files, or passages while embedding */
};

struct rag_index_options {
    size_t size;
    void (*on_progress)(const struct rag_progress *progress, void *data);
    void *data;
    int read_timeout_seconds;  /* per document; 0 = 120 */
    int64_t read_memory_bytes; /* limit of a reader child; 0 = 1 GiB */
    int64_t max_file_bytes;    /* larger ones are skipped; 0 = 200 MB */
    const char *collection;    /* its name, made if new: the paths belong to it; NULL = "All" */
};

/* A document that did not become ready, with the reason in a person's words. */
struct rag_problem {
    char *path, *reason; /* (owned) */
    bool skipped;        /* by rule; else failed */
    bool offline;        /* it is not there now, and what was read from it is kept */
};
struct rag_index_result {
    int64_t n_seen, n_new, n_changed, n_same, n_removed; /* files in this call's scan */
    int64_t n_ready, n_failed, n_skipped;                /* final states of files under the paths */
    int64_t n_passages, n_embedded;                      /* added in this call */
    int64_t n_waiting;     /* documents elsewhere that are not done; the next rescan goes on */
    double text_seconds;   /* from the call until all text could be searched */
    double vector_seconds; /* … until all vectors were there */
    GPtrArray *problems;   /* (owned) of struct rag_problem */
};
void rag_index_result_clear(struct rag_index_result *result);
/* Adds the paths as roots (none: rescans all known roots), reads, then embeds; returns when all
   that lies at or below the paths is final (none: when all is), whatever else waits. Paths that do
   not exist are reported as problems. */
bool rag_index(RagLibrary *library, const char *const *paths, size_t n,
               const struct rag_index_options *options, struct rag_index_result *result,
               GCancellable *cancellable, GError **error);
/* Number of documents removed, -1 on error. */
int64_t rag_forget(RagLibrary *library, const char *path, GError **error);

struct rag_status {
    int64_t waiting, reading, ready, failed, skipped, offline;
    int64_t contents, passages, embedded, jobs, roots, conversations, answers;
    int64_t database_bytes, vector_index_bytes;
    bool vector_index_current;
    int schema_version;
    GPtrArray *problems; /* (owned) of struct rag_problem */
};
bool rag_status(RagLibrary *library, struct rag_status *out, GError **error);
void rag_status_clear(struct rag_status *status);

struct rag_finding {
    char *text; /* (owned) */
    bool repaired;
};
/* GPtrArray of struct rag_finding; empty = everything agrees. */
GPtrArray *rag_doctor(RagLibrary *library, bool repair, GError **error);

/* --- passages ----------------------------------------------------------------------------------
 */

enum rag_position {
    RAG_POS_NONE,
    RAG_POS_PAGE,
    RAG_POS_LINE,
    RAG_POS_SLIDE,
    RAG_POS_SHEET,
    RAG_POS_CHAPTER
};

struct rag_hit {
    int64_t passage;
    char *path, *title, *heading, *text; /* (owned) */
    char *hash;                          /* (owned) of the content */
    enum rag_position pos_kind;
    int pos_from, pos_to; /* pages and lines from 1 */
    char *breaks;         /* (owned) rag_hit_position() reads it; NULL: not known */
    int64_t char_from, char_to;
    double score;                    /* fused, higher is better */
    double text_score, vector_score; /* BM25 (negated) and cosine; NAN where not known */
    int text_rank, vector_rank;      /* from 1; 0: not found that way */
    bool in_prompt;                  /* answers only */
    size_t telling_from, telling_to; /* bytes of text: the sentence that bears most on the question;
                                        0, 0 = none */
};
void rag_hit_free(struct rag_hit *hit);
/* The page, line … that the byte of its text stands on. */
int rag_hit_position(const struct rag_hit *hit, size_t byte);

struct rag_search_options {
    size_t size;
    int k; /* 0 = 10 */
    /* NULL, or NULL-terminated paths: only files at or below one of them. */
    const char *const *scope;
};
/* GPtrArray of struct rag_hit, best first; empty = nothing found. */
GPtrArray *rag_search(RagLibrary *library, const char *query,
                      const struct rag_search_options *options, GCancellable *cancellable,
                      GError **error);

/* --- answers ------------------------------------------------------------------------------------
 */

struct rag_ask_options {
    size_t size;
    int max_tokens;    /* 0 = 256 */
    float temperature; /* 0 = greedy */
    uint64_t seed;
    const char *const *scope; /* as in rag_search_options */
    bool no_compress;         /* passages whole */
    bool no_record;           /* do not store question and answer in the library */
    bool keep_partial;        /* cancelled: what was written so far is the answer (stats.stop says
                                 ENG_STOP_CANCELLED), judged and stored like any other */
    bool no_documents;        /* the model alone: no passages, nothing supported, its text stays */
    const char *model_hash;   /* SHA-256 of the model's file, for the record; NULL: not known */
    int64_t conversation;     /* 0 = a new one, titled by the question */
    int64_t parent;           /* the turn that it follows; 0 = none: a first turn */
    /* The question is stored, before anything is looked up; may be NULL. */
    void (*on_turn)(void *data, int64_t conversation, int64_t turn);
    /* Streamed, may be NULL. A draft: what counts is the answer's text, which is a refusal where
       nothing of the draft has support. */
    void (*on_text)(void *data, const char *text, size_t n);
    void (*on_passages)(void *data, GPtrArray *hits); /* before generation, may be NULL */
    void *data;
};

struct rag_citation {
    int n;      /* from 1, in order of first use */
    char *path; /* (owned) */
    enum rag_position pos_kind;
    int pos_from, pos_to;
    char *quote;  /* (owned) the sentences that support it; "" once its document is forgotten */
    double score; /* of the support, 0…1 */
    char *hash;   /* (owned) of the content as it was; "" where not known */
    int passage;  /* index of its passage in the answer's; -1: not kept (version 1 of a library) */
    double text_score, vector_score; /* of that passage, as in rag_hit */
};

/* A sentence of the answer: bytes [from, to) of text, and the citation that supports it. */
struct rag_sentence {
    size_t from, to;
    int citation; /* n of a rag_citation; 0 = unsupported */
};

struct rag_answer {
    char *question, *query, *text; /* (owned) text: UTF-8, no citation marks in it */
    bool supported;                /* false: the documents do not seem to say */
    GPtrArray *citations;          /* (owned) of struct rag_citation */
    GArray *sentences;             /* (owned) of struct rag_sentence */
    GPtrArray *passages; /* (owned) of struct rag_hit: the ranked list before compression */
    GPtrArray *dropped;  /* (owned) strings: what was left out to fit, one sentence each */
    GPtrArray *unsupported_values; /* (owned) strings: numbers, dates and identifiers in the answer
                                      that no passage in the prompt holds */
    char *model, *model_hash;      /* (owned) hash: "" if not known */
    char *thinking;                /* (owned) NULL, or what the model wrote between <think> and
                                      </think>: no part of text */
    bool from_documents;           /* false: by options, the model alone was asked */
    struct eng_stats stats;
    double seconds, search_seconds;
    int64_t conversation, id; /* of the turn; 0 if not stored */
};
typedef struct rag_answer RagAnswer;
void rag_answer_free(RagAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RagAnswer, rag_answer_free)

/* session: of a chat model, reused from question to question (prefix reuse). */
RagAnswer *rag_ask(RagLibrary *library, struct engine *engine, struct eng_session *session,
                   const char *question, const struct rag_ask_options *options,
                   GCancellable *cancellable, GError **error);
