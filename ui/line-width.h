/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line-width.h: how wide a line of text may be to be read with ease, in the font in use. */
#pragma once

#include <adwaita.h>

/* Lets the clamp's child be as wide as a comfortable line and the margins around it; to be called
   when the style changes, as the font may have. */
void lec_line_width_apply(AdwClamp *clamp, int margins);
