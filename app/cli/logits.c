/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lectern logits`: the likeliest next tokens and their log-probabilities,
 * log p(i) = x_i − max − log Σ exp(x_j − max), summed in double precision.
 */
#include "app/cli/verbs.h"
#include "app/error.h"
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MAX_K 10000

/* Indices of the k largest logits, largest first, ties to the lowest id (owned). One pass with a
   sorted list of k: k is small beside the vocabulary. */
static int32_t *top_of(const float *logits, int n, int k)
{
    int32_t *top = g_new(int32_t, k + 1);
    int held = 0;

    for (int32_t i = 0; i < n; i++) {
        int at = held;
        if (held == k && !(logits[i] > logits[top[k - 1]]))
            continue;
        while (at > 0 && logits[i] > logits[top[at - 1]])
            at--;
        memmove(top + at + 1, top + at, sizeof *top * (size_t)(held - at));
        top[at] = i;
        held = MIN(held + 1, k);
    }
    return top;
}

static double log_sum(const float *logits, int n)
{
    double max = -INFINITY, sum = 0;

    for (int i = 0; i < n; i++)
        max = fmax(max, logits[i]);
    for (int i = 0; i < n; i++)
        sum += exp(logits[i] - max);
    return max + log(sum);
}

static void print_top(struct cli *cli, const struct engine *engine, const float *logits, int k)
{
    int n = eng_model_info(engine)->n_vocab;
    double total = log_sum(logits, n);
    g_autofree int32_t *top = top_of(logits, n, k = MIN(k, n));
    g_auto(JsonWrite) json = JSON_WRITE_INIT;

    json_write_begin(&json, NULL, '{');
    json_write_begin(&json, "top", '[');
    for (int i = 0; i < k; i++) {
        size_t n_bytes = 0;
        const char *bytes = eng_token_bytes(engine, top[i], &n_bytes);
        g_autofree char *text = g_utf8_make_valid(bytes ?: "", (gssize)n_bytes);
        double logprob = logits[top[i]] - total;

        json_write_begin(&json, NULL, '{');
        json_write_int(&json, "id", top[i]);
        json_write_string(&json, "text", text);
        json_write_double(&json, "logprob", logprob);
        json_write_end(&json);
        if (!cli->json) {
            g_autofree char *shown = g_strescape(text, NULL);
            printf("%7d  %9.5f  \"%s\"\n", top[i], logprob, shown);
        }
    }
    json_write_end(&json);
    json_write_end(&json);
    if (cli->json)
        cli_print_json(&json);
}

static bool run(struct cli *cli, const char *prompt, int k, GError **error)
{
    struct eng_segment segment = {
        .text = prompt,
        .n_bytes = strlen(prompt),
        .flags = ENG_SEGMENT_BOS | ENG_SEGMENT_SPECIAL,
    };
    struct eng_set_options options = {.size = sizeof options, .cancel = cli->cancel};
    struct engine *engine = cli_open_chat(cli, error);
    struct eng_session *session = NULL;
    struct eng_err err;
    bool ok = false;

    if (!engine)
        return false;
    if (eng_session_new(&session, engine, NULL, &err) == ENG_OK &&
        eng_session_set(session, &segment, 1, &options, &err) == ENG_OK) {
        print_top(cli, engine, eng_session_logits(session), k);
        ok = true;
    } else {
        cli_engine_error(&err, error);
    }
    eng_session_free(session);
    eng_close(engine);
    return ok;
}

int verb_logits(struct cli *cli, int argc, char **argv)
{
    g_autofree char *prompt = NULL;
    int k = 10;
    const GOptionEntry entries[] = {
        {"prompt", 'p', 0, G_OPTION_ARG_FILENAME, &prompt, N_("the prompt"), "TEXT"},
        {"count", 'k', 0, G_OPTION_ARG_INT, &k, N_("how many tokens (10)"), "K"},
        {NULL},
    };
    g_autoptr(GError) error = NULL;

    if (!cli_parse(cli, argc, argv, entries, "-p TEXT",
                   _("Shows which tokens are likeliest after a text. Special tokens that are "
                     "written in it are read."),
                   0, 0))
        return CLI_USAGE;
    if (!prompt)
        return cli_usage(cli, _("The prompt is missing: -p TEXT."));
    if (k < 1 || k > MAX_K)
        return cli_usage(cli, _("-k %d is not between 1 and %d."), k, MAX_K);
    return run(cli, prompt, k, &error) ? CLI_OK : cli_fail(cli, error);
}
