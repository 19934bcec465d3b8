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

/* false: out of memory. */
static inline bool token_ids_push(struct token_ids *ids, int32_t id)
{
    if (ids->n == ids->capacity) {
        size_t capacity = ids->capacity ? 2 * ids->capacity : 64;
        int32_t *grown = realloc(ids->data, capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        ids->data = grown;
        ids->capacity = capacity;
    }
    ids->data[ids->n++] = id;
    return true;
}
