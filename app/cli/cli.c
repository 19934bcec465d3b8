/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From arguments to a verb and from its end to an exit code.
 *
 * Options that all verbs share may stand before the verb or after it. Text arguments are taken as
 * file names are, byte for byte: GLib would convert strings from the locale's encoding and refuse
 * what it cannot convert, but a prompt is allowed to be any bytes.
 */
#include "app/cli/cli.h"
#include "app/cli/verbs.h"
#include "app/error.h"
#include "app/paths.h"
#include "app/regular-file.h"
#include "config.h"
#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    int (*run)(struct cli *cli, int argc, char **argv);
    const char *summary;
} verbs[] = {
    {"index", verb_index, N_("add files and folders to the library")},
    {"status", verb_status, N_("what the library holds")},
    {"forget", verb_forget, N_("remove documents from the library")},
    {"search", verb_search, N_("find passages")},
    {"ask", verb_ask, N_("answer a question from the documents")},
    {"generate", verb_generate, N_("continue a text with the chat model")},
    {"tokenize", verb_tokenize, N_("text to token ids and back")},
    {"logits", verb_logits, N_("the likeliest next tokens")},
    {"embed", verb_embed, N_("lines to vectors")},
    {"models", verb_models, N_("list, show, import and verify models")},
    {"devices", verb_devices, N_("what this machine computes on")},
    {"doctor", verb_doctor, N_("check and repair library, models and devices")},
};

/* --- saying things ------------------------------------------------------------------------------
 */

void cli_say(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    cli_progress_clear();
    fprintf(stderr, "lectern: %s\n", text);
}

static int point_to_help(const struct cli *cli)
{
    fprintf(stderr, _("See `lectern%s%s --help`.\n"), cli->verb ? " " : "", cli->verb ?: "");
    return CLI_USAGE;
}

int cli_usage(const struct cli *cli, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    cli_say("%s", text);
    return point_to_help(cli);
}

int cli_exit_code(const GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return CLI_CANCELLED;
    if (g_error_matches(error, RAG_ERROR, RAG_ERROR_EMPTY_LIBRARY) ||
        g_error_matches(error, APP_ERROR, APP_ERROR_NOTHING))
        return CLI_NOTHING;
    if (g_error_matches(error, RAG_ERROR, RAG_ERROR_EMPTY_QUESTION) ||
        g_error_matches(error, APP_ERROR, APP_ERROR_USAGE))
        return CLI_USAGE;
    return CLI_FAILED;
}

int cli_fail(const struct cli *cli, const GError *error)
{
    int code = cli_exit_code(error);

    cli_say("%s", code == CLI_CANCELLED ? _("Cancelled.") : error->message);
    return code == CLI_USAGE ? point_to_help(cli) : code;
}

bool cli_engine_error(const struct eng_err *err, GError **error)
{
    if (err->status == ENG_CANCELLED)
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, err->text);
    else
        g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, err->text);
    return false;
}

bool cli_flush(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}

bool cli_print_json(JsonWrite *json)
{
    fwrite(json->text->str, 1, json->text->len, stdout);
    fputc('\n', stdout);
    return cli_flush();
}

/* --- options ------------------------------------------------------------------------------------
 */

static void add_common_options(GOptionContext *context, struct cli *cli)
{
    const GOptionEntry entries[] = {
        {"library", 0, 0, G_OPTION_ARG_FILENAME, &cli->library, N_("the library's folder"), "DIR"},
        {"model", 0, 0, G_OPTION_ARG_FILENAME, &cli->model, N_("a model by name or file"),
         "NAME|FILE"},
        {"device", 0, 0, G_OPTION_ARG_FILENAME, &cli->device, N_("where to compute"), "auto|cpu"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &cli->n_threads,
         N_("processor threads; 0: one for each core"), "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_("results as JSON"), NULL},
        {NULL},
    };
    g_option_context_add_main_entries(context, entries, LECTERN_GETTEXT_PACKAGE);
}

static bool check_common_options(const struct cli *cli)
{
    if (cli->n_threads < 0 || cli->n_threads > 1024) {
        cli_usage(cli, _("--threads %d is not between 0 and 1024."), cli->n_threads);
        return false;
    }
    if (cli->device && !g_str_equal(cli->device, "auto") && !g_str_equal(cli->device, "cpu") &&
        !g_str_has_prefix(cli->device, "vulkan")) {
        cli_usage(cli, _("--device %s is unknown; there are auto and cpu."), cli->device);
        return false;
    }
    return true;
}

bool cli_parse(struct cli *cli, int argc, char **argv, const GOptionEntry *entries,
               const char *arguments, const char *description, int min, int max)
{
    g_autofree char *command = g_strconcat("lectern ", cli->verb, NULL);
    g_autoptr(GOptionContext) context = g_option_context_new(arguments);
    g_autoptr(GError) error = NULL;
    const GOptionEntry rest[] = {
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &cli->arguments, NULL, NULL},
        {NULL},
    };
    char *folder;
    int n;

    g_set_prgname(command); /* "Usage: lectern search [OPTION…] WORDS…" */
    g_option_context_set_summary(context, description);
    g_option_context_add_main_entries(context, entries, LECTERN_GETTEXT_PACKAGE);
    add_common_options(context, cli);
    g_option_context_add_main_entries(context, rest, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        cli_usage(cli, "%s.", error->message);
        return false;
    }
    if (!check_common_options(cli))
        return false;
    folder = cli->library ? g_canonicalize_filename(cli->library, NULL) : paths_library();
    g_free(cli->library);
    cli->library = folder;
    if (!cli->arguments)
        cli->arguments = g_new0(char *, 1);
    n = (int)g_strv_length(cli->arguments);
    if (n < min || (max >= 0 && n > max)) {
        cli_usage(cli,
                  n < min ? _("Something is missing: %s %s.")
                          : _("There are too many arguments: %s %s."),
                  command, arguments);
        return false;
    }
    return true;
}

