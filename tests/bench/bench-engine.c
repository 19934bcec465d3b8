/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-engine: how fast a model is read and written by this build.
 *
 *     bench-engine [--threads N] [--rounds N] [--json] MODEL.gguf
 *
 * Chat models: load time; prefill of 512 tokens; 64 tokens of greedy decoding behind them.
 * Embedders: 64 texts of about 256 tokens. One warm-up, then the median of the rounds (5). The hash
 * of what was computed tells a fast wrong answer from a right one: it must be the same for any
 * number of threads. compare-llama-cpp runs this beside the peer.
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "engine/embed.h"

enum { PREFILL = 512, DECODE = 64, TEXTS = 64, TEXT_WORDS = 250 };

struct bench {
    const char *path;
    int n_threads, n_rounds;
    struct engine *engine; /* (owned) */
    double load_seconds;
    double first[64], second[64]; /* rates of each round: prefill and decode, or embedding */
    guint64 hash;
};

static double now(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

static void hash_bytes(guint64 *hash, const void *data, gsize n)
{
    const guint8 *bytes = data;
    for (gsize i = 0; i < n; i++)
        *hash = (*hash ^ bytes[i]) * 1099511628211u;
}

static void check(enum eng_status status, const struct eng_err *err)
{
    if (status == ENG_OK)
        return;
    g_printerr("bench-engine: %s\n", err->text);
    exit(1);
}

static bool hash_tokens(void *data, const int32_t *ids, int n_tokens, const char *text,
                        size_t n_bytes)
{
    hash_bytes(data, ids, (gsize)n_tokens * sizeof *ids);
    return true;
}

/* One round: other tokens first, so that nothing of the prefix is reused. */
static void round_decoder(struct bench *b, struct eng_session *session, int round)
{
    struct eng_err err;
    struct eng_stats stats;
    int32_t ids[PREFILL], other = 17;
    int n_vocab = eng_model_info(b->engine)->n_vocab;
    for (int i = 0; i < PREFILL; i++)
        ids[i] = 100 + (i * 7919) % MIN(20000, n_vocab - 200);
    struct eng_segment reset = {.tokens = &other, .n_tokens = 1};
    struct eng_segment text = {.tokens = ids, .n_tokens = PREFILL};
    check(eng_session_set(session, &reset, 1, NULL, &err), &err);
    double start = now();
    check(eng_session_set(session, &text, 1, NULL, &err), &err);
    double prefill = now() - start;
    b->hash = 14695981039346656037u;
    struct eng_generate_options options = {.size = sizeof options,
                                           .max_tokens = DECODE,
                                           .ignore_eog = true,
                                           .on_tokens = hash_tokens,
                                           .data = &b->hash};
    check(eng_generate(session, &options, &stats, &err), &err);
    b->first[round] = PREFILL / prefill;
    b->second[round] = stats.n_steps / stats.decode_seconds;
}

static void run_decoder(struct bench *b)
{
    struct eng_err err;
    struct eng_session *session = NULL;
    struct eng_session_options options = {.size = sizeof options, .n_context = 2048};
    check(eng_session_new(&session, b->engine, &options, &err), &err);
    round_decoder(b, session, 0);
    for (int i = 0; i < b->n_rounds; i++)
        round_decoder(b, session, i);
    eng_session_free(session);
}

static void run_encoder(struct bench *b)
{
    static const char *const words[] = {"river", "the", "lease", "of", "commit", "a", "answer"};
    struct eng_err err;
    char *texts[TEXTS];
    gsize n_floats = (gsize)eng_embed_dim(b->engine) * TEXTS;
    g_autofree float *out = g_new(float, n_floats);
    for (int t = 0; t < TEXTS; t++) {
        GString *text = g_string_new(NULL);
        for (int i = 0; i < TEXT_WORDS; i++)
            g_string_append_printf(text, "%s ", words[(i * i + t) % 7]);
        texts[t] = g_string_free(text, FALSE);
    }
    for (int i = -1; i < b->n_rounds; i++) {
        double start = now();
        check(eng_embed(b->engine, (const char *const *)texts, TEXTS, out, NULL, &err), &err);
        b->first[MAX(i, 0)] = TEXTS / (now() - start);
    }
    b->hash = 14695981039346656037u;
    hash_bytes(&b->hash, out, n_floats * sizeof *out);
    for (int t = 0; t < TEXTS; t++)
        g_free(texts[t]);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *rates, int n)
{
    qsort(rates, (size_t)n, sizeof *rates, by_size);
    return n % 2 ? rates[n / 2] : (rates[n / 2 - 1] + rates[n / 2]) / 2;
}

static void report(struct bench *b, bool json)
{
    const struct eng_model_info *info = eng_model_info(b->engine);
    bool decoder = info->kind == ENG_MODEL_DECODER;
    double first = median(b->first, b->n_rounds);
    double second = decoder ? median(b->second, b->n_rounds) : 0;
    g_autofree char *name = g_path_get_basename(b->path);
    if (json && decoder)
        g_print("{\"model\": \"%s\", \"device\": \"%s\", \"load_seconds\": %.3f, "
                "\"prefill\": %.2f, \"decode\": %.2f, \"hash\": \"%016" G_GINT64_MODIFIER "x\"}\n",
                name, info->device, b->load_seconds, first, second, b->hash);
    else if (json)
        g_print("{\"model\": \"%s\", \"device\": \"%s\", \"load_seconds\": %.3f, "
                "\"texts\": %.2f, \"hash\": \"%016" G_GINT64_MODIFIER "x\"}\n",
                name, info->device, b->load_seconds, first, b->hash);
    else if (decoder)
        g_print("%s on %s\nload %.2f s, prefill %.1f tokens/s, decode %.1f tokens/s, "
                "hash %016" G_GINT64_MODIFIER "x\n",
                name, info->device, b->load_seconds, first, second, b->hash);
    else
        g_print("%s on %s\nload %.2f s, embedding %.1f texts/s, hash %016" G_GINT64_MODIFIER "x\n",
                name, info->device, b->load_seconds, first, b->hash);
}

int main(int argc, char **argv)
{
    struct bench b = {.n_rounds = 5};
    struct eng_err err;
    gboolean json = FALSE;
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"threads", 0, 0, G_OPTION_ARG_INT, &b.n_threads, "threads; 0 = one per core", "N"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &b.n_rounds, "rounds (5)", "N"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON object", NULL},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("MODEL.gguf");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 2 || b.n_rounds < 1 ||
        b.n_rounds > (int)G_N_ELEMENTS(b.first)) {
        g_printerr("bench-engine: %s\n", error ? error->message : "give one model file");
        return 2;
    }
    b.path = argv[1];
    struct eng_options options = {.size = sizeof options, .n_threads = b.n_threads};
    double start = now();
    check(eng_open(&b.engine, b.path, &options, &err), &err);
    b.load_seconds = now() - start;
    if (eng_model_info(b.engine)->kind == ENG_MODEL_DECODER)
        run_decoder(&b);
    else
        run_encoder(&b);
    report(&b, json);
    eng_close(b.engine);
    return 0;
}
