/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An engine made of nothing, linked in place of the real one: a token is a word, a vector counts
 * letters. It lets the ingest be tested without a model; that vectors mean something is tested with
 * the real one.
 */
#include "fake-engine.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIM = 26 };

struct engine {
    struct eng_model_info info;
};

static struct engine fake = {
    .info = {.path = "fake.gguf", .name = "fake", .kind = ENG_MODEL_ENCODER}};
void (*fake_engine_on_embed)(size_t n);

struct engine *fake_engine(void)
{
    return &fake;
}

const struct eng_model_info *eng_model_info(const struct engine *engine)
{
    return &engine->info;
}

int eng_embed_dim(const struct engine *engine)
{
    return DIM;
}

enum eng_status eng_tokenize(const struct engine *engine, const char *text, size_t n_bytes,
                             unsigned flags, int32_t **ids, size_t *n, struct eng_err *err)
{
    *n = 0;
    *ids = malloc(sizeof **ids * (n_bytes + 1));
    for (size_t i = 0; i < n_bytes; i++) {
        if (!isspace((unsigned char)text[i]) && (i == 0 || isspace((unsigned char)text[i - 1])))
            (*ids)[(*n)++] = (unsigned char)text[i];
    }
    return ENG_OK;
}

enum eng_status eng_embed(struct engine *engine, const char *const *texts, size_t n, float *out,
                          const atomic_bool *cancel, struct eng_err *err)
{
    if (fake_engine_on_embed)
        fake_engine_on_embed(n);
    if (cancel && atomic_load(cancel))
        return ENG_CANCELLED;
    for (size_t i = 0; i < n; i++) {
        float *row = out + i * DIM, norm = 1e-6f;
        memset(row, 0, sizeof *row * DIM);
        for (const char *p = texts[i]; *p; p++) {
            if (*p >= 'a' && *p <= 'z')
                row[*p - 'a'] += 1;
        }
        for (int k = 0; k < DIM; k++)
            norm += row[k] * row[k];
        for (int k = 0; k < DIM; k++)
            row[k] /= sqrtf(norm);
    }
    return ENG_OK;
}
