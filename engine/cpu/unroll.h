/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unroll.h: UNROLL in front of a loop of constant length in a kernel. Without it gcc -O2 keeps the
 * loop, and with it the arrays of accumulators in memory instead of registers. A build with the
 * address sanitizer keeps the loops: checks in unrolled code make it three times as long to
 * compile.
 */
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNROLL
#endif
#endif

#if defined(UNROLL)
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif
