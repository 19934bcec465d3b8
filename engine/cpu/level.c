/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * level.c: what this processor and its system allow. __builtin_cpu_supports also looks at whether
 * the system saves the wide registers (XCR0). Nothing here is set before the first question, so any
 * thread may ask.
 */
#include "engine/cpu/cpu.h"

enum cpu_level cpu_level_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512vnni"))
            return CPU_AVX512_VNNI;
        return CPU_AVX2; /* every processor with AVX2 and FMA converts 16-bit floats too */
    }
#endif
    return CPU_SCALAR;
}

const char *cpu_level_name(enum cpu_level level)
{
    switch (level) {
    case CPU_SCALAR:
        return "scalar";
    case CPU_AVX2:
        return "AVX2";
    case CPU_AVX512_VNNI:
        return "AVX-512 VNNI";
    }
    return "unknown";
}
