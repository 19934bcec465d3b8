/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conversations.h: what was asked and answered. An answer keeps copies of the passages that the
 * model saw, so that it can still be read when their document has changed or gone.
 *
 *     idx_answer_put(store, &(struct idx_answer){.question = …, .answer = …}, &error);
 *
 * Thread rule and errors: as in index.h.
 */
#pragma once

#include "index/index.h"

struct idx_answer_passage {
    const char *path, *hash, *text; /* as shown to the model */
    enum idx_position pos_kind;
    int pos_from, pos_to;
    double score;
};
struct idx_answer {
    int64_t conversation; /* 0 = make a new one, titled by the question */
    const char *question, *query, *answer;
    bool supported;
    const char *model, *model_hash, *settings_json, *citations_json;
    uint64_t seed;
    const int32_t *tokens; /* generated ids */
    size_t n_tokens;
    const struct idx_answer_passage *passages;
    size_t n_passages;
};
/* One transaction; the answer's id, -1 on error. */
int64_t idx_answer_put(IdxStore *store, const struct idx_answer *answer, GError **error);
