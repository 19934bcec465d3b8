/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quant.h: converts between floats and the block formats of GGUF, scalar and exact: the reference
 * that every kernel is compared with. Block layouts are drawn in quant.c.
 */
#pragma once

#include "engine/gguf.h"

/* n elements (a multiple of the type's block) of `src` to floats. false: type not known, or n no
   multiple. */
bool eng_dequantize(enum gguf_type type, const void *src, float *dst, int64_t n);
/* Floats to F32, F16, Q8_0 (round to nearest, scale = max|x| / 127). false: the type cannot be
   written, or (Q8_0) n is no multiple of 32 or a weight is NaN, infinite or beyond 127 * 65504. */
bool eng_quantize(enum gguf_type type, const float *src, void *dst, int64_t n);
