/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GSettings ends the program where a schema is missing, so it is looked for first. A program that
 * was built and not installed finds it in its own build folder.
 */
#include "app/settings.h"

static GSettingsSchema *schema_in(const char *dir, GSettingsSchemaSource *parent)
{
    g_autoptr(GSettingsSchemaSource) source =
        g_settings_schema_source_new_from_directory(dir, parent, TRUE, NULL);

    return source ? g_settings_schema_source_lookup(source, LEC_SETTINGS_SCHEMA, FALSE) : NULL;
}

static GSettingsSchema *schema_beside_program(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *beside = program ? g_path_get_dirname(program) : NULL;
    g_autofree char *data = beside ? g_build_filename(beside, "data", NULL) : NULL;
    GSettingsSchemaSource *system = g_settings_schema_source_get_default();
    GSettingsSchema *schema;

    if (!beside)
        return NULL;
    schema = schema_in(beside, system);
    return schema ? schema : schema_in(data, system);
}

GSettings *lec_settings_new(void)
{
    g_autoptr(GSettingsSchema) schema = schema_beside_program();
    GSettingsSchemaSource *system = g_settings_schema_source_get_default();

    if (!schema && system)
        schema = g_settings_schema_source_lookup(system, LEC_SETTINGS_SCHEMA, TRUE);
    return schema ? g_settings_new_full(schema, NULL, NULL) : NULL;
}
