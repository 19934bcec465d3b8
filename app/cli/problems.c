/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line a file: skipped by rule or failed, and why. */
#include "app/cli/problems.h"
#include <glib/gi18n.h>

void cli_write_problems(JsonWrite *json, GPtrArray *problems)
{
    json_write_begin(json, "problems", '[');
    for (guint i = 0; problems && i < problems->len; i++) {
        const struct rag_problem *problem = problems->pdata[i];

        json_write_begin(json, NULL, '{');
        json_write_string(json, "file", problem->path);
        json_write_string(json, "state",
                          problem->offline   ? "offline"
                          : problem->skipped ? "skipped"
                                             : "failed");
        json_write_string(json, "reason", problem->reason);
        json_write_end(json);
    }
    json_write_end(json);
}

void cli_print_problems(GPtrArray *problems)
{
    for (guint i = 0; problems && i < problems->len; i++) {
        const struct rag_problem *problem = problems->pdata[i];
        printf("%s  %s: %s\n",
               problem->offline   ? _("offline")
               : problem->skipped ? _("skipped")
                                  : _("failed "),
               problem->path, problem->reason);
    }
}
