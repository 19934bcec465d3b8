/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake-engine.h: an embedder without a model, for tests (see fake-engine.c). */
#pragma once

#include "engine/embed.h"

struct engine *fake_engine(void);              /* static, never closed */
extern void (*fake_engine_on_embed)(size_t n); /* called with the size of each batch; may be NULL */
