/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job-line.h: one slim line at the foot of the sidebar: how far reading the documents is. Pressed,
 * it tells more, and the work is paused, resumed or cancelled there. Where nothing is done, nothing
 * waits and nothing failed, it is not there.
 *
 * Properties: "library" (LecLibrary), "indexer" (LecIndexer), both writable, may be NULL. Signal
 * "failed-selected": show what could not be read.
 */
#pragma once

#include "app/indexer.h"
#include <adwaita.h>

#define LEC_TYPE_JOB_LINE (lec_job_line_get_type())
G_DECLARE_FINAL_TYPE(LecJobLine, lec_job_line, LEC, JOB_LINE, AdwBin)