char *cli_question(const struct cli *cli, GError **error)
{
    g_autofree char *question = NULL;
    gsize n;

    if (g_strcmp0(cli->arguments[0], "-") != 0 || cli->arguments[1])
        question = g_strjoinv(" ", cli->arguments);
    else if (!regular_stream_read(STDIN_FILENO, _("standard input"), CLI_MAX_TEXT, &question, &n,
                                  error))
        return NULL;
    g_strstrip(question);
    if (*question)
        return g_steal_pointer(&question);
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, _("The question is empty: write it after `%s`."),
                g_get_prgname());
    return NULL;
}

GStrv cli_absolute(GStrv paths)
{
    for (char **path = paths; path && *path; path++) {
        char *absolute = g_canonicalize_filename(*path, NULL);
        g_free(*path);
        *path = absolute;
    }
    return paths;
}

/* --- the program
 * ---------------------------------------------------------------------------------- */

static void print_help(void)
{
    printf(_("Lectern answers questions from your own documents, on your own machine.\n\n"
             "Usage: lectern VERB …\n\n"));
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        printf("  %-10s %s\n", verbs[i].name, _(verbs[i].summary));
    printf(_("\nBegin with `lectern index FOLDER`, then `lectern ask \"question\"`.\n"
             "`lectern VERB --help` tells more. Options of every verb: --library DIR,\n"
             "--model NAME|FILE, --device auto|cpu, --threads N, --json.\n"
             "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing there, 130 cancelled.\n"));
}

/* Results that did not arrive are a failure, whatever the verb thought; a reader who left
   (`| head`) needs no sentence about it. */
static int finish(int code)
{
    cli_progress_clear();
    errno = 0;
    if (cli_flush())
        return code;
    if (errno != EPIPE && errno != 0)
        cli_say(_("The results could not be written: %s."), g_strerror(errno));
    return code == CLI_OK ? CLI_FAILED : code;
}

static int run_verb(struct cli *cli, int argc, char **argv)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (g_str_equal(argv[0], verbs[i].name)) {
            cli->verb = verbs[i].name;
            return verbs[i].run(cli, argc, argv);
        }
    return cli_usage(cli, _("Unknown verb: %s."), argv[0]);
}

int cli_main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new("VERB …");
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    gboolean version = FALSE, help = FALSE;
    struct cli cli = {.cancellable = cancellable, .cancel = cli_cancel_flag()};
    const GOptionEntry entries[] = {
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL},
        {NULL},
    };
    int code;

    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_strict_posix(context, TRUE);
    g_option_context_add_main_entries(context, entries, NULL);
    add_common_options(context, &cli);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        code = cli_usage(&cli, "%s.", error->message);
    } else if (version) {
        printf("lectern %s%s%s\n", LECTERN_VERSION, *LECTERN_COMMIT ? " " : "", LECTERN_COMMIT);
        code = CLI_OK;
    } else if (help || argc < 2) {
        print_help();
        code = CLI_OK;
    } else {
        cli_cancel_install(cancellable);
        code = run_verb(&cli, argc - 1, argv + 1);
    }
    code = finish(code);
    g_free(cli.library);
    g_free(cli.model);
    g_free(cli.device);
    g_strfreev(cli.arguments);
    return code;
}
