/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The job line and its popover show the same few numbers of the indexer and the library, so that
 * one function lays both out; it runs at most once an iteration of the main loop, however many
 * properties were notified.
 */
#include "ui/job-line.h"
#include "ui/job-words.h"
#include "ui/progress-ring.h"
#include "ui/time-words.h"
#include <glib/gi18n.h>

struct _LecJobLine {
    AdwBin parent;
    GtkMenuButton *button;
    LecProgressRing *ring;
    GtkImage *icon;
    GtkLabel *words, *sentence, *detail;
    GtkPopover *popover;
    GtkProgressBar *bar;
    GtkBox *buttons;
    GtkButton *failed_button, *pause_button, *resume_button, *cancel_button;
    LecLibrary *library; /* (owned) */
    LecIndexer *indexer; /* (owned) */
    guint update_id;     /* the idle source that lays out, or 0 */
};

G_DEFINE_FINAL_TYPE(LecJobLine, lec_job_line, ADW_TYPE_BIN)

enum { PROP_LIBRARY = 1, PROP_INDEXER, N_PROPERTIES };
enum { FAILED_SELECTED, N_SIGNALS };
static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static struct lec_job job_of(LecJobLine *self)
{
    struct lec_job job = {.state = LEC_INDEXER_IDLE};

    if (self->indexer) {
        job.state = lec_indexer_get_state(self->indexer);
        job.path = lec_indexer_get_path(self->indexer);
        job.error = lec_indexer_get_error(self->indexer);
        job.n_done = lec_indexer_get_n_done(self->indexer);
        job.n_total = lec_indexer_get_n_total(self->indexer);
    }
    if (self->library) {
        job.n_waiting = lec_library_get_n_waiting(self->library);
        job.n_failed = lec_library_get_n_failed(self->library);
    }
    return job;
}

/* "214 of 302 documents · About 3 minutes left" */
static char *detail_of(LecJobLine *self, const struct lec_job *job)
{
    g_autofree char *left =
        lec_job_is_busy(job) ? lec_time_left(lec_indexer_get_seconds_left(self->indexer)) : NULL;
    g_autofree char *count = NULL;

    if (job->state == LEC_INDEXER_READING && job->n_total > 0) {
        g_autofree char *done = g_strdup_printf("%'" G_GINT64_FORMAT, job->n_done);
        g_autofree char *total = g_strdup_printf("%'" G_GINT64_FORMAT, job->n_total);

        count = g_strdup_printf(
            ngettext("%s of %s document", "%s of %s documents", (gulong)job->n_total), done, total);
    }
    if (count && left)
        return g_strdup_printf("%s · %s", count, left);
    return g_strdup(count ? count : left ? left : "");
}

static void show_popover(LecJobLine *self, const struct lec_job *job, double fraction)
{
    gboolean busy = lec_job_is_busy(job), paused = job->state == LEC_INDEXER_PAUSED;
    g_autofree char *sentence = lec_job_sentence(job);
    g_autofree char *detail = detail_of(self, job);
    g_autofree char *failures = lec_job_failures(job);

    gtk_label_set_label(self->sentence, sentence);
    gtk_widget_set_visible(GTK_WIDGET(self->bar), busy || (paused && fraction > 0));
    gtk_progress_bar_set_fraction(self->bar, CLAMP(fraction, 0, 1));
    gtk_label_set_label(self->detail, detail);
    gtk_widget_set_visible(GTK_WIDGET(self->detail), *detail);
    gtk_widget_set_visible(GTK_WIDGET(self->failed_button), failures != NULL);
    if (failures) {
        g_autofree char *link = g_strdup_printf(_("%s: show them"), failures);

        gtk_button_set_label(self->failed_button, link);
    }
    gtk_widget_set_visible(GTK_WIDGET(self->pause_button), busy);
    gtk_widget_set_visible(GTK_WIDGET(self->resume_button),
                           paused || job->state == LEC_INDEXER_FAILED);
    gtk_widget_set_visible(GTK_WIDGET(self->cancel_button), busy || (paused && job->n_waiting > 0));
    gtk_widget_set_visible(GTK_WIDGET(self->buttons),
                           busy || paused || job->state == LEC_INDEXER_FAILED);
}

static void show(LecJobLine *self)
{
    struct lec_job job = job_of(self);
    gboolean busy = lec_job_is_busy(&job);
    g_autofree char *words = lec_job_short(&job);
    double fraction = self->indexer ? lec_indexer_get_fraction(self->indexer) : 0;

    if (!words) {
        gtk_popover_popdown(self->popover);
        gtk_widget_set_visible(GTK_WIDGET(self), FALSE);
        return;
    }
    lec_progress_ring_set_fraction(self->ring, job.state == LEC_INDEXER_SCANNING ? -1 : fraction);
    gtk_widget_set_visible(GTK_WIDGET(self->ring), busy);
    gtk_widget_set_visible(GTK_WIDGET(self->icon), !busy);
    gtk_image_set_from_icon_name(self->icon, job.state == LEC_INDEXER_PAUSED
                                                 ? "media-playback-pause-symbolic"
                                                 : "dialog-warning-symbolic");
    gtk_label_set_label(self->words, words);
    show_popover(self, &job, fraction);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   words, -1);
    gtk_widget_set_visible(GTK_WIDGET(self), TRUE);
}

