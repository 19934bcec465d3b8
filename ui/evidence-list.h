/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence-list.h: what a search found for a question: the best passages as cards.
 *
 *     lec_evidence_list_show(list, passages, TRUE);
 *     …the answer is written: lec_evidence_list_set_expanded(list, FALSE);
 *
 * Signal: "activated" (GListModel of LecSource, guint position). Cards are made when they are first
 * to be seen.
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_EVIDENCE_LIST (lec_evidence_list_get_type())
G_DECLARE_FINAL_TYPE(LecEvidenceList, lec_evidence_list, LEC, EVIDENCE_LIST, GtkBox)

/* hits: of struct rag_hit, best first, only read. None: the list is hidden. */
void lec_evidence_list_show(LecEvidenceList *self, GPtrArray *hits, gboolean expanded);
void lec_evidence_list_set_expanded(LecEvidenceList *self, gboolean expanded);
void lec_evidence_list_set_title(LecEvidenceList *self, const char *title);
/* Of LecSource, borrowed. */
GListModel *lec_evidence_list_get_sources(LecEvidenceList *self);
