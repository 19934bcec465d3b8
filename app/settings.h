/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings.h: what is remembered from one start to the next (GSettings, schema org.lectern.Lectern;
 * the source is data/org.lectern.Lectern.gschema.xml).
 *
 *     key               type  range                       default  what
 *     window-width      i     360 … 16384                 1200
 *     window-height     i     294 … 16384                 800
 *     window-maximized  b                                 false
 *     sidebar-visible   b                                 true
 *     viewer-width      i     280 … 4096                  460      the right pane
 *     color-scheme      s     system, light, dark         system
 *     chat-model        s                                 ''       LecModel's id; '' = the best
 *     answer-length     i     64 … 2048                   256      tokens at most
 *     scope             s                                 ''       of new questions, the composer's
 *     indexing-paused   b                                 false    bound to LecIndexer's "paused"
 *     last-conversation x     0 … G_MAXINT64              0        0 = none
 *
 * Ranges and choices are in the schema, so that a value that is out of them (a damaged file) reads
 * as the default. Thread rule: main thread.
 */
#pragma once

#include <gio/gio.h>

#define LEC_SETTINGS_SCHEMA "org.lectern.Lectern"

#define LEC_SETTINGS_WINDOW_WIDTH      "window-width"
#define LEC_SETTINGS_WINDOW_HEIGHT     "window-height"
#define LEC_SETTINGS_WINDOW_MAXIMIZED  "window-maximized"
#define LEC_SETTINGS_SIDEBAR_VISIBLE   "sidebar-visible"
#define LEC_SETTINGS_VIEWER_WIDTH      "viewer-width"
#define LEC_SETTINGS_COLOR_SCHEME      "color-scheme"
#define LEC_SETTINGS_CHAT_MODEL        "chat-model"
#define LEC_SETTINGS_ANSWER_LENGTH     "answer-length"
#define LEC_SETTINGS_SCOPE             "scope"
#define LEC_SETTINGS_INDEXING_PAUSED   "indexing-paused"
#define LEC_SETTINGS_LAST_CONVERSATION "last-conversation"

/* The settings (owned by the caller). The compiled schema is looked for beside the program and in
   `data` beside it (a build folder), then where GSettings looks (GSETTINGS_SCHEMA_DIR, the system).
   Where no schema is found: NULL, and the window's defaults hold and nothing is remembered. */
GSettings *lec_settings_new(void);
