/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A GtkListView keeps some 200 rows around the place that is seen, and fills all of them again
 * where one jumps to another place: setting and laying out 600 labels takes 30 ms and more of one
 * iteration of the main loop, of which 8 are allowed. So a number of rows is shown per frame; the
 * others wait, those on the screen first. Scrolling needs a few rows a frame, and does not wait.
 *
 * The cost of a row is mostly its layout, which comes with the next frame: therefore rows are
 * counted, and no time is measured.
 */
#include "ui/row-pace.h"

#define FRAME_MS       16
#define ROWS_PER_FRAME 10

struct lec_row_pace {
    void (*show)(GtkWidget *row);
    GQueue waiting; /* (borrowed) GtkWidget */
    guint n_left;   /* rows that may be shown in this frame */
    guint tick_id;
};

LecRowPace *lec_row_pace_new(void (*show)(GtkWidget *row))
{
    LecRowPace *pace = g_rc_box_new0(LecRowPace);

    pace->show = show;
    pace->n_left = ROWS_PER_FRAME;
    g_queue_init(&pace->waiting);
    return pace;
}

LecRowPace *lec_row_pace_ref(LecRowPace *pace)
{
    return g_rc_box_acquire(pace);
}

static void clear(gpointer data)
{
    LecRowPace *pace = data;

    g_clear_handle_id(&pace->tick_id, g_source_remove);
    g_queue_clear(&pace->waiting);
}

void lec_row_pace_unref(LecRowPace *pace)
{
    g_rc_box_release_full(pace, clear);
}

static gboolean is_seen(GtkWidget *row)
{
    GtkWidget *list = gtk_widget_get_ancestor(row, GTK_TYPE_LIST_VIEW);
    graphene_rect_t bounds;

    return list && gtk_widget_compute_bounds(row, list, &bounds) &&
           bounds.origin.y < (float)gtk_widget_get_height(list) &&
           bounds.origin.y + bounds.size.height > 0;
}

/* Shows as many of those that wait as may be, of all or of those that are seen. */
static void show_some(LecRowPace *pace, gboolean seen_only)
{
    for (GList *link = pace->waiting.head, *next; link && pace->n_left; link = next) {
        GtkWidget *row = link->data;

        next = link->next;
        if (seen_only && !is_seen(row))
            continue;
        g_queue_delete_link(&pace->waiting, link);
        pace->n_left--;
        pace->show(row);
    }
}

static gboolean on_tick(gpointer data)
{
    LecRowPace *pace = data;
    gboolean idle = pace->n_left == ROWS_PER_FRAME && !pace->waiting.length;

    pace->n_left = ROWS_PER_FRAME;
    if (idle) {
        pace->tick_id = 0;
        return G_SOURCE_REMOVE;
    }
    show_some(pace, TRUE);
    show_some(pace, FALSE);
    return G_SOURCE_CONTINUE;
}

gboolean lec_row_pace_ask(LecRowPace *pace, GtkWidget *row)
{
    if (!pace->tick_id)
        pace->tick_id = g_timeout_add(FRAME_MS, on_tick, pace);
    if (pace->n_left && !pace->waiting.length) {
        pace->n_left--;
        pace->show(row);
        return TRUE;
    }
    if (!g_queue_find(&pace->waiting, row))
        g_queue_push_tail(&pace->waiting, row);
    return FALSE;
}

void lec_row_pace_forget(LecRowPace *pace, GtkWidget *row)
{
    g_queue_remove(&pace->waiting, row);
}
