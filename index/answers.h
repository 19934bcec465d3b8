/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answers.h: an answer's rows, as turns.c has them written and read. Internal to index/.
 */
#pragma once

#include "index/conversations.h"

/* Inside a transaction. */
bool answer_store(IdxStore *store, int64_t turn, int64_t now, const struct idx_answer *answer,
                  GError **error);
/* *answer (owned) NULL: the turn has none. */
bool answer_load(IdxStore *store, int64_t turn, struct idx_answer **answer, GError **error);
