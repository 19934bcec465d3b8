/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window.h: the one window: sidebar, middle (conversation, library or what stands in for them),
 * viewer. Its widgets ask it by its actions ("win.…", actions.c); what is here is for those.
 */
#pragma once

#include "ui/application.h"

#define LEC_TYPE_WINDOW (lec_window_get_type())
G_DECLARE_FINAL_TYPE(LecWindow, lec_window, LEC, WINDOW, AdwApplicationWindow)

LecWindow *lec_window_new(LecApplication *application);

/* files: GPtrArray of GFile, of any number and kind, kept. They are added to the collection that is
   shown; see adding.h. */
void lec_window_add_files(LecWindow *self, GPtrArray *files);
/* One sentence, for some seconds. */
void lec_window_say(LecWindow *self, const char *sentence);

void lec_window_show_conversation(LecWindow *self, gint64 conversation); /* 0: a new one */
void lec_window_show_library(LecWindow *self, gint64 collection);        /* 0: all */
void lec_window_find(LecWindow *self);
void lec_window_focus_composer(LecWindow *self);
void lec_window_activate_source(LecWindow *self, guint number);
/* Esc: closes the document, else stops the answer that is being written. */
void lec_window_close_pane_or_stop(LecWindow *self);

/* What it works with (borrowed; settings may be NULL). */
LecLibrary *lec_window_get_library(LecWindow *self);
LecIndexer *lec_window_get_indexer(LecWindow *self);
LecChat *lec_window_get_chat(LecWindow *self);
GSettings *lec_window_get_settings(LecWindow *self);
