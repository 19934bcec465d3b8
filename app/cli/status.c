/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lectern status`: what the library holds, and which files it could not take. */
#include "app/cli/problems.h"
#include "app/cli/verbs.h"
#include <glib/gi18n.h>
#include <inttypes.h>

static void print_json(const struct cli *cli, const struct rag_status *s)
{
    const struct {
        const char *key;
        int64_t value;
    } states[] = {{"waiting", s->waiting}, {"reading", s->reading}, {"ready", s->ready},
                  {"failed", s->failed},   {"skipped", s->skipped}, {"offline", s->offline}},
      counts[] = {{"contents", s->contents},
                  {"passages", s->passages},
                  {"embedded", s->embedded},
                  {"jobs", s->jobs},
                  {"roots", s->roots},
                  {"conversations", s->conversations},
                  {"answers", s->answers},
                  {"database_bytes", s->database_bytes},
                  {"vector_index_bytes", s->vector_index_bytes},
                  {"schema_version", s->schema_version}};
    g_auto(JsonWrite) json = JSON_WRITE_INIT;

    json_write_begin(&json, NULL, '{');
    json_write_string(&json, "library", cli->library);
    json_write_begin(&json, "documents", '{');
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        json_write_int(&json, states[i].key, states[i].value);
    json_write_end(&json);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        json_write_int(&json, counts[i].key, counts[i].value);
    json_write_bool(&json, "vector_index_current", s->vector_index_current);
    cli_write_problems(&json, s->problems);
    json_write_end(&json);
    cli_print_json(&json);
}

static void print_text(const struct cli *cli, const struct rag_status *s)
{
    g_autofree char *database = g_format_size((guint64)s->database_bytes);
    g_autofree char *vectors = g_format_size((guint64)s->vector_index_bytes);

    printf(_("Library     %s\n"), cli->library);
    printf(_("Documents   %" PRId64 " ready, %" PRId64 " waiting, %" PRId64 " being read, %" PRId64
             " failed, %" PRId64 " skipped, %" PRId64 " offline\n"),
           s->ready, s->waiting, s->reading, s->failed, s->skipped, s->offline);
    printf(_("Passages    %" PRId64 ", of them %" PRId64 " with a vector\n"), s->passages,
           s->embedded);
    printf(_("Vectors     %s\n"), s->vector_index_current
                                      ? _("the index is up to date")
                                      : _("the index is made again at the next search"));
    printf(_("Size        %s database, %s vector index\n"), database, vectors);
    printf(_("Asked       %" PRId64 " answers in %" PRId64 " conversations\n"), s->answers,
           s->conversations);
    if (s->jobs > 0)
        printf(_("To do       %" PRId64 " jobs: `lectern index` goes on with them\n"), s->jobs);
    cli_print_problems(s->problems);
}

int verb_status(struct cli *cli, int argc, char **argv)
{
    const GOptionEntry entries[] = {{NULL}};
    struct cli_library library;
    struct rag_status status = {0};
    g_autoptr(GError) error = NULL;
    int code = CLI_OK;

    if (!cli_parse(cli, argc, argv, entries, "", _("Shows what the library holds."), 0, 0))
        return CLI_USAGE;
    if (!cli_library_open(cli, CLI_LIBRARY_LOOK, &library, &error))
        return cli_fail(cli, error);
    if (!rag_status(library.rag, &status, &error))
        code = cli_fail(cli, error);
    else if (cli->json)
        print_json(cli, &status);
    else
        print_text(cli, &status);
    rag_status_clear(&status);
    cli_library_close(&library);
    return code;
}
