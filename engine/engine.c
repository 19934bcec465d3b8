/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.c: opens and closes engines: checks options, file, architecture and memory before any
 * weight is packed, so that a wrong file costs milliseconds and one sentence.
 *
 * Order in eng_open: options → file (mapped, checked) → config → tokenizer → memory → weights →
 * scratch. eng_close undoes whatever of it was done, so it also serves a failed open.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/embed.h"
#include "engine/engine-private.h"
#include "engine/error.h"

bool engine_options_copy(void *out, size_t out_size, const void *options)
{
    size_t size;
    if (!options)
        return true;
    memcpy(&size, options, sizeof size);
    if (size < sizeof size)
        return false;
    memcpy(out, options, size < out_size ? size : out_size);
    return true;
}

enum eng_status engine_require(const struct engine *engine, enum eng_model_kind kind,
                               struct eng_err *err)
{
    if (engine->info.kind != kind)
        return kind == ENG_MODEL_DECODER
                   ? eng_fail(err, ENG_ERR_UNSUPPORTED,
                              "'%s' is an embedding model, which cannot write text; choose a chat "
                              "model (supported: llama, qwen2).",
                              engine->info.path)
                   : eng_fail(err, ENG_ERR_UNSUPPORTED,
                              "'%s' is a chat model, which cannot make embeddings; choose an "
                              "embedding model (supported: bert).",
                              engine->info.path);
    if (!engine->pool)
        return eng_fail(err, ENG_ERR_ARGUMENT,
                        "'%s' was opened for its vocabulary only; open it with its weights.",
                        engine->info.path);
    return ENG_OK;
}

/* Bytes that the system can give without swapping; 0 where it does not say. */
static uint64_t memory_available(void)
{
    char line[128];
    uint64_t kib = 0;
    FILE *file = fopen("/proc/meminfo", "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
            break;
    fclose(file);
    return kib * 1024;
}

enum eng_status engine_check_memory(uint64_t bytes, const char *what, struct eng_err *err)
{
    uint64_t available = memory_available();
    if (available == 0 || bytes <= available)
        return ENG_OK;
    return eng_fail(err, ENG_ERR_MEMORY,
                    "%s needs %.1f GB of memory and %.1f GB are free; close other programs or "
                    "choose something smaller.",
                    what, (double)bytes / 1e9, (double)available / 1e9);
}

static enum eng_status out_of_memory(const char *path, struct eng_err *err)
{
    return eng_fail(err, ENG_ERR_MEMORY,
                    "There is not enough memory to open '%s'; close other programs or choose a "
                    "smaller model.",
                    path);
}

static char *copy_string(const struct gguf *gguf, const char *key, const char *fallback)
{
    const struct gguf_value *value = gguf_find(gguf, key);
    if (value && value->type == GGUF_STRING && value->s.n > 0 &&
        !memchr(value->s.data, '\0', value->s.n))
        return strndup(value->s.data, value->s.n);
    return strdup(fallback);
}

/* The name for people: general.name, else the file's name without ".gguf". */
static char *model_name(const struct gguf *gguf, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *base = strdup(slash ? slash + 1 : path);
    if (!base)
        return NULL;
    size_t n = strlen(base);
    if (n > 5 && strcmp(base + n - 5, ".gguf") == 0)
        base[n - 5] = '\0';
    char *name = copy_string(gguf, "general.name", base);
    free(base);
    return name;
}

/* The type that most weight bytes have, and the count of parameters. */
static const char *weigh(const struct gguf *gguf, uint64_t *n_parameters)
{
    uint64_t bytes[64] = {0};
    struct gguf_type_info info;
    size_t most = 0;
    *n_parameters = 0;
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *t = gguf_tensor_at(gguf, i);
        *n_parameters += (uint64_t)(t->ne[0] * t->ne[1] * t->ne[2] * t->ne[3]);
        if ((size_t)t->type < sizeof bytes / sizeof *bytes)
            bytes[t->type] += t->n_bytes;
    }
    for (size_t i = 1; i < sizeof bytes / sizeof *bytes; i++)
        if (bytes[i] > bytes[most])
            most = i;
    return bytes[most] > 0 && gguf_type_info((enum gguf_type)most, &info) ? info.name : "none";
}

static uint64_t file_bytes(const char *path)
{
    FILE *file = fopen(path, "re");
    uint64_t n = 0;
    if (file && fseeko(file, 0, SEEK_END) == 0)
        n = (uint64_t)ftello(file);
    if (file)
        fclose(file);
    return n;
}

static bool fill_info(struct engine *engine, const char *path)
{
    struct eng_model_info *info = &engine->info;
    const struct model_config *c = &engine->model.config;
    char device[96];
    info->path = strdup(path);
    info->name = model_name(engine->gguf, path);
    info->architecture = copy_string(engine->gguf, "general.architecture", "unknown");
    info->weights = weigh(engine->gguf, &info->n_parameters);
    info->file_bytes = file_bytes(path);
    info->n_layers = c->n_layers;
    info->n_embd = c->n_embd;
    info->n_context_train = c->n_context;
    info->n_vocab = tokenizer_size(engine->tokenizer);
    info->warning = tokenizer_warning(engine->tokenizer);
    if (info->architecture && strcmp(info->architecture, "bert") == 0)
        info->kind = ENG_MODEL_ENCODER;
    engine->chat =
        info->kind == ENG_MODEL_DECODER ? chat_format_find(engine->gguf, engine->tokenizer) : NULL;
    info->has_chat = engine->chat != NULL;
    engine->eog = stop_find_eog(engine->gguf, engine->tokenizer, engine->chat);
    if (engine->pool)
        snprintf(device, sizeof device, "cpu (%s, %d thread%s)", cpu_level_name(engine->level),
                 cpu_pool_threads(engine->pool), cpu_pool_threads(engine->pool) == 1 ? "" : "s");
    else
        snprintf(device, sizeof device, "none (vocabulary only)");
    info->device = strdup(device);
    return info->path && info->name && info->architecture && info->device && engine->eog;
}

