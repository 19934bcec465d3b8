/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two sources make the list: the catalogue, compiled in, and the *.gguf files of the model folders.
 *
 * 1. A file of the catalogue's name takes the catalogue's id, role and hash; of two files with one
 *    name the one in the earlier folder counts.
 * 2. Listing opens no model file. Which purpose a foreign file can serve is asked of the engine
 * only when the catalogue's own model is missing.
 * 3. Hashing half a gigabyte takes seconds, so an import writes path.sha256 beside the file, and
 * the record counts as long as it is not older than the file; `models verify` always reads it all.
 */
#include "app/model-library.h"
#include "app/error.h"
#include "app/json-read.h"
#include "app/paths.h"
#include "app/regular-file.h"
#include "engine/engine.h"
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define CATALOGUE "/org/lectern/Lectern/models.json"

struct model_library {
    GPtrArray *models; /* (owned) of struct model */
};

static void model_free(struct model *model)
{
    g_free(model->id);
    g_free(model->title);
    g_free(model->role);
    g_free(model->license);
    g_free(model->file);
    g_free(model->path);
    g_free(model->sha256);
    g_free(model);
}

/* --- the list --------------------------------------------------------------------------------- */

/* The catalogue is ours and compiled in: that it parses is tested, not handled. */
static void add_catalogue(ModelLibrary *library)
{
    g_autoptr(GBytes) bytes = g_resources_lookup_data(CATALOGUE, 0, NULL);
    g_autoptr(JsonObject) catalogue = NULL;
    JsonArray *models;
    gsize n = 0;
    const char *text = bytes ? g_bytes_get_data(bytes, &n) : NULL;

    g_assert(text);
    catalogue = json_read_object(text, n, NULL);
    g_assert(catalogue);
    models = json_read_array(catalogue, "models");
    for (guint i = 0; i < json_array_get_length(models); i++) {
        JsonObject *entry = json_array_get_object_element(models, i);
        struct model *model = g_new0(struct model, 1);

        model->id = g_strdup(json_read_string(entry, "id"));
        model->title = g_strdup(json_read_string(entry, "title"));
        model->role = g_strdup(json_read_string(entry, "role"));
        model->license = g_strdup(json_read_string(entry, "license"));
        model->file = g_strdup(json_read_string(entry, "file"));
        model->sha256 = g_strdup(json_read_string(entry, "sha256"));
        json_read_int(entry, "bytes", 0, G_MAXINT64, &model->bytes);
        g_ptr_array_add(library->models, model);
    }
}

static struct model *by_file(const ModelLibrary *library, const char *file)
{
    for (guint i = 0; i < library->models->len; i++) {
        struct model *model = library->models->pdata[i];
        if (g_str_equal(model->file, file))
            return model;
    }
    return NULL;
}

/* The hash that path.sha256 holds, unless the model was written after it. */
static char *recorded_sha256(const char *path)
{
    g_autofree char *record = g_strconcat(path, ".sha256", NULL), *text = NULL;
    GStatBuf file, note;
    gsize n;

    if (g_stat(path, &file) != 0 || g_stat(record, &note) != 0 || note.st_mtime < file.st_mtime ||
        !regular_file_read(record, 4096, &text, &n, NULL))
        return NULL;
    for (int i = 0; i < 64; i++)
        if (!g_ascii_isxdigit(text[i]))
            return NULL;
    return g_ascii_strdown(text, 64);
}

static struct model *model_of_file(const char *path)
{
    struct model *model = g_new0(struct model, 1);
    GStatBuf st;

    model->path = g_strdup(path);
    model->file = g_path_get_basename(path);
    model->id = g_str_has_suffix(model->file, ".gguf")
                    ? g_strndup(model->file, strlen(model->file) - strlen(".gguf"))
                    : g_strdup(model->file);
    model->title = g_strdup(model->id);
    model->sha256 = recorded_sha256(path);
    model->bytes = g_stat(path, &st) == 0 ? st.st_size : 0;
    return model;
}

