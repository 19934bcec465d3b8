/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device.h: what this machine can compute on. Pure queries, callable from any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eng_device {
    char name[128];     /* "cpu" */
    char title[160];    /* "Intel Xeon …, 2 cores" */
    char features[256]; /* "AVX-512 VNNI, AVX2, FMA" */
    uint64_t memory_bytes, memory_free_bytes;
    bool used;
    char verdict[240]; /* one sentence: used, or why not */
};

/* Fills up to `max` devices, returns how many there are. The first is always the CPU. */
size_t eng_devices(struct eng_device *out, size_t max);

/* Runs every vector kernel against its scalar twin on small random data; false and the name of the
   first kernel that disagrees in `why` (size n) otherwise. About 10 ms. */
bool eng_device_self_test(const char *device, char *why, size_t n);
