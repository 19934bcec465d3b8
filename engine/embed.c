/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embed.c: texts to vectors in batches.
 *
 * Texts are tokenized, sorted by length and taken in that order until a batch is full, so that the
 * work of a batch is shared out evenly; vectors go back to the caller's places. Tokens are made
 * window by window (WINDOW texts): memory does not grow with the number of texts.
 */
#include "engine/embed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine-private.h"
#include "engine/error.h"

enum { WINDOW = 256 };

struct item {
    int32_t *ids; /* (owned) */
    int n;
    float *out; /* (borrowed) */
};

int eng_embed_dim(const struct engine *engine)
{
    return engine->encoder ? engine->info.n_embd : 0;
}

int eng_embed_max_tokens(const struct engine *engine)
{
    return engine->encoder ? engine->info.n_context_train : 0;
}

/* [CLS] text [SEP]; a text that is too long loses tokens in front of the last marker. */
static enum eng_status tokenize_item(const struct engine *engine, const char *text,
                                     struct item *item, struct eng_err *err)
{
    size_t n = 0, max = (size_t)engine->info.n_context_train;
    enum eng_status status = tokenizer_encode(engine->tokenizer, text, strlen(text),
                                              ENG_TOKENIZE_BOS, &item->ids, &n, err);
    if (status != ENG_OK)
        return status;
    if (n == 0)
        return eng_fail(err, ENG_ERR_FORMAT,
                        "The tokenizer of '%s' adds no markers, so an empty text has no vector; "
                        "get another file of this model.",
                        engine->info.path);
    if (n > max) {
        item->ids[max - 1] = item->ids[n - 1];
        n = max;
    }
    item->n = (int)n;
    return ENG_OK;
}

static int by_length(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->n > y->n) - (x->n < y->n);
}

static enum eng_status check_finite(const struct engine *engine, const float *v,
                                    struct eng_err *err)
{
    for (int i = 0; i < engine->info.n_embd; i++)
        if (!isfinite(v[i]))
            return eng_fail(err, ENG_ERR_NUMERIC,
                            "'%s' computed numbers that are not finite; its file may be damaged, "
                            "get it again.",
                            engine->info.path);
    return ENG_OK;
}

/* Computes items[0 … n), sorted by length. */
static enum eng_status run_items(struct engine *engine, const struct item *items, int n,
                                 const atomic_bool *cancel, struct eng_err *err)
{
    int columns = encoder_columns(&engine->model.config);
    enum eng_status status = ENG_OK;
    for (int first = 0, end; first < n && status == ENG_OK; first = end) {
        struct encoder_text texts[ENCODER_TEXTS];
        float *out[ENCODER_TEXTS];
        int used = 0;
        if (cancel && atomic_load(cancel))
            return eng_fail(err, ENG_CANCELLED, "Embedding was cancelled.");
        for (end = first; end < n && end - first < ENCODER_TEXTS && used + items[end].n <= columns;
             end++) {
            texts[end - first] = (struct encoder_text){items[end].ids, items[end].n};
            out[end - first] = items[end].out;
            used += items[end].n;
        }
        pthread_mutex_lock(&engine->lock);
        encoder_run(engine->encoder, texts, end - first, out);
        pthread_mutex_unlock(&engine->lock);
        for (int i = 0; i < end - first && status == ENG_OK; i++)
            status = check_finite(engine, out[i], err);
    }
    return status;
}

enum eng_status eng_embed(struct engine *engine, const char *const *texts, size_t n, float *out,
                          const atomic_bool *cancel, struct eng_err *err)
{
    enum eng_status status = engine_require(engine, ENG_MODEL_ENCODER, err);
    for (size_t first = 0; first < n && status == ENG_OK; first += WINDOW) {
        struct item items[WINDOW] = {0};
        int n_items = n - first < WINDOW ? (int)(n - first) : WINDOW;
        for (int i = 0; i < n_items && status == ENG_OK; i++) {
            items[i].out = out + (first + (size_t)i) * (size_t)engine->info.n_embd;
            status = tokenize_item(engine, texts[first + (size_t)i], &items[i], err);
        }
        if (status == ENG_OK) {
            qsort(items, (size_t)n_items, sizeof *items, by_length);
            status = run_items(engine, items, n_items, cancel, err);
        }
        for (int i = 0; i < n_items; i++)
            free(items[i].ids);
    }
    return status;
}
