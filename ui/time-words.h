/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * time-words.h: when and how long, as a person says it: "Yesterday", "2 minutes ago", "about 3
 * minutes left". All take the present as an argument; times are µs since 1970.
 */
#pragma once

#include <glib.h>

/* The group in which something of that time stands in a list by day, newest group first. */
enum lec_day { LEC_DAY_TODAY, LEC_DAY_YESTERDAY, LEC_DAY_WEEK, LEC_DAY_EARLIER };
enum lec_day lec_day_of(gint64 time, gint64 now);
const char *lec_day_title(enum lec_day day);

/* "just now", "2 minutes ago", "today, 14:05", "yesterday, 14:05", else the date (owned by the
   caller). */
char *lec_time_ago(gint64 time, gint64 now);
/* "About 3 minutes left" (owned by the caller); NULL where it is not known (negative). */
char *lec_time_left(double seconds);
