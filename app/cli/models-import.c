/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lectern models import`: the result is written beside its place, opened once by the engine, and
 * only then takes its name; with it goes its SHA-256, so that `verify` can tell later whether it
 * changed.
 */
#include "app/cli/models.h"
#include "app/error.h"
#include "app/model-import.h"
#include "app/paths.h"
#include "app/regular-file.h"
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

static bool parse_type(const char *name, enum gguf_type *out)
{
    static const struct {
        const char *name;
        enum gguf_type type;
    } types[] = {{"q8_0", GGUF_Q8_0}, {"f16", GGUF_F16}, {"f32", GGUF_F32}};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_ascii_strcasecmp(name ?: "q8_0", types[i].name) == 0) {
            *out = types[i].type;
            return true;
        }
    return false;
}

/* "all-MiniLM-L6-v2" → "all-minilm-l6-v2.gguf" (owned): plain letters that suit every file system.
 */
static char *file_name(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    if (g_str_has_suffix(lower, ".gguf"))
        lower[strlen(lower) - strlen(".gguf")] = '\0';
    g_strcanon(lower, "abcdefghijklmnopqrstuvwxyz0123456789._-", '-');
    return g_strconcat(*lower == '.' ? "model" : "", lower, ".gguf", NULL);
}

static char *target_path(const struct cli_import *import, const char *name, GError **error)
{
    g_autofree char *folder = paths_models(), *file = file_name(name);

    if (import->output)
        return g_strdup(import->output);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("The folder %s cannot be made: %s."),
                    folder, g_strerror(errno));
        return NULL;
    }
    return g_build_filename(folder, file, NULL);
}

/* Copies with the file's own bytes untouched; a link would change when the original does. */
static bool copy_file(const char *source, const char *target, GCancellable *cancellable,
                      GError **error)
{
    g_autoptr(GFile) from = g_file_new_for_path(source), to = g_file_new_for_path(target);
    g_autoptr(GError) cause = NULL;
    int64_t size;
    int fd = regular_file_open(source, &size, error);

    if (fd < 0)
        return false;
    close(fd);
    if (g_file_copy(from, to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable,
                    NULL, NULL, &cause))
        return true;
    if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED,
                    _("%s cannot be copied to %s: the disk is full. Free some space and import it "
                      "again."),
                    source, target);
    else
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("%s cannot be copied to %s: %s."), source,
                    target, cause->message);
    return false;
}

static bool opens(const char *path, struct eng_model_info *out, GError **error)
{
    struct engine *engine = NULL;
    struct eng_err err;

    if (eng_open(&engine, path, NULL, &err) != ENG_OK)
        return cli_engine_error(&err, error);
    *out = *eng_model_info(engine);
    eng_close(engine);
    return true;
}

static bool make(struct cli *cli, const char *source, const char *part,
                 const struct cli_import *import, enum gguf_type type, GError **error)
{
    const struct model_import_options options = {
        .name = import->name,
        .license = import->license,
        .pooling = import->pooling,
        .type = type,
    };
    struct eng_model_info model;

    if (g_file_test(source, G_FILE_TEST_IS_DIR))
        return model_import_folder(source, part, &options, cli->cancellable, error);
    /* opened where it lies first: what is wrong with it is then said of the person's own file */
    return opens(source, &model, error) && copy_file(source, part, cli->cancellable, error);
}

static bool import_to(struct cli *cli, const char *source, const char *target,
                      const struct cli_import *import, enum gguf_type type, GError **error)
{
    g_autofree char *part = g_strconcat(target, ".new", NULL);
    struct eng_model_info model;
    bool ok = make(cli, source, part, import, type, error) && opens(part, &model, error);

    if (ok && g_rename(part, target) != 0) {
        g_set_error(error, APP_ERROR, APP_ERROR_FAILED, _("%s cannot be written: %s."), target,
                    g_strerror(errno));
        ok = false;
    }
    if (!ok)
        g_unlink(part);
    return ok && model_record_sha256(target, cli->cancellable, error);
}

static int report(struct cli *cli, const char *target)
{
    if (cli->json) {
        g_auto(JsonWrite) json = JSON_WRITE_INIT;
        json_write_begin(&json, NULL, '{');
        json_write_string(&json, "file", target);
        json_write_end(&json);
        cli_print_json(&json);
    } else {
        printf(_("Imported as %s\n"), target);
    }
    return CLI_OK;
}

int cli_import_model(struct cli *cli, const char *source, const struct cli_import *import)
{
    g_autofree char *absolute = g_canonicalize_filename(source, NULL);
    g_autofree char *base = g_path_get_basename(absolute), *target = NULL;
    g_autoptr(GError) error = NULL;
    enum gguf_type type;

    if (!parse_type(import->type, &type))
        return cli_usage(cli, _("--type %s is unknown; there are f32, f16 and q8_0."),
                         import->type);
    if (import->pooling && !g_str_equal(import->pooling, "mean") &&
        !g_str_equal(import->pooling, "cls"))
        return cli_usage(cli, _("--pooling %s is unknown; there are mean and cls."),
                         import->pooling);
    target = target_path(import, import->name ?: base, &error);
    if (!target || !import_to(cli, absolute, target, import, type, &error))
        return cli_fail(cli, error);
    return report(cli, target);
}
