/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cores.h: how many threads are worth starting here, and where. */
#pragma once

/* Physical cores that this process may use (affinity, cgroup quota), at least 1. */
int cpu_cores(void);

/* One processor number of each physical core that this process may run on, ascending; up to max of
   them. Returns how many; 0 where the system does not say. */
int cpu_core_list(int *processors, int max);
