/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * About 70 characters a line is what typographers advise (Bringhurst 1992: 45 to 75). AdwClamp
 * counts pixels, which a larger font would fill with fewer of them. The font's approximate width is
 * that of its digits and capitals too, so that running text has some more characters a line than
 * are asked for.
 */
#include "ui/line-width.h"
#include <math.h>

#define LINE_CHARS 72

void lec_line_width_apply(AdwClamp *clamp, int margins)
{
    PangoContext *context = gtk_widget_get_pango_context(GTK_WIDGET(clamp));
    PangoFontMetrics *metrics = pango_context_get_metrics(context, NULL, NULL);
    int width = pango_font_metrics_get_approximate_char_width(metrics);
    int pixels = (int)ceil(LINE_CHARS * pango_units_to_double(width)) + margins;

    pango_font_metrics_unref(metrics);
    if (adw_clamp_get_maximum_size(clamp) == pixels)
        return;
    adw_clamp_set_maximum_size(clamp, pixels);
    adw_clamp_set_tightening_threshold(clamp, pixels);
}
