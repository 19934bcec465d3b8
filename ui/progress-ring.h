/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress-ring.h: how much is done, as a small ring beside a word that says the same.
 *
 * Property "fraction" (double, 0…1; negative: not known, an empty ring).
 */
#pragma once

#include <gtk/gtk.h>

#define LEC_TYPE_PROGRESS_RING (lec_progress_ring_get_type())
G_DECLARE_FINAL_TYPE(LecProgressRing, lec_progress_ring, LEC, PROGRESS_RING, GtkWidget)

void lec_progress_ring_set_fraction(LecProgressRing *self, double fraction);
