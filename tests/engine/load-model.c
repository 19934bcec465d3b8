/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load-model.c: see load-model.h. */
#include "load-model.h"

#include <glib.h>

void load_model(struct loaded *out, const char *path, enum cpu_level level, int n_threads)
{
    struct eng_err err = {0};
    *out = (struct loaded){.level = level, .pool = cpu_pool_new(n_threads)};
    if (gguf_open(&out->gguf, path, &err) != ENG_OK ||
        model_config_read(&out->model.config, out->gguf, path, &err) != ENG_OK ||
        model_weights_load(&out->model, out->gguf, path, level, out->pool, &err) != ENG_OK)
        g_error("%s", err.text);
}

void load_model_clear(struct loaded *loaded)
{
    model_clear(&loaded->model);
    cpu_pool_free(loaded->pool);
    gguf_close(loaded->gguf);
}
