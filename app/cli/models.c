/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lectern models`: list, info, import, verify. */
#include "app/cli/models.h"
#include "app/cli/verbs.h"
#include "app/error.h"
#include "engine/gguf.h"
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define LONGEST_SHOWN 80 /* characters of a string value */

/* --- list
 * ----------------------------------------------------------------------------------------- */

static void write_model(JsonWrite *json, const struct model *model)
{
    json_write_string(json, "id", model->id);
    json_write_string(json, "title", model->title);
    json_write_string(json, "role", model->role);
    json_write_string(json, "license", model->license);
    json_write_string(json, "file", model->path ?: model->file);
    json_write_bool(json, "installed", model->path != NULL);
    json_write_int(json, "bytes", model->bytes);
    json_write_string(json, "sha256", model->sha256);
}

static int list(struct cli *cli, ModelLibrary *models)
{
    GPtrArray *all = model_library_list(models);
    g_auto(JsonWrite) json = JSON_WRITE_INIT;

    json_write_begin(&json, NULL, '{');
    json_write_begin(&json, "models", '[');
    for (guint i = 0; i < all->len; i++) {
        const struct model *model = all->pdata[i];
        g_autofree char *size = g_format_size((guint64)model->bytes);

        json_write_begin(&json, NULL, '{');
        write_model(&json, model);
        json_write_end(&json);
        if (!cli->json)
            printf("%-24s %-11s %10s  %s\n", model->id, model->role ?: "", size,
                   model->path ?: _("not on this machine: ./run fetches it"));
    }
    json_write_end(&json);
    json_write_end(&json);
    if (cli->json)
        cli_print_json(&json);
    return CLI_OK;
}

/* --- info
 * ----------------------------------------------------------------------------------------- */

static void write_value(JsonWrite *json, const char *key, const struct gguf_value *value)
{
    switch (value->type) {
    case GGUF_STRING:
        json_write_bytes(json, key, value->s.data, value->s.n);
        break;
    case GGUF_BOOL:
        json_write_bool(json, key, value->u != 0);
        break;
    case GGUF_FLOAT32:
    case GGUF_FLOAT64:
        json_write_double(json, key, value->f);
        break;
    case GGUF_ARRAY: /* vocabularies: their length is what a person wants to know */
        json_write_begin(json, key, '{');
        json_write_int(json, "elements", (int64_t)value->n);
        json_write_end(json);
        break;
    case GGUF_INT8:
    case GGUF_INT16:
    case GGUF_INT32:
    case GGUF_INT64:
        json_write_int(json, key, value->i);
        break;
    default:
        json_write_int(json, key, (int64_t)value->u);
        break;
    }
}

/* One value as text (owned), without what could steer a terminal. */
static char *value_text(const struct gguf_value *value)
{
    g_auto(JsonWrite) json = JSON_WRITE_INIT;

    if (value->type == GGUF_ARRAY)
        return g_strdup_printf(_("(a list of %" PRIu64 ")"), value->n);
    write_value(&json, NULL, value);
    if (g_utf8_strlen(json.text->str, -1) > LONGEST_SHOWN) {
        g_autofree char *cut = g_utf8_substring(json.text->str, 0, LONGEST_SHOWN);
        return g_strconcat(cut, "…", NULL);
    }
    return g_strdup(json.text->str);
}

static void print_tensor(const struct gguf_tensor *tensor)
{
    struct gguf_type_info info = {.name = "?"};
    g_autofree char *name = g_utf8_make_valid(tensor->name.data, (gssize)tensor->name.n);
    g_autofree char *shown = g_strescape(name, NULL);

    gguf_type_info(tensor->type, &info);
    printf("%-32s %-6s [", shown, info.name);
    for (int i = tensor->n_dims - 1; i >= 0; i--)
        printf("%" PRId64 "%s", tensor->ne[i], i ? ", " : "]\n");
}

static void print_info_text(const struct gguf *gguf, const struct model *model, bool tensors)
{
    g_autofree char *size = g_format_size((guint64)model->bytes);

    printf(_("file      %s\nsize      %s\ntensors   %zu\n\n"), model->path, size,
           gguf_n_tensors(gguf));
    for (size_t i = 0; i < gguf_n_values(gguf); i++) {
        const struct gguf_value *value = gguf_value_at(gguf, i);
        g_autofree char *key = g_utf8_make_valid(value->key.data, (gssize)value->key.n);
        g_autofree char *shown = g_strescape(key, NULL);
        g_autofree char *text = value_text(value);
        printf("%-44s %s\n", shown, text);
    }
    if (tensors)
        putchar('\n');
    for (size_t i = 0; tensors && i < gguf_n_tensors(gguf); i++)
        print_tensor(gguf_tensor_at(gguf, i));
}

static void print_info_json(const struct gguf *gguf, const struct model *model)
{
    g_auto(JsonWrite) json = JSON_WRITE_INIT;

    json_write_begin(&json, NULL, '{');
    write_model(&json, model);
    json_write_begin(&json, "metadata", '{');
    for (size_t i = 0; i < gguf_n_values(gguf); i++) {
        const struct gguf_value *value = gguf_value_at(gguf, i);
        g_autofree char *key = g_strndup(value->key.data, value->key.n);
        write_value(&json, key, value);
    }
    json_write_end(&json);
    json_write_begin(&json, "tensors", '[');
    for (size_t i = 0; i < gguf_n_tensors(gguf); i++) {
        const struct gguf_tensor *tensor = gguf_tensor_at(gguf, i);
        struct gguf_type_info info = {0};

        gguf_type_info(tensor->type, &info);
        json_write_begin(&json, NULL, '{');
        json_write_bytes(&json, "name", tensor->name.data, tensor->name.n);
        json_write_string(&json, "type", info.name);
        json_write_begin(&json, "shape", '[');
        for (int d = tensor->n_dims - 1; d >= 0; d--)
            json_write_int(&json, NULL, tensor->ne[d]);
        json_write_end(&json);
        json_write_end(&json);
    }
    json_write_end(&json);
    json_write_end(&json);
    cli_print_json(&json);
}

static int info(struct cli *cli, ModelLibrary *models, const char *name, bool tensors)
{
    g_autoptr(GError) error = NULL;
    const struct model *model = model_library_find(models, name, &error);
    struct gguf *gguf = NULL;
    struct eng_err err;

    if (!model)
        return cli_fail(cli, error);
    if (gguf_open(&gguf, model->path, &err) != ENG_OK) {
        cli_engine_error(&err, &error);
        return cli_fail(cli, error);
    }
    if (cli->json)
        print_info_json(gguf, model);
    else
        print_info_text(gguf, model, tensors);
    gguf_close(gguf);
    return CLI_OK;
}

/* --- verify
 * --------------------------------------------------------------------------------------- */

static bool verify_one(struct cli *cli, const struct model *model, JsonWrite *json, bool print,
                       GError **error)
{
    g_autoptr(GError) wrong = NULL;
    bool compared = false, ok;

    cli_progress(_("verifying %s"), model->path);
    ok = model_verify(model, &compared, cli->cancellable, &wrong);
    cli_progress_clear();
    if (g_error_matches(wrong, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return false;
    }
    json_write_begin(json, NULL, '{');
    json_write_string(json, "id", model->id);
    json_write_string(json, "file", model->path);
    json_write_bool(json, "ok", ok);
    json_write_bool(json, "sha256_compared", compared);
    json_write_string(json, "error", wrong ? wrong->message : NULL);
    json_write_end(json);
    if (print && ok)
        printf("%-24s %s\n", model->id,
               compared ? _("right: SHA-256 as expected, opens")
                        : _("opens; nobody said what its SHA-256 should be"));
    if (!ok)
        cli_say("%s", wrong->message);
    return ok;
}

bool cli_verify_models(struct cli *cli, ModelLibrary *models, const struct model *only,
                       JsonWrite *json, GError **error)
{
    GPtrArray *all = model_library_list(models);
    g_autoptr(GError) cancelled = NULL;
    bool ok = true;

    json_write_begin(json, "models", '[');
    for (guint i = 0; i < all->len && !cancelled; i++) {
        const struct model *model = all->pdata[i];
        if (model->path && (!only || model == only))
            ok = verify_one(cli, model, json, !cli->json, &cancelled) && ok;
    }
    json_write_end(json);
    if (cancelled)
        g_propagate_error(error, g_steal_pointer(&cancelled));
    return ok;
}

static int verify(struct cli *cli, ModelLibrary *models, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    const struct model *only = name ? model_library_find(models, name, &error) : NULL;
    bool ok;

    if (error)
        return cli_fail(cli, error);
    json_write_begin(&json, NULL, '{');
    ok = cli_verify_models(cli, models, only, &json, &error);
    json_write_end(&json);
    if (error)
        return cli_fail(cli, error);
    if (cli->json)
        cli_print_json(&json);
    return ok ? CLI_OK : CLI_FAILED;
}

/* --- the verb
 * ------------------------------------------------------------------------------------- */

int verb_models(struct cli *cli, int argc, char **argv)
{
    struct cli_import import = {0};
    gboolean tensors = FALSE;
    const GOptionEntry entries[] = {
        {"tensors", 0, 0, G_OPTION_ARG_NONE, &tensors, N_("info: list the tensors too"), NULL},
        {"name", 0, 0, G_OPTION_ARG_FILENAME, &import.name, N_("import: what to call the model"),
         "NAME"},
        {"type", 0, 0, G_OPTION_ARG_FILENAME, &import.type,
         N_("import: type of the weights, f32, f16 or q8_0 (q8_0)"), "TYPE"},
        {"pooling", 0, 0, G_OPTION_ARG_FILENAME, &import.pooling,
         N_("import: mean or cls, where the folder does not say"), "KIND"},
        {"license", 0, 0, G_OPTION_ARG_FILENAME, &import.license,
         N_("import: the model's licence, where the folder does not say"), "NAME"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &import.output,
         N_("import: write to this file, not into the model folder"), "FILE"},
        {NULL},
    };
    g_autoptr(ModelLibrary) models = NULL;
    const char *what, *name;
    int code;

    if (!cli_parse(cli, argc, argv, entries,
                   "list | info NAME | import FOLDER|FILE | verify [NAME]",
                   _("The models on this machine. They are looked for in the folders of "
                     "$LECTERN_MODELS, then where `import` puts them, then where ./run fetches "
                     "them to. `import` converts a Hugging Face folder of a BERT encoder to GGUF, "
                     "or takes a GGUF file in."),
                   1, 2))
        return CLI_USAGE;
    what = cli->arguments[0];
    name = cli->arguments[1];
    models = model_library_open();
    if (g_str_equal(what, "list") && !name)
        code = list(cli, models);
    else if (g_str_equal(what, "verify"))
        code = verify(cli, models, name);
    else if (g_str_equal(what, "info") && (name || cli->model))
        code = info(cli, models, name ?: cli->model, tensors);
    else if (g_str_equal(what, "import") && name)
        code = cli_import_model(cli, name, &import);
    else
        code = cli_usage(cli, _("lectern models %s: not understood, or a name is missing."), what);
    g_free(import.name);
    g_free(import.type);
    g_free(import.pooling);
    g_free(import.license);
    g_free(import.output);
    return code;
}
