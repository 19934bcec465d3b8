/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a command line to a window. The verbs of the command line need no display and are not
 * touched by what this folder links.
 */
#include "ui/ui.h"
#include "ui/application.h"
#include <glib/gi18n.h>

bool ui_is_wanted(int argc, char **argv)
{
    if (argc < 2)
        return true;
    if (g_str_equal(argv[1], "open"))
        return true;
    /* no verb after the option */
    return (g_str_equal(argv[1], "--library") && argc == 3) ||
           (g_str_has_prefix(argv[1], "--library=") && argc == 2);
}

int ui_main(int argc, char **argv)
{
    g_autoptr(LecApplication) application = NULL;

    if (!gtk_init_check()) {
        g_printerr("lectern: %s\n", _("There is no display to open a window on. What works without "
                                      "one is shown by `lectern --help`."));
        return 1;
    }
    application = lec_application_new();
    return g_application_run(G_APPLICATION(application), argc, argv);
}
