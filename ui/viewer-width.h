/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * viewer-width.h: the width of the pane at the right: dragged by its edge, remembered, and given up
 * where the window has not so much.
 *
 *     lec_viewer_width_install(frame, edge, leaflet, settings);   // settings may be NULL
 *     lec_viewer_width_apply(frame);                              // it is shown now
 */
#pragma once

#include <adwaita.h>

/* frame: the leaflet's child that is to have the width; edge: a widget over its start edge. */
void lec_viewer_width_install(GtkWidget *frame, GtkWidget *edge, AdwLeaflet *leaflet,
                              GSettings *settings);
void lec_viewer_width_apply(GtkWidget *frame);
