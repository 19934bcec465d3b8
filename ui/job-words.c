/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the indexer does, in words. No widget is known here, so that all states are tested. */
#include "ui/job-words.h"
#include <glib/gi18n.h>

#define NUMBER "%'" G_GINT64_FORMAT

gboolean lec_job_is_busy(const struct lec_job *job)
{
    return job->state == LEC_INDEXER_SCANNING || job->state == LEC_INDEXER_READING ||
           job->state == LEC_INDEXER_EMBEDDING;
}

static char *scanning(const struct lec_job *job)
{
    g_autofree char *done = g_strdup_printf(NUMBER, job->n_done);

    if (job->n_done <= 0)
        return g_strdup(_("Looking for documents"));
    return g_strdup_printf(ngettext("Looking for documents: %s file seen",
                                    "Looking for documents: %s files seen", (gulong)job->n_done),
                           done);
}

static char *embedding(const struct lec_job *job)
{
    g_autofree char *done = g_strdup_printf(NUMBER, job->n_done);
    g_autofree char *total = g_strdup_printf(NUMBER, job->n_total);

    if (job->n_total <= 0)
        return g_strdup(_("Understanding passages"));
    /* Translators: how many of how many; passages are parts of documents */
    return g_strdup_printf(_("Understanding passages: %s of %s"), done, total);
}

static char *paused(const struct lec_job *job)
{
    g_autofree char *waiting = g_strdup_printf(NUMBER, job->n_waiting);

    if (job->n_waiting <= 0)
        return g_strdup(_("Paused"));
    return g_strdup_printf(
        ngettext("Paused: %s document waits", "Paused: %s documents wait", (gulong)job->n_waiting),
        waiting);
}

char *lec_job_sentence(const struct lec_job *job)
{
    switch (job->state) {
    case LEC_INDEXER_SCANNING:
        return scanning(job);
    case LEC_INDEXER_READING:
        return job->path ? g_strdup_printf(_("Reading %s"), job->path)
                         : g_strdup(_("Reading documents"));
    case LEC_INDEXER_EMBEDDING:
        return embedding(job);
    case LEC_INDEXER_PAUSED:
        return paused(job);
    case LEC_INDEXER_FAILED:
        return g_strdup(job->error ? job->error : _("Your documents could not be read."));
    case LEC_INDEXER_IDLE:
        break;
    }
    return g_strdup(_("All documents were read"));
}

char *lec_job_short(const struct lec_job *job)
{
    g_autofree char *done = g_strdup_printf(NUMBER, job->n_done);
    g_autofree char *total = g_strdup_printf(NUMBER, job->n_total);

    switch (job->state) {
    case LEC_INDEXER_SCANNING:
        return g_strdup(_("Looking for documents"));
    case LEC_INDEXER_READING:
        if (job->n_total <= 0)
            return g_strdup(_("Reading documents"));
        /* Translators: documents read, of how many */
        return g_strdup_printf(_("%s of %s"), done, total);
    case LEC_INDEXER_EMBEDDING:
        if (job->n_total <= 0)
            return g_strdup(_("Understanding passages"));
        return g_strdup_printf(
            ngettext("%s of %s passage", "%s of %s passages", (gulong)job->n_total), done, total);
    case LEC_INDEXER_PAUSED:
        return paused(job);
    case LEC_INDEXER_FAILED:
        return g_strdup(_("Reading has stopped"));
    case LEC_INDEXER_IDLE:
        break;
    }
    return lec_job_failures(job);
}

char *lec_job_failures(const struct lec_job *job)
{
    g_autofree char *failed = g_strdup_printf(NUMBER, job->n_failed);

    if (job->n_failed <= 0)
        return NULL;
    return g_strdup_printf(
        ngettext("%s could not be read", "%s could not be read", (gulong)job->n_failed), failed);
}
