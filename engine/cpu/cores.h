/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cores.h: how many threads are worth starting here. */
#pragma once

/* Physical cores that this process may use (affinity, cgroup quota), at least 1. */
int cpu_cores(void);
