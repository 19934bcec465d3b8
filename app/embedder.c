/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A question needs the embedder in two threads: the library's, which looks for the evidence, and
 * the chat's, which answers. They share one, for a call takes milliseconds. The indexer computes
 * for seconds and has its own.
 *
 * `lock` guards `shared` and all counts. It is held while the shared model is loaded, so that two
 * who need it at once load it once.
 */
#include "app/embedder.h"
#include "app/error.h"
#include "app/memory.h"
#include "app/model-library.h"

struct embedder {
    int n_refs;
    struct engine *engine; /* (owned) */
    char *hash;            /* (owned) */
};

static GMutex lock;
static Embedder *shared; /* (borrowed) from those who have it; NULL: nobody has */

Embedder *embedder_open(GError **error)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    const struct model *model = model_library_default(models, MODEL_EMBEDDER, NULL);
    struct eng_options options = {.size = sizeof options};
    struct engine *engine = NULL;
    struct eng_err err;
    Embedder *embedder;
    char *hash;

    if (!model)
        return NULL;
    hash = model_identity(model, NULL, error);
    if (!hash)
        return NULL;
    if (eng_open(&engine, model->path, &options, &err) != ENG_OK) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, err.text);
        g_free(hash);
        return NULL;
    }
    embedder = g_new0(Embedder, 1);
    *embedder = (Embedder){.n_refs = 1, .engine = engine, .hash = hash};
    return embedder;
}

Embedder *embedder_share(GError **error)
{
    G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);

    if (shared)
        shared->n_refs++;
    else
        shared = embedder_open(error);
    return shared;
}

void embedder_unref(Embedder *embedder)
{
    if (!embedder)
        return;
    g_mutex_lock(&lock);
    bool last = --embedder->n_refs == 0;
    if (last && shared == embedder)
        shared = NULL;
    g_mutex_unlock(&lock);
    if (!last)
        return;
    eng_close(embedder->engine);
    g_free(embedder->hash);
    g_free(embedder);
    memory_give_back();
}

struct engine *embedder_engine(Embedder *embedder)
{
    return embedder ? embedder->engine : NULL;
}

const char *embedder_hash(const Embedder *embedder)
{
    return embedder ? embedder->hash : NULL;
}
