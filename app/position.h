/* SPDX-License-Identifier: GPL-3.0-or-later */
/* position.h: a place within a document in a person's words. Any thread. */
#pragma once

#include "rag/rag.h"

/* "page 17", "lines 3–9"; "" where there is none (owned by the caller). */
char *position_text(enum rag_position kind, int from, int to);
/* The same as a citation has it: "p. 17", "pp. 17–18", "line 3". */
char *position_citation(enum rag_position kind, int from, int to);