static enum eng_status load_weights(struct engine *engine, const char *path,
                                    const struct eng_options *options, struct eng_err *err)
{
    char what[300];
    struct model *model = &engine->model;
    bool encoder = model->config.arch == MODEL_BERT;
    uint64_t bytes = model_weight_bytes(&model->config, engine->gguf);
    bytes += encoder ? encoder_bytes(&model->config) : 0;
    snprintf(what, sizeof what, "The model '%s'", path);
    enum eng_status status = engine_check_memory(bytes, what, err);
    if (status != ENG_OK)
        return status;
    engine->pool = cpu_pool_new(options->n_threads);
    if (!engine->pool)
        return out_of_memory(path, err);
    status = model_weights_load(model, engine->gguf, path, engine->level, engine->pool, err);
    if (status != ENG_OK || !encoder)
        return status;
    engine->encoder = encoder_new(model, engine->pool, engine->level);
    return engine->encoder ? ENG_OK : out_of_memory(path, err);
}

static enum eng_status check_options(struct eng_options *out, const struct eng_options *options,
                                     struct eng_err *err)
{
    if (!engine_options_copy(out, sizeof *out, options))
        return eng_fail(err, ENG_ERR_ARGUMENT, "The options' size is not set.");
    if (out->device && strcmp(out->device, "auto") != 0 && strcmp(out->device, "cpu") != 0)
        return eng_fail(err, ENG_ERR_DEVICE,
                        "There is no device '%s'; the devices of this build are: auto, cpu.",
                        out->device);
    if (out->n_threads < 0 || out->n_threads > 1024)
        return eng_fail(err, ENG_ERR_ARGUMENT,
                        "%d is no number of threads; give 1 to 1024, or 0 for one per core.",
                        out->n_threads);
    return ENG_OK;
}

/* Bytes of the longest token: what one token can add to a text. */
static size_t longest_token(const struct tokenizer *tokenizer)
{
    size_t most = 1, n = 0;
    for (int32_t id = 0; id < tokenizer_size(tokenizer); id++)
        if (tokenizer_bytes(tokenizer, id, &n) && n > most)
            most = n;
    return most;
}

/* The tokenizer may know more ids than the model has rows only in a damaged file. */
static enum eng_status check_vocabulary(const struct engine *engine, const char *path,
                                        struct eng_err *err)
{
    if (tokenizer_size(engine->tokenizer) <= engine->model.config.n_vocab)
        return ENG_OK;
    return eng_fail(err, ENG_ERR_FORMAT,
                    "'%s' has %d tokens but embeddings for %d; the file is damaged, get it again.",
                    path, tokenizer_size(engine->tokenizer), engine->model.config.n_vocab);
}

static enum eng_status open_file(struct engine *engine, const char *path,
                                 const struct eng_options *options, struct eng_err *err)
{
    enum eng_status status = gguf_open(&engine->gguf, path, err);
    if (status == ENG_OK && !options->vocab_only)
        status = model_config_read(&engine->model.config, engine->gguf, path, err);
    if (status == ENG_OK)
        status = tokenizer_new(&engine->tokenizer, engine->gguf, err);
    if (status == ENG_OK && !options->vocab_only)
        status = check_vocabulary(engine, path, err);
    if (status == ENG_OK && !options->vocab_only)
        status = load_weights(engine, path, options, err);
    if (status != ENG_OK)
        return status;
    engine->longest_token = longest_token(engine->tokenizer);
    return fill_info(engine, path) ? ENG_OK : out_of_memory(path, err);
}

enum eng_status engine_open_level(struct engine **out, const char *path,
                                  const struct eng_options *options, enum cpu_level level,
                                  struct eng_err *err)
{
    struct eng_options taken = {.size = sizeof taken};
    *out = NULL;
    enum eng_status status = check_options(&taken, options, err);
    if (status != ENG_OK)
        return status;
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return out_of_memory(path, err);
    pthread_mutex_init(&engine->lock, NULL);
    engine->level = level;
    status = open_file(engine, path, &taken, err);
    if (status != ENG_OK) {
        eng_close(engine);
        return status;
    }
    *out = engine;
    return ENG_OK;
}

enum eng_status eng_open(struct engine **out, const char *path, const struct eng_options *options,
                         struct eng_err *err)
{
    return engine_open_level(out, path, options, cpu_level_best(), err);
}

void eng_close(struct engine *engine)
{
    if (!engine)
        return;
    encoder_free(engine->encoder);
    model_clear(&engine->model);
    cpu_pool_free(engine->pool);
    free(engine->eog);
    tokenizer_free(engine->tokenizer);
    gguf_close(engine->gguf);
    free((char *)engine->info.path);
    free((char *)engine->info.name);
    free((char *)engine->info.architecture);
    free((char *)engine->info.device);
    pthread_mutex_destroy(&engine->lock);
    free(engine);
}

const struct eng_model_info *eng_model_info(const struct engine *engine)
{
    return &engine->info;
}
