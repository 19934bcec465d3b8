/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A menu is made when it is opened and gone when it is closed: a list of thousands of rows has none
 * but that. The popover is a child of its row; a row that is taken away while its menu is open lets
 * go of it first, because a widget must not be destroyed with children left.
 */
#include "ui/row-menu.h"

#define MENU_KEY "lec-row-menu"

static void on_row_destroy(GtkWidget *row, GtkWidget *popover)
{
    if (gtk_widget_get_parent(popover))
        gtk_widget_unparent(popover);
}

static gboolean unparent_later(gpointer popover)
{
    if (gtk_widget_get_parent(popover))
        gtk_widget_unparent(popover);
    return G_SOURCE_REMOVE;
}

/*
 * An item's action runs after the popover is closed: its widget must still be there. The popover
 * got the release of the button that opened it, so what was pressed would look so from now on.
 */
static void on_popover_closed(GtkPopover *popover)
{
    gtk_widget_set_can_target(gtk_widget_get_parent(GTK_WIDGET(popover)), TRUE);
    for (GtkWidget *w = gtk_widget_get_parent(GTK_WIDGET(popover)); w; w = gtk_widget_get_parent(w))
        gtk_widget_unset_state_flags(w, GTK_STATE_FLAG_ACTIVE);
    g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, unparent_later, g_object_ref(popover), g_object_unref);
}

void lec_row_menu_show_popover(GtkWidget *row, GtkPopover *popover, const GdkRectangle *at)
{
    gtk_widget_set_parent(GTK_WIDGET(popover), row);
    if (at)
        gtk_popover_set_pointing_to(popover, at);
    g_signal_connect(popover, "closed", G_CALLBACK(on_popover_closed), NULL);
    g_signal_connect_object(row, "destroy", G_CALLBACK(on_row_destroy), popover, 0);
    gtk_widget_set_can_target(row, FALSE); /* no tooltip of the row over it */
    gtk_popover_popup(popover);
}

static void popup_at(GtkWidget *row, const GdkRectangle *at)
{
    GMenuModel *menu = g_object_get_data(G_OBJECT(row), MENU_KEY);
    GtkWidget *popover = gtk_popover_menu_new_from_model(menu);

    gtk_popover_set_has_arrow(GTK_POPOVER(popover), FALSE);
    gtk_widget_set_halign(popover, GTK_ALIGN_START);
    lec_row_menu_show_popover(row, GTK_POPOVER(popover), at);
}

void lec_row_menu_popup(GtkWidget *row, GtkWidget *at)
{
    graphene_rect_t bounds;
    GdkRectangle rectangle = {gtk_widget_get_width(row) / 2, gtk_widget_get_height(row) / 2, 1, 1};

    if (at && gtk_widget_compute_bounds(at, row, &bounds))
        rectangle =
            (GdkRectangle){bounds.origin.x, bounds.origin.y, bounds.size.width, bounds.size.height};
    popup_at(row, &rectangle);
}

static void on_pressed(GtkGestureClick *gesture, int n_press, double x, double y, GtkWidget *row)
{
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    popup_at(row, &(GdkRectangle){x, y, 1, 1});
}

static void on_long_pressed(GtkGestureLongPress *gesture, double x, double y, GtkWidget *row)
{
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
    popup_at(row, &(GdkRectangle){x, y, 1, 1});
}

static gboolean on_menu_key(GtkWidget *row, GVariant *arguments, gpointer data)
{
    lec_row_menu_popup(row, NULL);
    return GDK_EVENT_STOP;
}

void lec_row_menu_attach(GtkWidget *row, GMenuModel *menu)
{
    GtkGesture *click = gtk_gesture_click_new();
    GtkGesture *press = gtk_gesture_long_press_new();
    GtkEventController *keys = gtk_shortcut_controller_new();
    GtkShortcutTrigger *trigger =
        gtk_alternative_trigger_new(gtk_keyval_trigger_new(GDK_KEY_Menu, 0),
                                    gtk_keyval_trigger_new(GDK_KEY_F10, GDK_SHIFT_MASK));

    g_object_set_data_full(G_OBJECT(row), MENU_KEY, g_object_ref(menu), g_object_unref);
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), GDK_BUTTON_SECONDARY);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), row);
    gtk_gesture_single_set_touch_only(GTK_GESTURE_SINGLE(press), TRUE);
    g_signal_connect(press, "pressed", G_CALLBACK(on_long_pressed), row);
    gtk_shortcut_controller_add_shortcut(
        GTK_SHORTCUT_CONTROLLER(keys),
        gtk_shortcut_new(trigger, gtk_callback_action_new(on_menu_key, NULL, NULL)));
    gtk_widget_add_controller(row, GTK_EVENT_CONTROLLER(click));
    gtk_widget_add_controller(row, GTK_EVENT_CONTROLLER(press));
    gtk_widget_add_controller(row, keys);
}

static void show_button(GtkWidget *row, GtkStateFlags before, GtkWidget *button)
{
    const GtkStateFlags near = GTK_STATE_FLAG_PRELIGHT | GTK_STATE_FLAG_FOCUS_WITHIN |
                               GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_SELECTED;

    /* not hidden: it keeps its place, and the keyboard and a screen reader reach it */
    gtk_widget_set_opacity(button, gtk_widget_get_state_flags(row) & near ? 1 : 0);
}

void lec_row_menu_reveal_button(GtkWidget *row, GtkWidget *button)
{
    g_signal_connect_object(row, "state-flags-changed", G_CALLBACK(show_button), button, 0);
    show_button(row, 0, button);
}
