/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What cannot be made again (the library, imported models) lives in the data folder; what ./run can
 * fetch again (starter models) in the cache folder, which a person may empty at any time.
 */
#include "app/paths.h"

char *paths_library(void)
{
    return g_build_filename(g_get_user_data_dir(), "lectern", "library", NULL);
}

char *paths_models(void)
{
    return g_build_filename(g_get_user_data_dir(), "lectern", "models", NULL);
}

GStrv paths_model_search(void)
{
    g_autoptr(GStrvBuilder) folders = g_strv_builder_new();
    g_autofree char *own = paths_models();
    g_autofree char *cache = g_build_filename(g_get_user_cache_dir(), "lectern", "models", NULL);
    g_auto(GStrv) named = g_strsplit(g_getenv("LECTERN_MODELS") ?: "", ":", -1);

    for (char **folder = named; *folder; folder++)
        if (**folder)
            g_strv_builder_add(folders, *folder);
    g_strv_builder_add(folders, own);
    g_strv_builder_add(folders, cache);
    return g_strv_builder_end(folders);
}
