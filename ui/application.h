/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * application.h: the running program: its services, which have no widgets, and its one window.
 *
 *     g_autoptr(LecApplication) application = lec_application_new(NULL);
 *     int code = g_application_run(G_APPLICATION(application), argc, argv);
 *     lec_application_close(application);
 *
 * One process a library: a second start hands its files over to the first. The services are there
 * from "startup" on; what the getters return is borrowed.
 */
#pragma once

#include "app/chat.h"
#include "app/indexer.h"
#include "app/library.h"
#include <adwaita.h>

#define LEC_TYPE_APPLICATION (lec_application_get_type())
G_DECLARE_FINAL_TYPE(LecApplication, lec_application, LEC, APPLICATION, AdwApplication)

/* library: its folder; NULL: the person's own. */
LecApplication *lec_application_new(const char *library);

/* The person's own: what is remembered of a library is remembered of this one. */
gboolean lec_application_has_own_library(LecApplication *self);
LecLibrary *lec_application_get_library(LecApplication *self);
LecIndexer *lec_application_get_indexer(LecApplication *self);
LecChat *lec_application_get_chat(LecApplication *self);
GSettings *lec_application_get_settings(LecApplication *self); /* NULL: nothing is remembered */

/* Ends the services: commits removals that wait for their undo, stops the work. Blocks for some
   seconds at most, so it is called when no window is left. */
void lec_application_close(LecApplication *self);
