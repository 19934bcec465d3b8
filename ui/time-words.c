/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Days are those of the local calendar, not spans of 24 hours: what was asked at 23:50 was
 * "yesterday" ten minutes later. A time in the future (a clock that was set back) counts as now.
 * An estimate is given no more exactly than it is known: in seconds below one minute, rounded to
 * ten, then in minutes, then in hours.
 */
#include "ui/time-words.h"
#include <glib/gi18n.h>
#include <math.h>

static GDateTime *local_time(gint64 time)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);

    return utc ? g_date_time_to_local(utc) : g_date_time_new_from_unix_local(0);
}

/* How many midnights lie between. */
static int days_between(gint64 time, gint64 now)
{
    g_autoptr(GDateTime) then = local_time(time);
    g_autoptr(GDateTime) today = local_time(now);
    GDate a, b;

    g_date_clear(&a, 1);
    g_date_clear(&b, 1);
    g_date_set_dmy(&a, g_date_time_get_day_of_month(then), g_date_time_get_month(then),
                   g_date_time_get_year(then));
    g_date_set_dmy(&b, g_date_time_get_day_of_month(today), g_date_time_get_month(today),
                   g_date_time_get_year(today));
    return g_date_days_between(&a, &b);
}

enum lec_day lec_day_of(gint64 time, gint64 now)
{
    int days = days_between(time, now);

    return days <= 0   ? LEC_DAY_TODAY
           : days == 1 ? LEC_DAY_YESTERDAY
           : days <= 7 ? LEC_DAY_WEEK
                       : LEC_DAY_EARLIER;
}

const char *lec_day_title(enum lec_day day)
{
    switch (day) {
    case LEC_DAY_TODAY:
        return _("Today");
    case LEC_DAY_YESTERDAY:
        return _("Yesterday");
    case LEC_DAY_WEEK:
        return _("Last 7 Days");
    case LEC_DAY_EARLIER:
        break;
    }
    return _("Earlier");
}

char *lec_time_ago(gint64 time, gint64 now)
{
    gint64 minutes = (now - time) / (60 * G_USEC_PER_SEC);
    int days = days_between(time, now);
    g_autoptr(GDateTime) then = local_time(time);

    if (minutes < 1)
        return g_strdup(_("just now"));
    if (minutes < 60)
        return g_strdup_printf(ngettext("%d minute ago", "%d minutes ago", (gulong)minutes),
                               (int)minutes);
    if (days == 0)
        /* Translators: a time of today, as strftime writes it */
        return g_date_time_format(then, _("today, %H:%M"));
    if (days == 1)
        /* Translators: a time of yesterday, as strftime writes it */
        return g_date_time_format(then, _("yesterday, %H:%M"));
    return g_date_time_format(then, "%x");
}

char *lec_time_left(double seconds)
{
    if (!(seconds >= 0) || seconds > 1e7)
        return NULL;
    if (seconds < 10)
        return g_strdup(_("A few seconds left"));
    if (seconds < 55) {
        int tens = (int)(ceil(seconds / 10) * 10);

        return g_strdup_printf(ngettext("About %d second left", "About %d seconds left", tens),
                               tens);
    }
    if (seconds < 90 * 60) {
        int minutes = MAX(1, (int)lround(seconds / 60));

        return g_strdup_printf(ngettext("About %d minute left", "About %d minutes left", minutes),
                               minutes);
    }
    int hours = (int)lround(seconds / 3600);

    return g_strdup_printf(ngettext("About %d hour left", "About %d hours left", hours), hours);
}
