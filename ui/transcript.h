/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript.h: the turns of a conversation, one below the other, to be scrolled.
 *
 *     lec_transcript_show(transcript, answers);      a conversation that was kept, at its end
 *     lec_transcript_append(transcript, answer);     a question was asked
 *
 * Signals: "ask" (LecAnswer *instead_of, char *text, gboolean no_documents); "switch" (LecAnswer *,
 * int step); "open-sources" (GListModel of LecSource, guint position); "choose-model"; "refused"
 * (char *sentence).
 * The view follows what is written only where it is at its end; else nothing on the screen moves,
 * whatever grows, shrinks or is added above.
 */
#pragma once

#include "ui/turn-row.h"

#define LEC_TYPE_TRANSCRIPT (lec_transcript_get_type())
G_DECLARE_FINAL_TYPE(LecTranscript, lec_transcript, LEC, TRANSCRIPT, GtkWidget)

/* Both may be NULL; before anything is shown. */
void lec_transcript_set_services(LecTranscript *self, LecLibrary *library, LecChat *chat);
/* answers: of LecAnswer, first turn first; referenced. Rows are made from the end on, a few at a
   time, and earlier ones when somebody scrolls there. */
void lec_transcript_show(LecTranscript *self, GPtrArray *answers);
/* The same, but what is shown already, from the first turn on, stays, and so does the place. */
void lec_transcript_replace(LecTranscript *self, GPtrArray *answers);
/* Goes there. */
void lec_transcript_append(LecTranscript *self, LecAnswer *answer);
/* Takes out the turn and those after it. */
void lec_transcript_truncate(LecTranscript *self, LecAnswer *from);
guint lec_transcript_get_n_turns(LecTranscript *self);
LecTurnRow *lec_transcript_get_last(LecTranscript *self);                   /* NULL: none */
LecTurnRow *lec_transcript_get_row(LecTranscript *self, LecAnswer *answer); /* NULL: not made */
/* Of the last turn that is stored, 0: none. */
gint64 lec_transcript_get_last_turn(LecTranscript *self);
void lec_transcript_set_busy(LecTranscript *self, gboolean busy);
void lec_transcript_go_to_end(LecTranscript *self);
