/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a command line to a window. The verbs of the command line need no display and are not
 * touched by what this folder links.
 *
 * What GApplication gets is the name of the program and the files, nothing else: `open` and
 * `--library DIR` are read here, because the library decides which process is asked.
 */
#include "ui/ui.h"
#include "ui/application.h"
#include <glib/gi18n.h>

/* Started by the session bus to be asked for a window (the .service file in data/). */
#define SERVICE_OPTION "--gapplication-service"

/* The library's folder named at *i, which is moved past it; NULL: no such option there. */
static const char *library_option(int argc, char **argv, int *i)
{
    const char *name = argv[*i];

    if (g_str_has_prefix(name, "--library=")) {
        *i += 1;
        return strchr(name, '=') + 1;
    }
    if (g_str_equal(name, "--library") && *i + 1 < argc) {
        *i += 2;
        return argv[*i - 1];
    }
    return NULL;
}

/* Where the files of `open` begin, argc if there are none; 0: not a command line of the window. */
static int parse(int argc, char **argv, const char **library)
{
    const char *named;
    int i = 1;

    *library = NULL;
    if (argc == 2 && g_str_equal(argv[1], SERVICE_OPTION))
        return 1;
    if (i < argc && (named = library_option(argc, argv, &i)))
        *library = named;
    if (i == argc)
        return argc;
    if (!g_str_equal(argv[i++], "open"))
        return 0;
    if (!*library && i < argc && (named = library_option(argc, argv, &i)))
        *library = named;
    if (i < argc && g_str_equal(argv[i], "--"))
        i++;
    return i;
}

bool ui_is_wanted(int argc, char **argv)
{
    const char *library;
    return parse(argc, argv, &library) > 0;
}

static int print_usage(void)
{
    g_print("%s\n\n%s\n", _("Usage: lectern [open] [--library DIR] [FILE…]"),
            _("Opens the window. Files and folders are added to the library; a window that is open "
              "for it already gets them. `lectern --help` tells of the other verbs."));
    return 0;
}

int ui_main(int argc, char **argv)
{
    g_autoptr(LecApplication) application = NULL;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *library;
    int code, first = parse(argc, argv, &library);

    if (first < argc && g_str_equal(argv[first], "--help") && !g_str_equal(argv[first - 1], "--"))
        return print_usage();
    g_set_prgname("org.lectern.Lectern"); /* what a desktop knows the window by */
    g_set_application_name(_("Lectern"));
    if (!gtk_init_check()) {
        g_printerr("lectern: %s\n", _("There is no display to open a window on. What works without "
                                      "one is shown by `lectern --help`."));
        return 1;
    }
    g_ptr_array_add(words, argv[0]);
    if (first < argc && !g_str_equal(argv[first], SERVICE_OPTION))
        g_ptr_array_add(words, (char *)"--"); /* a file's name may look like an option */
    for (int i = first; i < argc; i++)
        g_ptr_array_add(words, argv[i]);
    g_ptr_array_add(words, NULL);
    application = lec_application_new(library);
    code = g_application_run(G_APPLICATION(application), words->len - 1, (char **)words->pdata);
    lec_application_close(application);
    return code;
}
