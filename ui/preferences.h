/* SPDX-License-Identifier: GPL-3.0-or-later */
/* preferences.h: what can be set, and what is promised. */
#pragma once

#include "ui/window.h"

#define LEC_TYPE_PREFERENCES (lec_preferences_get_type())
G_DECLARE_FINAL_TYPE(LecPreferences, lec_preferences, LEC, PREFERENCES, AdwPreferencesWindow)

LecPreferences *lec_preferences_new(LecWindow *parent);
