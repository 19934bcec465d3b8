/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unroll.h: UNROLL in front of a loop of constant length in a kernel. Without it gcc -O2 keeps the
 * loop, and with it the arrays of accumulators in memory instead of registers.
 */
#pragma once

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
