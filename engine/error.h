/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * error.h: fills a struct eng_err (engine.h) with one sentence.
 *
 *     return eng_fail(err, ENG_ERR_FORMAT, "%s: the file is empty.", path);
 *
 * File names, keys and token texts may go in with %s as they are: what comes out is valid UTF-8
 * without control characters, whatever came in. Thread-safe: touches nothing but *err.
 */
#pragma once

#include "engine/engine.h"

/* Returns `status`; err may be NULL. */
enum eng_status eng_fail(struct eng_err *err, enum eng_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
