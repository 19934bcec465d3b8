/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lectern index`: adds paths and works until every document has a final state.
 *
 * Exit code: a bad file inside a folder is reported and is no failure of the whole; a path that was
 * named on the command line and did not become part of the library is one.
 */
#include "app/cli/problems.h"
#include "app/cli/verbs.h"
#include <glib/gi18n.h>
#include <inttypes.h>

static void on_progress(const struct rag_progress *p, void *data)
{
    switch (p->phase) {
    case RAG_PHASE_SCAN:
        cli_progress(_("looking: %" PRId64 " files"), p->n_done);
        break;
    case RAG_PHASE_READ:
        cli_progress(_("reading %" PRId64 "/%" PRId64 "  %s"), p->n_done, p->n_total,
                     p->path ?: "");
        break;
    case RAG_PHASE_EMBED:
        cli_progress(_("embedding %" PRId64 "/%" PRId64 " passages"), p->n_done, p->n_total);
        break;
    }
}

static void print_json(const struct rag_index_result *r)
{
    const struct {
        const char *key;
        int64_t value;
    } counts[] = {
        {"seen", r->n_seen},         {"new", r->n_new},         {"changed", r->n_changed},
        {"same", r->n_same},         {"removed", r->n_removed}, {"ready", r->n_ready},
        {"failed", r->n_failed},     {"skipped", r->n_skipped}, {"passages", r->n_passages},
        {"embedded", r->n_embedded}, {"waiting", r->n_waiting}};
    g_auto(JsonWrite) json = JSON_WRITE_INIT;

    json_write_begin(&json, NULL, '{');
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        json_write_int(&json, counts[i].key, counts[i].value);
    json_write_double(&json, "text_seconds", r->text_seconds);
    json_write_double(&json, "vector_seconds", r->vector_seconds);
    cli_write_problems(&json, r->problems);
    json_write_end(&json);
    cli_print_json(&json);
}

static void print_text(const struct rag_index_result *r)
{
    cli_print_problems(r->problems);
    printf(ngettext("%" PRId64 " document ready, %" PRId64 " failed, %" PRId64 " skipped (%" PRId64
                    " new, %" PRId64 " changed, %" PRId64 " removed)\n",
                    "%" PRId64 " documents ready, %" PRId64 " failed, %" PRId64 " skipped (%" PRId64
                    " new, %" PRId64 " changed, %" PRId64 " removed)\n",
                    (gulong)r->n_ready),
           r->n_ready, r->n_failed, r->n_skipped, r->n_new, r->n_changed, r->n_removed);
    if (r->n_passages == 0 && r->n_embedded == 0)
        return;
    printf(ngettext("%" PRId64 " passage added, its text after %.1f s, ",
                    "%" PRId64 " passages added, their text after %.1f s, ", (gulong)r->n_passages),
           r->n_passages, r->text_seconds);
    printf(ngettext("%" PRId64 " vector after %.1f s\n", "%" PRId64 " vectors after %.1f s\n",
                    (gulong)r->n_embedded),
           r->n_embedded, r->vector_seconds);
}

/* Is one of the problems a path that the person named? */
static bool named_path_failed(GPtrArray *problems, GStrv paths)
{
    for (guint i = 0; problems && i < problems->len; i++) {
        const struct rag_problem *problem = problems->pdata[i];
        if (!problem->offline && g_strv_contains((const char *const *)paths, problem->path))
            return true;
    }
    return false;
}

int verb_index(struct cli *cli, int argc, char **argv)
{
    struct rag_index_options options = {.size = sizeof options, .on_progress = on_progress};
    struct rag_index_result result = {0};
    const GOptionEntry entries[] = {
        {"timeout", 0, 0, G_OPTION_ARG_INT, &options.read_timeout_seconds,
         N_("longest time to read one document (120)"), "SECONDS"},
        {NULL},
    };
    struct cli_library library;
    GStrv paths;
    g_autoptr(GError) error = NULL;
    int code = CLI_OK;

    if (!cli_parse(cli, argc, argv, entries, "[PATH…]",
                   _("Adds files and folders to the library, or looks again at all that were added "
                     "before where no path is given. Ends when every document is ready, skipped or "
                     "failed. --model names the embedder."),
                   0, -1))
        return CLI_USAGE;
    if (options.read_timeout_seconds < 0)
        return cli_usage(cli, _("--timeout must not be negative."));
    if (!cli_library_open(cli,
                          CLI_LIBRARY_NAMED_EMBEDDER | (*cli->arguments ? CLI_LIBRARY_CREATE : 0),
                          &library, &error))
        return cli_fail(cli, error);
    paths = cli_absolute(cli->arguments);
    if (!rag_index(library.rag, (const char *const *)paths, g_strv_length(paths), &options, &result,
                   cli->cancellable, &error)) {
        code = cli_fail(cli, error);
    } else {
        cli_progress_clear();
        if (cli->json)
            print_json(&result);
        else
            print_text(&result);
        if (result.n_waiting > 0)
            cli_say(ngettext("%" PRId64 " document elsewhere is not done; `lectern index` without "
                             "a path goes on with it.",
                             "%" PRId64 " documents elsewhere are not done; `lectern index` "
                             "without a path goes on with them.",
                             (gulong)result.n_waiting),
                    result.n_waiting);
        if (named_path_failed(result.problems, paths)) {
            if (cli->json)
                cli_say(_("Not every path could be added; “problems” says why."));
            code = CLI_FAILED;
        }
    }
    rag_index_result_clear(&result);
    cli_library_close(&library);
    return code;
}
