/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader lies beside the program in a build folder, and in libexec when installed. The folder
 * is that of the running file, whatever name it was called by. If the two are not of one build (an
 * update while the program ran), the reader says so and nothing is read.
 */
#include "app/reader-command.h"

#include "config.h"
#include <glib.h>

#define READER "lectern-reader"

static char *find_reader(void)
{
    const char *named = g_getenv("LECTERN_READER");
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
    g_autofree char *beside = folder ? g_build_filename(folder, READER, NULL) : NULL;

    if (named)
        return g_strdup(named);
    if (beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    return g_build_filename(LECTERN_LIBEXEC_DIR, READER, NULL);
}

const char *const *reader_command(void)
{
    static const char *command[3];

    if (g_once_init_enter(&command[0])) {
        command[1] = LECTERN_VERSION " " LECTERN_COMMIT;
        g_once_init_leave(&command[0], find_reader());
    }
    return command;
}
