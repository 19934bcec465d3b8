/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load-model.c: see load-model.h. */
#include "load-model.h"

#include <glib.h>

#include "engine/quant.h"

char *load_model_path(const char *name)
{
    const char *folder = g_getenv("LECTERN_MODELS");
    return folder ? g_build_filename(folder, name, NULL)
                  : g_build_filename(g_get_user_cache_dir(), "lectern", "models", name, NULL);
}

void load_model(struct loaded *out, const char *path, enum cpu_level level, int n_threads)
{
    struct eng_err err = {0};
    *out = (struct loaded){.level = level, .pool = cpu_pool_new(n_threads)};
    if (gguf_open(&out->gguf, path, &err) != ENG_OK ||
        model_config_read(&out->model.config, out->gguf, path, &err) != ENG_OK ||
        model_weights_load(&out->model, out->gguf, path, level, out->pool, &err) != ENG_OK)
        g_error("%s", err.text);
}

static void expand(struct loaded *l, struct cpu_matrix *matrix, const char *name)
{
    const struct gguf_tensor *t = gguf_tensor(l->gguf, name);
    g_autofree float *floats = g_new(float, (gsize)(t->ne[0] * t->ne[1]));
    g_assert_true(eng_dequantize(t->type, t->data, floats, t->ne[0] * t->ne[1]));
    cpu_matrix_clear(matrix);
    g_assert_cmpint(
        cpu_matrix_pack(matrix, GGUF_F32, floats, t->ne[1], t->ne[0], l->level, l->pool), ==,
        ENG_OK);
}

void load_model_expand(struct loaded *loaded)
{
    static const char *const names[] = {"attn_q",   "attn_k", "attn_v",  "attn_output",
                                        "ffn_gate", "ffn_up", "ffn_down"};
    for (int i = 0; i < loaded->model.config.n_layers; i++) {
        struct model_layer *layer = &loaded->model.layers[i];
        struct cpu_matrix *const matrices[] = {&layer->wq,   &layer->wk, &layer->wv,  &layer->wo,
                                               &layer->gate, &layer->up, &layer->down};
        for (gsize j = 0; j < G_N_ELEMENTS(names); j++) {
            g_autofree char *name = g_strdup_printf("blk.%d.%s.weight", i, names[j]);
            expand(loaded, matrices[j], name);
        }
    }
    expand(loaded, &loaded->model.output,
           loaded->model.config.tied_embeddings ? "token_embd.weight" : "output.weight");
}

void load_model_clear(struct loaded *loaded)
{
    model_clear(&loaded->model);
    cpu_pool_free(loaded->pool);
    gguf_close(loaded->gguf);
}
