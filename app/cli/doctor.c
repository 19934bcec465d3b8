/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lectern doctor`: checks library, models and devices, and mends what can be mended: SQLite is the
 * truth, full text and vector index are made again from it. With --check nothing is touched. Fails
 * where something is wrong that was not mended.
 */
#include "app/cli/devices.h"
#include "app/cli/models.h"
#include "app/cli/verbs.h"
#include <glib/gi18n.h>

static void write_finding(struct cli *cli, JsonWrite *json, const char *text, bool repaired)
{
    json_write_begin(json, NULL, '{');
    json_write_string(json, "text", text);
    json_write_bool(json, "repaired", repaired);
    json_write_end(json);
    if (!cli->json)
        printf("    %s  %s\n", repaired ? _("mended") : _("WRONG "), text);
}

static bool write_findings(struct cli *cli, JsonWrite *json, GPtrArray *findings)
{
    bool ok = true;

    for (guint i = 0; i < findings->len; i++) {
        const struct rag_finding *finding = findings->pdata[i];
        write_finding(cli, json, finding->text, finding->repaired);
        ok = ok && finding->repaired;
    }
    if (findings->len == 0 && !cli->json)
        printf("    %s\n", _("documents, full text and vectors agree"));
    return ok;
}

/* Member "library"; a library that is not there is no fault. */
static bool check_library(struct cli *cli, JsonWrite *json, bool repair)
{
    struct cli_library library = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = NULL;
    bool exists = cli_library_exists(cli), ok = true;

    json_write_begin(json, "library", '{');
    json_write_string(json, "path", cli->library);
    json_write_bool(json, "exists", exists);
    json_write_begin(json, "findings", '[');
    if (!cli->json)
        printf(_("Library  %s\n"), cli->library);
    if (!exists && !cli->json)
        printf("    %s\n", _("not there yet: `lectern index FOLDER` makes it"));
    if (exists && cli_library_open(cli, 0, &library, &error))
        findings = rag_doctor(library.rag, repair, &error);
    if (findings)
        ok = write_findings(cli, json, findings);
    if (error) {
        write_finding(cli, json, error->message, false);
        cli_fail(cli, error);
        ok = false;
    }
    json_write_end(json);
    json_write_end(json);
    cli_library_close(&library);
    return ok;
}

enum part { PART_LIBRARY = 1, PART_MODELS = 2, PART_DEVICES = 4 };

/* The parts that the arguments name, all where there are none; 0 for a word that is no part. */
static unsigned parse_parts(GStrv arguments)
{
    static const char *const names[] = {"library", "models", "devices"};
    unsigned parts = 0;

    for (char **word = arguments; *word; word++) {
        unsigned part = 0;
        for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
            if (g_str_equal(*word, names[i]))
                part = 1u << i;
        if (!part)
            return 0;
        parts |= part;
    }
    return parts ? parts : PART_LIBRARY | PART_MODELS | PART_DEVICES;
}

static bool check_parts(struct cli *cli, unsigned parts, bool repair, JsonWrite *json,
                        GError **error)
{
    bool ok = true;

    if (parts & PART_LIBRARY)
        ok = check_library(cli, json, repair);
    if (parts & PART_MODELS) {
        g_autoptr(ModelLibrary) models = model_library_open();
        if (!cli->json)
            printf("%s", _("Models\n"));
        ok = cli_verify_models(cli, models, NULL, json, error) && ok;
    }
    if (parts & PART_DEVICES) {
        if (!cli->json)
            printf("%s", _("Devices\n"));
        ok = cli_test_devices(json, !cli->json) && ok;
    }
    return ok;
}

int verb_doctor(struct cli *cli, int argc, char **argv)
{
    gboolean check_only = FALSE;
    const GOptionEntry entries[] = {
        {"check", 0, 0, G_OPTION_ARG_NONE, &check_only, N_("check only, mend nothing"), NULL},
        {NULL},
    };
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    g_autoptr(GError) error = NULL;
    unsigned parts;
    bool ok;

    if (!cli_parse(cli, argc, argv, entries, "[library] [models] [devices]",
                   _("Checks the library, the models and the devices, or only what is named, and "
                     "mends what can be mended."),
                   0, -1))
        return CLI_USAGE;
    parts = parse_parts(cli->arguments);
    if (!parts)
        return cli_usage(cli, _("There are library, models and devices to be checked."));
    json_write_begin(&json, NULL, '{');
    ok = check_parts(cli, parts, !check_only, &json, &error);
    if (error)
        return cli_fail(cli, error);
    json_write_bool(&json, "ok", ok);
    json_write_end(&json);
    if (cli->json)
        cli_print_json(&json);
    else
        printf("%s\n", ok ? _("All is well.") : _("Something is wrong and was not mended."));
    return ok ? CLI_OK : CLI_FAILED;
}
