/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lectern forget`: removes documents everywhere. A path need not exist any more: what was added
 * and then deleted on disk can be forgotten too.
 */
#include "app/cli/verbs.h"
#include <glib/gi18n.h>
#include <inttypes.h>

static int forget_one(struct cli *cli, RagLibrary *rag, const char *path, JsonWrite *json)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    int64_t n = rag_forget(rag, absolute, &error);

    if (n < 0)
        return cli_fail(cli, error);
    json_write_begin(json, NULL, '{');
    json_write_string(json, "path", absolute);
    json_write_int(json, "removed", n);
    json_write_end(json);
    if (n == 0)
        cli_say(_("%s: the library holds nothing of it."), absolute);
    else if (!cli->json)
        printf(ngettext("%s: %" PRId64 " document removed\n", "%s: %" PRId64 " documents removed\n",
                        (gulong)n),
               absolute, n);
    return n == 0 ? CLI_NOTHING : CLI_OK;
}

int verb_forget(struct cli *cli, int argc, char **argv)
{
    const GOptionEntry entries[] = {{NULL}};
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    struct cli_library library;
    g_autoptr(GError) error = NULL;
    int code = CLI_OK;

    if (!cli_parse(
            cli, argc, argv, entries, "PATH…",
            _("Removes files, or all files below a folder, from the library: text, vectors "
              "and all. The files themselves stay where they are, and are not added again "
              "with the folder that holds them. What answers already given quote of them goes "
              "too; what was asked and written stays."),
            1, -1))
        return CLI_USAGE;
    if (!cli_library_open(cli, 0, &library, &error))
        return cli_fail(cli, error);
    json_write_begin(&json, NULL, '{');
    json_write_begin(&json, "forgotten", '[');
    for (char **path = cli->arguments; *path; path++) {
        int one = forget_one(cli, library.rag, *path, &json);
        code = one == CLI_OK || code == CLI_FAILED ? code : one;
    }
    json_write_end(&json);
    json_write_end(&json);
    if (cli->json)
        cli_print_json(&json);
    cli_library_close(&library);
    return code;
}
