/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passages.h: how found passages and their places are printed, the same for search and ask. */
#pragma once

#include "app/cli/cli.h"

/* Members of the object at hand: "page" (the one that tells, or null) and "position" (all of it).
 */
void cli_write_position(JsonWrite *json, enum rag_position kind, int page, int from, int to);
/* "file", "page", "text", "score", its parts, "in_prompt" where the passages are an answer's. */
void cli_write_passages(JsonWrite *json, GPtrArray *hits, bool of_answer);
/* ", page 17" or "" (owned). */
char *cli_position_text(enum rag_position kind, int from, int to);
