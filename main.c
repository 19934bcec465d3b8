/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program's first lines decide what it may do: before anything is read, sockets to the internet
 * are denied to this process and all its children. Where that cannot be done, Lectern does not run.
 */
#include "app/cli/cli.h"
#include "config.h"
#include "confine/confine.h"
#include "ui/ui.h"
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

int main(int argc, char **argv)
{
    char why[256];

    if (!confine_no_internet(why, sizeof why)) {
        fprintf(stderr, "lectern: The network cannot be closed off, so nothing is opened: %s\n",
                why);
        return CLI_FAILED;
    }
    setlocale(LC_ALL, "");
    bindtextdomain(LECTERN_GETTEXT_PACKAGE, LECTERN_LOCALE_DIR);
    bind_textdomain_codeset(LECTERN_GETTEXT_PACKAGE, "UTF-8");
    textdomain(LECTERN_GETTEXT_PACKAGE);
    /* A reader that has gone is an error of the write, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    return ui_is_wanted(argc, argv) ? ui_main(argc, argv) : cli_main(argc, argv);
}
