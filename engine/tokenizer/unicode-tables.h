/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unicode-tables.h: what the generated arrays of unicode-tables.c hold (scripts/make-unicode-tables
 * writes them). Only unicode.c reads them. Hangul is absent from decompositions and compositions:
 * it is computed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* code << 11 | enum unicode_class bits, valid up to the next entry's code; before the first: 0. */
extern const uint32_t unicode_class_ranges[];
extern const size_t unicode_class_ranges_n;

/* code << 8 | canonical combining class, likewise. */
extern const uint32_t unicode_combining_ranges[];
extern const size_t unicode_combining_ranges_n;

/* first, first + step … last have their lower case `delta` further. */
struct unicode_lower_run {
    uint32_t first, last;
    int32_t step, delta;
};
extern const struct unicode_lower_run unicode_lower_runs[];
extern const size_t unicode_lower_runs_n;

/* Full canonical decompositions: n code points of the pool from `at` on; sorted by code. */
struct unicode_decomposition {
    uint32_t code;
    uint16_t at, n;
};
extern const struct unicode_decomposition unicode_decompositions[];
extern const size_t unicode_decompositions_n;
extern const uint32_t unicode_decomposition_pool[];
extern const size_t unicode_decomposition_pool_n;

/* Sorted by first, then second. */
struct unicode_composition {
    uint32_t first, second, composed;
};
extern const struct unicode_composition unicode_compositions[];
extern const size_t unicode_compositions_n;
