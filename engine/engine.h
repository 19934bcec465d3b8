/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h: runs a language model.
 *
 * Two nouns: an *engine* is a loaded model (immutable weights, devices, thread pool), a *session*
 * is one timeline of tokens with its KV cache. The caller hands a session the whole list of
 * segments each time; the session decides what prefix of its cache it can reuse.
 *
 *     struct engine *engine;
 *     struct eng_session *session;
 *     eng_open(&engine, "model.gguf", &(struct eng_options){.size = sizeof(struct eng_options)},
 * &err); eng_session_new(&session, engine, NULL, &err); eng_session_set(session, &(struct
 * eng_segment){.text = "Hello", .n_bytes = 5, .flags = ENG_SEGMENT_SPECIAL}, 1, NULL, &err);
 *     eng_generate(session, &(struct eng_generate_options){.size = sizeof(struct
 *                  eng_generate_options), .max_tokens = 64, .on_tokens = print}, &stats, &err);
 *
 * Threads: an engine may be shared by sessions, but only one call at a time may compute on an
 * engine (its thread pool has one owner; calls take the engine's lock). A session belongs to one
 * thread at a time. Nothing here prints, exits or asserts on input.
 * Errors: every call that can fail returns a status and fills *err (may be NULL) with one sentence.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum eng_status {
    ENG_OK = 0,
    ENG_ERR_IO,          /* a file cannot be opened, mapped or read */
    ENG_ERR_FORMAT,      /* not a GGUF file, or one that contradicts itself */
    ENG_ERR_UNSUPPORTED, /* well-formed, but a kind that is not run here */
    ENG_ERR_MEMORY,
    ENG_ERR_ARGUMENT,
    ENG_ERR_CONTEXT, /* the segments do not fit into the session's context */
    ENG_ERR_NUMERIC, /* NaN or infinity among the logits */
    ENG_ERR_DEVICE,
    ENG_CANCELLED,
};

struct eng_err {
    enum eng_status status;
    char text[480]; /* one English sentence, UTF-8, zero-terminated; names the file where there is
                       one */
};

struct engine;
struct eng_session;

struct eng_options {
    size_t size;        /* sizeof(struct eng_options): lets the struct grow */
    const char *device; /* "auto", "cpu"; NULL = "auto". Others: ENG_ERR_DEVICE with the list */
    int n_threads;      /* 0 = one per physical core */
    bool vocab_only;    /* read metadata and tokenizer, no weights: tokenize and template only */
};

/* Maps and checks the file, packs the weights for this machine. *out is owned by the caller. */
enum eng_status eng_open(struct engine **out, const char *path, const struct eng_options *options,
                         struct eng_err *err);
void eng_close(struct engine *engine); /* NULL is legal; sessions must be freed first */

enum eng_model_kind { ENG_MODEL_DECODER, ENG_MODEL_ENCODER };

/* What a model is. Strings are owned by the engine and live as long as it does. */
struct eng_model_info {
    const char *path;
    const char *name;         /* general.name, or the file's name without ".gguf" */
    const char *architecture; /* "llama", "qwen2", "bert" */
    const char *weights;      /* the type that most weight bytes have, e.g. "Q4_K" */
    const char *device;       /* where it runs: "cpu (AVX-512 VNNI, 2 threads)" */
    enum eng_model_kind kind;
    uint64_t n_parameters;
    uint64_t file_bytes;
    int n_layers, n_embd, n_vocab, n_context_train;
    bool has_chat;       /* it has a chat format that we know */
    const char *warning; /* NULL, or one sentence that a person should see */
};
const struct eng_model_info *eng_model_info(const struct engine *engine);

/* --- tokens ------------------------------------------------------------------------------- */

enum eng_token_flags {
    ENG_TOKENIZE_BOS = 1,     /* put the beginning-of-text token in front where the model says so */
    ENG_TOKENIZE_SPECIAL = 2, /* read special tokens that are written in the text ("<|im_end|>") */
};

/* Any bytes are legal. *ids (owned by the caller, free()) holds *n token ids. */
enum eng_status eng_tokenize(const struct engine *engine, const char *text, size_t n_bytes,
                             unsigned flags, int32_t **ids, size_t *n, struct eng_err *err);
/* The bytes a token stands for (borrowed; not zero-terminated); NULL for an id out of range.
   A byte sequence of one character may be spread over several tokens. */
const char *eng_token_bytes(const struct engine *engine, int32_t id, size_t *n_bytes);
bool eng_token_is_eog(const struct engine *engine, int32_t id); /* ends generation (stop rule) */
bool eng_token_is_control(const struct engine *engine, int32_t id); /* not text: never quoted */

/* --- chat --------------------------------------------------------------------------------- */

struct eng_message {
    const char *role; /* "system", "user", "assistant" */
    const char *content;
};

enum eng_segment_flags {
    ENG_SEGMENT_BOS = 1, /* as ENG_TOKENIZE_BOS; only sensible on the first segment */
    ENG_SEGMENT_SPECIAL =
        2, /* template text: special tokens are read. Never set it on a document */
};

/* A stretch of input: text, or token ids where `tokens` is not NULL. All borrowed. */
struct eng_segment {
    const char *text;
    size_t n_bytes;
    const int32_t *tokens;
    size_t n_tokens;
    unsigned flags;
};

/*
 * Lays messages out in the model's chat format: template text with ENG_SEGMENT_SPECIAL, contents
 * without, so that "<|im_end|>" inside a document stays text. *out (owned, one free() for array and
 * texts together) has *n segments. ENG_ERR_UNSUPPORTED where the model has no chat format we know.
 */
enum eng_status eng_chat_segments(const struct engine *engine, const struct eng_message *messages,
                                  size_t n_messages, bool generation_prompt,
                                  struct eng_segment **out, size_t *n, struct eng_err *err);

/* --- sessions ----------------------------------------------------------------------------- */

struct eng_session_options {
    size_t size;
    int n_context; /* tokens; 0 = min(4096, what the model was trained for) */
};

/* All memory that decoding needs is allocated here. options may be NULL. */
enum eng_status eng_session_new(struct eng_session **out, struct engine *engine,
                                const struct eng_session_options *options, struct eng_err *err);
void eng_session_free(struct eng_session *session);
int eng_session_context(const struct eng_session *session); /* size in tokens */
int eng_session_length(const struct eng_session *session);  /* tokens in the timeline now */

/* How far a call has come: n_done of n_total tokens read. May be called from the caller's thread.
 */
typedef void (*eng_progress)(void *data, int n_done, int n_total);

struct eng_set_options {
    size_t size;
    eng_progress on_progress;
    void *data;
    const atomic_bool *cancel; /* looked at between batches of at most 64 tokens; may be NULL */
};

/*
 * Makes the timeline equal to these segments and computes what is not yet in the cache. The longest
 * common token prefix is kept. After ENG_OK logits for the next token are ready. After
 * ENG_CANCELLED or an error the session stays usable (its timeline is what was computed).
 * options may be NULL.
 */
enum eng_status eng_session_set(struct eng_session *session, const struct eng_segment *segments,
                                size_t n_segments, const struct eng_set_options *options,
                                struct eng_err *err);

/* Logits [n_vocab] for the token after the timeline, borrowed, valid until the next call. NULL
   before the first eng_session_set. */
const float *eng_session_logits(const struct eng_session *session);

/* --- generation --------------------------------------------------------------------------- */

enum eng_stop {
    ENG_STOP_NONE = 0,
    ENG_STOP_EOG,       /* the model ended its turn */
    ENG_STOP_STRING,    /* one of stop_strings was written; it is not part of the text */
    ENG_STOP_LENGTH,    /* max_tokens */
    ENG_STOP_CONTEXT,   /* the context is full */
    ENG_STOP_CANCELLED, /* by `cancel`, or on_tokens returned false */
    ENG_STOP_ERROR,
};
const char *
eng_stop_name(enum eng_stop stop); /* "eog" "stop" "length" "context" "cancelled" "error" */

/* 1…k accepted tokens at a time (several with multi-token decoding) and the text that became
   certain with them: whole UTF-8 characters, nothing that may yet be part of a stop string.
   n_bytes may be 0; a last call may come with n_tokens 0. Return false to stop. */
typedef bool (*eng_on_tokens)(void *data, const int32_t *ids, int n_tokens, const char *text,
                              size_t n_bytes);

/* Token mask: clear allowed[i] (n_vocab entries, all true on entry) for what may not come next.
   `ids` are the n tokens generated so far. */
typedef void (*eng_mask)(void *data, const int32_t *ids, int n, bool *allowed, int n_vocab);

struct eng_generate_options {
    size_t size;
    int max_tokens;                  /* 0 = until the context is full */
    float temperature;               /* 0 = greedy: the likeliest token, ties to the lowest id */
    int top_k;                       /* 0 = off */
    float top_p;                     /* 0 or 1 = off */
    float min_p;                     /* 0 = off */
    uint64_t seed;                   /* the same seed gives the same text on the same device kind */
    bool ignore_eog;                 /* end-of-generation ids are masked */
    const char *const *stop_strings; /* borrowed; n_stop_strings of them */
    int n_stop_strings;
    eng_mask mask;
    eng_on_tokens on_tokens;
    void *data;                /* for mask and on_tokens */
    const atomic_bool *cancel; /* looked at for each token; may be NULL */
};

struct eng_stats {
    int prompt_tokens;    /* tokens of the segments last set */
    int reused_tokens;    /* of them found in the cache */
    int generated_tokens; /* accepted, an end-of-generation token not counted */
    int drafted_tokens, accepted_drafts;
    int n_steps; /* forward passes while generating */
    double prefill_seconds, decode_seconds, first_token_seconds;
    enum eng_stop stop;
};

/* Continues the timeline; generated tokens become part of it. stats may be NULL. ENG_OK for every
   reason to stop but ENG_STOP_ERROR; also when cancelled, and then the token that was being
   computed is not part of the timeline. ENG_ERR_ARGUMENT before the first eng_session_set. */
enum eng_status eng_generate(struct eng_session *session,
                             const struct eng_generate_options *options, struct eng_stats *stats,
                             struct eng_err *err);
