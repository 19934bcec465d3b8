/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notice-bar.h: a slim bar with a sentence about a state that lasts, and a button that may end it
 * (AdwBanner is of Adwaita 1.3).
 *
 * Properties: "text" (string; NULL or "": the bar is not there), "button-label", "action-name".
 */
#pragma once

#include <adwaita.h>

#define LEC_TYPE_NOTICE_BAR (lec_notice_bar_get_type())
G_DECLARE_FINAL_TYPE(LecNoticeBar, lec_notice_bar, LEC, NOTICE_BAR, AdwBin)

void lec_notice_bar_set_text(LecNoticeBar *self, const char *text);
