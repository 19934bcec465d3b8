/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drop-area.h: files and folders can be dropped anywhere on it; while they hover it has a soft
 * border and says what they would bring.
 *
 * Property: "content" (GtkWidget).
 * Signals: "dropped" (GPtrArray of GFile, remote ones too), "refused" (char *sentence: what was
 * dropped could not be read).
 */
#pragma once

#include <adwaita.h>

#define LEC_TYPE_DROP_AREA (lec_drop_area_get_type())
G_DECLARE_FINAL_TYPE(LecDropArea, lec_drop_area, LEC, DROP_AREA, AdwBin)
