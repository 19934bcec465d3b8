/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cores.c: counts the physical cores that this process may run on. Two hardware threads of one core
 * share its multipliers, so a second thread there gains nothing for a matrix product. Counted are
 * those allowed processors that are the first allowed one among their siblings; a cgroup v2 quota
 * ("cpu.max") lowers the count further.
 */
#include "engine/cpu/cores.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* The lists are like "0,2" or "0-1". true: no allowed processor below `cpu` is in it. */
static bool first_of_siblings(int cpu, const cpu_set_t *allowed)
{
    char path[96], list[256] = "";
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return true;
    char *line = fgets(list, sizeof list, file);
    fclose(file);
    for (char *at = line; at != NULL && *at != '\0';) {
        char *end;
        long first = strtol(at, &end, 10), last = first;
        if (end == at)
            break;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        for (long i = first; i <= last && i < cpu; i++)
            if (i >= 0 && i < CPU_SETSIZE && CPU_ISSET((size_t)i, allowed))
                return false;
        at = *end == ',' ? end + 1 : end;
    }
    return true;
}

static int quota(void)
{
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
    if (file == NULL)
        return 0;
    long long limit = 0, period = 0;
    int n_read = fscanf(file, "%lld %lld", &limit, &period);
    fclose(file);
    if (n_read != 2 || limit <= 0 || period <= 0) /* "max": no limit */
        return 0;
    return limit < period ? 1 : (int)(limit / period);
}

int cpu_core_list(int *processors, int max)
{
    cpu_set_t allowed;
    int n = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && n < max; cpu++)
        if (CPU_ISSET((size_t)cpu, &allowed) && first_of_siblings(cpu, &allowed))
            processors[n++] = cpu;
    return n;
}

int cpu_cores(void)
{
    int processors[CPU_SETSIZE];
    int n_cores = cpu_core_list(processors, CPU_SETSIZE), limit = quota();
    if (limit > 0 && limit < n_cores)
        n_cores = limit;
    return n_cores > 0 ? n_cores : 1;
}
