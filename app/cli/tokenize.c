/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lectern tokenize`: standard input to token ids on one line, or back. Needs no weights. */
#include "app/cli/verbs.h"
#include "app/error.h"
#include "app/regular-file.h"
#include <glib/gi18n.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_BYTES (64 << 20)

static bool print_ids(struct cli *cli, const struct engine *engine, const char *text, gsize n_bytes,
                      unsigned flags, GError **error)
{
    int32_t *ids = NULL;
    size_t n = 0;
    struct eng_err err;

    if (eng_tokenize(engine, text, n_bytes, flags, &ids, &n, &err) != ENG_OK)
        return cli_engine_error(&err, error);
    if (cli->json) {
        g_auto(JsonWrite) json = JSON_WRITE_INIT;
        json_write_begin(&json, NULL, '{');
        json_write_begin(&json, "ids", '[');
        for (size_t i = 0; i < n; i++)
            json_write_int(&json, NULL, ids[i]);
        json_write_end(&json);
        json_write_end(&json);
        cli_print_json(&json);
    } else {
        for (size_t i = 0; i < n; i++)
            printf("%s%d", i ? " " : "", ids[i]);
        putchar('\n');
    }
    free(ids);
    return true;
}

/* The bytes of all ids, or NULL: something in the input is no id of this model. */
static GString *decode(const struct engine *engine, const char *text, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *p = text;

    for (;;) {
        char *end;
        gint64 id;
        size_t n;
        const char *bytes;

        while (g_ascii_isspace(*p))
            p++;
        if (!*p)
            return g_steal_pointer(&out);
        id = g_ascii_strtoll(p, &end, 10);
        bytes = id >= 0 && id <= G_MAXINT32 ? eng_token_bytes(engine, (int32_t)id, &n) : NULL;
        if (end == p || (*end && !g_ascii_isspace(*end)) || !bytes) {
            g_set_error(error, APP_ERROR, APP_ERROR_USAGE,
                        _("“%.20s” is no token id of this model; ids are numbers, separated by "
                          "spaces."),
                        p);
            return NULL;
        }
        g_string_append_len(out, bytes, (gssize)n);
        p = end;
    }
}

static bool print_text(struct cli *cli, const struct engine *engine, const char *text,
                       GError **error)
{
    GString *bytes = decode(engine, text, error);

    if (!bytes)
        return false;
    if (cli->json) {
        g_auto(JsonWrite) json = JSON_WRITE_INIT;
        json_write_begin(&json, NULL, '{');
        json_write_bytes(&json, "text", bytes->str, bytes->len);
        json_write_end(&json);
        cli_print_json(&json);
    } else {
        fwrite(bytes->str, 1, bytes->len, stdout);
    }
    g_string_free(bytes, TRUE);
    return true;
}

int verb_tokenize(struct cli *cli, int argc, char **argv)
{
    gboolean special = FALSE, no_bos = FALSE, back = FALSE;
    const GOptionEntry entries[] = {
        {"special", 0, 0, G_OPTION_ARG_NONE, &special,
         N_("read special tokens that are written in the text"), NULL},
        {"no-bos", 0, 0, G_OPTION_ARG_NONE, &no_bos, N_("no beginning-of-text token"), NULL},
        {"decode", 0, 0, G_OPTION_ARG_NONE, &back, N_("ids to text"), NULL},
        {NULL},
    };
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    struct engine *engine;
    unsigned flags;
    gsize n;

    if (!cli_parse(cli, argc, argv, entries, "",
                   _("Reads a text from standard input and prints its token ids on one line."), 0,
                   0))
        return CLI_USAGE;
    flags = (no_bos ? 0 : ENG_TOKENIZE_BOS) | (special ? ENG_TOKENIZE_SPECIAL : 0);
    engine = cli_open_vocabulary(cli, &error);
    if (engine &&
        regular_stream_read(STDIN_FILENO, _("standard input"), MAX_BYTES, &text, &n, &error)) {
        if (back)
            print_text(cli, engine, text, &error);
        else
            print_ids(cli, engine, text, n, flags, &error);
    }
    eng_close(engine);
    return error ? cli_fail(cli, error) : CLI_OK;
}
