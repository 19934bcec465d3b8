/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lectern embed`: each line of standard input to one line with its vector. Lines go in batches,
 * for the engine computes texts of like length together. An empty line is a text too, so that line
 * n of the output always belongs to line n of the input.
 */
#include "engine/embed.h"
#include "app/cli/verbs.h"
#include "app/error.h"
#include "app/regular-file.h"
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#define BATCH     32
#define MAX_BYTES (256 << 20)

static bool print_vector(struct cli *cli, const float *vector, int dim)
{
    g_autoptr(GString) line = g_string_new(cli->json ? "[" : NULL);
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    for (int i = 0; i < dim; i++) {
        if (i)
            g_string_append_c(line, cli->json ? ',' : ' ');
        g_string_append(line, g_ascii_formatd(digits, sizeof digits, "%.9g", vector[i]));
    }
    g_string_append(line, cli->json ? "]\n" : "\n");
    fwrite(line->str, 1, line->len, stdout);
    return !ferror(stdout);
}

static bool embed(struct cli *cli, struct engine *engine, GPtrArray *lines, GError **error)
{
    int dim = eng_embed_dim(engine);
    g_autofree float *vectors = g_new(float, (gsize)dim *BATCH);
    struct eng_err err;

    for (guint from = 0; from < lines->len; from += BATCH) {
        guint n = MIN(BATCH, lines->len - from);
        if (eng_embed(engine, (const char *const *)lines->pdata + from, n, vectors, cli->cancel,
                      &err) != ENG_OK)
            return cli_engine_error(&err, error);
        for (guint i = 0; i < n; i++)
            if (!print_vector(cli, vectors + (gsize)i * (gsize)dim, dim))
                return true; /* nobody reads on: said at the end */
        if (!cli_flush())
            return true;
        cli_progress(_("embedded %u of %u lines"), from + n, lines->len);
    }
    return true;
}

/* Zero-terminated, valid UTF-8; a line's end at the end of the input begins no further line. */
static GPtrArray *split_lines(const char *text, gsize n)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (const char *line = text, *end; line < text + n; line = end + 1) {
        end = memchr(line, '\n', (size_t)(text + n - line));
        if (!end)
            end = text + n;
        g_ptr_array_add(lines, g_utf8_make_valid(line, end - line));
    }
    return lines;
}

int verb_embed(struct cli *cli, int argc, char **argv)
{
    const GOptionEntry entries[] = {{NULL}};
    g_autoptr(ModelLibrary) models = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    struct engine *engine;
    gsize n;

    if (!cli_parse(cli, argc, argv, entries, "",
                   _("Reads texts from standard input, one a line, and prints their vectors, one a "
                     "line. --model names the embedder."),
                   0, 0))
        return CLI_USAGE;
    models = model_library_open();
    engine = cli_open_engine(cli, models, MODEL_EMBEDDER, &error);
    if (engine &&
        regular_stream_read(STDIN_FILENO, _("standard input"), MAX_BYTES, &text, &n, &error)) {
        g_autoptr(GPtrArray) lines = split_lines(text, n);
        embed(cli, engine, lines, &error);
    }
    eng_close(engine);
    return error ? cli_fail(cli, error) : CLI_OK;
}
