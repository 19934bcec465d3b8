/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h: a growing list of token ids. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct token_ids {
    int32_t *data; /* (owned) */
    size_t n, capacity;
};

/* Makes room for `more` further ids; false: out of memory. */
static inline bool token_ids_reserve(struct token_ids *ids, size_t more)
{
    if (more > ids->capacity - ids->n) {
        size_t capacity = ids->n + more + ids->capacity;
        int32_t *grown = realloc(ids->data, capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        ids->data = grown;
        ids->capacity = capacity;
    }
    return true;
}

static inline bool token_ids_push(struct token_ids *ids, int32_t id)
{
    if (!token_ids_reserve(ids, 1)) {
        return false;
    }
    ids->data[ids->n++] = id;
    return true;
}
