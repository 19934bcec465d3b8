/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.h: what every verb of the command line is given, and how it says how it went.
 *
 * A verb is `int verb_x(struct cli *cli, int argc, char **argv)`; argv[0] is its name. It calls
 * cli_parse() first, prints results to stdout and everything else to stderr, and returns an exit
 * code, for an error by cli_fail(). The verbs run in the main thread; only the cancellable is
 * touched by another.
 */
#pragma once

#include "app/json-write.h"
#include "app/model-library.h"
#include "engine/engine.h"
#include "rag/rag.h"
#include <gio/gio.h>
#include <stdio.h>

/* The contract of exit codes. */
enum cli_exit {
    CLI_OK = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
    CLI_NOTHING = 3, /* a search without a hit, a library without documents */
    CLI_CANCELLED = 130,
};

/* Longest question, query or prompt that is read from standard input or a line of a batch. */
#define CLI_MAX_TEXT (16 << 20)

struct cli {
    const char *verb;
    char *library; /* (owned) folder */
    char *model;   /* (owned) name or file; NULL: the default of the purpose */
    char *device;  /* (owned) NULL: auto */
    int n_threads;
    gboolean json;
    GStrv arguments;           /* (owned) what is no option */
    GCancellable *cancellable; /* (borrowed) cancelled by SIGINT and SIGTERM */
    const atomic_bool *cancel; /* the same for the engine */
};

/* Runs `lectern` with these arguments; the exit code. */
int cli_main(int argc, char **argv);

/*
 * Reads the verb's options and the common ones; fills cli->arguments. `arguments` names what is no
 * option ("PATH…"), min and max say how many there may be (max −1: any number). --help is answered
 * here. false: wrong usage, already said; return CLI_USAGE.
 */
bool cli_parse(struct cli *cli, int argc, char **argv, const GOptionEntry *entries,
               const char *arguments, const char *description, int min, int max);
/* Says what is wrong with the usage, and how to get help; returns CLI_USAGE. */
int cli_usage(const struct cli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Says the error; returns its exit code. */
int cli_fail(const struct cli *cli, const GError *error);
int cli_exit_code(const GError *error);
/* One sentence to stderr. */
void cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Writes out what was printed so far; false when nobody can receive it any more. */
bool cli_flush(void);
/* Prints the JSON value and a line's end; false as above. */
bool cli_print_json(JsonWrite *json);

/* The engine's error as a GError; false. */
bool cli_engine_error(const struct eng_err *err, GError **error);
/* The model for the purpose, opened (owned). A model of the other kind is an error. */
struct engine *cli_open_engine(struct cli *cli, ModelLibrary *models, enum model_purpose purpose,
                               GError **error);
/* The chat model, where the caller needs nothing of the list of models. */
struct engine *cli_open_chat(struct cli *cli, GError **error);
/* Metadata and tokenizer of any model, --model's or the chat model's; no weights. */
struct engine *cli_open_vocabulary(struct cli *cli, GError **error);

/* A library with its embedder. */
struct cli_library {
    struct engine *embedder; /* (owned) NULL: full text only */
    char *embedder_hash;     /* (owned) */
    RagLibrary *rag;         /* (owned) */
    bool read_only;          /* nothing that is asked is kept */
};
enum cli_library_flags {
    CLI_LIBRARY_CREATE = 1,         /* made if it is not there; else that is APP_ERROR_NOTHING */
    CLI_LIBRARY_NAMED_EMBEDDER = 2, /* --model names the embedder */
    CLI_LIBRARY_LOOK = 4,           /* only looks things up: if the library cannot be written, it is
                                       opened for that (and it is said) */
};
bool cli_library_open(struct cli *cli, unsigned flags, struct cli_library *out, GError **error);
void cli_library_close(struct cli_library *library);
/* Does the folder hold anything yet? */
bool cli_library_exists(const struct cli *cli);

/* The question or words that the verb was given: its arguments, or standard input where they are
   "-" (an argument cannot hold more than 128 KiB), without white space around them. Empty, it is an
   error. NULL with an error; caller frees. */
char *cli_question(const struct cli *cli, GError **error);

/* Makes each path absolute, in its place; returns the list, NULL for NULL. */
GStrv cli_absolute(GStrv paths);

/* --- signals: cli/cancel.c -------------------------------------------------------------------- */

/* The first SIGINT or SIGTERM cancels what these say, the second ends the program. */
void cli_cancel_install(GCancellable *cancellable);
const atomic_bool *cli_cancel_flag(void);

/* --- progress: cli/progress.c ------------------------------------------------------------------
 */

/* On a terminal one line that is written over; else nothing. Text is cut to the width. */
void cli_progress(const char *format, ...) G_GNUC_PRINTF(1, 2);
void cli_progress_clear(void);