static void add_file(ModelLibrary *library, const char *dir, const char *file)
{
    struct model *known = by_file(library, file);
    g_autofree char *path = g_build_filename(dir, file, NULL);
    GStatBuf st;

    if ((known && known->path) || g_stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    if (known) {
        known->path = g_steal_pointer(&path);
        known->bytes = st.st_size;
    } else {
        g_ptr_array_add(library->models, model_of_file(path));
    }
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_folder(ModelLibrary *library, const char *dir)
{
    g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    const char *file;

    while (folder && (file = g_dir_read_name(folder)))
        if (g_str_has_suffix(file, ".gguf"))
            g_ptr_array_add(files, g_strdup(file));
    g_ptr_array_sort(files, by_name);
    for (guint i = 0; i < files->len; i++)
        add_file(library, dir, files->pdata[i]);
}

ModelLibrary *model_library_open(void)
{
    ModelLibrary *library = g_new0(ModelLibrary, 1);
    g_auto(GStrv) folders = paths_model_search();

    library->models = g_ptr_array_new_with_free_func((GDestroyNotify)model_free);
    add_catalogue(library);
    for (char **folder = folders; *folder; folder++)
        add_folder(library, *folder);
    return library;
}

void model_library_free(ModelLibrary *library)
{
    if (!library)
        return;
    g_ptr_array_unref(library->models);
    g_free(library);
}

GPtrArray *model_library_list(const ModelLibrary *library)
{
    return library->models;
}

/* --- choosing --------------------------------------------------------------------------------- */

static const struct model *not_here(GError **error, const struct model *model)
{
    g_autofree char *folder = paths_models();

    g_set_error(
        error, APP_ERROR, APP_ERROR_FAILED,
        _("The model %s is not on this machine: fetch the starter models with ./run, or put "
          "%s into %s."),
        model->id, model->file, folder);
    return NULL;
}

/* What could be meant instead, for an error sentence (owned). */
static char *names_of(const ModelLibrary *library, const char *prefix)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < library->models->len; i++) {
        const struct model *model = library->models->pdata[i];
        if (model->path && g_str_has_prefix(model->id, prefix))
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", model->id);
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

static const struct model *by_prefix(const ModelLibrary *library, const char *name, GError **error)
{
    const struct model *found = NULL;
    g_autofree char *names = NULL;
    int n = 0;

    for (guint i = 0; i < library->models->len; i++) {
        const struct model *model = library->models->pdata[i];
        if (*name && (g_str_has_prefix(model->id, name) || g_str_has_prefix(model->file, name))) {
            found = model;
            n++;
        }
    }
    if (n == 1)
        return found;
    names = names_of(library, n ? name : "");
    if (n > 1)
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("The name %s is not clear: it could be %s. Write more of it."), name, names);
    else if (*names)
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("There is no model %s, neither by name nor as a file. On this machine: %s."),
                    name, names);
    else
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("There is no model %s: no model is on this machine. Fetch the starter models "
                      "with ./run."),
                    name);
    return NULL;
}

const struct model *model_library_find(ModelLibrary *library, const char *name, GError **error)
{
    const struct model *found = NULL;

    for (guint i = 0; i < library->models->len && !found; i++) {
        const struct model *model = library->models->pdata[i];
        if (g_str_equal(model->id, name) || g_str_equal(model->file, name))
            found = model;
    }
    if (!found && g_file_test(name, G_FILE_TEST_IS_REGULAR)) {
        struct model *file = model_of_file(name);
        g_ptr_array_add(library->models, file);
        return file;
    }
    if (!found)
        found = by_prefix(library, name, error);
    if (!found)
        return NULL;
    return found->path ? found : not_here(error, found);
}

bool model_serves(const struct model *model, enum model_purpose purpose)
{
    struct eng_options options = {.size = sizeof options, .vocab_only = true};
    struct engine *engine = NULL;
    bool ok;

    if (model->role)
        return g_str_equal(model->role, "embedder") == (purpose == MODEL_EMBEDDER);
    if (eng_open(&engine, model->path, &options, NULL) != ENG_OK)
        return false;
    ok = (eng_model_info(engine)->kind == ENG_MODEL_ENCODER) == (purpose == MODEL_EMBEDDER);
    eng_close(engine);
    return ok;
}

const struct model *model_library_default(const ModelLibrary *library, enum model_purpose purpose,
                                          GError **error)
{
    static const char *const roles[][2] = {
        [MODEL_CHAT] = {"chat", "chat-small"},
        [MODEL_EMBEDDER] = {"embedder", "embedder"},
    };

    for (int r = 0; r < 2; r++)
        for (guint i = 0; i < library->models->len; i++) {
            const struct model *model = library->models->pdata[i];
            if (model->path && g_strcmp0(model->role, roles[purpose][r]) == 0)
                return model;
        }
    for (guint i = 0; i < library->models->len; i++) {
        const struct model *model = library->models->pdata[i];
        if (model->path && !model->role && model_serves(model, purpose))
            return model;
    }
    g_set_error_literal(
        error, APP_ERROR, APP_ERROR_FAILED,
        purpose == MODEL_CHAT
            ? _("No chat model is on this machine: fetch the starter models with ./run, or add one "
                "with `lectern models import FILE.gguf`.")
            : _("No embedder is on this machine: fetch the starter models with ./run, or add one "
                "with `lectern models import FOLDER`."));
    return NULL;
}

/* --- checking -----------------------------------------------------------------------------------
 */

char *model_identity(const struct model *model, GCancellable *cancellable, GError **error)
{
    char *recorded = model->role ? g_strdup(model->sha256) : recorded_sha256(model->path);
    return recorded ? recorded : regular_file_sha256(model->path, cancellable, error);
}

bool model_record_sha256(const char *path, GCancellable *cancellable, GError **error)
{
    g_autofree char *sum = regular_file_sha256(path, cancellable, error);
    g_autofree char *file = g_path_get_basename(path);
    g_autofree char *record = g_strconcat(path, ".sha256", NULL);
    g_autofree char *line = g_strdup_printf("%s  %s\n", sum, file);

    return sum && g_file_set_contents(record, line, -1, error);
}

bool model_verify(const struct model *model, bool *compared, GCancellable *cancellable,
                  GError **error)
{
    g_autofree char *sum = regular_file_sha256(model->path, cancellable, error);
    struct engine *engine = NULL;
    struct eng_err err;

    *compared = model->sha256 != NULL;
    if (!sum)
        return false;
    if (model->sha256 && !g_str_equal(sum, model->sha256)) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("%s is damaged or another file: its SHA-256 is %s, and should be %s. Delete "
                      "it and fetch it again."),
                    model->path, sum, model->sha256);
        return false;
    }
    if (eng_open(&engine, model->path, NULL, &err) != ENG_OK) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_FAILED, err.text);
        return false;
    }
    eng_close(engine);
    return true;
}
