/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target over the saved inputs of a folder, and over each cut at every quarter: the
 * fuzzer's findings stay found without a fuzzer. Usage: replay-TARGET CORPUS-FOLDER
 */
#include <glib.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(argc == 2 ? argv[1] : "", 0, &error);
    if (!dir)
        g_error("usage: %s CORPUS-FOLDER (%s)", argv[0], error->message);
    int n_inputs = 0;
    for (const char *name; (name = g_dir_read_name(dir)); n_inputs++) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL), *data = NULL;
        gsize n;
        if (!g_file_get_contents(path, &data, &n, &error))
            g_error("%s", error->message);
        for (gsize quarter = 0; quarter <= 4; quarter++)
            LLVMFuzzerTestOneInput((const uint8_t *)data, n * quarter / 4);
    }
    g_print("%d inputs\n", n_inputs);
    return n_inputs ? 0 : 1;
}
