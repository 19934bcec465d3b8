/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quant.h: converts between floats and the block formats of GGUF, scalar and exact: the reference
 * that every kernel is compared with. Block layouts are drawn in quant.c.
 */
#pragma once

#include "engine/gguf.h"

/* n elements (a multiple of the type's block) of `src` to floats. false: type not known. */
bool eng_dequantize(enum gguf_type type, const void *src, float *dst, int64_t n);
/* Floats to F32, F16, Q8_0 (round to nearest, scale = max|x| / 127). false: cannot write the type.
 */
bool eng_quantize(enum gguf_type type, const float *src, void *dst, int64_t n);