static gboolean on_update(gpointer data)
{
    LecJobLine *self = data;

    self->update_id = 0;
    show(self);
    return G_SOURCE_REMOVE;
}

static void update(LecJobLine *self)
{
    if (!self->update_id)
        self->update_id = g_idle_add(on_update, self);
}

static void on_pause_clicked(LecJobLine *self)
{
    lec_indexer_pause(self->indexer);
}

static void on_resume_clicked(LecJobLine *self)
{
    if (lec_indexer_get_state(self->indexer) == LEC_INDEXER_FAILED)
        lec_indexer_rescan(self->indexer);
    else
        lec_indexer_resume(self->indexer);
}

static void on_cancel_clicked(LecJobLine *self)
{
    gtk_popover_popdown(self->popover);
    lec_indexer_cancel(self->indexer);
}

static void on_failed_clicked(LecJobLine *self)
{
    gtk_popover_popdown(self->popover);
    g_signal_emit(self, signals[FAILED_SELECTED], 0);
}

static void set_source(LecJobLine *self, GObject **field, GObject *source)
{
    if (*field == source)
        return;
    if (*field)
        g_signal_handlers_disconnect_by_data(*field, self);
    g_set_object(field, source);
    if (source)
        g_signal_connect_object(source, "notify", G_CALLBACK(update), self, G_CONNECT_SWAPPED);
    update(self);
}

static void lec_job_line_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    LecJobLine *self = LEC_JOB_LINE(object);

    switch (id) {
    case PROP_LIBRARY:
        g_value_set_object(value, self->library);
        break;
    case PROP_INDEXER:
        g_value_set_object(value, self->indexer);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_job_line_set_property(GObject *object, guint id, const GValue *value,
                                      GParamSpec *pspec)
{
    LecJobLine *self = LEC_JOB_LINE(object);

    switch (id) {
    case PROP_LIBRARY:
        set_source(self, (GObject **)&self->library, g_value_get_object(value));
        break;
    case PROP_INDEXER:
        set_source(self, (GObject **)&self->indexer, g_value_get_object(value));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void lec_job_line_dispose(GObject *object)
{
    LecJobLine *self = LEC_JOB_LINE(object);

    set_source(self, (GObject **)&self->library, NULL);
    set_source(self, (GObject **)&self->indexer, NULL);
    g_clear_handle_id(&self->update_id, g_source_remove);
    G_OBJECT_CLASS(lec_job_line_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *class)
{
    gtk_widget_class_bind_template_child(class, LecJobLine, button);
    gtk_widget_class_bind_template_child(class, LecJobLine, ring);
    gtk_widget_class_bind_template_child(class, LecJobLine, icon);
    gtk_widget_class_bind_template_child(class, LecJobLine, words);
    gtk_widget_class_bind_template_child(class, LecJobLine, popover);
    gtk_widget_class_bind_template_child(class, LecJobLine, sentence);
    gtk_widget_class_bind_template_child(class, LecJobLine, bar);
    gtk_widget_class_bind_template_child(class, LecJobLine, detail);
    gtk_widget_class_bind_template_child(class, LecJobLine, failed_button);
    gtk_widget_class_bind_template_child(class, LecJobLine, buttons);
    gtk_widget_class_bind_template_child(class, LecJobLine, pause_button);
    gtk_widget_class_bind_template_child(class, LecJobLine, resume_button);
    gtk_widget_class_bind_template_child(class, LecJobLine, cancel_button);
    gtk_widget_class_bind_template_callback(class, on_pause_clicked);
    gtk_widget_class_bind_template_callback(class, on_resume_clicked);
    gtk_widget_class_bind_template_callback(class, on_cancel_clicked);
    gtk_widget_class_bind_template_callback(class, on_failed_clicked);
}

static void lec_job_line_class_init(LecJobLineClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = lec_job_line_get_property;
    object_class->set_property = lec_job_line_set_property;
    object_class->dispose = lec_job_line_dispose;
    properties[PROP_LIBRARY] = g_param_spec_object("library", NULL, NULL, LEC_TYPE_LIBRARY,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    properties[PROP_INDEXER] = g_param_spec_object("indexer", NULL, NULL, LEC_TYPE_INDEXER,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    signals[FAILED_SELECTED] = g_signal_new("failed-selected", LEC_TYPE_JOB_LINE, G_SIGNAL_RUN_LAST,
                                            0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    g_type_ensure(LEC_TYPE_PROGRESS_RING);
    gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class),
                                                "/org/lectern/Lectern/ui/job-line.ui");
    bind_children(GTK_WIDGET_CLASS(class));
}

static void lec_job_line_init(LecJobLine *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    /* a menu button puts its child in the middle */
    for (GtkWidget *w = gtk_widget_get_parent(GTK_WIDGET(self->ring)); w && !GTK_IS_MENU_BUTTON(w);
         w = gtk_widget_get_parent(w))
        gtk_widget_set_halign(w, GTK_ALIGN_FILL);
}
