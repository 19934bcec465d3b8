/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draft.h: keeps what stands in the composer and is not asked yet, for each conversation.
 *
 *     lec_draft_open(draft, library, 17);      stores what was typed before, shows what was kept
 *     lec_draft_clear(draft);                  it was asked
 *
 * Signal: "typed": somebody types (not for text that is shown by lec_draft_open).
 */
#pragma once

#include "app/library.h"
#include "ui/composer.h"

#define LEC_TYPE_DRAFT (lec_draft_get_type())
G_DECLARE_FINAL_TYPE(LecDraft, lec_draft, LEC, DRAFT, GObject)

/* The composer must outlive it. */
LecDraft *lec_draft_new(LecComposer *composer);
/* library: NULL: nothing is kept. conversation 0: the new one. */
void lec_draft_open(LecDraft *self, LecLibrary *library, gint64 conversation);
/* The conversation shown, which was new, has an id now. */
void lec_draft_set_conversation(LecDraft *self, gint64 conversation);
void lec_draft_clear(LecDraft *self);
/* Stores now what is not stored yet. */
void lec_draft_flush(LecDraft *self);
