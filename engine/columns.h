/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns.h: shares out a step that treats each column (token) by itself.
 *
 * Such steps are a few microseconds a column. Handing columns out one by one would cost more in
 * claims than in work, and with two columns at most it costs more to wake a thread than to do them.
 */
#pragma once

#include "engine/cpu/cpu.h"

/* Calls step(data, column) for columns [0, n). */
void columns_run(struct cpu_pool *pool, void (*step)(void *data, int column), void *data, int n);
