/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ui.h: the window, as main.c sees it.
 *
 *     return ui_is_wanted(argc, argv) ? ui_main(argc, argv) : cli_main(argc, argv);
 *
 * `lectern` and `lectern --library DIR` open the window, `lectern open [FILE…]` too, with files or
 * folders to add. A second start hands over to the first and ends.
 */
#pragma once

#include <stdbool.h>

bool ui_is_wanted(int argc, char **argv);
/* Runs until the window is closed; an exit code. Where there is no display it says so: 1. */
int ui_main(int argc, char **argv);
