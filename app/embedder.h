/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * embedder.h: the model that makes vectors, with what names it in a library.
 *
 *     Embedder *embedder = embedder_share(&error);
 *     rag_library_open(&(struct rag_library_options){…,
 *         .embedder = embedder_engine(embedder), .embedder_hash = embedder_hash(embedder)},
 * &error); … rag_library_close(library); embedder_unref(embedder);
 *
 * Thread rule: any thread; calls block while the model is loaded.
 */
#pragma once

#include "engine/embed.h"
#include <glib.h>

typedef struct embedder Embedder;
/* One of its own, so that nobody waits for the caller's long computations. Owned by the caller;
   NULL without an error where no embedder is on this machine: the library works by its words alone.
 */
Embedder *embedder_open(GError **error);
/* The one that all sharers use: it is open as long as one of them has it. */
Embedder *embedder_share(GError **error);
void embedder_unref(Embedder *embedder); /* NULL is legal; no library may use it any more */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Embedder, embedder_unref)

struct engine *embedder_engine(Embedder *embedder);  /* borrowed; NULL of NULL */
const char *embedder_hash(const Embedder *embedder); /* borrowed; NULL of NULL */
