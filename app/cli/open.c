/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opens what the common options name. The library's vectors belong to one embedder, by the SHA-256
 * of its file; without an embedder the library works by full text alone, and that is said.
 */
#include "app/cli/cli.h"
#include "app/error.h"
#include "app/reader-command.h"
#include <glib/gi18n.h>

static const struct model *choose(struct cli *cli, ModelLibrary *models, enum model_purpose purpose,
                                  bool named, GError **error)
{
    return named && cli->model ? model_library_find(models, cli->model, error)
                               : model_library_default(models, purpose, error);
}

static struct engine *open_file(struct cli *cli, const struct model *model, bool vocab_only,
                                GError **error)
{
    struct eng_options options = {
        .size = sizeof options,
        .device = cli->device,
        .n_threads = cli->n_threads,
        .vocab_only = vocab_only,
    };
    struct engine *engine = NULL;
    struct eng_err err;

    if (eng_open(&engine, model->path, &options, &err) != ENG_OK) {
        cli_engine_error(&err, error);
        return NULL;
    }
    if (eng_model_info(engine)->warning)
        cli_say("%s", eng_model_info(engine)->warning);
    return engine;
}

static struct engine *open_model(struct cli *cli, const struct model *model,
                                 enum model_purpose purpose, GError **error)
{
    struct engine *engine = open_file(cli, model, false, error);

    if (!engine ||
        (eng_model_info(engine)->kind == ENG_MODEL_ENCODER) == (purpose == MODEL_EMBEDDER))
        return engine;
    g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                purpose == MODEL_CHAT
                    ? _("%s is an encoder (%s): it makes vectors and cannot write text. Choose a "
                        "chat model; `lectern models list` shows what is there.")
                    : _("%s is a chat model (%s): it cannot make vectors. Choose an encoder; "
                        "`lectern models list` shows what is there."),
                model->path, eng_model_info(engine)->architecture);
    eng_close(engine);
    return NULL;
}

struct engine *cli_open_engine(struct cli *cli, ModelLibrary *models, enum model_purpose purpose,
                               GError **error)
{
    const struct model *model = choose(cli, models, purpose, true, error);
    return model ? open_model(cli, model, purpose, error) : NULL;
}

struct engine *cli_open_chat(struct cli *cli, GError **error)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    return cli_open_engine(cli, models, MODEL_CHAT, error);
}

struct engine *cli_open_vocabulary(struct cli *cli, GError **error)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    const struct model *model = choose(cli, models, MODEL_CHAT, true, error);
    return model ? open_file(cli, model, true, error) : NULL;
}

/* --- the library
 * ---------------------------------------------------------------------------------- */

bool cli_library_exists(const struct cli *cli)
{
    g_autoptr(GDir) dir = g_dir_open(cli->library, 0, NULL);

    /* what is there and cannot be listed is for rag_library_open to explain */
    return dir ? g_dir_read_name(dir) != NULL : g_file_test(cli->library, G_FILE_TEST_EXISTS);
}

/* The embedder, if there is one; a named one must be there and fit. */
static bool open_embedder(struct cli *cli, bool named, struct cli_library *out, GError **error)
{
    g_autoptr(ModelLibrary) models = model_library_open();
    g_autoptr(GError) missing = NULL;
    const struct model *model = choose(cli, models, MODEL_EMBEDDER, named, &missing);

    if (!model && named && cli->model) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return false;
    }
    if (!model) {
        cli_say(_("%s Until then passages are found by their words alone."), missing->message);
        return true;
    }
    out->embedder = open_model(cli, model, MODEL_EMBEDDER, error);
    if (!out->embedder)
        return false;
    out->embedder_hash = model_identity(model, cli->cancellable, error);
    return out->embedder_hash != NULL;
}

static RagLibrary *open_library(struct rag_library_options *options, bool look, bool *read_only,
                                GError **error)
{
    g_autoptr(GError) cause = NULL;
    RagLibrary *library = rag_library_open(options, &cause);

    if (!library && look && g_error_matches(cause, RAG_ERROR, RAG_ERROR_READ_ONLY)) {
        options->read_only = *read_only = true;
        library = rag_library_open(options, error);
        if (library)
            cli_say(_("%s can only be read now: nothing that is asked is kept."), options->dir);
        return library;
    }
    if (!library)
        g_propagate_error(error, g_steal_pointer(&cause));
    return library;
}

bool cli_library_open(struct cli *cli, unsigned flags, struct cli_library *out, GError **error)
{
    bool create = flags & CLI_LIBRARY_CREATE;
    struct rag_library_options options = {
        .size = sizeof options,
        .dir = cli->library,
        .create = create,
        .reader_argv = reader_command(),
    };

    *out = (struct cli_library){0};
    if (!create && !cli_library_exists(cli)) {
        g_set_error(error, APP_ERROR, APP_ERROR_NOTHING,
                    _("There is no library in %s yet: add documents with `lectern index FOLDER`."),
                    cli->library);
        return false;
    }
    if (open_embedder(cli, flags & CLI_LIBRARY_NAMED_EMBEDDER, out, error)) {
        options.embedder = out->embedder;
        options.embedder_hash = out->embedder_hash;
        out->rag = open_library(&options, flags & CLI_LIBRARY_LOOK, &out->read_only, error);
    }
    if (!out->rag)
        cli_library_close(out);
    return out->rag != NULL;
}

void cli_library_close(struct cli_library *library)
{
    g_clear_pointer(&library->rag, rag_library_close);
    g_clear_pointer(&library->embedder, eng_close);
    g_clear_pointer(&library->embedder_hash, g_free);
}
