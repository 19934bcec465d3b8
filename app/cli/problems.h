/* SPDX-License-Identifier: GPL-3.0-or-later */
/* problems.h: how files that did not become ready are printed, the same for index and status. */
#pragma once

#include "app/cli/cli.h"

/* problems: of struct rag_problem; NULL is legal and empty. */
void cli_write_problems(JsonWrite *json, GPtrArray *problems);
void cli_print_problems(GPtrArray *problems);
