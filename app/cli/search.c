/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lectern search`: ranked passages, without a language model. */
#include "app/cli/batch.h"
#include "app/cli/passages.h"
#include "app/cli/verbs.h"
#include "app/error.h"
#include <glib/gi18n.h>

struct search {
    struct cli *cli;
    RagLibrary *rag;
    struct rag_search_options options;
};

static bool answer(void *data, const char *question, JsonWrite *json, GError **error)
{
    struct search *search = data;
    gint64 start = g_get_monotonic_time();
    g_autoptr(GPtrArray) hits =
        rag_search(search->rag, question, &search->options, search->cli->cancellable, error);

    if (!hits)
        return false;
    cli_write_passages(json, hits, false);
    json_write_double(json, "seconds", (double)(g_get_monotonic_time() - start) / 1e6);
    return true;
}

static void print_hits(GPtrArray *hits)
{
    for (guint i = 0; i < hits->len; i++) {
        const struct rag_hit *hit = hits->pdata[i];
        g_autofree char *place = cli_position_text(hit->pos_kind, hit->pos_from, hit->pos_to);

        printf("%s%u. %s%s  (%.4f", i ? "\n" : "", i + 1, hit->path, place, hit->score);
        if (hit->text_rank)
            printf(_(", words %d"), hit->text_rank);
        if (hit->vector_rank)
            printf(_(", meaning %d"), hit->vector_rank);
        printf(")\n");
        if (hit->heading && *hit->heading)
            printf("   %s\n", hit->heading);
        printf("   %s\n", hit->text);
    }
}

static int search_once(struct search *search, const char *query)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) hits = NULL;
    gint64 start = g_get_monotonic_time();

    hits = rag_search(search->rag, query, &search->options, search->cli->cancellable, &error);
    if (!hits)
        return cli_fail(search->cli, error);
    if (search->cli->json) {
        g_auto(JsonWrite) json = JSON_WRITE_INIT;
        json_write_begin(&json, NULL, '{');
        json_write_string(&json, "query", query);
        cli_write_passages(&json, hits, false);
        json_write_double(&json, "seconds", (double)(g_get_monotonic_time() - start) / 1e6);
        json_write_end(&json);
        cli_print_json(&json);
    } else {
        print_hits(hits);
    }
    if (hits->len > 0)
        return CLI_OK;
    cli_say(_("Nothing was found that has to do with it. Other words may help; `lectern status` "
              "shows what is there."));
    return CLI_NOTHING;
}

int verb_search(struct cli *cli, int argc, char **argv)
{
    struct search search = {.cli = cli, .options = {.size = sizeof search.options, .k = 10}};
    g_auto(GStrv) scope = NULL;
    g_autofree char *batch = NULL, *query = NULL;
    const GOptionEntry entries[] = {
        {"count", 'k', 0, G_OPTION_ARG_INT, &search.options.k, N_("how many passages (10)"), "N"},
        {"scope", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &scope,
         N_("only files at or below this path; may be given several times"), "PATH"},
        {"batch", 0, 0, G_OPTION_ARG_FILENAME, &batch,
         N_("questions from a file, one JSON object a line; - reads standard input"), "FILE.jsonl"},
        {NULL},
    };
    struct cli_library library;
    g_autoptr(GError) error = NULL;
    int code;

    if (!cli_parse(
            cli, argc, argv, entries, "WORDS… | - | --batch FILE.jsonl",
            _("Finds passages by their words and their meaning. - reads the words from standard "
              "input. --model names the embedder."),
            0, -1))
        return CLI_USAGE;
    if (batch && *cli->arguments)
        return cli_usage(cli, _("Give either words or --batch, not both."));
    if (search.options.k < 1 || search.options.k > 1000)
        return cli_usage(cli, _("-k %d is not between 1 and 1000."), search.options.k);
    if (!batch && !(query = cli_question(cli, &error)))
        return cli_fail(cli, error);
    search.options.scope = (const char *const *)cli_absolute(scope);
    if (!cli_library_open(cli, CLI_LIBRARY_NAMED_EMBEDDER | CLI_LIBRARY_LOOK, &library, &error))
        return cli_fail(cli, error);
    search.rag = library.rag;
    code = batch ? cli_batch_run(cli, batch, answer, &search) : search_once(&search, query);
    cli_library_close(&library);
    return code;
}
