/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lectern ask`: one question, or a batch with the model loaded once.
 *
 * On a terminal the answer is streamed as it is written, and the sources follow. Elsewhere it is
 * printed when it is complete, each sentence with the number of its source: which passage supports
 * a sentence is known only when the sentence is.
 */
#include "app/cli/batch.h"
#include "app/cli/passages.h"
#include "app/cli/verbs.h"
#include "app/error.h"
#include <glib/gi18n.h>
#include <unistd.h>

struct ask {
    struct cli *cli;
    struct cli_library library;  /* (owned) */
    struct engine *engine;       /* (owned) */
    struct eng_session *session; /* (owned) */
    struct rag_ask_options options;
    double load_seconds;
    GString *streamed; /* (owned) what the terminal has seen */
};

/* --- JSON
 * ------------------------------------------------------------------------------------------ */

static void write_strings(JsonWrite *json, const char *key, GPtrArray *strings)
{
    json_write_begin(json, key, '[');
    for (guint i = 0; strings && i < strings->len; i++)
        json_write_string(json, NULL, strings->pdata[i]);
    json_write_end(json);
}

static void write_citations(JsonWrite *json, const RagAnswer *answer)
{
    json_write_begin(json, "citations", '[');
    for (guint i = 0; i < answer->citations->len; i++) {
        const struct rag_citation *citation = answer->citations->pdata[i];

        json_write_begin(json, NULL, '{');
        json_write_int(json, "n", citation->n);
        json_write_string(json, "file", citation->path);
        cli_write_position(json, citation->pos_kind, citation->pos_from, citation->pos_from,
                           citation->pos_to);
        json_write_string(json, "quote", citation->quote);
        json_write_double(json, "score", citation->score);
        json_write_end(json);
    }
    json_write_end(json);
}

/* The answer's sentences by byte range, each with its citation or null. */
static void write_sentences(JsonWrite *json, const RagAnswer *answer)
{
    json_write_begin(json, "sentences", '[');
    for (guint i = 0; i < answer->sentences->len; i++) {
        const struct rag_sentence *sentence =
            &g_array_index(answer->sentences, struct rag_sentence, i);

        json_write_begin(json, NULL, '{');
        json_write_bytes(json, "text", answer->text + sentence->from,
                         sentence->to - sentence->from);
        if (sentence->citation)
            json_write_int(json, "citation", sentence->citation);
        else
            json_write_null(json, "citation");
        json_write_end(json);
    }
    json_write_end(json);
}

/* Everything but "question", which the batch writes itself. */
static void write_answer(JsonWrite *json, const struct ask *ask, const RagAnswer *answer)
{
    const struct eng_stats *stats = &answer->stats;

    json_write_string(json, "answer", answer->text);
    write_citations(json, answer);
    cli_write_passages(json, answer->passages, true);
    json_write_bool(json, "supported", answer->supported);
    write_strings(json, "unsupported_values", answer->unsupported_values);
    write_strings(json, "dropped", answer->dropped);
    json_write_string(json, "query_used", answer->query);
    json_write_string(json, "model", answer->model);
    json_write_int(json, "prompt_tokens", stats->prompt_tokens);
    json_write_int(json, "generated_tokens", stats->generated_tokens);
    json_write_string(json, "stop_reason", eng_stop_name(stats->stop));
    json_write_double(json, "seconds", answer->seconds);
    json_write_begin(json, "timings", '{');
    json_write_double(json, "load_seconds", ask->load_seconds);
    json_write_double(json, "search_seconds", answer->search_seconds);
    json_write_double(json, "prefill_seconds", stats->prefill_seconds);
    json_write_double(json, "first_token_seconds", stats->first_token_seconds);
    json_write_double(json, "decode_seconds", stats->decode_seconds);
    json_write_int(json, "reused_tokens", stats->reused_tokens);
    json_write_end(json);
    write_sentences(json, answer);
    json_write_int(json, "answer_id", answer->id);
}

/* --- text
 * ------------------------------------------------------------------------------------------- */

static void on_text(void *data, const char *text, size_t n)
{
    struct ask *ask = data;

    cli_progress_clear();
    fwrite(text, 1, n, stdout);
    g_string_append_len(ask->streamed, text, (gssize)n);
    if (!cli_flush())
        g_cancellable_cancel(ask->cli->cancellable);
}

/* The text with "[1]" after each sentence that a source supports. */
static void print_marked(const RagAnswer *answer)
{
    size_t done = 0, length = strlen(answer->text);

    for (guint i = 0; i < answer->sentences->len; i++) {
        const struct rag_sentence *sentence =
            &g_array_index(answer->sentences, struct rag_sentence, i);
        fwrite(answer->text + done, 1, sentence->to - done, stdout);
        if (sentence->citation)
            printf(" [%d]", sentence->citation);
        done = sentence->to;
    }
    fwrite(answer->text + done, 1, length - done, stdout);
    putchar('\n');
}

/* A quote may span paragraphs, which would tear the list of sources apart. Caller frees. */
static char *one_line(const char *quote)
{
    GString *line = g_string_new(NULL);

    for (const char *c = quote; *c; c++) {
        if (!g_ascii_isspace(*c))
            g_string_append_c(line, *c);
        else if (line->len > 0 && line->str[line->len - 1] != ' ')
            g_string_append_c(line, ' ');
    }
    return g_string_free(line, FALSE);
}

static void print_sources(const RagAnswer *answer)
{
    for (guint i = 0; i < answer->citations->len; i++) {
        const struct rag_citation *citation = answer->citations->pdata[i];
        g_autofree char *place =
            cli_position_text(citation->pos_kind, citation->pos_from, citation->pos_to);
        g_autofree char *file = g_path_get_basename(citation->path);

        printf("%s[%d] %s%s\n", i ? "" : "\n", citation->n, file, place);
        if (citation->quote && *citation->quote) {
            g_autofree char *line = one_line(citation->quote);
            printf("    “%s”\n", line);
        }
    }
}

/* The stream carries no marks, so sentences without a source are named after it. */
static void print_unsupported(const RagAnswer *answer)
{
    for (guint i = 0; i < answer->sentences->len; i++) {
        const struct rag_sentence *sentence =
            &g_array_index(answer->sentences, struct rag_sentence, i);
        if (!sentence->citation)
            printf(_("No source: “%.*s”\n"), (int)(sentence->to - sentence->from),
                   answer->text + sentence->from);
    }
}

/* Not supported: what was found nearest, so that the person can look. */
static void print_nearest(const RagAnswer *answer)
{
    for (guint i = 0; i < MIN(answer->passages->len, 3); i++) {
        const struct rag_hit *hit = answer->passages->pdata[i];
        g_autofree char *place = cli_position_text(hit->pos_kind, hit->pos_from, hit->pos_to);

        printf("%s  %s%s\n", i ? "" : _("\nNearest passages:\n"), hit->path, place);
    }
}

/* What compression left out (`dropped`) is in --json only: it happens with nearly every question.
 */
static void print_answer(const struct ask *ask, const RagAnswer *answer)
{
    bool shown = g_str_equal(ask->streamed->str, answer->text);

    if (shown)
        putchar('\n');
    else if (ask->streamed->len > 0)
        printf("\n\n"); /* what was streamed did not stand: the answer follows */
    if (!shown)
        print_marked(answer);
    if (answer->supported)
        print_sources(answer);
    else
        print_nearest(answer);
    if (answer->supported && shown)
        print_unsupported(answer);
    for (guint i = 0; i < answer->unsupported_values->len; i++)
        cli_say(_("Not in the passages: %s"), (char *)answer->unsupported_values->pdata[i]);
}

/* --- asking
 * ----------------------------------------------------------------------------------------- */

static bool ask_in_batch(void *data, const char *question, JsonWrite *json, GError **error)
{
    struct ask *ask = data;
    g_autoptr(RagAnswer) answer = rag_ask(ask->library.rag, ask->engine, ask->session, question,
                                          &ask->options, ask->cli->cancellable, error);

    if (answer)
        write_answer(json, ask, answer);
    return answer != NULL;
}

static int ask_once(struct ask *ask, const char *question)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RagAnswer) answer = NULL;

    if (!ask->cli->json && isatty(STDOUT_FILENO)) {
        ask->options.on_text = on_text;
        ask->options.data = ask;
    }
    answer = rag_ask(ask->library.rag, ask->engine, ask->session, question, &ask->options,
                     ask->cli->cancellable, &error);
    if (!answer)
        return cli_fail(ask->cli, error);
    if (ask->cli->json) {
        g_auto(JsonWrite) json = JSON_WRITE_INIT;
        json_write_begin(&json, NULL, '{');
        json_write_string(&json, "question", question);
        write_answer(&json, ask, answer);
        json_write_end(&json);
        cli_print_json(&json);
    } else {
        print_answer(ask, answer);
    }
    return answer->stats.stop == ENG_STOP_CANCELLED ? CLI_CANCELLED : CLI_OK;
}

static bool open_all(struct ask *ask, int n_context, GError **error)
{
    struct eng_session_options session = {.size = sizeof session, .n_context = n_context};
    gint64 start = g_get_monotonic_time();
    struct eng_err err;

    /* the library first: an empty one is said at once, before half a gigabyte is loaded */
    if (!cli_library_open(ask->cli, CLI_LIBRARY_LOOK, &ask->library, error))
        return false;
    ask->engine = cli_open_chat(ask->cli, error);
    if (!ask->engine)
        return false;
    if (eng_session_new(&ask->session, ask->engine, &session, &err) != ENG_OK)
        return cli_engine_error(&err, error);
    ask->load_seconds = (double)(g_get_monotonic_time() - start) / 1e6;
    return true;
}

static void close_all(struct ask *ask)
{
    eng_session_free(ask->session);
    eng_close(ask->engine);
    cli_library_close(&ask->library);
    g_string_free(ask->streamed, TRUE);
}

int verb_ask(struct cli *cli, int argc, char **argv)
{
    struct ask ask = {.cli = cli, .options = {.size = sizeof ask.options}};
    g_auto(GStrv) scope = NULL;
    g_autofree char *batch = NULL, *question = NULL;
    gboolean no_compress = FALSE;
    int n_context = 0;
    const GOptionEntry entries[] = {
        {"batch", 0, 0, G_OPTION_ARG_FILENAME, &batch,
         N_("questions from a file, one JSON object a line; - reads standard input"), "FILE.jsonl"},
        {"scope", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &scope,
         N_("only files at or below this path; may be given several times"), "PATH"},
        {"no-compress", 0, 0, G_OPTION_ARG_NONE, &no_compress,
         N_("show the model whole passages, not only their telling sentences"), NULL},
        {"tokens", 'n', 0, G_OPTION_ARG_INT, &ask.options.max_tokens,
         N_("longest answer in tokens (256)"), "N"},
        {"ctx", 0, 0, G_OPTION_ARG_INT, &n_context, N_("size of the context in tokens (4096)"),
         "N"},
        {NULL},
    };
    g_autoptr(GError) error = NULL;
    int code;

    if (!cli_parse(cli, argc, argv, entries, "QUESTION | - | --batch FILE.jsonl",
                   _("Answers from the documents of the library, with the pages that say so. - "
                     "reads the question from standard input."),
                   0, -1))
        return CLI_USAGE;
    if (batch && *cli->arguments)
        return cli_usage(cli, _("Give either a question or --batch, not both."));
    if (ask.options.max_tokens < 0 || n_context < 0)
        return cli_usage(cli, _("-n and --ctx must not be negative."));
    if (!batch && !(question = cli_question(cli, &error)))
        return cli_fail(cli, error);
    ask.options.scope = (const char *const *)cli_absolute(scope);
    ask.options.no_compress = no_compress;
    ask.streamed = g_string_new(NULL);
    if (!open_all(&ask, n_context, &error))
        code = cli_fail(cli, error);
    else
        code = batch ? cli_batch_run(cli, batch, ask_in_batch, &ask) : ask_once(&ask, question);
    close_all(&ask);
    return code;
}
