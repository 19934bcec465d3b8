/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lectern generate`: raw completion, or one turn of a chat, without documents. */
#include "app/cli/verbs.h"
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

struct generation {
    struct cli *cli;
    GString *text; /* (owned) */
    GArray *ids;   /* (owned) of int32_t */
};

static bool on_tokens(void *data, const int32_t *ids, int n_tokens, const char *text,
                      size_t n_bytes)
{
    struct generation *generation = data;

    g_array_append_vals(generation->ids, ids, (guint)n_tokens);
    g_string_append_len(generation->text, text, (gssize)n_bytes);
    if (generation->cli->json)
        return true;
    fwrite(text, 1, n_bytes, stdout);
    return cli_flush();
}

/* The prompt as it is, special tokens read, or as the user's turn of a chat. */
static bool set_prompt(struct cli *cli, struct engine *engine, struct eng_session *session,
                       const char *prompt, bool chat, GError **error)
{
    struct eng_set_options options = {.size = sizeof options, .cancel = cli->cancel};
    struct eng_message message = {.role = "user", .content = prompt};
    struct eng_segment raw = {
        .text = prompt,
        .n_bytes = strlen(prompt),
        .flags = ENG_SEGMENT_BOS | ENG_SEGMENT_SPECIAL,
    };
    struct eng_segment *segments = &raw;
    size_t n = 1;
    struct eng_err err;
    enum eng_status status = ENG_OK;

    if (chat)
        status = eng_chat_segments(engine, &message, 1, true, &segments, &n, &err);
    if (status == ENG_OK)
        status = eng_session_set(session, segments, n, &options, &err);
    if (segments != &raw)
        free(segments);
    return status == ENG_OK || cli_engine_error(&err, error);
}

static double per_second(int n, double seconds)
{
    return seconds > 0 ? n / seconds : 0;
}

static void print_json(const struct engine *engine, const struct generation *generation,
                       const struct eng_stats *stats)
{
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    int n_prefilled = stats->prompt_tokens - stats->reused_tokens;

    json_write_begin(&json, NULL, '{');
    json_write_bytes(&json, "text", generation->text->str, generation->text->len);
    json_write_begin(&json, "tokens", '[');
    for (guint i = 0; i < generation->ids->len; i++)
        json_write_int(&json, NULL, g_array_index(generation->ids, int32_t, i));
    json_write_end(&json);
    json_write_string(&json, "model", eng_model_info(engine)->name);
    json_write_string(&json, "device", eng_model_info(engine)->device);
    json_write_int(&json, "prompt_tokens", stats->prompt_tokens);
    json_write_int(&json, "generated_tokens", stats->generated_tokens);
    json_write_int(&json, "drafted_tokens", stats->drafted_tokens);
    json_write_int(&json, "accepted_drafts", stats->accepted_drafts);
    json_write_string(&json, "stop_reason", eng_stop_name(stats->stop));
    json_write_begin(&json, "timings", '{');
    json_write_double(&json, "prefill_seconds", stats->prefill_seconds);
    json_write_double(&json, "prefill_tokens_per_second",
                      per_second(n_prefilled, stats->prefill_seconds));
    json_write_double(&json, "first_token_seconds", stats->first_token_seconds);
    json_write_double(&json, "decode_seconds", stats->decode_seconds);
    json_write_double(&json, "decode_tokens_per_second",
                      per_second(stats->generated_tokens, stats->decode_seconds));
    json_write_end(&json);
    json_write_end(&json);
    cli_print_json(&json);
}

static int generate(struct cli *cli, const char *prompt, bool chat, int n_context,
                    struct eng_generate_options *options)
{
    struct generation generation = {.cli = cli};
    struct eng_session_options session_options = {.size = sizeof session_options,
                                                  .n_context = n_context};
    struct eng_session *session = NULL;
    struct eng_stats stats = {0};
    struct eng_err err;
    g_autoptr(GError) error = NULL;
    struct engine *engine = cli_open_chat(cli, &error);

    generation.text = g_string_new(NULL);
    generation.ids = g_array_new(FALSE, FALSE, sizeof(int32_t));
    options->on_tokens = on_tokens;
    options->data = &generation;
    options->cancel = cli->cancel;
    if (engine && eng_session_new(&session, engine, &session_options, &err) != ENG_OK)
        cli_engine_error(&err, &error);
    if (!error && set_prompt(cli, engine, session, prompt, chat, &error)) {
        enum eng_status status = eng_generate(session, options, &stats, &err);
        if (status != ENG_OK && status != ENG_CANCELLED)
            cli_engine_error(&err, &error);
        else if (cli->json)
            print_json(engine, &generation, &stats);
        else
            putchar('\n');
    }
    eng_session_free(session);
    eng_close(engine);
    g_string_free(generation.text, TRUE);
    g_array_unref(generation.ids);
    if (error)
        return cli_fail(cli, error);
    return stats.stop == ENG_STOP_CANCELLED ? CLI_CANCELLED : CLI_OK;
}

/* false: said and to be answered by CLI_USAGE. */
static bool check(struct cli *cli, const char *prompt, const struct eng_generate_options *o,
                  double temperature, double top_p, double min_p, int n_context)
{
    if (!prompt)
        cli_usage(cli, _("The prompt is missing: -p TEXT."));
    else if (o->max_tokens < 0 || n_context < 0 || o->top_k < 0)
        cli_usage(cli, _("-n, --ctx and --top-k must not be negative."));
    else if (!(temperature >= 0 && temperature <= 100))
        cli_usage(cli, _("--temp must lie between 0 and 100."));
    else if (!(top_p >= 0 && top_p <= 1 && min_p >= 0 && min_p <= 1))
        cli_usage(cli, _("--top-p and --min-p must lie between 0 and 1."));
    else
        return true;
    return false;
}

int verb_generate(struct cli *cli, int argc, char **argv)
{
    struct eng_generate_options options = {.size = sizeof options, .max_tokens = 256};
    g_autofree char *prompt = NULL;
    double temperature = 0, top_p = 0, min_p = 0;
    gint64 seed = 0;
    gboolean chat = FALSE, ignore_eos = FALSE;
    int n_context = 0;
    const GOptionEntry entries[] = {
        {"prompt", 'p', 0, G_OPTION_ARG_FILENAME, &prompt, N_("the prompt"), "TEXT"},
        {"tokens", 'n', 0, G_OPTION_ARG_INT, &options.max_tokens,
         N_("tokens at most (256); 0: until the context is full"), "N"},
        {"temp", 0, 0, G_OPTION_ARG_DOUBLE, &temperature,
         N_("temperature (0: always the likeliest token)"), "T"},
        {"top-k", 0, 0, G_OPTION_ARG_INT, &options.top_k, N_("of the k likeliest; 0: of all"), "K"},
        {"top-p", 0, 0, G_OPTION_ARG_DOUBLE, &top_p, N_("of the likeliest with p together"), "P"},
        {"min-p", 0, 0, G_OPTION_ARG_DOUBLE, &min_p, N_("of those with p times the likeliest"),
         "P"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("of the choice by chance (0)"), "SEED"},
        {"chat", 0, 0, G_OPTION_ARG_NONE, &chat, N_("the prompt is a message in a chat"), NULL},
        {"ignore-eos", 0, 0, G_OPTION_ARG_NONE, &ignore_eos, N_("do not let the model end"), NULL},
        {"ctx", 0, 0, G_OPTION_ARG_INT, &n_context, N_("size of the context in tokens (4096)"),
         "N"},
        {NULL},
    };

    if (!cli_parse(cli, argc, argv, entries, "-p TEXT",
                   _("Continues a text. Special tokens that are written in it are read."), 0, 0) ||
        !check(cli, prompt, &options, temperature, top_p, min_p, n_context))
        return CLI_USAGE;
    options.temperature = (float)temperature;
    options.top_p = (float)top_p;
    options.min_p = (float)min_p;
    options.seed = (uint64_t)seed;
    options.ignore_eog = ignore_eos;
    return generate(cli, prompt, chat, n_context, &options);
}
