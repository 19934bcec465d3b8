/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Progress is for a person who watches: one line on the terminal, at most ten times a second. A log
 * file gets none of it.
 */
#include "app/cli/cli.h"
#include <sys/ioctl.h>
#include <unistd.h>

#define INTERVAL_US 100000

static bool shown;

static int columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80;
}

void cli_progress(const char *format, ...)
{
    static gint64 last;
    gint64 now = g_get_monotonic_time();
    g_autofree char *text = NULL, *valid = NULL, *cut = NULL;
    va_list args;

    if (!isatty(STDERR_FILENO) || (shown && now - last < INTERVAL_US))
        return;
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    valid = g_utf8_make_valid(text, -1);
    for (char *p = valid; *p; p++)
        if ((unsigned char)*p < 0x20) /* a file name must not steer the terminal */
            *p = '?';
    cut = g_utf8_substring(valid, 0, MIN(columns() - 1, g_utf8_strlen(valid, -1)));
    fprintf(stderr, "\r\033[K%s", cut);
    fflush(stderr);
    last = now;
    shown = true;
}

void cli_progress_clear(void)
{
    if (shown)
        fputs("\r\033[K", stderr);
    shown = false;
}
