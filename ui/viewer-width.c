/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The width that is wanted is asked for as the least one, because a leaflet gives its children
 * between least and natural widths and its middle takes what is left. So the width has to yield
 * before the leaflet folds for it: at most what leaves MIDDLE_MIN to the middle, and nothing at all
 * while folded, when the pane is a page of its own.
 */
#include "ui/viewer-width.h"
#include "app/settings.h"

#define DEFAULT_WIDTH 460
#define VIEWER_MIN    300
#define MIDDLE_MIN    380
#define STATE         "lec-viewer-width"

struct state {
    GtkWidget *frame;    /* (borrowed) has this state */
    AdwLeaflet *leaflet; /* (borrowed) the frame's parent */
    GSettings *settings; /* (owned) or NULL */
    int wanted;
};

static void state_free(gpointer data)
{
    struct state *state = data;

    g_clear_object(&state->settings);
    g_free(state);
}

static void apply(struct state *state)
{
    int room = gtk_widget_get_width(GTK_WIDGET(state->leaflet)) - MIDDLE_MIN;
    int width = room > 0 ? MIN(state->wanted, room) : state->wanted;

    gtk_widget_set_size_request(
        state->frame, adw_leaflet_get_folded(state->leaflet) ? -1 : MAX(width, VIEWER_MIN), -1);
}

static void on_drag(struct state *state, double offset_x, double offset_y, GtkGestureDrag *drag)
{
    GtkWidget *edge = gtk_event_controller_get_widget(GTK_EVENT_CONTROLLER(drag));
    double start_x, start_y, x, y;

    /* the edge moves along: where the pointer is, as the frame sees it */
    gtk_gesture_drag_get_start_point(drag, &start_x, &start_y);
    if (!gtk_widget_translate_coordinates(edge, state->frame, start_x + offset_x,
                                          start_y + offset_y, &x, &y))
        return;
    if (gtk_widget_get_direction(state->frame) == GTK_TEXT_DIR_RTL)
        state->wanted = (int)x;
    else
        state->wanted = gtk_widget_get_width(state->frame) - (int)x;
    state->wanted = CLAMP(state->wanted, VIEWER_MIN, 4096);
    apply(state);
}

static void on_drag_end(struct state *state)
{
    if (state->settings)
        g_settings_set_int(state->settings, LEC_SETTINGS_VIEWER_WIDTH,
                           gtk_widget_get_width(state->frame));
}

void lec_viewer_width_install(GtkWidget *frame, GtkWidget *edge, AdwLeaflet *leaflet,
                              GSettings *settings)
{
    struct state *state = g_new0(struct state, 1);
    GtkGesture *drag = gtk_gesture_drag_new();

    state->frame = frame;
    state->leaflet = leaflet;
    state->settings = settings ? g_object_ref(settings) : NULL;
    state->wanted =
        settings ? g_settings_get_int(settings, LEC_SETTINGS_VIEWER_WIDTH) : DEFAULT_WIDTH;
    g_object_set_data_full(G_OBJECT(frame), STATE, state, state_free);
    g_signal_connect_swapped(drag, "drag-update", G_CALLBACK(on_drag), state);
    g_signal_connect_swapped(drag, "drag-end", G_CALLBACK(on_drag_end), state);
    gtk_widget_set_cursor_from_name(edge, "col-resize");
    gtk_widget_add_controller(edge, GTK_EVENT_CONTROLLER(drag));
}

void lec_viewer_width_apply(GtkWidget *frame)
{
    struct state *state = g_object_get_data(G_OBJECT(frame), STATE);

    g_return_if_fail(state != NULL);

    apply(state);
}
