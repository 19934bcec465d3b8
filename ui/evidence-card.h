/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence-card.h: one passage that a search found, with its telling sentence highlighted.
 *
 * Construct property: "source" (LecSource). Signal: "activated": it is to be opened.
 */
#pragma once

#include "app/source.h"
#include <gtk/gtk.h>

#define LEC_TYPE_EVIDENCE_CARD (lec_evidence_card_get_type())
G_DECLARE_FINAL_TYPE(LecEvidenceCard, lec_evidence_card, LEC, EVIDENCE_CARD, GtkBox)

LecEvidenceCard *lec_evidence_card_new(LecSource *source);
LecSource *lec_evidence_card_get_source(LecEvidenceCard *self);
