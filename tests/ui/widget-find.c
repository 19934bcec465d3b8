/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See widget-find.h. What is folded away is not mapped, and so not found. */
#include "widget-find.h"
#include "stocked-library.h"

#include <string.h>

typedef gboolean (*Match)(GtkWidget *widget, gconstpointer what);

static GtkWidget *find(GtkWidget *widget, Match match, gconstpointer what, guint *n)
{
    GtkWidget *found = NULL;

    if (!gtk_widget_get_mapped(widget))
        return NULL;
    if (match(widget, what) && (*n)-- == 0)
        return widget;
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child && !found;
         child = gtk_widget_get_next_sibling(child))
        found = find(child, match, what, n);
    return found;
}

static gboolean is_type(GtkWidget *widget, gconstpointer type)
{
    return G_TYPE_CHECK_INSTANCE_TYPE(widget, *(const GType *)type);
}

GtkWidget *find_type(GtkWidget *below, GType type, guint n)
{
    return find(below, is_type, &type, &n);
}

guint count_type(GtkWidget *below, GType type)
{
    guint n = 0;

    while (find_type(below, type, n))
        n++;
    return n;
}

static gboolean has_words(GtkWidget *widget, gconstpointer words)
{
    return GTK_IS_LABEL(widget) && strstr(gtk_label_get_text(GTK_LABEL(widget)), words);
}

GtkWidget *find_text(GtkWidget *below, const char *words)
{
    guint n = 0;

    return find(below, has_words, words, &n);
}

static gboolean is_button(GtkWidget *widget, gconstpointer name)
{
    const char *tooltip = gtk_widget_get_tooltip_text(widget);
    GtkWidget *label = NULL;
    guint n = 0;

    if (!GTK_IS_BUTTON(widget))
        return FALSE;
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child && !label;
         child = gtk_widget_get_next_sibling(child))
        label = find(child, has_words, "", &n);
    return (tooltip && g_str_equal(tooltip, name)) ||
           (label && g_str_equal(gtk_label_get_text(GTK_LABEL(label)), name));
}

GtkWidget *find_button(GtkWidget *below, const char *label)
{
    guint n = 0;

    return find(below, is_button, label, &n);
}

void press(GtkWidget *below, const char *label)
{
    GtkWidget *button = find_button(below, label);

    if (!button)
        g_error("there is no button “%s”", label);
    g_assert_true(gtk_widget_is_sensitive(button));
    g_signal_emit_by_name(button, "clicked");
}

/* Each key controller of the widget, those added last first, as GTK does. */
void press_key(GtkWidget *widget, guint key, GdkModifierType state)
{
    g_autoptr(GListModel) controllers = gtk_widget_observe_controllers(widget);
    gboolean used = FALSE;

    for (guint i = 0; i < g_list_model_get_n_items(controllers) && !used; i++) {
        g_autoptr(GtkEventController) controller = g_list_model_get_item(controllers, i);

        if (GTK_IS_EVENT_CONTROLLER_KEY(controller) &&
            gtk_event_controller_get_propagation_phase(controller) == GTK_PHASE_CAPTURE)
            g_signal_emit_by_name(controller, "key-pressed", key, 0, state, &used);
    }
}

struct wanted {
    GtkWidget *below;
    const char *words;
    gboolean gone;
};

static gboolean is_so(gpointer data)
{
    struct wanted *wanted = data;

    return (find_text(wanted->below, wanted->words) == NULL) == wanted->gone;
}

void wait_text(GtkWidget *below, const char *words)
{
    if (!wait_until(is_so, &(struct wanted){below, words, FALSE}))
        g_error("“%s” is not shown", words);
}

void wait_text_gone(GtkWidget *below, const char *words)
{
    if (!wait_until(is_so, &(struct wanted){below, words, TRUE}))
        g_error("“%s” is still shown", words);
}
