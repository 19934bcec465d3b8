/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch.h: questions from a file, one JSON object a line: {"id": …, "question": "…"}. */
#pragma once

#include "app/cli/cli.h"

/* One question answered: writes the members of its line; false with an error. */
typedef bool (*cli_batch_answer)(void *data, const char *question, JsonWrite *json, GError **error);
/* Answers all, one line each, with "id" and "question"; a question that fails gets a line with
   "error" and does not stop the rest. The whole file is checked before the first is answered;
   `path`
   "-" is standard input; other fields of a line are ignored. Returns an exit code. */
int cli_batch_run(struct cli *cli, const char *path, cli_batch_answer answer, void *data);
