/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job-words.h: what the indexer does, in words: the whole sentence for the popover, a short one for
 * the sidebar. Plain numbers in, text out.
 */
#pragma once

#include "app/indexer.h"

struct lec_job {
    LecIndexerState state;
    const char *path;       /* (borrowed) the file at work, to be shown, or NULL */
    const char *error;      /* (borrowed) a sentence, or NULL */
    gint64 n_done, n_total; /* files, or passages while embedding; n_total 0: not known */
    gint64 n_waiting;       /* documents that wait */
    gint64 n_failed;        /* documents that could not be read */
};

/* "Reading contract.pdf" (owned by the caller). */
char *lec_job_sentence(const struct lec_job *job);
/* "214 of 302"; NULL: there is nothing to tell (owned by the caller). */
char *lec_job_short(const struct lec_job *job);
/* "4 could not be read" (owned by the caller); NULL where there is none. */
char *lec_job_failures(const struct lec_job *job);
/* Whether there is work that can be paused or cancelled. */
gboolean lec_job_is_busy(const struct lec_job *job);
