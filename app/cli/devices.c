/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `lectern devices`: what this machine computes on, and whether its kernels compute right. */
#include "app/cli/devices.h"
#include "app/cli/verbs.h"
#include <glib/gi18n.h>

bool cli_test_devices(JsonWrite *json, bool print)
{
    struct eng_device devices[16];
    size_t n = MIN(eng_devices(devices, G_N_ELEMENTS(devices)), G_N_ELEMENTS(devices));
    bool all_right = true;

    json_write_begin(json, "devices", '[');
    for (size_t i = 0; i < n; i++) {
        const struct eng_device *d = &devices[i];
        char why[240] = "";
        bool right = eng_device_self_test(d->name, why, sizeof why);
        g_autofree char *memory = g_format_size_full(d->memory_bytes, G_FORMAT_SIZE_IEC_UNITS);
        g_autofree char *left = g_format_size_full(d->memory_free_bytes, G_FORMAT_SIZE_IEC_UNITS);

        all_right = all_right && right;
        json_write_begin(json, NULL, '{');
        json_write_string(json, "name", d->name);
        json_write_string(json, "title", d->title);
        json_write_string(json, "features", d->features);
        json_write_int(json, "memory_bytes", (int64_t)d->memory_bytes);
        json_write_int(json, "memory_free_bytes", (int64_t)d->memory_free_bytes);
        json_write_bool(json, "used", d->used);
        json_write_string(json, "verdict", d->verdict);
        json_write_bool(json, "self_test", right);
        json_write_string(json, "self_test_failure", right ? NULL : why);
        json_write_end(json);
        if (!print)
            continue;
        printf("%s  %s\n", d->name, d->title);
        printf(_("    can        %s\n"), d->features);
        printf(_("    memory     %s, %s of it free\n"), memory, left);
        printf(_("    use        %s\n"), d->verdict);
        printf(_("    self-test  %s%s\n"), right ? _("passed") : _("FAILED: "), right ? "" : why);
    }
    json_write_end(json);
    return all_right;
}

int verb_devices(struct cli *cli, int argc, char **argv)
{
    const GOptionEntry entries[] = {{NULL}};
    g_auto(JsonWrite) json = JSON_WRITE_INIT;
    bool right;

    if (!cli_parse(cli, argc, argv, entries, "",
                   _("Lists the devices that models run on and tests their kernels."), 0, 0))
        return CLI_USAGE;
    json_write_begin(&json, NULL, '{');
    right = cli_test_devices(&json, !cli->json);
    json_write_end(&json);
    if (cli->json)
        cli_print_json(&json);
    if (!right)
        cli_say(_("A device computes wrongly: please report it with the output of this command."));
    return right ? CLI_OK : CLI_FAILED;
}
