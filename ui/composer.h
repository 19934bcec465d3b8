/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composer.h: where questions are written, with what they are asked about and who answers.
 *
 *     lec_composer_set_services(composer, library, chat);
 *     g_signal_connect(composer, "ask", …);   → lec_composer_get_scope, lec_composer_set_text
 *
 * Properties: "text" (string), "busy" (boolean: an answer is written; the button stops it).
 * Signals: "ask" (char *text), stripped and not empty; "stop"; "typed".
 */
#pragma once

#include "app/chat.h"
#include "ui/scope.h"
#include <gtk/gtk.h>

#define LEC_TYPE_COMPOSER (lec_composer_get_type())
G_DECLARE_FINAL_TYPE(LecComposer, lec_composer, LEC, COMPOSER, GtkWidget)

void lec_composer_set_services(LecComposer *self, LecLibrary *library, LecChat *chat);
char *lec_composer_dup_text(LecComposer *self); /* as it is written (owned by the caller) */
void lec_composer_set_text(LecComposer *self, const char *text);
LecScope *lec_composer_get_scope(LecComposer *self); /* borrowed */
void lec_composer_set_busy(LecComposer *self, gboolean busy);
/* One sentence below the field, until something is typed; NULL: none. */
void lec_composer_set_message(LecComposer *self, const char *message);
void lec_composer_choose_model(LecComposer *self);
